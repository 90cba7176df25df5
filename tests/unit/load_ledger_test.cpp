// What the load program concludes from what it hears, without a network.

#include "ledger.hpp"

#include <gtest/gtest.h>

#include <random>

#include "scan.hpp"
#include "tocsin/v1/session.pb.h"

namespace tocsin::load {
namespace {

constexpr std::uint32_t kRun = 77;

class LedgerTest : public testing::Test {
protected:
    Delivery delivery(std::uint64_t number, Lane lane = kRoutine) {
        text_ = marked(kRun, number, 64);
        offset_ = std::to_string(1'000 + number) + "-0";
        return {.text = text_, .offset = offset_, .lane = lane, .bytes = 100};
    }
    void publish(int count, Lane lane = kRoutine) {
        for (int i = 0; i < count; ++i) {
            ledger_.add(0, 0, lane, 1);
        }
    }

    Ledger ledger_{kRun, 1, 1};
    std::string text_;
    std::string offset_;
};

TEST_F(LedgerTest, FindsNothingWrongWhereNothingIs) {
    Expectation reader = ledger_.expect_from_now(0);
    publish(3);
    for (std::uint64_t number : {0u, 1u, 2u}) {
        EXPECT_FALSE(ledger_.has_all(reader));
        EXPECT_EQ(ledger_.take(reader, delivery(number)), number);
    }
    ledger_.count_lost(reader);
    EXPECT_TRUE(ledger_.is_clean());
    EXPECT_TRUE(ledger_.has_all(reader));
    EXPECT_EQ(ledger_.complete(), 3u);
}

TEST_F(LedgerTest, CountsWhatIsMissingInTheMiddleAndAtTheEnd) {
    Expectation reader = ledger_.expect_from_now(0);
    publish(5);
    for (std::uint64_t number : {0u, 2u, 3u}) {
        ledger_.take(reader, delivery(number));
    }
    ledger_.count_lost(reader);
    EXPECT_EQ(ledger_.lost, 2);
}

TEST_F(LedgerTest, TellsARepetitionFromALateOne) {
    Expectation reader = ledger_.expect_from_now(0);
    publish(4);
    for (std::uint64_t number : {0u, 2u, 1u, 1u, 3u}) {
        ledger_.take(reader, delivery(number));
    }
    ledger_.count_lost(reader);
    EXPECT_EQ(ledger_.out_of_order, 1);
    EXPECT_EQ(ledger_.repeated, 1);
    EXPECT_EQ(ledger_.lost, 0);
}

TEST_F(LedgerTest, LetsTheLanesOvertakeEachOther) {
    Expectation reader = ledger_.expect_from_now(0);
    publish(2, kRoutine);
    publish(1, kAlarm);
    ledger_.take(reader, delivery(2, kAlarm));
    ledger_.take(reader, delivery(0));
    ledger_.take(reader, delivery(1));
    EXPECT_TRUE(ledger_.is_clean());
}

TEST_F(LedgerTest, TakesNothingOfAnotherRunAndNothingOlderThanTheReader) {
    publish(1);
    Expectation reader = ledger_.expect_from_now(0);
    publish(1);
    EXPECT_EQ(ledger_.take(reader, delivery(0)), std::nullopt);
    text_ = marked(kRun + 1, 1, 64);
    EXPECT_EQ(ledger_.take(reader, {.text = text_, .offset = {}}), std::nullopt);
    EXPECT_EQ(ledger_.foreign, 1);
    EXPECT_TRUE(ledger_.is_clean());
    ledger_.count_lost(reader);
    EXPECT_EQ(ledger_.lost, 1);
}

TEST(Histogram, IsWithinOnePercentOfTheSortedSample) {
    std::mt19937_64 random(5);
    std::vector<std::int64_t> sample;
    Histogram histogram;
    for (int i = 0; i < 20'000; ++i) {
        sample.push_back(static_cast<std::int64_t>(random() >> (24 + random() % 40)));
        histogram.add(sample.back());
    }
    std::ranges::sort(sample);
    for (const double share : {0.5, 0.9, 0.99, 0.999}) {
        const auto exact = static_cast<double>(
            sample[static_cast<std::size_t>(share * static_cast<double>(sample.size())) - 1]);
        EXPECT_NEAR(static_cast<double>(histogram.at(share)), exact, exact * 0.01 + 1) << share;
    }
    EXPECT_EQ(histogram.max(), sample.back());
}

TEST(Scan, ReadsWhatProtobufWrites) {
    tocsin::v1::Event event;
    event.set_offset("12-3");
    event.set_lane(tocsin::v1::LANE_ALARM);
    event.mutable_report()->mutable_place()->set_latitude(45.5);
    const std::string bytes = event.SerializeAsString();
    Scan scan(bytes);
    EXPECT_EQ(scan.next()->bytes, "12-3");
    EXPECT_EQ(scan.next()->value, static_cast<std::uint64_t>(tocsin::v1::LANE_ALARM));
    EXPECT_EQ(scan.next()->bytes, event.report().SerializeAsString());
    EXPECT_FALSE(scan.next());
    EXPECT_FALSE(scan.is_damaged());
    Scan torn(std::string_view(bytes).substr(0, bytes.size() - 1));
    while (torn.next()) {
    }
    EXPECT_TRUE(torn.is_damaged());
}

}  // namespace
}  // namespace tocsin::load
