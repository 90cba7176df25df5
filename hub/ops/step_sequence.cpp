#include "hub/ops/step_sequence.hpp"

#include <utility>

namespace tocsin::ops {

void StepSequence::run(std::vector<Step> steps, std::function<void(bool)> finished) {
    steps_ = std::move(steps);
    finished_ = std::move(finished);
    next();
}

void StepSequence::next() {
    if (current_ == steps_.size()) {
        finished_(all_in_time_);
        return;
    }
    const std::size_t number = current_;
    is_running_ = true;
    since_ = std::chrono::steady_clock::now();
    timer_.expires_after(steps_[number].time_out);
    timer_.async_wait([this, number](boost::system::error_code cancelled) {
        if (!cancelled) {
            end_step(number, false);
        }
    });
    steps_[number].work([this, number] { end_step(number, true); });
}

void StepSequence::end_step(std::size_t number, bool in_time) {
    if (number != current_ || !is_running_) {
        return;
    }
    is_running_ = false;
    timer_.cancel();
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - since_);
    const Step& step = steps_[number];
    if (in_time) {
        log_.info("stop_step", {{"step", step.name}, {"took_ms", took.count()}});
    } else {
        all_in_time_ = false;
        log_.error("stop_step_timed_out",
                   {{"step", step.name}, {"time_out_ms", step.time_out.count()}});
    }
    ++current_;
    next();
}

}  // namespace tocsin::ops
