// An incident goes to another station, or to another grid.

#include <set>

#include "hub/domain/clocks.hpp"
#include "hub/domain/drill.hpp"
#include "hub/domain/incident_life.hpp"
#include "hub/domain/proof.hpp"

namespace tocsin::domain {

Result<Decision> decide_hand_over(Draft& draft, const wire::HandOverIncident& request) {
    const std::string in = "command.hand_over_incident.";
    const Result<Found> found =
        find_open_incident(draft, request.incident_id(), Act::hand_over, in + "incident_id");
    if (!found) {
        return std::unexpected(found.error());
    }
    const wire::Area* area = draft.state().area(request.station_id());
    if (area == nullptr || area->kind() != wire::AREA_KIND_STATION) {
        return refuse(code::unknown_area, in + "station_id", "No such station.");
    }
    const auto& before = found->incident->hand_overs();
    if (found->incident->station_id() == request.station_id()) {
        std::string message = "The station has it already.";
        if (!before.empty()) {
            message = who_and_when(before.rbegin()->name(),
                                   "handed it over to station/" + before.rbegin()->to_station_id(),
                                   "station/" + before.rbegin()->from_station_id(),
                                   before.rbegin()->time_ms());
        }
        return refuse_as_it_stands(code::no_change, *found, std::move(message));
    }
    if (before.size() >= kHandOvers) {
        return refuse_as_it_stands(
            code::too_many, *found, "It was handed over 20 times; the bureau keeps it.");
    }
    if (const Result<void> room = room_to_say(*found, request.text()); !room) {
        return std::unexpected(room.error());
    }
    if (found->incident->drill()) {
        if (Result<void> calm = no_real_alarm(draft, request.station_id(), in + "station_id");
            !calm) {
            return std::unexpected(std::move(calm.error()));
        }
    }
    store::Incident incident = lived_on(draft, *found->incident);
    move_to_station(draft, incident, request.station_id());
    wire::HandOver& step = *incident.mutable_hand_overs()->rbegin();
    step.set_person_id(draft.person().id());
    step.set_name(draft.person().name());
    note(draft, incident, found->desk, request.text(), true);
    return finish_life(draft, std::move(incident), wire::EVENT_KIND_INCIDENT_HANDED_OVER);
}

void move_to_station(Draft& draft, store::Incident& incident, const std::string& station_id) {
    const std::string from = incident.station_id();
    wire::HandOver& step = *incident.add_hand_overs();
    step.set_from_station_id(from);
    step.set_to_station_id(station_id);
    step.set_time_ms(draft.now_ms());
    incident.set_station_id(station_id);
    add_neighbours(incident, {from});
    lapse(incident, from.empty() ? "bureau" : "station/" + from, draft.now_ms());
    recount_shown(incident);
    incident.set_state(standing(incident));
    if (incident.kind() == wire::REPORT_KIND_FIRE) {
        draft.raise_fires(from);
        draft.raise_fires(station_id);
    }
    draft.event().set_rings(true);
}

bool leave_other_grids(const Draft& draft, store::Incident& incident) {
    if (is_over(incident)) {
        return false;
    }
    std::set<std::string> desks;
    const auto add = [&](const auto& entries) {
        for (const auto& entry : entries) {
            if (entry.desk().starts_with("grid/")) {
                desks.insert(entry.desk());
            }
        }
    };
    add(incident.acknowledgements());
    add(incident.responses());
    add(incident.assignments());
    for (const std::string& desk : desks_in_charge(draft.state(), incident)) {
        desks.erase(desk);
    }
    bool any = false;
    for (const std::string& desk : desks) {
        any = any || acknowledgement_of(incident, desk) != nullptr ||
              response_of(incident, desk) != nullptr || assignment_of(incident, desk) != nullptr;
        lapse(incident, desk, draft.now_ms());
    }
    incident.set_state(standing(incident));
    return any;
}

}  // namespace tocsin::domain
