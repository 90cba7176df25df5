// A desk says who takes care of an incident, how bad it is, and what else is to be known.

#include <algorithm>

#include "hub/domain/incident_life.hpp"

namespace tocsin::domain {
namespace {

std::string severity_words(wire::Severity severity) {
    switch (severity) {
        case wire::SEVERITY_EXTREME:
            return "rated it extreme";
        case wire::SEVERITY_SEVERE:
            return "rated it severe";
        case wire::SEVERITY_MODERATE:
            return "rated it moderate";
        case wire::SEVERITY_MINOR:
            return "rated it minor";
        default:
            return "rated it unknown";
    }
}

std::string assignment_words(const wire::Assignment& assignment) {
    return assignment.person_id().empty() ? "assigned it to nobody"
                                          : "assigned it to " + assignment.name();
}

// Whether what was seen is older than the change.
bool is_newer(std::int32_t changed_version, std::int32_t seen_version) {
    return seen_version != 0 && changed_version > seen_version;
}

}  // namespace

Result<Decision> decide_assign(Draft& draft, const wire::AssignIncident& request) {
    const Result<Found> found = find_open_incident(
        draft, request.incident_id(), Act::assign, "command.assign_incident.incident_id");
    if (!found) {
        return std::unexpected(found.error());
    }
    const wire::Assignment* first = assignment_of(*found->incident, found->desk);
    const auto told = [&](std::string_view code) {
        return refuse_as_it_stands(
            code,
            *found,
            who_and_when(
                first->by_name(), assignment_words(*first), first->desk(), first->time_ms()));
    };
    if (first != nullptr && is_newer(first->incident_version(), request.seen_version())) {
        return told(code::changed_meanwhile);
    }
    if (first != nullptr && first->person_id() == request.person_id()) {
        return told(code::no_change);
    }
    std::string name;
    if (!request.person_id().empty()) {
        draft.read("person/" + request.person_id());
        const wire::Person* person = draft.state().person(request.person_id());
        if (person == nullptr ||
            !serves_desk(draft.state(), *person, *found->incident, found->desk)) {
            return refuse(code::unknown_person,
                          "command.assign_incident.person_id",
                          "No such person, or none of your desk.");
        }
        name = person->name();
    }
    store::Incident incident = changed(draft, *found->incident);
    auto& all = *incident.mutable_assignments();
    const auto held = std::ranges::find(all, found->desk, &wire::Assignment::desk);
    wire::Assignment& assignment = held == all.end() ? *incident.add_assignments() : *held;
    assignment.set_desk(found->desk);
    assignment.set_person_id(request.person_id());
    assignment.set_name(name);
    assignment.set_by_person_id(draft.person().id());
    assignment.set_by_name(draft.person().name());
    assignment.set_time_ms(draft.now_ms());
    assignment.set_incident_version(incident.version());
    const auto audiences = desk_audiences(draft.state(), incident, false);
    return finish_incident(
        draft, std::move(incident), audiences, wire::EVENT_KIND_INCIDENT_ASSIGNED);
}

Result<Decision> decide_severity(Draft& draft, const wire::SetSeverity& request) {
    const Result<Found> found = find_open_incident(
        draft, request.incident_id(), Act::rate, "command.set_severity.incident_id");
    if (!found) {
        return std::unexpected(found.error());
    }
    if (found->incident->has_rating()) {
        const wire::Rating& first = found->incident->rating();
        const bool newer = is_newer(first.incident_version(), request.seen_version());
        if (newer || first.severity() == request.severity()) {
            return refuse_as_it_stands(
                newer ? code::changed_meanwhile : code::no_change,
                *found,
                who_and_when(
                    first.name(), severity_words(first.severity()), first.desk(), first.time_ms()));
        }
    }
    store::Incident incident = changed(draft, *found->incident);
    wire::Rating& rating = *incident.mutable_rating();
    rating.set_severity(request.severity());
    rating.set_desk(found->desk);
    rating.set_person_id(draft.person().id());
    rating.set_name(draft.person().name());
    rating.set_time_ms(draft.now_ms());
    rating.set_incident_version(incident.version());
    const bool raised = !incident.urgent() && (request.severity() == wire::SEVERITY_EXTREME ||
                                               request.severity() == wire::SEVERITY_SEVERE);
    if (raised) {
        incident.set_urgent(true);
        incident.set_lane(wire::LANE_ALARM);
        draft.event().set_rings(true);
    }
    // Neighbours see the mark `urgent`, and nothing else of a rating.
    const auto audiences = desk_audiences(draft.state(), incident, raised);
    return finish_incident(draft, std::move(incident), audiences, wire::EVENT_KIND_INCIDENT_RATED);
}

Result<Decision> decide_note(Draft& draft, const wire::AddNote& request) {
    const Result<Found> found =
        find_incident(draft, request.incident_id(), Act::note, "command.add_note.incident_id");
    if (!found) {
        return std::unexpected(found.error());
    }
    if (const Result<void> merged = not_merged(*found); !merged) {
        return std::unexpected(merged.error());
    }
    if (const Result<void> room = room_to_say(*found, request.text()); !room) {
        return std::unexpected(room.error());
    }
    store::Incident incident = changed(draft, *found->incident);
    note(draft, incident, found->desk, request.text(), request.for_neighbours());
    const auto audiences = note_audiences(draft.state(), incident, request.for_neighbours());
    return finish_incident(draft, std::move(incident), audiences, wire::EVENT_KIND_NOTE_ADDED);
}

}  // namespace tocsin::domain
