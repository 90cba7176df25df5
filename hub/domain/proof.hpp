#pragma once
// Proof of what reached whom: which desk an incident was delivered to and shown at, the first time
// of each. Decided by the hub itself upon what consoles say.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hub/domain/access.hpp"
#include "hub/domain/decide.hpp"

namespace tocsin::domain {

// A console of the desk had it, or showed it.
struct Mark {
    std::string desk;
    bool shown = false;        // on a visible page; says delivered too
    std::int64_t time_ms = 0;  // the hub's clock when the console said so
    std::string person_id;     // whose console
    std::string name;
};

// The desk that reads this feed; empty where none does.
std::string desk_reading(const Feed& feed);

// The desks at which whoever has these feeds sees the incident: `station/<id>` (a neighbour's too),
// `bureau`, `fire`, `grid/<id>`. Its reporters sit at no desk.
std::vector<std::string> desks_seeing(const State& state,
                                      const store::Incident& incident,
                                      std::span<const Feed> feeds);

// The incident says already what the mark says, or more.
bool is_proven(const store::Incident& incident, const Mark& mark);

// The event that writes down what the marks say beyond what the incident knows; nothing where that
// is nothing. The reporters are told when it is first shown to those who handle it and, a fire, at
// the fire desk; of the rest only the desks learn.
std::optional<Decision> decide_marks(const State& state,
                                     std::string_view incident_id,
                                     std::span<const Mark> marks,
                                     const Circumstances& circumstances);

// When the desk first showed it; 0 for not yet.
std::int64_t shown_time_ms(const store::Incident& incident, std::string_view desk);

inline constexpr std::string_view kFireDesk = "fire";
inline constexpr std::string_view kBureauDesk = "bureau";

}  // namespace tocsin::domain
