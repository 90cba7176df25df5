// Marks of consoles on their way into the log: through one hub and through two.

#include "hub/session/mark_gate.hpp"
#include "tests/unit/district_fixture.hpp"

namespace tocsin::test {
namespace {

namespace store = domain::store;

class ProofThroughHubs : public testing::Test {
protected:
    void SetUp() override {
        world.furnish(one);
        for (const char* person :
             {"volunteer", "officer-west", "officer-two", "fire-desk", "bureau"}) {
            world.let_in(one, person);
        }
    }
    std::string open() {
        const auto receipt =
            world.tell(one, "volunteer", world.report(wire::REPORT_KIND_FIRE, 45.55, 126.65));
        return receipt ? receipt->incident_id() : std::string();
    }
    static wire::Mark mark(const std::string& incident, bool shown) {
        wire::Mark mark;
        *(shown ? mark.add_shown_incident_ids() : mark.add_delivered_incident_ids()) = incident;
        return mark;
    }
    std::vector<wire::Event> seen(World::Hub& hub) {
        return hub.shard.seen_by({{"bureau", store::VIEW_BUREAU}});
    }

    World world;
    World::Hub& one = world.add_hub();
};

TEST_F(ProofThroughHubs, WhatComesTogetherIsOneEvent) {
    const auto id = open();
    one.core.mark("officer-west", mark(id, false));
    one.core.mark("officer-two", mark(id, true));
    one.core.mark("fire-desk", mark(id, true));
    one.core.mark("bureau", mark(id, false));
    world.pass(1'000);
    const auto events = seen(one);
    ASSERT_EQ(events.size(), 2u);
    EXPECT_EQ(events[1].kind(), wire::EVENT_KIND_INCIDENT_SHOWN);
    EXPECT_EQ(events[1].lane(), wire::LANE_ALARM);
    ASSERT_EQ(events[1].incident().proofs_size(), 3);
    const auto own = one.shard.seen_by({{"me/volunteer", store::VIEW_REPORTER}});
    ASSERT_FALSE(own.empty());
    EXPECT_GE(own.back().incident().fire_desk_shown_time_ms(), events[0].time_ms());
    EXPECT_TRUE(own.back().incident().proofs().empty());
    one.core.mark("officer-west", mark(id, true));
    world.pass(2'000);
    EXPECT_EQ(seen(one).size(), 2u);
    EXPECT_EQ(one.core.stats().proofs.denied, 0u);
}

TEST_F(ProofThroughHubs, TwoHubsWriteItOnce) {
    auto& two = world.add_hub();
    world.let_in(two, "officer-two");
    const auto id = open();
    one.core.mark("officer-west", mark(id, true));
    two.core.mark("officer-two", mark(id, true));
    world.pass(3'000);
    EXPECT_EQ(seen(one).size(), 2u);
    EXPECT_EQ(seen(two).size(), 2u);
    EXPECT_EQ(seen(two)[1].incident().version(), 2);
}

TEST_F(ProofThroughHubs, P5_WhoMayNotSeeItProvesNothing) {
    const auto id = open();
    one.core.mark("volunteer", mark(id, true));
    one.core.mark("officer-west", mark("no such incident", true));
    one.core.mark("nobody", mark(id, true));
    world.pass(12'000);
    EXPECT_EQ(seen(one).size(), 1u);
    EXPECT_EQ(one.core.stats().proofs.denied, 2u);
}

TEST_F(ProofThroughHubs, AHubThatIsBehindTakesTheMarkOfAConsoleThatComesFromAnother) {
    auto& two = world.add_hub();
    world.let_in(two, "officer-two");
    two.store.disconnect();
    world.pass(1'000);
    const auto id = open();
    two.core.mark("officer-two", mark(id, false));
    two.core.mark("officer-two", mark(id, true));
    const auto marked = world.now_ms;
    world.pass(20'000);
    two.store.connect();
    world.pass(3'000);
    ASSERT_EQ(seen(one).size(), 2u);
    EXPECT_EQ(seen(one)[1].incident().shown_time_ms(), marked);
    EXPECT_EQ(two.core.stats().proofs.denied, 0u);
}

TEST_F(ProofThroughHubs, AMarkOutlivesAStoreThatIsAway) {
    const auto id = open();
    const auto marked = world.now_ms;
    one.store.refuse_commits(2);
    one.core.mark("officer-west", mark(id, true));
    world.pass(5'000);
    ASSERT_EQ(seen(one).size(), 2u);
    EXPECT_EQ(seen(one)[1].incident().shown_time_ms(), marked)
        << "when it was shown, not when it was written";
}

TEST_F(ProofThroughHubs, P9_AMarkOfBeforeItWasOpenedAgainProvesNothingOfAfterwards) {
    const auto id = open();
    one.core.mark("fire-desk", mark(id, true));
    world.pass(1'000);
    ASSERT_TRUE(world.tell(one, "officer-west", world.resolve(id)));
    // Gathered, and not written yet, when it is opened again.
    one.core.mark("officer-two", mark(id, true));
    wire::Command again = world.command();
    again.mutable_reopen_incident()->set_incident_id(id);
    ASSERT_TRUE(world.tell(one, "officer-west", again));
    world.pass(2'000);
    EXPECT_EQ(seen(one).back().kind(), wire::EVENT_KIND_INCIDENT_REOPENED);
    EXPECT_EQ(seen(one).back().incident().shown_time_ms(), 0);
    EXPECT_EQ(seen(one).back().incident().fire_desk_shown_time_ms(), 0);
    one.core.mark("fire-desk", mark(id, true));
    one.core.mark("officer-two", mark(id, true));
    world.pass(2'000);
    EXPECT_EQ(seen(one).back().kind(), wire::EVENT_KIND_INCIDENT_SHOWN);
    EXPECT_NE(seen(one).back().incident().shown_time_ms(), 0);
    EXPECT_NE(seen(one).back().incident().fire_desk_shown_time_ms(), 0);
}

TEST(MarkGate, BundlesAndBounds) {
    session::MarkGate gate;
    wire::Mark mark;
    mark.add_delivered_incident_ids("a");
    EXPECT_FALSE(gate.add(mark));
    ASSERT_TRUE(gate.take(1'000));
    EXPECT_FALSE(gate.take(1'000));
    EXPECT_FALSE(gate.add(mark));
    mark.add_shown_incident_ids("b");
    EXPECT_FALSE(gate.add(mark));
    EXPECT_FALSE(gate.take(1'249));
    const auto together = gate.take(1'250);
    ASSERT_TRUE(together);
    EXPECT_EQ(together->delivered_incident_ids_size(), 1);
    EXPECT_EQ(together->shown_incident_ids_size(), 1);
    for (int i = 0; i < session::MarkGate::kIdsMost; ++i) {
        mark.add_shown_incident_ids(std::to_string(i));
    }
    const auto refusal = gate.add(mark);
    ASSERT_TRUE(refusal);
    EXPECT_EQ(refusal->code, domain::code::too_many);
    EXPECT_EQ(refusal->field, "mark.shown_incident_ids");
    EXPECT_FALSE(gate.take(9'000)) << "none of it";
}

}  // namespace
}  // namespace tocsin::test
