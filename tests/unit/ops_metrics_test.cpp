#include "hub/ops/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <sstream>
#include <string>

namespace tocsin::ops {
namespace {

using testing::HasSubstr;

HubReport busy_report() {
    HubReport report;
    report.ready = true;
    report.start_time_ms = 1'700'000'000'000;
    report.shards.resize(2);
    report.shards[0].answered = true;
    report.shards[0].loop_delay_seconds = 0.25;
    report.shards[0].stats.connections_open = 3;
    report.shards[0].stats.refused_by_status = {{401, 2}};
    report.shards[0].stats.count_close(4501);
    report.shards[1].stats.connections_open = 4;
    report.shards[1].stats.refused_by_status = {{401, 1}, {403, 1}};
    report.shards[1].stats.count_close(4501);
    report.shards[1].stats.count_close(4999);
    report.district.core.decider.stored = 7;
    report.district.core.decider.refused = {{"id_reused", 2}};
    report.district.core.fold.damaged = 1;
    report.district.core.behind_ms = 1'500;
    report.district.times.add(0.003);
    report.district.store_well = true;
    return report;
}

TEST(Metrics, ShardsAreSummed) {
    const net::ShardStats all = sum_of(busy_report().shards);
    EXPECT_EQ(all.connections_open, 7);
    EXPECT_EQ(all.refused_by_status, (std::map<int, std::int64_t>{{401, 3}, {403, 1}}));
    EXPECT_EQ(all.closes_by_code.at(4501), 2);
    EXPECT_EQ(all.closes_by_code.at(0), 1);
}

TEST(Metrics, SaysWhatHappened) {
    const std::string text = metrics_text(busy_report());
    for (const char* line : {
             "tocsin_ready 1\n",
             "tocsin_store_well 1\n",
             "tocsin_connections 7\n",
             "tocsin_upgrade_refusals_total{status=\"401\"} 3\n",
             "tocsin_closes_total{code=\"4501\"} 2\n",
             "tocsin_closes_total{code=\"4008\"} 0\n",
             "tocsin_closes_total{code=\"0\"} 1\n",
             "tocsin_commits_total{outcome=\"stored\"} 7\n",
             "tocsin_refusals_total{code=\"id_reused\"} 2\n",
             "tocsin_log_set_aside_total{why=\"damaged\"} 1\n",
             "tocsin_tail_lag_seconds 1.5\n",
             "tocsin_command_seconds_bucket{le=\"0.002\"} 0\n",
             "tocsin_command_seconds_bucket{le=\"0.005\"} 1\n",
             "tocsin_command_seconds_count 1\n",
             "tocsin_loop_delay_seconds{shard=\"0\"} 0.25\n",
             "tocsin_shard_answered{shard=\"1\"} 0\n",
             "process_start_time_seconds 1700000000\n",
         }) {
        EXPECT_THAT(text, HasSubstr(line));
    }
}

// What Prometheus's own linter asks: a help and a type for each family, once, and the unit at the
// end of the name.
TEST(Metrics, AreNamedAndExplained) {
    std::istringstream lines(metrics_text(busy_report()));
    std::set<std::string> families;
    const std::regex type("# TYPE ([a-z_]+) (counter|gauge|histogram)");
    int helps = 0;
    for (std::string line; std::getline(lines, line);) {
        std::smatch match;
        helps += line.starts_with("# HELP ") ? 1 : 0;
        if (!std::regex_match(line, match, type)) {
            continue;
        }
        const std::string name = match[1];
        EXPECT_TRUE(families.insert(name).second) << name;
        EXPECT_EQ(match[2] == "counter", name.ends_with("_total")) << name;
        EXPECT_EQ(name.find("_ms"), std::string::npos) << name;
    }
    EXPECT_EQ(static_cast<std::size_t>(helps), families.size());
    EXPECT_GT(families.size(), 30u);
}

TEST(CommandTimes, FallIntoTheirBucket) {
    CommandTimes times;
    times.add(0.0005);
    times.add(0.0006);
    times.add(100);
    EXPECT_EQ(times.counts.front(), 1u);
    EXPECT_EQ(times.counts[1], 1u);
    EXPECT_EQ(times.counts.back(), 1u);
    EXPECT_DOUBLE_EQ(times.sum_seconds, 100.0011);
}

}  // namespace
}  // namespace tocsin::ops
