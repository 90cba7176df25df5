#pragma once
// Many commits as one call of the commit function, in Redis's form: what several of them rest on is
// named once. commit.lua says what stands where.

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "hub/log/store.hpp"
#include "hub/redis/keys.hpp"
#include "hub/redis/reply.hpp"

namespace tocsin::redis {

class CommitBatch {
public:
    // `keys` outlives this.
    CommitBatch(const Keys& keys, std::string epoch) : keys_(keys), epoch_(std::move(epoch)) {}

    // The commit is of this epoch, and the batch takes_more().
    void add(log::Commit commit, log::Callback<log::CommitReply> done);
    // Redis does nothing else while it carries a batch out, and holds all of it in memory.
    bool takes_more() const;

    const std::string& epoch() const { return epoch_; }
    // In the name of this hub. `again`: the store said last that a command of ours had a conflict.
    std::string command(std::string_view hub, bool again) const;

    // Answers each, in order. `seen` is told of each offset that was stored.
    template <class Seen>
    void answer(log::StoreResult<Reply> reply, Seen seen);

private:
    struct Part {
        std::string bytes;
        std::size_t count = 0;
        void add(std::string_view text);
        void add(std::string_view begin, std::string_view text);
    };
    struct Waiting {
        std::string receipt;
        log::Callback<log::CommitReply> done;
    };

    std::uint16_t check_number(const domain::Read& read);
    log::StoreResult<log::CommitReply> reply_at(const log::StoreResult<Reply>& reply,
                                                std::size_t number);

    const Keys& keys_;
    std::string epoch_;
    Part check_keys_;
    Part check_values_;
    Part commit_keys_;
    Part commit_values_;
    std::string timers_;
    std::unordered_map<std::string, std::uint16_t> checks_;  // by what is checked
    std::string scratch_;
    std::vector<Waiting> waiting_;
};

template <class Seen>
void CommitBatch::answer(log::StoreResult<Reply> reply, Seen seen) {
    for (std::size_t i = 0; i < waiting_.size(); ++i) {
        log::StoreResult<log::CommitReply> answer = reply_at(reply, i);
        if (answer && answer->outcome == log::CommitOutcome::stored) {
            answer->receipt = std::move(waiting_[i].receipt);
            seen(answer->offset);
        }
        waiting_[i].done(std::move(answer));
    }
}

// How a state in Redis begins behind the line with its offset; StoredState follows.
void append_version(std::string& to, std::int32_t version, std::string_view stamp);

// What a command is remembered with begins with this.
std::string digest_field(std::string_view digest);

}  // namespace tocsin::redis
