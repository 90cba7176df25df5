#include "hub/ops/log_lines.hpp"

#include <gmock/gmock.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>

#include <cmath>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

namespace tocsin::ops {
namespace {

using testing::HasSubstr;
using testing::Not;

class LogLinesTest : public testing::Test {
protected:
    std::vector<std::string> lines() const {
        std::vector<std::string> all;
        std::istringstream in(out_.str());
        for (std::string line; std::getline(in, line);) {
            all.push_back(line);
        }
        return all;
    }

    std::int64_t now_ms_ = 1'000;
    std::ostringstream out_;
    LogLines log_{std::make_shared<spdlog::sinks::ostream_sink_mt>(out_),
                  [this] { return now_ms_; }};
};

google::protobuf::Struct parsed(const std::string& line) {
    google::protobuf::Struct object;
    const auto status = google::protobuf::util::JsonStringToMessage(line, &object);
    EXPECT_TRUE(status.ok()) << line << ": " << status.ToString();
    return object;
}

TEST_F(LogLinesTest, ALineIsOneObject) {
    log_.info("ready", {{"port", 8080}, {"admin", true}, {"load", 0.5}, {"mode", "development"}});
    ASSERT_EQ(lines().size(), 1u);
    EXPECT_EQ(lines()[0],
              R"({"event":"ready","severity":"info","time_ms":1000,"port":8080,"admin":true,)"
              R"("load":0.500000,"mode":"development"})");
    parsed(lines()[0]);
}

TEST_F(LogLinesTest, NumbersThatJsonDoesNotKnowAreNull) {
    log_.info("odd", {{"a", std::nan("")}, {"b", std::numeric_limits<double>::infinity()}});
    EXPECT_THAT(lines()[0], HasSubstr(R"("a":null,"b":null)"));
}

// Threat 20 of the checklist: whatever is given, an event is exactly one line that parses, and
// gives it back.
TEST_F(LogLinesTest, NothingGivenBreaksTheLine) {
    const std::string nul("a\0b", 3);
    const std::string attacks[] = {
        "\r\n{\"event\":\"ready\",\"severity\":\"info\"}",
        "\",\"severity\":\"error\",\"x\":\"",
        "\\",
        "\x1b[2J\x1b[31mred",
        nul,
        "\x7f",
        "\xc2\x85next line, \xc2\x9b C1",
        "\xe2\x80\xa8line\xe2\x80\xa9paragraph",
        "\xe2\x80\xae"
        "evil\xe2\x81\xa6 bidi\xe2\x81\xa9\xd8\x9c\xe2\x80\x8f",
        "\xef\xbb\xbf mark",
        "天窗 🔥",
    };
    for (const std::string& attack : attacks) {
        out_.str("");
        log_.info("attack", {{"told", attack}});
        ASSERT_EQ(lines().size(), 1u) << attack;
        const auto object = parsed(lines()[0]);
        EXPECT_EQ(object.fields().at("event").string_value(), "attack");
        EXPECT_EQ(object.fields().at("severity").string_value(), "info");
        EXPECT_EQ(object.fields().at("told").string_value(), attack);
        EXPECT_EQ(object.fields_size(), 4);
        for (const char* raw : {"\r",
                                "\x1b",
                                "\x7f",
                                "\xc2\x85",
                                "\xc2\x9b",
                                "\xe2\x80\xa8",
                                "\xe2\x80\xa9",
                                "\xe2\x80\xae",
                                "\xe2\x81\xa6",
                                "\xef\xbb\xbf"}) {
            EXPECT_THAT(lines()[0], Not(HasSubstr(raw))) << attack;
        }
    }
}

TEST_F(LogLinesTest, WhatIsNotUtf8IsReplaced) {
    const std::pair<std::string, std::string> cases[] = {
        {"\xff", "�"},
        {"a\xc3", "a�"},
        {"\xc0\xaf", "��"},            // overlong
        {"\xed\xa0\x80", "���"},       // a surrogate
        {"\xf4\x90\x80\x80", "����"},  // beyond the last code point
        {"\xe2\x80", "��"},
    };
    for (const auto& [given, expected] : cases) {
        out_.str("");
        log_.info("bytes", {{"told", given}});
        EXPECT_EQ(parsed(lines()[0]).fields().at("told").string_value(), expected);
    }
}

TEST_F(LogLinesTest, ALongFieldIsCutBetweenCharacters) {
    std::string text;
    for (int i = 0; i < 1'000; ++i) {
        text += "火";
    }
    log_.info("long", {{"told", text}});
    const std::string told = parsed(lines()[0]).fields().at("told").string_value();
    EXPECT_LE(told.size(), kLongestField + 3);
    EXPECT_TRUE(told.ends_with("火…"));
}

TEST_F(LogLinesTest, RepeatedWarningsAreLimitedEachEventForItself) {
    for (int i = 0; i < 100; ++i) {
        log_.warning("redis_away", {{"attempt", i}});
    }
    EXPECT_EQ(lines().size(), 5u);
    log_.error("other");
    EXPECT_EQ(lines().size(), 6u);
    now_ms_ += LogLines::kBurstMs;
    log_.warning("redis_away");
    log_.warning("redis_away");
    ASSERT_EQ(lines().size(), 8u);
    EXPECT_THAT(lines()[6], HasSubstr("\"suppressed\":95"));
    EXPECT_THAT(lines()[7], Not(HasSubstr("suppressed")));
}

TEST_F(LogLinesTest, AClockSetBackDoesNotSilence) {
    for (int i = 0; i < 10; ++i) {
        log_.warning("redis_away");
    }
    now_ms_ -= 500;
    log_.warning("redis_away");
    EXPECT_EQ(lines().size(), 6u);
}

TEST_F(LogLinesTest, InformationIsNotLimited) {
    for (int i = 0; i < 50; ++i) {
        log_.info("stop_step");
    }
    EXPECT_EQ(lines().size(), 50u);
}

}  // namespace
}  // namespace tocsin::ops
