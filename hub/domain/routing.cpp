#include "hub/domain/routing.hpp"

#include <map>
#include <set>

#include "hub/domain/access.hpp"
#include "hub/domain/decide.hpp"
#include "hub/domain/notice.hpp"
#include "hub/domain/own_report.hpp"

namespace tocsin::domain {
namespace {

void add(std::vector<store::Audience>& audiences, std::string channel, store::View view) {
    store::Audience& audience = audiences.emplace_back();
    audience.set_channel(std::move(channel));
    audience.set_view(view);
}

}  // namespace

std::string grid_of(const State& state, std::string_view area_id) {
    for (const std::string& id : state.area_index().self_and_above(area_id)) {
        const wire::Area* area = state.area(id);
        if (area != nullptr && area->kind() == wire::AREA_KIND_GRID) {
            return id;
        }
    }
    return {};
}

std::vector<store::Audience> staff_audiences(const State& state, const store::Incident& incident) {
    std::vector<store::Audience> audiences;
    if (!incident.station_id().empty()) {
        add(audiences, "station/" + incident.station_id(), store::VIEW_OFFICER);
        add(audiences, "station/" + incident.station_id(), store::VIEW_CREW);
    }
    add(audiences, "bureau", store::VIEW_BUREAU);
    if (incident.kind() == wire::REPORT_KIND_FIRE) {
        add(audiences, "fire", store::VIEW_FIRE_DESK);
    }
    if (incident.kind() == wire::REPORT_KIND_HAZARD ||
        incident.kind() == wire::REPORT_KIND_DISPUTE) {
        if (const std::string grid = grid_of(state, incident.area_id()); !grid.empty()) {
            add(audiences, "area/" + grid, store::VIEW_GRID);
        }
    }
    for (const std::string& station : incident.neighbour_station_ids()) {
        add(audiences, "station/" + station, store::VIEW_NEIGHBOUR);
    }
    if (!incident.notice_station_id().empty() &&
        incident.notice_station_id() != incident.station_id()) {
        add(audiences, "station/" + incident.notice_station_id(), store::VIEW_OFFICER);
    }
    return audiences;
}

store::Audience reporter_audience(const store::Report& own_report) {
    store::Audience audience;
    audience.set_channel("me/" + own_report.reporter_person_id());
    audience.set_view(store::VIEW_REPORTER);
    *audience.mutable_own_report() = own_report;
    return audience;
}

std::vector<store::Audience> reporter_audiences(std::span<const store::Report> reports) {
    std::vector<store::Audience> audiences;
    std::map<std::string_view, std::size_t> by_person;
    std::set<std::pair<std::string_view, std::string_view>> shown;
    for (const store::Report& report : reports) {
        if (!shown.emplace(report.reporter_person_id(), shown_id(report)).second) {
            continue;
        }
        const auto [entry, is_new] =
            by_person.try_emplace(report.reporter_person_id(), audiences.size());
        if (is_new) {
            audiences.push_back(reporter_audience(report));
        } else {
            *audiences[entry->second].add_more_own_reports() = report;
        }
    }
    return audiences;
}

Route route_of(const State& state, const wire::Person& reporter, const wire::SubmitReport& report) {
    return report.has_place() ? state.area_index().route(report.place())
                              : state.area_index().route_home(reporter.home_area_id());
}

std::vector<store::Audience> audiences_of(const State& state, const store::Incident& incident) {
    std::vector<store::Audience> audiences = staff_audiences(state, incident);
    for (store::Audience& audience : all_reporters(state, incident.id(), nullptr)) {
        audiences.push_back(std::move(audience));
    }
    return audiences;
}

std::vector<store::Audience> acknowledgement_audiences(const store::Notice& notice,
                                                       const store::TeamMember& member) {
    std::vector<store::Audience> audiences;
    if (!notice.notice().station_id().empty()) {
        add(audiences, "station/" + notice.notice().station_id(), store::VIEW_OFFICER);
    }
    add(audiences, "bureau", store::VIEW_BUREAU);
    for (const std::string& team : member.team_ids()) {
        add(audiences, "team/" + team, store::VIEW_TEAM_LEAD);
    }
    add(audiences, "me/" + member.person_id(), store::VIEW_REPORTER);
    return audiences;
}

std::vector<store::Audience> audiences_of(const State& state, const store::Notice& notice) {
    const std::string& issuer = notice.notice().station_id();
    std::vector<store::Audience> audiences;
    if (!was_shown(notice)) {
        // Those who may release it, and nobody else.
        if (!issuer.empty()) {
            add(audiences, "station/" + issuer, store::VIEW_OFFICER);
        }
        add(audiences, "bureau", store::VIEW_BUREAU);
        return audiences;
    }
    for (const std::string& area : notice.notice().area_ids()) {
        add(audiences, "area/" + area, store::VIEW_PUBLIC);
    }
    for (const std::string& team : notice.notice().team_ids()) {
        add(audiences, "team/" + team, store::VIEW_TEAM);
        add(audiences, "team/" + team, store::VIEW_TEAM_LEAD);
    }
    for (const store::TeamMember& member : notice.members()) {
        // Who has left the team since sees the notice no more than others do.
        const wire::Person* person = state.person(member.person_id());
        if (member.acknowledged_time_ms() != 0 && person != nullptr &&
            !teams_heeding(state, *person, notice.notice()).empty()) {
            add(audiences, "me/" + member.person_id(), store::VIEW_REPORTER);
        }
    }
    const bool is_secret = is_unreleased(notice);
    for (const std::string& station : notice.station_ids()) {
        // The new text of one that is suspended is for those who may release it; other stations
        // learn that it is, or that it was withdrawn so.
        const bool knows = !is_secret || station == issuer;
        add(audiences, "station/" + station, knows ? store::VIEW_OFFICER : store::VIEW_NEIGHBOUR);
        add(audiences, "station/" + station, store::VIEW_CREW);
    }
    add(audiences, "bureau", store::VIEW_BUREAU);
    return audiences;
}

std::vector<store::Audience> admin_audiences(std::string_view own_person_id) {
    std::vector<store::Audience> audiences;
    add(audiences, "admin", store::VIEW_ADMIN);
    if (!own_person_id.empty()) {
        add(audiences, "me/" + std::string(own_person_id), store::VIEW_REPORTER);
    }
    return audiences;
}

}  // namespace tocsin::domain
