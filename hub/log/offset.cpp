#include "hub/log/offset.hpp"

#include <charconv>

namespace tocsin::log {
namespace {

bool parse(std::string_view text, std::uint64_t& number) {
    if (text.empty() || text.size() > 20) {
        return false;
    }
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    const auto [stopped, error] = std::from_chars(begin, end, number);
    return error == std::errc() && stopped == end;
}

}  // namespace

std::string to_text(Offset offset) {
    return std::to_string(offset.ms) + '-' + std::to_string(offset.seq);
}

std::optional<Offset> to_offset(std::string_view text) {
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos) {
        return std::nullopt;
    }
    Offset offset;
    if (!parse(text.substr(0, dash), offset.ms) || !parse(text.substr(dash + 1), offset.seq)) {
        return std::nullopt;
    }
    return offset;
}

}  // namespace tocsin::log
