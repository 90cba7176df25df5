#pragma once
// How long the steps of an incident took, over all that the state holds: for those who answer for
// a station. Names nobody.

#include "hub/domain/refusal.hpp"
#include "hub/domain/state.hpp"
#include "tocsin/v1/proof.pb.h"

namespace tocsin::domain {

// Refuses whoever may not ask, or not about that station.
Result<wire::Stats> stats_for(const State& state,
                              const wire::Person& person,
                              const wire::GetStats& request);

}  // namespace tocsin::domain
