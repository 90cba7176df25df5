#include "hub/ops/exposition.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "hub/ops/process_stats.hpp"

namespace tocsin::ops {
namespace {

using testing::HasSubstr;

TEST(Exposition, IsPrometheusText) {
    Exposition out;
    out.gauge("tocsin_connections", "Open connections.", 3);
    out.counter("tocsin_refusals_total", "Refusals.", 2, {{"code", "id_reused"}});
    out.counter("tocsin_refusals_total", "Refusals.", 1, {{"code", "malformed"}});
    EXPECT_EQ(out.text(),
              "# HELP tocsin_connections Open connections.\n"
              "# TYPE tocsin_connections gauge\n"
              "tocsin_connections 3\n"
              "# HELP tocsin_refusals_total Refusals.\n"
              "# TYPE tocsin_refusals_total counter\n"
              "tocsin_refusals_total{code=\"id_reused\"} 2\n"
              "tocsin_refusals_total{code=\"malformed\"} 1\n");
}

TEST(Exposition, AHistogramIsCumulative) {
    Exposition out;
    const std::array bounds = {0.001, 0.01};
    const std::array<std::uint64_t, 3> counts = {5, 2, 1};
    out.histogram("tocsin_commit_seconds", "Commits.", bounds, counts, 0.5);
    EXPECT_THAT(out.text(), HasSubstr("tocsin_commit_seconds_count 8\n"));
    EXPECT_THAT(out.text(), HasSubstr("tocsin_commit_seconds_sum 0.5\n"));
    EXPECT_THAT(out.text(), HasSubstr("tocsin_commit_seconds_bucket{le=\"0.001\"} 5\n"));
    EXPECT_THAT(out.text(), HasSubstr("tocsin_commit_seconds_bucket{le=\"0.01\"} 7\n"));
    EXPECT_THAT(out.text(), HasSubstr("tocsin_commit_seconds_bucket{le=\"+Inf\"} 8\n"));
}

TEST(Exposition, ALabelCannotBreakALine) {
    Exposition out;
    out.gauge("x", "Text.", 1, {{"label", "a\"b\nc\\d"}});
    EXPECT_THAT(out.text(), HasSubstr("x{label=\"a\\\"b\\nc\\\\d\"} 1\n"));
}

TEST(ProcessStats, AreThisProcess) {
    const ProcessStats stats = read_process_stats();
    EXPECT_GT(stats.resident_bytes, 1 << 20);
    EXPECT_GE(stats.virtual_bytes, stats.resident_bytes);
    EXPECT_GT(stats.cpu_seconds, 0);
    EXPECT_GE(stats.open_descriptors, 3);
    EXPECT_GE(stats.most_descriptors, stats.open_descriptors);
}

}  // namespace
}  // namespace tocsin::ops
