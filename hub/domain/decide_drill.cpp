// A practice alarm is sounded.

#include "hub/domain/access.hpp"
#include "hub/domain/areas.hpp"
#include "hub/domain/draft.hpp"
#include "hub/domain/drill.hpp"
#include "hub/domain/incident_life.hpp"

namespace tocsin::domain {
namespace {

// The station whose desks are alarmed.
Result<Route> route_of(const Draft& draft, const wire::StartDrill& given) {
    const State& state = draft.state();
    const std::string in = "command.start_drill.";
    if (state.area(given.area_id()) == nullptr) {
        return refuse(code::unknown_area, in + "area_id", "No such area.");
    }
    Route route = state.area_index().route_home(given.area_id());
    if (route.station_id.empty()) {
        return refuse(code::value_invalid,
                      in + "area_id",
                      "A drill is for a station, or a community or grid of one.");
    }
    if (!may_drill(state, draft.person(), route.station_id)) {
        return refuse(
            code::not_permitted, in + "area_id", "Your role does not allow a drill in this area.");
    }
    if (given.has_place()) {
        Route there = state.area_index().route(given.place());
        if (there.station_id != route.station_id) {
            return refuse(
                code::value_invalid, in + "place", "The place is not in the area of this station.");
        }
        there.neighbour_station_ids.clear();
        return there;
    }
    return route;
}

}  // namespace

Result<Decision> decide_drill(Draft& draft, const wire::StartDrill& given) {
    const std::string field = "command.start_drill.area_id";
    const Result<Route> route = route_of(draft, given);
    if (!route) {
        return std::unexpected(route.error());
    }
    draft.raise_set(drills_set(route->station_id));
    if (Result<void> calm = no_real_alarm(draft, route->station_id, field); !calm) {
        return std::unexpected(std::move(calm.error()));
    }
    for (const store::Incident* drill : draft.state().open_drills()) {
        if (drill->station_id() == route->station_id) {
            return refuse(code::wrong_state,
                          field,
                          "A drill is going on in this station: incident " + drill->id() + ".");
        }
    }
    wire::SubmitReport report;
    report.set_kind(given.kind());
    report.set_text(given.text());
    report.set_urgent(true);
    if (given.has_place()) {
        *report.mutable_place() = given.place();
    }
    return decide_practice(draft, report, *route);
}

}  // namespace tocsin::domain
