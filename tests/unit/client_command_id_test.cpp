// Ids of commands and the wait between attempts.

#include <gtest/gtest.h>

#include <vector>

#include "tocsin/backoff.hpp"
#include "tocsin/command_id.hpp"

namespace tocsin::client {
namespace {

Random always(std::uint64_t value) {
    return [value] { return value; };
}

TEST(CommandIds, AreUuidsOfVersion7WithTheTimeInFront) {
    CommandIds ids(always(0xFFFF'FFFF'FFFF'FFFFULL));
    const auto id = ids.next(0x0123'4567'89AB);
    EXPECT_TRUE(is_uuid(id)) << id;
    EXPECT_EQ(id.substr(0, 15), "01234567-89ab-7");
    EXPECT_EQ(id[19], 'b');  // the variant's two bits, and two of the random ones
}

TEST(CommandIds, RiseWhileTheClockStandsStillOrJumpsBack) {
    CommandIds ids(system_random());
    std::string last;
    for (int round = 0; round < 20'000; ++round) {
        const std::int64_t clock = round % 3 == 0 ? 1'000 : 1'000 - round % 7;
        const auto id = ids.next(clock);
        ASSERT_TRUE(is_uuid(id)) << id;
        ASSERT_LT(last, id);
        last = id;
    }
}

TEST(CommandIds, WhatIsAUuid) {
    EXPECT_TRUE(is_uuid("01a20896-6e79-77f3-9287-3e51226743d4"));
    EXPECT_TRUE(is_uuid("01A20896-6E79-47F3-9287-3E51226743D4"));
    for (const char* text : {"",
                             "01a20896",
                             "01a20896-6e79-77f3-9287-3e51226743d",
                             "01a20896-6e79-77f3-9287-3e51226743d44",
                             "01a20896x6e79-77f3-9287-3e51226743d4",
                             "g1a20896-6e79-77f3-9287-3e51226743d4",
                             "{1a20896-6e79-77f3-9287-3e51226743d}"}) {
        EXPECT_FALSE(is_uuid(text)) << text;
    }
}

TEST(Backoff, SpreadsOverAGrowingSpanUpToTheCap) {
    Backoff backoff(std::chrono::milliseconds(100), std::chrono::milliseconds(1'000));
    const auto longest = always(100'000'000'100'000'000ULL);
    const std::vector<std::int64_t> spans{100, 200, 400, 800, 1'000, 1'000};
    for (const auto span : spans) {
        EXPECT_EQ(backoff.next([span] { return static_cast<std::uint64_t>(span); }),
                  std::chrono::milliseconds(span));
    }
    for (int round = 0; round < 100; ++round) {
        EXPECT_LE(backoff.next(longest), std::chrono::milliseconds(1'000));
    }
    backoff.reset();
    EXPECT_EQ(backoff.next(always(101)), std::chrono::milliseconds(0));
}

}  // namespace
}  // namespace tocsin::client
