// What is proven of an incident: who was given it, who was shown it, and what the reporter learns.

#include "hub/domain/proof.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "hub/domain/times.hpp"
#include "tests/unit/domain_world.hpp"

namespace tocsin::domain::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::UnorderedElementsAre;

class Proof : public testing::Test {
protected:
    std::string open(const wire::Command& command, const std::string& by = "volunteer-1") {
        return world.run(by, command).event.incident().id();
    }
    std::vector<std::string> desks(const std::string& person, const std::string& incident) {
        return desks_seeing(world.state,
                            *world.state.incident(incident),
                            feeds_of(world.state, *world.state.person(person)));
    }
    std::optional<Decision> mark(const std::string& incident, const std::vector<Mark>& marks) {
        auto decision =
            decide_marks(world.state, incident, marks, Circumstances{world.now, random_});
        if (decision) {
            world.state.apply(decision->event);
        }
        return decision;
    }
    Mark shown(const std::string& desk) {
        return {desk, true, world.now, "p-" + desk, "n-" + desk};
    }
    Mark now_shown(const std::string& desk, const std::string& id) {
        Mark mark = shown(desk);
        mark.turns = turns_of(incident(id));
        return mark;
    }
    Mark delivered(const std::string& desk) { return {desk, false, world.now, "p", "n"}; }
    const store::Incident& incident(const std::string& id) { return *world.state.incident(id); }

    World world;

private:
    Random random_ = [](std::span<unsigned char>) {};
};

TEST_F(Proof, P9_AReportThatRangAnewIsNotShownToTheFireDeskBeforeItWas) {
    const auto id = open(report(wire::REPORT_KIND_FIRE, in_g1()));
    world.now += 1000;
    const std::int64_t first_ms = world.now;
    ASSERT_TRUE(mark(id, {shown("fire")}));
    world.now += 1000;
    wire::Command more = report(wire::REPORT_KIND_FIRE, in_g1());
    const std::string near = world.run("volunteer-3", more).receipt.report_id();
    more.mutable_submit_report()->set_building("7");
    const Decision joined = world.run("volunteer-2", more);
    ASSERT_TRUE(joined.event.rings());
    const std::string report_id = joined.receipt.report_id();
    const auto told = [&](const std::string& report) {
        return own_view(incident(id), *world.state.report(report)).fire_desk_shown_time_ms();
    };
    const std::string first = world.state.reports_of(id).front()->id();
    EXPECT_EQ(told(report_id), 0);
    EXPECT_EQ(told(first), first_ms) << "others stay told";
    EXPECT_EQ(told(near), world.now) << "what adds nothing stands as it stands";

    world.now += 1000;
    Mark late = now_shown("fire", id);
    late.reports = 2;
    EXPECT_FALSE(mark(id, {late})) << "the console did not have the report yet";
    late.reports = 3;
    Mark elsewhere = now_shown("station/baoguo", id);
    elsewhere.reports = 3;
    mark(id, {elsewhere});
    EXPECT_EQ(told(report_id), 0) << "the station is not the fire desk";
    const std::int32_t version = own_view(incident(id), *world.state.report(report_id)).version();
    const auto anew = mark(id, {late});
    ASSERT_TRUE(anew);
    EXPECT_EQ(anew->event.kind(), wire::EVENT_KIND_INCIDENT_SHOWN);
    EXPECT_EQ(told(report_id), world.now);
    EXPECT_EQ(told(first), first_ms);
    EXPECT_EQ(version_told(anew->event, "volunteer-2", id), version + 1);
    EXPECT_EQ(version_told(anew->event, "volunteer-1", id), 0);
    EXPECT_FALSE(mark(id, {late})) << "once";
}

TEST_F(Proof, P9_WhatIsToBeShownAnewIsSoWhereItMoves) {
    const auto id = open(report(wire::REPORT_KIND_FIRE, in_g1()));
    world.now += 1000;
    ASSERT_TRUE(mark(id, {shown("fire")}));
    world.now += 1000;
    wire::Command more = report(wire::REPORT_KIND_FIRE, in_g1());
    more.mutable_submit_report()->set_building("7");
    const std::string moved = world.run("volunteer-2", more).receipt.report_id();
    const auto other = open(report(wire::REPORT_KIND_FIRE, in_g2()));
    ASSERT_TRUE(mark(other, {shown("fire")}));
    world.run("officer-baoguo", merge(id, other));
    const auto told = [&] {
        return own_view(incident(other), *world.state.report(moved)).fire_desk_shown_time_ms();
    };
    EXPECT_EQ(told(), 0);
    world.now += 1000;
    Mark again = now_shown("fire", other);
    again.reports = incident(other).last_report_number();
    ASSERT_TRUE(mark(other, {again}));
    EXPECT_EQ(told(), world.now);
}

TEST_F(Proof, P5_OnlyDesksThatSeeTheIncidentMarkIt) {
    const auto fire = open(report(wire::REPORT_KIND_FIRE, in_g1()));
    EXPECT_THAT(desks("officer-baoguo", fire), ElementsAre("station/baoguo"));
    EXPECT_THAT(desks("auxiliary", fire), ElementsAre("station/baoguo"));
    EXPECT_THAT(desks("bureau", fire), ElementsAre("bureau"));
    EXPECT_THAT(desks("fire-desk", fire), ElementsAre("fire"));
    for (const char* none :
         {"volunteer-1", "officer-lianmeng", "grid-worker-1", "searcher", "admin"}) {
        EXPECT_THAT(desks(none, fire), IsEmpty()) << none;
    }
    const auto hazard = open(report(wire::REPORT_KIND_HAZARD, in_g1()));
    EXPECT_THAT(desks("grid-worker-1", hazard), ElementsAre("grid/g1"));
    EXPECT_THAT(desks("grid-worker-2", hazard), IsEmpty());
    EXPECT_THAT(desks("fire-desk", hazard), IsEmpty());
    auto wide = in_g2();
    wide.set_accuracy_m(3'000);
    const auto border = open(report(wire::REPORT_KIND_ASSIST, wide));
    EXPECT_THAT(desks("officer-xinjiang", border), ElementsAre("station/xinjiang"));
}

TEST_F(Proof, TheFirstOfEachDeskIsWrittenAndNoOther) {
    const auto id = open(report(wire::REPORT_KIND_ASSIST, in_g1()));
    world.now += 1'000;
    const auto first = mark(id, {delivered("station/baoguo")});
    ASSERT_TRUE(first);
    EXPECT_EQ(first->event.kind(), wire::EVENT_KIND_INCIDENT_DELIVERED);
    EXPECT_EQ(first->event.actor_person_id(), "");
    world.now += 1'000;
    EXPECT_FALSE(mark(id, {delivered("station/baoguo")}));
    const auto second = mark(id, {shown("station/baoguo"), delivered("bureau")});
    ASSERT_TRUE(second);
    EXPECT_EQ(second->event.kind(), wire::EVENT_KIND_INCIDENT_SHOWN);
    world.now += 1'000;
    EXPECT_FALSE(mark(id, {shown("station/baoguo"), delivered("station/baoguo")}));
    const store::Incident& after = incident(id);
    ASSERT_EQ(after.proofs_size(), 2);
    EXPECT_EQ(after.proofs(0).desk(), "station/baoguo");
    EXPECT_EQ(after.proofs(0).delivered_time_ms(), kNow + 1'000);
    EXPECT_EQ(after.proofs(0).shown_time_ms(), kNow + 2'000);
    EXPECT_EQ(after.proofs(0).shown_person_id(), "p-station/baoguo");
    EXPECT_EQ(after.proofs(1).desk(), "bureau");
    EXPECT_EQ(after.proofs(1).shown_time_ms(), 0);
    EXPECT_EQ(after.version(), 3);
    EXPECT_EQ(after.lane(), wire::LANE_ROUTINE);
}

TEST_F(Proof, ShownSaysDeliveredToo) {
    const auto id = open(report(wire::REPORT_KIND_ASSIST, in_g1()));
    mark(id, {shown("bureau")});
    EXPECT_EQ(incident(id).proofs(0).delivered_time_ms(), kNow);
    EXPECT_FALSE(mark(id, {delivered("bureau")}));
}

TEST_F(Proof, P5_TheReporterLearnsOfWhatConcernsThemAndOfNothingElse) {
    const auto id = open(report(wire::REPORT_KIND_FIRE, in_g1()));
    world.run("volunteer-2", report(wire::REPORT_KIND_FIRE, in_g1()));
    const std::vector<std::string> me = {"me/volunteer-1#REPORTER", "me/volunteer-2#REPORTER"};
    const int life = incident(id).life();
    for (const auto& quiet :
         {delivered("station/baoguo"), delivered("fire"), shown("station/xinjiang")}) {
        const auto decision = mark(id, {quiet});
        ASSERT_TRUE(decision);
        EXPECT_THAT(names_of(decision->event.audiences()), testing::Not(testing::Contains(me[0])));
        EXPECT_EQ(incident(id).life(), life) << "the reporter's version tells nothing";
    }
    EXPECT_THAT(names_of(mark(id, {shown("fire")})->event.audiences()), IsSupersetOf(me));
    EXPECT_EQ(incident(id).life(), life + 1);
    EXPECT_EQ(incident(id).shown_time_ms(), 0) << "the fire desk is not the station";
    EXPECT_THAT(names_of(mark(id, {shown("station/baoguo")})->event.audiences()), IsSupersetOf(me));
    EXPECT_EQ(incident(id).life(), life + 2);
    EXPECT_THAT(names_of(mark(id, {shown("bureau")})->event.audiences()),
                testing::Not(testing::Contains(me[0])))
        << "shown is shown: it is told once";
    EXPECT_EQ(incident(id).life(), life + 2);
}

TEST_F(Proof, NeighboursAreNotToldWhoSawWhat) {
    auto wide = in_g2();
    wide.set_accuracy_m(3'000);
    const auto id = open(report(wire::REPORT_KIND_ASSIST, wide));
    EXPECT_THAT(names_of(mark(id, {shown("station/baoguo")})->event.audiences()),
                UnorderedElementsAre("station/baoguo#OFFICER",
                                     "station/baoguo#CREW",
                                     "bureau#BUREAU",
                                     "me/volunteer-1#REPORTER"));
}

TEST_F(Proof, TimesNeverRunBackwardsWhateverTheHubsClocksSay) {
    const auto id = open(report(wire::REPORT_KIND_ASSIST, in_g1()));
    world.now = kNow - 60'000;
    mark(id, {shown("station/baoguo")});
    EXPECT_EQ(incident(id).proofs(0).shown_time_ms(), kNow);
    world.now = kNow + 5'000;
    mark(id, {shown("bureau")});
    world.now = kNow + 1'000;
    world.run("officer-baoguo", acknowledge(id));
    EXPECT_EQ(incident(id).acknowledgements(0).time_ms(), kNow + 5'000);
    world.run("officer-baoguo", resolve(id));
    EXPECT_EQ(incident(id).resolution().time_ms(), kNow + 5'000);
}

TEST_F(Proof, NothingIsProvenOfWhatIsNotThere) {
    EXPECT_FALSE(mark("no such incident", {shown("bureau")}));
    EXPECT_FALSE(mark(open(report(wire::REPORT_KIND_ASSIST, in_g1())), {}));
}

TEST_F(Proof, MergedAndPartedAgainNobodyIsToldLessThanBefore) {
    const Decision first = world.run("volunteer-1", report(wire::REPORT_KIND_HAZARD, in_g1()));
    const Decision second = world.run("volunteer-2", report(wire::REPORT_KIND_HAZARD, in_g1()));
    const auto a = first.event.incident().id();
    const auto b = second.event.incident().id();
    const auto own = [&](const Decision& sent) {
        return *world.state.report(sent.receipt.report_id());
    };
    world.now += 1'000;
    mark(a, {shown("station/baoguo")});
    const Decision merged = world.run("officer-baoguo", merge(a, b));
    EXPECT_EQ(own(first).shown_time_ms(), kNow + 1'000) << "as its reporter was told";
    EXPECT_EQ(version_told(merged.event, "volunteer-1", a), 0);
    EXPECT_EQ(incident(b).shown_time_ms(), 0);
    const Decision undone = world.run("officer-baoguo", unmerge(a));
    EXPECT_EQ(version_told(undone.event, "volunteer-1", a), 0) << "nothing new";

    world.now += 1'000;
    const Decision other = world.run("officer-baoguo", merge(b, a));
    EXPECT_EQ(version_told(other.event, "volunteer-2", b), 2) << "that it was shown is news there";
    const auto told = std::ranges::find(
        other.event.audiences(), std::string("me/volunteer-2"), &store::Audience::channel);
    ASSERT_NE(told, other.event.audiences().end());
    EXPECT_EQ(told->kind(), wire::EVENT_KIND_INCIDENT_SHOWN);
    world.run("officer-baoguo", unmerge(b));
    EXPECT_EQ(own(second).shown_time_ms(), kNow + 1'000) << "told is told";
}

TEST_F(Proof, P9_WhatWasShownLapsesWhenItIsOpenedAgainAndCountsWhenItIsShownAgain) {
    const Decision first = world.run("volunteer-1", report(wire::REPORT_KIND_FIRE, in_g1()));
    const auto id = first.receipt.incident_id();
    mark(id, {shown("fire"), shown("station/baoguo"), shown("bureau")});
    world.run("fire-desk", resolve(id));
    world.now += 1'000;
    // Another report opens it again; nobody has seen that.
    world.run("volunteer-2", report(wire::REPORT_KIND_FIRE, in_g1()));
    EXPECT_EQ(incident(id).state(), wire::INCIDENT_STATE_OPEN);
    EXPECT_EQ(incident(id).shown_time_ms(), 0);
    EXPECT_EQ(shown_time_ms(incident(id), kFireDesk), 0);
    ASSERT_EQ(incident(id).proofs_size(), 3) << "the chain keeps what was";
    for (const wire::Proof& proof : incident(id).proofs()) {
        EXPECT_EQ(proof.shown_time_ms(), kNow);
    }
    world.now += 1'000;
    EXPECT_FALSE(mark(id, {shown("fire")})) << "a mark of before, on its way";
    const auto again = mark(id, {now_shown("fire", id)});
    ASSERT_TRUE(again);
    EXPECT_GT(version_told(again->event, "volunteer-1", id), 0);
    EXPECT_GT(version_told(again->event, "volunteer-2", id), 0);
    EXPECT_EQ(shown_time_ms(incident(id), kFireDesk), kNow + 2'000);
    EXPECT_EQ(incident(id).shown_time_ms(), 0);
    EXPECT_TRUE(mark(id, {now_shown("station/baoguo", id)}));
    EXPECT_EQ(incident(id).shown_time_ms(), kNow + 2'000);
    EXPECT_EQ(incident(id).proofs_size(), 5);
    EXPECT_EQ(first_shown_ms(incident(id)), kNow) << "how long it took the first time";
    EXPECT_FALSE(mark(id, {now_shown("fire", id)})) << "once";
}

TEST_F(Proof, P9_TheStationThatIsGivenItHasNotSeenIt) {
    auto wide = in_g2();
    wide.set_accuracy_m(3'000);
    const auto id = open(report(wire::REPORT_KIND_FIRE, wide));
    mark(id, {shown("station/baoguo"), shown("station/xinjiang"), shown("fire")});
    ASSERT_EQ(incident(id).shown_time_ms(), kNow);
    world.now += 1'000;
    world.run("officer-baoguo", hand_over(id, "xinjiang"));
    EXPECT_EQ(incident(id).shown_time_ms(), 0)
        << "what it saw as a neighbour, without the words, was not this";
    EXPECT_EQ(shown_time_ms(incident(id), kFireDesk), kNow) << "119 has it as before";
    world.now += 1'000;
    const auto again = mark(id, {now_shown("station/xinjiang", id)});
    ASSERT_TRUE(again);
    EXPECT_GT(version_told(again->event, "volunteer-1", id), 0);
    EXPECT_EQ(incident(id).shown_time_ms(), kNow + 2'000);
    // Back again, the first has to look again.
    world.run("officer-xinjiang", hand_over(id, "baoguo"));
    EXPECT_EQ(incident(id).shown_time_ms(), 0);
    EXPECT_EQ(first_shown_ms(incident(id)), kNow);
}

TEST_F(Proof, WhatTheBureauWasShownStaysShownWhenAStationHandsItOver) {
    const auto id = open(report(wire::REPORT_KIND_ASSIST, in_g1()));
    mark(id, {shown("station/baoguo")});
    world.now += 1'000;
    mark(id, {shown("bureau")});
    world.run("officer-baoguo", hand_over(id, "xinjiang"));
    EXPECT_EQ(incident(id).shown_time_ms(), kNow + 1'000)
        << "the bureau's, and no longer the station's";
}

TEST_F(Proof, P9_WhatWasToldBeforeAMergeLapsesWithWhatItWentUpIn) {
    const Decision first = world.run("volunteer-1", report(wire::REPORT_KIND_HAZARD, in_g1()));
    const Decision second = world.run("volunteer-2", report(wire::REPORT_KIND_HAZARD, in_g1()));
    const auto a = first.receipt.incident_id();
    const auto b = second.receipt.incident_id();
    mark(a, {shown("station/baoguo")});
    world.run("officer-baoguo", merge(a, b));
    const auto own = [&]() -> const store::Report& {
        return *world.state.report(first.receipt.report_id());
    };
    EXPECT_EQ(told_shown_ms(incident(b), own()), kNow);
    world.run("officer-baoguo", resolve(b));
    EXPECT_EQ(told_shown_ms(incident(b), own()), kNow);
    world.run("officer-baoguo", reopen(b));
    EXPECT_EQ(told_shown_ms(incident(b), own()), 0);
}

class Times : public Proof {
protected:
    // Shown and acknowledged after so many seconds.
    void handled(const wire::Command& command, int shown_s, int acknowledged_s) {
        const auto id = open(command);
        const auto opened = world.now;
        world.now = opened + shown_s * 1'000;
        mark(id, {shown("station/baoguo")});
        world.now = opened + acknowledged_s * 1'000;
        world.run("officer-baoguo", acknowledge(id));
        world.now = opened;
    }
    Result<wire::Stats> stats(const std::string& person,
                              const std::string& station = "",
                              wire::ReportKind kind = wire::REPORT_KIND_UNSPECIFIED) {
        wire::GetStats request;
        request.set_station_id(station);
        request.set_kind(kind);
        return stats_for(world.state, *world.state.person(person), request);
    }
};

TEST_F(Times, AreCountedByStationAndKind) {
    for (int i = 1; i <= 20; ++i) {
        handled(report(wire::REPORT_KIND_ASSIST, in_g1()), i, 2 * i);
    }
    open(report(wire::REPORT_KIND_ASSIST, in_g1()));
    open(report(wire::REPORT_KIND_HAZARD, in_g1()));
    open(report(wire::REPORT_KIND_ASSIST, in_x1()));
    const auto all = stats("bureau");
    ASSERT_TRUE(all);
    ASSERT_EQ(all->rows_size(), 3);
    const wire::StatsRow& row = all->rows(1);
    EXPECT_EQ(row.station_id(), "baoguo");
    EXPECT_EQ(row.kind(), wire::REPORT_KIND_ASSIST);
    EXPECT_EQ(row.incidents(), 21);
    EXPECT_EQ(row.stored_to_shown().count(), 20);
    EXPECT_EQ(row.stored_to_shown().p50_ms(), 10'000);
    EXPECT_EQ(row.stored_to_shown().p95_ms(), 19'000);
    EXPECT_EQ(row.stored_to_shown().worst_ms(), 20'000);
    EXPECT_EQ(row.shown_to_acknowledged().worst_ms(), 20'000);
    EXPECT_EQ(all->rows(0).stored_to_shown().count(), 0);
}

TEST_F(Times, AreThoseOfIncidentsAndNotOfWhatWentUpInThem) {
    const auto a = open(report(wire::REPORT_KIND_HAZARD, in_g1()));
    const auto b = open(report(wire::REPORT_KIND_HAZARD, in_g1()));
    EXPECT_EQ(stats("bureau")->rows(0).incidents(), 2);
    world.run("officer-baoguo", merge(a, b));
    EXPECT_EQ(stats("bureau")->rows(0).incidents(), 1);
}

TEST_F(Times, AreForThoseWhoAnswerForThem) {
    open(report(wire::REPORT_KIND_ASSIST, in_g1()));
    open(report(wire::REPORT_KIND_ASSIST, in_x1()));
    EXPECT_EQ(stats("bureau")->rows_size(), 2);
    EXPECT_EQ(stats("bureau", "xinjiang")->rows_size(), 1);
    EXPECT_EQ(stats("officer-baoguo")->rows_size(), 1);
    EXPECT_EQ(stats("liaison", "baoguo")->rows_size(), 1);
    EXPECT_EQ(stats("bureau", "", wire::REPORT_KIND_FIRE)->rows_size(), 0);
    EXPECT_EQ(stats("officer-baoguo", "xinjiang").error().code, code::not_permitted);
    for (const char* none :
         {"volunteer-1", "auxiliary", "grid-worker-1", "fire-desk", "searcher", "admin"}) {
        ASSERT_FALSE(stats(none)) << none;
        EXPECT_EQ(stats(none).error().code, code::not_permitted) << none;
    }
}

}  // namespace
}  // namespace tocsin::domain::test
