#pragma once
// The digest that stands beside each stored event, by which a damaged entry is known when it is
// read.

#include <string>
#include <string_view>

namespace tocsin::log {

// SHA-256, 32 bytes.
std::string sha256(std::string_view bytes);

// A UUID (version 8: made of what the text says) that is the same wherever it is derived.
std::string derived_id(std::string_view text);

}  // namespace tocsin::log
