#pragma once
// The store for tests and simulation: one hub's connection to a MemoryLog. Nothing happens until
// run() or one of its steps is called, so that the caller orders what happens and what is answered.
// Not thread safe.

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hub/log/memory_log.hpp"
#include "hub/log/store.hpp"

namespace tocsin::log {

class MemoryStore final : public Store {
public:
    explicit MemoryStore(std::shared_ptr<MemoryLog> log);
    ~MemoryStore() override;

    void commit(Commit commit, Callback<CommitReply> done) override;
    void recall(std::string device_id,
                std::string command_id,
                std::string digest,
                Callback<CommitReply> done) override;
    void head(Callback<Head> done) override;
    void renew_epoch(std::string old_epoch, Callback<std::string> done) override;
    void read(Offset after, int count, Callback<std::vector<LogEntry>> done) override;
    void tail(Offset after, int count, int wait_ms, Callback<std::vector<LogEntry>> done) override;
    void read_last(int count, Callback<std::vector<LogEntry>> done) override;
    void load_open(Callback<std::vector<StoredRecord>> done) override;
    void load(std::string subject, Callback<std::optional<StoredRecord>> done) override;
    void keys(std::vector<std::string> key_ids, Callback<std::vector<std::string>> done) override;
    void make_key(std::string key_id, std::string candidate, Callback<std::string> done) override;
    void due_timers(int count, Callback<DueTimers> done) override;
    void drop_timer(std::string name, Callback<bool> done) override;
    void leave_word(std::string hub,
                    std::string word,
                    int for_ms,
                    Callback<std::vector<std::string>> done) override;
    void trim(Offset keep_after, std::int64_t keep_count, Callback<std::int64_t> done) override;

    // Lets the log take the oldest request; its answer waits. False: there was none.
    bool execute_one();
    // Gives the oldest waiting answer, or that of a tail whose entries or time have come. False:
    // there was none.
    bool deliver_one();
    // Gives the tail its answer, if its entries or its time have come: it has a connection of its
    // own and overtakes the other answers. False: nothing is to be given.
    bool deliver_tail();
    // Gives one answer, letting the log take a request first where none waits. False: nothing is to
    // be done now.
    bool run_one();
    // Until nothing is to be done; a tail that waits for entries or for the clock is left waiting.
    // How many answers.
    int run();

    // When the waiting tail gives up, by the log's clock; null where none waits.
    std::optional<std::int64_t> tail_due_ms() const;
    // Requests that the log has not taken and answers not given; without the tail.
    std::size_t under_way() const { return requests_.size() + answers_.size(); }

    // Faults. The next n commits happen, but their answers never come: `unknown`.
    void lose_commit_answers(int n) { lose_commit_answers_ = n; }
    // The next n commits are answered `unavailable` and do not happen, as by a Redis without
    // memory.
    void refuse_commits(int n) { refuse_commits_ = n; }
    // Cut off: what is under way fails (`unknown` for writes that the log has taken), what is asked
    // is `unavailable`.
    void disconnect();
    void connect() { connected_ = true; }

private:
    class Pending;
    template <class T>
    class PendingOf;
    struct Tail;

    template <class T, class Operation>
    void ask(bool is_write, Callback<T> done, Operation operation);
    void notice_restart();
    void cut_off();
    void see(const Head& head);
    void look_at_head() { see(log_->head(epoch_, seen_)); }

    std::shared_ptr<MemoryLog> log_;
    std::deque<std::unique_ptr<Pending>> requests_;
    std::deque<std::unique_ptr<Pending>> answers_;
    std::unique_ptr<Tail> tail_;
    bool connected_ = true;
    int restarts_seen_ = 0;
    std::string epoch_;  // as the log's was when last asked for
    Offset seen_;        // the highest offset that an answer named in that epoch
    int lose_commit_answers_ = 0;
    int refuse_commits_ = 0;
};

}  // namespace tocsin::log
