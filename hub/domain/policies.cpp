#include "hub/domain/policies.hpp"

#include <algorithm>
#include <initializer_list>
#include <vector>

namespace tocsin::domain {
namespace {

constexpr int kPoliciesMost = 32;
constexpr int kStepsMost = 8;
constexpr int kTargetsMost = 4;
constexpr int kShortestS = 1;
constexpr int kShortestRepeatS = 10;
constexpr int kLongestS = 7 * 24 * 3600;
constexpr int kMinuteS = 60;
constexpr int kHourS = 3600;

constexpr auto kInCharge = wire::ESCALATION_TARGET_IN_CHARGE;
constexpr auto kNeighbours = wire::ESCALATION_TARGET_NEIGHBOURS;
constexpr auto kBureau = wire::ESCALATION_TARGET_BUREAU;
constexpr auto kFireDesk = wire::ESCALATION_TARGET_FIRE_DESK;

struct Step {
    int after_s;
    std::initializer_list<wire::EscalationTarget> tell;
    bool raise;
};

wire::ClockPolicy clock(std::initializer_list<Step> steps, int repeat_s) {
    wire::ClockPolicy made;
    for (const Step& step : steps) {
        wire::EscalationStep& added = *made.add_steps();
        added.set_after_s(step.after_s);
        added.set_raise(step.raise);
        for (const wire::EscalationTarget target : step.tell) {
            added.add_tell(target);
        }
    }
    made.set_repeat_s(repeat_s);
    return made;
}

// What goes where the district says nothing.
wire::Policy urgent() {
    wire::Policy policy;
    policy.set_urgency(wire::URGENCY_URGENT);
    *policy.mutable_unacknowledged() =
        clock({{kMinuteS, {kInCharge, kFireDesk, kBureau}, true},
               {kMinuteS, {kInCharge, kFireDesk, kBureau, kNeighbours}, true}},
              kMinuteS);
    *policy.mutable_not_responding() =
        clock({{3 * kMinuteS, {kInCharge}, true}, {2 * kMinuteS, {kInCharge, kBureau}, true}},
              5 * kMinuteS);
    *policy.mutable_silent() = clock(
        {{15 * kMinuteS, {kInCharge}, true}, {15 * kMinuteS, {kInCharge, kBureau}, true}}, kHourS);
    policy.set_at_once_where_unattended(true);
    return policy;
}

wire::Policy calm() {
    wire::Policy policy;
    *policy.mutable_unacknowledged() =
        clock({{kHourS / 2, {kInCharge}, false}, {3 * kHourS / 2, {kInCharge, kBureau}, false}},
              4 * kHourS);
    *policy.mutable_not_responding() = clock({{4 * kHourS, {kInCharge}, false}}, 24 * kHourS);
    *policy.mutable_silent() = clock({{24 * kHourS, {kInCharge}, false}}, 24 * kHourS);
    return policy;
}

bool fits(const wire::Policy& policy, const store::Incident& incident) {
    const auto names = [](const auto& list, auto value) {
        return list.empty() || std::ranges::find(list, value) != list.end();
    };
    const bool urgency = policy.urgency() == wire::URGENCY_UNSPECIFIED ||
                         (policy.urgency() == wire::URGENCY_URGENT) == incident.urgent();
    return urgency && names(policy.kinds(), incident.kind()) &&
           names(policy.severities(), incident.rating().severity());
}

std::optional<Refusal> refused(std::string_view code, std::string field, std::string message) {
    return refuse(code, std::move(field), std::move(message)).error();
}

std::optional<Refusal> out_of_bounds(const wire::ClockPolicy& policy, const std::string& field) {
    if (policy.steps_size() > kStepsMost) {
        return refused(code::too_many, field + ".steps", "At most 8 steps.");
    }
    for (int i = 0; i < policy.steps_size(); ++i) {
        const std::string at = field + ".steps[" + std::to_string(i) + "]";
        const wire::EscalationStep& step = policy.steps(i);
        if (step.after_s() < kShortestS || step.after_s() > kLongestS) {
            return refused(code::value_invalid, at + ".after_s", "1 to 604,800 seconds.");
        }
        if (step.tell().empty()) {
            return refused(code::missing_field, at + ".tell", "A step tells somebody.");
        }
        if (step.tell_size() > kTargetsMost) {
            return refused(code::too_many, at + ".tell", "At most 4.");
        }
        for (const int target : step.tell()) {
            if (target == 0 || !wire::EscalationTarget_IsValid(target)) {
                return refused(code::value_invalid, at + ".tell", "Nobody whom this hub knows.");
            }
        }
    }
    const bool repeats = policy.repeat_s() != 0;
    if (repeats && (policy.repeat_s() < kShortestRepeatS || policy.repeat_s() > kLongestS)) {
        return refused(code::value_invalid, field + ".repeat_s", "0, or 10 to 604,800 seconds.");
    }
    return std::nullopt;
}

}  // namespace

const wire::Policy& policy_for(const State& state, const store::Incident& incident) {
    static const wire::Policy kUrgent = urgent();
    static const wire::Policy kCalm = calm();
    const auto& policies = state.district().policies();
    const auto found = std::ranges::find_if(
        policies, [&](const wire::Policy& policy) { return fits(policy, incident); });
    if (found != policies.end()) {
        return *found;
    }
    return incident.urgent() ? kUrgent : kCalm;
}

const wire::ClockPolicy& clock_policy(const wire::Policy& policy, wire::Clock clock) {
    switch (clock) {
        case wire::CLOCK_NOT_RESPONDING:
            return policy.not_responding();
        case wire::CLOCK_SILENT:
            return policy.silent();
        default:
            return policy.unacknowledged();
    }
}

std::optional<Refusal> policies_out_of_bounds(
    const google::protobuf::RepeatedPtrField<wire::Policy>& policies, const std::string& field) {
    if (policies.size() > kPoliciesMost) {
        return refused(code::too_many, field, "At most 32 policies.");
    }
    for (int i = 0; i < policies.size(); ++i) {
        const wire::Policy& policy = policies[i];
        const std::string at = field + "[" + std::to_string(i) + "]";
        for (const int kind : policy.kinds()) {
            if (kind == 0 || !wire::ReportKind_IsValid(kind)) {
                return refused(code::value_invalid, at + ".kinds", "Not a kind of report.");
            }
        }
        for (const int severity : policy.severities()) {
            if (severity == 0 || !wire::Severity_IsValid(severity)) {
                return refused(code::value_invalid, at + ".severities", "Not a severity.");
            }
        }
        if (!wire::Urgency_IsValid(policy.urgency())) {
            return refused(code::value_invalid, at + ".urgency", "Not an urgency.");
        }
        for (const auto& [clock, name] : {std::pair{wire::CLOCK_UNACKNOWLEDGED, ".unacknowledged"},
                                          std::pair{wire::CLOCK_NOT_RESPONDING, ".not_responding"},
                                          std::pair{wire::CLOCK_SILENT, ".silent"}}) {
            if (auto refusal = out_of_bounds(clock_policy(policy, clock), at + name)) {
                return refusal;
            }
        }
    }
    return std::nullopt;
}

}  // namespace tocsin::domain
