// Several reports of one fire are one incident: who joins what, what the decision reads, who learns
// of it.
#include <gmock/gmock.h>

#include "domain_world.hpp"

namespace tocsin::domain::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

constexpr auto kFire = wire::REPORT_KIND_FIRE;
// One metre to the north, in degrees.
constexpr double kMetre = 1 / 111'195.08;

class Fire : public testing::Test {
protected:
    std::string report_fire(const std::string& person, const wire::Place& place) {
        return world.run(person, report(kFire, place)).receipt.incident_id();
    }
    const store::Incident& incident(const std::string& id) { return *world.state.incident(id); }

    World world;
};

TEST_F(Fire, FourReportsAreOneIncident) {
    const std::string id = report_fire("volunteer-1", in_g1());
    for (const char* person : {"volunteer-2", "volunteer-3", "auxiliary"}) {
        world.now += 1000;
        const Decision decision = world.run(person, report(kFire, in_g1()));
        EXPECT_EQ(decision.receipt.incident_id(), id);
        EXPECT_EQ(decision.event.kind(), wire::EVENT_KIND_REPORT_JOINED);
        EXPECT_EQ(decision.event.lane(), wire::LANE_ALARM);
        EXPECT_EQ(decision.event.report().incident_id(), id);
    }
    EXPECT_EQ(incident(id).report_count(), 4);
    EXPECT_EQ(incident(id).version(), 4);
    EXPECT_EQ(incident(id).life(), 1);
    EXPECT_EQ(incident(id).opened_time_ms(), kNow);
    EXPECT_EQ(incident(id).latest_report_time_ms(), kNow + 3000);
    EXPECT_EQ(incident(id).updated_time_ms(), kNow + 3000);
    ASSERT_EQ(world.state.reports_of(id).size(), 4U);
    for (int i = 0; i < 4; ++i) {
        EXPECT_EQ(world.state.reports_of(id)[static_cast<std::size_t>(i)]->number(), i + 1);
    }
    EXPECT_EQ(world.state.incidents().size(), 1U);
}

TEST_F(Fire, JoinsWithinTheDistanceOnly) {
    struct Row {
        int setting_m;
        double away_m;
        bool joins;
    };
    const Row rows[] = {
        {0, 0, true},
        {0, 149.9, true},
        {0, 150.1, false},
        {2000, 1999, true},
        {2000, 2001, false},
        {1, 0.9, true},
        {1, 1.1, false},
    };
    for (const Row& row : rows) {
        World fresh;
        store::EventBody event;
        *event.mutable_district() = fresh.state.district();
        event.mutable_district()->set_version(2);
        event.mutable_district()->set_fire_join_distance_m(row.setting_m);
        fresh.state.apply(event);
        const std::string id =
            fresh.run("volunteer-1", report(kFire, in_g1())).receipt.incident_id();
        wire::Place place = in_g1();
        place.set_latitude(place.latitude() + row.away_m * kMetre);
        const Decision second = fresh.run("volunteer-2", report(kFire, place));
        EXPECT_EQ(second.receipt.incident_id() == id, row.joins)
            << row.setting_m << " " << row.away_m;
    }
}

TEST_F(Fire, JoinsWithinTheTimeOfTheLatestReport) {
    const std::string id = report_fire("volunteer-1", in_g1());
    world.now += 1'800'000;
    EXPECT_EQ(report_fire("volunteer-2", in_g1()), id);
    world.now += 1'800'000;  // of the latest, not of the first
    EXPECT_EQ(report_fire("volunteer-1", in_g1()), id);
    world.now += 1'800'001;
    EXPECT_NE(report_fire("volunteer-2", in_g1()), id);
}

TEST_F(Fire, TheTimeIsASetting) {
    store::EventBody event;
    *event.mutable_district() = world.state.district();
    event.mutable_district()->set_version(2);
    event.mutable_district()->set_fire_join_within_s(60);
    world.state.apply(event);
    const std::string id = report_fire("volunteer-1", in_g1());
    world.now += 60'000;
    EXPECT_EQ(report_fire("volunteer-2", in_g1()), id);
    world.now += 60'001;
    EXPECT_NE(report_fire("volunteer-2", in_g1()), id);
}

TEST_F(Fire, AClockThatWentBackJoinsAllTheSame) {
    const std::string id = report_fire("volunteer-1", in_g1());
    world.now -= 5000;
    EXPECT_EQ(report_fire("volunteer-2", in_g1()), id);
    EXPECT_EQ(incident(id).latest_report_time_ms(), kNow);
}

TEST_F(Fire, JoinsTheNearest) {
    wire::Place north = in_g1();
    north.set_latitude(north.latitude() + 200 * kMetre);
    wire::Place between = in_g1();
    between.set_latitude(between.latitude() + 120 * kMetre);
    const std::string south_id = report_fire("volunteer-1", in_g1());
    const std::string north_id = report_fire("volunteer-1", north);
    ASSERT_NE(south_id, north_id);
    EXPECT_EQ(report_fire("volunteer-2", between), north_id);
}

TEST_F(Fire, OfTwoEquallyNearTheLowestId) {
    for (std::uint32_t seed = 1; seed <= 20; ++seed) {
        World fresh(seed);
        // Far apart in time, at the very same place: the second does not join, a third finds both.
        const std::string a =
            fresh.run("volunteer-1", report(kFire, in_g1())).receipt.incident_id();
        fresh.now += 1'800'001;
        const std::string b =
            fresh.run("volunteer-1", report(kFire, in_g1())).receipt.incident_id();
        ASSERT_NE(a, b);
        fresh.now -= 900'000;
        EXPECT_EQ(fresh.run("volunteer-2", report(kFire, in_g1())).receipt.incident_id(),
                  std::min(a, b));
    }
}

TEST_F(Fire, DoesNotJoinOneThatWasResolvedLongAgo) {
    const std::string id = report_fire("volunteer-1", in_g1());
    world.run("officer-baoguo", acknowledge(id));
    EXPECT_EQ(report_fire("volunteer-2", in_g1()), id) << "an acknowledged one still gathers";
    world.run("officer-baoguo", resolve(id));
    EXPECT_EQ(report_fire("volunteer-2", in_g1()), id) << "it burns again";
    world.run("officer-baoguo", resolve(id));
    world.now += 3'600'001;
    EXPECT_NE(report_fire("volunteer-2", in_g1()), id);
}

TEST_F(Fire, WithoutAPlaceNeverJoinsAndIsNeverJoined) {
    const std::string with_place = report_fire("volunteer-1", in_g1());
    const Decision placeless = world.run("volunteer-1", report(kFire));
    EXPECT_NE(placeless.receipt.incident_id(), with_place);
    EXPECT_EQ(placeless.event.incident().station_id(), "baoguo");
    EXPECT_NE(world.run("volunteer-1", report(kFire)).receipt.incident_id(),
              placeless.receipt.incident_id());
    EXPECT_EQ(report_fire("volunteer-2", in_g1()), with_place);
    EXPECT_THAT(read_names(placeless),
                ElementsAre("device/volunteer-1-phone=1",
                            "person/volunteer-1=1",
                            "set/district=7",
                            "set/fires/baoguo=1"));
    ASSERT_EQ(placeless.event.sets_size(), 1);
    EXPECT_EQ(placeless.event.sets(0).name(), "fires/baoguo");
    EXPECT_EQ(placeless.event.sets(0).version(), 2);
}

TEST_F(Fire, AnotherKindNextToItDoesNotJoin) {
    const std::string id = report_fire("volunteer-1", in_g1());
    wire::Command gas = report(wire::REPORT_KIND_HAZARD, in_g1());
    gas.mutable_submit_report()->set_smell_of_gas(true);
    EXPECT_NE(world.run("volunteer-2", gas).receipt.incident_id(), id);
    // And a fire does not join a hazard.
    World fresh;
    const std::string hazard = fresh.run("volunteer-1", gas).receipt.incident_id();
    EXPECT_NE(fresh.run("volunteer-2", report(kFire, in_g1())).receipt.incident_id(), hazard);
}

TEST_F(Fire, OpeningReadsAndRaisesTheSetOfItsStation) {
    const Decision decision = world.run("volunteer-1", report(kFire, in_g1()));
    EXPECT_THAT(read_names(decision),
                ElementsAre("device/volunteer-1-phone=1",
                            "person/volunteer-1=1",
                            "set/district=7",
                            "set/fires/-=0",
                            "set/fires/baoguo=0"));
    ASSERT_EQ(decision.event.sets_size(), 1);
    EXPECT_EQ(decision.event.sets(0).name(), "fires/baoguo");
    EXPECT_EQ(decision.event.sets(0).version(), 1);
    EXPECT_EQ(world.state.set_version("fires/baoguo"), 1);
}

TEST_F(Fire, JoiningReadsTheIncidentAndRaisesNoSet) {
    const std::string id = report_fire("volunteer-1", in_g1());
    const Decision decision = world.run("volunteer-2", report(kFire, in_g1()));
    EXPECT_THAT(read_names(decision),
                ElementsAre("device/volunteer-2-phone=1",
                            "incident/" + id + "=1",
                            "person/volunteer-2=1",
                            "set/district=7",
                            "set/fires/-=0",
                            "set/fires/baoguo=1"));
    EXPECT_EQ(decision.event.sets_size(), 0);
}

TEST_F(Fire, NearABorderTheNeighboursSetIsReadToo) {
    // 23 m and 233 m from xinjiang.
    const Decision near = world.run("volunteer-2", report(kFire, place_at(45.52, 126.6597)));
    EXPECT_THAT(read_names(near), Contains("set/fires/xinjiang=0"));
    const Decision away = world.run("volunteer-2", report(kFire, place_at(45.53, 126.657)));
    EXPECT_THAT(read_names(away), Not(Contains("set/fires/xinjiang=0")));
}

TEST_F(Fire, JoinsAcrossTheBorderBetweenStations) {
    const std::string west = report_fire("volunteer-2", place_at(45.52, 126.6599));
    const Decision east = world.run("volunteer-3", report(kFire, place_at(45.52, 126.6602)));
    EXPECT_EQ(east.receipt.incident_id(), west);
    EXPECT_EQ(incident(west).station_id(), "baoguo");
    // Ground of xinjiang is touched now: its officers see the fire coarsely.
    EXPECT_THAT(incident(west).neighbour_station_ids(), ElementsAre("xinjiang"));
    EXPECT_THAT(names_of(east.event.audiences()), Contains("station/xinjiang#NEIGHBOUR"));
}

TEST_F(Fire, ElsewhereOnAnotherStationsGroundItIsThatStationsOwnAndRingsThere) {
    const std::string west = report_fire("volunteer-2", place_at(45.52, 126.6597));
    const Decision far = world.run("volunteer-3", report(kFire, place_at(45.52, 126.6603)));
    EXPECT_EQ(far.event.kind(), wire::EVENT_KIND_INCIDENT_OPENED);
    EXPECT_EQ(far.event.incident().station_id(), "xinjiang");
    EXPECT_TRUE(far.event.rings());
    // A step away from the first, and another building.
    World fresh;
    const std::string first =
        fresh.run("volunteer-2", report(kFire, place_at(45.52, 126.6599))).receipt.incident_id();
    wire::Command building = report(kFire, place_at(45.52, 126.6602));
    building.mutable_submit_report()->set_building("7");
    const Decision seven = fresh.run("volunteer-3", building);
    EXPECT_NE(seven.receipt.incident_id(), first);
    EXPECT_EQ(seven.event.incident().station_id(), "xinjiang");
    // From now on each station's own gather.
    EXPECT_EQ(report_fire("volunteer-1", place_at(45.52, 126.6608)), far.receipt.incident_id());
    EXPECT_EQ(report_fire("volunteer-1", place_at(45.52, 126.6592)), west);
}

TEST_F(Fire, OneThatWasClosedOnAnotherStationsGroundIsNotOpenedAgainFromElsewhere) {
    const std::string west = report_fire("volunteer-2", place_at(45.52, 126.6597));
    world.run("officer-baoguo", resolve(west));
    const Decision east = world.run("volunteer-3", report(kFire, place_at(45.52, 126.6603)));
    EXPECT_EQ(east.event.kind(), wire::EVENT_KIND_INCIDENT_OPENED);
    EXPECT_EQ(east.event.incident().station_id(), "xinjiang");
}

TEST_F(Fire, JoinsAcrossTheEdgeOfTheStationsBothWays) {
    const std::string first = report_fire("volunteer-1", place_at(45.5797, 126.63));
    EXPECT_EQ(report_fire("volunteer-2", place_at(45.5803, 126.63)), first)
        << "the bureau hears it wherever it is";
    const wire::Place within = place_at(45.5799, 126.63);
    const wire::Place beyond = place_at(45.5801, 126.63);
    World fresh;
    const std::string other = fresh.run("volunteer-1", report(kFire, beyond)).receipt.incident_id();
    EXPECT_EQ(fresh.state.incident(other)->station_id(), "");
    EXPECT_EQ(fresh.state.set_version("fires/-"), 1);
    EXPECT_EQ(fresh.run("volunteer-2", report(kFire, within)).receipt.incident_id(), other);
}

TEST_F(Fire, JoinsOneThatWasHandedOverFarAway) {
    const std::string id = report_fire("volunteer-1", in_g1());
    world.run("officer-baoguo", hand_over(id, "lianmeng"));
    wire::Place north = in_g1();
    north.set_latitude(north.latitude() + 100 * kMetre);
    const Decision second = world.run("volunteer-2", report(kFire, north));
    EXPECT_EQ(second.receipt.incident_id(), id) << "those who gave it away know of it";
    EXPECT_THAT(read_names(second), Contains("set/fires/lianmeng=1"));
    // Closed there, it is opened again from here.
    world.run("officer-lianmeng", resolve(id));
    EXPECT_EQ(report_fire("volunteer-3", in_g1()), id);
    EXPECT_EQ(world.state.incidents().size(), 1U);
}

TEST_F(Fire, ResolvingRaisesTheSet) {
    const std::string id = report_fire("volunteer-1", in_g1());
    const Decision decision = world.run("fire-desk", resolve(id));
    EXPECT_THAT(read_names(decision),
                ElementsAre("device/fire-desk-phone=1",
                            "incident/" + id + "=1",
                            "person/fire-desk=1",
                            "set/district=7",
                            "set/fires/baoguo=1"));
    ASSERT_EQ(decision.event.sets_size(), 1);
    EXPECT_EQ(decision.event.sets(0).name(), "fires/baoguo");
    EXPECT_EQ(decision.event.sets(0).version(), 2);
}

TEST_F(Fire, WhoReportedBeforeIsNotToldOfAnotherReport) {
    report_fire("volunteer-1", in_g1());
    const Decision decision = world.run("volunteer-2", report(kFire, in_g1()));
    EXPECT_THAT(names_of(decision.event.audiences()),
                ElementsAre("bureau#BUREAU",
                            "fire#FIRE_DESK",
                            "me/volunteer-2#REPORTER",
                            "station/baoguo#CREW",
                            "station/baoguo#OFFICER"));
}

TEST_F(Fire, EventsOfItsLifeGoToAllReportersEachWithTheirFirstReport) {
    const Decision one = world.run("volunteer-1", report(kFire, in_g1()));
    const Decision two = world.run("volunteer-2", report(kFire, in_g1()));
    const Decision again = world.run("volunteer-1", report(kFire, in_g1()));
    EXPECT_EQ(again.receipt.incident_id(), one.receipt.incident_id());
    const Decision taken = world.run("fire-desk", acknowledge(one.receipt.incident_id()));
    std::map<std::string, std::string> own;
    for (const store::Audience& audience : taken.event.audiences()) {
        if (audience.has_own_report()) {
            EXPECT_TRUE(own.emplace(audience.channel(), audience.own_report().id()).second);
        }
    }
    EXPECT_THAT(own,
                ElementsAre(std::pair("me/volunteer-1", one.receipt.report_id()),
                            std::pair("me/volunteer-2", two.receipt.report_id())));
    EXPECT_FALSE(taken.event.has_report());
}

}  // namespace
}  // namespace tocsin::domain::test
