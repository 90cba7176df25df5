// The fold: once is as good as twice, the order of what comes does not matter, and memory is
// bounded.
#include "hub/domain/state.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "domain_world.hpp"

namespace tocsin::domain::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Names = std::vector<std::string>;

store::EventBody incident_event(const std::string& id,
                                std::int32_t version,
                                wire::IncidentState state = wire::INCIDENT_STATE_OPEN,
                                const std::string& station = "baoguo",
                                wire::ReportKind kind = wire::REPORT_KIND_FIRE) {
    store::EventBody event;
    store::Incident* incident = event.mutable_incident();
    incident->set_id(id);
    incident->set_version(version);
    incident->set_state(state);
    incident->set_station_id(station);
    incident->set_kind(kind);
    return event;
}

Names open_fire_ids(const State& state, const std::string& station) {
    Names ids;
    for (const store::Incident* fire : state.open_fires(station)) {
        ids.push_back(fire->id());
    }
    return ids;
}

TEST(State, IsEmptyAtFirst) {
    const State state;
    EXPECT_EQ(state.incident("x"), nullptr);
    EXPECT_EQ(state.report("x"), nullptr);
    EXPECT_EQ(state.notice("x"), nullptr);
    EXPECT_EQ(state.area("x"), nullptr);
    EXPECT_EQ(state.team("x"), nullptr);
    EXPECT_EQ(state.person("x"), nullptr);
    EXPECT_EQ(state.device("x"), nullptr);
    EXPECT_EQ(state.device_by_token("x"), nullptr);
    EXPECT_EQ(state.district().version(), 0);
    EXPECT_EQ(state.set_version("x"), 0);
    EXPECT_THAT(state.incidents(), IsEmpty());
    EXPECT_THAT(state.reports_of("x"), IsEmpty());
    EXPECT_THAT(state.open_fires(""), IsEmpty());
    EXPECT_THAT(state.area_index().stations(), IsEmpty());
}

TEST(State, VersionsBySubject) {
    World world;
    const Decision fire = world.run("volunteer-1", report(wire::REPORT_KIND_FIRE, in_g1()));
    const Decision lookout = world.run("officer-baoguo", notice(wire::NOTICE_KIND_LOOKOUT, {"g1"}));
    world.run("bureau", acknowledge(fire.receipt.incident_id()));
    const std::map<std::string, int> versions = {
        {"incident/" + fire.receipt.incident_id(), 2},
        {"report/" + fire.receipt.report_id(), 1},
        {"notice/" + lookout.receipt.notice_id(), 1},
        {"area/g1", 1},
        {"team/four-leaf-clover", 1},
        {"person/bureau", 1},
        {"device/bureau-phone", 1},
        {"district/pingfang-district", 1},
        {"district/another", 0},
        {"set/district", 7},
        {"set/fires/baoguo", 1},
        {"set/fires/-", 0},
        {"incident/none", 0},
        {"report/none", 0},
        {"notice/none", 0},
        {"area/none", 0},
        {"team/none", 0},
        {"person/none", 0},
        {"device/none", 0},
        {"unheard/of", 0},
        {"nothing", 0},
        {"", 0},
    };
    for (const auto& [subject, version] : versions) {
        EXPECT_EQ(world.state.version_of(subject), version) << subject;
    }
}

TEST(State, ALowerOrEqualVersionChangesNothing) {
    State state;
    state.apply(incident_event("a", 3, wire::INCIDENT_STATE_RESOLVED));
    state.apply(incident_event("a", 3, wire::INCIDENT_STATE_OPEN));
    state.apply(incident_event("a", 2, wire::INCIDENT_STATE_OPEN));
    EXPECT_EQ(state.incident("a")->state(), wire::INCIDENT_STATE_RESOLVED);
    EXPECT_THAT(open_fire_ids(state, "baoguo"), IsEmpty());
    state.apply_set("s", 5);
    state.apply_set("s", 4);
    EXPECT_EQ(state.set_version("s"), 5);
}

TEST(State, OpenFiresFollowTheIncident) {
    State state;
    state.apply(incident_event("b", 1));
    state.apply(incident_event("a", 1));
    state.apply(
        incident_event("c", 1, wire::INCIDENT_STATE_OPEN, "baoguo", wire::REPORT_KIND_HAZARD));
    state.apply(incident_event("d", 1, wire::INCIDENT_STATE_OPEN, ""));
    EXPECT_THAT(open_fire_ids(state, "baoguo"), ElementsAre("a", "b"));
    EXPECT_THAT(open_fire_ids(state, ""), ElementsAre("d"));
    state.apply(incident_event("a", 2, wire::INCIDENT_STATE_ACKNOWLEDGED));
    EXPECT_THAT(open_fire_ids(state, "baoguo"), ElementsAre("a", "b"));
    state.apply(incident_event("b", 2, wire::INCIDENT_STATE_ACKNOWLEDGED, "xinjiang"));
    EXPECT_THAT(open_fire_ids(state, "baoguo"), ElementsAre("a"));
    EXPECT_THAT(open_fire_ids(state, "xinjiang"), ElementsAre("b"));
    state.apply(incident_event("a", 3, wire::INCIDENT_STATE_RESOLVED));
    EXPECT_THAT(open_fire_ids(state, "baoguo"), IsEmpty());
}

TEST(State, ReportsComeOldestFirstInWhateverOrderTheyWereFolded) {
    std::vector<int> numbers = {1, 2, 3, 4};
    do {
        State state;
        for (const int number : numbers) {
            store::StateBody body;
            body.mutable_report()->set_id(std::to_string(9 - number));
            body.mutable_report()->set_incident_id("i");
            body.mutable_report()->set_number(number);
            state.apply(body);
            state.apply(body);
        }
        Names ids;
        for (const store::Report* report : state.reports_of("i")) {
            ids.push_back(report->id());
        }
        ASSERT_THAT(ids, ElementsAre("8", "7", "6", "5"));
    } while (std::ranges::next_permutation(numbers).found);
}

TEST(State, ADeviceIsFoundByItsToken) {
    State state;
    store::EventBody event;
    event.mutable_device()->mutable_device()->set_id("d");
    event.mutable_device()->mutable_device()->set_version(1);
    event.mutable_device()->mutable_device()->set_person_id("p");
    event.mutable_device()->set_token_sha256("one");
    state.apply(event);
    EXPECT_EQ(state.device_by_token("one")->device().id(), "d");
    event.mutable_device()->mutable_device()->set_version(2);
    event.mutable_device()->set_token_sha256("two");
    state.apply(event);
    EXPECT_EQ(state.device_by_token("one"), nullptr);
    EXPECT_EQ(state.device_by_token("two")->device().version(), 2);
    EXPECT_EQ(state.devices_of("p").size(), 1U);
    EXPECT_THAT(state.devices_of("q"), IsEmpty());
}

TEST(State, TheAreaIndexFollowsTheAreas) {
    State state;
    store::EventBody event;
    *event.mutable_area() = square("a", wire::AREA_KIND_STATION, "", 45.50, 126.60, 45.51, 126.61);
    state.apply(event);
    EXPECT_EQ(state.area_index().route(place_at(45.505, 126.605)).area_id, "a");
    State copy = state;
    *event.mutable_area() = square("a", wire::AREA_KIND_STATION, "", 45.52, 126.60, 45.53, 126.61);
    event.mutable_area()->set_version(2);
    state.apply(event);
    EXPECT_EQ(state.area_index().route(place_at(45.505, 126.605)).area_id, "");
    EXPECT_EQ(state.area_index().route(place_at(45.525, 126.605)).area_id, "a");
    EXPECT_EQ(copy.area_index().route(place_at(45.505, 126.605)).area_id, "a")
        << "a copy is a value of its own";
}

TEST(State, WhatIsOverIsForgottenAndCanBeFoldedInAgain) {
    World world;
    const Decision one = world.run("volunteer-1", report(wire::REPORT_KIND_FIRE, in_g1()));
    const Decision two = world.run("volunteer-1", report(wire::REPORT_KIND_HAZARD, in_g1()));
    const Decision resolved = world.run("officer-baoguo", resolve(one.receipt.incident_id()));
    wire::Command brief = notice(wire::NOTICE_KIND_LOOKOUT, {"g1"});
    brief.mutable_issue_notice()->set_until_time_ms(kNow + 1000);
    const std::string brief_id = world.run("officer-baoguo", brief).receipt.notice_id();
    const std::string long_id =
        world.run("officer-baoguo", notice(wire::NOTICE_KIND_LOOKOUT, {"g1"})).receipt.notice_id();

    world.state.forget_before(kNow);
    EXPECT_NE(world.state.incident(one.receipt.incident_id()), nullptr)
        << "not over before this time";
    EXPECT_NE(world.state.notice(brief_id), nullptr);

    world.state.forget_before(kNow + 1001);
    EXPECT_EQ(world.state.incident(one.receipt.incident_id()), nullptr);
    EXPECT_EQ(world.state.report(one.receipt.report_id()), nullptr);
    EXPECT_THAT(world.state.reports_of(one.receipt.incident_id()), IsEmpty());
    EXPECT_EQ(world.state.notice(brief_id), nullptr);
    EXPECT_NE(world.state.notice(long_id), nullptr);
    EXPECT_NE(world.state.incident(two.receipt.incident_id()), nullptr) << "open, however old";
    EXPECT_NE(world.state.report(two.receipt.report_id()), nullptr);
    EXPECT_EQ(world.state.people().size(), std::size(kHolders));

    store::StateBody body;
    *body.mutable_incident() = resolved.event.incident();
    world.state.apply(body);
    EXPECT_EQ(world.state.incident(one.receipt.incident_id())->version(), 2);
    EXPECT_THAT(world.state.open_fires("baoguo"), IsEmpty());
}

TEST(State, AnEventOfAnUnknownKindIsFoldedForWhatItSays) {
    State state;
    store::EventBody event = incident_event("a", 1);
    event.set_kind(static_cast<wire::EventKind>(99));
    store::SetVersion* set = event.add_sets();
    set->set_name("fires/baoguo");
    set->set_version(1);
    state.apply(event);
    EXPECT_EQ(state.version_of("incident/a"), 1);
    EXPECT_EQ(state.set_version("fires/baoguo"), 1);
    store::EventBody nothing;
    nothing.set_kind(static_cast<wire::EventKind>(99));
    state.apply(nothing);
    EXPECT_EQ(state.incidents().size(), 1U);
}

}  // namespace
}  // namespace tocsin::domain::test
