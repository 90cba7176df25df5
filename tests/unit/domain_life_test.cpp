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

TEST_F(Life, Transitions) {
    // What was done before, what is tried, what comes of it.
    struct Step {
        const char* person;
        char what;  // a acknowledge, r resolve
    };
    struct Row {
        std::vector<Step> before;
        Step tried;
        const char* code;  // "" where it is done
        wire::IncidentState after;
    };
    using enum wire::IncidentState;
    const Step station = {"officer-baoguo", 'a'};
    const Step station_2 = {"officer-baoguo-2", 'a'};
    const Step crew = {"auxiliary", 'a'};
    const Step fire = {"fire-desk", 'a'};
    const Step bureau = {"bureau", 'a'};
    const Step closes = {"officer-baoguo", 'r'};
    const Step fire_closes = {"fire-desk", 'r'};
    const Row rows[] = {
        {{}, station, "", INCIDENT_STATE_ACKNOWLEDGED},
        {{}, crew, "", INCIDENT_STATE_ACKNOWLEDGED},
        {{}, fire, "", INCIDENT_STATE_ACKNOWLEDGED},
        {{}, bureau, "", INCIDENT_STATE_ACKNOWLEDGED},
        {{}, closes, "", INCIDENT_STATE_RESOLVED},
        {{station}, station, "already_acknowledged", INCIDENT_STATE_ACKNOWLEDGED},
        {{station}, station_2, "already_acknowledged", INCIDENT_STATE_ACKNOWLEDGED},
        {{crew}, station, "already_acknowledged", INCIDENT_STATE_ACKNOWLEDGED},
        {{station}, fire, "", INCIDENT_STATE_ACKNOWLEDGED},
        {{station, fire}, bureau, "", INCIDENT_STATE_ACKNOWLEDGED},
        {{station, fire, bureau}, fire, "already_acknowledged", INCIDENT_STATE_ACKNOWLEDGED},
        {{station}, closes, "", INCIDENT_STATE_RESOLVED},
        {{station}, fire_closes, "", INCIDENT_STATE_RESOLVED},
        {{closes}, station, "wrong_state", INCIDENT_STATE_RESOLVED},
        {{closes}, fire, "wrong_state", INCIDENT_STATE_RESOLVED},
        {{closes}, closes, "wrong_state", INCIDENT_STATE_RESOLVED},
        {{closes}, fire_closes, "wrong_state", INCIDENT_STATE_RESOLVED},
        {{station, closes}, station, "wrong_state", INCIDENT_STATE_RESOLVED},
    };
    for (const Row& row : rows) {
        World fresh;
        const std::string id =
            fresh.run("volunteer-1", report(wire::REPORT_KIND_FIRE, in_g1())).receipt.incident_id();
        const auto command = [&](const Step& step) {
            return step.what == 'a' ? acknowledge(id) : resolve(id);
        };
        for (const Step& step : row.before) {
            fresh.run(step.person, command(step));
        }
        const store::Incident before = *fresh.state.incident(id);
        const Result<Decision> decision = fresh.decide(row.tried.person, command(row.tried));
        const std::string told = std::to_string(&row - rows);
        EXPECT_EQ(decision ? "" : decision.error().code, row.code) << told;
        if (decision) {
            fresh.state.apply(decision->event);
            EXPECT_EQ(fresh.state.incident(id)->version(), before.version() + 1) << told;
            EXPECT_EQ(fresh.state.incident(id)->life(), before.life() + 1) << told;
        } else {
            EXPECT_THAT(decision.error().field, HasSubstr(".incident_id"));
        }
        EXPECT_EQ(fresh.state.incident(id)->state(), row.after) << told;
    }
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

TEST_F(Life, TheLaneIsOnlyEverRaised) {
    // Opened calm, made urgent by hand as a later rule would: an alarm to the end.
    const std::string id = open(wire::REPORT_KIND_HAZARD);
    store::EventBody event;
    *event.mutable_incident() = *world.state.incident(id);
    event.mutable_incident()->set_version(2);
    event.mutable_incident()->set_lane(wire::LANE_ALARM);
    world.state.apply(event);
    EXPECT_EQ(world.run("officer-baoguo", acknowledge(id)).event.lane(), wire::LANE_ALARM);
    EXPECT_EQ(world.run("officer-baoguo", resolve(id)).receipt.lane(), wire::LANE_ALARM);
}

}  // namespace
}  // namespace tocsin::domain::test
