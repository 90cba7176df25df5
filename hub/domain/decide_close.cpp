// An incident is closed with an outcome, or opened again.

#include "hub/domain/drill.hpp"
#include "hub/domain/incident_life.hpp"
#include "hub/domain/proof.hpp"

namespace tocsin::domain {

Result<Decision> decide_resolve(Draft& draft, const wire::ResolveIncident& request) {
    const Result<Found> found = find_open_incident(
        draft, request.incident_id(), Act::resolve, "command.resolve_incident.incident_id");
    if (!found) {
        return std::unexpected(found.error());
    }
    store::Incident incident = lived_on(draft, *found->incident);
    incident.set_state(wire::INCIDENT_STATE_RESOLVED);
    wire::Resolution* resolution = incident.mutable_resolution();
    resolution->set_outcome(request.outcome());
    resolution->set_note(request.note());
    resolution->set_person_id(draft.person().id());
    resolution->set_name(draft.person().name());
    resolution->set_desk(found->desk);
    resolution->set_time_ms(draft.now_ms());
    if (incident.kind() == wire::REPORT_KIND_FIRE) {
        draft.raise_fires(incident.station_id(), incident.id());
    }
    return finish_life(draft, std::move(incident), wire::EVENT_KIND_INCIDENT_RESOLVED);
}

Result<Decision> decide_reopen(Draft& draft, const wire::ReopenIncident& request) {
    const Result<Found> found = find_incident(
        draft, request.incident_id(), Act::reopen, "command.reopen_incident.incident_id");
    if (!found) {
        return std::unexpected(found.error());
    }
    if (const Result<void> merged = not_merged(*found); !merged) {
        return std::unexpected(merged.error());
    }
    if (!is_over(*found->incident)) {
        const auto& all = found->incident->reopenings();
        std::string message = "The incident is open.";
        if (!all.empty()) {
            const wire::Reopening& last = *all.rbegin();
            message +=
                ' ' + who_and_when(last.name(), "opened it again", last.desk(), last.time_ms());
        }
        return refuse_as_it_stands(code::wrong_state, *found, std::move(message));
    }
    if (found->incident->reopenings_size() >= kReopenings) {
        return refuse_as_it_stands(
            code::too_many, *found, "It was opened again 8 times; open a new incident.");
    }
    if (const Result<void> room = room_to_say(*found, request.text()); !room) {
        return std::unexpected(room.error());
    }
    if (found->incident->drill()) {
        if (Result<void> calm = no_real_alarm(draft, found->incident->station_id(), found->field);
            !calm) {
            return std::unexpected(std::move(calm.error()));
        }
    }
    store::Incident incident = lived_on(draft, *found->incident);
    reopen(draft, incident);
    wire::Reopening& reopening = *incident.mutable_reopenings()->rbegin();
    reopening.set_desk(found->desk);
    reopening.set_person_id(draft.person().id());
    reopening.set_name(draft.person().name());
    note(draft, incident, found->desk, request.text(), false);
    return finish_life(draft, std::move(incident), wire::EVENT_KIND_INCIDENT_REOPENED);
}

void reopen(Draft& draft, store::Incident& incident) {
    wire::Reopening& reopening = *incident.add_reopenings();
    reopening.set_time_ms(draft.now_ms());
    *reopening.mutable_resolution() = incident.resolution();
    incident.clear_resolution();
    if (incident.reopenings_size() > kReopenings) {
        // Whatever its reporters open again, it does not grow without end.
        incident.mutable_reopenings(incident.reopenings_size() - 1 - kReopenings)
            ->mutable_resolution()
            ->clear_note();
    }
    lapse(incident, "", draft.now_ms());
    recount_shown(incident);
    incident.set_state(standing(incident));
    if (incident.kind() == wire::REPORT_KIND_FIRE) {
        draft.raise_fires(incident.station_id());
    }
    draft.event().set_rings(true);
}

}  // namespace tocsin::domain
