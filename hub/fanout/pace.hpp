#pragma once
// How often a shard fans out. Pure; the clock's readings are passed in.
//
// A round costs one call of the kernel for each subscriber, whether it carries one event or fifty.
// So after a round a shard rests from routine events for thrice as long as the round took: what
// arrives meanwhile goes out together, and most of a busy shard's time is left for commands and
// receipts. A short round is not worth a rest, no rest is longer than kMostRest, alarms never wait.

#include <algorithm>
#include <chrono>

namespace tocsin::fanout {

class Pace {
public:
    using Time = std::chrono::nanoseconds;  // since any moment, on a clock that never goes back

    static constexpr std::chrono::microseconds kShort{200};  // a round of some forty subscribers
    static constexpr std::chrono::milliseconds kMostRest{25};
    static constexpr int kRestPerRound = 3;

    bool is_resting(Time now) const { return now < rest_until_; }
    Time rest_until() const { return rest_until_; }

    void on_round(Time began, Time ended) {
        const auto took = ended - began;
        if (took >= kShort) {
            rest_until_ = ended + std::min<Time>(kRestPerRound * took, kMostRest);
        }
    }

private:
    Time rest_until_{};
};

}  // namespace tocsin::fanout
