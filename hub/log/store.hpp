#pragma once
// Where the log lives. One interface, two stores: Redis (hub/redis) and memory (memory_store.hpp),
// held to the same words by tests/unit/store_contract. Every call answers exactly once, later and
// on the caller's thread, never from inside the call. Not thread safe: one thread calls and is
// answered.

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hub/domain/decide.hpp"
#include "hub/domain/state.hpp"
#include "hub/log/offset.hpp"

namespace tocsin::log {

// Why a store did not do what it was asked; nothing changed unless `unknown` says that this is not
// known.
enum class StoreError {
    unavailable,  // not connected, or an error that Redis gives under stress; try again
    unknown,      // the answer never came: it may or may not have happened. Ask again with the same
                  // command id
    epoch_changed,  // the log is another one than the caller's
};

template <class T>
using StoreResult = std::expected<T, StoreError>;
template <class T>
using Callback = std::move_only_function<void(StoreResult<T>)>;

// The answer of what has none but that it was done.
struct Done {};

// A state to store beside an event. The store adds the event's offset.
struct StateWrite {
    std::string subject;  // `incident/<id>`, `report/<id>`, `set/<name>`, …
    std::int32_t version = 0;
    std::string bytes;       // StoredState
    bool open = true;        // what a starting hub loads
    std::string stamp = {};  // kept beside the version, and compared with it
};

// One command's whole effect. All or nothing.
struct Commit {
    std::string epoch;
    std::string device_id;   // whose ids are remembered; empty: none is (the hub's own doings)
    std::string command_id;  // 16 bytes, the UUID in binary
    std::string digest;      // keyed digest of the command's content, 32 bytes
    domain::Reads reads;     // checked against the stored versions and stamps
    std::string event;       // StoredEvent; the store appends it with its SHA-256 beside it
    std::vector<StateWrite> states;
    std::vector<std::pair<std::string, std::string>>
        new_keys;         // key id, 32 bytes; conflict where the id exists
    std::string receipt;  // wire::Receipt without offset; remembered with the id
    std::vector<domain::TimerChange> timers = {};  // due so long after the store's own time
    std::string fires = {};  // the timer whose firing this is, which is no more then; or empty
};

enum class CommitOutcome {
    stored,      // on disk now
    repeated,    // the same command was stored before: `offset` and `receipt` are those of then
    id_reused,   // the id was used with another digest
    id_too_old,  // a version 7 id below the highest that was forgotten
    conflict,    // a version read has changed, or the timer is not set: catch up, decide again
    not_due,     // the timer that it says fires is not due by the store's clock
};

struct CommitReply {
    CommitOutcome outcome = CommitOutcome::conflict;
    Offset offset;
    std::string receipt;
};

struct LogEntry {
    Offset offset;
    std::string event;    // StoredEvent as stored
    bool genuine = true;  // its digest matches
};

struct Head {
    std::string epoch;
    Offset last;    // of the last entry ever added; origin for an empty log
    Offset oldest;  // every entry after this one is still there: the highest that was trimmed, or
                    // origin
};

struct StoredRecord {
    std::string subject;
    std::int32_t version = 0;
    Offset offset;      // of the last event in it
    std::string bytes;  // StoredState
    std::string stamp = {};
};

// Timers that are due, by the store's clock.
struct DueTimers {
    std::vector<std::string> names;       // earliest first
    std::optional<std::int64_t> next_ms;  // how long until the next one that is set; none: none is
};

class Store {
public:
    virtual ~Store() = default;

    // How many ids of each device are remembered.
    static constexpr int kRememberedIds = 1024;

    // Commits in the order of the calls; those made in one turn of the caller's loop travel
    // together. A commit of another epoch than the log's fails `epoch_changed`.
    virtual void commit(Commit commit, Callback<CommitReply> done) = 0;

    // Whether a command is remembered, without storing anything: outcome repeated, id_reused or
    // id_too_old as commit would give, else conflict (none is known).
    virtual void recall(std::string device_id,
                        std::string command_id,
                        std::string digest,
                        Callback<CommitReply> done) = 0;

    // The head as it is at some moment after the call. Makes epoch and log where there are none.
    virtual void head(Callback<Head> done) = 0;

    // The log lost its end: makes a new epoch where the present one still is `old_epoch`. Answers
    // the epoch that then holds.
    virtual void renew_epoch(std::string old_epoch, Callback<std::string> done) = 0;

    // Entries after an offset, oldest first, at most `count`; empty where there are none.
    virtual void read(Offset after, int count, Callback<std::vector<LogEntry>> done) = 0;

    // The same, but waits up to wait_ms for the first entry, on a connection of its own. One at a
    // time.
    virtual void tail(Offset after,
                      int count,
                      int wait_ms,
                      Callback<std::vector<LogEntry>> done) = 0;

    // The last `count` entries, oldest first.
    virtual void read_last(int count, Callback<std::vector<LogEntry>> done) = 0;

    // Every state marked open. May be large: comes in one answer.
    virtual void load_open(Callback<std::vector<StoredRecord>> done) = 0;

    // One state, open or not; empty where there is none.
    virtual void load(std::string subject, Callback<std::optional<StoredRecord>> done) = 0;

    // Keys by id; one that does not exist (any more) is empty.
    virtual void keys(std::vector<std::string> key_ids,
                      Callback<std::vector<std::string>> done) = 0;

    // The key, or `candidate` (32 bytes) where there was none, now stored. For the keys of the
    // district itself.
    virtual void make_key(std::string key_id,
                          std::string candidate,
                          Callback<std::string> done) = 0;

    // At most `count` of the timers that are due now.
    virtual void due_timers(int count, Callback<DueTimers> done) = 0;

    // Removes a timer that nothing rests on any more. Answers whether it was there.
    virtual void drop_timer(std::string name, Callback<bool> done) = 0;

    // Leaves a word for the other hubs, to be found for so long; an empty one takes the last back.
    // Answers those that the others have left. Not part of the log: lost without harm.
    virtual void leave_word(std::string hub,
                            std::string word,
                            int for_ms,
                            Callback<std::vector<std::string>> done) = 0;

    // Cuts the log to those newer than `keep_after`, never below `keep_count` entries. Answers how
    // many went.
    virtual void trim(Offset keep_after, std::int64_t keep_count, Callback<std::int64_t> done) = 0;
};

}  // namespace tocsin::log
