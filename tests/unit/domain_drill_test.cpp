// Practice alarms: who may, where they go, that they stay practice, and that what is real comes
// first.
#include <gmock/gmock.h>

#include "hub/domain/drill.hpp"
#include "hub/domain/times.hpp"
#include "tests/unit/clocks_world.hpp"

namespace tocsin::domain::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const store::Incident& now_of(const World& world, const std::string& id) {
    return *world.state.incident(id);
}

wire::Command fire_at(const wire::Place& place) {
    return report(wire::REPORT_KIND_FIRE, place);
}

TEST(Drill, GoesTheWayOfARealAlarmInTheRoutineLane) {
    World world;
    const Decision started = world.run("officer-baoguo", drill("g1"));
    EXPECT_EQ(started.event.kind(), wire::EVENT_KIND_INCIDENT_OPENED);
    EXPECT_EQ(started.event.lane(), wire::LANE_ROUTINE) << "no real alarm ever waits behind it";
    EXPECT_EQ(started.receipt.lane(), wire::LANE_ROUTINE);
    EXPECT_TRUE(started.receipt.drill());
    const store::Incident& incident = started.event.incident();
    EXPECT_TRUE(incident.drill());
    EXPECT_TRUE(incident.urgent());
    EXPECT_EQ(incident.station_id(), "baoguo");
    EXPECT_EQ(incident.area_id(), "g1");
    EXPECT_THAT(names_of(started.event.audiences()),
                ElementsAre("bureau#BUREAU",
                            "fire#FIRE_DESK",
                            "me/officer-baoguo#REPORTER",
                            "station/baoguo#CREW",
                            "station/baoguo#OFFICER"));
    EXPECT_THAT(drill_title(incident), HasSubstr("【演练】[DRILL]"));
}

TEST(Drill, WhoMayAndWhere) {
    World world;
    struct Row {
        const char* person;
        const char* area;
        const char* code;
    };
    const Row rows[] = {
        {"officer-baoguo", "g1", ""},
        {"officer-baoguo", "baoguo", ""},
        {"liaison", "huahui", ""},
        {"bureau", "x1", ""},
        {"officer-baoguo", "x1", "not_permitted"},
        {"officer-baoguo", "pingfang", "value_invalid"},
        {"bureau", "pingfang", "value_invalid"},
        {"bureau", "nowhere", "unknown_area"},
        {"auxiliary", "g1", "not_permitted"},
        {"volunteer-1", "g1", "not_permitted"},
        {"grid-worker-1", "g1", "not_permitted"},
        {"fire-desk", "g1", "not_permitted"},
        {"searcher", "g1", "not_permitted"},
        {"admin", "g1", "not_permitted"},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(world.refused(row.person, drill(row.area)), row.code)
            << row.person << " in " << row.area;
    }
    wire::Command elsewhere = drill("g1");
    *elsewhere.mutable_start_drill()->mutable_place() = in_x1();
    EXPECT_EQ(world.refused("officer-baoguo", elsewhere), "value_invalid");
    *elsewhere.mutable_start_drill()->mutable_place() = in_g2();
    EXPECT_EQ(world.refused("officer-baoguo", elsewhere), "");
}

TEST(Drill, IsRefusedWhileARealAlarmIsOpenAndWhileAnotherDrillIs) {
    World world;
    const std::string real = world.run("volunteer-1", fire_at(in_g1())).receipt.incident_id();
    EXPECT_EQ(world.refused("officer-baoguo", drill("g2")), "drill_refused_real_alarm");
    EXPECT_EQ(world.refused("bureau", drill("x1")), "") << "another station";
    world.run("officer-baoguo", resolve(real));
    wire::Command urgent = report(wire::REPORT_KIND_SIGHTING, in_g1());
    urgent.mutable_submit_report()->set_urgent(true);
    const std::string theft = world.run("volunteer-1", urgent).receipt.incident_id();
    EXPECT_EQ(world.refused("officer-baoguo", drill("g2")), "drill_refused_real_alarm");
    world.run("officer-baoguo", resolve(theft));
    world.run("volunteer-1", report(wire::REPORT_KIND_HAZARD, in_g1()));
    world.run("officer-baoguo", drill("g2"));
    EXPECT_EQ(world.refused("liaison", drill("g1")), "wrong_state");
}

TEST(Drill, ARealFireNeitherJoinsItNorIsJoinedByIt) {
    World world;
    wire::Command command = drill("g1");
    *command.mutable_start_drill()->mutable_place() = in_g1();
    const Decision started = world.run("officer-baoguo", command);
    const Decision real = world.run("volunteer-1", fire_at(in_g1()));
    EXPECT_EQ(real.event.kind(), wire::EVENT_KIND_INCIDENT_OPENED);
    EXPECT_NE(real.receipt.incident_id(), started.receipt.incident_id());
    EXPECT_FALSE(real.event.incident().drill());
    EXPECT_EQ(real.event.lane(), wire::LANE_ALARM);
    EXPECT_FALSE(real.receipt.drill());
}

TEST(Drill, TheHubEndsItWhenARealAlarmComes) {
    World world;
    const std::string id = world.run("officer-baoguo", drill("g1")).receipt.incident_id();
    const Random random = [](std::span<unsigned char>) {};
    const auto ended = [&] { return decide_drill_end(world.state, id, {world.now, random}); };
    EXPECT_FALSE(ended());
    world.run("volunteer-3", fire_at(in_x1()));
    EXPECT_FALSE(ended()) << "in another station";
    world.run("volunteer-1", fire_at(in_g2()));
    const std::optional<Decision> end = ended();
    ASSERT_TRUE(end);
    EXPECT_EQ(end->event.kind(), wire::EVENT_KIND_DRILL_ENDED);
    EXPECT_EQ(end->event.lane(), wire::LANE_ROUTINE);
    EXPECT_EQ(end->event.incident().drill_end(), wire::DRILL_END_REAL_ALARM);
    EXPECT_EQ(end->event.incident().state(), wire::INCIDENT_STATE_RESOLVED);
    world.state.apply(end->event);
    EXPECT_THAT(drill_title(now_of(world, id)), HasSubstr("有真实警情"));
    EXPECT_FALSE(ended()) << "once";
    EXPECT_TRUE(world.state.open_drills().empty());
}

TEST(Drill, NoneGoesOnForEver) {
    World world;
    const std::string id = world.run("officer-baoguo", drill("g1")).receipt.incident_id();
    const Random random = [](std::span<unsigned char>) {};
    world.now += kDrillLongestMs;
    const auto end = decide_drill_end(world.state, id, {world.now, random});
    ASSERT_TRUE(end);
    EXPECT_EQ(end->event.incident().drill_end(), wire::DRILL_END_TIME);
}

TEST(Drill, NothingThatIsDoneWithItMakesItReal) {
    World world;
    const std::string id = world.run("officer-baoguo", drill("g1")).receipt.incident_id();
    const wire::Command steps[] = {acknowledge(id),
                                   respond(id),
                                   rate(id, wire::SEVERITY_EXTREME),
                                   note(id),
                                   resolve(id),
                                   reopen(id)};
    for (const wire::Command& step : steps) {
        const Decision decision = world.run("officer-baoguo", step);
        EXPECT_TRUE(decision.event.incident().drill());
        EXPECT_TRUE(decision.receipt.drill());
        EXPECT_EQ(decision.event.lane(), wire::LANE_ROUTINE);
        EXPECT_EQ(decision.event.incident().lane(), wire::LANE_ROUTINE);
    }
    EXPECT_TRUE(world.state.open_fires("baoguo").empty());
}

TEST(Drill, RingsNowhereWhileARealAlarmIsOpenThere) {
    World world;
    const Decision started = world.run("officer-baoguo", drill("g1"));
    const std::string id = started.receipt.incident_id();
    const wire::Command worse = test::worse(started.receipt.report_id());
    const Result<Decision> calm = world.decide("officer-baoguo", worse);
    ASSERT_TRUE(calm);
    EXPECT_EQ(calm->event.lane(), wire::LANE_ROUTINE);
    EXPECT_EQ(world.refused("officer-baoguo", hand_over(id, "xinjiang")), "");
    world.run("volunteer-3", fire_at(in_x1()));
    EXPECT_EQ(world.refused("officer-baoguo", hand_over(id, "xinjiang")),
              code::drill_refused_real_alarm);
    EXPECT_EQ(world.refused("officer-baoguo", worse), "");

    world.run("officer-baoguo", resolve(id));
    EXPECT_EQ(world.refused("officer-baoguo", reopen(id)), "");
    world.run("volunteer-1", fire_at(in_g2()));
    EXPECT_EQ(world.refused("officer-baoguo", reopen(id)), code::drill_refused_real_alarm);
    EXPECT_EQ(world.refused("officer-baoguo", worse), code::drill_refused_real_alarm);
}

TEST(Drill, IsMergedWithNothingRealAndWhatIsSplitOffIsPractice) {
    World world;
    wire::Command command = drill("g1");
    command.mutable_start_drill()->set_kind(wire::REPORT_KIND_HAZARD);
    *command.mutable_start_drill()->mutable_place() = in_g1();
    const Decision first = world.run("officer-baoguo", command);
    const std::string practice = first.receipt.incident_id();
    const Decision real = world.run("volunteer-1", report(wire::REPORT_KIND_HAZARD, in_g1()));
    EXPECT_EQ(real.event.incident().perhaps_same_size(), 0) << "it is like nothing real";
    EXPECT_FALSE(real.receipt.similar_nearby());
    const std::string ice = real.receipt.incident_id();
    EXPECT_EQ(world.refused("officer-baoguo", merge(practice, ice)), "wrong_state");
    EXPECT_EQ(world.refused("officer-baoguo", merge(ice, practice)), "wrong_state");

    world.run("officer-baoguo", resolve(practice));
    const Decision second = world.run("officer-baoguo", command);
    world.run("officer-baoguo", reopen(practice));
    const Decision both =
        world.run("officer-baoguo", merge(practice, second.receipt.incident_id()));
    EXPECT_EQ(both.event.lane(), wire::LANE_ROUTINE);
    const Decision parted = world.run(
        "officer-baoguo", split(second.receipt.incident_id(), {first.receipt.report_id()}));
    EXPECT_TRUE(parted.receipt.drill());
    EXPECT_EQ(parted.event.lane(), wire::LANE_ROUTINE);
    EXPECT_TRUE(now_of(world, parted.receipt.incident_id()).drill());
    EXPECT_EQ(now_of(world, parted.receipt.incident_id()).lane(), wire::LANE_ROUTINE);
}

TEST(Drill, CountsForNothing) {
    World world;
    const std::string id = world.run("officer-baoguo", drill("g1")).receipt.incident_id();
    const auto stats = [&] {
        return stats_for(world.state, *world.state.person("bureau"), {})->rows_size();
    };
    EXPECT_EQ(stats(), 0);
    world.run("officer-baoguo", resolve(id));
    EXPECT_EQ(stats(), 0);
    // Two of three fires that one person reports are practice: no pattern.
    wire::Command practice = drill("g1");
    *practice.mutable_start_drill()->mutable_place() = in_g1();
    world.run("officer-baoguo", practice);
    world.run("officer-xinjiang", drill("x1"));
    EXPECT_EQ(world.run("officer-baoguo", fire_at(in_lianmeng())).event.incident().pattern(),
              wire::PATTERN_UNSPECIFIED);
}

TEST_F(Clocks, ADrillGoesUpButToNoNeighbourAndInNobodysWay) {
    wire::Command command = drill("g2");
    *command.mutable_start_drill()->mutable_place() = in_g2();
    const std::string id = run("officer-baoguo", command).receipt.incident_id();
    EXPECT_THAT(pass(2 * kMinuteMs),
                ElementsAre("+60 UNACKNOWLEDGED 1: bureau fire station/baoguo",
                            "+120 UNACKNOWLEDGED 2: bureau fire station/baoguo"));
    EXPECT_EQ(incident(id).lane(), wire::LANE_ROUTINE);
    EXPECT_EQ(incident(id).neighbour_station_ids_size(), 0);
    run("volunteer-1", fire_at(in_g1()));
    const Random random = [](std::span<unsigned char>) {};
    auto end = decide_drill_end(world.state, id, {world.now, random});
    ASSERT_TRUE(end);
    world.state.apply(end->event);
    take(*std::move(end));
    EXPECT_THAT(set(id), testing::IsEmpty()) << "nobody is called to a drill that is over";
}

}  // namespace
}  // namespace tocsin::domain::test
