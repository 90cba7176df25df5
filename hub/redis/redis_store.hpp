#pragma once
// The log in Redis. Three connections: one for commits and whatever else is short, one whose
// reading waits (the tail), one for what may be large. What must happen at once is in commit.lua;
// answers.hpp reads the answers. On the executor's one thread. Held by a shared_ptr; stop() comes
// before the last one goes.
//
// Room is left for `store.replicas` (a WAIT behind the commits of a flush), for Sentinel (Endpoint
// asked for anew at each connecting; ROLE is looked at already) and for Cluster (all keys are in
// one slot; one redirect to follow).

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "hub/log/store.hpp"
#include "hub/redis/commit_batch.hpp"
#include "hub/redis/connection.hpp"
#include "hub/redis/keys.hpp"

namespace tocsin::redis {

struct RedisOptions {
    Endpoint endpoint;
    std::string district;  // its id, which is the hash tag: not empty, without braces
    std::chrono::milliseconds command_timeout{2000};
    Random random;  // jitter, and the epochs that are made

    // Called on the executor, never from inside a call, and not after stop(). Any may be empty.
    std::function<void()> on_up;  // all three connections stand
    std::function<void(const std::string&)>
        on_down;  // one went or cannot be made; again where the reason is another
    std::function<void(const std::string&)>
        on_trouble;  // what an operator should know of; an error once until it is over
};

class RedisStore final : public log::Store, public std::enable_shared_from_this<RedisStore> {
public:
    RedisStore(const boost::asio::any_io_executor& executor, RedisOptions options);
    ~RedisStore() override;

    void start();
    // What is under way is answered `unavailable` or `unknown`, later; the loop must go on for
    // that.
    void stop();
    bool is_up() const { return is_up_; }

    void commit(log::Commit commit, log::Callback<log::CommitReply> done) override;
    void recall(std::string device_id,
                std::string command_id,
                std::string digest,
                log::Callback<log::CommitReply> done) override;
    void head(log::Callback<log::Head> done) override;
    void renew_epoch(std::string old_epoch, log::Callback<std::string> done) override;
    void read(log::Offset after,
              int count,
              log::Callback<std::vector<log::LogEntry>> done) override;
    void tail(log::Offset after,
              int count,
              int wait_ms,
              log::Callback<std::vector<log::LogEntry>> done) override;
    void read_last(int count, log::Callback<std::vector<log::LogEntry>> done) override;
    void load_open(log::Callback<std::vector<log::StoredRecord>> done) override;
    void load(std::string subject, log::Callback<std::optional<log::StoredRecord>> done) override;
    void keys(std::vector<std::string> key_ids,
              log::Callback<std::vector<std::string>> done) override;
    void make_key(std::string key_id,
                  std::string candidate,
                  log::Callback<std::string> done) override;
    void due_timers(int count, log::Callback<log::DueTimers> done) override;
    void drop_timer(std::string name, log::Callback<bool> done) override;
    void leave_word(std::string hub,
                    std::string word,
                    int for_ms,
                    log::Callback<std::vector<std::string>> done) override;
    void trim(log::Offset keep_after,
              std::int64_t keep_count,
              log::Callback<std::int64_t> done) override;

    // Any other command that only reads and never blocks, on the connection for large answers.
    // Redis's errors are answers.
    void ask(std::vector<std::string> command, log::Callback<Reply> done);

private:
    using Command = std::vector<std::string>;
    using Given = std::move_only_function<void(log::StoreResult<Reply>)>;
    enum class Effect { none, writes };
    struct FunctionCall;
    struct OpenPages;

    void on_link_up();
    void on_link_down(const std::string& reason);
    void prepare_reading(Connection& link, std::function<void()> then);
    void sync_what_was_written(Connection& link, std::function<void()> then);
    void prepare_library();
    void load_library(std::function<void()> then);
    void look_at_head(bool is_first, log::Callback<log::Head> done);
    void renew_then_look(bool is_first, std::string old_epoch, log::Callback<log::Head> done);

    void query(Connection& link,
               const Command& command,
               std::chrono::milliseconds wait,
               Effect effect,
               Given given);
    // `formed`: in Redis's form. Commits gathered before go before it.
    void call_function(std::string formed, Effect effect, Given given);
    void call_function(const Command& command, Effect effect, Given given);
    // While the connection is being made ready; without a second try.
    void call_first(const Command& command, Effect effect, Given given);
    void send_batch();
    // `waits`: how often it was another hub's turn.
    void submit(const std::shared_ptr<CommitBatch>& batch, int waits);
    void send_function(const std::shared_ptr<FunctionCall>& call);
    void reload_library();
    log::StoreResult<Reply> checked(std::expected<Reply, Lost> answer, Effect effect);
    void answer_later(std::move_only_function<void()> answer);

    void read_stream(Connection& link,
                     log::Offset after,
                     int count,
                     int wait_ms,
                     log::Callback<std::vector<log::LogEntry>> done);
    void load_page(std::shared_ptr<OpenPages> pages);
    void take_page(const std::shared_ptr<OpenPages>& pages, const Reply& names);
    void trim_more(log::Offset keep_after,
                   std::int64_t keep_count,
                   std::int64_t gone,
                   log::Callback<std::int64_t> done);
    void tell_unreadable(const std::string& subject);
    std::string new_epoch() const;

    boost::asio::any_io_executor executor_;
    RedisOptions options_;
    Keys keys_;
    std::shared_ptr<Connection> commits_;
    std::shared_ptr<Connection> tail_;
    std::shared_ptr<Connection> bulk_;
    bool is_up_ = false;
    std::string down_reason_;  // as last told
    std::string
        trouble_;  // the error word that was last told; empty when Redis does as it is asked

    std::string epoch_;  // as the log's was when last asked for
    log::Offset seen_;   // the highest offset seen in that epoch

    // Calls that found the library gone, and those made while it is loaded again, in the order in
    // which they were made.
    std::map<std::uint64_t, std::shared_ptr<FunctionCall>> held_;
    std::uint64_t calls_made_ = 0;
    bool is_reloading_ = false;

    std::string hub_;          // who we are when it is somebody's turn
    bool was_beaten_ = false;  // a command of ours had a conflict, and is to come again
    std::shared_ptr<CommitBatch>
        batch_;  // commits that are not given to the connection yet; or null
};

}  // namespace tocsin::redis
