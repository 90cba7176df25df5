#include "hub/log/view.hpp"

#include <algorithm>

#include "hub/domain/notice.hpp"
#include "hub/domain/proof.hpp"
#include "hub/log/drill_mark.hpp"
#include "hub/log/view_parts.hpp"

namespace tocsin::log {

namespace store = tocsin::store::v1;
namespace wire = tocsin::v1;
using store::View;

// An escalation rings at the desks that it tells, a neighbour's too; one of many fires of one
// person at the station in charge, if at all; the rest at all who see it whole.
bool rings_for(const store::EventBody& body, const store::Audience& audience) {
    if (!body.rings()) {
        return false;
    }
    if (body.kind() == wire::EVENT_KIND_INCIDENT_OPENED &&
        body.incident().pattern() == wire::PATTERN_MANY_FIRES) {
        const std::string& station = body.incident().station_id();
        return shows_reports(audience.view()) &&
               audience.channel() == (station.empty() ? "bureau" : "station/" + station);
    }
    if (body.kind() != wire::EVENT_KIND_INCIDENT_ESCALATED) {
        return shows_reports(audience.view());
    }
    const auto& all = body.incident().escalations();
    const auto latest = std::ranges::max_element(all, {}, &wire::Escalation::latest_time_ms);
    const std::string desk = domain::desk_reading({audience.channel(), audience.view()});
    return latest != all.end() && std::ranges::find(latest->desks(), desk) != latest->desks().end();
}

namespace {

// All that is told of an incident to those who see it no longer.
wire::Incident left(const store::Incident& incident) {
    wire::Incident shown;
    shown.set_id(incident.id());
    shown.set_version(incident.version());
    shown.set_kind(incident.kind());
    shown.set_drill(incident.drill());
    return shown;
}

void show_who_left(const store::EventBody& body,
                   const store::Audience& audience,
                   wire::Event& event) {
    event.set_kind(wire::EVENT_KIND_INCIDENT_LEFT);
    *event.mutable_incident() =
        left(audience.part() == store::PART_OTHER ? body.other() : body.incident());
    if (body.has_other() && audience.part() == store::PART_UNSPECIFIED) {
        *event.add_others() = left(body.other());
    }
}

// The incidents of the event that the audience sees: the first as its subject.
void show_incidents(const store::EventBody& body,
                    const store::Audience& audience,
                    wire::Event& event) {
    if (audience.view() == store::VIEW_REPORTER) {
        const auto incident_of = [&](const store::Report& own) -> const store::Incident& {
            return own.incident_id() == body.other().id() ? body.other() : body.incident();
        };
        const store::Report& own = audience.own_report();
        *event.mutable_incident() = view_of_own(incident_of(own), own);
        for (const store::Report& more : audience.more_own_reports()) {
            *event.add_others() = view_of_own(incident_of(more), more);
        }
        return;
    }
    if (audience.part() == store::PART_OTHER) {
        *event.mutable_incident() = view_of(body.other(), audience);
        // Where it went is an incident that this audience does not see.
        event.mutable_incident()->clear_merged_into();
        return;
    }
    *event.mutable_incident() = view_of(body.incident(), audience);
    if (body.has_other() && audience.part() == store::PART_UNSPECIFIED) {
        *event.add_others() = view_of(body.other(), audience);
    }
}

// Of what happened a reporter is told what concerns the own report: that somebody reported before
// is a secret, and so is what others added.
void show_to_reporter(const store::EventBody& body,
                      const store::Audience& audience,
                      wire::Event& event) {
    if (audience.kind() != wire::EVENT_KIND_UNSPECIFIED) {
        event.set_kind(audience.kind());
    } else if (body.kind() == wire::EVENT_KIND_REPORT_JOINED) {
        event.set_kind(wire::EVENT_KIND_INCIDENT_OPENED);
    }
    if (audience.has_own_report()) {
        *event.mutable_report() = report_in(audience.own_report(), audience.view());
    }
}

}  // namespace

wire::Person colleague_of(const wire::Person& person) {
    wire::Person shown;
    shown.set_id(person.id());
    shown.set_version(person.version());
    shown.set_name(person.name());
    *shown.mutable_shift() = person.shift();
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
            if (audience.kind() == wire::EVENT_KIND_INCIDENT_LEFT) {
                show_who_left(body, audience, event);
                return event;
            }
            show_incidents(body, audience, event);
            if (reporter) {
                show_to_reporter(body, audience, event);
            } else {
                if (body.has_report() && shows_reports(view)) {
                    *event.mutable_report() = report_in(body.report(), view);
                }
                event.set_rings(rings_for(body, audience));
            }
            if (body.has_statement() && audience.kind() == wire::EVENT_KIND_UNSPECIFIED) {
                if (auto statement = view_of(body.statement(), audience)) {
                    *event.mutable_statement() = *std::move(statement);
                }
            }
            if (body.incident().drill()) {
                mark_as_drill(event);
            }
            return event;
        case store::EventBody::kNotice:
            // `me` is for those who acknowledged it, and are shown so.
            if (admin || (reporter && domain::members_shown(body.notice(), audience).empty())) {
                return std::nullopt;
            }
            event.set_kind(kind_in(body.kind(), body.notice(), view));
            *event.mutable_notice() = view_of(body.notice(), audience);
            return event;
        case store::EventBody::kPerson:
            if (body.kind() == wire::EVENT_KIND_SHIFT_CHANGED && !admin && !reporter) {
                *event.mutable_person() = colleague_of(body.person());
                return event;
            }
            if (!admin && !reporter) {
                return std::nullopt;
            }
            *event.mutable_person() = body.person();
            if (admin) {
                event.mutable_person()->clear_shift();
            }
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
