#include "tocsin/command_id.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <stdexcept>

namespace tocsin::client {

Random system_random() {
    return [] {
        std::uint64_t bits = 0;
        if (RAND_bytes(reinterpret_cast<unsigned char*>(&bits), sizeof bits) != 1) {
            throw std::runtime_error("the operating system gives no random bytes");
        }
        return bits;
    };
}

std::string CommandIds::next(std::int64_t wall_ms) {
    constexpr std::uint32_t kSequences = 1U << 12;
    if (wall_ms > last_ms_) {
        last_ms_ = wall_ms;
        // Half of the range is left to count in.
        sequence_ = static_cast<std::uint32_t>(random_() % (kSequences / 2));
    } else if (++sequence_ == kSequences) {
        ++last_ms_;
        sequence_ = 0;
    }
    const auto time = static_cast<std::uint64_t>(last_ms_) & 0xFFFF'FFFF'FFFFULL;
    const std::uint64_t high = (time << 16) | 0x7000U | sequence_;
    const std::uint64_t low = (random_() & 0x3FFF'FFFF'FFFF'FFFFULL) | 0x8000'0000'0000'0000ULL;

    constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    text.reserve(36);
    for (int digit = 0; digit < 32; ++digit) {
        if (digit == 8 || digit == 12 || digit == 16 || digit == 20) {
            text += '-';
        }
        const std::uint64_t half = digit < 16 ? high : low;
        text += kDigits[(half >> (60 - 4 * (digit % 16))) & 0xF];
    }
    return text;
}

bool is_uuid(std::string_view text) {
    if (text.size() != 36) {
        return false;
    }
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool hyphen_due = at == 8 || at == 13 || at == 18 || at == 23;
        const char c = text[at];
        const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (hyphen_due ? c != '-' : !hex) {
            return false;
        }
    }
    return true;
}

}  // namespace tocsin::client
