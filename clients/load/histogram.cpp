#include "histogram.hpp"

#include <algorithm>
#include <bit>

namespace tocsin::load {
namespace {

constexpr int kPartBits = 7;
constexpr int kMostBits = 40;
constexpr std::uint64_t kParts = 1u << kPartBits;

std::size_t bucket_of(std::uint64_t value) {
    if (value < kParts) {
        return value;
    }
    const int shift = static_cast<int>(std::bit_width(value)) - 1 - kPartBits;
    return static_cast<std::size_t>(shift + 1) * kParts + ((value >> shift) - kParts);
}

std::uint64_t highest_in(std::size_t bucket) {
    if (bucket < kParts) {
        return bucket;
    }
    const auto shift = bucket / kParts - 1;
    return ((bucket % kParts + kParts + 1) << shift) - 1;
}

}  // namespace

Histogram::Histogram() : counts_((kMostBits - kPartBits + 2) * kParts, 0) {}

void Histogram::add(std::int64_t value) {
    value = std::clamp<std::int64_t>(value, 0, std::int64_t{1} << kMostBits);
    ++counts_[bucket_of(static_cast<std::uint64_t>(value))];
    ++count_;
    max_ = std::max(max_, value);
}

std::int64_t Histogram::at(double share) const {
    if (count_ == 0) {
        return 0;
    }
    const auto wanted = std::max<std::int64_t>(
        1, static_cast<std::int64_t>(share * static_cast<double>(count_) + 0.5));
    std::int64_t seen = 0;
    for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
        seen += counts_[bucket];
        if (seen >= wanted) {
            return std::min(static_cast<std::int64_t>(highest_in(bucket)), max_);
        }
    }
    return max_;
}

nlohmann::ordered_json Histogram::to_json() const {
    const auto ms = [](std::int64_t us) { return static_cast<double>(us) / 1'000; };
    return {{"count", count_},
            {"p50", ms(at(0.5))},
            {"p90", ms(at(0.9))},
            {"p99", ms(at(0.99))},
            {"p999", ms(at(0.999))},
            {"max", ms(max_)}};
}

}  // namespace tocsin::load
