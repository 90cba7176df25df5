// What befalls Redis, and what must not follow from it.

#include <map>
#include <set>

#include "hub/redis/startup_check.hpp"
#include "tests/unit/redis_world.hpp"

namespace tocsin::redis::test {
namespace {

using log::Commit;
using log::CommitOutcome;
using log::CommitReply;
using log::LogEntry;
using log::Offset;
using log::StoreError;
using log::StoreResult;
using log::test::Answered;
using log::test::make_id;
using std::chrono::milliseconds;

class RedisFaults : public testing::Test {
protected:
    void start(milliseconds timeout, std::vector<std::string> arguments = {}) {
        world_ = std::make_unique<RedisWorld>(std::make_shared<RedisServer>(std::move(arguments)),
                                              timeout);
        epoch_ = head().epoch;
    }
    void start() { start(milliseconds(2000)); }

    Commit event(std::uint64_t number) const {
        Commit commit;
        commit.epoch = epoch_;
        commit.device_id = "device";
        commit.command_id = make_id(number);
        commit.digest = std::string(32, 'd');
        commit.receipt = "receipt " + std::to_string(number);
        commit.event = "event " + std::to_string(number);
        return commit;
    }
    template <class T>
    StoreResult<T> wait(const std::function<void(log::Callback<T>)>& call) {
        auto answered = std::make_shared<Answered<T>>();
        call([answered](StoreResult<T> given) { answered->callback()(std::move(given)); });
        EXPECT_TRUE(world_->run_until([&] { return answered->times > 0; }));
        return answered->result.value_or(std::unexpected(StoreError::unavailable));
    }
    StoreResult<CommitReply> commit(Commit asked) {
        return wait<CommitReply>(
            [&](log::Callback<CommitReply> done) { store().commit(asked, std::move(done)); });
    }
    log::Head head() {
        return wait<log::Head>(
                   [&](log::Callback<log::Head> done) { store().head(std::move(done)); })
            .value_or(log::Head{});
    }
    StoreResult<std::vector<LogEntry>> read() {
        return wait<std::vector<LogEntry>>([&](log::Callback<std::vector<LogEntry>> done) {
            store().read({}, 100'000, std::move(done));
        });
    }
    StoreResult<std::vector<log::StoredRecord>> load_open() {
        return wait<std::vector<log::StoredRecord>>(
            [&](log::Callback<std::vector<log::StoredRecord>> done) {
                store().load_open(std::move(done));
            });
    }
    StoreResult<Missing> check() {
        return wait<Missing>(
            [&](log::Callback<Missing> done) { check_durability(store(), std::move(done)); });
    }
    bool was_told(const std::string& words) const {
        return std::ranges::any_of(world_->events(), [&](const std::string& told) {
            return told.find(words) != std::string::npos;
        });
    }
    RedisStore& store() { return world_->store(0); }
    RedisServer& server() { return world_->server(); }

    std::unique_ptr<RedisWorld> world_;
    std::string epoch_;
};

TEST_F(RedisFaults, P1KilledWithCommitsInFlightLosesNoneThatWasAnswered) {
    start();
    std::map<std::uint64_t, Offset> stored;
    std::map<std::uint64_t, int> answers;
    int unknown = 0;
    std::uint64_t next = 0;
    for (int round = 0; round < 8; ++round) {
        std::set<std::uint64_t> unsettled;
        for (int burst = 0; burst < 6; ++burst) {
            for (int i = 0; i < 50; ++i) {
                const std::uint64_t number = ++next;
                unsettled.insert(number);
                store().commit(event(number), [&, number](StoreResult<CommitReply> reply) {
                    ++answers[number];
                    if (reply) {
                        ASSERT_EQ(reply->outcome, CommitOutcome::stored);
                        stored[number] = reply->offset;
                    } else {
                        unknown += reply.error() == StoreError::unknown ? 1 : 0;
                    }
                });
            }
            if (burst == round % 6) {
                world_->loop().poll_one();
                world_->loop().restart();
                server().kill_now();
            }
            world_->loop().poll();
            world_->loop().restart();
        }
        ASSERT_TRUE(world_->run_until([&] { return answers.size() == next; }));
        server().start();
        ASSERT_TRUE(world_->run_until([&] { return world_->all_up(); }));
        ASSERT_EQ(head().epoch, epoch_);
        std::size_t repeats = 0;
        for (const std::uint64_t number : unsettled) {
            store().commit(event(number), [&, number](StoreResult<CommitReply> reply) {
                ++repeats;
                ASSERT_TRUE(reply);
                if (stored.contains(number)) {
                    EXPECT_EQ(reply->outcome, CommitOutcome::repeated);
                    EXPECT_EQ(reply->offset, stored[number]);
                    EXPECT_EQ(reply->receipt, event(number).receipt);
                }
                stored[number] = reply->offset;
            });
        }
        ASSERT_TRUE(world_->run_until([&] { return repeats == unsettled.size(); }));
    }
    EXPECT_GT(unknown, 0);
    std::map<Offset, std::string> log;
    for (const LogEntry& entry : *read()) {
        EXPECT_TRUE(entry.genuine);
        log[entry.offset] = entry.event;
    }
    EXPECT_EQ(log.size(), next);
    for (const auto& [number, offset] : stored) {
        EXPECT_EQ(log[offset], event(number).event);
        EXPECT_EQ(answers[number], 1);
    }
}

TEST_F(RedisFaults, ALateAnswerIsNeverTakenForANewerOne) {
    start(milliseconds(250));
    server().pause();
    Answered<CommitReply> hung;
    Answered<std::vector<LogEntry>> hung_tail;
    store().commit(event(1), hung.callback());
    store().tail({}, 10, 100, hung_tail.callback());
    ASSERT_TRUE(world_->run_until([&] { return hung.times + hung_tail.times == 2; }));
    EXPECT_EQ(hung.result->error(), StoreError::unknown);
    EXPECT_EQ(hung_tail.result->error(), StoreError::unavailable);
    EXPECT_FALSE(store().is_up());
    EXPECT_TRUE(was_told("down: no answer within the time allowed"));
    Answered<CommitReply> refused;
    store().commit(event(2), refused.callback());
    EXPECT_EQ(refused.times, 0);
    ASSERT_TRUE(world_->run_until([&] { return refused.times == 1; }));
    EXPECT_EQ(refused.result->error(), StoreError::unavailable);

    world_->run_for(400);
    server().resume();
    ASSERT_TRUE(world_->run_until([&] { return world_->all_up(); }));
    const auto newer = commit(event(3));
    ASSERT_TRUE(newer);
    EXPECT_EQ(newer->outcome, CommitOutcome::stored);
    const auto again = commit(event(1));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->outcome, CommitOutcome::repeated) << "it had happened";
    EXPECT_LT(again->offset, newer->offset);
    EXPECT_EQ(commit(event(2))->outcome, CommitOutcome::stored);
    EXPECT_EQ(hung.times, 1);
    EXPECT_EQ(read()->size(), 3u);
}

TEST_F(RedisFaults, AFullMemoryRefusesCommitsUntilThereIsRoom) {
    start();
    ASSERT_TRUE(commit(event(1)));
    server().run({"CONFIG", "SET", "maxmemory", "1"});
    Commit asked = event(2);
    asked.states = {{"incident/1", 1, "state", true}};
    EXPECT_EQ(commit(asked).error(), StoreError::unavailable);
    EXPECT_EQ(commit(asked).error(), StoreError::unavailable);
    EXPECT_EQ(std::ranges::count_if(
                  world_->events(),
                  [](const std::string& told) { return told.starts_with("trouble: OOM"); }),
              1);
    EXPECT_TRUE(store().is_up()) << "reading goes on";
    EXPECT_EQ(read()->size(), 1u);
    EXPECT_EQ(head().epoch, epoch_);
    EXPECT_TRUE(load_open()->empty());
    const auto trimmed = wait<std::int64_t>(
        [&](log::Callback<std::int64_t> done) { store().trim({~0ull, 0}, 0, std::move(done)); });
    EXPECT_EQ(trimmed, 1) << "what gives memory back is not refused";
    server().run({"CONFIG", "SET", "maxmemory", "0"});
    EXPECT_EQ(commit(asked)->outcome, CommitOutcome::stored);
}

TEST_F(RedisFaults, EntriesThatAreNotOursAreNotGenuine) {
    start();
    const std::string log = "{pingfang}:log";
    ASSERT_TRUE(commit(event(1)));
    server().run({"XADD", log, "*", "x", "y"});
    server().run({"XADD", log, "*", "e", "without a digest"});
    server().run({"XADD", log, "*", "e", "event", "d", "short"});
    server().run({"XADD", log, "*", "d", "digest", "e", "event"});
    server().run({"XADD", log, "*", "e", "event", "d", "digest", "more", "fields"});
    ASSERT_TRUE(commit(event(2)));
    const auto entries = read();
    ASSERT_TRUE(entries);
    ASSERT_EQ(entries->size(), 7u);
    for (std::size_t i = 0; i < 7; ++i) {
        EXPECT_EQ((*entries)[i].genuine, i == 0 || i == 6) << i;
        EXPECT_FALSE((*entries)[i].offset.is_origin());
    }
}

TEST_F(RedisFaults, AKeyOfAnotherTypeLeavesNothingHalfDone) {
    start();
    Commit asked = event(1);
    asked.states = {{"incident/1", 1, "a", true}, {"incident/2", 1, "b", true}};
    asked.new_keys = {{"incident/1", "key"}};
    for (const char* key : {"log", "open", "ids:device"}) {
        const std::string name = std::string("{pingfang}:") + key;
        server().run({"RPUSH", name, "not ours"});
        EXPECT_EQ(commit(asked).error(), StoreError::unavailable) << key;
        server().run({"DEL", name});
        for (const Reply& left : server().run({"KEYS", "*"}).items) {
            EXPECT_TRUE(left.text == "{pingfang}:epoch" || left.text == "{pingfang}:synced")
                << key << " left " << left.text;
        }
    }
    EXPECT_EQ(commit(asked)->outcome, CommitOutcome::stored);
}

TEST_F(RedisFaults, AStateThatCannotBeReadIsToldAndLeftOut) {
    start();
    Commit asked = event(1);
    asked.states = {
        {"incident/1", 1, "a", true}, {"incident/2", 1, "b", true}, {"incident/3", 1, "c", true}};
    ASSERT_TRUE(commit(asked));
    server().run({"SET", "{pingfang}:state:incident:1", "1-1\none\n"});
    server().run({"DEL", "{pingfang}:state:incident:2"});
    const auto records = load_open();
    ASSERT_TRUE(records);
    ASSERT_EQ(records->size(), 1u);
    EXPECT_EQ((*records)[0].subject, "incident/3");
    EXPECT_TRUE(was_told("the stored state of incident/1 cannot be read"));
    EXPECT_TRUE(was_told("the stored state of incident/2 cannot be read"));
    const auto load = [&](const std::string& subject) {
        return wait<std::optional<log::StoredRecord>>(
            [&](log::Callback<std::optional<log::StoredRecord>> done) {
                store().load(subject, std::move(done));
            });
    };
    EXPECT_EQ(load("incident/1").error(), StoreError::unavailable);
    EXPECT_EQ(*load("incident/2"), std::nullopt);
}

TEST_F(RedisFaults, ALibraryThatWasRemovedIsLoadedAgainInTheCommitsOrder) {
    start();
    ASSERT_TRUE(commit(event(1)));
    std::vector<Offset> offsets;
    int answers = 0;
    const auto ask = [&](std::uint64_t number) {
        Commit asked = event(number);
        asked.reads = {{"incident/1", static_cast<std::int32_t>(number) - 100}};
        asked.states = {{"incident/1", static_cast<std::int32_t>(number) - 99, "", true}};
        store().commit(asked, [&](StoreResult<CommitReply> reply) {
            ++answers;
            ASSERT_TRUE(reply);
            ASSERT_EQ(reply->outcome, CommitOutcome::stored);
            offsets.push_back(reply->offset);
        });
    };
    server().run({"FUNCTION", "FLUSH"});
    std::uint64_t number = 100;
    for (int burst = 0; burst < 10; ++burst) {
        for (int i = 0; i < 5; ++i) {
            ask(number++);
        }
        world_->loop().poll_one();
        world_->loop().restart();
    }
    ASSERT_TRUE(world_->run_until([&] { return answers == 50; }));
    EXPECT_TRUE(std::ranges::is_sorted(offsets));
    EXPECT_TRUE(world_->all_up());
}

TEST_F(RedisFaults, AnOlderLibraryIsReplacedANewerOneKept) {
    const auto server = std::make_shared<RedisServer>();
    const auto code = [&] {
        const Reply list = server->run({"FUNCTION", "LIST", "LIBRARYNAME", "tocsin", "WITHCODE"});
        return list.items.at(0).items.at(7).text;
    };
    RedisWorld first(server);
    const std::string ours = code();
    const auto load = [&](const std::string& revision) {
        std::string other = ours;
        other.replace(other.find("-- revision "), 13, "-- revision " + revision);
        EXPECT_FALSE(server->run({"FUNCTION", "LOAD", "REPLACE", other}).is_error());
        return other;
    };
    load("0");
    RedisWorld second(server);
    EXPECT_EQ(code(), ours);
    const std::string newer = load("9");
    RedisWorld third(server);
    EXPECT_EQ(code(), newer);
}

TEST_F(RedisFaults, AReplicaIsNotWrittenToNorRead) {
    start();
    ASSERT_TRUE(commit(event(1)));
    server().run({"REPLICAOF", "127.0.0.1", "1"});
    EXPECT_EQ(commit(event(2)).error(), StoreError::unavailable);
    EXPECT_TRUE(world_->run_until([&] { return was_told("down: "); }));
    EXPECT_TRUE(world_->run_until([&] { return was_told("this Redis is not the master"); }));
    EXPECT_FALSE(store().is_up());
    server().run({"REPLICAOF", "NO", "ONE"});
    ASSERT_TRUE(world_->run_until([&] { return world_->all_up(); }));
    EXPECT_EQ(commit(event(2))->outcome, CommitOutcome::stored);
    EXPECT_EQ(head().epoch, epoch_);
}

TEST_F(RedisFaults, WhatOthersRemovedByHandIsGoneForTheHeadToo) {
    start();
    std::vector<Offset> offsets;
    for (std::uint64_t i = 0; i < 10; ++i) {
        offsets.push_back(commit(event(i + 1))->offset);
    }
    const std::string log = "{pingfang}:log";
    server().run({"XTRIM", log, "MAXLEN", "7"});
    // The highest that is gone can no longer be known: at least that, and below the first that is
    // left.
    EXPECT_GE(head().oldest, offsets[2]);
    EXPECT_LT(head().oldest, offsets[3]);
    const auto trimmed = wait<std::int64_t>(
        [&](log::Callback<std::int64_t> done) { store().trim(offsets[4], 0, std::move(done)); });
    EXPECT_EQ(trimmed, 2);
    EXPECT_EQ(head().oldest, offsets[4]);
    server().run({"XDEL", log, log::to_text(offsets[7])});
    EXPECT_GE(head().oldest, offsets[7]);
    server().run({"XTRIM", log, "MAXLEN", "0"});
    EXPECT_EQ(head().oldest, offsets[9]);
    EXPECT_EQ(head().last, offsets[9]);
    EXPECT_EQ(head().epoch, epoch_);
}

TEST_F(RedisFaults, StoppingAnswersWhatIsUnderWayOnceAndLater) {
    start();
    server().pause();
    Answered<CommitReply> sent;
    Answered<CommitReply> unsent;
    Answered<std::vector<LogEntry>> tail;
    store().commit(event(1), sent.callback());
    store().tail({}, 10, 10'000, tail.callback());
    world_->run_for(20);
    store().commit(event(2), unsent.callback());
    store().stop();
    EXPECT_EQ(sent.times + unsent.times + tail.times, 0);
    world_->run_for(20);
    EXPECT_EQ(sent.result->error(), StoreError::unknown);
    EXPECT_EQ(unsent.result->error(), StoreError::unavailable);
    EXPECT_EQ(tail.result->error(), StoreError::unavailable);
    Answered<CommitReply> after;
    store().commit(event(3), after.callback());
    world_->run_for(20);
    EXPECT_EQ(after.result->error(), StoreError::unavailable);
    server().resume();
    world_->run_for(100);
    EXPECT_EQ(sent.times + unsent.times + tail.times + after.times, 4);
}

TEST_F(RedisFaults, P1TheStartUpCheckSaysWhatIsMissing) {
    start(milliseconds(300));
    server().run({"CONFIG", "SET", "aof-load-truncated", "no"});
    EXPECT_EQ(*check(), Missing{});
    server().run({"CONFIG", "SET", "appendfsync", "everysec", "maxmemory-policy", "allkeys-lru"});
    EXPECT_EQ(
        *check(),
        (Missing{"appendfsync is everysec: a crash of Redis loses up to a second of receipted "
                 "reports; set appendfsync always",
                 "maxmemory-policy is allkeys-lru: Redis removes states and keys when its "
                 "memory is full; set maxmemory-policy noeviction"}));
    server().run({"CONFIG", "SET", "appendonly", "no", "no-appendfsync-on-rewrite", "yes"});
    server().run({"CONFIG", "SET", "aof-load-truncated", "yes"});
    EXPECT_EQ(check()->size(), 5u);
    server().run({"ACL", "SETUSER", "default", "-config"});
    ASSERT_EQ(check()->size(), 1u);
    EXPECT_TRUE((*check())[0].starts_with("cannot verify")) << (*check())[0];
    server().pause();
    EXPECT_EQ(check().error(), StoreError::unavailable);
    server().resume();
}

}  // namespace
}  // namespace tocsin::redis::test
