#pragma once
// What every store promises, whatever it is made of: one suite, run over memory
// (log_memory_store_test) and over a real Redis (redis_store_test). Included once a program.

#include <set>

#include "tests/unit/store_world.hpp"

namespace tocsin::log::test {

using Texts = std::vector<std::string>;

TEST_P(StoreContract, AnEmptyLogStartsAtTheOrigin) {
    const Head empty = head();
    EXPECT_EQ(empty.epoch, epoch_);
    EXPECT_TRUE(empty.last.is_origin());
    EXPECT_TRUE(empty.oldest.is_origin());
    EXPECT_EQ(head(1).epoch, epoch_);
    EXPECT_TRUE(read({}).empty());
    EXPECT_TRUE(read_last(10).empty());
    EXPECT_TRUE(load_open().empty());
    EXPECT_EQ(load("incident/1"), std::nullopt);
    EXPECT_EQ(trim({~0ull, 0}, 0), 0);
}

TEST_P(StoreContract, StoresAnEventWithItsStatesAndKeys) {
    Commit asked = event("fire", 1);
    asked.states = {{"incident/1", 1, "state", true}, {"report/2", 1, "words", false}};
    asked.new_keys = {{"incident/1", std::string(32, 'k')}};
    const auto reply = commit(asked);
    ASSERT_TRUE(reply && reply->outcome == CommitOutcome::stored);
    EXPECT_EQ(reply->receipt, "receipt of fire");
    const auto entries = read({});
    ASSERT_EQ(entries.size(), 1u);
    EXPECT_EQ(entries[0].offset, reply->offset);
    EXPECT_EQ(entries[0].event, "fire");
    EXPECT_TRUE(entries[0].genuine);
    EXPECT_EQ(head().last, reply->offset);
    EXPECT_TRUE(head().oldest.is_origin());
    EXPECT_EQ(load("incident/1"), (StoredRecord{"incident/1", 1, reply->offset, "state"}));
    EXPECT_EQ(load("report/2"), (StoredRecord{"report/2", 1, reply->offset, "words"}));
    EXPECT_EQ(load_open(), (std::vector{StoredRecord{"incident/1", 1, reply->offset, "state"}}));
    EXPECT_EQ(keys({"incident/1", "none"}), (Texts{std::string(32, 'k'), ""}));
}

TEST_P(StoreContract, P2TheSameCommandIsStoredOnce) {
    const Commit asked = event("fire", 1);
    EXPECT_EQ(recall(asked), CommitOutcome::conflict);
    const Offset offset = stored(asked);
    Commit again = asked;
    again.receipt = "another";
    again.reads = {{"incident/1", 7}};  // the command is known whatever was read meanwhile
    for (const int number : {0, 1}) {
        const auto reply = commit(again, number);
        ASSERT_TRUE(reply);
        EXPECT_EQ(reply->outcome, CommitOutcome::repeated);
        EXPECT_EQ(reply->offset, offset);
        EXPECT_EQ(reply->receipt, "receipt of fire");
    }
    EXPECT_EQ(recall(asked), CommitOutcome::repeated);
    EXPECT_EQ(read({}).size(), 1u);
}

TEST_P(StoreContract, P2AnIdWithAnotherContentIsRefused) {
    Commit asked = event("fire", 1);
    stored(asked);
    asked.digest = "digest of another";
    EXPECT_EQ(outcome(asked), CommitOutcome::id_reused);
    EXPECT_EQ(recall(asked), CommitOutcome::id_reused);
    asked.device_id = "another device";
    EXPECT_EQ(outcome(asked), CommitOutcome::stored);
    EXPECT_EQ(read({}).size(), 2u);
}

TEST_P(StoreContract, P2TheLast1024IdsAreRememberedAndOlderOnesRefused) {
    std::vector<Commit> commits;
    for (std::uint64_t i = 0; i <= Store::kRememberedIds; ++i) {
        commits.push_back(event("event", 1000 + i));
    }
    const auto replies = commit_all(commits);
    EXPECT_EQ(replies.back().outcome, CommitOutcome::stored);
    EXPECT_EQ(outcome(commits[0]), CommitOutcome::id_too_old);
    EXPECT_EQ(recall(commits[0]), CommitOutcome::id_too_old);
    EXPECT_EQ(outcome(commits[1]), CommitOutcome::repeated);
    EXPECT_EQ(outcome(commits.back()), CommitOutcome::repeated);
    EXPECT_EQ(outcome(event("older", 3)), CommitOutcome::id_too_old);
    EXPECT_EQ(outcome(event("older, and of another version", 3, 4)), CommitOutcome::stored);
    // That made the second one forgotten; the third is still there.
    EXPECT_EQ(outcome(commits[1]), CommitOutcome::id_too_old);
    EXPECT_EQ(outcome(commits[2]), CommitOutcome::repeated);
}

TEST_P(StoreContract, P2TheFloorIsTheHighestForgottenIdNotTheLast) {
    std::vector<Commit> commits{event("from a phone whose clock was ahead", 5'000'000),
                                event("then set right", 10)};
    for (std::uint64_t i = 0; i < Store::kRememberedIds; ++i) {
        commits.push_back(event("event", 1000 + i));
    }
    commit_all(commits);
    EXPECT_EQ(outcome(event("below the floor", 4'999'999)), CommitOutcome::id_too_old);
    EXPECT_EQ(outcome(commits[0]), CommitOutcome::id_too_old);
    EXPECT_EQ(outcome(event("above", 5'000'001)), CommitOutcome::stored);
}

// P10: a report is never refused for a phone's clock.
TEST_P(StoreContract, P2IdsFromAClockThatRanAheadDoNotRaiseTheFloor) {
    constexpr std::uint64_t kYear3000 = 32'503'680'000'000;
    constexpr std::uint64_t kAhead = 40;
    std::vector<Commit> ahead;
    for (std::uint64_t i = 0; i < kAhead; ++i) {
        ahead.push_back(event("from a phone whose clock is ahead", kYear3000 + i));
    }
    std::vector<Commit> commits = ahead;
    for (std::uint64_t i = 0; i < 3 * Store::kRememberedIds; ++i) {
        commits.push_back(event("then set right", 1000 + i));
    }
    for (const CommitReply& reply : commit_all(commits)) {
        ASSERT_EQ(reply.outcome, CommitOutcome::stored);
    }
    for (const Commit& known : ahead) {
        EXPECT_EQ(outcome(known), CommitOutcome::repeated);
    }
    EXPECT_EQ(outcome(commits.back()), CommitOutcome::repeated);
    const std::size_t oldest_known = commits.size() - (Store::kRememberedIds - kAhead);
    EXPECT_EQ(outcome(commits[oldest_known]), CommitOutcome::repeated);
    EXPECT_EQ(outcome(commits[oldest_known - 1]), CommitOutcome::id_too_old);
}

TEST_P(StoreContract, P2AClockThatIsAlwaysAheadForgetsAsOthersDo) {
    constexpr std::uint64_t kYear3000 = 32'503'680'000'000;
    std::vector<Commit> commits;
    for (std::uint64_t i = 0; i < Store::kRememberedIds + 3; ++i) {
        commits.push_back(event("event", kYear3000 + i));
    }
    commit_all(commits);
    EXPECT_EQ(outcome(commits[2]), CommitOutcome::id_too_old);
    EXPECT_EQ(outcome(commits[3]), CommitOutcome::repeated);
}

TEST_P(StoreContract, P2IdsOfOtherVersionsHaveNoFloor) {
    std::vector<Commit> commits;
    for (std::uint64_t i = 0; i <= Store::kRememberedIds; ++i) {
        commits.push_back(event("event", 1000 + i, 4));
    }
    commit_all(commits);
    EXPECT_EQ(outcome(commits[1]), CommitOutcome::repeated);
    EXPECT_EQ(outcome(commits[0]), CommitOutcome::stored);
    EXPECT_EQ(outcome(event("low", 1)), CommitOutcome::stored);
}

TEST_P(StoreContract, IdsAreComparedByteByByte) {
    std::vector<Commit> commits{event("a high bit", 0x80'0000'0000'00),
                                event("x", 0x7f'ffff'ffff'ff)};
    for (std::uint64_t i = 0; i < Store::kRememberedIds; ++i) {
        commits.push_back(event("event", 0xff'0000'0000'00 + i));
    }
    commit_all(commits);
    EXPECT_EQ(outcome(commits[0]), CommitOutcome::id_too_old);
    EXPECT_EQ(outcome(event("lower", 0x6f'0000'0000'00)), CommitOutcome::id_too_old);
    EXPECT_EQ(outcome(event("a letter", 0x41'0000'0000'00)), CommitOutcome::id_too_old);
    EXPECT_EQ(outcome(event("higher", 0x80'0000'0000'01)), CommitOutcome::stored);
}

TEST_P(StoreContract, WithoutADeviceNothingIsRemembered) {
    Commit asked = event("the hub's own", 1);
    asked.device_id.clear();
    stored(asked);
    stored(asked);
    EXPECT_EQ(recall(asked), CommitOutcome::conflict);
    EXPECT_EQ(read({}).size(), 2u);
}

TEST_P(StoreContract, AChangedReadIsAConflictAndChangesNothing) {
    Commit first = event("opened", 1);
    first.states = {{"incident/1", 2, "state", true}, {"set/fires/baoguo", 5, "", true}};
    first.new_keys = {{"incident/1", "key"}};
    const Offset offset = stored(first);

    const std::vector<domain::Reads> wrong = {
        {{"incident/1", 1}},
        {{"incident/1", 0}},
        {{"incident/1", 3}},
        {{"incident/2", 1}},
        {{"set/fires/baoguo", 4}},
        {{"set/fires/baoguo", 0}},
        {{"set/fires/xinjiang", 1}},
        {{"incident/1", 2}, {"set/fires/baoguo", 6}},
    };
    for (const domain::Reads& reads : wrong) {
        Commit asked = event("second", 2);
        asked.reads = reads;
        asked.states = {{"incident/1", 9, "changed", false}, {"incident/9", 1, "new", true}};
        asked.new_keys = {{"incident/9", "key"}};
        EXPECT_EQ(outcome(asked), CommitOutcome::conflict);
    }
    Commit taken = event("second", 2);
    taken.states = {{"incident/1", 9, "changed", false}};
    taken.new_keys = {{"incident/9", "new key"}, {"incident/1", "another key"}};
    EXPECT_EQ(outcome(taken), CommitOutcome::conflict);

    EXPECT_EQ(head().last, offset);
    EXPECT_EQ(load("incident/1"), (StoredRecord{"incident/1", 2, offset, "state"}));
    EXPECT_EQ(load("incident/9"), std::nullopt);
    EXPECT_EQ(load_open().size(), 2u);
    EXPECT_EQ(keys({"incident/1", "incident/9"}), (Texts{"key", ""}));
    EXPECT_EQ(recall(event("second", 2)), CommitOutcome::conflict);

    Commit right = event("second", 2);
    right.reads = {{"incident/1", 2}, {"set/fires/baoguo", 5}, {"incident/2", 0}, {"set/none", 0}};
    EXPECT_EQ(outcome(right), CommitOutcome::stored);
}

TEST_P(StoreContract, AStateMayBeClosedAndOpenedAgain) {
    Commit asked = event("opened", 1);
    asked.states = {{"incident/1", 1, "a", true}, {"set/fires/-", 1, "", true}};
    stored(asked);
    asked = event("resolved", 2);
    asked.states = {{"incident/1", 2, "b", false}};
    const Offset offset = stored(asked);
    ASSERT_EQ(load_open().size(), 1u);
    EXPECT_EQ(load_open()[0].subject, "set/fires/-");
    EXPECT_EQ(load("incident/1"), (StoredRecord{"incident/1", 2, offset, "b"}));
    asked = event("opened again", 3);
    asked.states = {{"incident/1", 3, "c", true}};
    stored(asked);
    EXPECT_EQ(load_open().size(), 2u);
}

TEST_P(StoreContract, LoadsManyOpenStates) {
    std::vector<Commit> commits;
    for (int i = 0; i < 60; ++i) {
        Commit asked = event("event", static_cast<std::uint64_t>(i) + 1);
        for (int j = 0; j < 20; ++j) {
            const std::string subject = "report/" + std::to_string(i) + '-' + std::to_string(j);
            asked.states.push_back({subject, 1, subject, true});
        }
        commits.push_back(std::move(asked));
    }
    commit_all(std::move(commits));
    std::set<std::string> subjects;
    for (const StoredRecord& record : load_open()) {
        EXPECT_EQ(record.bytes, record.subject);
        subjects.insert(record.subject);
    }
    EXPECT_EQ(subjects.size(), 1200u);
}

TEST_P(StoreContract, CommitsMadeTogetherAreStoredInTheirOrder) {
    std::vector<Commit> commits;
    for (int i = 0; i < 300; ++i) {
        Commit asked = event(std::to_string(i), static_cast<std::uint64_t>(i) + 1);
        asked.reads = {{"incident/1", i}};
        asked.states = {{"incident/1", i + 1, std::to_string(i), true}};
        commits.push_back(std::move(asked));
    }
    const auto replies = commit_all(std::move(commits));
    const auto entries = read({});
    ASSERT_EQ(replies.size(), 300u);
    ASSERT_EQ(entries.size(), 300u);
    for (std::size_t i = 0; i < 300; ++i) {
        EXPECT_EQ(replies[i].outcome, CommitOutcome::stored);
        EXPECT_EQ(entries[i].offset, replies[i].offset);
        EXPECT_EQ(entries[i].event, std::to_string(i));
        EXPECT_TRUE(i == 0 || entries[i - 1].offset < entries[i].offset);
    }
}

TEST_P(StoreContract, KeepsEveryByte) {
    std::string bytes;
    for (int i = 0; i < 256; ++i) {
        bytes.push_back(static_cast<char>(i));
    }
    const std::string nasty = std::string("a\0b\r\n$-1\r\n}{:*?", 15) + bytes;
    Commit asked = event(nasty, 1);
    asked.device_id = nasty;
    asked.command_id = bytes.substr(250) + bytes.substr(0, 10);
    asked.receipt = nasty;
    asked.digest = bytes;
    asked.states = {{"incident/" + nasty, 1, nasty, true}, {"set/" + nasty, 1, "", true}};
    asked.new_keys = {{nasty, bytes}};
    const Offset offset = stored(asked);
    const auto again = commit(asked);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->outcome, CommitOutcome::repeated);
    EXPECT_EQ(again->receipt, nasty);
    EXPECT_EQ(texts(read({})), Texts{nasty});
    EXPECT_EQ(load("incident/" + nasty), (StoredRecord{"incident/" + nasty, 1, offset, nasty}));
    EXPECT_EQ(load_open().size(), 2u);
    EXPECT_EQ(keys({nasty}), Texts{bytes});
    // The same beginning up to the NUL is another one.
    EXPECT_EQ(load("incident/a"), std::nullopt);
    EXPECT_EQ(keys({"a"}), Texts{""});
}

TEST_P(StoreContract, ReadsFromAnyOffset) {
    std::vector<Commit> commits;
    for (int i = 0; i < 10; ++i) {
        commits.push_back(event(std::to_string(i), static_cast<std::uint64_t>(i) + 1));
    }
    const auto replies = commit_all(std::move(commits));
    EXPECT_EQ(texts(read({}, 3)), (Texts{"0", "1", "2"}));
    EXPECT_EQ(texts(read(replies[6].offset)), (Texts{"7", "8", "9"}));
    EXPECT_TRUE(read(replies[9].offset).empty());
    EXPECT_TRUE(read({~0ull, ~0ull}).empty());
    EXPECT_TRUE(read({}, 0).empty());
    EXPECT_EQ(texts(read_last(2)), (Texts{"8", "9"}));
    EXPECT_EQ(read_last(100).size(), 10u);
    EXPECT_TRUE(read_last(0).empty());
    EXPECT_EQ(texts(read({}, 1, 1)), Texts{"0"});
}

TEST_P(StoreContract, ATailWaitsForTheNextEntry) {
    const Offset first = stored(event("first", 1));
    Answered<std::vector<LogEntry>> at_once;
    store().tail({}, 10, 60'000, at_once.callback());
    EXPECT_EQ(at_once.times, 0);
    ASSERT_TRUE(world_->run_until([&] { return at_once.times == 1; }));
    EXPECT_EQ(texts(**at_once.result), Texts{"first"});

    Answered<std::vector<LogEntry>> waiting;
    store().tail(first, 10, 60'000, waiting.callback());
    stored(event("second", 2), 1);
    ASSERT_TRUE(world_->run_until([&] { return waiting.times == 1; }));
    EXPECT_EQ(texts(**waiting.result), Texts{"second"});

    Answered<std::vector<LogEntry>> in_vain;
    store().tail(head().last, 10, 50, in_vain.callback());
    world_->let_time_pass(60);
    ASSERT_TRUE(world_->run_until([&] { return in_vain.times == 1; }));
    EXPECT_TRUE((*in_vain.result)->empty());
}

TEST_P(StoreContract, TrimsTheOldestButNeverBelowANumber) {
    std::vector<Commit> commits;
    for (int i = 0; i < 500; ++i) {
        commits.push_back(event(std::to_string(i), static_cast<std::uint64_t>(i) + 1));
    }
    const auto replies = commit_all(std::move(commits));
    EXPECT_EQ(trim(replies[9].offset, 495), 5);
    EXPECT_EQ(head().oldest, replies[4].offset);
    EXPECT_EQ(read({})[0].offset, replies[5].offset);
    EXPECT_EQ(trim(replies[9].offset, 0), 5);
    EXPECT_EQ(head().oldest, replies[9].offset);
    EXPECT_EQ(trim(replies[9].offset, 0), 0);
    EXPECT_EQ(trim(replies[449].offset, 10), 440);
    EXPECT_EQ(read({}).size(), 50u);
    EXPECT_EQ(trim({~0ull, 0}, 0), 50);
    EXPECT_EQ(head().oldest, replies[499].offset);
    EXPECT_EQ(head().last, replies[499].offset);
    EXPECT_EQ(head().epoch, epoch_) << "what was trimmed is not lost";
    const Offset next = stored(event("next", 1000));
    EXPECT_EQ(head().oldest, replies[499].offset);
    EXPECT_EQ(head().last, next);
    EXPECT_EQ(texts(read(replies[499].offset)), Texts{"next"});
}

TEST_P(StoreContract, MakesAKeyOnce) {
    const auto make = [&](const std::string& key_id, const std::string& candidate, int number) {
        return wait<std::string>([&](Callback<std::string> done) {
            store(number).make_key(key_id, candidate, std::move(done));
        });
    };
    EXPECT_EQ(make("district", std::string(32, 'a'), 0), std::string(32, 'a'));
    EXPECT_EQ(make("district", std::string(32, 'b'), 1), std::string(32, 'a'));
    EXPECT_EQ(keys({"district"}), Texts{std::string(32, 'a')});
    EXPECT_TRUE(keys({}).empty());
    Commit asked = event("taken", 1);
    asked.new_keys = {{"district", "c"}};
    EXPECT_EQ(outcome(asked), CommitOutcome::conflict);
}

TEST_P(StoreContract, ACommitOfAnotherEpochFails) {
    Commit asked = event("fire", 1);
    asked.epoch = "another";
    EXPECT_EQ(commit(asked).error(), StoreError::epoch_changed);
    EXPECT_TRUE(read({}).empty());
}

TEST_P(StoreContract, P3AWipedLogHasAnotherEpoch) {
    stored(event("fire", 1));
    world_->wipe();
    EXPECT_EQ(commit(event("fire", 2)).error(), StoreError::epoch_changed);
    const Head after = head();
    EXPECT_NE(after.epoch, epoch_);
    EXPECT_FALSE(after.epoch.empty());
    EXPECT_TRUE(after.last.is_origin());
    EXPECT_EQ(head(1).epoch, after.epoch);
    EXPECT_EQ(commit(event("fire", 2)).error(), StoreError::epoch_changed);
    epoch_ = after.epoch;
    stored(event("fire", 1));
}

TEST_P(StoreContract, TheEpochIsRenewedOnceForAll) {
    const auto renew = [&](int number) {
        return wait<std::string>([&](Callback<std::string> done) {
                   store(number).renew_epoch(epoch_, std::move(done));
               })
            .value_or("");
    };
    const std::string renewed = renew(0);
    EXPECT_NE(renewed, epoch_);
    EXPECT_EQ(renew(1), renewed);
    EXPECT_EQ(head().epoch, renewed);
}

TEST_P(StoreContract, P3ALogThatLostItsEndHasAnotherEpoch) {
    stored(event("kept", 1));
    world_->mark();
    stored(event("lost", 2));
    world_->return_to_mark();
    EXPECT_EQ(commit(event("not onto the torn end", 3)).error(), StoreError::epoch_changed);
    EXPECT_NE(head().epoch, epoch_);
    EXPECT_EQ(texts(read({})), Texts{"kept"});
}

TEST_P(StoreContract, P3OneThatCameBackWholeHasTheSame) {
    const Offset offset = stored(event("kept", 1));
    world_->mark();
    world_->return_to_mark();
    EXPECT_EQ(head().epoch, epoch_);
    EXPECT_EQ(head().last, offset);
    EXPECT_EQ(outcome(event("kept", 1)), CommitOutcome::repeated);
    stored(event("next", 2));
}

TEST_P(StoreContract, P1WhatDoesNotMatchItsDigestIsNotGenuine) {
    stored(event("one", 1));
    const Offset two = stored(event("two", 2));
    stored(event("three", 3));
    world_->damage(two);
    const auto entries = read({});
    ASSERT_EQ(entries.size(), 3u);
    EXPECT_TRUE(entries[0].genuine);
    EXPECT_FALSE(entries[1].genuine);
    EXPECT_EQ(entries[1].offset, two);
    EXPECT_TRUE(entries[2].genuine);
    EXPECT_FALSE(read_last(2)[0].genuine);
}

TEST_P(StoreContract, TwoStoresShareOneLog) {
    Commit asked = event("by the first", 1);
    asked.states = {{"incident/1", 1, "a", true}};
    stored(asked, 0);
    Commit other = event("by the second", 2);
    other.reads = {{"incident/1", 0}};
    EXPECT_EQ(outcome(other, 1), CommitOutcome::conflict);
    other.reads = {{"incident/1", 1}};
    stored(other, 1);
    EXPECT_EQ(texts(read({}, 10, 0)), texts(read({}, 10, 1)));
    EXPECT_EQ(head(0).last, head(1).last);
}

TEST_P(StoreContract, P6ATimerIsSetMovedAndCancelledWithTheEvent) {
    Commit asked = event("fire", 1);
    asked.timers = {{"incident/1#unacknowledged.1", 60'000}, {"incident/1#silent.2", 90'000}};
    stored(asked);
    DueTimers due = due_timers();
    EXPECT_TRUE(due.names.empty());
    ASSERT_TRUE(due.next_ms);
    EXPECT_LE(*due.next_ms, 60'000);
    EXPECT_GT(*due.next_ms, 30'000);
    Commit next = event("acknowledged", 2);
    next.timers = {
        {"incident/1#unacknowledged.1"}, {"incident/1#silent.2"}, {"incident/1#never set"}};
    stored(next);
    EXPECT_FALSE(due_timers().next_ms);
    EXPECT_TRUE(due_timers(256, 1).names.empty());
}

TEST_P(StoreContract, P6AFiringBeforeItsTimeIsRefusedWhollyAndThenDoneOnce) {
    Commit asked = event("fire", 1);
    asked.timers = {{"t", 300}};
    stored(asked);
    const auto firing = [&](std::uint64_t number) {
        Commit made = event("escalated", number);
        made.device_id.clear();
        made.fires = "t";
        made.states = {{"incident/1", 1, "state", true}};
        made.timers = {{"u", 60'000}};
        return made;
    };
    EXPECT_EQ(outcome(firing(2)), CommitOutcome::not_due);
    EXPECT_EQ(load("incident/1"), std::nullopt);
    EXPECT_EQ(read({}).size(), 1u);
    world_->let_time_pass(400);
    EXPECT_EQ(due_timers().names, (Texts{"t"}));
    EXPECT_EQ(due_timers(256, 1).names, (Texts{"t"}));
    EXPECT_EQ(outcome(firing(3)), CommitOutcome::stored);
    EXPECT_EQ(outcome(firing(4), 1), CommitOutcome::conflict) << "it has fired";
    EXPECT_EQ(read({}).size(), 2u);
    EXPECT_TRUE(due_timers().names.empty());
    EXPECT_TRUE(due_timers().next_ms);
}

TEST_P(StoreContract, P6ACommitThatIsRefusedSetsNoTimer) {
    Commit asked = event("fire", 1);
    asked.reads = {{"incident/1", 7}};
    asked.timers = {{"t", 10}};
    EXPECT_EQ(outcome(asked), CommitOutcome::conflict);
    asked.reads.clear();
    asked.epoch = "another";
    EXPECT_FALSE(commit(asked));
    EXPECT_FALSE(due_timers().next_ms);
    asked.epoch = epoch_;
    stored(asked);
    world_->let_time_pass(50);
    asked.timers = {{"again", 10}};
    EXPECT_EQ(outcome(asked), CommitOutcome::repeated);
    EXPECT_EQ(due_timers().names, (Texts{"t"}));
}

TEST_P(StoreContract, P6DueTimersComeEarliestFirstAndCanBeDropped) {
    Commit asked = event("fire", 1);
    asked.timers = {{"c", 30}, {"a", 10}, {"b", 20}, {"later", 60'000}};
    stored(asked);
    world_->let_time_pass(100);
    EXPECT_EQ(due_timers().names, (Texts{"a", "b", "c"}));
    EXPECT_EQ(due_timers(2).names, (Texts{"a", "b"}));
    EXPECT_TRUE(drop_timer("a"));
    EXPECT_FALSE(drop_timer("a"));
    EXPECT_EQ(due_timers().names, (Texts{"b", "c"}));
}

TEST_P(StoreContract, P6AWipeTakesTheTimersToo) {
    Commit asked = event("fire", 1);
    asked.timers = {{"t", 10}};
    stored(asked);
    world_->let_time_pass(50);
    world_->wipe();
    EXPECT_TRUE(due_timers().names.empty());
    EXPECT_FALSE(due_timers().next_ms);
}

TEST_P(StoreContract, P6TimersThatTheDiskLostAreLostWithTheirEvents) {
    Commit asked = event("fire", 1);
    asked.timers = {{"kept", 10}};
    stored(asked);
    world_->mark();
    Commit next = event("acknowledged", 2);
    next.timers = {{"kept"}, {"lost", 10}};
    stored(next);
    world_->return_to_mark();
    world_->let_time_pass(50);
    EXPECT_EQ(due_timers().names, (Texts{"kept"}));
}

}  // namespace tocsin::log::test
