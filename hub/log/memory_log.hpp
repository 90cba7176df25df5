#pragma once
// What Redis would hold, in memory, and what can befall it. Reached through MemoryStore only;
// several stores may share one. Deterministic: the clock is passed in, epochs are numbered. Not
// thread safe.

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "hub/log/store.hpp"

namespace tocsin::log {

// Milliseconds since 1970 UTC; may jump and go back.
using WallClock = std::function<std::int64_t()>;

class MemoryLog {
public:
    explicit MemoryLog(WallClock now_ms);

    // Cuts every store off for a moment: what was under way fails, as when Redis is restarted.
    // Nothing is lost.
    void restart();
    // Everything goes, the epoch too; like FLUSHALL it cuts nobody off.
    void wipe();
    // A crash without fsync: the last n commits, and all that was done since the first of them,
    // never happened.
    void lose_last(int n);
    // How many changes it holds: a mark for lose_after.
    std::size_t changes() const { return journal_.size(); }
    // A failover to a disk that has less: whatever was done after the mark never happened, and
    // every store is cut off for a moment.
    void lose_after(std::size_t changes);
    // A fault on disk: flips a bit of the stored event at this offset, if it is there.
    void damage(Offset offset);

    std::size_t size() const { return content_.entries.size(); }

private:
    friend class MemoryStore;
    friend class MemoryMediaStore;

    struct Entry {
        Offset offset;
        std::string event;
        std::string digest;
    };
    struct Remembered {
        std::string digest;
        Offset offset;
        std::string receipt;
    };
    struct Ids {
        std::map<std::string, Remembered> by_id;
        std::deque<std::string> by_arrival;
        std::string floor;  // the highest version 7 id that was forgotten; empty for none
    };
    struct Content {
        std::string epoch;
        std::deque<Entry> entries;
        Offset last;
        Offset oldest;
        std::map<std::string, StoredRecord> states;
        std::set<std::string> open;
        std::map<std::string, std::string> keys;
        std::map<std::string, Ids> ids;  // by device
        std::map<std::string, std::int64_t> deadlines;
    };
    struct Change {
        bool is_commit = false;
        std::function<void(Content&)> apply;
    };

    StoreResult<CommitReply> commit(const Commit& commit);
    // Outcome conflict: nothing is known of the command.
    CommitReply recall(const std::string& device_id,
                       const std::string& command_id,
                       const std::string& digest) const;
    // Makes an epoch where there is none, and another one where the end of the log is gone that the
    // caller has seen in `known_epoch` up to `seen`.
    Head head(const std::string& known_epoch, Offset seen);
    std::string renew_epoch(const std::string& old_epoch);
    std::string make_key(const std::string& key_id, const std::string& candidate);
    std::int64_t trim(Offset keep_after, std::int64_t keep_count);
    DueTimers due_timers(int count) const;
    bool drop_timer(const std::string& name);
    std::vector<std::string> leave_word(const std::string& hub,
                                        const std::string& word,
                                        int for_ms);
    std::vector<LogEntry> read(Offset after, int count) const;
    std::vector<LogEntry> read_last(int count) const;

    bool holds(Offset offset) const;
    void change(bool is_commit, std::function<void(Content&)> apply);
    static void append(Content& content, const Commit& commit, Offset offset, std::int64_t now_ms);
    static void remember(Ids& ids, const Commit& commit, Offset offset);

    WallClock now_ms_;
    Content content_;
    std::vector<Change>
        journal_;  // all that ever changed the content, so that the last of it can be lost
    struct Word {
        std::string text;
        std::int64_t until_ms = 0;
    };
    std::map<std::string, Word> words_;  // by hub; no part of what a disk keeps
    int epochs_made_ = 0;
    int restarts_ = 0;
};

}  // namespace tocsin::log
