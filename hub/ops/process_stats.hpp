#pragma once
// What the operating system says of this process.

#include <cstdint>

namespace tocsin::ops {

struct ProcessStats {
    std::int64_t resident_bytes = 0;
    std::int64_t virtual_bytes = 0;
    double cpu_seconds = 0;  // user and system, all threads
    std::int64_t open_descriptors = 0;
    std::int64_t most_descriptors = 0;  // the soft limit
};

ProcessStats read_process_stats();

}  // namespace tocsin::ops
