#include "processes.hpp"

#include <sys/resource.h>
#include <time.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace tocsin::load {
namespace {

// The clock of another process counts nanoseconds; /proc/PID/stat only hundredths of a second.
double cpu_us_of(pid_t pid) {
    clockid_t clock{};
    timespec time{};
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) != 0) {
        return 0;
    }
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

std::int64_t rss_kib_of(pid_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("VmRSS:")) {
            return std::stoll(line.substr(6));
        }
    }
    return 0;
}

double rounded(double value) {
    return std::round(value * 1'000) / 1'000;
}

}  // namespace

std::int64_t now_us() {
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

double own_cpu_us() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

Processes::Processes(const std::vector<std::string>& texts) {
    for (const std::string& text : texts) {
        replace(text);
    }
}

void Processes::replace(const std::string& text) {
    const std::size_t equals = text.find('=');
    std::istringstream pids(equals == std::string::npos ? "" : text.substr(equals + 1));
    auto& group = groups_[text.substr(0, equals)];
    group.clear();
    for (std::string pid; std::getline(pids, pid, ',');) {
        group.push_back(static_cast<pid_t>(std::strtol(pid.c_str(), nullptr, 10)));
        if (group.back() <= 0 || rss_kib_of(group.back()) == 0) {
            std::string reason = "'" + text;
            throw std::invalid_argument(reason.append("': there is no process ").append(pid));
        }
    }
    if (group.empty()) {
        throw std::invalid_argument("'" + text + "' is not NAME=PID[,PID...]");
    }
}

std::map<std::string, Usage> Processes::now() const {
    std::map<std::string, Usage> usages;
    for (const auto& [name, pids] : groups_) {
        for (const pid_t pid : pids) {
            usages[name].cpu_us += cpu_us_of(pid);
            usages[name].rss_kib += rss_kib_of(pid);
        }
    }
    return usages;
}

int Processes::tcp_state(std::uint16_t local_port, std::uint16_t remote_port) {
    std::ifstream file("/proc/net/tcp");
    for (std::string line; std::getline(file, line);) {
        unsigned local = 0;
        unsigned remote = 0;
        unsigned state = 0;
        if (std::sscanf(line.c_str(), " %*d: %*x:%x %*x:%x %x", &local, &remote, &state) == 3 &&
            local == local_port && remote == remote_port) {
            return static_cast<int>(state);
        }
    }
    return 0;
}

nlohmann::ordered_json usage_json(const std::map<std::string, Usage>& before,
                                  const std::map<std::string, Usage>& after,
                                  std::int64_t count,
                                  double seconds) {
    nlohmann::ordered_json json = nlohmann::ordered_json::object();
    for (const auto& [name, usage] : after) {
        const Usage& then = before.at(name);
        const double cpu = usage.cpu_us - then.cpu_us;
        json[name] = {{"cpu_us", rounded(cpu)},
                      {"cpu_us_each", rounded(count > 0 ? cpu / static_cast<double>(count) : 0)},
                      {"cores", rounded(seconds > 0 ? cpu / 1e6 / seconds : 0)},
                      {"rss_kib", usage.rss_kib},
                      {"rss_kib_grown", usage.rss_kib - then.rss_kib}};
    }
    return json;
}

void allow_files(std::size_t count) {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur >= count) {
        return;
    }
    limit.rlim_cur = count;
    limit.rlim_max = std::max<rlim_t>(limit.rlim_max, count);
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
        throw std::runtime_error("this process may not have " + std::to_string(count) +
                                 " files open: raise the hard limit (ulimit -Hn)");
    }
}

}  // namespace tocsin::load
