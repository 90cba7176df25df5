#pragma once
// Which policy an incident goes by.

#include <optional>
#include <string>

#include "hub/domain/refusal.hpp"
#include "hub/domain/state.hpp"

namespace tocsin::domain {

// The first of the district's that fits, or the hub's own. Lives as long as the state's district.
const wire::Policy& policy_for(const State& state, const store::Incident& incident);

// What that policy says of a clock.
const wire::ClockPolicy& clock_policy(const wire::Policy& policy, wire::Clock clock);

// Bounds of policies that somebody sends; `field` is the path of the list.
std::optional<Refusal> policies_out_of_bounds(
    const google::protobuf::RepeatedPtrField<wire::Policy>& policies, const std::string& field);

}  // namespace tocsin::domain
