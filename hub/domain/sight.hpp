#pragma once
// Who sees an incident in two ways, and who sees it no longer. For this room only.

#include <string_view>

#include "hub/domain/state.hpp"

namespace tocsin::domain {

// Whether the person sees the incident otherwise than as its reporter: at a desk, a neighbour's
// too.
bool sees_at_desk(const State& state, std::string_view person_id, const store::Incident& incident);

// The last step of an event about incidents, once it says whom it concerns:
// - whoever sees an incident at a desk, and reported it, counts its versions as the desks do, so
// that
//   the version never falls from one view to the other;
// - those who saw it before and may not see it now are told so, and nothing else; their own reports
//   they go on seeing.
void settle_sight(const State& state, store::EventBody& event);

}  // namespace tocsin::domain
