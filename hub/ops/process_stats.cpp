#include "hub/ops/process_stats.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace tocsin::ops {

ProcessStats read_process_stats() {
    ProcessStats stats;
    std::int64_t virtual_pages = 0;
    std::int64_t resident_pages = 0;
    std::ifstream("/proc/self/statm") >> virtual_pages >> resident_pages;
    const std::int64_t page = sysconf(_SC_PAGESIZE);
    stats.virtual_bytes = virtual_pages * page;
    stats.resident_bytes = resident_pages * page;
    timespec cpu{};
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu) == 0) {
        stats.cpu_seconds =
            static_cast<double>(cpu.tv_sec) + static_cast<double>(cpu.tv_nsec) / 1e9;
    }
    std::error_code error;
    const std::filesystem::directory_iterator descriptors("/proc/self/fd", error);
    if (!error) {
        // One of them is the reading of the list itself.
        stats.open_descriptors = std::distance(begin(descriptors), end(descriptors)) - 1;
    }
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        stats.most_descriptors = static_cast<std::int64_t>(limit.rlim_cur);
    }
    return stats;
}

}  // namespace tocsin::ops
