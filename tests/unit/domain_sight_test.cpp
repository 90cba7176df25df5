// Who sees an incident in two ways, who sees it no longer, and the version that they hold of it.
#include <gmock/gmock.h>

#include "domain_world.hpp"
#include "hub/domain/clocks.hpp"

namespace tocsin::domain::test {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

struct Sent {
    std::string incident;
    std::string report;
};

class Sight : public testing::Test {
protected:
    Sent send(const std::string& person, const wire::Command& command) {
        const Decision decision = world.run(person, command);
        return {decision.receipt.incident_id(), decision.receipt.report_id()};
    }
    const store::Incident& incident(const std::string& id) { return *world.state.incident(id); }
    World world;
};

// The feeds to whom the event says that an incident left.
std::vector<std::string> left(const store::EventBody& event) {
    std::vector<std::string> feeds;
    for (const store::Audience& audience : event.audiences()) {
        if (audience.kind() == wire::EVENT_KIND_INCIDENT_LEFT) {
            feeds.push_back(audience.channel() + " " + store::View_Name(audience.view()));
        }
    }
    return feeds;
}

TEST_F(Sight, WhoReportedAndSeesItAtADeskCountsAsTheDeskDoes) {
    const Sent sent = send("officer-baoguo", report(wire::REPORT_KIND_ASSIST, in_g1()));
    for (int i = 0; i < 3; ++i) {
        world.run("officer-baoguo-2", note(sent.incident));
    }
    ASSERT_EQ(incident(sent.incident).version(), 4);
    const Decision gone = world.run("officer-baoguo-2", hand_over(sent.incident, "xinjiang"));
    // The richest that officer-baoguo gets of it is now the own report's.
    EXPECT_EQ(version_told(gone.event, "officer-baoguo", sent.incident), 5);
    const Decision over = world.run("officer-xinjiang", resolve(sent.incident));
    EXPECT_EQ(version_told(over.event, "officer-baoguo", sent.incident), 6);
}

TEST_F(Sight, WhoLosesSightCountsOnByWhatReportersAreTold) {
    const Sent sent = send("auxiliary", report(wire::REPORT_KIND_ASSIST, in_g1()));
    world.run("officer-baoguo", note(sent.incident));
    const Decision gone = world.run("officer-baoguo", hand_over(sent.incident, "xinjiang"));
    EXPECT_EQ(version_told(gone.event, "auxiliary", sent.incident), 3);
    for (int i = 0; i < 3; ++i) {
        world.run("officer-xinjiang", note(sent.incident));
    }
    const Decision over = world.run("officer-xinjiang", resolve(sent.incident));
    EXPECT_EQ(version_told(over.event, "auxiliary", sent.incident), 4)
        << "notes are no business of theirs";
}

TEST_F(Sight, AVolunteersVersionTellsNothingOfTheDesks) {
    const Sent sent = send("volunteer-1", report(wire::REPORT_KIND_ASSIST, in_g1()));
    for (int i = 0; i < 3; ++i) {
        world.run("officer-baoguo", note(sent.incident));
    }
    const Decision taken = world.run("officer-baoguo", acknowledge(sent.incident));
    EXPECT_EQ(version_told(taken.event, "volunteer-1", sent.incident), 2);
}

TEST_F(Sight, WhoMovesUpToADeskCountsAsItDoes) {
    const Sent sent = send("volunteer-1", report(wire::REPORT_KIND_ASSIST, in_g1()));
    for (int i = 0; i < 3; ++i) {
        world.run("officer-baoguo", note(sent.incident));
    }
    store::EventBody event;
    *event.mutable_person() = *world.state.person("volunteer-1");
    event.mutable_person()->set_version(2);
    event.mutable_person()->mutable_grants(0)->set_role(wire::ROLE_AUXILIARY);
    event.mutable_person()->mutable_grants(0)->set_scope_id("baoguo");
    world.state.apply(event);
    // An auxiliary does not see questions, but for those about the own report.
    const Decision asked = world.run("officer-baoguo", ask(sent.incident, sent.report));
    EXPECT_EQ(version_told(asked.event, "volunteer-1", sent.incident), 5)
        << "version 4 was in the snapshot of the station";
}

TEST_F(Sight, MergedItIsKnownAtADeskByItsOwnId) {
    const Sent a = send("grid-worker-1", report(wire::REPORT_KIND_HAZARD, in_g1()));
    const Sent b = send("volunteer-2", report(wire::REPORT_KIND_HAZARD, in_g1()));
    world.run("officer-baoguo", note(b.incident));
    const Decision merged = world.run("officer-baoguo", merge(a.incident, b.incident));
    EXPECT_EQ(version_told(merged.event, "grid-worker-1", a.incident), 0);
    const store::Report& moved = *world.state.report(a.report);
    EXPECT_EQ(moved.shown_incident_id(), "");
    EXPECT_EQ(own_version(incident(b.incident), moved), incident(b.incident).version());
}

TEST_F(Sight, UnmergedItComesBackAboveAllThatItsReporterWasTold) {
    const Sent a = send("volunteer-1", report(wire::REPORT_KIND_ASSIST, in_g1()));
    const Sent b = send("volunteer-2", report(wire::REPORT_KIND_ASSIST, in_g1()));
    world.run("officer-baoguo", merge(a.incident, b.incident));
    std::int32_t told = 0;
    for (int i = 0; i < 5; ++i) {
        told = version_told(
            world.run("volunteer-1", amend(a.report)).event, "volunteer-1", a.incident);
    }
    ASSERT_GT(told, incident(a.incident).version());
    world.run("officer-baoguo", unmerge(a.incident));
    EXPECT_GT(incident(a.incident).version(), told);
}

TEST_F(Sight, WhoSeesItNoLongerIsToldThatItLeft) {
    const Sent sent = send("volunteer-1", report(wire::REPORT_KIND_ASSIST, in_g1()));
    const Decision gone = world.run("officer-baoguo", hand_over(sent.incident, "xinjiang"));
    EXPECT_THAT(left(gone.event),
                UnorderedElementsAre("station/baoguo VIEW_OFFICER", "station/baoguo VIEW_CREW"))
        << "its officers see it in another view, which counts";
    const Decision next = world.run("officer-xinjiang", note(sent.incident));
    EXPECT_THAT(left(next.event), IsEmpty()) << "once";
}

TEST_F(Sight, ACorrectedPlaceTakesItFromAGrid) {
    const Sent sent = send("volunteer-1", report(wire::REPORT_KIND_HAZARD, in_g1()));
    const Decision gone = world.run("volunteer-1", moved(sent.report, in_g2()));
    EXPECT_THAT(left(gone.event), UnorderedElementsAre("area/g1 VIEW_GRID"));
    const Decision far = world.run("volunteer-1", moved(sent.report, in_x1()));
    EXPECT_THAT(left(far.event), Contains("station/baoguo VIEW_CREW"));
    EXPECT_THAT(left(far.event), Contains("area/g2 VIEW_GRID"));
    EXPECT_THAT(left(world.run("volunteer-1", amend(sent.report)).event), IsEmpty());
}

TEST_F(Sight, AReporterWhoLosesSightAtTheDeskGoesOnSeeingTheOwnReport) {
    // A grid worker reports what volunteer-1 reported first; the officer merges both.
    const Sent first = send("volunteer-1", report(wire::REPORT_KIND_HAZARD, in_g1()));
    const Sent own = send("grid-worker-1", report(wire::REPORT_KIND_HAZARD, in_g1()));
    world.run("officer-baoguo", merge(own.incident, first.incident));
    const Decision gone = world.run("volunteer-1", moved(first.report, in_g2()));
    EXPECT_THAT(left(gone.event), UnorderedElementsAre("area/g1 VIEW_GRID"));
    EXPECT_EQ(version_told(gone.event, "grid-worker-1", first.incident),
              incident(first.incident).version());
}

TEST_F(Sight, WhoTookItAndSeesItNoLongerIsToldWhy) {
    const Sent sent = send("volunteer-1", report(wire::REPORT_KIND_HAZARD, in_g1()));
    world.run("grid-worker-1", respond(sent.incident));
    EXPECT_EQ(world.refused("grid-worker-2", acknowledge(sent.incident)), "unknown_incident");
    world.run("volunteer-1", moved(sent.report, in_g2()));
    EXPECT_EQ(world.refused("grid-worker-1", resolve(sent.incident)), "handed_over");
    world.run("officer-baoguo", hand_over(sent.incident, "xinjiang"));
    EXPECT_EQ(world.refused("auxiliary", acknowledge(sent.incident)), "handed_over");
    EXPECT_EQ(world.refused("officer-lianmeng", acknowledge(sent.incident)), "unknown_incident");
}

// P6: whoever is to see to it can.

TEST_F(Sight, P6_WhatAGridDidLapsesWhenThePlaceIsInAnother) {
    for (const bool responds : {false, true}) {
        const Sent sent = send("volunteer-1", report(wire::REPORT_KIND_HAZARD));
        world.run("grid-worker-1", responds ? respond(sent.incident) : acknowledge(sent.incident));
        const Decision gone = world.run("volunteer-1", moved(sent.report, in_g2()));
        EXPECT_EQ(incident(sent.incident).state(), wire::INCIDENT_STATE_OPEN);
        EXPECT_NE(incident(sent.incident).acknowledgements(0).lapsed_time_ms(), 0);
        EXPECT_TRUE(gone.event.rings()) << "the other worker has to take it";
        world.run("grid-worker-2", acknowledge(sent.incident));
    }
}

TEST_F(Sight, P6_WhatTheStationDidStandsWhenOnlyTheGridIsAnother) {
    const Sent sent = send("volunteer-1", report(wire::REPORT_KIND_HAZARD, in_g1()));
    world.run("officer-baoguo", acknowledge(sent.incident));
    world.run("grid-worker-1", respond(sent.incident));
    const Decision gone = world.run("volunteer-1", moved(sent.report, in_g2()));
    EXPECT_EQ(incident(sent.incident).state(), wire::INCIDENT_STATE_ACKNOWLEDGED);
    EXPECT_EQ(version_told(gone.event, "volunteer-1", sent.incident), 4);
    world.run("volunteer-1", moved(sent.report, in_g1()));
    EXPECT_EQ(incident(sent.incident).state(), wire::INCIDENT_STATE_ACKNOWLEDGED);
}

TEST_F(Sight, P6_MergedIntoAnotherGridsAGridsStepDoesNotCount) {
    const Sent a = send("volunteer-1", report(wire::REPORT_KIND_HAZARD, in_g1()));
    const Sent b = send("volunteer-2", report(wire::REPORT_KIND_HAZARD, in_g2()));
    world.run("grid-worker-1", respond(a.incident));
    world.run("officer-baoguo", merge(a.incident, b.incident));
    EXPECT_EQ(incident(b.incident).state(), wire::INCIDENT_STATE_OPEN);
    world.run("officer-baoguo", unmerge(a.incident));
    EXPECT_EQ(incident(a.incident).state(), wire::INCIDENT_STATE_RESPONDING);
}

TEST_F(Sight, P6_TheClockStartsAnewAtTheOtherGrid) {
    const Sent sent = send("volunteer-1", report(wire::REPORT_KIND_HAZARD, in_g1()));
    world.run("grid-worker-1", respond(sent.incident));
    ASSERT_EQ(timer_of(incident(sent.incident), wire::CLOCK_UNACKNOWLEDGED), nullptr);
    world.now += 30'000;
    world.run("volunteer-1", moved(sent.report, in_g2()));
    const store::Timer* timer = timer_of(incident(sent.incident), wire::CLOCK_UNACKNOWLEDGED);
    ASSERT_NE(timer, nullptr) << "nobody there has taken it";
    EXPECT_EQ(timer->set_time_ms(), world.now);
}

// What a reporter was told stays told.

TEST_F(Sight, P9_MergedAReporterKeepsTheOwnHandOversAndTimes) {
    const Sent a = send("volunteer-1", report(wire::REPORT_KIND_ASSIST, in_g1()));
    world.now += 1000;
    const Sent b = send("volunteer-2", report(wire::REPORT_KIND_ASSIST, in_x1()));
    world.now += 1000;
    world.run("officer-baoguo", hand_over(a.incident, "xinjiang"));
    const wire::Incident before = own_view(incident(a.incident), *world.state.report(a.report));
    ASSERT_EQ(before.hand_overs_size(), 1);
    world.now += 1000;
    const Decision merged = world.run("officer-xinjiang", merge(a.incident, b.incident));
    const wire::Incident after = own_view(incident(b.incident), *world.state.report(a.report));
    EXPECT_EQ(after.ShortDebugString(), before.ShortDebugString())
        << "nothing that they see changed";
    EXPECT_EQ(version_told(merged.event, "volunteer-1", a.incident), 0);
    world.run("officer-xinjiang", unmerge(a.incident));
    EXPECT_EQ(own_view(incident(a.incident), *world.state.report(a.report)).ShortDebugString(),
              before.ShortDebugString());
}

TEST_F(Sight, P9_WhatChangesForAReporterRaisesTheVersionAndNoTimeRunsBackwards) {
    const Sent a = send("volunteer-1", report(wire::REPORT_KIND_HAZARD));
    world.now += 1000;
    world.run("grid-worker-1", acknowledge(a.incident));
    world.run("officer-baoguo", acknowledge(a.incident));
    const wire::Incident before = own_view(incident(a.incident), *world.state.report(a.report));
    world.now += 1000;
    const Decision gone = world.run("volunteer-1", moved(a.report, in_g2()));
    const wire::Incident after = own_view(incident(a.incident), *world.state.report(a.report));
    EXPECT_EQ(after.acknowledgements_size(), 1);
    EXPECT_EQ(after.version(), before.version() + 1);
    EXPECT_GE(after.updated_time_ms(), before.updated_time_ms());
    EXPECT_EQ(version_told(gone.event, "volunteer-1", a.incident), after.version());
}

}  // namespace
}  // namespace tocsin::domain::test
