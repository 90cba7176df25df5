#pragma once
// An incident as the reporter of one of its reports sees it. It stands among the rules because they
// rest on it: whenever it changes, the reporter's version rises. What is a drill is marked by the
// room of the log, as in every view.

#include "hub/domain/state.hpp"

namespace tocsin::domain {

// The reporter's version of the incident.
std::int32_t own_version(const store::Incident& incident, const store::Report& own);

// How it goes with the own report, and nothing that tells of another: neither the others' count nor
// their times.
wire::Incident own_view(const store::Incident& incident, const store::Report& own);

// Whether two of these views tell the reporter the same, whatever their ids, versions and times of
// change.
bool is_told_the_same(const wire::Incident& before, const wire::Incident& after);

}  // namespace tocsin::domain
