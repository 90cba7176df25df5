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

// The same for an event that all reporters of the incident are told of, with the life risen:
// audiences by the reports as they are after it, `changed` instead of what the state has.
std::vector<store::Audience> all_reporters(const State& state,
                                           const std::string& incident_id,
                                           const store::Report* changed);

// Of these reporters all but that of `own`, told that something of this kind happened, and no more.
std::vector<store::Audience> others_told(std::vector<store::Audience> reporters,
                                         const store::Report& own,
                                         wire::EventKind kind);

}  // namespace tocsin::domain
