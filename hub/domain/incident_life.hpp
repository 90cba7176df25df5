#pragma once
// What the commands about an incident share: finding it, saying who was first, and the step of its
// life. For this room only.

#include <string>
#include <string_view>

#include "hub/domain/access.hpp"
#include "hub/domain/draft.hpp"

namespace tocsin::domain {

// An incident and the desk that lets the actor act on it.
struct Found {
    const store::Incident* incident;
    std::string desk;
    std::string field;  // of the command's incident_id
};

// Reads the incident. One that the actor may not see is refused word for word like one that does
// not exist; one that the actor's station handed over, `handed_over`.
Result<Found> find_incident(Draft& draft, const std::string& id, Act act, const std::string& field);
// The same, and it is not over: else `wrong_state`, told who closed it and how.
Result<Found> find_open_incident(Draft& draft,
                                 const std::string& id,
                                 Act act,
                                 const std::string& field);

// `Name did it for station/x at 2026-01-01 12:00:00 UTC.`
std::string who_and_when(std::string_view name,
                         std::string_view did,
                         std::string_view desk,
                         std::int64_t time_ms);

// A refusal that shows the actor how the incident stands now.
std::unexpected<Refusal> refuse_as_it_stands(std::string_view code,
                                             const Found& found,
                                             std::string message);

bool is_over(const store::Incident& incident);
// `wrong_state` for one that went up in another: it says in which.
Result<void> not_merged(const Found& found);

// The acknowledgement or response of a desk that has not lapsed; null where there is none.
const wire::Acknowledgement* acknowledgement_of(const store::Incident& incident,
                                                std::string_view desk);
const wire::Response* response_of(const store::Incident& incident, std::string_view desk);
const wire::Assignment* assignment_of(const store::Incident& incident, std::string_view desk);

// Where an incident stands that is not over, by what its desks did.
wire::IncidentState standing(const store::Incident& incident);

// What the desk did (every desk did, for "") counts no more.
void lapse(store::Incident& incident, std::string_view desk, std::int64_t now_ms);

// The incident after one more change that only desks see, or after one more step of its life, which
// the reporters see too.
store::Incident changed(const Draft& draft, const store::Incident& before);
store::Incident lived_on(const Draft& draft, const store::Incident& before);

// `too_many` where there is a text and the incident has as many statements as it may.
Result<void> room_to_say(const Found& found, const std::string& text);
// Adds a note to the event, where there is a text.
void note(Draft& draft,
          store::Incident& incident,
          const std::string& desk,
          const std::string& text,
          bool for_neighbours);

// Takes over what the desks of another incident did that has not lapsed, or gives it up again.
void take_over_steps(store::Incident& incident, const store::Incident& from);
void give_up_steps(store::Incident& incident, const std::string& from_incident_id);
// The neighbours are told, too: these stations, but for the one in charge.
void add_neighbours(store::Incident& incident, const std::vector<std::string>& stations);

// What reporters are told of an incident that stands so, where nothing else says it better.
wire::EventKind kind_of_state(wire::IncidentState state);

// Whom a change concerns that reporters are not told of: the desks, and where `neighbours` is set
// also those who see the incident coarsely.
std::vector<store::Audience> desk_audiences(const State& state,
                                            const store::Incident& incident,
                                            bool neighbours);
// Whom a note concerns: officers, auxiliaries and the bureau; neighbours where it is for them.
std::vector<store::Audience> note_audiences(const State& state,
                                            const store::Incident& incident,
                                            bool neighbours);

// The last step.
Decision finish_incident(Draft& draft,
                         store::Incident incident,
                         const std::vector<store::Audience>& audiences,
                         wire::EventKind kind);
// The same for a step of its life.
Decision finish_life(Draft& draft, store::Incident incident, wire::EventKind kind);

}  // namespace tocsin::domain
