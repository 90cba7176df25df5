#pragma once
// What the store contract stands on: a world is a log with two stores on it, and the hand that
// meddles with it; the fixture asks a store and waits for the answer.

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hub/log/store.hpp"

namespace tocsin::log {

inline bool operator==(const StoredRecord& a, const StoredRecord& b) {
    return a.subject == b.subject && a.version == b.version && a.offset == b.offset &&
           a.bytes == b.bytes;
}

}  // namespace tocsin::log

namespace tocsin::log::test {

class StoreWorld {
public:
    virtual ~StoreWorld() = default;
    virtual Store& store(int number = 0) = 0;
    // Lets things happen until the condition holds; gives up, false, when nothing more comes of it.
    virtual bool run_until(const std::function<bool()>& condition) = 0;
    // Lets a waiting tail's time come.
    virtual void let_time_pass(int ms) = 0;
    virtual void wipe() = 0;
    // Adds an entry that is not as it was stored.
    virtual void damage(Offset offset) = 0;
    // What came after the mark never happened: the disk lost it.
    virtual void mark() = 0;
    virtual void return_to_mark() = 0;
};

// An answer that has not come yet, or has.
template <class T>
struct Answered {
    std::optional<StoreResult<T>> result;
    int times = 0;
    Callback<T> callback() {
        return [this](StoreResult<T> given) {
            result = std::move(given);
            ++times;
        };
    }
};

// A UUID of version 7 or 4 in binary, higher with a higher number.
inline std::string make_id(std::uint64_t number, int version = 7) {
    std::string id(16, '\0');
    for (std::size_t i = 0; i < 6; ++i) {
        id[5 - i] = static_cast<char>(number >> (8 * i));
    }
    id[6] = static_cast<char>(version << 4);
    id[8] = static_cast<char>(0x80);
    return id;
}

class StoreContract : public testing::TestWithParam<std::function<std::unique_ptr<StoreWorld>()>> {
protected:
    void SetUp() override {
        world_ = GetParam()();
        epoch_ = head().epoch;
        ASSERT_FALSE(epoch_.empty());
    }

    template <class T>
    StoreResult<T> wait(const std::function<void(Callback<T>)>& call) {
        // Shared: an answer that comes too late must still find its place.
        auto answered = std::make_shared<Answered<T>>();
        call([answered](StoreResult<T> given) { answered->callback()(std::move(given)); });
        EXPECT_EQ(answered->times, 0) << "answered from inside the call";
        EXPECT_TRUE(world_->run_until([&] { return answered->result.has_value(); }));
        EXPECT_EQ(answered->times, 1);
        if (!answered->result) {
            return std::unexpected(StoreError::unavailable);
        }
        return std::move(*answered->result);
    }

    Store& store(int number = 0) { return world_->store(number); }

    // A commit of an event alone.
    Commit event(std::string text, std::uint64_t number, int version = 7) {
        Commit commit;
        commit.epoch = epoch_;
        commit.device_id = "device";
        commit.command_id = make_id(number, version);
        commit.digest = "digest of " + text;
        commit.receipt = "receipt of " + text;
        commit.event = std::move(text);
        return commit;
    }
    StoreResult<CommitReply> commit(Commit commit, int number = 0) {
        return wait<CommitReply>(
            [&](Callback<CommitReply> done) { store(number).commit(commit, std::move(done)); });
    }
    CommitOutcome outcome(Commit asked, int number = 0) {
        const auto reply = commit(std::move(asked), number);
        EXPECT_TRUE(reply);
        return reply ? reply->outcome : CommitOutcome::conflict;
    }
    Offset stored(Commit asked, int number = 0) {
        const auto reply = commit(std::move(asked), number);
        EXPECT_TRUE(reply && reply->outcome == CommitOutcome::stored);
        return reply ? reply->offset : Offset{};
    }
    // Many, together.
    std::vector<CommitReply> commit_all(std::vector<Commit> commits) {
        auto replies = std::make_shared<std::vector<CommitReply>>();
        auto answers = std::make_shared<std::size_t>(0);
        const std::size_t count = commits.size();
        for (Commit& each : commits) {
            store().commit(std::move(each), [replies, answers](StoreResult<CommitReply> reply) {
                ++*answers;
                EXPECT_TRUE(reply);
                replies->push_back(reply.value_or(CommitReply{}));
            });
        }
        EXPECT_TRUE(world_->run_until([&] { return *answers == count; }));
        return *replies;
    }
    CommitOutcome recall(const Commit& asked) {
        const auto reply = wait<CommitReply>([&](Callback<CommitReply> done) {
            store().recall(asked.device_id, asked.command_id, asked.digest, std::move(done));
        });
        return reply ? reply->outcome : CommitOutcome::stored;
    }
    Head head(int number = 0) {
        return wait<Head>([&](Callback<Head> done) { store(number).head(std::move(done)); })
            .value_or(Head{});
    }
    std::vector<LogEntry> read(Offset after, int count = 100'000, int number = 0) {
        return wait<std::vector<LogEntry>>([&](Callback<std::vector<LogEntry>> done) {
                   store(number).read(after, count, std::move(done));
               })
            .value_or(std::vector<LogEntry>());
    }
    std::vector<LogEntry> read_last(int count) {
        return wait<std::vector<LogEntry>>([&](Callback<std::vector<LogEntry>> done) {
                   store().read_last(count, std::move(done));
               })
            .value_or(std::vector<LogEntry>());
    }
    std::optional<StoredRecord> load(const std::string& subject) {
        const auto record =
            wait<std::optional<StoredRecord>>([&](Callback<std::optional<StoredRecord>> done) {
                store().load(subject, std::move(done));
            });
        EXPECT_TRUE(record);
        return record.value_or(std::nullopt);
    }
    std::vector<StoredRecord> load_open() {
        return wait<std::vector<StoredRecord>>([&](Callback<std::vector<StoredRecord>> done) {
                   store().load_open(std::move(done));
               })
            .value_or(std::vector<StoredRecord>());
    }
    std::vector<std::string> keys(std::vector<std::string> key_ids) {
        return wait<std::vector<std::string>>([&](Callback<std::vector<std::string>> done) {
                   store().keys(key_ids, std::move(done));
               })
            .value_or(std::vector<std::string>());
    }
    DueTimers due_timers(int count = 256, int number = 0) {
        const auto due = wait<DueTimers>(
            [&](Callback<DueTimers> done) { store(number).due_timers(count, std::move(done)); });
        EXPECT_TRUE(due);
        return due.value_or(DueTimers{});
    }
    bool drop_timer(const std::string& name) {
        return wait<bool>([&](Callback<bool> done) { store().drop_timer(name, std::move(done)); })
            .value_or(false);
    }
    std::int64_t trim(Offset keep_after, std::int64_t keep_count) {
        return wait<std::int64_t>([&](Callback<std::int64_t> done) {
                   store().trim(keep_after, keep_count, std::move(done));
               })
            .value_or(-1);
    }
    static std::vector<std::string> texts(const std::vector<LogEntry>& entries) {
        std::vector<std::string> found;
        for (const LogEntry& entry : entries) {
            found.push_back(entry.event);
        }
        return found;
    }

    std::unique_ptr<StoreWorld> world_;
    std::string epoch_;
};

}  // namespace tocsin::log::test
