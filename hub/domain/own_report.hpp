#pragma once
// The reporter's side of an incident: which id and version of it a reporter knows, and who of the
// reporters is told of an event. A reporter never learns that another report exists: not by an id,
// not by a version that jumps. For this room only.

#include <span>
#include <string>
#include <vector>

#include "hub/domain/draft.hpp"
#include "hub/domain/routing.hpp"

namespace tocsin::domain {

// The incident's id as the report's reporter knows it.
const std::string& shown_id(const store::Report& report);

// The report in its next version.
store::Report next_version(const store::Report& report);

// A person's own report and its incident; `unknown_report` for every other, and for none.
struct OwnReport {
    const store::Report* report;
    const store::Incident* incident;
};
Result<OwnReport> find_own_report(Draft& draft, const std::string& id, const std::string& field);

// The reporter of this report is told of the event, and nobody else of the reporters: the version
// rises in all reports of that person that stand for the same incident in their eyes. `report` is
// the report as it is after the event; the others are added to the event.
void tell_reporter(Draft& draft, store::Report& report);

// All reporters of the incident, whose life has risen, by their reports as they are after the
// event; of one report that is `own` instead of what the state has.
std::vector<store::Audience> all_reporters(const State& state,
                                           const std::string& incident_id,
                                           const store::Report* own);

// The same for an event that `own` caused: its reporter sees it with that report, and the others
// are told that something of this kind happened, and no more.
std::vector<store::Audience> all_told(const State& state,
                                      const store::Report& own,
                                      wire::EventKind others_kind);

// Whether a report of this person went from the incident to another, and is still known by this
// incident's id: then no further report of that person may go by it.
bool knows_it_elsewhere(const State& state,
                        const store::Incident& incident,
                        const std::string& person_id);

}  // namespace tocsin::domain
