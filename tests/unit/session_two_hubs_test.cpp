// What two hubs did to one another before it was mended. Each test is named after what went wrong.

#include "tests/unit/district_fixture.hpp"

namespace tocsin::test {
namespace {

namespace store = domain::store;

// The incident as the bureau saw it last.
wire::Incident last_seen(World::Hub& hub, const std::string& id) {
    wire::Incident found;
    for (const auto& event : hub.shard.seen_by({{"bureau", store::VIEW_BUREAU}})) {
        if (event.incident().id() == id) {
            found = event.incident();
        }
    }
    return found;
}

TEST(TwoHubs, P1_AVersionOfTheOtherHubIsNotTakenForTheOwn) {
    World world;
    auto& one = world.add_hub();
    world.furnish(one);
    auto& two = world.add_hub();
    for (int round = 0; round < 20; ++round) {
        const auto opened =
            world.tell(one, "volunteer", world.report(wire::REPORT_KIND_ASSIST, 45.55, 126.65));
        const std::string id = opened->incident_id();
        // One hub has two in a pipeline, the second resting on the first; the other is faster with
        // its own.
        const auto take = world.ask(one, "officer-west", world.acknowledge(id));
        const auto close = world.ask(one, "officer-two", world.resolve(id));
        const auto bureau = world.ask(two, "bureau", world.acknowledge(id));
        two.store.run();
        world.run();
        world.pass(2'000);
        ASSERT_TRUE(take->has_value() && close->has_value() && bureau->has_value());
        ASSERT_TRUE(**bureau);
        const auto incident = last_seen(one, id);
        std::set<std::string> desks;
        for (const auto& taken : incident.acknowledgements()) {
            desks.insert(taken.desk());
        }
        EXPECT_TRUE(desks.contains("bureau")) << "receipted, and gone";
        EXPECT_EQ(desks.contains("station/west"), (**take).has_value())
            << "receipted or not, but the truth";
        EXPECT_EQ(last_seen(two, id).SerializeAsString(), incident.SerializeAsString());
    }
}

TEST(TwoHubs, OneFireIsNotOpenedTwiceBehindAConflict) {
    World world;
    auto& one = world.add_hub();
    world.furnish(one);
    auto& two = world.add_hub();
    for (int round = 0; round < 20; ++round) {
        const double lat = 45.51 + 0.004 * round;
        const auto far =
            world.ask(one, "volunteer", world.report(wire::REPORT_KIND_FIRE, lat, 126.61));
        const auto here =
            world.ask(one, "volunteer", world.report(wire::REPORT_KIND_FIRE, lat, 126.65));
        const auto there =
            world.ask(two, "neighbour", world.report(wire::REPORT_KIND_FIRE, lat, 126.65));
        two.store.run();
        world.run();
        world.pass(1'000);
        ASSERT_TRUE(**far && **here && **there);
        EXPECT_EQ((**here)->incident_id(), (**there)->incident_id());
    }
}

TEST(TwoHubs, P5_APersonPutThroughBothAtOnceIsReadableAtBoth) {
    World world;
    auto& one = world.add_hub();
    world.furnish(one);
    auto& two = world.add_hub();
    for (int round = 0; round < 20; ++round) {
        const std::string id = "person-" + std::to_string(round);
        const auto put = [&] {
            wire::Command made = world.command();
            wire::Person& person = *made.mutable_put_person()->mutable_person();
            person.set_id(id);
            person.set_name(id);
            person.set_home_area_id("west-g");
            person.add_grants()->set_role(wire::ROLE_VOLUNTEER);
            return made;
        };
        wire::Command device = world.command();
        device.mutable_add_device()->set_person_id(id);
        std::string token(32, 'd');
        id.copy(token.data(), id.size());
        device.mutable_add_device()->set_token_sha256(token);
        world.tokens[id] = token;
        const auto first = world.ask(one, "admin", put());
        const auto added = world.ask(one, "admin", device);
        const auto second = world.ask(two, "admin", put());
        for (int i = round % 7; i > 0; --i) {
            two.store.run_one();
        }
        world.run();
        world.pass(2'000);
        ASSERT_TRUE(**first && **second);
        if (**added) {
            EXPECT_TRUE(world.let_in(one, id)) << "receipted, and not let in";
            EXPECT_TRUE(world.let_in(two, id)) << "receipted, and not let in";
        }
    }
    EXPECT_EQ(one.core.stats().fold.damaged, 0u);
    EXPECT_EQ(two.core.stats().fold.damaged, 0u);
}

TEST(TwoHubs, P3_AWindowFilledWhileOthersWriteClaimsNoMoreThanItHas) {
    World world;
    auto& one = world.add_hub();
    world.furnish(one);
    const log::Offset from = one.core.stats().position;
    for (int i = 0; i < 2'500; ++i) {
        world.ask(one, "volunteer", world.report(wire::REPORT_KIND_HAZARD, 45.55, 126.65));
    }
    world.run();
    world.hubs.push_back(std::make_unique<World::Hub>(world));
    auto& two = *world.hubs.back();
    two.core.start([] {});
    // Between each step of its start another report comes.
    for (int i = 0; i < 10'000 && !two.core.started(); ++i) {
        two.store.run_one();
        if (i % 5 == 0) {
            world.ask(one, "volunteer", world.report(wire::REPORT_KIND_HAZARD, 45.55, 126.65));
            one.store.run();
        }
    }
    world.run();
    const auto& window = two.shard.window();
    EXPECT_FALSE(window.covers(from)) << "it holds only the last 2,000";
    // All that it says it covers, it has.
    fanout::BatchPtr stretch;
    one.core.history(window.begins_after(),
                     [&](fanout::BatchPtr made) { stretch = std::move(made); });
    world.run();
    ASSERT_NE(stretch, nullptr);
    log::Offset at = window.begins_after();
    std::vector<fanout::FramePtr> frames;
    window.gather({"bureau#70"}, wire::LANE_ROUTINE, at, 100, 1u << 20, frames);
    ASSERT_EQ(frames.size(), 100u);
    for (std::size_t i = 0; i < frames.size(); ++i) {
        wire::ServerMessage message;
        message.ParseFromString(frames[i]->binary());
        EXPECT_EQ(message.entries(0).event().offset(), log::to_text(stretch->entries[i]->offset));
    }
}

TEST(TwoHubs, P2_WhatOneStoresWhileTheOtherRefusesItHasItsReceiptFromBoth) {
    for (int steps = 0; steps < 8; ++steps) {
        World world;
        auto& one = world.add_hub();
        world.furnish(one);
        auto& two = world.add_hub();
        const auto opened =
            world.ask(one, "volunteer", world.report(wire::REPORT_KIND_ASSIST, 45.55, 126.65));
        one.store.run();  // two has not read it yet, and knows no such incident
        ASSERT_TRUE(opened->has_value() && **opened);
        const wire::Command take = world.acknowledge((**opened)->incident_id());
        const auto there = world.ask(two, "officer-west", take);
        for (int i = 0; i < steps; ++i) {
            two.store.run_one();
        }
        const auto here = world.ask(one, "officer-west", take);
        one.store.run();
        world.run();
        world.pass(2'000);
        ASSERT_TRUE(here->has_value() && there->has_value());
        ASSERT_TRUE(**here) << "after step " << steps << ": " << (**here).error().code;
        ASSERT_TRUE(**there) << "after step " << steps << ": " << (**there).error().code;
        EXPECT_EQ((**there)->offset(), (**here)->offset());
    }
}

// The reports that the bureau is shown of the incident.
int reports_shown(World& world, World::Hub& hub, const std::string& id) {
    int reports = -1;
    hub.core.incident("bureau", id, [&](domain::Result<std::vector<wire::IncidentDetail>> detail) {
        ASSERT_TRUE(detail) << detail.error().code;
        reports = detail->front().incident().reports_size();
    });
    world.run();
    return reports;
}

TEST(TwoHubs, AnIncidentOpenedAgainIsWholeWhereItWasNeverHeld) {
    World world;
    auto& one = world.add_hub();
    world.furnish(one);
    const auto opened =
        world.tell(one, "volunteer", world.report(wire::REPORT_KIND_ASSIST, 45.55, 126.65));
    const std::string id = opened->incident_id();
    ASSERT_TRUE(world.tell(one, "officer-west", world.resolve(id)));
    auto& two = world.add_hub();
    wire::Command again = world.command();
    again.mutable_reopen_incident()->set_incident_id(id);
    ASSERT_TRUE(world.tell(one, "officer-west", again));
    EXPECT_EQ(reports_shown(world, two, id), 1);
    // What this hub stores next must not leave them out either.
    ASSERT_TRUE(world.tell(two, "officer-west", world.acknowledge(id)));
    auto& three = world.add_hub();
    EXPECT_EQ(reports_shown(world, three, id), 1);
    EXPECT_EQ(three.core.state().reports_of(id).size(), 1u);
}

TEST(TwoHubs, WhatAnIncidentIsTakenApartFromIsWholeWhereItWasNeverHeld) {
    World world;
    auto& one = world.add_hub();
    world.furnish(one);
    std::vector<std::string> ids;
    for (int i = 0; i < 2; ++i) {
        ids.push_back(
            world.tell(one, "volunteer", world.report(wire::REPORT_KIND_ASSIST, 45.55, 126.65))
                ->incident_id());
    }
    wire::Command merge = world.command();
    merge.mutable_merge_incident()->set_incident_id(ids[0]);
    merge.mutable_merge_incident()->set_into_incident_id(ids[1]);
    ASSERT_TRUE(world.tell(one, "officer-west", merge));
    ASSERT_TRUE(world.tell(one, "officer-west", world.resolve(ids[1])));
    auto& two = world.add_hub();
    wire::Command apart = world.command();
    apart.mutable_unmerge_incident()->set_incident_id(ids[0]);
    ASSERT_TRUE(world.tell(one, "officer-west", apart));
    for (const std::string& id : ids) {
        EXPECT_EQ(two.core.state().reports_of(id).size(), 1u);
        EXPECT_EQ(reports_shown(world, two, id), 1);
    }
}

TEST(TwoHubs, AnIncidentClosedWhileAHubStartsIsWholeThere) {
    // Between each two steps of the start once.
    for (int steps = 0; steps < 12; ++steps) {
        World world;
        auto& one = world.add_hub();
        world.furnish(one);
        const auto opened =
            world.tell(one, "volunteer", world.report(wire::REPORT_KIND_ASSIST, 45.55, 126.65));
        world.hubs.push_back(std::make_unique<World::Hub>(world));
        auto& two = *world.hubs.back();
        two.core.start([] {});
        for (int i = 0; i < steps; ++i) {
            two.store.run_one();
        }
        const auto closed = world.ask(one, "officer-west", world.resolve(opened->incident_id()));
        one.store.run();
        world.run();
        world.pass(2'000);
        ASSERT_TRUE(closed->has_value() && **closed);
        EXPECT_EQ(reports_shown(world, two, opened->incident_id()), 1) << "after step " << steps;
    }
}

// The log gives it back, and while the key of another event is asked for, its own answer is lost.
TEST(TwoHubs, P3_AnOwnEventWhoseAnswerIsLostIsShownAllTheSame) {
    World world;
    auto& one = world.add_hub();
    world.furnish(one);
    auto& two = world.add_hub();
    const auto report = world.report(wire::REPORT_KIND_ASSIST, 45.55, 126.65);
    const auto theirs = world.ask(two, "volunteer", report);
    two.store.run();
    one.store.lose_commit_answers(1);
    const auto own =
        world.ask(one, "volunteer", world.report(wire::REPORT_KIND_ASSIST, 45.55, 126.65));
    ASSERT_TRUE(one.store.execute_one());
    ASSERT_TRUE(one.store.deliver_tail());
    world.run();
    ASSERT_TRUE(**theirs);
    ASSERT_FALSE(**own) << "its answer was to be lost";
    EXPECT_EQ(one.core.stats().fold.erased, 0u);
    EXPECT_EQ(one.core.state().incidents().size(), 2u);
    EXPECT_EQ(one.shard.seen_by({{"bureau", log::store::VIEW_BUREAU}}).size(), 2u);
}

TEST(TwoHubs, P3_WhatWasTrimmedWhileAHubWasAwayIsNotPassedOver) {
    World world;
    auto& one = world.add_hub();
    world.furnish(one);
    auto& two = world.add_hub();
    two.store.disconnect();
    world.pass(1'000);
    const auto missed =
        world.tell(one, "volunteer", world.report(wire::REPORT_KIND_ASSIST, 45.55, 126.65));
    bool trimmed = false;
    log::MemoryStore other(world.log);
    other.trim(*log::to_offset(missed->offset()), 0, [&](log::StoreResult<std::int64_t> count) {
        trimmed = count.value_or(0) > 0;
    });
    other.run();
    ASSERT_TRUE(trimmed);
    two.store.connect();
    world.pass(2'000);
    EXPECT_EQ(two.shard.epochs.size(), 2u) << "its watchers were not told to begin anew";
    EXPECT_NE(two.core.state().incident(missed->incident_id()), nullptr);
}

}  // namespace
}  // namespace tocsin::test
