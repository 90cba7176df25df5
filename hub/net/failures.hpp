#pragma once
// How often an address may fail in a while, over all shards. Any thread.

#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

namespace tocsin::net {

class Failures {
public:
    Failures(int most, std::int64_t within_ms) : most_(most), within_ms_(within_ms) {}

    // A try counts as a failure until it is forgiven, so that many at once are no way round. False:
    // the address had its failures, and may come back after retry_after_ms().
    bool take(const std::string& address, std::int64_t now_ms);
    void forgive(const std::string& address);
    int retry_after_ms(const std::string& address, std::int64_t now_ms);

private:
    struct Count {
        std::int64_t since_ms = 0;
        int failures = 0;
    };
    void forget(std::int64_t now_ms);

    const int most_;
    const std::int64_t within_ms_;
    std::mutex mutex_;
    std::unordered_map<std::string, Count> by_address_;  // under mutex_
};

// What an IPv6 caller can change at will does not make another one of it: the first 64 bits.
std::string neighbourhood(const std::string& address);

}  // namespace tocsin::net
