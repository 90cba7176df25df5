// What a store that fails at the wrong moment did to a hub before it was mended. Each test is named
// after what went wrong.

#include "tests/unit/district_fixture.hpp"

namespace tocsin::test {
namespace {

namespace store = domain::store;

TEST(OneHub, AnIncidentThatIsLookedUpWhileOldOnesAreForgottenIsWhole) {
    constexpr std::int64_t kTwoDaysMs = 2LL * 24 * 3'600 * 1'000;
    for (int steps = 0; steps < 12; ++steps) {
        World world;
        auto& one = world.add_hub();
        world.furnish(one);
        const auto opened =
            world.tell(one, "volunteer", world.report(wire::REPORT_KIND_ASSIST, 45.55, 126.65));
        const std::string id = opened->incident_id();
        ASSERT_TRUE(world.tell(one, "officer-west", world.resolve(id)));
        world.now_ms += kTwoDaysMs;
        world.pass(200);
        ASSERT_EQ(one.core.state().incident(id), nullptr);
        int reports = -1;
        one.core.incident(
            "bureau", id, [&](const domain::Result<std::vector<wire::IncidentDetail>>& detail) {
                ASSERT_TRUE(detail) << detail.error().code;
                reports = detail->front().incident().reports_size();
            });
        for (int i = 0; i < steps; ++i) {
            one.store.run_one();
        }
        world.now_ms += kTwoDaysMs;
        one.core.tick();
        world.run();
        EXPECT_EQ(reports, 1) << "after step " << steps;
    }
}

TEST(OneHub, AStartThatFailedLeavesNothingBehind) {
    for (int steps = 1; steps < 12; ++steps) {
        World world;
        auto& one = world.add_hub();
        world.furnish(one);
        const auto lost =
            world.tell(one, "volunteer", world.report(wire::REPORT_KIND_ASSIST, 45.55, 126.65));
        world.hubs.push_back(std::make_unique<World::Hub>(world));
        auto& two = *world.hubs.back();
        two.core.start([] {});
        for (int i = 0; i < steps; ++i) {
            two.store.run_one();
        }
        world.log->lose_last(1);
        world.run();
        world.pass(3'000);
        ASSERT_TRUE(two.core.started());
        EXPECT_EQ(two.core.state().incident(lost->incident_id()), nullptr)
            << "after step " << steps;
    }
}

TEST(OneHub, P3_AHistoryThatFailedIsAskedAgain) {
    World world;
    auto& hub = world.add_hub();
    world.furnish(hub);
    const log::Offset from = hub.core.stats().position;
    world.tell(hub, "volunteer", world.report(wire::REPORT_KIND_HAZARD, 45.55, 126.65));
    int answers = 0;
    hub.core.history(from, [&](fanout::BatchPtr stretch) { answers += stretch != nullptr; });
    hub.store.disconnect();
    hub.store.connect();
    world.run();
    hub.core.history(from, [&](fanout::BatchPtr stretch) { answers += stretch != nullptr; });
    world.pass(2'000);
    EXPECT_EQ(answers, 2);
}

TEST(OneHub, P10_WhoComesWhileTheStatesAreLoadedWaitsAndIsLetIn) {
    World world;
    auto& hub = world.add_hub();
    world.furnish(hub);
    world.hubs.push_back(std::make_unique<World::Hub>(world));
    auto& two = *world.hubs.back();
    two.core.start([] {});
    bool answered = false;
    bool let_in = false;
    two.core.authenticate(world.tokens["officer-west"],
                          [&](std::optional<session::Principal> principal) {
                              answered = true;
                              let_in = principal.has_value();
                          });
    EXPECT_FALSE(answered);
    world.run();
    EXPECT_TRUE(answered && let_in);
}

TEST(OneHub, WhatANewerHubWroteDoesNotFreezeAnOlderOne) {
    World world;
    auto& hub = world.add_hub();
    world.furnish(hub);
    log::MemoryStore newer(world.log);
    log::Commit commit;
    commit.epoch = hub.shard.epochs.back();
    store::StoredEvent event;
    event.set_format(99);
    event.set_kind(999);
    commit.event = event.SerializeAsString();
    store::StoredState state;
    state.set_format(1);
    state.set_subject_kind("set");
    state.set_subject_id("district");
    state.set_version(1'000);
    commit.states.push_back({"set/district", 1'000, state.SerializeAsString(), true, "newstamp"});
    bool stored = false;
    newer.commit(commit, [&](log::StoreResult<log::CommitReply> reply) {
        stored = reply && reply->outcome == log::CommitOutcome::stored;
    });
    newer.run();
    ASSERT_TRUE(stored);
    const auto receipt =
        world.tell(hub, "volunteer", world.report(wire::REPORT_KIND_FIRE, 45.55, 126.65));
    EXPECT_TRUE(receipt) << receipt.error().code;
}

TEST(OneHub, P2_ANoticeSentAgainAfterItsEndHasItsReceipt) {
    World world;
    auto& one = world.add_hub();
    world.furnish(one);
    auto& two = world.add_hub();
    wire::Command notice = world.command();
    notice.mutable_issue_notice()->set_kind(wire::NOTICE_KIND_ADVISORY);
    notice.mutable_issue_notice()->set_text("ice");
    notice.mutable_issue_notice()->add_area_ids("west-g");
    notice.mutable_issue_notice()->set_until_time_ms(world.now_ms + 60'000);
    const auto first = world.tell(one, "officer-west", notice);
    ASSERT_TRUE(first) << first.error().code;
    world.pass(1'000);
    world.now_ms += 2LL * 24 * 3'600 * 1'000;
    world.pass(2'000);
    for (auto* hub : {&one, &two}) {
        const auto again = world.tell(*hub, "officer-west", notice);
        ASSERT_TRUE(again) << again.error().code;
        EXPECT_EQ(again->offset(), first->offset());
    }
    notice.set_id(world.uuid());
    const auto late = world.tell(one, "officer-west", notice);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, domain::code::time_invalid);
}

TEST(OneHub, P9_AStoreThatTakesNoWritesIsSaidToBeAway) {
    World world;
    auto& hub = world.add_hub();
    world.furnish(hub);
    hub.store.refuse_commits(1);
    EXPECT_FALSE(world.tell(hub, "volunteer", world.report(wire::REPORT_KIND_FIRE, 45.55, 126.65)));
    EXPECT_FALSE(hub.shard.store_well);
    world.pass(3'000);
    EXPECT_TRUE(hub.shard.store_well);
}

TEST(OneHub, AnOrderlyStopAnswersWhatIsBeingConfirmed) {
    World world;
    auto& hub = world.add_hub();
    world.furnish(hub);
    const auto answer = world.ask(hub, "officer-west", world.acknowledge(world.uuid()));
    EXPECT_EQ(hub.core.stats().waiting, 1u);
    bool stopped = false;
    hub.core.stop([&] { stopped = true; });
    hub.core.tick();
    EXPECT_FALSE(stopped);
    world.pass(500);
    EXPECT_TRUE(stopped);
    EXPECT_TRUE(answer->has_value());
}

}  // namespace
}  // namespace tocsin::test
