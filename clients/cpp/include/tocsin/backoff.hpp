#pragma once
// How long to wait before the next attempt: exponential, with full jitter, so that clients thrown
// out together do not come back together. Pure: randomness is given.

#include <chrono>

#include "tocsin/command_id.hpp"

namespace tocsin::client {

class Backoff {
public:
    Backoff(std::chrono::milliseconds base, std::chrono::milliseconds cap)
        : base_(base), cap_(cap) {}

    // Evenly between 0 and base * 2^n, at most the cap; n rises with each call.
    std::chrono::milliseconds next(const Random& random);
    void reset() { attempts_ = 0; }

private:
    std::chrono::milliseconds base_;
    std::chrono::milliseconds cap_;
    int attempts_ = 0;
};

}  // namespace tocsin::client
