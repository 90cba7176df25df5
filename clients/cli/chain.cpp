#include "chain.hpp"

#include <google/protobuf/wrappers.pb.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "output.hpp"
#include "words.hpp"

namespace tocsin::cli {
namespace {

namespace wire = tocsin::v1;

std::string quoted(const std::string& text) {
    google::protobuf::StringValue value;
    value.set_value(text);
    return to_json(value);
}

// A step in the making.
class Step {
public:
    Step(std::string_view name, std::int64_t time_ms) : time_ms_(time_ms) {
        // Without a time where the hub does not say when: before the own report.
        json_ = time_ms == 0 ? "{" : "{\"time_ms\":" + std::to_string(time_ms) + ',';
        json_ += "\"step\":\"" + std::string(name) + '"';
    }
    Step& with(std::string_view name, const std::string& text) {
        if (!text.empty()) {
            json_.append(",\"").append(name).append("\":").append(quoted(text));
        }
        return *this;
    }

    // Since when it counts no more; 0 while it counts.
    Step& lapsed(std::int64_t time_ms) {
        if (time_ms != 0) {
            json_.append(",\"lapsed_time_ms\":").append(std::to_string(time_ms));
        }
        return *this;
    }

    std::int64_t time_ms() const { return time_ms_; }
    std::string json() const { return json_ + '}'; }

private:
    std::int64_t time_ms_;
    std::string json_;
};

// Whatever says which desk, who and when.
template <class Taken>
Step step_of(std::string_view name, const Taken& taken) {
    Step step(name, taken.time_ms());
    step.with("desk", taken.desk()).with("person", taken.person_id()).with("name", taken.name());
    return step;
}

std::string lower_without(std::string text, std::string_view prefix) {
    text.erase(0, prefix.size());
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    });
    return text;
}

Step step_of(const wire::Escalation& escalation) {
    std::string desks;
    for (const std::string& desk : escalation.desks()) {
        desks += (desks.empty() ? "" : " ") + desk;
    }
    Step step("escalated", escalation.time_ms());
    step.with("clock", lower_without(wire::Clock_Name(escalation.clock()), "CLOCK_"))
        .with("reason",
              lower_without(wire::EscalationReason_Name(escalation.reason()), "ESCALATION_REASON_"))
        .with("told", desks)
        .with("unattended", escalation.unattended_desk());
    if (escalation.times() > 1) {
        step.with("times", std::to_string(escalation.times()));
    }
    return step;
}

void add_proofs(const wire::Incident& incident, std::vector<Step>& steps) {
    for (const wire::Proof& proof : incident.proofs()) {
        steps.push_back(Step("delivered", proof.delivered_time_ms()).with("desk", proof.desk()));
        if (proof.shown_time_ms() != 0) {
            steps.push_back(Step("shown", proof.shown_time_ms())
                                .with("desk", proof.desk())
                                .with("person", proof.shown_person_id())
                                .with("name", proof.shown_name()));
        }
    }
    if (!incident.proofs().empty()) {
        return;
    }
    // What reporters see of it: that, and when.
    if (incident.shown_time_ms() != 0) {
        steps.emplace_back("shown", incident.shown_time_ms());
    }
    if (incident.fire_desk_shown_time_ms() != 0) {
        steps.push_back(Step("shown", incident.fire_desk_shown_time_ms()).with("desk", "fire"));
    }
}

}  // namespace

std::string chain_json(const wire::Incident& incident) {
    std::vector<Step> steps;
    steps.emplace_back("stored", incident.opened_time_ms());
    for (int i = 1; i < incident.reports_size(); ++i) {
        steps.emplace_back("joined", incident.reports(i).received_time_ms());
    }
    add_proofs(incident, steps);
    for (const wire::Acknowledgement& taken : incident.acknowledgements()) {
        steps.push_back(step_of("acknowledged", taken).lapsed(taken.lapsed_time_ms()));
    }
    for (const wire::Response& response : incident.responses()) {
        steps.push_back(step_of("responding", response).lapsed(response.lapsed_time_ms()));
    }
    for (const wire::Escalation& escalation : incident.escalations()) {
        steps.push_back(step_of(escalation));
    }
    for (const wire::HandOver& over : incident.hand_overs()) {
        steps.push_back(Step("handed_over", over.time_ms())
                            .with("from", over.from_station_id())
                            .with("to", over.to_station_id())
                            .with("person", over.person_id())
                            .with("name", over.name()));
    }
    for (const wire::Reopening& reopening : incident.reopenings()) {
        steps.push_back(step_of("reopened", reopening));
    }
    if (incident.has_resolution()) {
        steps.push_back(
            step_of("resolved", incident.resolution())
                .with("outcome", std::string(word_of(kOutcomes, incident.resolution().outcome()))));
    }
    // What has the same time stays in the order of the chain.
    std::vector<std::pair<std::int64_t, std::size_t>> order;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        order.emplace_back(std::max(steps[i].time_ms(), incident.opened_time_ms()), i);
    }
    std::ranges::sort(order);
    std::string json = "[";
    for (const auto& [time_ms, i] : order) {
        json += (json.size() > 1 ? "," : "") + steps[i].json();
    }
    return json + ']';
}

}  // namespace tocsin::cli
