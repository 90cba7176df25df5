#include "hub/ops/exposition.hpp"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <limits>

namespace tocsin::ops {

void Exposition::counter(std::string_view name,
                         std::string_view help,
                         double value,
                         Labels labels) {
    add(name, help, prometheus::MetricType::Counter, std::move(labels)).counter.value = value;
}

void Exposition::gauge(std::string_view name, std::string_view help, double value, Labels labels) {
    add(name, help, prometheus::MetricType::Gauge, std::move(labels)).gauge.value = value;
}

void Exposition::histogram(std::string_view name,
                           std::string_view help,
                           std::span<const double> bounds,
                           std::span<const std::uint64_t> counts,
                           double sum,
                           Labels labels) {
    auto& metric = add(name, help, prometheus::MetricType::Histogram, std::move(labels));
    std::uint64_t cumulative = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        cumulative += counts[i];
        const double bound =
            i < bounds.size() ? bounds[i] : std::numeric_limits<double>::infinity();
        metric.histogram.bucket.push_back({cumulative, bound});
    }
    metric.histogram.sample_count = cumulative;
    metric.histogram.sample_sum = sum;
}

std::string Exposition::text() const {
    return prometheus::TextSerializer().Serialize(families_);
}

prometheus::ClientMetric& Exposition::add(std::string_view name,
                                          std::string_view help,
                                          prometheus::MetricType type,
                                          Labels labels) {
    auto found = std::ranges::find(families_, name, &prometheus::MetricFamily::name);
    if (found == families_.end()) {
        found = families_.insert(found, {std::string(name), std::string(help), type, {}});
    }
    auto& metric = found->metric.emplace_back();
    for (auto& [label, value] : labels) {
        metric.label.push_back({std::move(label), std::move(value)});
    }
    return metric;
}

}  // namespace tocsin::ops
