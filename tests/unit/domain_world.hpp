#pragma once
// A small district for the tests of the domain. Squares, so that every border has an easy number:
//
//   latitude 45.60 +-----------------------------------------+
//                  |        the bureau's own ground          |
//            45.58 +-------------+-------------+-------------+
//                  |  dongsheng  |             |             |
//            45.54 +------+------+  xinjiang   |  lianmeng   |
//                  |  g1  |  g2  |  (grid x1)  | (no grids)  |
//            45.50 +------+------+-------------+-------------+
//     longitude 126.60  126.63 126.66        126.72        126.80
//
// baoguo is west of 126.66; g1 and g2 lie in its community huahui. x1 is the grid of xinjiang's
// community xinyou, both below 45.54 and west of 126.69.

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "hub/domain/access.hpp"
#include "hub/domain/areas.hpp"
#include "hub/domain/decide.hpp"
#include "hub/domain/own_view.hpp"

namespace tocsin::domain::test {

inline constexpr std::int64_t kNow = 1'700'000'000'000;
inline constexpr const char* kDeviceSuffix = "-phone";

inline wire::Place place_at(double latitude, double longitude, double accuracy_m = 0) {
    wire::Place place;
    place.set_latitude(latitude);
    place.set_longitude(longitude);
    place.set_accuracy_m(accuracy_m);
    return place;
}

inline wire::Area square(const std::string& id,
                         wire::AreaKind kind,
                         const std::string& parent,
                         double south,
                         double west,
                         double north,
                         double east) {
    wire::Area area;
    area.set_id(id);
    area.set_version(1);
    area.set_kind(kind);
    area.set_parent_id(parent);
    wire::Ring* ring = area.add_polygons()->mutable_outer();
    const double corners[4][2] = {{south, west}, {south, east}, {north, east}, {north, west}};
    for (const auto& corner : corners) {
        wire::Vertex* vertex = ring->add_vertices();
        vertex->set_latitude(corner[0]);
        vertex->set_longitude(corner[1]);
    }
    return area;
}

inline std::vector<wire::Area> demo_areas() {
    using enum wire::AreaKind;
    return {
        square("pingfang", AREA_KIND_BUREAU, "", 45.50, 126.60, 45.60, 126.80),
        square("baoguo", AREA_KIND_STATION, "pingfang", 45.50, 126.60, 45.58, 126.66),
        square("xinjiang", AREA_KIND_STATION, "pingfang", 45.50, 126.66, 45.58, 126.72),
        square("lianmeng", AREA_KIND_STATION, "pingfang", 45.50, 126.72, 45.58, 126.80),
        square("huahui", AREA_KIND_COMMUNITY, "baoguo", 45.50, 126.60, 45.54, 126.66),
        square("dongsheng", AREA_KIND_COMMUNITY, "baoguo", 45.54, 126.60, 45.58, 126.66),
        square("g1", AREA_KIND_GRID, "huahui", 45.50, 126.60, 45.54, 126.63),
        square("g2", AREA_KIND_GRID, "huahui", 45.50, 126.63, 45.54, 126.66),
        square("xinyou", AREA_KIND_COMMUNITY, "xinjiang", 45.50, 126.66, 45.54, 126.69),
        square("x1", AREA_KIND_GRID, "xinyou", 45.50, 126.66, 45.54, 126.69),
    };
}

// Places well within, by the name of the smallest area there.
inline wire::Place in_g1() {
    return place_at(45.52, 126.615);
}
inline wire::Place in_g2() {
    return place_at(45.52, 126.645);
}
inline wire::Place in_x1() {
    return place_at(45.52, 126.675);
}
inline wire::Place in_lianmeng() {
    return place_at(45.53, 126.76);
}
inline wire::Place in_bureau_only() {
    return place_at(45.59, 126.70);
}
inline wire::Place outside() {
    return place_at(46.5, 127.5);
}

struct Holder {
    const char* id;
    wire::Role role;
    const char* scope;
    const char* home;
};

inline constexpr Holder kHolders[] = {
    {"volunteer-1", wire::ROLE_VOLUNTEER, "", "g1"},
    {"volunteer-2", wire::ROLE_VOLUNTEER, "", "g2"},
    {"volunteer-3", wire::ROLE_VOLUNTEER, "", "x1"},
    {"grid-worker-1", wire::ROLE_GRID_WORKER, "g1", "g1"},
    {"grid-worker-2", wire::ROLE_GRID_WORKER, "g2", "g2"},
    {"auxiliary", wire::ROLE_AUXILIARY, "baoguo", ""},
    {"officer-baoguo", wire::ROLE_OFFICER, "baoguo", ""},
    {"officer-baoguo-2", wire::ROLE_OFFICER, "baoguo", ""},
    {"officer-xinjiang", wire::ROLE_OFFICER, "xinjiang", ""},
    {"officer-lianmeng", wire::ROLE_OFFICER, "lianmeng", ""},
    {"liaison", wire::ROLE_LIAISON, "baoguo", ""},
    {"searcher", wire::ROLE_SEARCHER, "four-leaf-clover", "g2"},
    {"team-lead", wire::ROLE_TEAM_LEAD, "four-leaf-clover", ""},
    {"fire-desk", wire::ROLE_FIRE_DESK, "", ""},
    {"bureau", wire::ROLE_BUREAU, "", ""},
    {"admin", wire::ROLE_ADMIN, "", ""},
};

class World {
public:
    explicit World(std::uint32_t seed = 1) : generator_(seed) {
        random_ = [this](std::span<unsigned char> bytes) {
            for (unsigned char& byte : bytes) {
                byte = static_cast<unsigned char>(generator_() & 0xFFU);
            }
        };
        for (const wire::Area& area : demo_areas()) {
            store::EventBody event;
            *event.mutable_area() = area;
            state.apply(event);
        }
        for (const char* id : {"four-leaf-clover", "other-team"}) {
            store::EventBody event;
            event.mutable_team()->set_id(id);
            event.mutable_team()->set_version(1);
            state.apply(event);
        }
        for (const Holder& holder : kHolders) {
            add(holder.id, {{holder.role, holder.scope}}, holder.home);
        }
        store::EventBody event;
        event.mutable_district()->set_id("pingfang-district");
        event.mutable_district()->set_version(1);
        state.apply(event);
        state.apply_set("district", 7);
    }

    void add(const std::string& id,
             const std::vector<std::pair<wire::Role, std::string>>& grants,
             const std::string& home = "") {
        store::EventBody event;
        wire::Person* person = event.mutable_person();
        person->set_id(id);
        person->set_version(1);
        person->set_name("Name of " + id);
        person->set_phone("+86 " + id);
        person->set_home_area_id(home);
        for (const auto& [role, scope] : grants) {
            wire::Grant* grant = person->add_grants();
            grant->set_role(role);
            grant->set_scope_id(scope);
        }
        state.apply(event);
        store::EventBody device;
        device.mutable_device()->mutable_device()->set_id(id + kDeviceSuffix);
        device.mutable_device()->mutable_device()->set_version(1);
        device.mutable_device()->mutable_device()->set_person_id(id);
        device.mutable_device()->set_token_sha256("token of " + id);
        state.apply(device);
    }

    std::string next_uuid() { return make_uuid(random_); }

    // What the rules say; nothing is folded in.
    Result<Decision> decide(const std::string& person, wire::Command command) {
        command.set_id(next_uuid());
        return domain::decide(
            state, command, {person, person + kDeviceSuffix}, Circumstances{now, random_});
    }
    // Decides and folds in; a refusal fails the test.
    Decision run(const std::string& person, const wire::Command& command) {
        Result<Decision> decision = decide(person, command);
        if (!decision) {
            ADD_FAILURE() << person << " was refused " << decision.error().code << " "
                          << decision.error().field << ": " << decision.error().message;
            return {};
        }
        state.apply(decision->event);
        return *std::move(decision);
    }
    // The refusal's code; empty where there was none.
    std::string refused(const std::string& person, const wire::Command& command) {
        const Result<Decision> decision = decide(person, command);
        return decision ? std::string() : decision.error().code;
    }

    State state;
    std::int64_t now = kNow;

private:
    std::mt19937 generator_;
    Random random_;
};

inline wire::Command report(wire::ReportKind kind) {
    wire::Command command;
    command.mutable_submit_report()->set_kind(kind);
    command.mutable_submit_report()->set_text("What happened");
    return command;
}

inline wire::Command report(wire::ReportKind kind, const wire::Place& place) {
    wire::Command command = report(kind);
    *command.mutable_submit_report()->mutable_place() = place;
    return command;
}

inline wire::Command acknowledge(const std::string& incident) {
    wire::Command command;
    command.mutable_acknowledge_incident()->set_incident_id(incident);
    return command;
}

inline wire::Command resolve(const std::string& incident) {
    wire::Command command;
    command.mutable_resolve_incident()->set_incident_id(incident);
    command.mutable_resolve_incident()->set_outcome(wire::OUTCOME_HANDLED);
    command.mutable_resolve_incident()->set_note("A note");
    return command;
}

inline wire::Command respond(const std::string& incident) {
    wire::Command command;
    command.mutable_respond_incident()->set_incident_id(incident);
    return command;
}

inline wire::Command reopen(const std::string& incident, const std::string& text = "") {
    wire::Command command;
    command.mutable_reopen_incident()->set_incident_id(incident);
    command.mutable_reopen_incident()->set_text(text);
    return command;
}

inline wire::Command assign(const std::string& incident,
                            const std::string& person,
                            int seen_version = 0) {
    wire::Command command;
    command.mutable_assign_incident()->set_incident_id(incident);
    command.mutable_assign_incident()->set_person_id(person);
    command.mutable_assign_incident()->set_seen_version(seen_version);
    return command;
}

inline wire::Command rate(const std::string& incident,
                          wire::Severity severity,
                          int seen_version = 0) {
    wire::Command command;
    command.mutable_set_severity()->set_incident_id(incident);
    command.mutable_set_severity()->set_severity(severity);
    command.mutable_set_severity()->set_seen_version(seen_version);
    return command;
}

inline wire::Command note(const std::string& incident,
                          const std::string& text = "A word",
                          bool for_neighbours = false) {
    wire::Command command;
    command.mutable_add_note()->set_incident_id(incident);
    command.mutable_add_note()->set_text(text);
    command.mutable_add_note()->set_for_neighbours(for_neighbours);
    return command;
}

inline wire::Command hand_over(const std::string& incident,
                               const std::string& station,
                               const std::string& text = "") {
    wire::Command command;
    command.mutable_hand_over_incident()->set_incident_id(incident);
    command.mutable_hand_over_incident()->set_station_id(station);
    command.mutable_hand_over_incident()->set_text(text);
    return command;
}

inline wire::Command amend(const std::string& report) {
    wire::Command command;
    command.mutable_amend_report()->set_report_id(report);
    command.mutable_amend_report()->set_text("More to say");
    return command;
}

inline wire::Command worse(const std::string& report) {
    wire::Command command = amend(report);
    command.mutable_amend_report()->set_worse(true);
    return command;
}

inline wire::Command moved(const std::string& report, const wire::Place& place) {
    wire::Command command = amend(report);
    *command.mutable_amend_report()->mutable_place() = place;
    return command;
}

inline wire::Command merge(const std::string& incident, const std::string& into) {
    wire::Command command;
    command.mutable_merge_incident()->set_incident_id(incident);
    command.mutable_merge_incident()->set_into_incident_id(into);
    return command;
}

inline wire::Command unmerge(const std::string& incident) {
    wire::Command command;
    command.mutable_unmerge_incident()->set_incident_id(incident);
    return command;
}

inline wire::Command split(const std::string& incident, const std::vector<std::string>& reports) {
    wire::Command command;
    command.mutable_split_incident()->set_incident_id(incident);
    for (const std::string& report : reports) {
        command.mutable_split_incident()->add_report_ids(report);
    }
    return command;
}

inline wire::Command ask(const std::string& incident,
                         const std::string& report,
                         const std::string& question = "") {
    wire::Command command;
    command.mutable_ask_reporter()->set_incident_id(incident);
    command.mutable_ask_reporter()->set_report_id(report);
    command.mutable_ask_reporter()->set_question_id(question);
    if (question.empty()) {
        command.mutable_ask_reporter()->set_text("Still there?");
    }
    return command;
}

inline wire::Command answer(const std::string& report, const std::string& question = "") {
    wire::Command command;
    command.mutable_answer_question()->set_report_id(report);
    command.mutable_answer_question()->set_question_id(question);
    command.mutable_answer_question()->set_text("No");
    return command;
}

// What a reporter is told: the version of the incident that the reporter knows by this id, 0 where
// the event is not for that person.
inline std::int32_t version_told(const store::EventBody& event,
                                 const std::string& person,
                                 const std::string& shown_incident) {
    std::int32_t version = 0;
    for (const store::Audience& audience : event.audiences()) {
        const auto look = [&](const store::Report& own) {
            const std::string& shown =
                own.shown_incident_id().empty() ? own.incident_id() : own.shown_incident_id();
            if (shown == shown_incident) {
                const store::Incident& in =
                    own.incident_id() == event.other().id() ? event.other() : event.incident();
                version = own_version(in, own);
            }
        };
        if (audience.channel() == "me/" + person) {
            look(audience.own_report());
            for (const store::Report& more : audience.more_own_reports()) {
                look(more);
            }
        }
    }
    return version;
}

inline wire::Command notice(wire::NoticeKind kind,
                            const std::vector<std::string>& areas,
                            const std::vector<std::string>& teams = {}) {
    wire::Command command;
    wire::IssueNotice* issue = command.mutable_issue_notice();
    issue->set_kind(kind);
    issue->set_text("Look out");
    if (kind == wire::NOTICE_KIND_LOOKOUT) {
        issue->set_identifies_person(false);
    }
    for (const std::string& area : areas) {
        issue->add_area_ids(area);
    }
    for (const std::string& team : teams) {
        issue->add_team_ids(team);
    }
    return command;
}

// A lookout that identifies a person.
inline wire::Command identifying(const std::vector<std::string>& areas) {
    wire::Command command = notice(wire::NOTICE_KIND_LOOKOUT, areas);
    command.mutable_issue_notice()->set_text("Plate A 12345");
    command.mutable_issue_notice()->set_identifies_person(true);
    command.mutable_issue_notice()->set_case_number("A2026-1");
    return command;
}

inline wire::Command correct(const std::string& id, const std::string& text) {
    wire::Command command;
    command.mutable_correct_notice()->set_notice_id(id);
    command.mutable_correct_notice()->set_text(text);
    command.mutable_correct_notice()->set_reason("Wrong before");
    return command;
}

inline wire::Command correct_to(const std::string& id, const std::string& text, bool identifies) {
    wire::Command command = correct(id, text);
    command.mutable_correct_notice()->set_identifies_person(identifies);
    command.mutable_correct_notice()->set_case_number("A2026-2");
    return command;
}

inline wire::Command withdraw(const std::string& id) {
    wire::Command command;
    command.mutable_withdraw_notice()->set_notice_id(id);
    command.mutable_withdraw_notice()->set_reason("Found");
    return command;
}

inline wire::Command drill(const std::string& area) {
    wire::Command command;
    command.mutable_start_drill()->set_area_id(area);
    command.mutable_start_drill()->set_kind(wire::REPORT_KIND_FIRE);
    return command;
}

inline wire::Command release(const std::string& id, int version) {
    wire::Command command;
    command.mutable_release_notice()->set_notice_id(id);
    command.mutable_release_notice()->set_version(version);
    return command;
}

inline wire::Command acknowledge_notice(const std::string& id, int revision = 0) {
    wire::Command command;
    command.mutable_acknowledge_notice()->set_notice_id(id);
    command.mutable_acknowledge_notice()->set_revision(revision);
    return command;
}

inline std::string short_view(store::View view) {
    return store::View_Name(view).substr(5);
}

// `channel#VIEW`, sorted.
template <class Audiences>
std::vector<std::string> names_of(const Audiences& audiences) {
    std::vector<std::string> names;
    for (const store::Audience& audience : audiences) {
        names.push_back(audience.channel() + "#" + short_view(audience.view()));
    }
    std::sort(names.begin(), names.end());
    return names;
}

inline std::vector<std::string> read_names(const Decision& decision) {
    std::vector<std::string> names;
    for (const Read& read : decision.reads) {
        names.push_back(read.subject + "=" + std::to_string(read.version));
    }
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace tocsin::domain::test
