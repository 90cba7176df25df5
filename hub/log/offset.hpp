#pragma once
// An entry's number in the log: the id of its stream entry. Ordered; text form
// `<milliseconds>-<sequence>`.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tocsin::log {

struct Offset {
    std::uint64_t ms = 0;
    std::uint64_t seq = 0;
    friend auto operator<=>(const Offset&, const Offset&) = default;

    // Both zero: before every entry.
    bool is_origin() const { return ms == 0 && seq == 0; }
};

std::string to_text(Offset offset);
// Null for anything that is not two decimal numbers of at most 20 digits with one '-' between them.
std::optional<Offset> to_offset(std::string_view text);

}  // namespace tocsin::log
