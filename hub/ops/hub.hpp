#pragma once
// A hub's life: lock, ports, Redis, shards, district, ready; and the way back.

#include "hub/ops/config.hpp"
#include "hub/ops/log_lines.hpp"

namespace tocsin::ops {

// Runs a hub until SIGTERM or SIGINT and says how the process should end (exit_code.hpp). Once a
// process, from main: signals are the process's, and a second one ends it at once.
int run_hub(const Config& config, LogLines& log);

}  // namespace tocsin::ops
