// What is due happens, once, whichever hubs live; and where nobody sits, nothing is waited for.

#include "tests/unit/district_fixture.hpp"

namespace tocsin::test {
namespace {

namespace store = domain::store;

class Watch : public testing::Test {
protected:
    void SetUp() override { world.furnish(one); }

    void put_district(int unattended_after_s) {
        wire::Command command = world.command();
        wire::District& district = *command.mutable_put_district()->mutable_district();
        district.set_id("district");
        district.set_unattended_after_s(unattended_after_s);
        ASSERT_TRUE(world.tell(one, "admin", command));
    }
    std::string open(World::Hub& hub, wire::ReportKind kind = wire::REPORT_KIND_FIRE) {
        const auto receipt = world.tell(hub, "volunteer", world.report(kind, 45.55, 126.65));
        return receipt ? receipt->incident_id() : std::string();
    }
    std::vector<wire::Event> escalations(World::Hub& hub) {
        std::vector<wire::Event> found;
        for (const wire::Event& event : hub.shard.seen_by({{"bureau", store::VIEW_BUREAU}})) {
            if (event.kind() == wire::EVENT_KIND_INCIDENT_ESCALATED) {
                found.push_back(event);
            }
        }
        return found;
    }
    void sit(World::Hub& hub, const std::string& person, std::uint64_t connection) {
        world.let_in(hub, person);
        hub.core.console_connected(person, connection);
    }

    World world;
    World::Hub& one = world.add_hub();
};

TEST_F(Watch, P6_FiresOnTimeAndOnceThroughTwoHubs) {
    auto& two = world.add_hub();
    open(one);
    world.pass(59'500);
    EXPECT_TRUE(escalations(one).empty());
    world.pass(1'500);
    ASSERT_EQ(escalations(one).size(), 1u);
    const wire::Escalation first = escalations(one)[0].incident().escalations(0);
    EXPECT_EQ(first.reason(), wire::ESCALATION_REASON_DEADLINE);
    EXPECT_EQ(first.times(), 1);
    EXPECT_EQ(first.early_ms(), 0);
    world.pass(60'000);
    ASSERT_EQ(escalations(two).size(), 2u);
    EXPECT_EQ(escalations(two)[1].incident().escalations_size(), 2);
    EXPECT_EQ(one.core.stats().watchman.by_deadline + two.core.stats().watchman.by_deadline, 2u);
}

TEST_F(Watch, P6_FiresThoughEveryHubWasAwayWhenItWasDue) {
    open(one);
    world.pass(1'000);
    world.hubs.clear();
    world.now_ms += 300'000;
    auto& again = world.add_hub();
    world.pass(1'500);
    ASSERT_EQ(escalations(again).size(), 1u) << "once, and not for each time that was missed";
    world.pass(57'000);
    EXPECT_EQ(escalations(again).size(), 1u);
    world.pass(4'000);
    EXPECT_EQ(escalations(again).size(), 2u);
}

TEST_F(Watch, WhatWasTakenInTimeIsNotEscalated) {
    const auto id = open(one, wire::REPORT_KIND_ASSIST);
    ASSERT_TRUE(world.tell(one, "officer-west", world.acknowledge(id)));
    ASSERT_TRUE(world.tell(one, "officer-west", world.resolve(id)));
    world.pass(3'600'000);
    EXPECT_TRUE(escalations(one).empty());
}

TEST_F(Watch, P6_AStoreThatIsAwayDelaysAndLosesNothing) {
    open(one);
    world.pass(50'000);
    one.store.disconnect();
    world.pass(30'000);
    one.store.connect();
    world.pass(5'000);
    EXPECT_EQ(escalations(one).size(), 1u);
}

TEST_F(Watch, P6_ALostAnswerIsNoSecondEscalation) {
    open(one);
    world.pass(59'000);
    one.store.lose_commit_answers(1);
    world.pass(10'000);
    EXPECT_EQ(escalations(one).size(), 1u);
}

TEST_F(Watch, WhereNobodyIsConnectedNothingIsWaitedFor) {
    put_district(60);
    world.pass(10'000);
    open(one);
    world.pass(1'000);
    ASSERT_EQ(escalations(one).size(), 1u);
    const wire::Escalation first = escalations(one)[0].incident().escalations(0);
    EXPECT_EQ(first.reason(), wire::ESCALATION_REASON_NOBODY_CONNECTED);
    EXPECT_EQ(first.unattended_desk(), "station/west");
    world.pass(30'000);
    EXPECT_EQ(escalations(one).size(), 1u) << "the next step has its time";
}

TEST_F(Watch, CalmOnesWaitThoughNobodyIsThere) {
    put_district(60);
    world.pass(10'000);
    open(one, wire::REPORT_KIND_ASSIST);
    world.pass(20'000);
    EXPECT_TRUE(escalations(one).empty());
}

TEST_F(Watch, AConsoleThatIsAttendedIsWaitedForAtWhicheverHub) {
    put_district(60);
    auto& two = world.add_hub();
    sit(two, "officer-west", 1);
    sit(two, "fire-desk", 2);
    two.core.console_attended(1, 0);
    two.core.console_attended(2, 0);
    world.pass(10'000);
    open(one);
    world.pass(10'000);
    EXPECT_TRUE(escalations(one).empty());
    two.core.console_attended(2, 0);
    world.pass(50'000);
    ASSERT_EQ(escalations(one).size(), 1u) << "no key for 60 s";
    EXPECT_EQ(escalations(one)[0].incident().escalations(0).reason(),
              wire::ESCALATION_REASON_UNATTENDED);
}

TEST_F(Watch, AFireWaitsForNoEmptyFireDesk) {
    put_district(60);
    sit(one, "officer-west", 1);
    one.core.console_attended(1, 0);
    world.pass(10'000);
    open(one);
    world.pass(1'000);
    ASSERT_EQ(escalations(one).size(), 1u);
    EXPECT_EQ(escalations(one)[0].incident().escalations(0).unattended_desk(), "fire");
}

TEST_F(Watch, AGridWorkerAloneDoesNotKeepAnAlarmFromGoingFurtherUp) {
    put_district(60);
    sit(one, "grid-worker", 1);
    one.core.console_attended(1, 0);
    world.pass(10'000);
    open(one, wire::REPORT_KIND_HAZARD);  // calm: it has its time
    wire::Command gas = world.report(wire::REPORT_KIND_HAZARD, 45.55, 126.65);
    gas.mutable_submit_report()->set_smell_of_gas(true);
    const auto receipt = world.tell(one, "volunteer", gas);
    ASSERT_TRUE(receipt);
    world.pass(1'000);
    ASSERT_EQ(escalations(one).size(), 1u);
    EXPECT_EQ(escalations(one)[0].incident().id(), receipt->incident_id());
    EXPECT_EQ(escalations(one)[0].incident().escalations(0).unattended_desk(), "station/west");
}

TEST_F(Watch, WhenTheLastConsoleLeavesAnOpenAlarmIsEscalatedAfterAMomentsGrace) {
    put_district(60);
    for (const auto& [person, number] :
         {std::pair{"officer-west", 1}, std::pair{"officer-two", 2}, std::pair{"fire-desk", 3}}) {
        sit(one, person, static_cast<std::uint64_t>(number));
        one.core.console_attended(static_cast<std::uint64_t>(number), 0);
    }
    world.pass(10'000);
    open(one);
    one.core.console_gone(1);
    world.pass(10'000);
    EXPECT_TRUE(escalations(one).empty()) << "one is left";
    one.core.console_gone(2);
    world.pass(3'000);
    EXPECT_TRUE(escalations(one).empty()) << "it may be on its way to another hub";
    world.pass(4'000);
    ASSERT_EQ(escalations(one).size(), 1u);
    EXPECT_EQ(escalations(one)[0].incident().escalations(0).reason(),
              wire::ESCALATION_REASON_NOBODY_CONNECTED);
}

TEST_F(Watch, AHubThatDiedIsNotWaitedForLong) {
    put_district(60);
    auto& two = world.add_hub();
    sit(two, "officer-west", 1);
    sit(two, "fire-desk", 2);
    two.core.console_attended(1, 0);
    two.core.console_attended(2, 0);
    world.pass(10'000);
    open(one);
    world.pass(1'000);
    world.hubs.pop_back();
    world.pass(3'000);
    EXPECT_TRUE(escalations(one).empty());
    world.pass(12'000);
    EXPECT_EQ(escalations(one).size(), 1u);
}

TEST_F(Watch, TheShiftsHandOverReachesEachIncident) {
    const auto id = open(one, wire::REPORT_KIND_ASSIST);
    ASSERT_TRUE(world.tell(one, "officer-west", world.acknowledge(id)));
    for (const char* person : {"officer-west", "officer-two"}) {
        wire::Command command = world.command();
        command.mutable_start_shift();
        ASSERT_TRUE(world.tell(one, person, command));
    }
    auto& two = world.add_hub();
    wire::Command command = world.command();
    command.mutable_end_shift();
    EXPECT_EQ(world.tell(one, "officer-west", command).error().code, domain::code::open_incidents);
    command = world.command();
    command.mutable_end_shift()->set_hand_to_person_id("officer-two");
    ASSERT_TRUE(world.tell(one, "officer-west", command));
    world.pass(3'000);
    const auto seen = two.shard.seen_by({{"station/west", store::VIEW_OFFICER}});
    int assigned = 0;
    for (const wire::Event& event : seen) {
        if (event.kind() == wire::EVENT_KIND_INCIDENT_ASSIGNED) {
            ++assigned;
            EXPECT_EQ(event.incident().assignments(0).person_id(), "officer-two");
        }
        if (event.kind() == wire::EVENT_KIND_SHIFT_CHANGED) {
            EXPECT_EQ(event.person().phone(), "");
            EXPECT_TRUE(event.person().grants().empty());
        }
    }
    EXPECT_EQ(assigned, 1);
}

}  // namespace
}  // namespace tocsin::test
