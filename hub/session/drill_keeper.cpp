#include "hub/session/drill_keeper.hpp"

#include <vector>

#include "hub/domain/drill.hpp"

namespace tocsin::session {

void DrillKeeper::tick() {
    if (!fold_.started() || !fold_.store_well()) {
        return;
    }
    const std::int64_t now = clock_();
    std::vector<std::string> over;
    for (const domain::store::Incident* drill : fold_.state().open_drills()) {
        if (!ending_.contains(drill->id()) && domain::drill_must_end(fold_.state(), *drill, now) !=
                                                  domain::wire::DRILL_END_UNSPECIFIED) {
            over.push_back(drill->id());
        }
    }
    for (const std::string& id : over) {
        ending_.insert(id);
        decider_.conclude(
            [this, id](const domain::State& state, std::int64_t now_ms) {
                return domain::decide_drill_end(state, id, domain::Circumstances{now_ms, random_});
            },
            [this, id](const domain::Result<domain::wire::Receipt>&) { ending_.erase(id); });
    }
}

}  // namespace tocsin::session
