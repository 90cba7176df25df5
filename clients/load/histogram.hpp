#pragma once
// A histogram of high dynamic range: counts by value with an error of less than 1 % from 1 up to
// 2^40 (microseconds: twelve days), in a fixed 34 KiB. Log-linear: each power of two is cut into
// 128 equal parts, values below 128 are exact. Debian has no HdrHistogram for C or C++; this is its
// bucket scheme with 7 bits.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <vector>

namespace tocsin::load {

class Histogram {
public:
    Histogram();

    // Negative values count as 0, larger ones than 2^40 as that.
    void add(std::int64_t value);
    std::int64_t count() const { return count_; }
    std::int64_t max() const { return max_; }
    // The highest value of the bucket in which the given share (0 to 1) of all values is reached; 0
    // where nothing was added.
    std::int64_t at(double share) const;

    // {"count":…,"p50":…,"p90":…,"p99":…,"p999":…,"max":…} of microseconds, in milliseconds.
    nlohmann::ordered_json to_json() const;

private:
    std::vector<std::int64_t> counts_;
    std::int64_t count_ = 0;
    std::int64_t max_ = 0;
};

}  // namespace tocsin::load
