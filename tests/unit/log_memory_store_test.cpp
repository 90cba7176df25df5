#include "hub/log/memory_store.hpp"

#include <array>

#include "tests/unit/store_contract.hpp"

namespace tocsin::log::test {
namespace {

class MemoryWorld final : public StoreWorld {
public:
    Store& store(int number) override { return stores_.at(static_cast<std::size_t>(number)); }
    bool run_until(const std::function<bool()>& condition) override {
        while (!condition()) {
            if (stores_[0].run() + stores_[1].run() == 0) {
                return condition();
            }
        }
        return true;
    }
    void let_time_pass(int ms) override { now_ms_ += ms; }
    void wipe() override { log_->wipe(); }
    void damage(Offset offset) override { log_->damage(offset); }
    void mark() override { marked_size_ = log_->size(); }
    void return_to_mark() override {
        log_->lose_last(static_cast<int>(log_->size() - marked_size_));
        stores_[0].run();
        stores_[1].run();
    }

private:
    std::int64_t now_ms_ = 1'700'000'000'000;
    std::shared_ptr<MemoryLog> log_ = std::make_shared<MemoryLog>([this] { return now_ms_; });
    std::array<MemoryStore, 2> stores_{MemoryStore(log_), MemoryStore(log_)};
    std::size_t marked_size_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Memory, StoreContract, testing::Values([] {
                             return std::make_unique<MemoryWorld>();
                         }));

class MemoryStoreTest : public testing::Test {
protected:
    void SetUp() override {
        store_.head([this](StoreResult<Head> head) { epoch_ = head->epoch; });
        store_.run();
    }
    Commit event(std::uint64_t number) {
        Commit commit;
        commit.epoch = epoch_;
        commit.device_id = "device";
        commit.command_id = make_id(number);
        commit.event = "event " + std::to_string(number);
        return commit;
    }

    std::int64_t now_ms_ = 1000;
    std::shared_ptr<MemoryLog> log_ = std::make_shared<MemoryLog>([this] { return now_ms_; });
    MemoryStore store_{log_};
    std::string epoch_;
};

TEST_F(MemoryStoreTest, NothingHappensUntilItIsLet) {
    Answered<CommitReply> answer;
    store_.commit(event(1), answer.callback());
    EXPECT_EQ(log_->size(), 0u);
    EXPECT_TRUE(store_.execute_one());
    EXPECT_EQ(log_->size(), 1u);
    EXPECT_EQ(answer.times, 0);
    EXPECT_EQ(store_.under_way(), 1u);
    EXPECT_FALSE(store_.execute_one());
    EXPECT_TRUE(store_.deliver_one());
    EXPECT_EQ(answer.times, 1);
    EXPECT_FALSE(store_.run_one());
}

TEST_F(MemoryStoreTest, ALostAnswerLeavesTheCommitDone) {
    store_.lose_commit_answers(1);
    Answered<CommitReply> first;
    Answered<CommitReply> second;
    store_.commit(event(1), first.callback());
    store_.commit(event(1), second.callback());
    store_.run();
    EXPECT_EQ(first.result->error(), StoreError::unknown);
    EXPECT_EQ((*second.result)->outcome, CommitOutcome::repeated);
    EXPECT_EQ(log_->size(), 1u);
}

TEST_F(MemoryStoreTest, ARefusedCommitDoesNotHappen) {
    store_.refuse_commits(1);
    Answered<CommitReply> first;
    Answered<CommitReply> second;
    store_.commit(event(1), first.callback());
    store_.commit(event(1), second.callback());
    store_.run();
    EXPECT_EQ(first.result->error(), StoreError::unavailable);
    EXPECT_EQ((*second.result)->outcome, CommitOutcome::stored);
}

TEST_F(MemoryStoreTest, ACutConnectionFailsWhatIsUnderWay) {
    Answered<CommitReply> taken;
    Answered<Head> read;
    Answered<CommitReply> waiting;
    Answered<std::vector<LogEntry>> tail;
    store_.commit(event(1), taken.callback());
    store_.head(read.callback());
    store_.execute_one();
    store_.execute_one();
    store_.commit(event(2), waiting.callback());
    store_.tail({}, 10, 1000, tail.callback());
    store_.disconnect();
    Answered<CommitReply> after;
    store_.commit(event(3), after.callback());
    EXPECT_EQ(taken.times + read.times + waiting.times + tail.times + after.times, 0);
    store_.run();
    EXPECT_EQ(taken.result->error(), StoreError::unknown);
    EXPECT_EQ(read.result->error(), StoreError::unavailable);
    EXPECT_EQ(waiting.result->error(), StoreError::unavailable);
    EXPECT_EQ(tail.result->error(), StoreError::unavailable);
    EXPECT_EQ(after.result->error(), StoreError::unavailable);
    EXPECT_EQ(log_->size(), 1u);

    store_.connect();
    Answered<CommitReply> again;
    store_.commit(event(1), again.callback());
    store_.run();
    EXPECT_EQ((*again.result)->outcome, CommitOutcome::repeated);
}

TEST_F(MemoryStoreTest, ATailGivesUpByTheClock) {
    Answered<std::vector<LogEntry>> tail;
    store_.tail({}, 10, 500, tail.callback());
    EXPECT_EQ(store_.tail_due_ms(), 1500);
    EXPECT_EQ(store_.run(), 0);
    now_ms_ = 1500;
    EXPECT_EQ(store_.run(), 1);
    EXPECT_TRUE((*tail.result)->empty());
    EXPECT_EQ(store_.tail_due_ms(), std::nullopt);
}

TEST_F(MemoryStoreTest, OffsetsRiseThoughTheClockGoesBack) {
    std::vector<Offset> offsets;
    for (const std::int64_t now_ms : {1000, 1000, 5, 5000}) {
        now_ms_ = now_ms;
        store_.commit(event(10 + offsets.size()),
                      [&](StoreResult<CommitReply> reply) { offsets.push_back(reply->offset); });
        store_.run();
    }
    EXPECT_EQ(offsets, (std::vector<Offset>{{1000, 0}, {1000, 1}, {1000, 2}, {5000, 0}}));
}

TEST_F(MemoryStoreTest, LosingTheEndUndoesAllThatBelongedToIt) {
    Commit kept = event(1);
    kept.states = {{"incident/1", 1, "a", true}};
    store_.commit(kept, [](StoreResult<CommitReply>) {});
    Commit lost = event(2);
    lost.states = {{"incident/1", 2, "b", false}};
    lost.new_keys = {{"k", "key"}};
    store_.commit(lost, [](StoreResult<CommitReply>) {});
    store_.run();
    log_->lose_last(1);

    Answered<std::optional<StoredRecord>> state;
    Answered<std::vector<std::string>> keys;
    Answered<Head> head;
    store_.head(head.callback());
    store_.load("incident/1", state.callback());
    store_.keys({"k"}, keys.callback());
    store_.run();
    // What was asked before the store noticed that it was cut off fails; a hub asks again.
    EXPECT_EQ(state.result->error(), StoreError::unavailable);
    store_.head(head.callback());
    store_.load("incident/1", state.callback());
    store_.keys({"k"}, keys.callback());
    store_.run();
    EXPECT_EQ((**state.result)->version, 1);
    EXPECT_EQ(**keys.result, std::vector<std::string>{""});
    EXPECT_NE((*head.result)->epoch, epoch_);
}

}  // namespace
}  // namespace tocsin::log::test
