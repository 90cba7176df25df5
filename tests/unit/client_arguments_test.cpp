// What people type: places, times, roles; and what the command line prints.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <ctime>

#include "arguments.hpp"
#include "output.hpp"
#include "tocsin/client.hpp"
#include "token.hpp"

namespace tocsin::cli {
namespace {

TEST(Place, ReadsDegreesAndMetres) {
    const auto place = parse_place("45.6063,126.6194,20");
    ASSERT_TRUE(place);
    EXPECT_DOUBLE_EQ(place->latitude(), 45.6063);
    EXPECT_DOUBLE_EQ(place->longitude(), 126.6194);
    EXPECT_DOUBLE_EQ(place->accuracy_m(), 20);
    EXPECT_DOUBLE_EQ(parse_place("-1,+2.5")->longitude(), 2.5);
}

TEST(Place, ReadsWhatAChineseKeyboardWrites) {
    const auto place = parse_place("４５．６０６３，126.6194，２０");
    ASSERT_TRUE(place);
    EXPECT_DOUBLE_EQ(place->latitude(), 45.6063);
    EXPECT_DOUBLE_EQ(place->longitude(), 126.6194);
    EXPECT_DOUBLE_EQ(place->accuracy_m(), 20);
    EXPECT_DOUBLE_EQ(parse_place("－１，＋２")->latitude(), -1);
    EXPECT_FALSE(parse_place("45、126"));
    EXPECT_FALSE(parse_place("45,126\xEF\xBC"));
}

TEST(Place, LeavesTheEarthToTheHub) {
    EXPECT_DOUBLE_EQ(parse_place("91,181,-5")->latitude(), 91);
    EXPECT_TRUE(std::isnan(parse_place("nan,0")->latitude()));
    EXPECT_TRUE(std::isinf(parse_place("0,inf")->longitude()));
}

TEST(Place, RefusesAnotherForm) {
    for (const char* text :
         {"", "45", "45,", ",126", "45,126,", "45,126,1,2", "a,b", "45 126", "45,126x"}) {
        EXPECT_FALSE(parse_place(text)) << text;
    }
}

TEST(Time, ReadsWhatPeopleWrite) {
    struct Case {
        const char* text;
        std::int64_t ms;
    };
    for (const auto& [text, ms] : std::initializer_list<Case>{
             {"0", 0},
             {"1782912600000", 1'782'912'600'000},
             {"-5", -5},
             {"1970-01-01T00:00:00Z", 0},
             {"2026-07-01T13:30:00Z", 1'782'912'600'000},
             {"2026-07-01T13:30Z", 1'782'912'600'000},
             {"2026-07-01 13:30Z", 1'782'912'600'000},
             {"2026-07-01t13:30:00.125z", 1'782'912'600'125},
             {"2026-07-01T13:30:00,5Z", 1'782'912'600'500},
             {"2026-07-01T21:30:00+08:00", 1'782'912'600'000},
             {"2026-07-01T21:30:00+0800", 1'782'912'600'000},
             {"2026-07-01T21:30:00+08", 1'782'912'600'000},
             {"2026-07-01T08:00:00-05:30", 1'782'912'600'000},
             {"2100-01-01T00:00:00Z", 4'102'444'800'000},
             {"2024-02-29T00:00:00Z", 1'709'164'800'000},
             {"+90s", 1'000'090'000},
             {"+2h", 1'007'200'000},
             {"+1d", 1'086'400'000},
         }) {
        const auto time = parse_time(text, 1'000'000'000);
        ASSERT_TRUE(time) << text;
        EXPECT_EQ(*time, ms) << text;
    }
}

TEST(Time, WithoutAZoneItIsTheMachines) {
    ::setenv("TZ", "CST-8", 1);
    ::tzset();
    EXPECT_EQ(parse_time("2026-07-01T21:30:00", 0), 1'782'912'600'000);
    EXPECT_EQ(parse_time("1970-01-02", 0), 86'400'000 - 8 * 3'600'000);
    ::setenv("TZ", "UTC", 1);
    ::tzset();
}

TEST(Time, RefusesAnotherForm) {
    for (const char* text : {"",
                             "now",
                             "2026-13-01T00:00Z",
                             "2026-02-30T00:00Z",
                             "2025-02-29T00:00Z",
                             "2026-07-01T24:00Z",
                             "2026-07-01T13Z",
                             "2026-07-01T13:60Z",
                             "2026-07-01T13:30:00.Z",
                             "2026-07-01T13:30:00+8",
                             "2026-07-01T13:30:00+08:60",
                             "2026-07-01T13:30:00Zx",
                             "2026-7-1",
                             "12345678901234567890",
                             "+",
                             "+2",
                             "+2w",
                             "+-2h"}) {
        EXPECT_FALSE(parse_time(text, 0)) << text;
    }
}

TEST(Grant, ReadsRoleAndScope) {
    EXPECT_EQ(parse_grant("volunteer")->role(), wire::ROLE_VOLUNTEER);
    const auto officer = parse_grant("officer:baoguo");
    ASSERT_TRUE(officer);
    EXPECT_EQ(officer->role(), wire::ROLE_OFFICER);
    EXPECT_EQ(officer->scope_id(), "baoguo");
    EXPECT_EQ(parse_grant("grid_worker:g")->role(), wire::ROLE_GRID_WORKER);
    EXPECT_EQ(parse_grant("grid-worker:g")->role(), wire::ROLE_GRID_WORKER);
    for (const char* text : {"", ":", "king", "officer:", ":baoguo"}) {
        EXPECT_FALSE(parse_grant(text)) << text;
    }
}

TEST(Output, ReceiptsAndRefusalsShowAllTheirFields) {
    wire::Receipt receipt;
    receipt.set_command_id("c");
    receipt.set_lane(wire::LANE_ALARM);
    EXPECT_EQ(
        receipt_line(receipt),
        R"({"commandId":"c","offset":"","lane":"LANE_ALARM","incidentId":"","noticeId":"",)"
        R"("reportId":"","subjectId":"","storedTimeMs":"0","tookMs":0,"repeated":false,"drill":false,)"
        R"("statementId":"","similarNearby":false})");
    wire::Refusal refusal;
    refusal.set_code("not_permitted");
    EXPECT_EQ(refusal_line(refusal),
              R"({"code":"not_permitted","field":"","message":"","retryAfterMs":0})");
}

TEST(Output, WatchWrapsAllButEvents) {
    const auto cursor = client::cursor_from_text("e:1-0:2-0");
    wire::Entry entry;
    entry.mutable_welcome();
    EXPECT_EQ(watch_line(entry, cursor), "");
    entry.mutable_event()->set_offset("1-0");
    EXPECT_EQ(watch_line(entry, cursor), R"({"offset":"1-0","cursor":"e:1-0:2-0"})");
    entry.mutable_event()->Clear();
    EXPECT_EQ(watch_line(entry, cursor), R"({"cursor":"e:1-0:2-0"})");
    entry.mutable_subscribed()->set_resumed(true);
    *entry.mutable_subscribed()->mutable_cursor() = *cursor;
    EXPECT_EQ(watch_line(entry, cursor), R"({"subscribed":{"resumed":true,"cursor":"e:1-0:2-0"}})");
    entry.mutable_snapshot()->set_last(true);
    EXPECT_EQ(watch_line(entry, cursor),
              R"({"snapshot":{"states":[],"last":true,"cursor":"e:1-0:2-0"}})");
    entry.mutable_snapshot()->Clear();
    EXPECT_EQ(watch_line(entry, cursor), R"({"snapshot":{"states":[]}})");
    entry.mutable_heartbeat()->set_store(wire::STORE_STATE_WELL);
    EXPECT_EQ(watch_line(entry, cursor),
              R"({"heartbeat":{"store":"STORE_STATE_WELL","cursor":"e:1-0:2-0"}})");
    EXPECT_EQ(watch_line(entry, std::nullopt), R"({"heartbeat":{"store":"STORE_STATE_WELL"}})");
    entry.mutable_reset()->set_epoch("e");
    EXPECT_EQ(watch_line(entry, cursor), R"({"reset":{"epoch":"e"}})");
    entry.mutable_goodbye();
    EXPECT_EQ(watch_line(entry, cursor), R"({"goodbye":{}})");
}

TEST(Token, Is32RandomBytesInBase64UrlAndItsDigestThatOfItsText) {
    const auto token = make_token();
    EXPECT_EQ(token.size(), 43U);
    EXPECT_EQ(
        token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
        std::string::npos);
    EXPECT_NE(token, make_token());
    EXPECT_EQ(digest_of("abc").substr(0, 4), "\xba\x78\x16\xbf");
    EXPECT_EQ(digest_of("abc").size(), 32U);
}

TEST(HubAddress, SaysWhatIsWrong) {
    const auto refused = [](const std::string& url) {
        try {
            const client::Client client({.url = url});
            return false;
        } catch (const client::BadOptions&) {
            return true;
        }
    };
    for (const char* url : {"http://127.0.0.1:8080",
                            "http://localhost",
                            "https://hub.example/tocsin/",
                            "http://[::1]:8080",
                            "http://hub.example:65535"}) {
        EXPECT_FALSE(refused(url)) << url;
    }
    for (const char* url : {"",
                            "127.0.0.1:8080",
                            "ftp://hub.example",
                            "http://",
                            "http://:8080",
                            "http://hub.example:",
                            "http://hub.example:0",
                            "http://hub.example:65536",
                            "http://hub.example:80x",
                            "http://user@hub.example",
                            "http://hub.example/?a",
                            "http://hub.example/#t",
                            "http://[::1",
                            "http://hub example"}) {
        EXPECT_TRUE(refused(url)) << url;
    }
}

}  // namespace
}  // namespace tocsin::cli
