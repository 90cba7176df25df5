// Two incidents are one, or are two after all. Reports and what was said about them move; their
// reporters keep the id that they know, and a version that rises by what they are told.

#include <algorithm>
#include <set>

#include "hub/domain/incident_life.hpp"
#include "hub/domain/move_reports.hpp"
#include "hub/domain/shift.hpp"

namespace tocsin::domain {
namespace {

bool is_fire(const store::Incident& incident) {
    return incident.kind() == wire::REPORT_KIND_FIRE;
}

// What is left of a merged incident answers the other's notice no more, unless a report that stays
// does.
void give_back_notice(const State& state,
                      const store::Incident& other,
                      const std::set<std::string>& ids,
                      store::Incident& left) {
    const std::vector<const store::Report*> reports = state.reports_of(left.id());
    const bool is_own = std::ranges::any_of(reports, [&](const store::Report* report) {
        return report->notice_id() == left.notice_id() && !ids.contains(report->id());
    });
    if (!is_own && left.notice_id() == other.notice_id()) {
        left.clear_notice_id();
    }
    if (!is_own && left.notice_station_id() == other.notice_station_id()) {
        left.clear_notice_station_id();
    }
}

// Everything that an incident has.
std::set<std::string> all_parts(const State& state, const store::Incident& incident) {
    std::set<std::string> ids;
    for (const store::Report* report : state.reports_of(incident.id())) {
        ids.insert(report->id());
    }
    for (const store::Statement* statement : state.statements_of(incident.id())) {
        ids.insert(statement->statement().id());
    }
    return ids;
}

// The incident that stays, with what the other brings but for its reports.
store::Incident with(const Draft& draft, const store::Incident& into, const store::Incident& from) {
    store::Incident stays = changed(draft, into);
    take_over_steps(stays, from);
    if (from.urgent()) {
        stays.set_urgent(true);
        stays.set_lane(wire::LANE_ALARM);
    }
    if (!stays.has_place() && from.has_place()) {
        *stays.mutable_place() = from.place();
        stays.set_area_id(from.area_id());
        stays.set_place_report_id(from.place_report_id());
    }
    // Whose notice the other answered goes on seeing what became of it.
    if (stays.notice_id().empty()) {
        stays.set_notice_id(from.notice_id());
    }
    if (stays.notice_station_id().empty()) {
        stays.set_notice_station_id(from.notice_station_id());
    }
    leave_other_grids(draft, stays);
    stays.set_latest_report_time_ms(
        std::max(into.latest_report_time_ms(), from.latest_report_time_ms()));
    add_neighbours(stays,
                   {from.neighbour_station_ids().begin(), from.neighbour_station_ids().end()});
    return stays;
}

Result<void> may_be_one(const Found& from, const Found& into) {
    if (from.incident == into.incident) {
        return refuse(code::value_invalid, into.field, "An incident does not go up in itself.");
    }
    if (from.incident->station_id() != into.incident->station_id()) {
        return refuse_as_it_stands(
            code::wrong_state, into, "Two stations have them: hand one over first.");
    }
    if (from.incident->drill() != into.incident->drill()) {
        return refuse_as_it_stands(code::wrong_state,
                                   into,
                                   "One of them is a drill; practice and what is real stay apart.");
    }
    if (is_fire(*from.incident) && !is_fire(*into.incident)) {
        return refuse_as_it_stands(
            code::wrong_state, into, "A fire stays a fire: merge the other into it.");
    }
    return {};
}

}  // namespace

Decision merge(Draft& draft, const store::Incident& from, const store::Incident& into) {
    store::Incident stays = with(draft, into, from);
    const std::set<std::string> ids = all_parts(draft.state(), from);
    const bool told_into = stayers_see(draft.state(), into, stays, ids);
    stays.set_life(stays.life() + (told_into ? 1 : 0));
    Move move = move_parts(draft, from, stays, ids);

    store::Incident goes = changed(draft, from);
    goes.set_state(wire::INCIDENT_STATE_MERGED);
    goes.set_merged_into(stays.id());
    goes.mutable_merged_ids()->Assign(ids.begin(), ids.end());
    goes.set_report_count(0);
    goes.add_went_to(stays.id());
    if (is_fire(stays)) {
        draft.raise_fires(stays.station_id());
    }
    tell_reporters(draft, move, told_into ? &stays : nullptr, stays, goes);
    return finish_move(draft,
                       std::move(stays),
                       std::move(goes),
                       std::move(move),
                       wire::EVENT_KIND_INCIDENT_MERGED);
}

Result<Decision> decide_merge(Draft& draft, const wire::MergeIncident& request) {
    const std::string in = "command.merge_incident.";
    const Result<Found> from =
        find_open_incident(draft, request.incident_id(), Act::arrange, in + "incident_id");
    if (!from) {
        return std::unexpected(from.error());
    }
    const Result<Found> into = find_open_incident(
        draft, request.into_incident_id(), Act::arrange, in + "into_incident_id");
    if (!into) {
        return std::unexpected(into.error());
    }
    if (const Result<void> one = may_be_one(*from, *into); !one) {
        return std::unexpected(one.error());
    }
    return merge(draft, *from->incident, *into->incident);
}

Result<Decision> decide_unmerge(Draft& draft, const wire::UnmergeIncident& request) {
    const std::string field = "command.unmerge_incident.incident_id";
    const Result<Found> found = find_incident(draft, request.incident_id(), Act::arrange, field);
    if (!found) {
        return std::unexpected(found.error());
    }
    if (found->incident->state() != wire::INCIDENT_STATE_MERGED) {
        return refuse_as_it_stands(code::wrong_state, *found, "The incident is not merged.");
    }
    const Result<Found> survivor =
        find_incident(draft, found->incident->merged_into(), Act::arrange, field);
    if (!survivor) {
        return std::unexpected(survivor.error());
    }
    if (const Result<void> merged = not_merged(*survivor); !merged) {
        return std::unexpected(merged.error());
    }
    const store::Incident& before = *survivor->incident;
    const auto& merged_ids = found->incident->merged_ids();
    std::set<std::string> ids(merged_ids.begin(), merged_ids.end());
    add_what_was_said(draft.state(), before, ids);

    store::Incident again = changed(draft, *found->incident);
    again.clear_merged_into();
    again.clear_merged_ids();
    again.set_state(standing(again));
    release_from_off_duty(draft.state(), again, draft.now_ms());
    store::Incident left = changed(draft, before);
    give_up_steps(left, again.id());
    if (left.state() != wire::INCIDENT_STATE_RESOLVED) {
        left.set_state(standing(left));
    }
    Move move = move_parts(draft, before, again, ids);
    left.set_report_count(left.report_count() - static_cast<int>(move.reports.size()));
    if (left.report_count() <= 0 || move.reports.empty()) {
        return refuse_as_it_stands(
            code::wrong_state, *survivor, "Nothing would be left of one of them.");
    }
    give_place(draft, left, ids);
    give_words(draft.state(), left, ids);
    give_back_notice(draft.state(), again, ids, left);
    const bool told_left = stayers_see(draft.state(), before, left, ids);
    left.set_life(left.life() + (told_left ? 1 : 0));
    if (is_fire(again) || is_fire(left)) {
        draft.raise_fires(again.station_id());
        draft.raise_fires(left.station_id());
    }
    draft.event().set_rings(again.urgent() && again.state() == wire::INCIDENT_STATE_OPEN);
    tell_reporters(draft, move, told_left ? &left : nullptr, again, left);
    return finish_move(draft,
                       std::move(again),
                       std::move(left),
                       std::move(move),
                       wire::EVENT_KIND_INCIDENT_UNMERGED);
}

Result<Decision> decide_split(Draft& draft, const wire::SplitIncident& request) {
    const std::string in = "command.split_incident.";
    const Result<Found> found =
        find_open_incident(draft, request.incident_id(), Act::arrange, in + "incident_id");
    if (!found) {
        return std::unexpected(found.error());
    }
    const State& state = draft.state();
    const store::Incident& before = *found->incident;
    std::set<std::string> ids;
    for (int i = 0; i < request.report_ids_size(); ++i) {
        const store::Report* report = state.report(request.report_ids(i));
        if (report == nullptr || report->incident_id() != before.id()) {
            return refuse(code::unknown_report,
                          in + "report_ids[" + std::to_string(i) + "]",
                          "The incident has no such report.");
        }
        ids.insert(report->id());
    }
    if (static_cast<int>(ids.size()) >= before.report_count()) {
        return refuse_as_it_stands(
            code::wrong_state, *found, "At least one report stays with the incident.");
    }
    store::Incident one = split_off(draft, before, ids);
    draft.extend_trail(one);
    add_what_was_said(state, before, ids);
    Move move = move_parts(draft, before, one, ids);
    part_reporters(draft, before, one, move);
    store::Incident left = changed(draft, before);
    left.set_report_count(left.report_count() - static_cast<int>(move.reports.size()));
    left.add_went_to(one.id());
    give_place(draft, left, ids);
    give_words(state, left, ids);
    const bool told_left = stayers_see(state, before, left, ids);
    left.set_life(left.life() + (told_left ? 1 : 0));
    tell_reporters(draft, move, told_left ? &left : nullptr, one, left);
    if (is_fire(one) || is_fire(left)) {
        draft.raise_fires(left.station_id());
    }
    draft.event().set_rings(one.urgent());
    return finish_move(
        draft, std::move(one), std::move(left), std::move(move), wire::EVENT_KIND_INCIDENT_SPLIT);
}

}  // namespace tocsin::domain
