// Every transition, by table: whatever can be asked of an incident, in every state that it can be
// in. What is not in the table is refused with a code, and leaves the state as it was.
#include <gmock/gmock.h>

#include "domain_world.hpp"

namespace tocsin::domain::test {
namespace {

// A fire in g1 in one of the states, and another fire of the station that is open, too far away to
// be joined.
struct Scene {
    World world;
    std::string incident;
    std::string report;    // volunteer-1's
    std::string second;    // volunteer-2's, of the same incident
    std::string question;  // to volunteer-1
    std::string other;
};

constexpr int kStateCount = 5;
constexpr const char* kStates[kStateCount] = {
    "open", "acknowledged", "responding", "resolved", "merged"};

using Do = wire::Command (*)(const Scene& scene);

struct Row {
    const char* what;
    const char* person;
    Do command;
    // By state: the state after it, or the code of the refusal.
    const char* after[kStateCount];
};

const Row kTable[] = {
    {"acknowledge",
     "officer-baoguo-2",
     [](const Scene& scene) { return acknowledge(scene.incident); },
     {"ACKNOWLEDGED",
      "already_acknowledged",
      "already_acknowledged",
      "wrong_state",
      "wrong_state"}},
    {"acknowledge at another desk",
     "fire-desk",
     [](const Scene& scene) { return acknowledge(scene.incident); },
     {"ACKNOWLEDGED", "ACKNOWLEDGED", "RESPONDING", "wrong_state", "wrong_state"}},
    {"respond",
     "officer-baoguo-2",
     [](const Scene& scene) { return respond(scene.incident); },
     {"RESPONDING", "RESPONDING", "already_responding", "wrong_state", "wrong_state"}},
    {"resolve",
     "officer-baoguo-2",
     [](const Scene& scene) { return resolve(scene.incident); },
     {"RESOLVED", "RESOLVED", "RESOLVED", "wrong_state", "wrong_state"}},
    {"reopen",
     "officer-baoguo-2",
     [](const Scene& scene) { return reopen(scene.incident); },
     {"wrong_state", "wrong_state", "wrong_state", "OPEN", "wrong_state"}},
    {"assign",
     "officer-baoguo-2",
     [](const Scene& scene) { return assign(scene.incident, "officer-baoguo"); },
     {"OPEN", "ACKNOWLEDGED", "RESPONDING", "wrong_state", "wrong_state"}},
    {"severity",
     "officer-baoguo-2",
     [](const Scene& scene) { return rate(scene.incident, wire::SEVERITY_MINOR); },
     {"OPEN", "ACKNOWLEDGED", "RESPONDING", "wrong_state", "wrong_state"}},
    {"note",
     "officer-baoguo-2",
     [](const Scene& scene) { return note(scene.incident); },
     {"OPEN", "ACKNOWLEDGED", "RESPONDING", "RESOLVED", "wrong_state"}},
    {"hand over",
     "officer-baoguo-2",
     [](const Scene& scene) { return hand_over(scene.incident, "xinjiang"); },
     {"OPEN", "OPEN", "OPEN", "wrong_state", "wrong_state"}},
    {"merge",
     "officer-baoguo-2",
     [](const Scene& scene) { return merge(scene.incident, scene.other); },
     {"MERGED", "MERGED", "MERGED", "wrong_state", "wrong_state"}},
    {"merge another into it",
     "officer-baoguo-2",
     [](const Scene& scene) { return merge(scene.other, scene.incident); },
     {"OPEN", "ACKNOWLEDGED", "RESPONDING", "wrong_state", "wrong_state"}},
    {"unmerge",
     "officer-baoguo-2",
     [](const Scene& scene) { return unmerge(scene.incident); },
     {"wrong_state", "wrong_state", "wrong_state", "wrong_state", "RESPONDING"}},
    {"split",
     "officer-baoguo-2",
     [](const Scene& scene) { return split(scene.incident, {scene.second}); },
     {"OPEN", "ACKNOWLEDGED", "RESPONDING", "wrong_state", "wrong_state"}},
    {"ask",
     "officer-baoguo-2",
     [](const Scene& scene) { return ask(scene.incident, scene.report); },
     {"OPEN", "ACKNOWLEDGED", "RESPONDING", "RESOLVED", "wrong_state"}},
    // The reporter knows one incident, whatever became of it: the word goes where the report went.
    {"answer",
     "volunteer-1",
     [](const Scene& scene) { return answer(scene.report); },
     {"OPEN", "ACKNOWLEDGED", "RESPONDING", "RESOLVED", "MERGED"}},
    {"amend",
     "volunteer-1",
     [](const Scene& scene) { return amend(scene.report); },
     {"OPEN", "ACKNOWLEDGED", "RESPONDING", "RESOLVED", "MERGED"}},
    {"worse",
     "volunteer-1",
     [](const Scene& scene) { return worse(scene.report); },
     {"OPEN", "ACKNOWLEDGED", "RESPONDING", "OPEN", "MERGED"}},
    {"amend another's",
     "volunteer-3",
     [](const Scene& scene) { return amend(scene.report); },
     {"unknown_report", "unknown_report", "unknown_report", "unknown_report", "unknown_report"}},
    // A fire at the same place joins what is open, opens again what was closed of late, and is one
    // of its own where there is none.
    {"another report",
     "volunteer-3",
     [](const Scene&) { return report(wire::REPORT_KIND_FIRE, in_g1()); },
     {"OPEN", "ACKNOWLEDGED", "RESPONDING", "OPEN", "MERGED"}},
};

// So far away that no fire joins, in the same station.
wire::Place far_away() {
    wire::Place place = in_g1();
    place.set_latitude(place.latitude() + 1'000.0 / 111'195);
    return place;
}

std::unique_ptr<Scene> bring_to(int state) {
    auto scene = std::make_unique<Scene>();
    World& world = scene->world;
    const Decision first = world.run("volunteer-1", report(wire::REPORT_KIND_FIRE, in_g1()));
    scene->incident = first.receipt.incident_id();
    scene->report = first.receipt.report_id();
    scene->second =
        world.run("volunteer-2", report(wire::REPORT_KIND_FIRE, in_g1())).receipt.report_id();
    scene->other =
        world.run("volunteer-1", report(wire::REPORT_KIND_FIRE, far_away())).receipt.incident_id();
    world.run("officer-baoguo", ask(scene->incident, scene->report));
    if (state >= 1) {
        world.run("officer-baoguo", acknowledge(scene->incident));
    }
    if (state >= 2) {
        world.run("officer-baoguo", respond(scene->incident));
    }
    if (state == 3) {
        world.run("officer-baoguo", resolve(scene->incident));
    }
    if (state == 4) {
        world.run("officer-baoguo", merge(scene->incident, scene->other));
    }
    world.now += 1'000;
    return scene;
}

std::string whole(const World& world) {
    std::string text;
    for (const store::Incident* incident : world.state.incidents()) {
        text += incident->ShortDebugString() + '\n';
        for (const store::Report* report : world.state.reports_of(incident->id())) {
            text += report->ShortDebugString() + '\n';
        }
        text += std::to_string(world.state.statements_of(incident->id()).size()) + '\n';
    }
    return text;
}

bool is_state(std::string_view word) {
    return word[0] >= 'A' && word[0] <= 'Z';
}

TEST(Transitions, WhatIsNotInTheTableIsRefusedAndChangesNothing) {
    for (const Row& row : kTable) {
        for (int state = 0; state < kStateCount; ++state) {
            SCOPED_TRACE(std::string(row.what) + " when " + kStates[state]);
            const auto scene = bring_to(state);
            World& world = scene->world;
            const store::Incident before = *world.state.incident(scene->incident);
            const std::string all_before = whole(world);
            const auto revision = world.state.revision();
            const Result<Decision> decision = world.decide(row.person, row.command(*scene));
            EXPECT_EQ(whole(world), all_before) << "deciding changes nothing";
            EXPECT_EQ(world.state.revision(), revision);
            if (!decision) {
                EXPECT_EQ(decision.error().code, row.after[state]);
                EXPECT_FALSE(decision.error().message.empty());
                continue;
            }
            ASSERT_TRUE(is_state(row.after[state]))
                << "allowed, and should be " << row.after[state];
            world.state.apply(decision->event);
            const store::Incident& after = *world.state.incident(scene->incident);
            EXPECT_EQ(wire::IncidentState_Name(after.state()).substr(15), row.after[state]);
            EXPECT_GE(after.version(), before.version());
            EXPECT_LE(after.version(), before.version() + 1);
            EXPECT_GE(after.life(), before.life());
            EXPECT_EQ(decision->event.actor_person_id(), row.person) << "who";
            EXPECT_EQ(decision->event.decided_time_ms(), world.now) << "when";
        }
    }
}

// Every command that the wire has either stands in the table or is about something else.
TEST(Transitions, NoCommandAboutIncidentsIsForgotten) {
    std::set<int> seen;
    const auto scene = bring_to(0);
    for (const Row& row : kTable) {
        seen.insert(row.command(*scene).body_case());
    }
    const std::set<std::string> elsewhere = {"issue_notice",
                                             "correct_notice",
                                             "withdraw_notice",
                                             "release_notice",
                                             "acknowledge_notice",
                                             "put_district",
                                             "put_area",
                                             "put_team",
                                             "put_person",
                                             "revoke_person",
                                             "add_device",
                                             "revoke_device",
                                             "start_shift",
                                             "end_shift",
                                             "start_drill"};
    const auto* body = wire::Command::descriptor()->FindOneofByName("body");
    for (int i = 0; i < body->field_count(); ++i) {
        EXPECT_NE(seen.contains(body->field(i)->number()),
                  elsewhere.contains(body->field(i)->name()))
            << body->field(i)->name();
    }
}

}  // namespace
}  // namespace tocsin::domain::test
