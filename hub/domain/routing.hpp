#pragma once
// Whom things concern, for the rules of this room; other rooms use audiences_of (decide.hpp).

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hub/domain/areas.hpp"
#include "hub/domain/state.hpp"

namespace tocsin::domain {

// The grid that the area is or lies in; empty where there is none.
std::string grid_of(const State& state, std::string_view area_id);

// Whom an incident concerns but for its reporters.
std::vector<store::Audience> staff_audiences(const State& state, const store::Incident& incident);

// Whom it concerns that this member acknowledged the notice.
std::vector<store::Audience> acknowledgement_audiences(const store::Notice& notice,
                                                       const store::TeamMember& member);

// A reporter's entry: the own report stands for the incident.
store::Audience reporter_audience(const store::Report& own_report);
// The entries of all these reports' reporters, one a person: of several reports that stand for one
// incident in that person's eyes the first.
std::vector<store::Audience> reporter_audiences(std::span<const store::Report> reports);

// Where a report goes: by its place or, without one, by the reporter's home.
Route route_of(const State& state, const wire::Person& reporter, const wire::SubmitReport& report);

}  // namespace tocsin::domain
