#pragma once
// Each event of the load program bears its number, and the run that it is of, at the front of its
// text: "load#<run>#<number>#", eight hexadecimal digits each.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tocsin::load {

inline constexpr std::size_t kMarkBytes = 5 + 8 + 1 + 8 + 1;

// Filled up to so many bytes, at least the mark's own.
std::string marked(std::uint32_t run, std::uint64_t number, std::size_t bytes);
// Nothing: not an event of this run.
std::optional<std::uint64_t> number_in(std::string_view text, std::uint32_t run);

}  // namespace tocsin::load
