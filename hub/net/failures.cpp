#include "hub/net/failures.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>

namespace tocsin::net {

namespace {

// More addresses than fail by mistake within a minute.
constexpr std::size_t kMostAddresses = 20'000;

}  // namespace

bool Failures::take(const std::string& address, std::int64_t now_ms) {
    const std::lock_guard lock(mutex_);
    if (by_address_.size() >= kMostAddresses && !by_address_.contains(address)) {
        forget(now_ms);
    }
    Count& count = by_address_.try_emplace(address, Count{now_ms, 0}).first->second;
    if (now_ms - count.since_ms >= within_ms_) {
        count = {now_ms, 0};
    }
    if (count.failures >= most_) {
        return false;
    }
    ++count.failures;
    return true;
}

void Failures::forgive(const std::string& address) {
    const std::lock_guard lock(mutex_);
    const auto found = by_address_.find(address);
    if (found != by_address_.end() && found->second.failures > 0) {
        --found->second.failures;
    }
}

int Failures::retry_after_ms(const std::string& address, std::int64_t now_ms) {
    const std::lock_guard lock(mutex_);
    const auto found = by_address_.find(address);
    const std::int64_t since = found == by_address_.end() ? now_ms : found->second.since_ms;
    return static_cast<int>(std::clamp<std::int64_t>(since + within_ms_ - now_ms, 1, within_ms_));
}

// Those whose time is over; where none is, all: memory is bounded whatever comes.
void Failures::forget(std::int64_t now_ms) {
    std::erase_if(by_address_,
                  [&](const auto& entry) { return now_ms - entry.second.since_ms >= within_ms_; });
    if (by_address_.size() >= kMostAddresses) {
        by_address_.clear();
    }
}

std::string neighbourhood(const std::string& address) {
    boost::system::error_code error;
    const auto parsed = boost::asio::ip::make_address(address, error);
    if (error || !parsed.is_v6()) {
        return address;
    }
    if (parsed.to_v6().is_v4_mapped()) {
        return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, parsed.to_v6())
            .to_string();
    }
    auto bytes = parsed.to_v6().to_bytes();
    std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
    return boost::asio::ip::address_v6(bytes).to_string();
}

}  // namespace tocsin::net
