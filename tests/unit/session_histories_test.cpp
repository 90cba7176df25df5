// Stretches behind the windows: shared, one read at a time, bounded in all.

#include "hub/session/histories.hpp"

#include <gtest/gtest.h>

namespace tocsin::session {
namespace {

constexpr std::uint64_t kStretch = 10;

struct Reader {
    struct Asked {
        log::Offset after;
        std::move_only_function<void(StretchResult)> answer;
    };
    std::vector<Asked> asked;
    std::size_t entry_bytes = 1'000;
    Histories histories{
        [this](log::Offset after, auto answer) { asked.push_back({after, std::move(answer)}); },
        50'000};
    std::vector<std::string> answers;

    void ask(std::uint64_t after) {
        histories.ask({after, 0}, [this, after](fanout::BatchPtr stretch) {
            answers.push_back(std::to_string(after) + ':' +
                              (stretch == nullptr ? "gone" : log::to_text(stretch->to)));
        });
    }
    // The latest read ends: ten entries after the offset.
    void read() {
        auto batch = std::make_shared<fanout::Batch>();
        batch->after = asked.back().after;
        for (std::uint64_t i = 1; i <= kStretch; ++i) {
            auto entry = std::make_shared<fanout::Entry>();
            entry->offset = {batch->after.ms + i, 0};
            entry->bytes = entry_bytes;
            batch->entries.push_back(std::move(entry));
        }
        batch->to = batch->entries.back()->offset;
        asked.back().answer(batch);
    }
};

TEST(Histories, WhoeverStandsInAStretchSharesItsRead) {
    Reader reader;
    for (std::uint64_t after = 100; after < 110; ++after) {
        reader.ask(after);
    }
    ASSERT_EQ(reader.asked.size(), 1u);
    reader.read();
    EXPECT_EQ(reader.answers.size(), 10u);
    reader.ask(105);
    EXPECT_EQ(reader.asked.size(), 1u);
    EXPECT_EQ(reader.answers.back(), "105:110-0");
    reader.ask(110);  // what comes after it is another one
    EXPECT_EQ(reader.asked.size(), 2u);
}

TEST(Histories, ReadsOneAfterTheOtherLowestFirst) {
    Reader reader;
    for (const std::uint64_t after : {500, 300, 100, 305}) {
        reader.ask(after);
    }
    ASSERT_EQ(reader.asked.size(), 1u);
    reader.read();
    ASSERT_EQ(reader.asked.size(), 2u);
    EXPECT_EQ(reader.asked.back().after.ms, 100u);
    reader.read();
    EXPECT_EQ(reader.asked.back().after.ms, 300u);
    reader.read();
    EXPECT_EQ(reader.asked.size(), 3u);
    EXPECT_EQ(reader.answers,
              (std::vector<std::string>{"500:510-0", "100:110-0", "300:310-0", "305:310-0"}));
}

TEST(Histories, HoldsNoMoreThanItsBound) {
    Reader reader;
    for (std::uint64_t after = 0; after < 10'000; after += 10) {
        reader.ask(after);
        reader.read();
        EXPECT_LE(reader.histories.bytes(), 50'000u);
    }
    EXPECT_GT(reader.histories.bytes(), 30'000u);
    reader.entry_bytes = 100'000;  // one alone is over it: given out, not kept
    reader.ask(20'000);
    reader.read();
    EXPECT_EQ(reader.answers.back(), "20000:20010-0");
    EXPECT_LE(reader.histories.bytes(), 50'000u);
}

TEST(Histories, KeepsWhatIsUsed) {
    Reader reader;
    reader.ask(0);
    reader.read();
    for (std::uint64_t after = 100; after < 1'000; after += 10) {
        reader.ask(after);
        reader.read();
        reader.ask(5);
    }
    EXPECT_EQ(reader.asked.size(), 91u);
}

TEST(Histories, AsksAgainWithTheNextTickWhereTheStoreCannotSay) {
    Reader reader;
    reader.ask(1);
    reader.ask(2);
    reader.asked.back().answer(std::unexpected(NoStretch::unavailable));
    EXPECT_TRUE(reader.answers.empty());
    EXPECT_EQ(reader.asked.size(), 1u);
    reader.histories.tick();
    ASSERT_EQ(reader.asked.size(), 2u);
    reader.read();
    EXPECT_EQ(reader.answers.size(), 2u);
}

TEST(Histories, SaysThatItIsGoneOnlyToWhomItIs) {
    Reader reader;
    reader.ask(1);
    reader.ask(7);
    reader.asked.back().answer(std::unexpected(NoStretch::gone));
    EXPECT_EQ(reader.answers, std::vector<std::string>{"1:gone"});
    reader.read();
    EXPECT_EQ(reader.answers.back(), "7:17-0");
}

TEST(Histories, ForgetsAnotherLog) {
    Reader reader;
    reader.ask(1);
    reader.read();
    reader.histories.forget();
    EXPECT_EQ(reader.histories.bytes(), 0u);
    reader.ask(1);
    EXPECT_EQ(reader.asked.size(), 2u);
}

}  // namespace
}  // namespace tocsin::session
