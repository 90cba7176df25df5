#pragma once
// Ends drills: a real alarm comes first, and none goes on for ever. Owned by the district's thread.

#include <set>
#include <string>

#include "hub/log/decider.hpp"
#include "hub/log/fold.hpp"

namespace tocsin::session {

class DrillKeeper {
public:
    // All outlive this.
    DrillKeeper(const log::Fold& fold,
                log::Decider& decider,
                const log::Clock& clock,
                const domain::Random& random)
        : fold_(fold), decider_(decider), clock_(clock), random_(random) {}

    // At least ten times a second. Costs nothing while there is no drill.
    void tick();

private:
    const log::Fold& fold_;
    log::Decider& decider_;
    const log::Clock& clock_;
    const domain::Random& random_;
    std::set<std::string> ending_;  // under way
};

}  // namespace tocsin::session
