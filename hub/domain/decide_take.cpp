// A desk takes an incident: it has seen it (acknowledge), it is on the way (respond).

#include "hub/domain/incident_life.hpp"

namespace tocsin::domain {
namespace {

// Fills in who and when; for both, they are the same fields.
template <class Entry>
void sign(const Draft& draft, const std::string& desk, Entry& entry) {
    entry.set_desk(desk);
    entry.set_person_id(draft.person().id());
    entry.set_name(draft.person().name());
    entry.set_time_ms(draft.now_ms());
}

}  // namespace

Result<Decision> decide_acknowledge(Draft& draft, const wire::AcknowledgeIncident& request) {
    const Result<Found> found = find_open_incident(
        draft, request.incident_id(), Act::acknowledge, "command.acknowledge_incident.incident_id");
    if (!found) {
        return std::unexpected(found.error());
    }
    if (const auto* first = acknowledgement_of(*found->incident, found->desk)) {
        return refuse_as_it_stands(
            code::already_acknowledged,
            *found,
            who_and_when(first->name(), "acknowledged it", first->desk(), first->time_ms()));
    }
    store::Incident incident = lived_on(draft, *found->incident);
    sign(draft, found->desk, *incident.add_acknowledgements());
    incident.set_state(standing(incident));
    return finish_life(draft, std::move(incident), wire::EVENT_KIND_INCIDENT_ACKNOWLEDGED);
}

Result<Decision> decide_respond(Draft& draft, const wire::RespondIncident& request) {
    const Result<Found> found = find_open_incident(
        draft, request.incident_id(), Act::respond, "command.respond_incident.incident_id");
    if (!found) {
        return std::unexpected(found.error());
    }
    if (const auto* first = response_of(*found->incident, found->desk)) {
        return refuse_as_it_stands(
            code::already_responding,
            *found,
            who_and_when(first->name(), "was on the way", first->desk(), first->time_ms()));
    }
    store::Incident incident = lived_on(draft, *found->incident);
    if (acknowledgement_of(incident, found->desk) == nullptr) {
        sign(draft, found->desk, *incident.add_acknowledgements());
    }
    sign(draft, found->desk, *incident.add_responses());
    incident.set_state(standing(incident));
    return finish_life(draft, std::move(incident), wire::EVENT_KIND_INCIDENT_RESPONDING);
}

}  // namespace tocsin::domain
