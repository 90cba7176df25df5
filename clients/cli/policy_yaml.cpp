// The policies in district.yaml.

#include <array>
#include <string>

#include "words.hpp"
#include "yaml_entry.hpp"

namespace tocsin::cli {
namespace {

constexpr int kLongestS = 7 * 24 * 3600;

constexpr std::array<Word<wire::EscalationTarget>, 4> kTargets{{
    {"in-charge", wire::ESCALATION_TARGET_IN_CHARGE},
    {"neighbours", wire::ESCALATION_TARGET_NEIGHBOURS},
    {"bureau", wire::ESCALATION_TARGET_BUREAU},
    {"fire-desk", wire::ESCALATION_TARGET_FIRE_DESK},
}};

constexpr std::array<Word<wire::Urgency>, 2> kUrgencies{{
    {"urgent", wire::URGENCY_URGENT},
    {"calm", wire::URGENCY_CALM},
}};

// The values of a list of words.
template <class Value, std::size_t size, class Add>
void read_words(const Entry& list, const std::array<Word<Value>, size>& words, Add add) {
    if (list.is_missing()) {
        return;
    }
    if (!list.node().IsSequence()) {
        list.wrong("is not a list");
        return;
    }
    for (const auto& node : list.node()) {
        const auto text = node.as<std::string>("");
        if (const auto value = value_of(words, text); value != Value{}) {
            add(value);
        } else {
            list.wrong("'" + text + "' is not " + one_of(words));
        }
    }
}

bool read_flag(const Entry& entry, const std::string& key) {
    const auto value = entry.at(key);
    bool flag = false;
    if (!value.is_missing() && !YAML::convert<bool>::decode(value.node(), flag)) {
        value.wrong("is neither true nor false");
    }
    return flag;
}

void read_step(const Entry& entry, wire::EscalationStep& step) {
    if (!entry.is_map_of({"after_s", "tell", "raise"})) {
        return;
    }
    step.set_after_s(entry.number("after_s", 0, 1, kLongestS));
    if (entry.at("after_s").is_missing()) {
        entry.wrong("after_s is missing");
    }
    read_words(entry.at("tell"), kTargets, [&](wire::EscalationTarget to) { step.add_tell(to); });
    if (entry.at("tell").is_missing()) {
        entry.wrong("tell is missing");
    }
    step.set_raise(read_flag(entry, "raise"));
}

void read_clock(const Entry& entry, wire::ClockPolicy& clock) {
    if (entry.is_missing() || !entry.is_map_of({"steps", "repeat_s"})) {
        return;
    }
    clock.set_repeat_s(entry.number("repeat_s", 0, 0, kLongestS));
    const auto steps = entry.at("steps");
    if (!steps.node().IsSequence()) {
        entry.wrong("steps is not a list");
        return;
    }
    std::size_t number = 0;
    for (const auto& node : steps.node()) {
        read_step(steps.beneath(node, "step " + std::to_string(++number)), *clock.add_steps());
    }
}

void read_policy(const Entry& entry, wire::Policy& policy) {
    if (!entry.is_map_of({"kinds",
                          "urgency",
                          "severities",
                          "unacknowledged",
                          "not_responding",
                          "silent",
                          "at_once_where_unattended"})) {
        return;
    }
    read_words(
        entry.at("kinds"), kReportKinds, [&](wire::ReportKind kind) { policy.add_kinds(kind); });
    read_words(entry.at("severities"), kSeverities, [&](wire::Severity severity) {
        policy.add_severities(severity);
    });
    if (const auto urgency = entry.text("urgency"); !urgency.empty()) {
        policy.set_urgency(value_of(kUrgencies, urgency));
        if (policy.urgency() == wire::URGENCY_UNSPECIFIED) {
            entry.wrong("urgency '" + urgency + "' is not " + one_of(kUrgencies));
        }
    }
    read_clock(entry.at("unacknowledged"), *policy.mutable_unacknowledged());
    read_clock(entry.at("not_responding"), *policy.mutable_not_responding());
    read_clock(entry.at("silent"), *policy.mutable_silent());
    policy.set_at_once_where_unattended(read_flag(entry, "at_once_where_unattended"));
}

}  // namespace

void read_policies(const Entry& list, wire::District& district) {
    if (list.is_missing()) {
        return;
    }
    if (!list.node().IsSequence()) {
        list.wrong("is not a list");
        return;
    }
    std::size_t number = 0;
    for (const auto& node : list.node()) {
        read_policy(list.beneath(node, "policy " + std::to_string(++number)),
                    *district.add_policies());
    }
}

}  // namespace tocsin::cli
