#pragma once
// Builds one scrape's answer in Prometheus's text form. A value, made anew for each scrape.

#include <prometheus/metric_family.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tocsin::ops {

using Labels = std::vector<std::pair<std::string, std::string>>;

class Exposition {
public:
    // The content type of text().
    static constexpr std::string_view kContentType = "text/plain; version=0.0.4; charset=utf-8";

    // Several of one name with different labels are one family; its help is that of the first.
    // Names of counters end in `_total`, those of times in `_seconds`, of sizes in `_bytes`.
    void counter(std::string_view name, std::string_view help, double value, Labels labels = {});
    void gauge(std::string_view name, std::string_view help, double value, Labels labels = {});
    // `counts` has one number more than `bounds`: how many were at most that bound but over the one
    // before, and last those over all of them. Bounds rise.
    void histogram(std::string_view name,
                   std::string_view help,
                   std::span<const double> bounds,
                   std::span<const std::uint64_t> counts,
                   double sum,
                   Labels labels = {});

    std::string text() const;

private:
    prometheus::ClientMetric& add(std::string_view name,
                                  std::string_view help,
                                  prometheus::MetricType type,
                                  Labels labels);

    std::vector<prometheus::MetricFamily> families_;  // few: searched one by one
};

}  // namespace tocsin::ops
