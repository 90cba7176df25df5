#pragma once
// The hub's software version, as welcome messages, metrics and --version say it.

namespace tocsin::ops {

inline constexpr char kVersion[] = "0.1.0";

}  // namespace tocsin::ops
