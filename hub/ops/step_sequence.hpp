#pragma once
// Does named steps one after the other, each with a time-out of its own: what takes too long is
// logged, and the next one goes on. Everything happens on the thread of the io_context.

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "hub/ops/log_lines.hpp"

namespace tocsin::ops {

struct Step {
    using Done = std::function<void()>;

    std::string name;
    std::chrono::milliseconds time_out{0};
    // Starts the work; `done` is called when it is done, on the io_context's thread, at most once.
    // Called too late it does nothing.
    std::function<void(Done done)> work;
};

class StepSequence {
public:
    StepSequence(boost::asio::io_context& context, LogLines& log) : timer_(context), log_(log) {}

    // Once. `finished` says whether every step was done in time. The steps' time-outs bound the
    // whole.
    void run(std::vector<Step> steps, std::function<void(bool all_in_time)> finished);

private:
    void next();
    void end_step(std::size_t number, bool in_time);

    boost::asio::steady_timer timer_;
    LogLines& log_;
    std::vector<Step> steps_;
    std::function<void(bool)> finished_;
    std::size_t current_ = 0;
    bool is_running_ = false;
    bool all_in_time_ = true;
    std::chrono::steady_clock::time_point since_;
};

}  // namespace tocsin::ops
