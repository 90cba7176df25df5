#include "hub/domain/late_join.hpp"

#include <algorithm>
#include <utility>

#include "hub/domain/corroborate.hpp"
#include "hub/domain/move_reports.hpp"

namespace tocsin::domain {

std::vector<std::string> fires_that_join_late(const State& state,
                                              const Circumstances& circumstances) {
    std::vector<std::string> stations = state.area_index().stations();
    stations.emplace_back();  // the bureau's own ground
    std::vector<const store::Incident*> fires;
    for (const std::string& station : stations) {
        for (const store::Incident* fire : state.open_fires(station)) {
            if (decide_late_join(state, fire->id(), circumstances)) {
                fires.push_back(fire);
            }
        }
    }
    // The older ones first: one that others have joined joins none any more.
    std::ranges::sort(fires, {}, [](const store::Incident* fire) {
        return std::pair(fire->opened_time_ms(), std::string_view(fire->id()));
    });
    std::vector<std::string> ids;
    for (const store::Incident* fire : fires) {
        ids.push_back(fire->id());
    }
    return ids;
}

std::optional<Decision> decide_late_join(const State& state,
                                         std::string_view incident_id,
                                         const Circumstances& circumstances) {
    static const wire::Command kNone;
    static const Actor kHub;
    const store::Incident* fire = state.incident(incident_id);
    if (fire == nullptr) {
        return std::nullopt;
    }
    Draft draft(state, kNone, kHub, circumstances);
    const store::Incident* into = fire_to_join_late(draft, *fire);
    if (into == nullptr) {
        return std::nullopt;
    }
    draft.read("incident/" + fire->id());
    draft.read("incident/" + into->id());
    draft.read("set/" + std::string(kDistrictSet));
    return merge(draft, *fire, *into);
}

}  // namespace tocsin::domain
