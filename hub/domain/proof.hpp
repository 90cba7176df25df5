#pragma once
// Proof of what reached whom: which desk an incident was delivered to and shown at, the first time
// of each. Decided by the hub itself upon what consoles say. What a desk was shown before it gave
// the incident away or was given it, and what any was shown before it was opened again, lapses: it
// stays in the chain, and counts for nothing.

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
    // Those of the incident when the console said so: of the time after another turn it proves
    // nothing.
    int turns = 0;
    // The incident's last_report_number when the console said so: of a later report it proves
    // nothing.
    int reports = 0;
};

// In a report's fire_desk_shown_time_ms: it rang anew, and its reporter is not told that the fire
// desk has it before the incident was shown there with this report in it.
inline constexpr std::int64_t kToBeShownAnew = -1;

// How often the incident was opened again or handed over.
int turns_of(const store::Incident& incident);

// The desk that reads this feed; empty where none does.
std::string desk_reading(const Feed& feed);

// The desks at which whoever has these feeds sees the incident: `station/<id>` (a neighbour's too),
// `bureau`, `fire`, `grid/<id>`. Its reporters sit at no desk.
std::vector<std::string> desks_seeing(const State& state,
                                      const store::Incident& incident,
                                      std::span<const Feed> feeds);

// The mark adds nothing: the incident says already what it says, or more, or has been opened again
// or handed over since; and no report waits for it.
bool is_proven(const State& state, const store::Incident& incident, const Mark& mark);

// The event that writes down what the marks say beyond what the incident knows; nothing where that
// is nothing. The reporters are told when it is first shown to those who handle it and, a fire, at
// the fire desk, there anew whose report rang after that; of the rest only the desks learn.
std::optional<Decision> decide_marks(const State& state,
                                     std::string_view incident_id,
                                     std::span<const Mark> marks,
                                     const Circumstances& circumstances);

// When the desk first showed it, so that it counts; 0 for not yet.
std::int64_t shown_time_ms(const store::Incident& incident, std::string_view desk);

// After the incident was opened again or handed over: its shown_time_ms from what still counts.
void recount_shown(store::Incident& incident);

// When it was first shown to those who had it in charge then, whether that counts or lapsed; 0 for
// not yet. For statistics: how long it took.
std::int64_t first_shown_ms(const store::Incident& incident);

// When the report's reporter was told, in an incident that the report has left, that it was shown
// to those in charge; 0 where not, or where that has lapsed in `incident`, in which the report is
// now.
std::int64_t told_shown_ms(const store::Incident& incident, const store::Report& report);
// What the report's reporter is told of the fire desk: when it was shown there, and not before the
// report; 0 for not yet.
std::int64_t own_fire_desk_shown_ms(const store::Incident& incident, const store::Report& report);

inline constexpr std::string_view kFireDesk = "fire";
inline constexpr std::string_view kBureauDesk = "bureau";

}  // namespace tocsin::domain
