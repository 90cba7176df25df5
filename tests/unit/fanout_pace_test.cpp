#include "hub/fanout/pace.hpp"

#include <gtest/gtest.h>

namespace tocsin::fanout {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

const Pace::Time kBegan{std::chrono::hours{1}};

TEST(Pace, RestsThriceAsLongAsTheRoundTook) {
    Pace pace;
    EXPECT_FALSE(pace.is_resting(kBegan));
    pace.on_round(kBegan, kBegan + milliseconds{3});
    EXPECT_TRUE(pace.is_resting(kBegan + milliseconds{3}));
    EXPECT_TRUE(pace.is_resting(kBegan + milliseconds{12} - microseconds{1}));
    EXPECT_FALSE(pace.is_resting(kBegan + milliseconds{12}));
    EXPECT_EQ(pace.rest_until(), kBegan + milliseconds{12});
}

TEST(Pace, AShortRoundEarnsNoRest) {
    Pace pace;
    pace.on_round(kBegan, kBegan + Pace::kShort - microseconds{1});
    EXPECT_FALSE(pace.is_resting(kBegan + Pace::kShort - microseconds{1}));
}

TEST(Pace, NoRestIsLongerThanTheMost) {
    Pace pace;
    pace.on_round(kBegan, kBegan + milliseconds{400});
    EXPECT_EQ(pace.rest_until(), kBegan + milliseconds{400} + Pace::kMostRest);
}

TEST(Pace, AShortRoundDuringARestDoesNotEndIt) {
    Pace pace;
    pace.on_round(kBegan, kBegan + milliseconds{10});
    pace.on_round(kBegan + milliseconds{12}, kBegan + milliseconds{12} + microseconds{50});
    EXPECT_TRUE(pace.is_resting(kBegan + milliseconds{34}));
}

}  // namespace
}  // namespace tocsin::fanout
