#include "hub/net/clock.hpp"

#include <chrono>

namespace tocsin::net {

namespace {

std::int64_t in_ms(auto duration) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

}  // namespace

std::int64_t now_ms() {
    static const std::int64_t offset = in_ms(std::chrono::system_clock::now().time_since_epoch()) -
                                       in_ms(std::chrono::steady_clock::now().time_since_epoch());
    return offset + in_ms(std::chrono::steady_clock::now().time_since_epoch());
}

std::int64_t wall_ms() {
    return in_ms(std::chrono::system_clock::now().time_since_epoch());
}

}  // namespace tocsin::net
