#include "hub/domain/clocks.hpp"

#include <algorithm>
#include <charconv>

#include "hub/domain/incident_life.hpp"
#include "hub/domain/policies.hpp"
#include "hub/domain/routing.hpp"

namespace tocsin::domain {
namespace {

constexpr std::string_view kIncident = "incident/";
constexpr std::int64_t kSecondMs = 1'000;

std::string_view word_of(wire::Clock clock) {
    switch (clock) {
        case wire::CLOCK_UNACKNOWLEDGED:
            return "unacknowledged";
        case wire::CLOCK_NOT_RESPONDING:
            return "not_responding";
        case wire::CLOCK_SILENT:
            return "silent";
        default:
            return "";
    }
}

bool lives(const store::Incident& incident) {
    switch (incident.state()) {
        case wire::INCIDENT_STATE_OPEN:
        case wire::INCIDENT_STATE_ACKNOWLEDGED:
        case wire::INCIDENT_STATE_RESPONDING:
            return true;
        default:
            return false;
    }
}

TimerChange change_of(const store::Incident& incident, const store::Timer& timer) {
    return {to_text(TimerName{incident.id(), timer.clock(), timer.number()}), timer.after_ms()};
}

void stop(const store::Incident& incident,
          const store::Timer& timer,
          std::vector<TimerChange>& changes) {
    if (timer.after_ms() > 0) {
        TimerChange change = change_of(incident, timer);
        change.after_ms = TimerChange::kCancelled;
        changes.push_back(std::move(change));
    }
}

// Whether a clock that runs begins from its start: word came, another station has it, or the
// incident goes by another policy than before. Both incidents are judged by one state, so that the
// same policy is the same object.
bool starts_anew(const State& state,
                 const store::Incident& incident,
                 wire::Clock clock,
                 bool is_word) {
    const store::Incident* before = state.incident(incident.id());
    if (before == nullptr || &policy_for(state, *before) != &policy_for(state, incident)) {
        return true;
    }
    return (clock == wire::CLOCK_SILENT && is_word) ||
           (clock == wire::CLOCK_UNACKNOWLEDGED &&
            desks_in_charge(state, *before) != desks_in_charge(state, incident));
}

}  // namespace

std::string to_text(const TimerName& name) {
    return std::string(kIncident) + name.incident_id + '#' + std::string(word_of(name.clock)) +
           '.' + std::to_string(name.number);
}

std::optional<TimerName> to_timer_name(std::string_view text) {
    const std::size_t mark = text.rfind('#');
    const std::size_t dot = text.rfind('.');
    if (!text.starts_with(kIncident) || mark == std::string_view::npos ||
        dot == std::string_view::npos || dot < mark) {
        return std::nullopt;
    }
    TimerName name;
    name.incident_id = text.substr(kIncident.size(), mark - kIncident.size());
    const auto clock = std::ranges::find(kClocks, text.substr(mark + 1, dot - mark - 1), &word_of);
    const std::string_view digits = text.substr(dot + 1);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), name.number);
    if (clock == kClocks.end() || error != std::errc() || end != digits.data() + digits.size()) {
        return std::nullopt;
    }
    name.clock = *clock;
    return name;
}

std::vector<std::string> desks_in_charge(const State& state, const store::Incident& incident) {
    std::vector<std::string> desks;
    desks.push_back(incident.station_id().empty() ? "bureau" : "station/" + incident.station_id());
    if (incident.kind() == wire::REPORT_KIND_HAZARD ||
        incident.kind() == wire::REPORT_KIND_DISPUTE) {
        if (const std::string grid = grid_of(state, incident.area_id()); !grid.empty()) {
            desks.push_back("grid/" + grid);
        }
    }
    return desks;
}

bool awaits(const State& state, const store::Incident& incident, wire::Clock clock) {
    if (!lives(incident)) {
        return false;
    }
    switch (clock) {
        case wire::CLOCK_UNACKNOWLEDGED: {
            // What the fire desk or a neighbour did is not what the desk in charge did.
            std::vector<std::string> desks = desks_in_charge(state, incident);
            desks.emplace_back("bureau");
            return std::ranges::none_of(desks, [&](const std::string& desk) {
                return acknowledgement_of(incident, desk) != nullptr;
            });
        }
        case wire::CLOCK_NOT_RESPONDING:
            return incident.state() == wire::INCIDENT_STATE_ACKNOWLEDGED;
        case wire::CLOCK_SILENT:
            return incident.state() == wire::INCIDENT_STATE_RESPONDING;
        default:
            return false;
    }
}

const store::Timer* timer_of(const store::Incident& incident, wire::Clock clock) {
    const auto found = std::ranges::find(incident.timers(), clock, &store::Timer::clock);
    return found == incident.timers().end() ? nullptr : &*found;
}

void wind_clocks(const State& state,
                 store::Incident& incident,
                 bool is_word,
                 std::int64_t now_ms,
                 std::vector<TimerChange>& changes) {
    for (const wire::Clock clock : kClocks) {
        auto& timers = *incident.mutable_timers();
        const auto held = std::ranges::find(timers, clock, &store::Timer::clock);
        const wire::ClockPolicy& policy = clock_policy(policy_for(state, incident), clock);
        const bool runs = !policy.steps().empty() && awaits(state, incident, clock);
        if (held != timers.end()) {
            if (runs && !starts_anew(state, incident, clock, is_word)) {
                continue;
            }
            stop(incident, *held, changes);
            timers.erase(held);
        }
        if (runs) {
            store::Timer& timer = *incident.add_timers();
            timer.set_clock(clock);
            incident.set_timer_count(incident.timer_count() + 1);
            timer.set_number(incident.timer_count());
            timer.set_set_time_ms(now_ms);
            timer.set_after_ms(policy.steps(0).after_s() * kSecondMs);
            changes.push_back(change_of(incident, timer));
        }
    }
}

bool is_stale(const State& state, const TimerName& name) {
    const store::Incident* incident = state.incident(name.incident_id);
    if (incident == nullptr || incident->timer_count() < name.number) {
        return false;
    }
    // Policies and areas may have changed without the incident.
    return !awaits(state, *incident, name.clock) ||
           clock_policy(policy_for(state, *incident), name.clock).steps().empty() ||
           std::ranges::none_of(incident->timers(), [&](const store::Timer& timer) {
               return timer.number() == name.number && timer.after_ms() > 0;
           });
}

}  // namespace tocsin::domain
