#include "hub/domain/move_reports.hpp"

#include <algorithm>
#include <utility>

#include "hub/domain/incident_life.hpp"
#include "hub/domain/own_report.hpp"
#include "hub/domain/own_view.hpp"
#include "hub/domain/proof.hpp"
#include "hub/domain/sight.hpp"

namespace tocsin::domain {
namespace {

// Empty for a note.
const std::string& report_spoken_of(const wire::Statement& statement) {
    switch (statement.content_case()) {
        case wire::Statement::kAmendment:
            return statement.amendment().report_id();
        case wire::Statement::kQuestion:
            return statement.question().report_id();
        case wire::Statement::kAnswer:
            return statement.answer().report_id();
        default:
            return wire::Amendment::default_instance().report_id();
    }
}

// What its reporter was told by `from`, and has not lapsed there, stays told; what is to be shown
// anew is so elsewhere, too.
void keep_shown(const store::Incident& from, store::Report& report) {
    const std::int64_t told_ms = told_shown_ms(from, report);
    const std::int64_t shown_ms = from.shown_time_ms();
    const std::int64_t at_fire_desk = own_fire_desk_shown_ms(from, report);
    report.set_shown_time_ms(
        told_ms != 0 || shown_ms == 0 ? told_ms : std::max(shown_ms, report.received_time_ms()));
    if (at_fire_desk != 0 || report.fire_desk_shown_time_ms() != kToBeShownAnew) {
        report.set_fire_desk_shown_time_ms(at_fire_desk);
    }
}

// Whether its reporter is told that it was shown to those in charge, and at the fire desk.
std::pair<bool, bool> is_told(const store::Incident& incident, const store::Report& report) {
    return {told_shown_ms(incident, report) != 0 || incident.shown_time_ms() != 0,
            own_fire_desk_shown_ms(incident, report) != 0};
}

bool same_feed(const store::Audience& a, const store::Audience& b) {
    return a.channel() == b.channel() && a.view() == b.view();
}

// The reporter's version in `to`, as it was in `from`.
void keep_version(const State& state,
                  const store::Incident& from,
                  const store::Incident& to,
                  const store::Report& report,
                  store::Report& moved) {
    const std::string& person_id = report.reporter_person_id();
    if (sees_at_desk(state, person_id, from) || sees_at_desk(state, person_id, to)) {
        // At a desk they see two incidents: one id cannot stand for both.
        moved.clear_shown_incident_id();
        moved.set_life_offset(1 - to.life());
    } else {
        const std::string& shown = shown_id(report);
        moved.set_shown_incident_id(shown == to.id() ? "" : shown);
        moved.set_life_offset(own_version(from, report) - to.life());
    }
    moved.set_seen_at_desk(false);
}

// What the reporter was told so far stays told.
void keep_story(const wire::Incident& seen, const store::Incident& to, store::Report& moved) {
    *moved.mutable_left_hand_overs() = seen.hand_overs();
    *moved.mutable_left_reopenings() = seen.reopenings();
    moved.set_joined_hand_overs(to.hand_overs_size());
    moved.set_joined_reopenings(to.reopenings_size());
    moved.set_told_time_ms(seen.updated_time_ms());
}

// One that comes back to the incident that its reporter knows: whoever sees that at a desk some day
// sees no lower version there.
void keep_ahead(const State& state,
                const store::Incident& from,
                store::Incident& to,
                const std::set<std::string>& ids) {
    for (const store::Report* report : state.reports_of(from.id())) {
        if (ids.contains(report->id()) && shown_id(*report) == to.id()) {
            to.set_version(std::max(to.version(), own_version(from, *report) + 1));
        }
    }
}

bool is_same_to_reporter(const store::Report& a, const store::Report& b) {
    return a.reporter_person_id() == b.reporter_person_id() && shown_id(a) == shown_id(b);
}

// Who is told of one own report is told of all that stand for the same incident.
void tell(Draft& draft, Move& move) {
    for (const store::Report& report : move.reports) {
        if (!move.told.contains(report.id())) {
            continue;
        }
        for (const store::Report& other : move.reports) {
            if (is_same_to_reporter(report, other)) {
                move.told.insert(other.id());
            }
        }
    }
    for (store::Report& report : move.reports) {
        if (move.told.contains(report.id())) {
            report.set_life_offset(report.life_offset() + 1);
            report.set_told_time_ms(draft.now_ms());
        }
    }
}

}  // namespace

Move move_parts(Draft& draft,
                const store::Incident& from,
                store::Incident& to,
                const std::set<std::string>& ids) {
    const State& state = draft.state();
    Move move;
    keep_ahead(state, from, to, ids);
    for (const store::Report* report : state.reports_of(from.id())) {
        if (!ids.contains(report->id())) {
            continue;
        }
        store::Report& moved = move.reports.emplace_back(next_version(*report));
        moved.set_incident_id(to.id());
        to.set_last_report_number(std::max(to.last_report_number(), to.report_count()) + 1);
        to.set_report_count(to.report_count() + 1);
        moved.set_number(to.last_report_number());
        const wire::Incident seen = own_view(from, *report);
        keep_version(state, from, to, *report, moved);
        keep_shown(from, moved);
        keep_story(seen, to, moved);
        if (!is_told_the_same(seen, own_view(to, moved))) {
            move.told.insert(moved.id());
        }
    }
    tell(draft, move);
    for (const store::Statement* statement : state.statements_of(from.id())) {
        if (ids.contains(statement->statement().id())) {
            store::Statement& moved = move.statements.emplace_back(*statement);
            moved.set_version(std::max(statement->version(), 1) + 1);
            moved.set_incident_id(to.id());
            to.set_statement_count(to.statement_count() + 1);
            moved.set_number(to.statement_count());
        }
    }
    return move;
}

bool stayers_see(const State& state,
                 const store::Incident& before,
                 const store::Incident& after,
                 const std::set<std::string>& ids) {
    return std::ranges::any_of(state.reports_of(before.id()), [&](const store::Report* report) {
        return !ids.contains(report->id()) &&
               !is_told_the_same(own_view(before, *report), own_view(after, *report));
    });
}

void add_what_was_said(const State& state,
                       const store::Incident& incident,
                       std::set<std::string>& ids) {
    for (const store::Statement* said : state.statements_of(incident.id())) {
        if (ids.contains(report_spoken_of(said->statement()))) {
            ids.insert(said->statement().id());
        }
    }
}

store::Incident split_off(Draft& draft,
                          const store::Incident& from,
                          const std::set<std::string>& report_ids) {
    store::Incident one;
    one.set_id(draft.new_id());
    one.set_version(1);
    one.set_life(1);
    one.set_lane(wire::LANE_ROUTINE);
    one.set_drill(from.drill());
    one.set_station_id(from.station_id());
    one.set_area_id(from.area_id());
    one.set_opened_time_ms(draft.now_ms());
    one.set_updated_time_ms(draft.now_ms());
    *one.mutable_acknowledgements() = from.acknowledgements();
    *one.mutable_responses() = from.responses();
    one.set_state(standing(one));
    for (const store::Report* report : draft.state().reports_of(from.id())) {
        if (!report_ids.contains(report->id())) {
            continue;
        }
        // The first says what it is about, unless another is a fire.
        if (one.kind() == wire::REPORT_KIND_UNSPECIFIED) {
            one.set_kind(report->kind());
            one.set_text(report->text());
            one.set_notice_id(report->notice_id());
        }
        if (report->kind() == wire::REPORT_KIND_FIRE) {
            one.set_kind(wire::REPORT_KIND_FIRE);
        }
        if (report->urgent()) {
            one.set_urgent(true);
            one.set_lane(wire::LANE_ALARM);
        }
        one.set_latest_report_time_ms(
            std::max(one.latest_report_time_ms(), report->received_time_ms()));
        if (report->has_place() && !one.has_place()) {
            *one.mutable_place() = report->place();
            one.set_place_report_id(report->id());
            const Route route = draft.state().area_index().route(report->place());
            one.set_area_id(route.area_id);
            add_neighbours(one, route.neighbour_station_ids);
            add_neighbours(one, {route.station_id});
        }
    }
    if (!one.notice_id().empty()) {
        one.set_notice_station_id(from.notice_station_id());
    }
    leave_other_grids(draft, one);
    return one;
}

void part_reporters(Draft& draft,
                    const store::Incident& from,
                    const store::Incident& to,
                    Move& move) {
    std::vector<store::Report> told;
    for (store::Report& moved : move.reports) {
        const std::string shown = shown_id(moved);
        const auto stays = [&](const store::Report* other) {
            return std::ranges::find(move.reports, other->id(), &store::Report::id) ==
                       move.reports.end() &&
                   other->reporter_person_id() == moved.reporter_person_id() &&
                   shown_id(*other) == shown;
        };
        if (std::ranges::any_of(draft.state().reports_of(from.id()), stays)) {
            moved.clear_shown_incident_id();
            moved.set_life_offset(1 - to.life());
            move.told.erase(moved.id());
            told.push_back(moved);
        }
    }
    std::vector<store::Audience> audiences = reporter_audiences(told);
    for (store::Audience& audience : audiences) {
        audience.set_kind(wire::EVENT_KIND_INCIDENT_OPENED);
    }
    draft.concern(audiences);
}

void give_place(const Draft& draft, store::Incident& incident, const std::set<std::string>& gone) {
    if (!gone.contains(incident.place_report_id())) {
        return;
    }
    const State& state = draft.state();
    for (const store::Report* report : state.reports_of(incident.id())) {
        if (!gone.contains(report->id()) && report->has_place()) {
            *incident.mutable_place() = report->place();
            incident.set_place_report_id(report->id());
            incident.set_area_id(state.area_index().route(report->place()).area_id);
            leave_other_grids(draft, incident);
            return;
        }
    }
    incident.clear_place();
    incident.clear_place_report_id();
}

void give_words(const State& state, store::Incident& incident, const std::set<std::string>& gone) {
    std::vector<const store::Report*> left = state.reports_of(incident.id());
    const bool first_went = !left.empty() && gone.contains(left.front()->id());
    std::erase_if(left, [&](const store::Report* report) { return gone.contains(report->id()); });
    if (!first_went || left.empty()) {
        return;
    }
    incident.set_text(left.front()->text());
    const bool still_answers = std::ranges::any_of(left, [&](const store::Report* report) {
        return report->notice_id() == incident.notice_id();
    });
    if (!still_answers) {
        const store::Notice* notice = state.notice(left.front()->notice_id());
        const std::string station = notice == nullptr ? "" : notice->notice().station_id();
        incident.set_notice_id(left.front()->notice_id());
        incident.set_notice_station_id(station == incident.station_id() ? "" : station);
    }
}

void tell_reporters(Draft& draft,
                    Move& move,
                    const store::Incident* stays,
                    const store::Incident& subject,
                    const store::Incident& other) {
    const State& state = draft.state();
    std::vector<store::Report> reports;
    for (const store::Report& report : move.reports) {
        const std::string& person_id = report.reporter_person_id();
        // They are told at their desk.
        if (move.told.contains(report.id()) && !sees_at_desk(state, person_id, subject) &&
            !sees_at_desk(state, person_id, other)) {
            reports.push_back(report);
        }
    }
    if (stays != nullptr) {
        for (const store::Report* report : state.reports_of(stays->id())) {
            if (std::ranges::find(move.reports, report->id(), &store::Report::id) ==
                move.reports.end()) {
                store::Report& told = reports.emplace_back(next_version(*report));
                told.set_told_time_ms(draft.now_ms());
                *draft.event().add_more_reports() = told;
            }
        }
    }
    std::vector<store::Audience> audiences = reporter_audiences(reports);
    for (store::Audience& audience : audiences) {
        const store::Report& own = audience.own_report();
        const store::Incident& now_in = own.incident_id() == subject.id() ? subject : other;
        const store::Incident* was_in = state.incident(state.report(own.id())->incident_id());
        const bool is_shown = is_told(now_in, own) != std::pair(false, false);
        const wire::EventKind proven =
            is_shown ? wire::EVENT_KIND_INCIDENT_SHOWN : wire::EVENT_KIND_INCIDENT_DELIVERED;
        audience.set_kind(now_in.state() == was_in->state() ? proven
                                                            : kind_of_state(now_in.state()));
    }
    draft.concern(audiences);
}

Decision finish_move(
    Draft& draft, store::Incident subject, store::Incident other, Move move, wire::EventKind kind) {
    std::vector<store::Audience> audiences = staff_audiences(draft.state(), subject);
    std::vector<store::Audience> others = staff_audiences(draft.state(), other);
    const auto in = [](const std::vector<store::Audience>& list, const store::Audience& one) {
        return std::ranges::any_of(list, [&](const auto& each) { return same_feed(each, one); });
    };
    for (store::Audience& audience : audiences) {
        if (!in(others, audience)) {
            audience.set_part(store::PART_SUBJECT);
        }
    }
    for (store::Audience& audience : others) {
        if (!in(audiences, audience)) {
            audience.set_part(store::PART_OTHER);
            audiences.push_back(std::move(audience));
        }
    }
    store::EventBody& event = draft.event();
    for (store::Report& report : move.reports) {
        *event.add_more_reports() = std::move(report);
    }
    for (store::Statement& statement : move.statements) {
        *event.add_more_statements() = std::move(statement);
    }
    const wire::Lane lane = subject.lane();
    *event.mutable_other() = std::move(other);
    draft.concern(audiences);
    draft.receipt().set_incident_id(subject.id());
    *event.mutable_incident() = std::move(subject);
    return draft.finish(kind, lane);
}

}  // namespace tocsin::domain
