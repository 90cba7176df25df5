// A report opens an incident or, a fire near another, joins one.

#include <algorithm>

#include "hub/domain/access.hpp"
#include "hub/domain/corroborate.hpp"
#include "hub/domain/incident_life.hpp"
#include "hub/domain/own_report.hpp"
#include "hub/domain/proof.hpp"

namespace tocsin::domain {
namespace {

constexpr std::int64_t kClockAheadMs = 5LL * 60 * 1000;
constexpr std::int64_t kLongAgoMs = 30LL * 24 * 60 * 60 * 1000;

bool is_urgent(const wire::SubmitReport& report) {
    return report.urgent() || report.smell_of_gas() || report.kind() == wire::REPORT_KIND_FIRE;
}

store::Report stored(const Draft& draft, const wire::SubmitReport& given) {
    store::Report report;
    report.set_id(draft.new_id());
    report.set_kind(given.kind());
    report.set_text(given.text());
    if (given.has_place()) {
        *report.mutable_place() = given.place();
        report.mutable_place()->clear_coarse();
    }
    report.set_building(given.building());
    report.set_urgent(is_urgent(given));
    const std::int64_t observed = given.observed_time_ms();
    const bool doubtful = observed != 0 && (observed > draft.now_ms() + kClockAheadMs ||
                                            observed < draft.now_ms() - kLongAgoMs);
    report.set_observed_time_ms(observed == 0 || doubtful ? draft.now_ms() : observed);
    report.set_time_doubtful(doubtful);
    report.set_received_time_ms(draft.now_ms());
    report.set_notice_id(given.notice_id());
    report.set_smell_of_gas(given.smell_of_gas());
    report.set_reporter_person_id(draft.person().id());
    report.set_reporter_name(draft.person().name());
    report.set_may_call(given.may_call());
    if (given.may_call()) {
        report.set_reporter_phone(draft.person().phone());
    }
    return report;
}

// The notice that a report answers; null where it answers none. One that the reporter may not see
// does not exist for them.
Result<const store::Notice*> answered(Draft& draft, const wire::SubmitReport& report) {
    if (report.notice_id().empty()) {
        return nullptr;
    }
    draft.read("notice/" + report.notice_id());
    const store::Notice* notice = draft.state().notice(report.notice_id());
    const std::string field = "command.submit_report.notice_id";
    if (notice == nullptr ||
        view_of_notice(draft.state(), draft.person(), *notice) == store::VIEW_UNSPECIFIED) {
        return refuse(code::unknown_notice, field, "No such notice, or none that you may see.");
    }
    if (notice->notice().kind() == wire::NOTICE_KIND_ADVISORY) {
        return refuse(code::value_invalid, field, "An advisory asks for no answer.");
    }
    return notice;
}

store::Incident opened(const Draft& draft,
                       const store::Report& report,
                       const Route& route,
                       const store::Notice* notice) {
    store::Incident incident;
    incident.set_id(draft.new_id());
    incident.set_version(1);
    incident.set_life(1);
    incident.set_kind(report.kind());
    incident.set_state(wire::INCIDENT_STATE_OPEN);
    incident.set_lane(report.urgent() ? wire::LANE_ALARM : wire::LANE_ROUTINE);
    incident.set_urgent(report.urgent());
    if (report.has_place()) {
        *incident.mutable_place() = report.place();
        incident.set_place_report_id(report.id());
    }
    incident.set_station_id(route.station_id);
    incident.set_area_id(route.area_id);
    for (const std::string& station : route.neighbour_station_ids) {
        incident.add_neighbour_station_ids(station);
    }
    incident.set_opened_time_ms(draft.now_ms());
    incident.set_updated_time_ms(draft.now_ms());
    incident.set_latest_report_time_ms(draft.now_ms());
    incident.set_report_count(1);
    incident.set_last_report_number(1);
    incident.set_text(report.text());
    incident.set_notice_id(report.notice_id());
    if (notice != nullptr && notice->notice().station_id() != route.station_id) {
        incident.set_notice_station_id(notice->notice().station_id());
    }
    return incident;
}

// The stations that this report touches become neighbours too, but for the one in charge.
store::Incident joined(Draft& draft,
                       const store::Incident& before,
                       const store::Report& report,
                       const Route& route) {
    // One of many fires of one person did not ring everywhere; with a second word for it, it does.
    const bool is_confirmed = before.pattern() == wire::PATTERN_MANY_FIRES &&
                              is_second_word(draft.state(), before, report.reporter_person_id());
    const bool rings = (report.urgent() && !before.urgent()) || is_confirmed ||
                       is_elsewhere(draft.state(), before, report);
    const bool again = is_over(before);
    store::Incident incident = again ? lived_on(draft, before) : changed(draft, before);
    incident.set_report_count(before.report_count() + 1);
    incident.set_last_report_number(std::max(before.last_report_number(), before.report_count()) +
                                    1);
    incident.set_latest_report_time_ms(std::max(before.latest_report_time_ms(), draft.now_ms()));
    if (report.urgent()) {
        incident.set_urgent(true);
        incident.set_lane(wire::LANE_ALARM);
    }
    add_neighbours(incident, route.neighbour_station_ids);
    add_neighbours(incident, {route.station_id});
    if (again) {
        reopen(draft, incident);
    }
    if (rings) {
        draft.event().set_rings(true);
    }
    return incident;
}

// The reporter's version of the incident begins at 1, or goes on where the person has reported it
// before: with the life where that has risen for everybody.
void give_version(Draft& draft,
                  const store::Incident& incident,
                  bool life_has_risen,
                  store::Report& report) {
    report.set_life_offset(1 - incident.life());
    for (const store::Report* other : draft.state().reports_of(incident.id())) {
        if (other->reporter_person_id() == report.reporter_person_id() &&
            shown_id(*other) == incident.id()) {
            report.set_life_offset(other->life_offset());
            report.set_seen_at_desk(other->seen_at_desk());
            report.set_fire_desk_shown_time_ms(other->fire_desk_shown_time_ms());
            if (!life_has_risen) {
                tell_reporter(draft, report);
            }
            return;
        }
    }
}

}  // namespace

Result<Decision> decide_report(Draft& draft, const wire::SubmitReport& given) {
    const Result<const store::Notice*> notice = answered(draft, given);
    if (!notice) {
        return std::unexpected(notice.error());
    }
    const Route route = route_of(draft.state(), draft.person(), given);
    const bool is_fire = given.kind() == wire::REPORT_KIND_FIRE;
    store::Report report = stored(draft, given);
    const store::Incident* fire =
        is_fire && report.has_place() ? fire_to_join(draft, route, report) : nullptr;
    if (fire != nullptr && knows_it_elsewhere(draft.state(), *fire, draft.person().id())) {
        fire = nullptr;
    }
    store::Incident incident;
    bool is_opened_again = false;
    if (fire != nullptr) {
        draft.read("incident/" + fire->id());
        is_opened_again = is_over(*fire);
        incident = joined(draft, *fire, report, route);
    } else {
        incident = opened(draft, report, route, *notice);
        draft.event().set_rings(report.urgent());
        propose_same(draft, incident, report);
        if (is_fire) {
            draft.raise_fires(route.station_id);
            if (is_one_of_many_fires(draft, report)) {
                incident.set_pattern(wire::PATTERN_MANY_FIRES);
                draft.event().set_rings(
                    !has_heard_of(draft, report.reporter_person_id(), route.station_id));
            }
        }
        draft.extend_trail(incident);
    }
    report.set_incident_id(incident.id());
    report.set_number(incident.last_report_number());
    if (fire != nullptr && draft.event().rings() && shown_time_ms(*fire, kFireDesk) != 0) {
        report.set_fire_desk_shown_time_ms(kToBeShownAnew);
    }
    give_version(draft, incident, is_opened_again, report);

    // Who reported before is not told that another report exists: only the sender has an entry of
    // their own here. That a closed incident is open again they are told, and not why.
    draft.concern(staff_audiences(draft.state(), incident));
    draft.concern(is_opened_again
                      ? all_told(draft.state(), report, wire::EVENT_KIND_INCIDENT_REOPENED)
                      : std::vector{reporter_audience(report)});
    draft.receipt().set_incident_id(incident.id());
    draft.receipt().set_report_id(report.id());
    const wire::Lane lane = incident.lane();
    *draft.event().mutable_report() = std::move(report);
    *draft.event().mutable_incident() = std::move(incident);
    return draft.finish(
        fire != nullptr ? wire::EVENT_KIND_REPORT_JOINED : wire::EVENT_KIND_INCIDENT_OPENED, lane);
}

Result<Decision> decide_practice(Draft& draft,
                                 const wire::SubmitReport& given,
                                 const Route& route) {
    store::Report report = stored(draft, given);
    store::Incident incident = opened(draft, report, route, nullptr);
    incident.set_drill(true);
    report.set_incident_id(incident.id());
    report.set_number(incident.last_report_number());
    give_version(draft, incident, false, report);
    draft.event().set_rings(true);
    draft.concern(staff_audiences(draft.state(), incident));
    draft.concern({reporter_audience(report)});
    draft.receipt().set_incident_id(incident.id());
    draft.receipt().set_report_id(report.id());
    *draft.event().mutable_report() = std::move(report);
    *draft.event().mutable_incident() = std::move(incident);
    return draft.finish(wire::EVENT_KIND_INCIDENT_OPENED, wire::LANE_ROUTINE);
}

}  // namespace tocsin::domain
