#pragma once
// The clocks, and what other processes have used of CPU and memory.

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace tocsin::load {

// Steady, microseconds; the same for all latencies.
std::int64_t now_us();

// User and system time of this process so far, microseconds.
double own_cpu_us();

struct Usage {
    double cpu_us = 0;         // user and system time since the process began, by its own clock
    std::int64_t rss_kib = 0;  // resident now
};

// Named groups of processes, given as NAME=PID[,PID…]. A group is summed up.
class Processes {
public:
    // Throws std::invalid_argument with words for people.
    explicit Processes(const std::vector<std::string>& texts);

    std::map<std::string, Usage> now() const;
    // NAME=PID[,PID…]: a group's processes are others from now on.
    void replace(const std::string& text);
    // The state of the IPv4 socket of this machine with such ports, as /proc/net/tcp numbers it; 0
    // where there is none.
    static int tcp_state(std::uint16_t local_port, std::uint16_t remote_port);

private:
    std::map<std::string, std::vector<pid_t>> groups_;
};

// {"hub":{"cpu_us_each":…,"cpu_share":…,"rss_kib":…,"rss_kib_grown":…},…}: per one of `count`, and
// as a share of one core over `seconds`.
nlohmann::ordered_json usage_json(const std::map<std::string, Usage>& before,
                                  const std::map<std::string, Usage>& after,
                                  std::int64_t count,
                                  double seconds);

// Lets this process have so many files open; throws std::runtime_error where it may not.
void allow_files(std::size_t count);

}  // namespace tocsin::load
