#include "hub/log/memory_store.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace tocsin::log {

// A request on its way to the log, then its answer on the way back.
class MemoryStore::Pending {
public:
    virtual ~Pending() = default;
    virtual void execute() = 0;
    // The connection went: what is not known of a write that the log has taken stays unknown.
    virtual void lose() = 0;
    virtual void answer() = 0;
};

template <class T>
class MemoryStore::PendingOf final : public Pending {
public:
    using Operation = std::move_only_function<StoreResult<T>()>;
    PendingOf(bool is_write, Callback<T> done, Operation operation)
        : is_write_(is_write), done_(std::move(done)), operation_(std::move(operation)) {}

    void execute() override {
        result_ = operation_();
        executed_ = true;
    }
    void lose() override {
        result_ =
            std::unexpected(executed_ && is_write_ ? StoreError::unknown : StoreError::unavailable);
    }
    void answer() override { done_(std::move(result_)); }

private:
    bool is_write_;
    bool executed_ = false;
    Callback<T> done_;
    Operation operation_;
    StoreResult<T> result_ = std::unexpected(StoreError::unavailable);
};

struct MemoryStore::Tail {
    Offset after;
    int count = 0;
    std::int64_t due_ms = 0;
    Callback<std::vector<LogEntry>> done;
    bool lost = false;
};

MemoryStore::MemoryStore(std::shared_ptr<MemoryLog> log)
    : log_(std::move(log)), restarts_seen_(log_->restarts_) {}
MemoryStore::~MemoryStore() = default;

template <class T, class Operation>
void MemoryStore::ask(bool is_write, Callback<T> done, Operation operation) {
    requests_.push_back(
        std::make_unique<PendingOf<T>>(is_write, std::move(done), std::move(operation)));
}

void MemoryStore::commit(Commit commit, Callback<CommitReply> done) {
    Callback<CommitReply> seen = [this, epoch = commit.epoch, done = std::move(done)](
                                     StoreResult<CommitReply> reply) mutable {
        if (reply && reply->outcome == CommitOutcome::stored && epoch == epoch_) {
            seen_ = std::max(seen_, reply->offset);
        }
        done(std::move(reply));
    };
    ask<CommitReply>(
        true, std::move(seen), [this, commit = std::move(commit)]() -> StoreResult<CommitReply> {
            if (refuse_commits_ > 0) {
                --refuse_commits_;
                return std::unexpected(StoreError::unavailable);
            }
            StoreResult<CommitReply> reply = log_->commit(commit);
            if (lose_commit_answers_ > 0) {
                --lose_commit_answers_;
                return std::unexpected(StoreError::unknown);
            }
            return reply;
        });
}

void MemoryStore::recall(std::string device_id,
                         std::string command_id,
                         std::string digest,
                         Callback<CommitReply> done) {
    ask<CommitReply>(
        false,
        std::move(done),
        [this,
         device_id = std::move(device_id),
         command_id = std::move(command_id),
         digest = std::move(digest)] { return log_->recall(device_id, command_id, digest); });
}

void MemoryStore::head(Callback<Head> done) {
    Callback<Head> seen = [this, done = std::move(done)](StoreResult<Head> head) mutable {
        if (head) {
            see(*head);
        }
        done(std::move(head));
    };
    ask<Head>(false, std::move(seen), [this] { return log_->head(epoch_, seen_); });
}

void MemoryStore::renew_epoch(std::string old_epoch, Callback<std::string> done) {
    ask<std::string>(true, std::move(done), [this, old_epoch = std::move(old_epoch)] {
        return log_->renew_epoch(old_epoch);
    });
}

void MemoryStore::see(const Head& head) {
    seen_ = head.last;
    epoch_ = head.epoch;
}

void MemoryStore::read(Offset after, int count, Callback<std::vector<LogEntry>> done) {
    ask<std::vector<LogEntry>>(
        false, std::move(done), [this, after, count] { return log_->read(after, count); });
}

void MemoryStore::tail(Offset after, int count, int wait_ms, Callback<std::vector<LogEntry>> done) {
    tail_ = std::make_unique<Tail>(
        after, count, log_->now_ms_() + std::max(wait_ms, 0), std::move(done), !connected_);
}

void MemoryStore::read_last(int count, Callback<std::vector<LogEntry>> done) {
    ask<std::vector<LogEntry>>(
        false, std::move(done), [this, count] { return log_->read_last(count); });
}

void MemoryStore::load_open(Callback<std::vector<StoredRecord>> done) {
    ask<std::vector<StoredRecord>>(false, std::move(done), [this] {
        std::vector<StoredRecord> records;
        for (const std::string& subject : log_->content_.open) {
            records.push_back(log_->content_.states.at(subject));
        }
        return records;
    });
}

void MemoryStore::load(std::string subject, Callback<std::optional<StoredRecord>> done) {
    ask<std::optional<StoredRecord>>(
        false,
        std::move(done),
        [this, subject = std::move(subject)]() -> std::optional<StoredRecord> {
            const auto state = log_->content_.states.find(subject);
            if (state == log_->content_.states.end()) {
                return std::nullopt;
            }
            return state->second;
        });
}

void MemoryStore::keys(std::vector<std::string> key_ids, Callback<std::vector<std::string>> done) {
    ask<std::vector<std::string>>(false, std::move(done), [this, key_ids = std::move(key_ids)] {
        std::vector<std::string> found;
        for (const std::string& key_id : key_ids) {
            const auto key = log_->content_.keys.find(key_id);
            found.push_back(key == log_->content_.keys.end() ? std::string() : key->second);
        }
        return found;
    });
}

void MemoryStore::make_key(std::string key_id, std::string candidate, Callback<std::string> done) {
    ask<std::string>(true,
                     std::move(done),
                     [this, key_id = std::move(key_id), candidate = std::move(candidate)] {
                         return log_->make_key(key_id, candidate);
                     });
}

void MemoryStore::due_timers(int count, Callback<DueTimers> done) {
    ask<DueTimers>(false, std::move(done), [this, count] { return log_->due_timers(count); });
}

void MemoryStore::drop_timer(std::string name, Callback<bool> done) {
    ask<bool>(
        true, std::move(done), [this, name = std::move(name)] { return log_->drop_timer(name); });
}

void MemoryStore::leave_word(std::string hub,
                             std::string word,
                             int for_ms,
                             Callback<std::vector<std::string>> done) {
    ask<std::vector<std::string>>(
        true, std::move(done), [this, hub = std::move(hub), word = std::move(word), for_ms] {
            return log_->leave_word(hub, word, for_ms);
        });
}

void MemoryStore::trim(Offset keep_after, std::int64_t keep_count, Callback<std::int64_t> done) {
    ask<std::int64_t>(true, std::move(done), [this, keep_after, keep_count] {
        return log_->trim(keep_after, keep_count);
    });
}

bool MemoryStore::execute_one() {
    notice_restart();
    if (requests_.empty()) {
        return false;
    }
    std::unique_ptr<Pending> request = std::move(requests_.front());
    requests_.pop_front();
    if (connected_) {
        request->execute();
    }
    answers_.push_back(std::move(request));
    return true;
}

bool MemoryStore::deliver_one() {
    notice_restart();
    if (answers_.empty()) {
        return deliver_tail();
    }
    const std::unique_ptr<Pending> answer = std::move(answers_.front());
    answers_.pop_front();
    answer->answer();
    return true;
}

bool MemoryStore::deliver_tail() {
    notice_restart();
    if (!tail_) {
        return false;
    }
    StoreResult<std::vector<LogEntry>> result;
    if (tail_->lost || !connected_) {
        result = std::unexpected(StoreError::unavailable);
    } else {
        result = log_->read(tail_->after, tail_->count);
        if (result->empty() && log_->now_ms_() < tail_->due_ms) {
            return false;
        }
        if (!result->empty()) {
            seen_ = std::max(seen_, result->back().offset);
        }
    }
    const std::unique_ptr<Tail> answered = std::move(tail_);
    answered->done(std::move(result));
    return true;
}

bool MemoryStore::run_one() {
    if (answers_.empty()) {
        execute_one();
    }
    return deliver_one();
}

int MemoryStore::run() {
    int answers = 0;
    while (run_one()) {
        ++answers;
    }
    return answers;
}

std::optional<std::int64_t> MemoryStore::tail_due_ms() const {
    return tail_ ? std::optional(tail_->due_ms) : std::nullopt;
}

void MemoryStore::disconnect() {
    cut_off();
    connected_ = false;
}

// A store that comes back looks at the head first, as RedisStore does: what was lost meanwhile must
// not stay unnoticed.
void MemoryStore::notice_restart() {
    if (connected_ && restarts_seen_ != log_->restarts_) {
        restarts_seen_ = log_->restarts_;
        cut_off();
        look_at_head();
    }
}

void MemoryStore::cut_off() {
    for (std::unique_ptr<Pending>& request : requests_) {
        answers_.push_back(std::move(request));
    }
    requests_.clear();
    for (const std::unique_ptr<Pending>& answer : answers_) {
        answer->lose();
    }
    if (tail_) {
        tail_->lost = true;
    }
}

}  // namespace tocsin::log
