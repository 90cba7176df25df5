// A reporter adds to the own report: a better place, more to say, worse, over.

#include <algorithm>

#include "hub/domain/attach.hpp"
#include "hub/domain/corroborate.hpp"
#include "hub/domain/drill.hpp"
#include "hub/domain/incident_life.hpp"
#include "hub/domain/own_report.hpp"

namespace tocsin::domain {
namespace {

constexpr int kAmendments = 20;

// Whether the incident's place is that of this report.
bool leads(const store::Incident& incident, const store::Report& report) {
    if (!incident.has_place()) {
        return true;
    }
    return incident.place_report_id().empty() ? report.number() == 1
                                              : incident.place_report_id() == report.id();
}

// A station that is on its way, or that was given the incident by hand, keeps it.
bool may_move_by_itself(const store::Incident& incident) {
    const std::string desk =
        incident.station_id().empty() ? "bureau" : "station/" + incident.station_id();
    return !is_over(incident) && response_of(incident, desk) == nullptr &&
           incident.hand_overs_size() < kHandOvers &&
           std::ranges::all_of(
               incident.hand_overs(),
               [](const wire::HandOver& step) { return step.person_id().empty(); });
}

// Whether the better place is another place than any that is known: not merely a closer look at the
// circle that the reporter gave before.
bool is_far(const State& state,
            const store::Incident& incident,
            const store::Report& report,
            const wire::Place& place) {
    if (!incident.has_place() ||
        (report.has_place() && distance_m(report.place(), place) <= report.place().accuracy_m())) {
        return false;
    }
    store::Report moved = report;
    moved.clear_building();
    *moved.mutable_place() = place;
    return is_elsewhere(state, incident, moved);
}

// True where another station has the incident now, or another grid whose worker has to take it.
bool correct_place(Draft& draft,
                   store::Incident& incident,
                   store::Report& report,
                   const wire::Place& place) {
    const bool is_new_place = is_far(draft.state(), incident, report, place);
    if (report.has_place() && !report.has_first_place()) {
        *report.mutable_first_place() = report.place();
    }
    *report.mutable_place() = place;
    report.mutable_place()->clear_coarse();
    const Route route = draft.state().area_index().route(place);
    bool moved = false;
    if (leads(incident, report)) {
        *incident.mutable_place() = report.place();
        incident.set_place_report_id(report.id());
        incident.set_area_id(route.area_id);
        if (leave_other_grids(draft, incident)) {
            draft.event().set_rings(true);
            moved = true;
        }
        if (route.station_id != incident.station_id() && may_move_by_itself(incident)) {
            move_to_station(draft, incident, route.station_id);
            moved = true;
        }
        if (incident.kind() == wire::REPORT_KIND_FIRE) {
            draft.raise_fires(incident.station_id());
        }
        if (!is_over(incident) && !incident.drill()) {
            propose_same(draft, incident, report);
        }
    }
    if (incident.urgent() && !is_over(incident) && is_new_place) {
        draft.event().set_rings(true);  // whoever is on the way is on the way to elsewhere
    }
    add_neighbours(incident, route.neighbour_station_ids);
    add_neighbours(incident, {route.station_id});
    return moved;
}

// No step of the incident may have the time of what they are told: their times go on nevertheless.
void tell_others(Draft& draft, const store::Report& own) {
    for (const store::Report* report : draft.state().reports_of(own.incident_id())) {
        if (report->id() != own.id()) {
            store::Report& told = *draft.event().add_more_reports();
            told = next_version(*report);
            told.set_told_time_ms(draft.now_ms());
        }
    }
}

}  // namespace

Result<Decision> decide_amend(Draft& draft, const wire::AmendReport& given) {
    const std::string field = "command.amend_report.report_id";
    const Result<OwnReport> found = find_own_report(draft, given.report_id(), field);
    if (!found) {
        return std::unexpected(found.error());
    }
    if (found->report->amendment_count() >= kAmendments) {
        return refuse(code::too_many, field, "The report was amended 20 times.");
    }
    if (given.worse() && found->incident->drill()) {
        if (Result<void> calm = no_real_alarm(draft, found->incident->station_id(), field); !calm) {
            return std::unexpected(std::move(calm.error()));
        }
    }
    store::Incident incident = changed(draft, *found->incident);
    store::Report report = next_version(*found->report);
    report.set_amendment_count(report.amendment_count() + 1);
    wire::Amendment& amendment = *draft.say(incident, "").mutable_amendment();
    draft.event().mutable_statement()->set_reporter_person_id(draft.person().id());
    amendment.set_report_id(report.id());
    amendment.set_text(given.text());
    amendment.set_worse(given.worse());
    amendment.set_over(given.over());
    store::Media home;
    home.set_incident_id(incident.id());
    home.set_report_id(report.id());
    if (auto done = attach(draft,
                           given.media_ids(),
                           "command.amend_report.media_ids",
                           home,
                           *amendment.mutable_media());
        !done) {
        return std::unexpected(std::move(done.error()));
    }

    report.set_told_time_ms(draft.now_ms());
    report.set_over(given.over() || (report.over() && !given.worse()));
    wire::EventKind others_kind = wire::EVENT_KIND_UNSPECIFIED;  // nothing for other reporters
    if (given.worse()) {
        report.set_urgent(true);
        incident.set_urgent(true);
        incident.set_lane(wire::LANE_ALARM);
        draft.event().set_rings(true);
        if (is_over(incident)) {
            // However often it was opened again: nobody looks for an alarm among what is closed.
            reopen(draft, incident);
            others_kind = wire::EVENT_KIND_INCIDENT_REOPENED;
        }
    }
    if (given.has_place()) {
        *amendment.mutable_place() = given.place();
        amendment.mutable_place()->clear_coarse();
        if (correct_place(draft, incident, report, given.place())) {
            others_kind = wire::EVENT_KIND_INCIDENT_HANDED_OVER;
        }
    }

    const bool neighbours_see = given.has_place() || given.worse();
    draft.concern(desk_audiences(draft.state(), incident, neighbours_see));
    std::vector<store::Audience> reporters;
    if (others_kind == wire::EVENT_KIND_UNSPECIFIED) {
        tell_reporter(draft, report);
        reporters = {reporter_audience(report)};
    } else {
        incident.set_life(incident.life() + 1);
        tell_others(draft, report);
        reporters = all_told(draft.state(), report, others_kind);
    }
    draft.receipt().set_report_id(report.id());
    const std::string known_as = shown_id(report);
    *draft.event().mutable_report() = std::move(report);
    Decision decision =
        finish_incident(draft, std::move(incident), reporters, wire::EVENT_KIND_REPORT_AMENDED);
    decision.receipt.set_incident_id(known_as);
    return decision;
}

}  // namespace tocsin::domain
