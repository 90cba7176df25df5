// A report opens an incident or, a fire near an open fire, joins one.

#include <algorithm>
#include <set>

#include "hub/domain/access.hpp"
#include "hub/domain/draft.hpp"
#include "hub/domain/routing.hpp"

namespace tocsin::domain {
namespace {

constexpr std::int64_t kClockAheadMs = 5LL * 60 * 1000;
constexpr std::int64_t kLongAgoMs = 30LL * 24 * 60 * 60 * 1000;
constexpr int kDefaultJoinDistanceM = 150;
constexpr int kDefaultJoinWithinS = 1800;

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
    const std::vector<Feed> feeds = feeds_of(draft.state(), draft.person());
    const auto sees = [&](const store::Audience& audience) {
        return std::ranges::any_of(feeds, [&](const Feed& feed) {
            return feed.channel == audience.channel() && feed.view == audience.view();
        });
    };
    const std::string field = "command.submit_report.notice_id";
    if (notice == nullptr || !std::ranges::any_of(audiences_of(draft.state(), *notice), sees)) {
        return refuse(code::unknown_notice, field, "No such notice, or none that you may see.");
    }
    if (notice->notice().kind() == wire::NOTICE_KIND_ADVISORY) {
        return refuse(code::value_invalid, field, "An advisory asks for no answer.");
    }
    return notice;
}

// The open fire that a fire at this place joins, or null. Reads the open fires of every station
// that it looks at: that of the route, those within the distance, and the bureau's own, which lie
// outside every station.
const store::Incident* fire_to_join(Draft& draft, const Route& route, const wire::Place& place) {
    const State& state = draft.state();
    const wire::District& settings = state.district();
    const double distance = settings.fire_join_distance_m() > 0 ? settings.fire_join_distance_m()
                                                                : kDefaultJoinDistanceM;
    const std::int64_t within_ms =
        1000LL *
        (settings.fire_join_within_s() > 0 ? settings.fire_join_within_s() : kDefaultJoinWithinS);
    std::set<std::string> stations = {"", route.station_id};
    for (std::string& station : state.area_index().stations_within(place, distance)) {
        stations.insert(std::move(station));
    }
    const store::Incident* nearest = nullptr;
    double nearest_m = distance;
    for (const std::string& station : stations) {
        draft.read("set/" + fires_set(station));
        for (const store::Incident* fire : state.open_fires(station)) {
            if (!fire->has_place() || draft.now_ms() - fire->latest_report_time_ms() > within_ms) {
                continue;
            }
            const double away = distance_m(fire->place(), place);
            if (away < nearest_m ||
                (away <= nearest_m && (nearest == nullptr || fire->id() < nearest->id()))) {
                nearest = fire;
                nearest_m = away;
            }
        }
    }
    return nearest;
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
    incident.set_text(report.text());
    incident.set_notice_id(report.notice_id());
    if (notice != nullptr && notice->notice().station_id() != route.station_id) {
        incident.set_notice_station_id(notice->notice().station_id());
    }
    return incident;
}

// The stations that this report touches become neighbours too, but for the one in charge.
store::Incident joined(const Draft& draft,
                       const store::Incident& before,
                       const store::Report& report,
                       const Route& route) {
    store::Incident incident = before;
    incident.set_version(before.version() + 1);
    incident.set_report_count(before.report_count() + 1);
    incident.set_updated_time_ms(draft.now_ms());
    incident.set_latest_report_time_ms(std::max(before.latest_report_time_ms(), draft.now_ms()));
    if (report.urgent()) {
        incident.set_urgent(true);
        incident.set_lane(wire::LANE_ALARM);
    }
    std::set<std::string> neighbours(route.neighbour_station_ids.begin(),
                                     route.neighbour_station_ids.end());
    neighbours.insert(before.neighbour_station_ids().begin(), before.neighbour_station_ids().end());
    neighbours.insert(route.station_id);
    neighbours.erase(before.station_id());
    neighbours.erase("");
    incident.clear_neighbour_station_ids();
    for (const std::string& station : neighbours) {
        incident.add_neighbour_station_ids(station);
    }
    return incident;
}

}  // namespace

Result<Decision> decide_report(Draft& draft, const wire::SubmitReport& given) {
    const Result<const store::Notice*> notice = answered(draft, given);
    if (!notice) {
        return std::unexpected(notice.error());
    }
    const Route route = route_of(draft.state(), draft.person(), given);
    const bool is_fire = given.kind() == wire::REPORT_KIND_FIRE;
    const store::Incident* fire =
        is_fire && given.has_place() ? fire_to_join(draft, route, given.place()) : nullptr;

    store::Report report = stored(draft, given);
    store::Incident incident;
    if (fire != nullptr) {
        draft.read("incident/" + fire->id());
        incident = joined(draft, *fire, report, route);
    } else {
        incident = opened(draft, report, route, *notice);
        if (is_fire) {
            draft.raise_set(fires_set(route.station_id));
        }
    }
    report.set_incident_id(incident.id());
    report.set_number(incident.report_count());

    // Who reported before is not told that another report exists: only the sender has an entry of
    // their own here.
    draft.concern(staff_audiences(draft.state(), incident));
    draft.concern({reporter_audience(report)});
    draft.receipt().set_incident_id(incident.id());
    draft.receipt().set_report_id(report.id());
    const wire::Lane lane = incident.lane();
    *draft.event().mutable_report() = std::move(report);
    *draft.event().mutable_incident() = std::move(incident);
    return draft.finish(
        fire != nullptr ? wire::EVENT_KIND_REPORT_JOINED : wire::EVENT_KIND_INCIDENT_OPENED, lane);
}

}  // namespace tocsin::domain
