// A clock has run out, or there is nothing to wait for: the incident goes further up.

#include <algorithm>
#include <set>

#include "hub/domain/areas.hpp"
#include "hub/domain/clocks.hpp"
#include "hub/domain/incident_life.hpp"
#include "hub/domain/policies.hpp"

namespace tocsin::domain {
namespace {

constexpr double kNeighboursWithinM = 1'000;
constexpr std::int64_t kSecondMs = 1'000;
// Clocks of hubs differ by less than that.
constexpr std::int64_t kEarlyMs = 2'000;

// The stations that could help: near the place, or around the station in charge.
std::vector<std::string> stations_near(const State& state, const store::Incident& incident) {
    const AreaIndex& areas = state.area_index();
    std::vector<std::string> near;
    if (incident.has_place()) {
        near = areas.stations_within(incident.place(), kNeighboursWithinM);
        std::erase(near, incident.station_id());
    }
    if (near.empty() && !incident.station_id().empty()) {
        near = areas.stations_touching(incident.station_id());
        std::erase(near, incident.station_id());
    }
    return near;
}

// The desks that a target stands for; neighbours become those of the incident.
std::vector<std::string> desks_of(const State& state,
                                  store::Incident& incident,
                                  wire::EscalationTarget target) {
    switch (target) {
        case wire::ESCALATION_TARGET_IN_CHARGE:
            return desks_in_charge(state, incident);
        case wire::ESCALATION_TARGET_BUREAU:
            return {"bureau"};
        case wire::ESCALATION_TARGET_FIRE_DESK:
            return incident.kind() == wire::REPORT_KIND_FIRE ? std::vector<std::string>{"fire"}
                                                             : std::vector<std::string>();
        case wire::ESCALATION_TARGET_NEIGHBOURS: {
            std::set<std::string> stations(incident.neighbour_station_ids().begin(),
                                           incident.neighbour_station_ids().end());
            for (std::string& station : stations_near(state, incident)) {
                stations.insert(std::move(station));
            }
            incident.mutable_neighbour_station_ids()->Assign(stations.begin(), stations.end());
            std::vector<std::string> desks;
            for (const std::string& station : stations) {
                desks.push_back("station/" + station);
            }
            return desks;
        }
        default:
            return {};
    }
}

// The entry of this clock and step: one that was there before is counted on.
wire::Escalation& entry_of(store::Incident& incident, wire::Clock clock, std::int32_t step) {
    auto& all = *incident.mutable_escalations();
    const auto found = std::ranges::find_if(all, [&](const wire::Escalation& escalation) {
        return escalation.clock() == clock && escalation.step() == step;
    });
    return found != all.end() ? *found : *all.Add();
}

store::Timer* timer_named(store::Incident& incident, const TimerName& name) {
    const auto found =
        std::ranges::find_if(*incident.mutable_timers(), [&](const store::Timer& timer) {
            return timer.clock() == name.clock && timer.number() == name.number &&
                   timer.after_ms() > 0;
        });
    return found == incident.mutable_timers()->end() ? nullptr : &*found;
}

// How long until the step after this one; 0 where none follows.
std::int64_t next_after_ms(const wire::ClockPolicy& policy, int steps_taken) {
    const int after_s =
        steps_taken < policy.steps_size() ? policy.steps(steps_taken).after_s() : policy.repeat_s();
    return after_s * kSecondMs;
}

}  // namespace

std::optional<Decision> decide_escalation(const State& state,
                                          const TimerName& name,
                                          const Cause& cause,
                                          const Circumstances& circumstances) {
    static const wire::Command kNone;
    static const Actor kHub;
    const store::Incident* before = state.incident(name.incident_id);
    if (before == nullptr || !awaits(state, *before, name.clock)) {
        return std::nullopt;
    }
    const bool is_deadline = cause.reason == wire::ESCALATION_REASON_DEADLINE;
    Draft draft(state, kNone, kHub, circumstances);
    draft.read("incident/" + name.incident_id);
    draft.read("set/" + std::string(kDistrictSet));
    store::Incident incident = changed(draft, *before);
    store::Timer* timer = timer_named(incident, name);
    const wire::ClockPolicy& policy = clock_policy(policy_for(state, incident), name.clock);
    if (timer == nullptr || policy.steps().empty() || (!is_deadline && timer->step() > 0)) {
        return std::nullopt;
    }

    for (const wire::Escalation& earlier : incident.escalations()) {
        draft.not_before(earlier.latest_time_ms() + 1);  // which is the latest is told by the time
    }
    const int number_of_step = std::min(timer->step() + 1, policy.steps_size());
    const wire::EscalationStep& step = policy.steps(number_of_step - 1);
    wire::Escalation& escalation = entry_of(incident, name.clock, number_of_step);
    const bool is_first = escalation.times() == 0;
    escalation.set_clock(name.clock);
    escalation.set_step(number_of_step);
    escalation.set_reason(cause.reason);
    escalation.set_after_s(is_deadline ? static_cast<std::int32_t>(timer->after_ms() / kSecondMs)
                                       : 0);
    if (is_first) {
        escalation.set_time_ms(draft.now_ms());
    }
    escalation.set_times(escalation.times() + 1);
    escalation.set_latest_time_ms(draft.now_ms());
    escalation.set_unattended_desk(cause.unattended_desk);
    const std::int64_t due_ms = timer->set_time_ms() + timer->after_ms();
    escalation.set_early_ms(is_deadline && circumstances.now_ms < due_ms - kEarlyMs
                                ? due_ms - circumstances.now_ms
                                : 0);
    std::set<std::string> told;
    bool neighbours = false;
    for (const int target : step.tell()) {
        if (target == wire::ESCALATION_TARGET_NEIGHBOURS && incident.drill()) {
            continue;  // practice is for those in charge
        }
        neighbours = neighbours || target == wire::ESCALATION_TARGET_NEIGHBOURS;
        for (std::string& desk :
             desks_of(state, incident, static_cast<wire::EscalationTarget>(target))) {
            told.insert(std::move(desk));
        }
    }
    escalation.mutable_desks()->Assign(told.begin(), told.end());
    if (step.raise()) {
        incident.set_lane(wire::LANE_ALARM);
    }

    timer->set_step(timer->step() + 1);
    incident.set_timer_count(incident.timer_count() + 1);
    timer->set_number(incident.timer_count());
    timer->set_set_time_ms(draft.now_ms());
    timer->set_after_ms(next_after_ms(policy, timer->step()));
    if (timer->after_ms() > 0) {
        draft.timers().push_back(
            {to_text(TimerName{incident.id(), name.clock, timer->number()}), timer->after_ms()});
    }
    if (is_deadline) {
        draft.fires(to_text(name));
    } else {
        draft.timers().push_back({to_text(name), TimerChange::kCancelled});
    }
    draft.event().set_rings(true);
    const std::vector<store::Audience> audiences = desk_audiences(state, incident, neighbours);
    return finish_incident(
        draft, std::move(incident), audiences, wire::EVENT_KIND_INCIDENT_ESCALATED);
}

}  // namespace tocsin::domain
