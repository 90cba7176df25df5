// The district on a store in memory: commands in, events out, through one hub and through two.

#include "tests/unit/district_fixture.hpp"

namespace tocsin::test {
namespace {

using domain::Feed;
namespace store = domain::store;

TEST(District, ReportReachesStationFireDeskAndBureauInTheirViews) {
    World world;
    auto& hub = world.add_hub();
    world.furnish(hub);
    const auto receipt =
        world.tell(hub, "volunteer", world.report(wire::REPORT_KIND_FIRE, 45.55, 126.65, "smoke"));
    ASSERT_TRUE(receipt);
    EXPECT_EQ(receipt->lane(), wire::LANE_ALARM);

    const auto officer = hub.shard.seen_by({{"station/west", store::VIEW_OFFICER}});
    ASSERT_EQ(officer.size(), 1u);
    EXPECT_EQ(officer[0].offset(), receipt->offset());
    EXPECT_EQ(officer[0].incident().id(), receipt->incident_id());
    EXPECT_EQ(officer[0].report().text(), "smoke");
    EXPECT_EQ(officer[0].report().reporter().person_id(), "volunteer");
    EXPECT_EQ(hub.shard.seen_by({{"fire", store::VIEW_FIRE_DESK}}).size(), 1u);
    EXPECT_EQ(hub.shard.seen_by({{"bureau", store::VIEW_BUREAU}}).size(), 1u);
    EXPECT_TRUE(hub.shard.seen_by({{"station/east", store::VIEW_OFFICER}}).empty());
}

TEST(District, P2_TheSameIdGivesTheSameReceiptThroughEitherHub) {
    World world;
    auto& one = world.add_hub();
    world.furnish(one);
    auto& two = world.add_hub();
    const auto command = world.report(wire::REPORT_KIND_SIGHTING, 45.55, 126.65);
    const auto first = world.tell(one, "volunteer", command);
    const auto again = world.tell(one, "volunteer", command);
    const auto elsewhere = world.tell(two, "volunteer", command);
    ASSERT_TRUE(first && again && elsewhere);
    EXPECT_FALSE(first->repeated());
    EXPECT_TRUE(again->repeated());
    EXPECT_TRUE(elsewhere->repeated());
    EXPECT_EQ(again->offset(), first->offset());
    EXPECT_EQ(elsewhere->offset(), first->offset());
    EXPECT_EQ(elsewhere->incident_id(), first->incident_id());
    EXPECT_EQ(one.shard.seen_by({{"station/west", store::VIEW_OFFICER}}).size(), 1u);

    auto other = command;
    other.mutable_submit_report()->set_text("another content");
    for (auto* hub : {&one, &two}) {
        const auto refused = world.tell(*hub, "volunteer", other);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, domain::code::id_reused);
    }
}

TEST(District, P2_ARepeatedAcknowledgementIsNoSecondOne) {
    World world;
    auto& one = world.add_hub();
    world.furnish(one);
    auto& two = world.add_hub();
    const auto opened =
        world.tell(one, "volunteer", world.report(wire::REPORT_KIND_ASSIST, 45.55, 126.65));
    const auto take = world.acknowledge(opened->incident_id());
    const auto first = world.tell(one, "officer-west", take);
    const auto again = world.tell(two, "officer-west", take);
    ASSERT_TRUE(first && again);
    EXPECT_EQ(first->offset(), again->offset());
    const auto second = world.tell(two, "officer-two", world.acknowledge(opened->incident_id()));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, domain::code::already_acknowledged);
    EXPECT_NE(second.error().message.find("Name of officer-west"), std::string::npos)
        << second.error().message;
}

TEST(District, P2_AnAnswerThatGotLostIsGivenAgain) {
    World world;
    auto& hub = world.add_hub();
    world.furnish(hub);
    const auto command = world.report(wire::REPORT_KIND_FIRE, 45.55, 126.65);
    hub.store.lose_commit_answers(1);
    const auto lost = world.tell(hub, "volunteer", command);
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().code, domain::code::unavailable);
    EXPECT_GT(lost.error().retry_after_ms, 0);
    world.pass(1'000);
    const auto again = world.tell(hub, "volunteer", command);
    ASSERT_TRUE(again) << again.error().code;
    EXPECT_TRUE(again->repeated());
    EXPECT_EQ(hub.shard.seen_by({{"station/west", store::VIEW_OFFICER}}).size(), 1u);
}

TEST(District, TwoHundredReportsOfOneFireThroughTwoHubsAreOneIncident) {
    World world;
    auto& one = world.add_hub();
    world.furnish(one);
    auto& two = world.add_hub();
    std::vector<std::shared_ptr<World::Answer>> answers;
    for (int i = 0; i < 100; ++i) {
        answers.push_back(
            world.ask(one, "volunteer", world.report(wire::REPORT_KIND_FIRE, 45.55, 126.65)));
        answers.push_back(
            world.ask(two, "neighbour", world.report(wire::REPORT_KIND_FIRE, 45.5501, 126.65)));
    }
    world.run();
    world.pass(2'000);
    std::set<std::string> incidents;
    for (const auto& answer : answers) {
        ASSERT_TRUE(answer->has_value());
        ASSERT_TRUE(**answer) << (**answer).error().code;
        incidents.insert((**answer)->incident_id());
    }
    EXPECT_EQ(incidents.size(), 1u);
    for (auto* hub : {&one, &two}) {
        const auto seen = hub->shard.seen_by({{"fire", store::VIEW_FIRE_DESK}});
        ASSERT_EQ(seen.size(), 200u);
        for (int i = 0; i < 200; ++i) {
            EXPECT_EQ(seen[static_cast<std::size_t>(i)].incident().version(), i + 1);
            EXPECT_EQ(seen[static_cast<std::size_t>(i)].incident().report_count(), i + 1);
        }
    }
}

TEST(District, P5_AnotherReporterIsNeverShown) {
    World world;
    auto& hub = world.add_hub();
    world.furnish(hub);
    const auto first =
        world.tell(hub, "volunteer", world.report(wire::REPORT_KIND_FIRE, 45.55, 126.65, "mine"));
    const auto second =
        world.tell(hub, "neighbour", world.report(wire::REPORT_KIND_FIRE, 45.55, 126.65, "theirs"));
    ASSERT_TRUE(first && second);
    ASSERT_EQ(first->incident_id(), second->incident_id());
    ASSERT_TRUE(world.tell(hub, "officer-west", world.acknowledge(first->incident_id())));
    const auto mine = hub.shard.seen_by({{"me/volunteer", store::VIEW_REPORTER}});
    const auto theirs = hub.shard.seen_by({{"me/neighbour", store::VIEW_REPORTER}});
    std::vector<std::string> kinds;
    for (const auto* seen : {&mine, &theirs}) {
        // The own person and device as they were added, then: opened, acknowledged.
        std::vector<wire::Event> incidents;
        std::ranges::copy_if(*seen, std::back_inserter(incidents), &wire::Event::has_incident);
        ASSERT_EQ(incidents.size(), 2u);
        EXPECT_EQ(incidents[0].kind(), wire::EVENT_KIND_INCIDENT_OPENED);
        EXPECT_EQ(incidents[0].incident().version(), 1);
        EXPECT_EQ(incidents[1].kind(), wire::EVENT_KIND_INCIDENT_ACKNOWLEDGED);
        EXPECT_EQ(incidents[1].incident().version(), 2);
        EXPECT_EQ(incidents[1].incident().report_count(), 0);
        EXPECT_TRUE(incidents[1].incident().acknowledgements(0).name().empty());
    }
    EXPECT_EQ(mine.back().report().text(), "mine");
    EXPECT_EQ(theirs.back().report().text(), "theirs");
    for (const auto& event : theirs) {
        EXPECT_EQ(event.SerializeAsString().find("mine"), std::string::npos);
    }
}

TEST(District, RevocationTakesRightsAwayOnEveryHub) {
    World world;
    auto& one = world.add_hub();
    world.furnish(one);
    auto& two = world.add_hub();
    ASSERT_TRUE(world.let_in(one, "officer-west"));
    ASSERT_TRUE(world.let_in(two, "officer-west"));
    wire::Command revoke = world.command();
    revoke.mutable_revoke_device()->set_device_id(world.devices["officer-west"]);
    ASSERT_TRUE(world.tell(one, "admin", revoke));
    for (auto* hub : {&one, &two}) {
        EXPECT_FALSE(world.let_in(*hub, "officer-west"));
        const auto& changes = hub->shard.batches.back()->rights;
        ASSERT_EQ(changes.size(), 1u);
        EXPECT_EQ(changes[0].person_id, "officer-west");
        EXPECT_EQ(changes[0].revoked_device_ids,
                  std::vector<std::string>{world.devices["officer-west"]});
    }
    const auto refused = world.tell(two, "officer-west", world.acknowledge(world.uuid()));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, domain::code::not_permitted);
}

TEST(District, AHubThatStartsLateStandsWhereTheOthersStand) {
    World world;
    auto& one = world.add_hub();
    world.furnish(one);
    std::vector<std::string> ids;
    for (int i = 0; i < 20; ++i) {
        const auto opened =
            world.tell(one, "volunteer", world.report(wire::REPORT_KIND_DISPUTE, 45.55, 126.65));
        ids.push_back(opened->incident_id());
    }
    ASSERT_TRUE(world.tell(one, "officer-west", world.resolve(ids[0])));
    auto& two = world.add_hub();
    ASSERT_TRUE(two.ready);
    std::vector<Feed> feeds{{"station/west", store::VIEW_OFFICER}, {"admin", store::VIEW_ADMIN}};
    std::vector<std::string> pages[2];
    int at = 0;
    for (auto* hub : {&one, &two}) {
        hub->core.snapshot(feeds, [&](auto made) {
            for (const auto& page : made->pages) {
                pages[at].push_back(page->binary());
            }
        });
        ++at;
    }
    EXPECT_FALSE(pages[0].empty());
    EXPECT_EQ(pages[0], pages[1]);
    EXPECT_EQ(two.shard.seen_by({feeds[0]}).size(), 21u) << "the window is filled from the log";
    // One that is closed, and so not in memory there: known all the same.
    const auto refused = world.tell(two, "officer-west", world.resolve(ids[0]));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, domain::code::wrong_state);
}

TEST(District, ASnapshotHasTheOwnDevicesAndWhoIsOnDutyAtTheOwnDesk) {
    World world;
    auto& one = world.add_hub();
    world.furnish(one);
    wire::Command start = world.command();
    start.mutable_start_shift();
    const auto started = world.tell(one, "officer-west", start);
    ASSERT_TRUE(started);
    std::vector<std::string> devices;
    const auto people_in = [&](const std::vector<Feed>& feeds) {
        std::vector<std::string> people;
        one.core.snapshot(feeds, [&](auto made) {
            for (const auto& page : made->pages) {
                wire::ServerMessage message;
                ASSERT_TRUE(message.ParseFromString(std::string(page->binary())));
                for (const auto& event : message.entries(0).snapshot().states()) {
                    if (event.has_device()) {
                        devices.push_back(event.device().id());
                    }
                    if (event.has_person()) {
                        people.push_back(event.person().id());
                        EXPECT_NE(event.person().shift().started_time_ms(), 0);
                        EXPECT_TRUE(event.person().phone().empty());
                    }
                }
            }
        });
        return people;
    };
    EXPECT_EQ(people_in({{"station/west", store::VIEW_OFFICER}}),
              std::vector<std::string>{"officer-west"});
    EXPECT_EQ(people_in({{"station/west", store::VIEW_CREW}}),
              std::vector<std::string>{"officer-west"});
    EXPECT_TRUE(people_in({{"station/east", store::VIEW_OFFICER}}).empty());
    EXPECT_TRUE(people_in({{"station/west", store::VIEW_NEIGHBOUR}}).empty());
    EXPECT_TRUE(people_in({{"me/officer-west", store::VIEW_REPORTER}}).empty());
    EXPECT_EQ(devices, std::vector<std::string>{world.devices["officer-west"]});
}

TEST(District, P3_HistoryIsTheLogOrSaysThatItIsNot) {
    World world;
    auto& hub = world.add_hub();
    world.furnish(hub);
    const log::Offset from = hub.core.stats().position;
    for (int i = 0; i < 600; ++i) {
        world.ask(hub, "volunteer", world.report(wire::REPORT_KIND_HAZARD, 45.55, 126.65));
    }
    world.run();
    log::Offset at = from;
    int entries = 0;
    while (at < hub.core.stats().position) {
        fanout::BatchPtr stretch;
        hub.core.history(at, [&](fanout::BatchPtr made) { stretch = std::move(made); });
        world.run();
        ASSERT_NE(stretch, nullptr);
        EXPECT_EQ(stretch->after, at);
        ASSERT_GT(stretch->to, at);
        entries += static_cast<int>(stretch->entries.size());
        at = stretch->to;
    }
    EXPECT_EQ(entries, 600);
    fanout::BatchPtr beyond = std::make_shared<fanout::Batch>();
    hub.core.history({at.ms + 1, 0}, [&](fanout::BatchPtr made) { beyond = std::move(made); });
    world.run();
    EXPECT_EQ(beyond, nullptr) << "a place that the log never had";
}

TEST(District, P3_AWipedStoreIsANewEpochAndLetsNobodyIn) {
    World world;
    auto& hub = world.add_hub();
    world.furnish(hub);
    ASSERT_TRUE(world.let_in(hub, "officer-west"));
    const auto epochs = hub.shard.epochs.size();
    world.log->wipe();
    world.pass(3'000);
    ASSERT_EQ(hub.shard.epochs.size(), epochs + 1);
    EXPECT_NE(hub.shard.epochs.back(), hub.shard.epochs.front());
    EXPECT_FALSE(world.let_in(hub, "officer-west"));
    world.furnish(hub);
    EXPECT_TRUE(world.tell(hub, "volunteer", world.report(wire::REPORT_KIND_FIRE, 45.55, 126.65)));
}

TEST(District, P3_AnEndThatIsGoneIsANewEpoch) {
    World world;
    auto& one = world.add_hub();
    world.furnish(one);
    auto& two = world.add_hub();
    ASSERT_TRUE(world.tell(one, "volunteer", world.report(wire::REPORT_KIND_FIRE, 45.55, 126.65)));
    ASSERT_TRUE(
        world.tell(one, "volunteer", world.report(wire::REPORT_KIND_SIGHTING, 45.55, 126.65)));
    const auto epochs = one.shard.epochs.size();
    world.log->lose_last(1);
    world.pass(5'000);
    for (auto* hub : {&one, &two}) {
        EXPECT_GT(hub->shard.epochs.size(), 1u);
    }
    EXPECT_EQ(one.shard.epochs.size(), epochs + 1);
    EXPECT_EQ(one.shard.epochs.back(), two.shard.epochs.back());
    EXPECT_TRUE(
        world.tell(two, "volunteer", world.report(wire::REPORT_KIND_SIGHTING, 45.55, 126.65)));
}

TEST(District, AStoreThatIsAwayIsSaidAndNothingIsReceipted) {
    World world;
    auto& hub = world.add_hub();
    world.furnish(hub);
    ASSERT_TRUE(hub.shard.store_well);
    hub.store.disconnect();
    const auto refused =
        world.tell(hub, "volunteer", world.report(wire::REPORT_KIND_FIRE, 45.55, 126.65));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, domain::code::unavailable);
    world.pass(3'000);
    EXPECT_FALSE(hub.shard.store_well);
    hub.store.connect();
    world.pass(3'000);
    EXPECT_TRUE(hub.shard.store_well);
    EXPECT_TRUE(world.tell(hub, "volunteer", world.report(wire::REPORT_KIND_FIRE, 45.55, 126.65)));
}

TEST(District, ADamagedEntryIsSetAsideAndTheRestGoesOn) {
    World world;
    auto& one = world.add_hub();
    world.furnish(one);
    const auto receipt = world.tell(
        one, "volunteer", world.report(wire::REPORT_KIND_FIRE, 45.55, 126.65, "genuine"));
    world.log->damage(*log::to_offset(receipt->offset()));
    auto& two = world.add_hub();
    EXPECT_TRUE(two.shard.seen_by({{"station/west", store::VIEW_OFFICER}}).empty());
    EXPECT_TRUE(
        world.tell(two, "volunteer", world.report(wire::REPORT_KIND_SIGHTING, 45.55, 126.65)));
    EXPECT_EQ(two.shard.seen_by({{"station/west", store::VIEW_OFFICER}}).size(), 1u);
}

TEST(District, OneDevicesCommandsAreDecidedInTheOrderTheyCame) {
    World world;
    auto& hub = world.add_hub();
    world.furnish(hub);
    const auto opened =
        world.tell(hub, "volunteer", world.report(wire::REPORT_KIND_ASSIST, 45.55, 126.65));
    const auto wrong =
        world.ask(hub, "officer-west", world.acknowledge(world.uuid()));  // must be confirmed first
    const auto take = world.ask(hub, "officer-west", world.acknowledge(opened->incident_id()));
    const auto close = world.ask(hub, "officer-west", world.resolve(opened->incident_id()));
    const auto late = world.ask(hub, "officer-west", world.acknowledge(opened->incident_id()));
    world.run();
    ASSERT_TRUE(wrong->has_value() && take->has_value() && close->has_value() && late->has_value());
    EXPECT_EQ((**wrong).error().code, domain::code::unknown_incident);
    ASSERT_TRUE(**take);
    ASSERT_TRUE(**close);
    ASSERT_FALSE(**late);
    EXPECT_EQ((**late).error().code, domain::code::wrong_state);
}

// Random people do random things through two hubs while answers get lost and the store comes and
// goes: afterwards both hubs say the same, each receipted command is there once, and no incident's
// versions have a gap.
TEST(District, RandomNightsEndAlikeOnBothHubs) {
    for (unsigned seed = 1; seed <= 200; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        World world(seed);
        auto& one = world.add_hub();
        world.furnish(one);
        auto& two = world.add_hub();
        std::mt19937 dice(seed);
        const std::vector<std::string> people{
            "volunteer", "neighbour", "officer-west", "officer-two", "fire-desk"};
        std::vector<std::string> incidents;
        struct Sent {
            std::string person;
            wire::Command command;
            std::shared_ptr<World::Answer> answer;
        };
        std::vector<Sent> sent;
        std::map<std::string, std::string> receipted;  // command id -> offset
        const auto note = [&](const Sent& one_sent) {
            if (one_sent.answer->has_value() && **one_sent.answer) {
                const auto& receipt = ***one_sent.answer;
                const auto [at, fresh] = receipted.emplace(receipt.command_id(), receipt.offset());
                EXPECT_EQ(at->second, receipt.offset());
                if (fresh) {
                    incidents.push_back(receipt.incident_id());
                }
            }
        };
        for (int step = 0; step < 120; ++step) {
            auto& hub = dice() % 2 == 0 ? one : two;
            const std::string& person = people[dice() % people.size()];
            switch (dice() % 10) {
                case 0:
                case 1:
                case 2:
                    sent.push_back(
                        {"volunteer",
                         world.report(wire::REPORT_KIND_FIRE, 45.52 + 0.02 * (dice() % 3), 126.65),
                         {}});
                    break;
                case 3:
                    sent.push_back(
                        {"neighbour", world.report(wire::REPORT_KIND_HAZARD, 45.55, 126.69), {}});
                    break;
                case 4:
                case 5:
                    sent.push_back({person,
                                    incidents.empty()
                                        ? world.acknowledge(world.uuid())
                                        : world.acknowledge(incidents[dice() % incidents.size()]),
                                    {}});
                    break;
                case 6:
                    sent.push_back({person,
                                    incidents.empty()
                                        ? world.resolve(world.uuid())
                                        : world.resolve(incidents[dice() % incidents.size()]),
                                    {}});
                    break;
                case 7:  // an impatient client says it again, elsewhere
                    if (!sent.empty()) {
                        sent.push_back(sent[dice() % sent.size()]);
                    } else {
                        continue;
                    }
                    break;
                case 8:
                    if (dice() % 4 == 0) {
                        hub.store.disconnect();
                        world.pass(300);
                        hub.store.connect();
                    } else {
                        hub.store.lose_commit_answers(1);
                    }
                    continue;
                case 9:
                    world.pass(100 * (1 + dice() % 15));
                    continue;
            }
            sent.back().answer = world.ask(hub, sent.back().person, sent.back().command);
            for (unsigned i = dice() % 6; i > 0; --i) {
                (dice() % 2 == 0 ? one : two).store.run_one();
            }
            for (const auto& each : sent) {
                note(each);
            }
        }
        world.pass(5'000);
        for (const auto& each : sent) {
            ASSERT_TRUE(each.answer->has_value());
            note(each);
        }
        const std::vector<Feed> feeds{{"bureau", store::VIEW_BUREAU}};
        const auto seen = one.shard.seen_by(feeds);
        const auto also = two.shard.seen_by(feeds);
        ASSERT_EQ(seen.size(), also.size());
        std::map<std::string, int> versions;
        std::map<std::string, int> offsets;
        for (std::size_t i = 0; i < seen.size(); ++i) {
            EXPECT_EQ(seen[i].SerializeAsString(), also[i].SerializeAsString());
            EXPECT_EQ(seen[i].incident().version(), ++versions[seen[i].incident().id()]);
            ++offsets[seen[i].offset()];
        }
        for (const auto& [id, offset] : receipted) {
            EXPECT_EQ(offsets[offset], 1) << "receipted " << offset;
        }
        std::string snapshots[2];
        int at = 0;
        for (auto* hub : {&one, &two}) {
            hub->core.snapshot(feeds, [&](auto pages) {
                for (const auto& page : pages->pages) {
                    snapshots[at] += page->binary();
                }
            });
            ++at;
        }
        EXPECT_EQ(snapshots[0], snapshots[1]);
        if (HasFatalFailure() || HasNonfatalFailure()) {
            break;
        }
    }
}

}  // namespace
}  // namespace tocsin::test
