#pragma once
// What people type: places, times, roles. Only the form is judged here; whether a place is on the
// earth or a time can be, the hub says.

#include <cstdint>
#include <optional>
#include <string_view>

#include "tocsin/v1/district.pb.h"
#include "tocsin/v1/place.pb.h"

namespace tocsin::cli {

namespace wire = tocsin::v1;

// LAT,LON or LAT,LON,ACCURACY_M.
std::optional<wire::Place> parse_place(std::string_view text);

// Milliseconds since 1970 UTC from: such a number; ISO 8601 (2026-07-01T21:30:00+08:00,
// 2026-07-01T13:30Z; without a zone it is this machine's; a date alone is its midnight); or +N with
// s, m, h or d: so much after `now_ms`.
std::optional<std::int64_t> parse_time(std::string_view text, std::int64_t now_ms);

// ROLE or ROLE:SCOPE. Whether the role needs a scope, the hub says.
std::optional<wire::Grant> parse_grant(std::string_view text);

}  // namespace tocsin::cli
