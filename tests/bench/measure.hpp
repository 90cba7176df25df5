#pragma once
// What the bench measures with: a steady clock, percentiles, and the CPU time that another process
// has used.

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace tocsin::bench {

inline std::int64_t now_us() {
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

// Of an unordered sample; 0 for an empty one.
inline double percentile(std::vector<std::int64_t>& sample, double share) {
    if (sample.empty()) {
        return 0;
    }
    const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(sample.size() - 1));
    std::nth_element(sample.begin(), sample.begin() + at, sample.end());
    return static_cast<double>(sample[static_cast<std::size_t>(at)]);
}

// User and system time of a process so far, microseconds, from /proc; 0 where it is gone.
inline double cpu_us(int pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string line;
    std::getline(file, line);
    const std::size_t after_name = line.rfind(')');
    if (after_name == std::string::npos) {
        return 0;
    }
    std::istringstream fields(line.substr(after_name + 1));
    std::string skipped;
    for (int i = 3; i < 14; ++i) {
        fields >> skipped;
    }
    double user = 0;
    double system = 0;
    fields >> user >> system;
    return (user + system) * 1e6 / static_cast<double>(sysconf(_SC_CLK_TCK));
}

// One stretch of work: how much, how long, and what it cost whom.
struct Stretch {
    std::int64_t count = 0;
    double seconds = 0;
    double hub_us = 0;
    double redis_us = 0;
    double own_us = 0;
    std::vector<std::int64_t> latencies;      // microseconds
    std::vector<std::int64_t> all_latencies;  // until the last of all watchers

    double rate() const { return seconds > 0 ? static_cast<double>(count) / seconds : 0; }
    double each(double us) const { return count > 0 ? us / static_cast<double>(count) : 0; }
};

// Takes the CPU clocks when made and when finished.
class Stopwatch {
public:
    Stopwatch(int hub_pid, int redis_pid)
        : hub_pid_(hub_pid),
          redis_pid_(redis_pid),
          began_us_(now_us()),
          hub_us_(cpu_us(hub_pid)),
          redis_us_(cpu_us(redis_pid)),
          own_us_(cpu_us(getpid())) {}

    void finish(Stretch& stretch) const {
        stretch.seconds = static_cast<double>(now_us() - began_us_) / 1e6;
        stretch.hub_us = cpu_us(hub_pid_) - hub_us_;
        stretch.redis_us = cpu_us(redis_pid_) - redis_us_;
        stretch.own_us = cpu_us(getpid()) - own_us_;
    }

private:
    int hub_pid_;
    int redis_pid_;
    std::int64_t began_us_;
    double hub_us_;
    double redis_us_;
    double own_us_;
};

}  // namespace tocsin::bench
