// Ids and texts: what a UUID looks like, how long a text is.

#include <algorithm>
#include <array>
#include <cstddef>

#include "hub/domain/decide.hpp"

namespace tocsin::domain {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

bool is_hyphen_place(std::size_t index) {
    return index == 8 || index == 13 || index == 18 || index == 23;
}

bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// What a first byte says of a UTF-8 sequence: how many bytes follow, and the lowest code point that
// may be written so.
struct Sequence {
    std::size_t following = 0;
    std::uint32_t bits = 0;
    std::uint32_t lowest = 0;
};

std::optional<Sequence> sequence_of(unsigned char first) {
    if (first < 0x80U) {
        return Sequence{0, first, 0};
    }
    if ((first & 0xE0U) == 0xC0U) {
        return Sequence{1, first & 0x1FU, 0x80};
    }
    if ((first & 0xF0U) == 0xE0U) {
        return Sequence{2, first & 0x0FU, 0x800};
    }
    if ((first & 0xF8U) == 0xF0U) {
        return Sequence{3, first & 0x07U, 0x10000};
    }
    return std::nullopt;
}

}  // namespace

std::size_t code_points(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size(); ++count) {
        const std::optional<Sequence> sequence =
            sequence_of(static_cast<unsigned char>(text[at++]));
        if (!sequence || text.size() - at < sequence->following) {
            return SIZE_MAX;
        }
        std::uint32_t point = sequence->bits;
        for (std::size_t i = 0; i < sequence->following; ++i) {
            const unsigned char byte = static_cast<unsigned char>(text[at++]);
            if ((byte & 0xC0U) != 0x80U) {
                return SIZE_MAX;
            }
            point = (point << 6U) | (byte & 0x3FU);
        }
        const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
        if (point < sequence->lowest || point > 0x10FFFF || surrogate) {
            return SIZE_MAX;
        }
    }
    return count;
}

bool is_blank(std::string_view text) {
    // Of Unicode's white space and joiners each, as UTF-8; the two ranges below are U+2000 to
    // U+200F and U+2028 to U+202F.
    static constexpr std::array<std::string_view, 13> kBlanks = {"\t",
                                                                 "\n",
                                                                 "\v",
                                                                 "\f",
                                                                 "\r",
                                                                 " ",
                                                                 "\u0085",
                                                                 "\u00A0",
                                                                 "\u1680",
                                                                 "\u205F",
                                                                 "\u2060",
                                                                 "\u3000",
                                                                 "\uFEFF"};
    while (!text.empty()) {
        const auto blank = std::ranges::find_if(
            kBlanks, [&](std::string_view each) { return text.starts_with(each); });
        if (blank != kBlanks.end()) {
            text.remove_prefix(blank->size());
            continue;
        }
        const auto third = text.size() < 3 ? 0U : static_cast<unsigned char>(text[2]);
        const bool is_in_a_range = text.starts_with("\xE2\x80") &&
                                   ((third >= 0x80U && third <= 0x8FU) || third >= 0xA8U) &&
                                   third <= 0xAFU;
        if (!is_in_a_range) {
            return false;
        }
        text.remove_prefix(3);
    }
    return true;
}

bool is_uuid(std::string_view text) {
    if (text.size() != 36) {
        return false;
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_hyphen_place(i) ? text[i] != '-' : !is_hex(text[i])) {
            return false;
        }
    }
    return true;
}

std::string make_uuid(const Random& random) {
    std::array<unsigned char, 16> bytes{};
    random(bytes);
    bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0FU) | 0x40U);  // version 4
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3FU) | 0x80U);  // RFC 4122 variant
    std::string text;
    text.reserve(36);
    for (const unsigned char byte : bytes) {
        if (is_hyphen_place(text.size())) {
            text.push_back('-');
        }
        text.push_back(kHex[byte >> 4U]);
        text.push_back(kHex[byte & 0x0FU]);
    }
    return text;
}

}  // namespace tocsin::domain
