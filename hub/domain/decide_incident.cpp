// The life of an incident after it was opened: acknowledged by one desk after another, and
// resolved.

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "hub/domain/access.hpp"
#include "hub/domain/draft.hpp"

namespace tocsin::domain {
namespace {

std::string utc(std::int64_t time_ms) {
    namespace chrono = std::chrono;
    const chrono::sys_time<chrono::milliseconds> time{chrono::milliseconds(time_ms)};
    const auto day = chrono::floor<chrono::days>(time);
    const chrono::year_month_day date(day);
    const chrono::hh_mm_ss clock(chrono::floor<chrono::seconds>(time - day));
    char text[64];
    std::snprintf(text,
                  sizeof text,
                  "%04d-%02u-%02u %02d:%02d:%02d UTC",
                  static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()),
                  static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
    return text;
}

struct Found {
    const store::Incident* incident;
    std::string desk;
};

// The incident and the desk that lets the actor act on it. One that the actor may not see is
// refused word for word like one that does not exist.
Result<Found> find(Draft& draft, const std::string& id, Act act, const std::string& field) {
    draft.read("incident/" + id);
    const store::Incident* incident = draft.state().incident(id);
    if (incident == nullptr) {
        return refuse(code::unknown_incident, field, "No such incident, or none that you may see.");
    }
    Result<std::string> desk = desk_for(draft.state(), draft.person(), *incident, act);
    if (!desk) {
        desk.error().field = field;
        return std::unexpected(std::move(desk.error()));
    }
    if (incident->state() == wire::INCIDENT_STATE_RESOLVED) {
        return refuse(code::wrong_state, field, "The incident is resolved.");
    }
    return Found{incident, *std::move(desk)};
}

// The incident after one more step of its life, which the reporters see too.
store::Incident lived_on(const Draft& draft, const store::Incident& before) {
    store::Incident incident = before;
    incident.set_version(before.version() + 1);
    incident.set_life(before.life() + 1);
    incident.set_updated_time_ms(draft.now_ms());
    return incident;
}

Decision finish(Draft& draft, store::Incident incident, wire::EventKind kind) {
    draft.concern(audiences_of(draft.state(), incident));
    draft.receipt().set_incident_id(incident.id());
    const wire::Lane lane = incident.lane();
    *draft.event().mutable_incident() = std::move(incident);
    return draft.finish(kind, lane);
}

}  // namespace

Result<Decision> decide_acknowledge(Draft& draft, const wire::AcknowledgeIncident& request) {
    const std::string field = "command.acknowledge_incident.incident_id";
    const Result<Found> found = find(draft, request.incident_id(), Act::acknowledge, field);
    if (!found) {
        return std::unexpected(found.error());
    }
    const auto& taken = found->incident->acknowledgements();
    const auto first = std::ranges::find(taken, found->desk, &wire::Acknowledgement::desk);
    if (first != taken.end()) {
        return refuse(code::already_acknowledged,
                      field,
                      first->name() + " acknowledged it for " + first->desk() + " at " +
                          utc(first->time_ms()) + ".");
    }
    store::Incident incident = lived_on(draft, *found->incident);
    incident.set_state(wire::INCIDENT_STATE_ACKNOWLEDGED);
    wire::Acknowledgement* acknowledgement = incident.add_acknowledgements();
    acknowledgement->set_desk(found->desk);
    acknowledgement->set_person_id(draft.person().id());
    acknowledgement->set_name(draft.person().name());
    acknowledgement->set_time_ms(draft.now_ms());
    return finish(draft, std::move(incident), wire::EVENT_KIND_INCIDENT_ACKNOWLEDGED);
}

Result<Decision> decide_resolve(Draft& draft, const wire::ResolveIncident& request) {
    const Result<Found> found =
        find(draft, request.incident_id(), Act::resolve, "command.resolve_incident.incident_id");
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
        draft.raise_set(fires_set(incident.station_id()));
    }
    return finish(draft, std::move(incident), wire::EVENT_KIND_INCIDENT_RESOLVED);
}

}  // namespace tocsin::domain
