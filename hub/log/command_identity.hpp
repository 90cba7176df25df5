#pragma once
// What a command is known by: its id, and what it says.

#include <string>
#include <string_view>

#include "tocsin/v1/session.pb.h"

namespace tocsin::log {

// A UUID's text as 16 bytes; whatever its case.
std::string binary_uuid(std::string_view text);

// Everything that the command says but its id, the same bytes for the same content. The id is left
// out for the moment, and stands there again afterwards.
std::string canonical(tocsin::v1::Command& command);

}  // namespace tocsin::log
