#pragma once
// Fires that are sent at once and say later where they are.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/domain/decide.hpp"

namespace tocsin::domain {

// The fires that the rule below would join now, in the order in which to do it.
std::vector<std::string> fires_that_join_late(const State& state,
                                              const Circumstances& circumstances);

// The hub joins a fire whose place came late with the older one that it would have joined, had it
// come with its place: as an officer merges them, and as an officer may undo it, for good. Nothing
// where there is none.
std::optional<Decision> decide_late_join(const State& state,
                                         std::string_view incident_id,
                                         const Circumstances& circumstances);

}  // namespace tocsin::domain
