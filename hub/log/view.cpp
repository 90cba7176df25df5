#include "hub/log/view.hpp"

#include "hub/domain/areas.hpp"

namespace tocsin::log {

namespace {

namespace store = tocsin::store::v1;
namespace wire = tocsin::v1;
using store::View;

// Whether the view shows reports and the incident's words at all.
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

// Whether the view shows what a desk wrote for itself.
bool shows_notes(View view) {
    return view == store::VIEW_OFFICER || view == store::VIEW_CREW || view == store::VIEW_BUREAU;
}

// The steps that have not lapsed, with desk and time, none of them before the own report.
template <class Steps, class Shown>
std::int64_t show_steps(const Steps& steps, std::int64_t since_ms, Shown* shown) {
    std::int64_t latest = since_ms;
    for (const auto& step : steps) {
        if (step.lapsed_time_ms() == 0) {
            auto& one = *shown->Add();
            one.set_desk(step.desk());
            one.set_time_ms(std::max(step.time_ms(), since_ms));
            latest = std::max(latest, one.time_ms());
        }
    }
    return latest;
}

// How it goes with the own report, and nothing that tells of another: neither the others' count nor
// their times.
wire::Incident reporters_incident(const store::Incident& incident, const store::Report& own) {
    wire::Incident shown;
    shown.set_id(incident.id());
    shown.set_version(incident.life());
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
    // What was before the own report would tell of others.
    for (const wire::HandOver& step : incident.hand_overs()) {
        if (step.time_ms() > since) {
            wire::HandOver& one = *shown.add_hand_overs();
            one.set_from_station_id(step.from_station_id());
            one.set_to_station_id(step.to_station_id());
            one.set_time_ms(step.time_ms());
            updated = std::max(updated, step.time_ms());
        }
    }
    for (const wire::Reopening& step : incident.reopenings()) {
        if (step.time_ms() > since) {
            shown.add_reopenings()->set_time_ms(step.time_ms());
            updated = std::max(updated, step.time_ms());
        }
    }
    if (incident.has_resolution()) {
        shown.mutable_resolution()->set_outcome(incident.resolution().outcome());
        shown.mutable_resolution()->set_desk(incident.resolution().desk());
        shown.mutable_resolution()->set_time_ms(incident.resolution().time_ms());
        updated = std::max(updated, incident.resolution().time_ms());
    }
    shown.set_updated_time_ms(updated);
    return shown;
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
    return shown;
}

// All that a neighbour may know, exactly, and more.
wire::Incident desks_incident(const store::Incident& incident) {
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
    if (incident.has_resolution()) {
        *shown.mutable_resolution() = incident.resolution();
    }
    return shown;
}

}  // namespace

wire::Incident view_of(const store::Incident& incident, const store::Audience& audience) {
    switch (audience.view()) {
        case store::VIEW_REPORTER:
            return reporters_incident(incident, audience.own_report());
        case store::VIEW_NEIGHBOUR:
            return neighbours_incident(incident);
        default:
            return shows_reports(audience.view()) ? desks_incident(incident) : wire::Incident();
    }
}

std::optional<wire::Report> view_of(const store::Report& report, const store::Audience& audience) {
    return shows_reports(audience.view()) ? std::optional(report_in(report, audience.view()))
                                          : std::nullopt;
}

std::optional<wire::Statement> view_of(const store::Statement& statement,
                                       const store::Audience& audience) {
    const wire::Statement& said = statement.statement();
    switch (said.content_case()) {
        case wire::Statement::kNote: {
            if (shows_notes(audience.view())) {
                return said;
            }
            if (audience.view() != store::VIEW_NEIGHBOUR || !said.note().for_neighbours()) {
                return std::nullopt;
            }
            wire::Statement shown = said;
            shown.clear_person_id();
            shown.clear_name();
            return shown;
        }
        case wire::Statement::CONTENT_NOT_SET:
            break;
    }
    return std::nullopt;
}

wire::Notice view_of(const store::Notice& notice, View view) {
    wire::Notice shown = notice.notice();
    const bool staff =
        view == store::VIEW_OFFICER || view == store::VIEW_CREW || view == store::VIEW_BUREAU;
    if (!staff) {
        shown.clear_issued_by_person_id();
        shown.clear_issued_by_name();
    }
    return shown;
}

std::optional<wire::Event> view_of(const store::EventBody& body,
                                   const store::Audience& audience,
                                   Offset offset) {
    wire::Event event;
    event.set_offset(to_text(offset));
    event.set_lane(body.lane());
    event.set_kind(body.kind());
    event.set_time_ms(static_cast<std::int64_t>(offset.ms));
    const View view = audience.view();
    const bool reporter = view == store::VIEW_REPORTER;
    const bool admin = view == store::VIEW_ADMIN;
    switch (body.subject_case()) {
        case store::EventBody::kIncident:
            if (!reporter && view != store::VIEW_NEIGHBOUR && !shows_reports(view)) {
                return std::nullopt;
            }
            *event.mutable_incident() = view_of(body.incident(), audience);
            if (reporter && body.kind() == wire::EVENT_KIND_REPORT_JOINED) {
                event.set_kind(
                    wire::EVENT_KIND_INCIDENT_OPENED);  // that somebody reported before is a secret
            }
            if (reporter && audience.has_own_report()) {
                *event.mutable_report() = report_in(audience.own_report(), view);
            } else if (body.has_report() && shows_reports(view)) {
                *event.mutable_report() = report_in(body.report(), view);
            }
            if (body.has_statement()) {
                if (auto statement = view_of(body.statement(), audience)) {
                    *event.mutable_statement() = *std::move(statement);
                }
            }
            event.set_rings(body.rings() && shows_reports(view));
            return event;
        case store::EventBody::kNotice:
            if (reporter || admin || view == store::VIEW_NEIGHBOUR) {
                return std::nullopt;
            }
            *event.mutable_notice() = view_of(body.notice(), view);
            return event;
        case store::EventBody::kPerson:
            if (!admin && !reporter) {
                return std::nullopt;
            }
            *event.mutable_person() = body.person();
            return event;
        case store::EventBody::kDevice:
            if (!admin && !reporter) {
                return std::nullopt;
            }
            *event.mutable_device() = body.device().device();
            return event;
        case store::EventBody::kDistrict:
        case store::EventBody::kArea:
        case store::EventBody::kTeam:
            if (!admin) {
                return std::nullopt;
            }
            if (body.has_district()) {
                *event.mutable_district() = body.district();
            } else if (body.has_area()) {
                *event.mutable_area() = body.area();
            } else {
                *event.mutable_team() = body.team();
            }
            return event;
        case store::EventBody::SUBJECT_NOT_SET:
            break;
    }
    return std::nullopt;
}

}  // namespace tocsin::log
