#include "tocsin/backoff.hpp"

#include <algorithm>

namespace tocsin::client {

std::chrono::milliseconds Backoff::next(const Random& random) {
    constexpr int kMostDoublings = 20;  // far beyond any cap, far below an overflow
    const auto ceiling = std::min(cap_, base_ * (1 << std::min(attempts_, kMostDoublings)));
    ++attempts_;
    const auto span = static_cast<std::uint64_t>(std::max<std::int64_t>(ceiling.count(), 0)) + 1;
    return std::chrono::milliseconds(static_cast<std::int64_t>(random() % span));
}

}  // namespace tocsin::client
