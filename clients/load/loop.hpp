#pragma once
// One thread's epoll and timers. Bare on purpose: the load program shares the machine with what it
// measures, and what it does not spend is the hub's.

#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

namespace tocsin::load {

// Something with a file descriptor.
class Watched {
public:
    virtual void on_ready(bool readable, bool writable) = 0;

protected:
    ~Watched() = default;
};

class Loop {
public:
    using Task = std::function<void()>;

    Loop();
    ~Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    // Reads are watched for always unless `reading` is false.
    void watch(int fd, Watched& watched, bool writing, bool reading = true);
    void rewatch(int fd, Watched& watched, bool writing, bool reading = true);
    void forget(int fd, Watched& watched);

    void at(std::int64_t when_us, Task task);
    void in(std::int64_t us, Task task);

    // Runs until done() or the time; says whether it was done().
    bool run_until(const std::function<bool()>& done, std::int64_t deadline_us);
    void run_for(std::int64_t us);

private:
    struct Timer {
        std::int64_t when_us;
        std::uint64_t order;
        Task task;
        bool operator<(const Timer& other) const {
            return std::pair(when_us, order) > std::pair(other.when_us, other.order);
        }
    };
    void turn(std::int64_t latest_us);
    void fire();

    int epoll_;
    std::priority_queue<Timer> timers_;
    std::uint64_t order_ = 0;
    std::vector<Watched*> ready_;  // of this turn; null: was forgotten meanwhile
};

}  // namespace tocsin::load
