#pragma once
// What Redis's answers to the store's commands say. Whatever is not as expected is null, or not
// genuine: never an exception.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "hub/log/store.hpp"
#include "hub/redis/reply.hpp"

namespace tocsin::redis {

// What tocsin_commit_v4 says instead of anything while another hub's commits go first.
inline constexpr std::string_view kNotOurTurn = "wait";

// What tocsin_commit_v4 says of a commit, or tocsin_recall_v2. `epoch_changed`, or `unavailable`
// for what is not understood.
log::StoreResult<log::CommitReply> to_commit_reply(std::string_view answer);

// What tocsin_head_v1 says.
struct HeadAnswer {
    log::Head head;        // the epoch is empty where there is none
    bool is_lost = false;  // what the asker had seen is gone
};
std::optional<HeadAnswer> to_head(const Reply& reply);

// Entries of XREAD (of its only stream; nil: none) or XREVRANGE.
log::DueTimers to_due_timers(const Reply& reply);
std::vector<log::LogEntry> to_entries(Reply reply);
std::vector<log::LogEntry> to_entries_of_stream(Reply reply);

// A state as it stands in Redis. Null: not a stored state.
std::optional<log::StoredRecord> to_record(std::string_view subject, const Reply& reply);

// The code of the library in FUNCTION LIST WITHCODE; empty where it is not there.
std::string_view library_code(const Reply& reply);

// The number behind `-- revision ` in a library's code; 0 where there is none.
std::int64_t library_revision(std::string_view code);

}  // namespace tocsin::redis
