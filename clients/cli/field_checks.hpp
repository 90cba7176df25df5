#pragma once
// Bounds of the wire (proto/tocsin/v1/district.proto) that the district's files are held to.

#include <string_view>

namespace tocsin::cli {

inline constexpr std::size_t kLongestName = 100;
inline constexpr std::size_t kLongestPhone = 32;
inline constexpr std::size_t kLongestQuestion = 200;

// 1 to 64 of a-z, 0-9 and '-'.
bool is_id(std::string_view text);

// Unicode code points.
std::size_t count_chars(std::string_view utf8);

}  // namespace tocsin::cli
