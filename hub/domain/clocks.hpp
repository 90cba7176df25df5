#pragma once
// Nothing is left lying: which clocks run for an incident, how long, and what happens when one runs
// out. The store keeps the timers and judges by its own clock when one is due; the rules here say
// what to set, and what a firing comes to.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/domain/decide.hpp"

namespace tocsin::domain {

inline constexpr std::array kClocks = {
    wire::CLOCK_UNACKNOWLEDGED, wire::CLOCK_NOT_RESPONDING, wire::CLOCK_SILENT};

// A timer's name in the store: `incident/<id>#<clock>.<number>`. Set anew it has another number and
// so another name: what fires is what was set.
struct TimerName {
    std::string incident_id;
    wire::Clock clock = wire::CLOCK_UNSPECIFIED;
    std::int32_t number = 0;
};
std::string to_text(const TimerName& name);
std::optional<TimerName> to_timer_name(std::string_view text);

// The desks of whom one should acknowledge the incident: that in charge (`station/<id>`, or
// `bureau`), and a hazard's or dispute's `grid/<id>`.
std::vector<std::string> desks_in_charge(const State& state, const store::Incident& incident);

// Whether the clock is to run for the incident as it stands, whatever the policy says.
bool awaits(const State& state, const store::Incident& incident, wire::Clock clock);

// Brings the clocks of an incident to what it has become by an event: starts, starts anew and stops
// them, in the incident and as changes for the store. `is_word`: those who handle it said or did
// something.
void wind_clocks(const State& state,
                 store::Incident& incident,
                 bool is_word,
                 std::int64_t now_ms,
                 std::vector<TimerChange>& changes);

// The timer of that clock, or null where it does not run.
const store::Timer* timer_of(const store::Incident& incident, wire::Clock clock);

// Why a step is taken.
struct Cause {
    wire::EscalationReason reason = wire::ESCALATION_REASON_DEADLINE;
    std::string unattended_desk = {};  // where nobody attends
};

// What it comes to that this timer fires, or is not waited for because nobody attends; nothing
// where the incident has moved on. One that fires by its deadline the store refuses before it is
// due.
std::optional<Decision> decide_escalation(const State& state,
                                          const TimerName& timer,
                                          const Cause& cause,
                                          const Circumstances& circumstances);

// The state knows of this timer's setting, and that it was stopped or set anew since, or that
// nothing is waited for any more: it must not be in the store any more.
bool is_stale(const State& state, const TimerName& timer);

}  // namespace tocsin::domain
