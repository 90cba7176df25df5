#include "mark.hpp"

#include <charconv>
#include <cstdio>

namespace tocsin::load {
namespace {

constexpr std::string_view kFront = "load#";

std::optional<std::uint32_t> hex(std::string_view digits) {
    std::uint32_t value = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (error != std::errc{} || end != digits.data() + digits.size()) {
        return std::nullopt;
    }
    return value;
}

}  // namespace

std::string marked(std::uint32_t run, std::uint64_t number, std::size_t bytes) {
    char mark[kMarkBytes + 1];
    std::snprintf(mark, sizeof mark, "load#%08x#%08x#", run, static_cast<unsigned>(number));
    std::string text = mark;
    constexpr std::string_view kWords = " a lamp is out in front of the third entrance;";
    while (text.size() < bytes) {
        text += kWords.substr(0, bytes - text.size());
    }
    return text;
}

std::optional<std::uint64_t> number_in(std::string_view text, std::uint32_t run) {
    if (text.size() < kMarkBytes || !text.starts_with(kFront) || hex(text.substr(5, 8)) != run) {
        return std::nullopt;
    }
    return hex(text.substr(14, 8));
}

}  // namespace tocsin::load
