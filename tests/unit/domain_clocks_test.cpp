// Nothing is left lying: which clocks run, how they go on, and what they say.

#include "hub/domain/clocks.hpp"

#include <gmock/gmock.h>

#include "hub/domain/policies.hpp"
#include "tests/unit/clocks_world.hpp"

namespace tocsin::domain::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

TEST_F(Clocks, P6_AnAlarmThatNobodyTakesGoesUpAndIsRepeatedUntilSomebodyDoes) {
    const auto fire = open(report(wire::REPORT_KIND_FIRE, in_g2()));
    EXPECT_THAT(set(), ElementsAre("unacknowledged.1 60"));
    EXPECT_THAT(pass(59 * kSecondMs), IsEmpty());
    EXPECT_THAT(pass(4 * kMinuteMs),
                ElementsAre("+60 UNACKNOWLEDGED 1: bureau fire station/baoguo",
                            "+120 UNACKNOWLEDGED 2: bureau fire station/baoguo station/xinjiang",
                            "+180 UNACKNOWLEDGED 2: bureau fire station/baoguo station/xinjiang",
                            "+240 UNACKNOWLEDGED 2: bureau fire station/baoguo station/xinjiang"));
    const auto& escalations = incident(fire).escalations();
    ASSERT_EQ(escalations.size(), 2);
    EXPECT_EQ(escalations[0].reason(), wire::ESCALATION_REASON_DEADLINE);
    EXPECT_EQ(escalations[0].after_s(), 60);
    EXPECT_EQ(escalations[0].times(), 1);
    EXPECT_EQ(escalations[1].times(), 3);
    EXPECT_EQ(escalations[1].time_ms(), kNow + 120 * kSecondMs);
    EXPECT_EQ(escalations[1].latest_time_ms(), kNow + 240 * kSecondMs);
    EXPECT_EQ(escalations[1].early_ms(), 0);
    run("officer-baoguo", acknowledge(fire));
    EXPECT_THAT(set(), ElementsAre("not_responding.6 180"));
}

TEST_F(Clocks, TheFireDesksAcknowledgementIsNotTheStations) {
    const auto fire = open(report(wire::REPORT_KIND_FIRE, in_g1()));
    run("fire-desk", acknowledge(fire));
    EXPECT_THAT(set(), UnorderedElementsAre("unacknowledged.1 60", "not_responding.2 180"));
    run("bureau", acknowledge(fire));
    EXPECT_THAT(set(), ElementsAre("not_responding.2 180")) << "the bureau's is";
}

TEST_F(Clocks, TheGridWorkersAcknowledgementOfAHazardIs) {
    const auto hazard = open(report(wire::REPORT_KIND_HAZARD, in_g1()));
    EXPECT_THAT(set(), ElementsAre("unacknowledged.1 1800"));
    EXPECT_THAT(pass(30 * kMinuteMs),
                ElementsAre("+1800 UNACKNOWLEDGED 1: grid/g1 station/baoguo"));
    EXPECT_EQ(incident(hazard).lane(), wire::LANE_ROUTINE) << "a lamp drowns no fire";
    run("grid-worker-1", acknowledge(hazard));
    EXPECT_THAT(set(), ElementsAre("not_responding.3 14400"));
}

TEST_F(Clocks, AcknowledgedAndNobodyOnTheWay) {
    const auto fire = open(report(wire::REPORT_KIND_FIRE, in_g1()));
    run("officer-baoguo", acknowledge(fire));
    run("officer-baoguo", note(fire));
    EXPECT_THAT(pass(10 * kMinuteMs),
                ElementsAre("+180 NOT_RESPONDING 1: station/baoguo",
                            "+300 NOT_RESPONDING 2: bureau station/baoguo",
                            "+600 NOT_RESPONDING 2: bureau station/baoguo"));
    run("officer-baoguo", respond(fire));
    EXPECT_THAT(set(), ElementsAre("silent.6 900"));
}

TEST_F(Clocks, OnTheWayAndNoWord) {
    const auto fire = open(report(wire::REPORT_KIND_FIRE, in_g1()));
    run("officer-baoguo", respond(fire));
    EXPECT_THAT(pass(14 * kMinuteMs), IsEmpty());
    run("officer-baoguo", note(fire));
    EXPECT_THAT(set(), ElementsAre("silent.3 900")) << "word came: it starts anew";
    run("volunteer-2", report(wire::REPORT_KIND_FIRE, in_g1()));
    EXPECT_THAT(pass(16 * kMinuteMs), ElementsAre("+1740 SILENT 1: station/baoguo"))
        << "another report is no word of theirs";
    run("officer-baoguo", resolve(fire));
    EXPECT_THAT(set(), IsEmpty());
    EXPECT_THAT(incident(fire).timers(), IsEmpty());
}

TEST_F(Clocks, ReopenedAndHandedOverStartAnew) {
    const auto id = open(report(wire::REPORT_KIND_ASSIST, in_g1()));
    run("officer-baoguo", acknowledge(id));
    wire::Command over;
    over.mutable_hand_over_incident()->set_incident_id(id);
    over.mutable_hand_over_incident()->set_station_id("xinjiang");
    run("officer-baoguo", over);
    EXPECT_THAT(set(), ElementsAre("unacknowledged.3 1800"));
    pass(10 * kMinuteMs);
    over.mutable_hand_over_incident()->set_station_id("lianmeng");
    run("officer-xinjiang", over);
    EXPECT_THAT(set(), ElementsAre("unacknowledged.4 1800"));
    run("officer-lianmeng", resolve(id));
    EXPECT_THAT(set(), IsEmpty());
    wire::Command reopen;
    reopen.mutable_reopen_incident()->set_incident_id(id);
    run("officer-lianmeng", reopen);
    EXPECT_THAT(set(), ElementsAre("unacknowledged.5 1800"));
}

TEST_F(Clocks, WhatBecomesUrgentGoesByTheUrgentPolicyFromThen) {
    const auto id = open(report(wire::REPORT_KIND_ASSIST, in_g1()));
    pass(5 * kMinuteMs);
    wire::Command severe;
    severe.mutable_set_severity()->set_incident_id(id);
    severe.mutable_set_severity()->set_severity(wire::SEVERITY_SEVERE);
    run("officer-baoguo", severe);
    EXPECT_THAT(set(), ElementsAre("unacknowledged.2 60"));
}

TEST_F(Clocks, P6_AFiringThatComesTooLateIsNothing) {
    const auto fire = open(report(wire::REPORT_KIND_FIRE, in_g1()));
    const TimerName timer{fire, wire::CLOCK_UNACKNOWLEDGED, 1};
    EXPECT_FALSE(is_stale(world.state, timer));
    run("officer-baoguo", acknowledge(fire));
    EXPECT_FALSE(escalate(to_text(timer)));
    EXPECT_TRUE(is_stale(world.state, timer));
    EXPECT_FALSE(is_stale(world.state, {fire, wire::CLOCK_UNACKNOWLEDGED, 99})) << "not known yet";
    EXPECT_FALSE(is_stale(world.state, {"unknown", wire::CLOCK_UNACKNOWLEDGED, 1}));
}

TEST_F(Clocks, P6_TheSameSettingFiresOnce) {
    const auto fire = open(report(wire::REPORT_KIND_FIRE, in_g1()));
    const std::string timer = to_text(TimerName{fire, wire::CLOCK_UNACKNOWLEDGED, 1});
    world.now += kMinuteMs;
    EXPECT_TRUE(escalate(timer));
    EXPECT_FALSE(escalate(timer));
    EXPECT_EQ(incident(fire).escalations(0).times(), 1);
}

TEST_F(Clocks, P6_AClockThatJumpedIsSaid) {
    const auto fire = open(report(wire::REPORT_KIND_FIRE, in_g1()));
    world.now += 20 * kSecondMs;
    escalate(to_text(TimerName{fire, wire::CLOCK_UNACKNOWLEDGED, 1}));
    EXPECT_EQ(incident(fire).escalations(0).early_ms(), 40 * kSecondMs);
}

TEST_F(Clocks, WhereNobodyAttendsTheFirstStepIsTakenAtOnceAndNoOther) {
    const auto fire = open(report(wire::REPORT_KIND_FIRE, in_g1()));
    const Cause cause{wire::ESCALATION_REASON_NOBODY_CONNECTED, "station/baoguo"};
    const auto decision = escalate(to_text(TimerName{fire, wire::CLOCK_UNACKNOWLEDGED, 1}), cause);
    ASSERT_TRUE(decision);
    EXPECT_EQ(decision->fires, "") << "the store is not asked whether it is due";
    const wire::Escalation& escalation = incident(fire).escalations(0);
    EXPECT_EQ(escalation.reason(), cause.reason);
    EXPECT_EQ(escalation.unattended_desk(), "station/baoguo");
    EXPECT_EQ(escalation.after_s(), 0);
    EXPECT_THAT(set(), ElementsAre("unacknowledged.2 60"));
    EXPECT_FALSE(escalate(to_text(TimerName{fire, wire::CLOCK_UNACKNOWLEDGED, 2}), cause));
}

TEST_F(Clocks, EscalationsConcernDesksAndRingThere) {
    auto wide = in_g2();
    wide.set_accuracy_m(3'000);
    const auto fire = open(report(wire::REPORT_KIND_FIRE, wide));
    world.now += kMinuteMs;
    const auto first = escalate(to_text(TimerName{fire, wire::CLOCK_UNACKNOWLEDGED, 1}));
    EXPECT_TRUE(first->event.rings());
    EXPECT_EQ(first->event.kind(), wire::EVENT_KIND_INCIDENT_ESCALATED);
    EXPECT_THAT(
        names_of(first->event.audiences()),
        UnorderedElementsAre(
            "station/baoguo#OFFICER", "station/baoguo#CREW", "bureau#BUREAU", "fire#FIRE_DESK"));
    const auto second = escalate(to_text(TimerName{fire, wire::CLOCK_UNACKNOWLEDGED, 2}));
    EXPECT_THAT(names_of(second->event.audiences()),
                testing::Contains("station/xinjiang#NEIGHBOUR"));
    EXPECT_EQ(incident(fire).life(), 1) << "reporters learn nothing of it";
}

wire::Policy policy(int after_s, wire::EscalationTarget tell, bool raise) {
    wire::Policy policy;
    wire::EscalationStep& step = *policy.mutable_unacknowledged()->add_steps();
    step.set_after_s(after_s);
    step.add_tell(tell);
    step.set_raise(raise);
    return policy;
}

TEST_F(Clocks, OfTwoClocksInOneMomentTheLaterOneIsTold) {
    wire::Policy both = policy(60, wire::ESCALATION_TARGET_IN_CHARGE, false);
    *both.mutable_not_responding() = both.unacknowledged();
    put_policies({both});
    const auto fire = open(report(wire::REPORT_KIND_FIRE, in_g2()));
    run("fire-desk", acknowledge(fire));  // which does not stop the station's clock
    world.now += kMinuteMs;
    ASSERT_TRUE(escalate(to_text(TimerName{fire, wire::CLOCK_NOT_RESPONDING, 2})));
    ASSERT_TRUE(escalate(to_text(TimerName{fire, wire::CLOCK_UNACKNOWLEDGED, 1})));
    ASSERT_EQ(incident(fire).escalations_size(), 2);
    EXPECT_LT(incident(fire).escalations(0).latest_time_ms(),
              incident(fire).escalations(1).latest_time_ms());
}

struct Fit {
    const char* name;
    wire::Command report;
    int after_s;
};

TEST_F(Clocks, TheFirstPolicyThatFitsCounts) {
    auto fires = policy(5, wire::ESCALATION_TARGET_BUREAU, false);
    fires.add_kinds(wire::REPORT_KIND_FIRE);
    auto urgent = policy(7, wire::ESCALATION_TARGET_BUREAU, false);
    urgent.set_urgency(wire::URGENCY_URGENT);
    auto calm_help = policy(9, wire::ESCALATION_TARGET_BUREAU, true);
    calm_help.set_urgency(wire::URGENCY_CALM);
    calm_help.add_kinds(wire::REPORT_KIND_ASSIST);
    put_policies({fires, urgent, calm_help});
    auto urgent_help = report(wire::REPORT_KIND_ASSIST, in_g1());
    urgent_help.mutable_submit_report()->set_urgent(true);
    const Fit fits[] = {{"fire", report(wire::REPORT_KIND_FIRE, in_g1()), 5},
                        {"urgent help", urgent_help, 7},
                        {"calm help", report(wire::REPORT_KIND_ASSIST, in_g1()), 9},
                        {"the hub's own", report(wire::REPORT_KIND_SIGHTING, in_g1()), 1'800}};
    for (const Fit& fit : fits) {
        timers.clear();
        open(fit.report);
        EXPECT_THAT(set(), ElementsAre("unacknowledged.1 " + std::to_string(fit.after_s)))
            << fit.name;
    }
}

TEST_F(Clocks, AStepRaisesTheLaneAsThePolicySaysAndTheLastIsNotRepeatedUnlessItSaysSo) {
    put_policies({policy(10, wire::ESCALATION_TARGET_BUREAU, true)});
    const auto id = open(report(wire::REPORT_KIND_ASSIST, in_g1()));
    EXPECT_EQ(incident(id).lane(), wire::LANE_ROUTINE);
    EXPECT_THAT(pass(60 * kMinuteMs), ElementsAre("+10 UNACKNOWLEDGED 1: bureau"));
    EXPECT_EQ(incident(id).lane(), wire::LANE_ALARM);
    EXPECT_THAT(set(), IsEmpty());
    run("volunteer-2", report(wire::REPORT_KIND_ASSIST, in_g1()));
    run("officer-baoguo", note(id));
    EXPECT_EQ(timers.size(), 1U) << "what is exhausted does not start again by itself";
    run("officer-baoguo", resolve(id));
}

TEST(Policies, AreBounded) {
    const auto refused = [](const wire::Policy& policy) {
        google::protobuf::RepeatedPtrField<wire::Policy> list;
        *list.Add() = policy;
        const auto refusal = policies_out_of_bounds(list, "p");
        return refusal ? refusal->code + " " + refusal->field : std::string();
    };
    auto good = policy(1, wire::ESCALATION_TARGET_BUREAU, true);
    EXPECT_EQ(refused(good), "");
    EXPECT_EQ(refused(wire::Policy()), "") << "no clock runs";
    EXPECT_EQ(refused(policy(0, wire::ESCALATION_TARGET_BUREAU, true)),
              "value_invalid p[0].unacknowledged.steps[0].after_s");
    EXPECT_EQ(refused(policy(1, wire::ESCALATION_TARGET_UNSPECIFIED, true)),
              "value_invalid p[0].unacknowledged.steps[0].tell");
    auto nobody = good;
    nobody.mutable_unacknowledged()->mutable_steps(0)->clear_tell();
    EXPECT_EQ(refused(nobody), "missing_field p[0].unacknowledged.steps[0].tell");
    auto often = good;
    often.mutable_silent()->set_repeat_s(9);
    EXPECT_EQ(refused(often), "value_invalid p[0].silent.repeat_s");
    auto kinds = good;
    kinds.add_kinds(wire::REPORT_KIND_UNSPECIFIED);
    EXPECT_EQ(refused(kinds), "value_invalid p[0].kinds");
    auto steps = good;
    for (int i = 0; i < 8; ++i) {
        *steps.mutable_unacknowledged()->add_steps() = good.unacknowledged().steps(0);
    }
    EXPECT_EQ(refused(steps), "too_many p[0].unacknowledged.steps");
}

TEST(TimerNames, AreReadAsTheyAreWritten) {
    const TimerName name{"7c0f4d6e-2d0b-4b53-9d43-0d3c8a3f3c11", wire::CLOCK_NOT_RESPONDING, 12};
    EXPECT_EQ(to_text(name), "incident/7c0f4d6e-2d0b-4b53-9d43-0d3c8a3f3c11#not_responding.12");
    const auto read = to_timer_name(to_text(name));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->incident_id, name.incident_id);
    EXPECT_EQ(read->clock, name.clock);
    EXPECT_EQ(read->number, name.number);
    for (const char* bad : {"",
                            "incident/x",
                            "incident/x#silent",
                            "incident/x#silent.",
                            "incident/x#silent.1a",
                            "incident/x#other.1",
                            "notice/x#silent.1"}) {
        EXPECT_FALSE(to_timer_name(bad)) << bad;
    }
}

}  // namespace
}  // namespace tocsin::domain::test
