// Reports after the first: amendments, corroboration, questions and answers; merging and splitting.
#include <gmock/gmock.h>

#include "domain_world.hpp"

namespace tocsin::domain::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

struct Sent {
    std::string incident;
    std::string report;
};

class Reports : public testing::Test {
protected:
    Sent send(const std::string& person, const wire::Command& command) {
        const Decision decision = world.run(person, command);
        return {decision.receipt.incident_id(), decision.receipt.report_id()};
    }
    Sent fire(const std::string& person, double metres_north = 0) {
        wire::Place place = in_g1();
        place.set_latitude(place.latitude() + metres_north / 111'195);
        return send(person, report(wire::REPORT_KIND_FIRE, place));
    }
    Sent hazard(const std::string& person, const wire::Place& place = in_g1()) {
        return send(person, report(wire::REPORT_KIND_HAZARD, place));
    }
    const store::Incident& incident(const std::string& id) { return *world.state.incident(id); }
    World world;
};

// Amendments.

TEST_F(Reports, OnlyTheReporterAddsToAReport) {
    const Sent sent = hazard("volunteer-1");
    const Result<Decision> nothing = world.decide("volunteer-2", amend("nothing"));
    for (const char* person : {"volunteer-2", "officer-baoguo", "bureau"}) {
        const Result<Decision> other = world.decide(person, amend(sent.report));
        ASSERT_FALSE(other) << person;
        EXPECT_EQ(other.error(), nothing.error()) << "word for word as for none";
        EXPECT_EQ(other.error().code, "unknown_report");
    }
    EXPECT_EQ(world.refused("admin", amend(sent.report)), "not_permitted");
    const Decision decision = world.run("volunteer-1", amend(sent.report));
    EXPECT_EQ(decision.event.kind(), wire::EVENT_KIND_REPORT_AMENDED);
    EXPECT_EQ(decision.receipt.incident_id(), sent.incident);
    EXPECT_THAT(names_of(decision.event.audiences()),
                ElementsAre("area/g1#GRID",
                            "bureau#BUREAU",
                            "me/volunteer-1#REPORTER",
                            "station/baoguo#CREW",
                            "station/baoguo#OFFICER"));
}

TEST_F(Reports, AmendmentsComeInOrderAndEndAt20) {
    const Sent sent = hazard("volunteer-1");
    for (int i = 0; i < 20; ++i) {
        const Decision decision = world.run("volunteer-1", amend(sent.report));
        EXPECT_EQ(decision.event.statement().number(), i + 1);
        EXPECT_EQ(version_told(decision.event, "volunteer-1", sent.incident), i + 2);
    }
    EXPECT_EQ(world.refused("volunteer-1", amend(sent.report)), "too_many");
    EXPECT_EQ(incident(sent.incident).life(), 1) << "nobody else's version rises by it";
}

TEST_F(Reports, WorseRaisesTheLaneAndRings) {
    const Sent sent = hazard("volunteer-1");
    const Decision decision = world.run("volunteer-1", worse(sent.report));
    EXPECT_EQ(decision.event.lane(), wire::LANE_ALARM);
    EXPECT_TRUE(decision.event.rings());
    EXPECT_TRUE(incident(sent.incident).urgent());
    world.run("officer-baoguo", resolve(sent.incident));
    EXPECT_TRUE(world.run("volunteer-1", amend(sent.report)).event.incident().has_resolution())
        << "a word after the end opens nothing";
    const Decision again = world.run("volunteer-1", worse(sent.report));
    EXPECT_EQ(again.event.incident().state(), wire::INCIDENT_STATE_OPEN);
    EXPECT_EQ(again.event.incident().reopenings(0).person_id(), "");
}

TEST_F(Reports, WorseIsNeverLostHoweverOftenItWasOpenedAgain) {
    const Sent sent = hazard("volunteer-1");
    for (int i = 1; i <= 10; ++i) {
        world.run("officer-baoguo", resolve(sent.incident));
        const Decision again = world.run("volunteer-1", worse(sent.report));
        ASSERT_EQ(again.event.incident().state(), wire::INCIDENT_STATE_OPEN) << i;
        EXPECT_TRUE(again.event.rings());
    }
    EXPECT_EQ(incident(sent.incident).reopenings_size(), 10);
    EXPECT_EQ(incident(sent.incident).reopenings(1).resolution().note(), "") << "but bounded";
    EXPECT_NE(incident(sent.incident).reopenings(2).resolution().note(), "");
    world.run("officer-baoguo", resolve(sent.incident));
    EXPECT_EQ(world.refused("officer-baoguo", reopen(sent.incident)), "too_many") << "by hand";
}

TEST_F(Reports, OverClosesNothing) {
    const Sent sent = fire("volunteer-1");
    wire::Command over = amend(sent.report);
    over.mutable_amend_report()->set_over(true);
    world.run("volunteer-1", over);
    EXPECT_EQ(incident(sent.incident).state(), wire::INCIDENT_STATE_OPEN);
    EXPECT_TRUE(world.state.report(sent.report)->over());
    world.run("volunteer-1", worse(sent.report));
    EXPECT_FALSE(world.state.report(sent.report)->over());
}

TEST_F(Reports, APlaceThatComesLaterSendsItToTheRightStation) {
    const Sent sent = send("volunteer-1", report(wire::REPORT_KIND_FIRE));  // home: g1 of baoguo
    EXPECT_EQ(incident(sent.incident).station_id(), "baoguo");
    world.run("officer-baoguo", acknowledge(sent.incident));
    const Decision decision = world.run("volunteer-1", moved(sent.report, in_x1()));
    EXPECT_EQ(incident(sent.incident).station_id(), "xinjiang");
    EXPECT_EQ(incident(sent.incident).state(), wire::INCIDENT_STATE_OPEN);
    EXPECT_EQ(incident(sent.incident).area_id(), "x1");
    EXPECT_TRUE(decision.event.rings());
    EXPECT_THAT(names_of(decision.event.audiences()), Contains("station/baoguo#NEIGHBOUR"));
    EXPECT_THAT(names_of(decision.event.audiences()), Contains("station/xinjiang#OFFICER"));
    ASSERT_EQ(incident(sent.incident).hand_overs_size(), 1) << "both see how";
    EXPECT_EQ(incident(sent.incident).hand_overs(0).person_id(), "");
    EXPECT_THAT(world.state.open_fires("baoguo"), IsEmpty());
    EXPECT_EQ(world.state.open_fires("xinjiang").size(), 1U);
    EXPECT_EQ(decision.event.sets_size(), 2);
}

TEST_F(Reports, AStationThatIsOnItsWayKeepsIt) {
    const Sent sent = send("volunteer-1", report(wire::REPORT_KIND_FIRE));
    world.run("officer-baoguo", respond(sent.incident));
    world.run("volunteer-1", moved(sent.report, in_x1()));
    EXPECT_EQ(incident(sent.incident).station_id(), "baoguo");
    EXPECT_THAT(incident(sent.incident).neighbour_station_ids(), Contains("xinjiang"));
    const Sent other = send("volunteer-1", report(wire::REPORT_KIND_HAZARD));
    world.run("officer-baoguo", hand_over(other.incident, "lianmeng"));
    world.run("volunteer-1", moved(other.report, in_x1()));
    EXPECT_EQ(incident(other.incident).station_id(), "lianmeng") << "given by hand";
}

TEST_F(Reports, AnotherReportersPlaceDoesNotMoveTheIncident) {
    const Sent first = fire("volunteer-1");
    const Sent second = fire("volunteer-2", 20);
    ASSERT_EQ(first.incident, second.incident);
    world.run("volunteer-2", moved(second.report, in_x1()));
    EXPECT_EQ(incident(first.incident).station_id(), "baoguo");
    EXPECT_EQ(incident(first.incident).place().latitude(), in_g1().latitude());
    EXPECT_EQ(world.state.report(second.report)->first_place().latitude(),
              in_g1().latitude() + 20.0 / 111'195);
    // And nothing of it reaches the first reporter.
    EXPECT_EQ(incident(first.incident).life(), 1);
}

// Corroboration.

TEST_F(Reports, AJoinedFireRingsAgainFromFurtherAwayOrAnotherBuilding) {
    const auto rings = [&](double metres, const std::string& building) {
        wire::Place place = in_g1();
        place.set_latitude(place.latitude() + metres / 111'195);
        wire::Command command = report(wire::REPORT_KIND_FIRE, place);
        command.mutable_submit_report()->set_building(building);
        const Decision decision = world.run("volunteer-2", command);
        return decision.event.rings();
    };
    EXPECT_TRUE(rings(0, "3"));
    EXPECT_FALSE(rings(10, "3"));
    EXPECT_FALSE(rings(29, ""));
    EXPECT_TRUE(rings(61, "")) << "more than 30 m from each";
    EXPECT_FALSE(rings(65, "")) << "near the last";
    EXPECT_TRUE(rings(65, "5"));
    EXPECT_FALSE(rings(65, "5"));
}

TEST_F(Reports, AFireNearAClosedOneOpensItAgain) {
    const Sent first = fire("volunteer-1");
    world.run("officer-baoguo", respond(first.incident));
    world.run("officer-baoguo", resolve(first.incident));
    EXPECT_EQ(world.state.closed_fires("baoguo").size(), 1U);
    world.now += 3'600'000;
    const Decision decision = world.run("volunteer-2", report(wire::REPORT_KIND_FIRE, in_g1()));
    EXPECT_EQ(decision.receipt.incident_id(), first.incident);
    EXPECT_EQ(decision.event.kind(), wire::EVENT_KIND_REPORT_JOINED);
    EXPECT_TRUE(decision.event.rings());
    EXPECT_EQ(incident(first.incident).state(), wire::INCIDENT_STATE_OPEN);
    EXPECT_EQ(version_told(decision.event, "volunteer-1", first.incident), 4);
    EXPECT_EQ(version_told(decision.event, "volunteer-2", first.incident), 1)
        << "whose first it is, who learns of none before";
    for (const store::Audience& audience : decision.event.audiences()) {
        if (audience.channel() == "me/volunteer-1") {
            EXPECT_EQ(audience.kind(), wire::EVENT_KIND_INCIDENT_REOPENED);
        }
    }
    world.run("officer-baoguo", resolve(first.incident));
    world.now += 3'600'001;
    EXPECT_NE(fire("volunteer-3").incident, first.incident) << "too long ago";
}

TEST_F(Reports, TheSetNamesWhatMayBeOpenedAgain) {
    const Sent first = fire("volunteer-1");
    const Decision closed = world.run("officer-baoguo", resolve(first.incident));
    ASSERT_EQ(closed.event.sets_size(), 1);
    EXPECT_THAT(closed.event.sets(0).closed_ids(), ElementsAre(first.incident));
    world.now += 3'600'001;
    const Decision opened = world.run("volunteer-1", report(wire::REPORT_KIND_FIRE, in_g1()));
    EXPECT_THAT(opened.event.sets(0).closed_ids(), IsEmpty());
}

TEST_F(Reports, ManyFiresOfOnePersonRingOnceAndAreMarked) {
    const auto far = [&](const std::string& person, double km) {
        wire::Place place = in_g1();
        place.set_longitude(place.longitude() + km * 0.0128);
        return world.run(person, report(wire::REPORT_KIND_FIRE, place)).event;
    };
    EXPECT_TRUE(far("volunteer-1", 0).rings());
    EXPECT_TRUE(far("volunteer-1", 1).rings()) << "two may be";
    const store::EventBody third = far("volunteer-1", 2);
    EXPECT_FALSE(third.rings());
    EXPECT_EQ(third.incident().pattern(), wire::PATTERN_MANY_FIRES);
    EXPECT_EQ(third.lane(), wire::LANE_ALARM) << "it is shown like any other";
    const store::EventBody others = far("volunteer-2", 3);
    EXPECT_TRUE(others.rings());
    EXPECT_EQ(others.incident().pattern(), wire::PATTERN_UNSPECIFIED);
    world.now += 31LL * 60 * 1000;
    EXPECT_TRUE(far("volunteer-1", 4).rings());
}

TEST_F(Reports, ManyFiresOfOnePersonRingOnceAtEachStationThatHasHeardOfNone) {
    const auto fire_at = [&](const std::string& person, const wire::Place& place) {
        return world.run(person, report(wire::REPORT_KIND_FIRE, place)).event;
    };
    EXPECT_TRUE(fire_at("volunteer-1", in_g1()).rings());
    EXPECT_TRUE(fire_at("volunteer-1", in_g2()).rings());
    const store::EventBody third = fire_at("volunteer-1", in_x1());
    EXPECT_EQ(third.incident().pattern(), wire::PATTERN_MANY_FIRES);
    EXPECT_EQ(third.incident().station_id(), "xinjiang");
    EXPECT_TRUE(third.rings()) << "xinjiang has heard of none of them";
    EXPECT_TRUE(fire_at("volunteer-1", in_lianmeng()).rings()) << "nor has lianmeng";
    wire::Place further = in_x1();
    further.set_latitude(further.latitude() + 0.006);
    const store::EventBody fifth = fire_at("volunteer-1", further);
    EXPECT_EQ(fifth.incident().station_id(), "xinjiang");
    EXPECT_FALSE(fifth.rings()) << "once";
    const store::EventBody second_word = fire_at("volunteer-2", further);
    EXPECT_EQ(second_word.kind(), wire::EVENT_KIND_REPORT_JOINED);
    EXPECT_TRUE(second_word.rings()) << "somebody else says so, too";
    EXPECT_FALSE(fire_at("volunteer-3", further).rings());
    world.run("officer-xinjiang", hand_over(fifth.incident().id(), "baoguo"));
    wire::Place last = in_g1();
    last.set_latitude(last.latitude() + 0.006);
    EXPECT_FALSE(fire_at("volunteer-1", last).rings()) << "baoguo has heard of three";
}

TEST_F(Reports, PerhapsTheSameIsProposedAndOnlyAHazardsReporterIsAsked) {
    for (const auto kind : {wire::REPORT_KIND_SIGHTING,
                            wire::REPORT_KIND_HAZARD,
                            wire::REPORT_KIND_ASSIST,
                            wire::REPORT_KIND_DISPUTE}) {
        SCOPED_TRACE(wire::ReportKind_Name(kind));
        World fresh;
        const std::string first =
            fresh.run("volunteer-1", report(kind, in_g1())).receipt.incident_id();
        fresh.now += 60'000;
        wire::Place place = in_g1();
        place.set_latitude(place.latitude() + 100.0 / 111'195);
        const Decision second = fresh.run("volunteer-2", report(kind, place));
        EXPECT_NE(second.receipt.incident_id(), first) << "only fires join by themselves";
        ASSERT_EQ(second.event.incident().perhaps_same_size(), 1);
        EXPECT_EQ(second.event.incident().perhaps_same(0).incident_id(), first);
        EXPECT_EQ(second.event.incident().perhaps_same(0).distance_m(), 100);
        EXPECT_EQ(second.event.incident().perhaps_same(0).age_s(), 60);
        EXPECT_EQ(second.receipt.similar_nearby(), kind == wire::REPORT_KIND_HAZARD);
    }
}

TEST_F(Reports, NothingIsProposedThatIsFarOldClosedOrOnesOwn) {
    const Sent first = hazard("volunteer-1");
    const auto asked = [&](const std::string& person, const wire::Place& place) {
        const Result<Decision> decision =
            world.decide(person, report(wire::REPORT_KIND_HAZARD, place));
        return decision->receipt.similar_nearby();
    };
    EXPECT_FALSE(asked("volunteer-1", in_g1())) << "one's own";
    EXPECT_TRUE(asked("volunteer-2", in_g1()));
    EXPECT_FALSE(asked("volunteer-2", in_g2()));
    world.now += 7'200'001;
    EXPECT_FALSE(asked("volunteer-2", in_g1()));
    world.now -= 7'200'001;
    world.run("officer-baoguo", resolve(first.incident));
    EXPECT_FALSE(asked("volunteer-2", in_g1()));
}

// Merge and split.

TEST_F(Reports, MergedTheReportsGoToTheOtherAndTheirReportersKeepTheirIncident) {
    const Sent a = hazard("volunteer-1");
    const Sent b = hazard("volunteer-2");
    world.run("volunteer-1", amend(a.report));
    world.run("officer-baoguo", acknowledge(b.incident));
    const Decision decision = world.run("officer-baoguo", merge(a.incident, b.incident));
    EXPECT_EQ(decision.event.kind(), wire::EVENT_KIND_INCIDENT_MERGED);
    EXPECT_EQ(incident(a.incident).state(), wire::INCIDENT_STATE_MERGED);
    EXPECT_EQ(incident(a.incident).merged_into(), b.incident);
    EXPECT_EQ(incident(b.incident).report_count(), 2);
    EXPECT_EQ(world.state.reports_of(b.incident).size(), 2U);
    EXPECT_THAT(world.state.reports_of(a.incident), IsEmpty());
    EXPECT_EQ(world.state.statements_of(b.incident).size(), 1U) << "what was said goes along";
    // volunteer-1 was told 1 and 2, and is now told that it was acknowledged.
    EXPECT_EQ(version_told(decision.event, "volunteer-1", a.incident), 3);
    EXPECT_EQ(version_told(decision.event, "volunteer-1", b.incident), 0)
        << "no id of the other incident";
    EXPECT_EQ(version_told(decision.event, "volunteer-2", b.incident), 0) << "nothing changed";
    const Decision next = world.run("officer-baoguo", resolve(b.incident));
    EXPECT_EQ(version_told(next.event, "volunteer-1", a.incident), 4);
    EXPECT_EQ(version_told(next.event, "volunteer-2", b.incident), 3);
    // Not by a receipt either.
    EXPECT_EQ(world.run("volunteer-1", amend(a.report)).receipt.incident_id(), a.incident);
    world.run("officer-baoguo", ask(b.incident, a.report));
    EXPECT_EQ(world.run("volunteer-1", answer(a.report)).receipt.incident_id(), a.incident);
    // By id: each reporter finds the own one, and nobody the other's.
    const auto seen = [&](const char* person, const std::string& id) {
        return seen_by(world.state, *world.state.person(person), id).incident;
    };
    EXPECT_EQ(seen("volunteer-1", a.incident), world.state.incident(b.incident));
    EXPECT_EQ(seen("volunteer-1", b.incident), nullptr);
    EXPECT_EQ(seen("volunteer-2", a.incident), nullptr);
    EXPECT_EQ(seen("officer-baoguo", a.incident), world.state.incident(a.incident));
}

TEST_F(Reports, NothingIsDoneToAMergedIncident) {
    const Sent a = hazard("volunteer-1");
    const Sent b = hazard("volunteer-2");
    world.run("officer-baoguo", merge(a.incident, b.incident));
    for (const wire::Command& command : {acknowledge(a.incident),
                                         respond(a.incident),
                                         resolve(a.incident),
                                         reopen(a.incident),
                                         assign(a.incident, "liaison"),
                                         rate(a.incident, wire::SEVERITY_MINOR),
                                         note(a.incident),
                                         hand_over(a.incident, "xinjiang"),
                                         merge(a.incident, b.incident),
                                         merge(b.incident, a.incident),
                                         split(a.incident, {a.report}),
                                         ask(a.incident, a.report)}) {
        EXPECT_EQ(world.refused("officer-baoguo", command), "wrong_state")
            << command.ShortDebugString();
    }
    EXPECT_EQ(world.refused("officer-baoguo", unmerge(b.incident)), "wrong_state");
}

TEST_F(Reports, UnmergedBothStandAsBefore) {
    const Sent a = hazard("volunteer-1");
    const Sent b = hazard("volunteer-2");
    world.run("officer-baoguo", respond(a.incident));
    const Decision merged = world.run("officer-baoguo", merge(a.incident, b.incident));
    EXPECT_EQ(incident(b.incident).state(), wire::INCIDENT_STATE_RESPONDING);
    EXPECT_EQ(version_told(merged.event, "volunteer-2", b.incident), 2);
    EXPECT_EQ(version_told(merged.event, "volunteer-1", a.incident), 0);
    const Decision undone = world.run("officer-baoguo", unmerge(a.incident));
    EXPECT_EQ(incident(a.incident).state(), wire::INCIDENT_STATE_RESPONDING);
    EXPECT_EQ(incident(b.incident).state(), wire::INCIDENT_STATE_OPEN) << "nobody took it";
    EXPECT_EQ(incident(a.incident).report_count(), 1);
    EXPECT_EQ(incident(b.incident).report_count(), 1);
    EXPECT_EQ(version_told(undone.event, "volunteer-2", b.incident), 3);
    EXPECT_EQ(version_told(undone.event, "volunteer-1", a.incident), 0) << "as it was";
    EXPECT_EQ(world.state.report(a.report)->incident_id(), a.incident);
    EXPECT_EQ(world.state.report(a.report)->shown_incident_id(), "");
    const Decision next = world.run("officer-baoguo", resolve(a.incident));
    EXPECT_EQ(version_told(next.event, "volunteer-1", a.incident), 3);
}

TEST_F(Reports, UnmergedOnlyWhatIsUrgentRings) {
    const Sent a = hazard("volunteer-1");
    const Sent b = hazard("volunteer-2");
    world.run("officer-baoguo", merge(a.incident, b.incident));
    EXPECT_FALSE(world.run("officer-baoguo", unmerge(a.incident)).event.rings());
    world.run("volunteer-1", worse(a.report));
    world.run("officer-baoguo", merge(a.incident, b.incident));
    EXPECT_TRUE(world.run("officer-baoguo", unmerge(a.incident)).event.rings());
}

TEST_F(Reports, SplitWhatIsLeftSaysWhatAReportSaidThatStayed) {
    const Decision lookout = world.run("officer-baoguo", notice(wire::NOTICE_KIND_LOOKOUT, {"g1"}));
    wire::Command command = report(wire::REPORT_KIND_SIGHTING, in_g1());
    command.mutable_submit_report()->set_text("A van");
    command.mutable_submit_report()->set_notice_id(lookout.receipt.notice_id());
    const Sent a = send("volunteer-1", command);
    command = report(wire::REPORT_KIND_SIGHTING, in_g1());
    command.mutable_submit_report()->set_text("A knife");
    const Sent b = send("volunteer-2", command);
    world.run("officer-baoguo", merge(b.incident, a.incident));
    const Decision one = world.run("officer-baoguo", split(a.incident, {a.report}));
    EXPECT_EQ(one.event.incident().text(), "A van");
    EXPECT_EQ(one.event.incident().notice_id(), lookout.receipt.notice_id());
    EXPECT_EQ(incident(a.incident).text(), "A knife");
    EXPECT_EQ(incident(a.incident).notice_id(), "");
}

TEST_F(Reports, WhatWasSaidOfAReportGoesWhereTheReportGoes) {
    const Sent a = hazard("volunteer-1");
    const Sent b = hazard("volunteer-2");
    world.run("officer-baoguo", note(a.incident, "before"));
    world.run("officer-baoguo", merge(a.incident, b.incident));
    world.run("officer-baoguo", note(b.incident, "between"));
    world.run("volunteer-1", amend(a.report));
    EXPECT_EQ(world.state.statements_of(b.incident).size(), 3U);
    world.run("officer-baoguo", unmerge(a.incident));
    const auto in_a = world.state.statements_of(a.incident);
    const auto in_b = world.state.statements_of(b.incident);
    ASSERT_EQ(in_a.size(), 2U);
    ASSERT_EQ(in_b.size(), 1U);
    EXPECT_EQ(in_a[0]->statement().note().text(), "before");
    EXPECT_TRUE(in_a[1]->statement().has_amendment());
    EXPECT_EQ(in_b[0]->statement().note().text(), "between");
}

TEST_F(Reports, OnePersonWhoReportedBothGoesOnSeeingBoth) {
    const Sent a = hazard("volunteer-1");
    const Sent b = hazard("volunteer-1");
    world.run("officer-baoguo", merge(a.incident, b.incident));
    const Decision next = world.run("officer-baoguo", acknowledge(b.incident));
    EXPECT_EQ(version_told(next.event, "volunteer-1", a.incident), 2);
    EXPECT_EQ(version_told(next.event, "volunteer-1", b.incident), 2);
}

TEST_F(Reports, OnlyWhatFitsIsMerged) {
    const Sent a = hazard("volunteer-1");
    const Sent b = fire("volunteer-1");
    const Sent c = hazard("volunteer-1", in_x1());
    EXPECT_EQ(world.refused("officer-baoguo", merge(a.incident, a.incident)), "value_invalid");
    EXPECT_EQ(world.refused("officer-baoguo", merge(b.incident, a.incident)), "wrong_state");
    EXPECT_EQ(world.refused("bureau", merge(a.incident, c.incident)), "wrong_state");
    EXPECT_EQ(world.refused("officer-baoguo", merge(a.incident, c.incident)), "unknown_incident");
    for (const char* person : {"volunteer-1", "auxiliary", "grid-worker-1", "fire-desk", "admin"}) {
        EXPECT_EQ(world.refused(person, merge(a.incident, b.incident)), "not_permitted") << person;
        EXPECT_EQ(world.refused(person, unmerge(a.incident)), "not_permitted") << person;
        EXPECT_EQ(world.refused(person, split(a.incident, {a.report})), "not_permitted") << person;
    }
    // Who sees one of them only is told of that one only.
    const Decision decision = world.run("officer-baoguo", merge(a.incident, b.incident));
    std::map<std::string, store::Part> parts;
    for (const store::Audience& audience : decision.event.audiences()) {
        parts[audience.channel()] = audience.part();
    }
    EXPECT_EQ(parts.at("station/baoguo"), store::PART_UNSPECIFIED);
    EXPECT_EQ(parts.at("fire"), store::PART_SUBJECT);
    EXPECT_EQ(parts.at("area/g1"), store::PART_OTHER);
}

TEST_F(Reports, SplitTheReportsOpenAnIncidentThatStandsTheSame) {
    const Sent first = fire("volunteer-1");
    const Sent second = fire("volunteer-2", 100);
    ASSERT_EQ(first.incident, second.incident);
    world.run("officer-baoguo", respond(first.incident));
    EXPECT_EQ(world.refused("officer-baoguo", split(first.incident, {first.report, second.report})),
              "wrong_state");
    EXPECT_EQ(world.refused("officer-baoguo", split(first.incident, {"nothing"})),
              "unknown_report");
    const Decision decision = world.run("officer-baoguo", split(first.incident, {second.report}));
    const std::string one = decision.receipt.incident_id();
    EXPECT_NE(one, first.incident);
    EXPECT_EQ(incident(one).state(), wire::INCIDENT_STATE_RESPONDING);
    EXPECT_EQ(incident(one).report_count(), 1);
    EXPECT_EQ(incident(first.incident).report_count(), 1);
    EXPECT_EQ(world.state.open_fires("baoguo").size(), 2U);
    EXPECT_EQ(version_told(decision.event, "volunteer-2", first.incident), 0)
        << "nothing changed for the reporters";
    const Decision next = world.run("officer-baoguo", resolve(one));
    EXPECT_EQ(version_told(next.event, "volunteer-2", first.incident), 3) << "under the id known";
    EXPECT_EQ(version_told(next.event, "volunteer-1", first.incident), 0);
    world.run("officer-baoguo", reopen(one));
    // Merged into the one that it came from, it is as if it had never been.
    world.run("officer-baoguo", merge(one, first.incident));
    EXPECT_EQ(incident(first.incident).report_count(), 2);
    EXPECT_EQ(world.state.report(second.report)->shown_incident_id(), "");
}

// Both ways.

TEST_F(Reports, AQuestionIsBetweenTheOfficersInChargeAndThatReporter) {
    const Sent first = fire("volunteer-1");
    const Sent second = fire("volunteer-2", 10);
    const Decision asked = world.run("officer-baoguo", ask(first.incident, second.report));
    const std::vector<std::string> between = {"me/volunteer-2#REPORTER", "station/baoguo#OFFICER"};
    EXPECT_EQ(names_of(asked.event.audiences()), between);
    EXPECT_EQ(version_told(asked.event, "volunteer-2", first.incident), 2);
    const Decision answered = world.run("volunteer-2", answer(second.report));
    EXPECT_EQ(names_of(answered.event.audiences()), between);
    EXPECT_EQ(answered.event.statement().statement().answer().question_id(),
              asked.receipt.statement_id());
    EXPECT_EQ(world.refused("volunteer-1", answer(second.report)), "unknown_report");
    EXPECT_EQ(world.refused("volunteer-1", answer(first.report)), "unknown_question");
    EXPECT_EQ(world.refused("volunteer-2", answer(second.report, "nothing")), "unknown_question");
    EXPECT_EQ(incident(first.incident).life(), 1);
}

TEST_F(Reports, WhoAsks) {
    const Sent sent = hazard("volunteer-1");
    for (const char* person : {"auxiliary", "grid-worker-1", "fire-desk", "volunteer-2", "admin"}) {
        EXPECT_EQ(world.refused(person, ask(sent.incident, sent.report)), "not_permitted")
            << person;
    }
    EXPECT_EQ(world.refused("bureau", ask(sent.incident, sent.report)), "not_permitted");
    EXPECT_EQ(world.refused("liaison", ask(sent.incident, sent.report)), "");
    EXPECT_EQ(world.refused("liaison", ask(sent.incident, "nothing")), "unknown_report");
    const Sent far = hazard("volunteer-1", outside());
    const Decision asked = world.run("bureau", ask(far.incident, far.report));
    EXPECT_THAT(names_of(asked.event.audiences()),
                ElementsAre("bureau#BUREAU", "me/volunteer-1#REPORTER"));
}

TEST_F(Reports, ReadyMadeQuestionsComeFromTheDistrict) {
    const Sent sent = hazard("volunteer-1");
    EXPECT_EQ(world.refused("liaison", ask(sent.incident, sent.report, "hurt")),
              "unknown_question");
    wire::Command put;
    *put.mutable_put_district()->mutable_district() = world.state.district();
    wire::ReadyQuestion& question =
        *put.mutable_put_district()->mutable_district()->add_questions();
    question.set_id("hurt");
    question.set_text_zh("有人受伤吗");
    question.set_text_en("Is anybody hurt?");
    world.run("admin", put);
    const Decision asked = world.run("liaison", ask(sent.incident, sent.report, "hurt"));
    EXPECT_EQ(asked.event.statement().statement().question().text(), "有人受伤吗");
    EXPECT_EQ(asked.event.statement().statement().question().text_en(), "Is anybody hurt?");
}

TEST_F(Reports, AtMost50QuestionsAndAnswers) {
    const Sent sent = hazard("volunteer-1");
    for (int i = 0; i < 50; ++i) {
        world.run("liaison", ask(sent.incident, sent.report));
        world.run("volunteer-1", answer(sent.report));
    }
    EXPECT_EQ(world.refused("liaison", ask(sent.incident, sent.report)), "too_many");
    EXPECT_EQ(world.refused("volunteer-1", answer(sent.report)), "too_many");
}

TEST_F(Reports, APersonsSecondReportOfAFireGoesOnFromTheFirst) {
    const Sent first = fire("volunteer-1");
    world.run("officer-baoguo", acknowledge(first.incident));
    const Decision second = world.run("volunteer-1", report(wire::REPORT_KIND_FIRE, in_g1()));
    EXPECT_EQ(second.receipt.incident_id(), first.incident);
    EXPECT_EQ(version_told(second.event, "volunteer-1", first.incident), 3);
    const Decision closed = world.run("officer-baoguo", resolve(first.incident));
    EXPECT_EQ(version_told(closed.event, "volunteer-1", first.incident), 4);
}

}  // namespace
}  // namespace tocsin::domain::test
