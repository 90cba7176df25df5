#pragma once
// Joins fires that say late where they are with the older one nearby. Owned by the district's
// thread.

#include <cstdint>
#include <set>
#include <string>

#include "hub/log/decider.hpp"
#include "hub/log/fold.hpp"

namespace tocsin::session {

class FireJoiner {
public:
    // All outlive this.
    FireJoiner(const log::Fold& fold,
               log::Decider& decider,
               const log::Clock& clock,
               const domain::Random& random)
        : fold_(fold), decider_(decider), clock_(clock), random_(random) {}

    // At least once a second; looks at the open fires at most twice a second.
    void tick();

private:
    const log::Fold& fold_;
    log::Decider& decider_;
    const log::Clock& clock_;
    const domain::Random& random_;
    std::int64_t looked_ms_ = 0;
    std::set<std::string> joining_;  // under way
};

}  // namespace tocsin::session
