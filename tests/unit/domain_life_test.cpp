// The life of an incident: who takes it, who closes it, what each gets to hear.
#include <gmock/gmock.h>

#include "domain_world.hpp"

namespace tocsin::domain::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Life : public testing::Test {
protected:
    std::string open(wire::ReportKind kind = wire::REPORT_KIND_FIRE) {
        return world.run("volunteer-1", report(kind, in_g1())).receipt.incident_id();
    }
    World world;
};

// What people may do to an incident, and what comes of it in each state: nothing that is not in
// this table is possible.
using Do = wire::Command (*)(const std::string& incident);

struct Transition {
    const char* what;
    Do command;
    // By state (open, acknowledged, responding, resolved): the state after it, or the code of the
    // refusal. By officer-baoguo-2 of a fire that officer-baoguo took, went to, closed.
    const char* after[4];
};

constexpr const char* kStates[] = {"open", "acknowledged", "responding", "resolved"};

const Transition kTransitions[] = {
    {"acknowledge",
     acknowledge,
     {"ACKNOWLEDGED", "already_acknowledged", "already_acknowledged", "wrong_state"}},
    {"respond", respond, {"RESPONDING", "RESPONDING", "already_responding", "wrong_state"}},
    {"resolve", resolve, {"RESOLVED", "RESOLVED", "RESOLVED", "wrong_state"}},
    {"reopen",
     [](const std::string& id) { return reopen(id); },
     {"wrong_state", "wrong_state", "wrong_state", "OPEN"}},
    {"assign",
     [](const std::string& id) { return assign(id, "officer-baoguo"); },
     {"OPEN", "ACKNOWLEDGED", "RESPONDING", "wrong_state"}},
    {"severity",
     [](const std::string& id) { return rate(id, wire::SEVERITY_MINOR); },
     {"OPEN", "ACKNOWLEDGED", "RESPONDING", "wrong_state"}},
    {"note",
     [](const std::string& id) { return note(id); },
     {"OPEN", "ACKNOWLEDGED", "RESPONDING", "RESOLVED"}},
    {"hand over",
     [](const std::string& id) { return hand_over(id, "xinjiang"); },
     {"OPEN", "OPEN", "OPEN", "wrong_state"}},
};

// A fire in g1 in one of those states, as officer-baoguo made it.
std::string bring_to(World& world, int state) {
    const std::string id =
        world.run("volunteer-1", report(wire::REPORT_KIND_FIRE, in_g1())).receipt.incident_id();
    if (state >= 1) {
        world.run("officer-baoguo", acknowledge(id));
    }
    if (state >= 2) {
        world.run("officer-baoguo", respond(id));
    }
    if (state >= 3) {
        world.run("officer-baoguo", resolve(id));
    }
    return id;
}

std::string state_of(const World& world, const std::string& id) {
    return wire::IncidentState_Name(world.state.incident(id)->state()).substr(15);
}

TEST_F(Life, EveryStateByEveryCommand) {
    for (const Transition& row : kTransitions) {
        for (int state = 0; state < 4; ++state) {
            SCOPED_TRACE(std::string(row.what) + " when " + kStates[state]);
            World fresh;
            const std::string id = bring_to(fresh, state);
            const store::Incident before = *fresh.state.incident(id);
            fresh.now += 1000;
            const Result<Decision> decision = fresh.decide("officer-baoguo-2", row.command(id));
            if (!decision) {
                EXPECT_EQ(decision.error().code, row.after[state]);
                EXPECT_THAT(decision.error().field, HasSubstr(".incident_id"));
                EXPECT_EQ(decision.error().incident_id, id) << "it shows how it stands";
                EXPECT_EQ(fresh.state.incident(id)->ShortDebugString(), before.ShortDebugString());
                continue;
            }
            fresh.state.apply(decision->event);
            EXPECT_EQ(state_of(fresh, id), row.after[state]);
            const store::Incident& after = *fresh.state.incident(id);
            EXPECT_EQ(after.version(), before.version() + 1);
            EXPECT_EQ(after.updated_time_ms(), fresh.now);
            EXPECT_EQ(decision->event.actor_person_id(), "officer-baoguo-2") << "who";
            EXPECT_EQ(decision->event.decided_time_ms(), fresh.now) << "when";
            EXPECT_GE(after.lane() == wire::LANE_ALARM, before.lane() == wire::LANE_ALARM);
            // Reporters are told of the steps of its life, and of nothing else.
            const bool told = std::ranges::count(names_of(decision->event.audiences()),
                                                 "me/volunteer-1#REPORTER") > 0;
            EXPECT_EQ(after.life() - before.life(), told ? 1 : 0);
        }
    }
}

// The roles that come to an incident, and what each may do: by section 8, written apart from the
// product's table. The fire lies in baoguo near xinjiang, the hazard in g1.
TEST_F(Life, EveryRoleByEveryCommand) {
    struct Row {
        const char* person;
        const char* fire;    // of acknowledge, respond, resolve, reopen, assign, severity, note,
        const char* hazard;  // hand over: + may; - may not; 0 does not exist for this person
    };
    const Row rows[] = {
        {"officer-baoguo", "++++++++", "++++++++"},
        {"liaison", "++++++++", "++++++++"},
        {"auxiliary", "++----+-", "++----+-"},
        {"bureau", "++++++++", "++++++++"},
        {"fire-desk", "++++----", "0000----"},
        {"grid-worker-1", "0000----", "++++----"},
        {"grid-worker-2", "0000----", "0000----"},
        {"officer-xinjiang", "--------", "00000000"},
        {"officer-lianmeng", "00000000", "00000000"},
        {"volunteer-2", "--------", "--------"},  // reported the fire
        {"volunteer-1", "--------", "--------"},  // reported the hazard
        {"searcher", "--------", "--------"},
        {"team-lead", "--------", "--------"},
        {"admin", "--------", "--------"},
    };
    const auto tried = [](World& world, const char* person, const std::string& id, int command) {
        if (command == 3) {
            world.run("bureau", resolve(id));
        }
        return world.refused(person, kTransitions[command].command(id));
    };
    for (const Row& row : rows) {
        for (int command = 0; command < 8; ++command) {
            for (const bool is_fire : {true, false}) {
                SCOPED_TRACE(std::string(row.person) + " " + kTransitions[command].what +
                             (is_fire ? " a fire" : " a hazard"));
                World fresh;
                const std::string id =
                    is_fire
                        ? fresh
                              .run("volunteer-2",
                                   report(wire::REPORT_KIND_FIRE, place_at(45.52, 126.6597, 50)))
                              .receipt.incident_id()
                        : fresh.run("volunteer-1", report(wire::REPORT_KIND_HAZARD, in_g1()))
                              .receipt.incident_id();
                const std::string code = tried(fresh, row.person, id, command);
                switch ((is_fire ? row.fire : row.hazard)[command]) {
                    case '+':
                        // The desk of the bureau or of the fire has nobody called officer-baoguo.
                        EXPECT_THAT(code, testing::AnyOf("", "unknown_person"));
                        break;
                    case '-':
                        EXPECT_EQ(code, "not_permitted");
                        break;
                    default:
                        EXPECT_EQ(code, "unknown_incident");
                }
            }
        }
    }
}

TEST_F(Life, EachDeskTakesItOnceAndGoesOnce) {
    const std::string id = open();
    world.run("fire-desk", respond(id));
    EXPECT_EQ(state_of(world, id), "RESPONDING");
    world.run("officer-baoguo", acknowledge(id));
    EXPECT_EQ(state_of(world, id), "RESPONDING") << "never back by another desk's step";
    world.run("officer-baoguo", respond(id));
    world.run("bureau", acknowledge(id));
    EXPECT_EQ(world.refused("fire-desk", acknowledge(id)), "already_acknowledged")
        << "who is on the way has taken it";
    EXPECT_EQ(world.refused("liaison", respond(id)), "already_responding");
    const store::Incident& incident = *world.state.incident(id);
    EXPECT_EQ(incident.acknowledgements_size(), 3);
    EXPECT_EQ(incident.responses_size(), 2);
    EXPECT_EQ(incident.responses(1).name(), "Name of officer-baoguo");
}

TEST_F(Life, TheSecondIsToldWhoWasFirstWhateverTheyDo) {
    const std::string id = open();
    world.run("officer-baoguo", respond(id));
    const auto told = [&](const wire::Command& command) {
        const Result<Decision> second = world.decide("officer-baoguo-2", command);
        return second ? "" : second.error().code + ": " + second.error().message;
    };
    const std::string by = "Name of officer-baoguo ";
    const std::string when = " for station/baoguo at 2023-11-14 22:13:20 UTC.";
    EXPECT_EQ(told(respond(id)), "already_responding: " + by + "was on the way" + when);
    const int seen = world.state.incident(id)->version();
    world.run("officer-baoguo", rate(id, wire::SEVERITY_SEVERE));
    EXPECT_EQ(told(rate(id, wire::SEVERITY_MINOR, seen)),
              "changed_meanwhile: " + by + "rated it severe" + when);
    EXPECT_EQ(told(rate(id, wire::SEVERITY_SEVERE)), "no_change: " + by + "rated it severe" + when);
    world.run("officer-baoguo", assign(id, "auxiliary"));
    EXPECT_EQ(told(assign(id, "liaison", seen)),
              "changed_meanwhile: " + by + "assigned it to Name of auxiliary" + when);
    EXPECT_EQ(told(assign(id, "auxiliary")),
              "no_change: " + by + "assigned it to Name of auxiliary" + when);
    EXPECT_EQ(told(assign(id, "liaison", world.state.incident(id)->version())), "");
    world.run("officer-baoguo", resolve(id));
    EXPECT_EQ(told(resolve(id)),
              "wrong_state: The incident is resolved: " + by + "closed it as handled" + when);
    world.run("officer-baoguo", reopen(id));
    EXPECT_EQ(told(reopen(id)),
              "wrong_state: The incident is open. " + by + "opened it again" + when);
    world.run("officer-baoguo", hand_over(id, "xinjiang"));
    EXPECT_EQ(told(resolve(id)),
              "handed_over: " + by + "handed it over to station/xinjiang" + when);
    EXPECT_EQ(world.refused("bureau", hand_over(id, "xinjiang")), "no_change");
}

TEST_F(Life, AReportThatJoinsIsNoChangeOfWhatWasSeen) {
    const std::string id = open();
    const int seen = world.state.incident(id)->version();
    world.run("volunteer-2", report(wire::REPORT_KIND_FIRE, in_g1()));
    world.run("officer-baoguo", rate(id, wire::SEVERITY_MINOR, seen));
    EXPECT_EQ(world.refused("officer-baoguo-2", assign(id, "auxiliary", seen)), "");
}

TEST_F(Life, AssignedOnlyToPeopleOfTheDesk) {
    const std::string id = open(wire::REPORT_KIND_HAZARD);
    for (const char* person :
         {"officer-xinjiang", "fire-desk", "volunteer-1", "bureau", "grid-worker-1", "nothing"}) {
        EXPECT_EQ(world.refused("officer-baoguo", assign(id, person)), "unknown_person") << person;
    }
    const Decision decision = world.run("officer-baoguo", assign(id, "auxiliary"));
    EXPECT_THAT(read_names(decision), testing::Contains("person/auxiliary=1"));
    EXPECT_EQ(world.refused("bureau", assign(id, "auxiliary")), "unknown_person")
        << "the bureau's desk is another";
    world.run("bureau", assign(id, "bureau"));
    EXPECT_EQ(world.state.incident(id)->assignments_size(), 2) << "one for each desk";
    world.run("liaison", assign(id, ""));
    EXPECT_EQ(world.state.incident(id)->assignments(0).person_id(), "");
    EXPECT_EQ(world.state.incident(id)->assignments(0).by_name(), "Name of liaison");
}

TEST_F(Life, SeverityRaisesTheLaneAndNeverLowersIt) {
    const std::string id = open(wire::REPORT_KIND_HAZARD);
    EXPECT_EQ(world.run("officer-baoguo", rate(id, wire::SEVERITY_MODERATE)).event.lane(),
              wire::LANE_ROUTINE);
    const Decision raised = world.run("officer-baoguo", rate(id, wire::SEVERITY_EXTREME));
    EXPECT_EQ(raised.event.lane(), wire::LANE_ALARM);
    EXPECT_TRUE(raised.event.rings());
    EXPECT_TRUE(world.state.incident(id)->urgent());
    const Decision lowered = world.run("officer-baoguo", rate(id, wire::SEVERITY_MINOR));
    EXPECT_EQ(lowered.event.lane(), wire::LANE_ALARM);
    EXPECT_FALSE(lowered.event.rings());
    EXPECT_EQ(world.state.incident(id)->rating().severity(), wire::SEVERITY_MINOR);
}

TEST_F(Life, NotesAreAppendedAndReachDesksOnly) {
    const std::string id = open(wire::REPORT_KIND_FIRE);
    const std::vector<std::string> desks = {
        "bureau#BUREAU", "station/baoguo#CREW", "station/baoguo#OFFICER"};
    const Decision first = world.run("auxiliary", note(id, "one"));
    EXPECT_EQ(names_of(first.event.audiences()), desks);
    EXPECT_FALSE(first.receipt.statement_id().empty());
    world.run("officer-baoguo", resolve(id));
    EXPECT_EQ(names_of(world.run("bureau", note(id, "two")).event.audiences()), desks);
    const auto statements = world.state.statements_of(id);
    ASSERT_EQ(statements.size(), 2U);
    EXPECT_EQ(statements[0]->statement().note().text(), "one");
    EXPECT_EQ(statements[0]->statement().name(), "Name of auxiliary");
    EXPECT_EQ(statements[0]->statement().desk(), "station/baoguo");
    EXPECT_EQ(statements[1]->statement().desk(), "bureau");
    EXPECT_EQ(statements[1]->number(), 2);
}

TEST_F(Life, ANoteForNeighboursReachesThem) {
    const std::string id =
        world.run("volunteer-2", report(wire::REPORT_KIND_HAZARD, place_at(45.52, 126.6597, 50)))
            .receipt.incident_id();
    EXPECT_THAT(names_of(world.run("officer-baoguo", note(id)).event.audiences()),
                testing::Not(testing::Contains("station/xinjiang#NEIGHBOUR")));
    EXPECT_THAT(names_of(world.run("officer-baoguo", note(id, "for you", true)).event.audiences()),
                testing::Contains("station/xinjiang#NEIGHBOUR"));
}

TEST_F(Life, AtMost500Statements) {
    const std::string id = open();
    store::EventBody event;
    *event.mutable_incident() = *world.state.incident(id);
    event.mutable_incident()->set_version(2);
    event.mutable_incident()->set_statement_count(500);
    world.state.apply(event);
    EXPECT_EQ(world.refused("officer-baoguo", note(id)), "too_many");
    EXPECT_EQ(world.refused("officer-baoguo", hand_over(id, "xinjiang", "why")), "too_many");
    EXPECT_EQ(world.refused("officer-baoguo", hand_over(id, "xinjiang")), "");
}

TEST_F(Life, HandedOverTheOtherStationHasItWhole) {
    const std::string id = open(wire::REPORT_KIND_FIRE);
    world.run("officer-baoguo", respond(id));
    world.run("officer-baoguo", assign(id, "auxiliary"));
    world.now += 1000;
    const Decision decision = world.run("officer-baoguo", hand_over(id, "xinjiang", "your side"));
    EXPECT_EQ(names_of(decision.event.audiences()),
              (std::vector<std::string>{"bureau#BUREAU",
                                        "fire#FIRE_DESK",
                                        "me/volunteer-1#REPORTER",
                                        "station/baoguo#CREW",
                                        "station/baoguo#NEIGHBOUR",
                                        "station/baoguo#OFFICER",
                                        "station/xinjiang#CREW",
                                        "station/xinjiang#OFFICER"}))
        << "baoguo's own are told that it left";
    EXPECT_TRUE(decision.event.rings());
    EXPECT_TRUE(decision.event.statement().statement().note().for_neighbours());
    const store::Incident& incident = *world.state.incident(id);
    EXPECT_EQ(incident.station_id(), "xinjiang");
    EXPECT_EQ(incident.state(), wire::INCIDENT_STATE_OPEN) << "nobody there has taken it";
    EXPECT_EQ(incident.acknowledgements(0).lapsed_time_ms(), kNow + 1000);
    EXPECT_EQ(incident.assignments_size(), 0);
    EXPECT_EQ(incident.hand_overs(0).from_station_id(), "baoguo");
    EXPECT_EQ(incident.hand_overs(0).name(), "Name of officer-baoguo");
    EXPECT_EQ(decision.event.sets_size(), 2) << "the open fires of both";
    EXPECT_THAT(world.state.open_fires("baoguo"), testing::IsEmpty());
    EXPECT_EQ(world.state.open_fires("xinjiang").size(), 1U);
    EXPECT_EQ(world.refused("officer-xinjiang", acknowledge(id)), "");
    EXPECT_EQ(world.refused("auxiliary", acknowledge(id)), "handed_over");
    EXPECT_EQ(world.refused("officer-baoguo", acknowledge(id)), "handed_over");

    // And back: it must be taken anew.
    world.run("officer-xinjiang", acknowledge(id));
    world.run("officer-xinjiang", hand_over(id, "baoguo"));
    EXPECT_EQ(world.state.incident(id)->state(), wire::INCIDENT_STATE_OPEN);
    world.run("officer-baoguo", acknowledge(id));
    EXPECT_EQ(world.state.incident(id)->acknowledgements_size(), 3);
}

TEST_F(Life, WhatOtherDesksDidStandsThroughAHandOver) {
    const std::string id = open(wire::REPORT_KIND_FIRE);
    world.run("fire-desk", respond(id));
    world.run("officer-baoguo", acknowledge(id));
    world.run("officer-baoguo", hand_over(id, "xinjiang"));
    EXPECT_EQ(state_of(world, id), "RESPONDING");
}

TEST_F(Life, HandedOverOnlyToStationsAndNotForEver) {
    const std::string id = open();
    for (const char* station : {"nowhere", "g1", "pingfang"}) {
        EXPECT_EQ(world.refused("officer-baoguo", hand_over(id, station)), "unknown_area");
    }
    for (int i = 0; i < 20; ++i) {
        world.run("bureau", hand_over(id, i % 2 == 0 ? "xinjiang" : "baoguo"));
    }
    EXPECT_EQ(world.refused("bureau", hand_over(id, "xinjiang")), "too_many");
}

TEST_F(Life, ReopenedItIsTakenAnew) {
    const std::string id = open(wire::REPORT_KIND_FIRE);
    world.run("officer-baoguo", respond(id));
    world.run("fire-desk", resolve(id));
    EXPECT_THAT(world.state.open_fires("baoguo"), testing::IsEmpty());
    const Decision decision = world.run("officer-baoguo-2", reopen(id, "it burns again"));
    EXPECT_TRUE(decision.event.rings());
    EXPECT_EQ(decision.event.statement().statement().note().text(), "it burns again");
    const store::Incident& incident = *world.state.incident(id);
    EXPECT_FALSE(incident.has_resolution());
    EXPECT_EQ(incident.reopenings(0).resolution().name(), "Name of fire-desk");
    EXPECT_EQ(incident.reopenings(0).name(), "Name of officer-baoguo-2");
    EXPECT_EQ(world.state.open_fires("baoguo").size(), 1U);
    world.run("officer-baoguo", acknowledge(id));
    for (int i = 1; i < 8; ++i) {
        world.run("officer-baoguo", resolve(id));
        world.run("officer-baoguo", reopen(id));
    }
    world.run("officer-baoguo", resolve(id));
    EXPECT_EQ(world.refused("officer-baoguo", reopen(id)), "too_many");
}

TEST_F(Life, AnAcknowledgementSaysWhoAndWhen) {
    const std::string id = open();
    world.now += 5000;
    const Decision decision = world.run("officer-baoguo", acknowledge(id));
    EXPECT_EQ(decision.event.kind(), wire::EVENT_KIND_INCIDENT_ACKNOWLEDGED);
    EXPECT_EQ(decision.event.lane(), wire::LANE_ALARM);
    EXPECT_EQ(decision.receipt.incident_id(), id);
    const store::Incident& incident = *world.state.incident(id);
    ASSERT_EQ(incident.acknowledgements_size(), 1);
    EXPECT_EQ(incident.acknowledgements(0).desk(), "station/baoguo");
    EXPECT_EQ(incident.acknowledgements(0).person_id(), "officer-baoguo");
    EXPECT_EQ(incident.acknowledgements(0).name(), "Name of officer-baoguo");
    EXPECT_EQ(incident.acknowledgements(0).time_ms(), kNow + 5000);
    EXPECT_EQ(incident.updated_time_ms(), kNow + 5000);
    EXPECT_EQ(incident.latest_report_time_ms(), kNow);
    EXPECT_THAT(read_names(decision),
                ElementsAre("device/officer-baoguo-phone=1",
                            "incident/" + id + "=1",
                            "person/officer-baoguo=1",
                            "set/district=7"));
}

TEST_F(Life, TheSecondOfADeskIsToldWhoWasFirst) {
    const std::string id = open();
    world.run("officer-baoguo", acknowledge(id));
    const Result<Decision> second = world.decide("officer-baoguo-2", acknowledge(id));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, code::already_acknowledged);
    EXPECT_EQ(
        second.error().message,
        "Name of officer-baoguo acknowledged it for station/baoguo at 2023-11-14 22:13:20 UTC.");
}

TEST_F(Life, AResolutionSaysHow) {
    const std::string id = open(wire::REPORT_KIND_DISPUTE);
    world.now += 7000;
    const Decision decision = world.run("grid-worker-1", resolve(id));
    EXPECT_EQ(decision.event.kind(), wire::EVENT_KIND_INCIDENT_RESOLVED);
    EXPECT_EQ(decision.event.lane(), wire::LANE_ROUTINE);
    EXPECT_EQ(decision.event.sets_size(), 0) << "only fires are in a set";
    const wire::Resolution& resolution = world.state.incident(id)->resolution();
    EXPECT_EQ(resolution.outcome(), wire::OUTCOME_HANDLED);
    EXPECT_EQ(resolution.note(), "A note");
    EXPECT_EQ(resolution.person_id(), "grid-worker-1");
    EXPECT_EQ(resolution.name(), "Name of grid-worker-1");
    EXPECT_EQ(resolution.desk(), "grid/g1");
    EXPECT_EQ(resolution.time_ms(), kNow + 7000);
}

TEST_F(Life, EverybodyConcernedHearsOfIt) {
    const std::string id = open(wire::REPORT_KIND_HAZARD);
    const std::vector<std::string> concerned = {"area/g1#GRID",
                                                "bureau#BUREAU",
                                                "me/volunteer-1#REPORTER",
                                                "station/baoguo#CREW",
                                                "station/baoguo#OFFICER"};
    EXPECT_EQ(names_of(world.run("auxiliary", acknowledge(id)).event.audiences()), concerned);
    EXPECT_EQ(names_of(world.run("grid-worker-1", acknowledge(id)).event.audiences()), concerned);
    EXPECT_EQ(names_of(world.run("officer-baoguo", resolve(id)).event.audiences()), concerned);
    EXPECT_EQ(names_of(audiences_of(world.state, *world.state.incident(id))), concerned);
}

TEST_F(Life, ForeignersAreRefusedWordForWordAsForNoIncident) {
    const std::string id = open();
    const std::string nothing = "00000000-0000-4000-8000-000000000000";
    for (const char* person :
         {"officer-xinjiang", "officer-lianmeng", "grid-worker-2", "grid-worker-1"}) {
        const Result<Decision> there = world.decide(person, acknowledge(id));
        const Result<Decision> nowhere = world.decide(person, acknowledge(nothing));
        ASSERT_FALSE(there);
        ASSERT_FALSE(nowhere);
        EXPECT_EQ(there.error(), nowhere.error()) << person;
        EXPECT_EQ(there.error().code, code::unknown_incident);
        EXPECT_EQ(there.error().field, "command.acknowledge_incident.incident_id");
        EXPECT_EQ(world.decide(person, resolve(id)).error(),
                  world.decide(person, resolve(nothing)).error());
    }
    // Resolved or not makes no difference to them either.
    world.run("officer-baoguo", resolve(id));
    EXPECT_EQ(world.refused("officer-xinjiang", acknowledge(id)), "unknown_incident");
}

TEST_F(Life, TheRoleIsCheckedBeforeTheSubject) {
    const std::string id = open();
    for (const char* person : {"volunteer-1", "volunteer-2", "searcher", "team-lead", "admin"}) {
        EXPECT_EQ(world.refused(person, acknowledge(id)), "not_permitted") << person;
        EXPECT_EQ(world.refused(person, acknowledge("nothing")), "not_permitted") << person;
    }
    EXPECT_EQ(world.refused("auxiliary", resolve(id)), "not_permitted");
    EXPECT_EQ(world.refused("auxiliary", resolve("nothing")), "not_permitted");
}

}  // namespace
}  // namespace tocsin::domain::test
