// Shifts: who may go, and who takes over.

#include "hub/domain/shift.hpp"

#include <gmock/gmock.h>

#include "tests/unit/domain_world.hpp"

namespace tocsin::domain::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

wire::Command start_shift() {
    wire::Command command;
    command.mutable_start_shift();
    return command;
}

wire::Command end_shift(const std::string& hand_to = "") {
    wire::Command command;
    command.mutable_end_shift()->set_hand_to_person_id(hand_to);
    return command;
}

class Shifts : public testing::Test {
protected:
    std::string taken_by(const std::string& person,
                         wire::ReportKind kind = wire::REPORT_KIND_ASSIST) {
        const auto id = world.run("volunteer-1", report(kind, in_g1())).event.incident().id();
        world.run(person, acknowledge(id));
        return id;
    }
    // What the hubs do by themselves, until there is nothing left to do.
    int hand_on() {
        int events = 0;
        for (bool busy = true; busy;) {
            busy = false;
            for (const store::Incident* incident : world.state.incidents()) {
                if (auto decision = decide_taking_over(
                        world.state, incident->id(), Circumstances{world.now, random_})) {
                    world.state.apply(decision->event);
                    ++events;
                    busy = true;
                    break;
                }
            }
        }
        return events;
    }
    const store::Incident& incident(const std::string& id) { return *world.state.incident(id); }

    World world;

private:
    Random random_ = [](std::span<unsigned char>) {};
};

TEST_F(Shifts, ConcernTheDeskAndThePersonAndNobodyElse) {
    const auto started = world.run("officer-baoguo", start_shift());
    EXPECT_THAT(names_of(started.event.audiences()),
                UnorderedElementsAre(
                    "me/officer-baoguo#REPORTER", "station/baoguo#OFFICER", "station/baoguo#CREW"));
    EXPECT_EQ(world.state.person("officer-baoguo")->shift().started_time_ms(), kNow);
    EXPECT_EQ(world.refused("officer-baoguo", start_shift()), code::no_change);
    world.now += 1'000;
    world.run("officer-baoguo", end_shift());
    EXPECT_EQ(world.state.person("officer-baoguo")->shift().ended_time_ms(), kNow + 1'000);
    EXPECT_EQ(world.refused("officer-baoguo", end_shift()), code::no_change);
}

TEST_F(Shifts, ConcernADeskOnceWhereSomebodyIsTwoThings) {
    wire::Command put;
    wire::Person& person = *put.mutable_put_person()->mutable_person();
    person = *world.state.person("officer-baoguo");
    wire::Grant& grant = *person.add_grants();
    grant.set_role(wire::ROLE_AUXILIARY);
    grant.set_scope_id("baoguo");
    world.run("admin", put);
    EXPECT_THAT(names_of(world.run("officer-baoguo", start_shift()).event.audiences()),
                UnorderedElementsAre(
                    "me/officer-baoguo#REPORTER", "station/baoguo#OFFICER", "station/baoguo#CREW"));
}

TEST_F(Shifts, AreForThoseWhoSitAtADesk) {
    for (const char* allowed :
         {"auxiliary", "officer-baoguo", "liaison", "grid-worker-1", "fire-desk", "bureau"}) {
        EXPECT_EQ(world.refused(allowed, start_shift()), "") << allowed;
    }
    for (const char* none : {"volunteer-1", "searcher", "team-lead", "admin"}) {
        EXPECT_EQ(world.refused(none, start_shift()), code::not_permitted) << none;
    }
}

TEST_F(Shifts, DoNotEndWhileIncidentsAreTheirs) {
    world.run("officer-baoguo", start_shift());
    const auto one = taken_by("officer-baoguo");
    taken_by("officer-baoguo");
    const auto refused = world.decide("officer-baoguo", end_shift());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, code::open_incidents);
    EXPECT_THAT(refused.error().message, testing::HasSubstr("2 of your incidents"));
    world.run("officer-baoguo", resolve(one));
    EXPECT_EQ(held_incidents(world.state, "officer-baoguo").size(), 1U);
}

TEST_F(Shifts, AreHandedToAColleagueOfTheDeskWhoIsOnDuty) {
    world.run("officer-baoguo", start_shift());
    taken_by("officer-baoguo");
    const auto answer = [&](const char* to) {
        return world.refused("officer-baoguo", end_shift(to));
    };
    EXPECT_EQ(answer("nobody"), code::unknown_person);
    EXPECT_EQ(answer("officer-xinjiang"), code::unknown_person);
    EXPECT_EQ(answer("officer-baoguo"), code::unknown_person);
    EXPECT_EQ(answer("liaison"), code::wrong_state);
    world.run("liaison", start_shift());
    EXPECT_EQ(answer("liaison"), "");
}

TEST_F(Shifts, TheHandOverIsWrittenIntoEachIncidentOnce) {
    world.run("officer-baoguo", start_shift());
    world.run("liaison", start_shift());
    const auto acknowledged = taken_by("officer-baoguo");
    const auto assigned = taken_by("auxiliary");
    wire::Command assign;
    assign.mutable_assign_incident()->set_incident_id(assigned);
    assign.mutable_assign_incident()->set_person_id("officer-baoguo");
    world.run("liaison", assign);
    const auto others = taken_by("liaison");
    world.run("officer-baoguo", end_shift("liaison"));
    EXPECT_EQ(hand_on(), 2);
    for (const auto& id : {acknowledged, assigned}) {
        const wire::Assignment& now = incident(id).assignments(0);
        EXPECT_EQ(now.desk(), "station/baoguo");
        EXPECT_EQ(now.person_id(), "liaison");
        EXPECT_EQ(now.by_person_id(), "officer-baoguo");
    }
    EXPECT_THAT(incident(others).assignments(), IsEmpty());
    EXPECT_EQ(world.refused("liaison", end_shift()), code::open_incidents);
}

TEST_F(Shifts, WhatWasHandedOnMovesOnWithWhoeverGoesNext) {
    for (const char* person : {"officer-baoguo", "officer-baoguo-2", "liaison"}) {
        world.run(person, start_shift());
    }
    const auto id = taken_by("officer-baoguo");
    world.run("officer-baoguo", end_shift("officer-baoguo-2"));
    EXPECT_EQ(world.refused("officer-baoguo-2", end_shift()), code::open_incidents)
        << "what is on its way to them is theirs";
    world.run("officer-baoguo-2", end_shift("liaison"));
    hand_on();
    EXPECT_EQ(incident(id).assignments(0).person_id(), "liaison");
}

TEST_F(Shifts, WhatComesBackFromAMergeIsNobodysWhoHasGone) {
    for (const char* person : {"officer-baoguo", "officer-baoguo-2"}) {
        world.run(person, start_shift());
    }
    const std::string goes = taken_by("officer-baoguo");
    const std::string stays = taken_by("officer-baoguo-2");
    const std::string kept = taken_by("officer-baoguo-2");
    world.run("officer-baoguo-2", merge(goes, stays));
    world.run("officer-baoguo-2", merge(kept, stays));
    world.now += 1000;
    world.run("officer-baoguo", end_shift());
    world.run("officer-baoguo-2", unmerge(goes));
    EXPECT_EQ(incident(goes).state(), wire::INCIDENT_STATE_OPEN);
    EXPECT_EQ(incident(goes).acknowledgements(0).lapsed_time_ms(), world.now);
    EXPECT_THAT(holders_of(incident(goes)), IsEmpty());
    world.run("officer-baoguo-2", unmerge(kept));
    EXPECT_EQ(incident(kept).state(), wire::INCIDENT_STATE_ACKNOWLEDGED) << "whose is on duty";
}

TEST_F(Shifts, WhatIsTakenAfterTheShiftIsNotHandedOn) {
    world.run("officer-baoguo", start_shift());
    world.run("officer-baoguo-2", start_shift());
    world.run("officer-baoguo", end_shift("officer-baoguo-2"));
    world.run("officer-baoguo-2", end_shift());
    world.now += 1'000;
    const std::string id = taken_by("officer-baoguo");
    EXPECT_EQ(hand_on(), 0) << "of the night after";
    EXPECT_THAT(incident(id).assignments(), IsEmpty());
}

TEST_F(Shifts, WhoIsLetInNoMoreTakesNothingOver) {
    world.run("officer-baoguo", start_shift());
    world.run("officer-baoguo-2", start_shift());
    const std::string id = taken_by("officer-baoguo");
    world.run("officer-baoguo", end_shift("officer-baoguo-2"));
    wire::Command revoke;
    revoke.mutable_revoke_person()->set_person_id("officer-baoguo-2");
    world.run("admin", revoke);
    EXPECT_EQ(hand_on(), 0);
    EXPECT_THAT(incident(id).assignments(), IsEmpty());
}

TEST_F(Shifts, AColleagueTakesOverAtADeskWhereTheySit) {
    world.add("two-desks", {{wire::ROLE_OFFICER, "baoguo"}, {wire::ROLE_OFFICER, "xinjiang"}});
    for (const char* person : {"two-desks", "officer-baoguo", "officer-xinjiang"}) {
        world.run(person, start_shift());
    }
    const auto id =
        world.run("volunteer-1", report(wire::REPORT_KIND_ASSIST, in_x1())).event.incident().id();
    world.run("two-desks", acknowledge(id));
    EXPECT_EQ(world.refused("two-desks", end_shift("officer-baoguo")), code::open_incidents);
    world.run("two-desks", end_shift("officer-xinjiang"));
    EXPECT_EQ(hand_on(), 1);
    EXPECT_EQ(incident(id).assignments(0).person_id(), "officer-xinjiang");
}

TEST_F(Shifts, WhoWasMovedElsewhereCanGo) {
    world.run("officer-baoguo", start_shift());
    world.run("officer-baoguo-2", start_shift());
    const std::string id = taken_by("officer-baoguo");
    wire::Command move;
    *move.mutable_put_person()->mutable_person() = *world.state.person("officer-baoguo");
    move.mutable_put_person()->mutable_person()->mutable_grants(0)->set_scope_id("xinjiang");
    world.run("admin", move);
    EXPECT_EQ(world.refused("officer-baoguo", end_shift()), "") << "cannot close it any more";
    world.run("officer-baoguo", end_shift("officer-baoguo-2"));
    EXPECT_EQ(hand_on(), 1);
    EXPECT_EQ(incident(id).assignments(0).person_id(), "officer-baoguo-2");
}

TEST_F(Shifts, AnAdministratorsChangeOfAPersonLeavesThem) {
    world.run("officer-baoguo", start_shift());
    wire::Command put;
    *put.mutable_put_person()->mutable_person() = *world.state.person("officer-baoguo");
    put.mutable_put_person()->mutable_person()->clear_shift();
    put.mutable_put_person()->mutable_person()->set_name("New name");
    world.run("admin", put);
    EXPECT_TRUE(is_on_duty(*world.state.person("officer-baoguo")));
}

}  // namespace
}  // namespace tocsin::domain::test
