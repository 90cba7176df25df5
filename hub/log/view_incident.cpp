// What each view shows of an incident, of a report and of what was said.
#include "hub/domain/areas.hpp"
#include "hub/domain/drill.hpp"
#include "hub/domain/own_view.hpp"
#include "hub/domain/proof.hpp"
#include "hub/log/drill_mark.hpp"
#include "hub/log/view_parts.hpp"

namespace tocsin::log {

namespace {

namespace store = tocsin::store::v1;
namespace wire = tocsin::v1;
using store::View;

// Whether the view shows what a desk wrote for itself.
bool shows_notes(View view) {
    return view == store::VIEW_OFFICER || view == store::VIEW_CREW || view == store::VIEW_BUREAU;
}

wire::Incident neighbours_incident(const store::Incident& incident) {
    wire::Incident shown;
    shown.set_id(incident.id());
    shown.set_version(incident.version());
    shown.set_kind(incident.kind());
    shown.set_state(incident.state());
    shown.set_urgent(incident.urgent());
    if (incident.has_place()) {
        *shown.mutable_place() = domain::coarse(incident.place());
    }
    shown.set_station_id(incident.station_id());
    shown.set_opened_time_ms(incident.opened_time_ms());
    shown.set_updated_time_ms(incident.updated_time_ms());
    // How it came from one station to another, and not by whom.
    for (const wire::HandOver& step : incident.hand_overs()) {
        wire::HandOver& one = *shown.add_hand_overs();
        one.set_from_station_id(step.from_station_id());
        one.set_to_station_id(step.to_station_id());
        one.set_time_ms(step.time_ms());
    }
    *shown.mutable_escalations() = incident.escalations();
    return shown;
}

// All that a neighbour may know, exactly, and more.
wire::Incident desks_incident(const store::Incident& incident, View view) {
    wire::Incident shown = neighbours_incident(incident);
    if (incident.has_place()) {
        *shown.mutable_place() = incident.place();
    }
    shown.set_area_id(incident.area_id());
    shown.set_report_count(incident.report_count());
    shown.set_text(incident.text());
    shown.set_notice_id(incident.notice_id());
    *shown.mutable_acknowledgements() = incident.acknowledgements();
    *shown.mutable_responses() = incident.responses();
    if (incident.has_rating()) {
        *shown.mutable_rating() = incident.rating();
    }
    *shown.mutable_assignments() = incident.assignments();
    *shown.mutable_hand_overs() = incident.hand_overs();
    *shown.mutable_reopenings() = incident.reopenings();
    shown.set_merged_into(incident.merged_into());
    if (view == store::VIEW_OFFICER) {
        *shown.mutable_perhaps_same() = incident.perhaps_same();
    }
    if (view == store::VIEW_OFFICER || view == store::VIEW_BUREAU ||
        view == store::VIEW_FIRE_DESK) {
        shown.set_pattern(incident.pattern());
    }
    if (incident.has_resolution()) {
        *shown.mutable_resolution() = incident.resolution();
    }
    *shown.mutable_proofs() = incident.proofs();
    shown.set_shown_time_ms(incident.shown_time_ms());
    shown.set_fire_desk_shown_time_ms(domain::shown_time_ms(incident, domain::kFireDesk));
    return shown;
}

wire::Incident real_or_not(const store::Incident& incident, const store::Audience& audience) {
    switch (audience.view()) {
        case store::VIEW_REPORTER:
            return domain::own_view(incident, audience.own_report());
        case store::VIEW_NEIGHBOUR:
            return neighbours_incident(incident);
        default:
            return shows_reports(audience.view()) ? desks_incident(incident, audience.view())
                                                  : wire::Incident();
    }
}

// A drill says that it is one, in every view.
wire::Incident marked(const store::Incident& incident, wire::Incident shown) {
    if (incident.drill() && !shown.id().empty()) {
        shown.set_drill(true);
        shown.set_title(domain::drill_title(incident));
        shown.set_drill_end(incident.drill_end());
        mark_as_drill(shown);
    }
    return shown;
}

}  // namespace

bool shows_reports(View view) {
    switch (view) {
        case store::VIEW_OFFICER:
        case store::VIEW_FIRE_DESK:
        case store::VIEW_BUREAU:
        case store::VIEW_CREW:
        case store::VIEW_GRID:
            return true;
        default:
            return false;
    }
}

wire::Report report_in(const store::Report& report, View view) {
    wire::Report shown;
    shown.set_id(report.id());
    shown.set_kind(report.kind());
    shown.set_text(report.text());
    if (report.has_place()) {
        *shown.mutable_place() = report.place();
    }
    shown.set_urgent(report.urgent());
    shown.set_observed_time_ms(report.observed_time_ms());
    shown.set_time_doubtful(report.time_doubtful());
    shown.set_received_time_ms(report.received_time_ms());
    shown.set_notice_id(report.notice_id());
    shown.set_smell_of_gas(report.smell_of_gas());
    shown.set_building(report.building());
    if (report.has_first_place()) {
        *shown.mutable_first_place() = report.first_place();
    }
    shown.set_over(report.over());
    if (view == store::VIEW_OFFICER) {
        wire::Reporter& reporter = *shown.mutable_reporter();
        reporter.set_person_id(report.reporter_person_id());
        reporter.set_name(report.reporter_name());
        reporter.set_phone(report.may_call() ? report.reporter_phone() : "");
        reporter.set_may_call(report.may_call());
    } else if (view == store::VIEW_FIRE_DESK && report.may_call()) {
        shown.mutable_reporter()->set_phone(report.reporter_phone());
        shown.mutable_reporter()->set_may_call(true);
    }
    return shown;
}

wire::Incident view_of_own(const store::Incident& incident, const store::Report& own) {
    return marked(incident, domain::own_view(incident, own));
}

wire::Incident view_of(const store::Incident& incident, const store::Audience& audience) {
    return marked(incident, real_or_not(incident, audience));
}

std::optional<wire::Report> view_of(const store::Report& report, const store::Audience& audience) {
    return shows_reports(audience.view()) ? std::optional(report_in(report, audience.view()))
                                          : std::nullopt;
}

std::optional<wire::Statement> view_of(const store::Statement& statement,
                                       const store::Audience& audience) {
    const wire::Statement& said = statement.statement();
    const View view = audience.view();
    const bool own = view == store::VIEW_REPORTER && !statement.reporter_person_id().empty() &&
                     audience.own_report().reporter_person_id() == statement.reporter_person_id();
    bool is_shown = false;
    bool with_name = false;
    switch (said.content_case()) {
        case wire::Statement::kNote:
            with_name = shows_notes(view);
            is_shown = with_name || (view == store::VIEW_NEIGHBOUR && said.note().for_neighbours());
            break;
        case wire::Statement::kAmendment:
            with_name = view == store::VIEW_OFFICER;
            is_shown = own || shows_reports(view);
            break;
        case wire::Statement::kQuestion:
        case wire::Statement::kAnswer: {
            const bool bureau = view == store::VIEW_BUREAU && statement.bureau_in_charge();
            with_name = view == store::VIEW_OFFICER || (bureau && said.has_question());
            is_shown = own || with_name || bureau;
            break;
        }
        case wire::Statement::CONTENT_NOT_SET:
            break;
    }
    if (!is_shown) {
        return std::nullopt;
    }
    wire::Statement shown = said;
    if (!with_name) {
        shown.clear_person_id();
        shown.clear_name();
    }
    return shown;
}

}  // namespace tocsin::log
