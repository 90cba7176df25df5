#include "hub/domain/own_view.hpp"

#include <algorithm>

#include "hub/domain/own_report.hpp"
#include "hub/domain/proof.hpp"

namespace tocsin::domain {
namespace {

// Whatever came of it: nobody is blamed for a false alarm.
constexpr std::string_view kThanks =
    "谢谢您的上报，您为大家的安全出了一份力\nThank you for reporting: it keeps everybody safer";

// The steps that have not lapsed, with desk and time. What was done before the own report, for
// another's, is so, and when it was is not told.
template <class Steps, class Shown>
std::int64_t show_steps(const Steps& steps, std::int64_t since_ms, Shown* shown) {
    std::int64_t latest = since_ms;
    for (const auto& step : steps) {
        if (step.lapsed_time_ms() == 0) {
            auto& one = *shown->Add();
            one.set_desk(step.desk());
            one.set_time_ms(step.time_ms() < since_ms ? 0 : step.time_ms());
            latest = std::max(latest, one.time_ms());
        }
    }
    return latest;
}

// How the incident went from one station to another and was opened again: what the own report was
// in for. What was before it would tell of others.
std::int64_t show_moves(const store::Incident& incident,
                        const store::Report& own,
                        wire::Incident& shown) {
    std::int64_t latest = 0;
    *shown.mutable_hand_overs() = own.left_hand_overs();
    for (int i = own.joined_hand_overs(); i < incident.hand_overs_size(); ++i) {
        const wire::HandOver& step = incident.hand_overs(i);
        if (step.time_ms() > own.received_time_ms()) {
            wire::HandOver& one = *shown.add_hand_overs();
            one.set_from_station_id(step.from_station_id());
            one.set_to_station_id(step.to_station_id());
            one.set_time_ms(step.time_ms());
            latest = std::max(latest, step.time_ms());
        }
    }
    *shown.mutable_reopenings() = own.left_reopenings();
    for (int i = own.joined_reopenings(); i < incident.reopenings_size(); ++i) {
        const wire::Reopening& step = incident.reopenings(i);
        if (step.time_ms() > own.received_time_ms()) {
            shown.add_reopenings()->set_time_ms(step.time_ms());
            latest = std::max(latest, step.time_ms());
        }
    }
    return latest;
}

}  // namespace

std::int32_t own_version(const store::Incident& incident, const store::Report& own) {
    return own.seen_at_desk() ? incident.version() : incident.life() + own.life_offset();
}

wire::Incident own_view(const store::Incident& incident, const store::Report& own) {
    wire::Incident shown;
    shown.set_id(shown_id(own));
    shown.set_version(own_version(incident, own));
    shown.set_kind(own.kind());
    shown.set_state(incident.state());
    shown.set_urgent(own.urgent());
    if (own.has_place()) {
        *shown.mutable_place() = own.place();
    }
    shown.set_opened_time_ms(own.received_time_ms());
    shown.set_text(own.text());
    shown.set_notice_id(own.notice_id());
    const std::int64_t since = own.received_time_ms();
    std::int64_t updated =
        std::max(show_steps(incident.acknowledgements(), since, shown.mutable_acknowledgements()),
                 show_steps(incident.responses(), since, shown.mutable_responses()));
    updated = std::max(updated, show_moves(incident, own, shown));
    if (incident.has_resolution()) {
        shown.mutable_resolution()->set_outcome(incident.resolution().outcome());
        shown.mutable_resolution()->set_desk(incident.resolution().desk());
        shown.mutable_resolution()->set_time_ms(incident.resolution().time_ms());
        shown.mutable_resolution()->set_thanks(std::string(kThanks));
        updated = std::max(updated, incident.resolution().time_ms());
    }
    // What was told in an incident that the report has left stays told.
    const auto told = [&](std::int64_t before_ms, std::int64_t shown_ms) {
        return before_ms != 0 || shown_ms == 0 ? before_ms : std::max(shown_ms, since);
    };
    if (const auto at = told(told_shown_ms(incident, own), incident.shown_time_ms()); at != 0) {
        shown.set_shown_time_ms(at);
        updated = std::max(updated, shown.shown_time_ms());
    }
    if (const auto at = own_fire_desk_shown_ms(incident, own); at != 0) {
        shown.set_fire_desk_shown_time_ms(at);
        updated = std::max(updated, shown.fire_desk_shown_time_ms());
    }
    shown.set_updated_time_ms(std::max(updated, own.told_time_ms()));
    return shown;
}

bool is_told_the_same(const wire::Incident& before, const wire::Incident& after) {
    const auto told = [](const wire::Incident& incident) {
        wire::Incident bare = incident;
        bare.clear_id();
        bare.clear_version();
        bare.clear_updated_time_ms();
        return bare.SerializeAsString();
    };
    return told(before) == told(after);
}

}  // namespace tocsin::domain
