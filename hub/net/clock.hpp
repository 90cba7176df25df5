#pragma once
// The hub's clock: milliseconds since 1970 UTC as they were when the process started, counted on
// from there by a clock that no one sets. A wall clock that is put back would stop every heartbeat,
// one that is put ahead would stall out every connection.

#include <cstdint>

namespace tocsin::net {

std::int64_t now_ms();

// The wall clock as it is now, milliseconds since 1970 UTC: what is written down. It may jump
// either way.
std::int64_t wall_ms();

}  // namespace tocsin::net
