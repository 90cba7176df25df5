// The clocks of incidents that are merged, split, amended, corroborated: what happens to an
// incident beside being taken.

#include <gmock/gmock.h>

#include "tests/unit/clocks_world.hpp"

namespace tocsin::domain::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Sent {
    std::string incident;
    std::string report;
};

class ClocksInLife : public Clocks {
protected:
    Sent send(const std::string& person, const wire::Command& command) {
        const Decision decision = run(person, command);
        return {decision.receipt.incident_id(), decision.receipt.report_id()};
    }
    Sent hazard(const std::string& person) {
        return send(person, report(wire::REPORT_KIND_HAZARD, in_g1()));
    }
    Sent fire(const std::string& person, double metres_north = 0) {
        wire::Place place = in_g1();
        place.set_latitude(place.latitude() + metres_north / 111'195);
        return send(person, report(wire::REPORT_KIND_FIRE, place));
    }
    std::vector<std::string> set_of(const Sent& sent) { return set(sent.incident); }
};

TEST_F(ClocksInLife, WhatIsMergedWaitsForNobodyAndUnmergedDoesAgain) {
    const Sent a = hazard("volunteer-1");
    const Sent b = hazard("volunteer-2");
    pass(10 * kMinuteMs);
    run("officer-baoguo", merge(a.incident, b.incident));
    EXPECT_THAT(set_of(a), IsEmpty());
    EXPECT_THAT(incident(a.incident).timers(), IsEmpty());
    EXPECT_THAT(set_of(b), ElementsAre("unacknowledged.1 1200")) << "as before";
    const TimerName stopped{a.incident, wire::CLOCK_UNACKNOWLEDGED, 1};
    EXPECT_FALSE(escalate(to_text(stopped)));
    EXPECT_TRUE(is_stale(world.state, stopped));
    pass(5 * kMinuteMs);
    run("officer-baoguo", unmerge(a.incident));
    EXPECT_THAT(set_of(a), ElementsAre("unacknowledged.2 1800"));
    EXPECT_THAT(set_of(b), ElementsAre("unacknowledged.1 900"));
}

TEST_F(ClocksInLife, WhoTookTheOneTookBothUntilTheyAreTwoAgain) {
    const Sent a = hazard("volunteer-1");
    const Sent b = hazard("volunteer-2");
    run("officer-baoguo", acknowledge(a.incident));
    run("officer-baoguo", merge(a.incident, b.incident));
    EXPECT_THAT(set_of(a), IsEmpty());
    EXPECT_THAT(set_of(b), ElementsAre("not_responding.2 14400"));
    pass(kMinuteMs);
    run("officer-baoguo", unmerge(a.incident));
    EXPECT_THAT(set_of(a), ElementsAre("not_responding.3 14400"));
    EXPECT_THAT(set_of(b), ElementsAre("unacknowledged.3 1800")) << "that nobody took";
}

TEST_F(ClocksInLife, AnUrgentOneMakesTheOtherGoByTheUrgentPolicy) {
    const Sent calm = hazard("volunteer-1");
    wire::Command gas = report(wire::REPORT_KIND_HAZARD, in_g1());
    gas.mutable_submit_report()->set_urgent(true);
    const Sent urgent = send("volunteer-2", gas);
    run("officer-baoguo", merge(urgent.incident, calm.incident));
    EXPECT_THAT(set_of(calm), ElementsAre("unacknowledged.2 60"));
    EXPECT_THAT(set_of(urgent), IsEmpty());
}

TEST_F(ClocksInLife, WhatIsSplitOffHasClocksOfItsOwn) {
    const Sent first = fire("volunteer-1");
    const Sent second = fire("volunteer-2");
    ASSERT_EQ(first.incident, second.incident);
    run("officer-baoguo", respond(first.incident));
    EXPECT_THAT(set_of(first), ElementsAre("silent.2 900"));
    pass(5 * kMinuteMs);
    const std::string one =
        run("officer-baoguo", split(first.incident, {second.report})).receipt.incident_id();
    EXPECT_THAT(set(one), ElementsAre("silent.1 900"));
    EXPECT_THAT(set_of(first), ElementsAre("silent.3 900")) << "who splits it has said something";
    run("officer-baoguo", resolve(one));
    EXPECT_THAT(set(one), IsEmpty());
    EXPECT_THAT(set_of(first), ElementsAre("silent.3 900"));
}

TEST_F(ClocksInLife, WhatAReporterSaysIsNoWordOfThoseWhoHandleIt) {
    const Sent sent = fire("volunteer-1");
    run("officer-baoguo", respond(sent.incident));
    pass(5 * kMinuteMs);
    run("volunteer-1", amend(sent.report));
    EXPECT_THAT(set_of(sent), ElementsAre("silent.2 600"));
    run("volunteer-1", worse(sent.report));
    EXPECT_THAT(set_of(sent), ElementsAre("silent.2 600"));
    run("officer-baoguo", ask(sent.incident, sent.report));
    EXPECT_THAT(set_of(sent), ElementsAre("silent.3 900")) << "a question is";
    pass(kMinuteMs);
    run("volunteer-1", answer(sent.report));
    EXPECT_THAT(set_of(sent), ElementsAre("silent.3 840"));
    fire("volunteer-2");
    EXPECT_THAT(set_of(sent), ElementsAre("silent.3 840"));
}

TEST_F(ClocksInLife, AReportThatRingsAgainLeavesTheClocksAsTheyAre) {
    const Sent sent = fire("volunteer-1");
    pass(20 * kSecondMs);
    EXPECT_TRUE(run("volunteer-2",
                    report(wire::REPORT_KIND_FIRE,
                           [&] {
                               wire::Place place = in_g1();
                               place.set_latitude(place.latitude() + 60.0 / 111'195);
                               return place;
                           }()))
                    .event.rings());
    EXPECT_THAT(set_of(sent), ElementsAre("unacknowledged.1 40")) << "it waits no longer for it";
    run("officer-baoguo", acknowledge(sent.incident));
    pass(20 * kSecondMs);
    fire("volunteer-3", -60);
    EXPECT_THAT(set_of(sent), ElementsAre("not_responding.2 160"));
}

TEST_F(ClocksInLife, WhatAReportOpensAgainIsWaitedForAnew) {
    const Sent sent = fire("volunteer-1");
    run("officer-baoguo", respond(sent.incident));
    run("officer-baoguo", resolve(sent.incident));
    EXPECT_THAT(set_of(sent), IsEmpty());
    ASSERT_EQ(fire("volunteer-2").incident, sent.incident);
    EXPECT_THAT(set_of(sent), ElementsAre("unacknowledged.3 60"));
    run("officer-baoguo", resolve(sent.incident));
    EXPECT_THAT(set_of(sent), IsEmpty());
    run("volunteer-1", worse(sent.report));
    EXPECT_THAT(set_of(sent), ElementsAre("unacknowledged.4 60"));
    pass(kMinuteMs);
    EXPECT_EQ(incident(sent.incident).escalations_size(), 1);
}

TEST_F(ClocksInLife, WorseGoesByTheUrgentPolicyFromThen) {
    const Sent sent = hazard("volunteer-1");
    pass(10 * kMinuteMs);
    run("volunteer-1", worse(sent.report));
    EXPECT_THAT(set_of(sent), ElementsAre("unacknowledged.2 60"));
}

TEST_F(ClocksInLife, APlaceThatComesLaterStartsTheClockOfTheRightStation) {
    const Sent sent = send("volunteer-1", report(wire::REPORT_KIND_FIRE));
    run("officer-baoguo", acknowledge(sent.incident));
    pass(kMinuteMs);
    run("volunteer-1", moved(sent.report, in_x1()));
    EXPECT_THAT(set_of(sent), ElementsAre("unacknowledged.3 60"));
    const auto first = escalate(to_text(TimerName{sent.incident, wire::CLOCK_UNACKNOWLEDGED, 3}));
    ASSERT_TRUE(first);
    EXPECT_THAT(first->event.incident().escalations(0).desks(),
                testing::Contains("station/xinjiang"));
}

}  // namespace
}  // namespace tocsin::domain::test
