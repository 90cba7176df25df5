#include "loop.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "processes.hpp"

namespace tocsin::load {
namespace {

void control(int epoll, int what, int fd, Watched& watched, bool writing, bool reading) {
    epoll_event event{};
    event.events = (reading ? static_cast<std::uint32_t>(EPOLLIN) : 0u) |
                   (writing ? static_cast<std::uint32_t>(EPOLLOUT) : 0u);
    event.data.ptr = &watched;
    if (epoll_ctl(epoll, what, fd, &event) != 0) {
        throw std::runtime_error("epoll_ctl refused");
    }
}

}  // namespace

Loop::Loop() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    if (epoll_ < 0) {
        throw std::runtime_error("there is no epoll");
    }
}

Loop::~Loop() {
    close(epoll_);
}

void Loop::watch(int fd, Watched& watched, bool writing, bool reading) {
    control(epoll_, EPOLL_CTL_ADD, fd, watched, writing, reading);
}

void Loop::rewatch(int fd, Watched& watched, bool writing, bool reading) {
    control(epoll_, EPOLL_CTL_MOD, fd, watched, writing, reading);
}

void Loop::forget(int fd, Watched& watched) {
    epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
    std::ranges::replace(ready_, &watched, nullptr);
}

void Loop::at(std::int64_t when_us, Task task) {
    timers_.push({when_us, order_++, std::move(task)});
}

void Loop::in(std::int64_t us, Task task) {
    at(now_us() + us, std::move(task));
}

bool Loop::run_until(const std::function<bool()>& done, std::int64_t deadline_us) {
    while (!done()) {
        if (now_us() >= deadline_us) {
            return false;
        }
        turn(deadline_us);
    }
    return true;
}

void Loop::run_for(std::int64_t us) {
    run_until([] { return false; }, now_us() + us);
}

void Loop::turn(std::int64_t latest_us) {
    std::int64_t until = latest_us;
    if (!timers_.empty()) {
        until = std::min(until, timers_.top().when_us);
    }
    const std::int64_t wait_us = std::clamp<std::int64_t>(until - now_us(), 0, 1'000'000);
    const timespec wait{wait_us / 1'000'000, wait_us % 1'000'000 * 1'000};
    std::array<epoll_event, 512> events;
    const int count =
        epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &wait, nullptr);
    ready_.clear();
    for (int i = 0; i < count; ++i) {
        ready_.push_back(static_cast<Watched*>(events[static_cast<std::size_t>(i)].data.ptr));
    }
    for (int i = 0; i < count; ++i) {
        const std::uint32_t what = events[static_cast<std::size_t>(i)].events;
        if (Watched* const watched = ready_[static_cast<std::size_t>(i)]) {
            watched->on_ready((what & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0,
                              (what & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0);
        }
    }
    ready_.clear();
    fire();
}

void Loop::fire() {
    const std::int64_t now = now_us();
    while (!timers_.empty() && timers_.top().when_us <= now) {
        Task task = timers_.top().task;
        timers_.pop();
        task();
    }
}

}  // namespace tocsin::load
