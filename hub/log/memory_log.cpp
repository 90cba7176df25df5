#include "hub/log/memory_log.hpp"

#include <algorithm>

#include "hub/log/digest.hpp"

namespace tocsin::log {
namespace {

bool is_version_7(const std::string& id) {
    return id.size() == 16 && (static_cast<unsigned char>(id[6]) >> 4) == 7;
}

// Whether an id says that it was made later than now: the first six bytes of a version 7 id are
// milliseconds since 1970.
bool is_ahead(const std::string& id, std::int64_t now_ms) {
    if (!is_version_7(id)) {
        return false;
    }
    std::int64_t made_ms = 0;
    for (std::size_t i = 0; i < 6; ++i) {
        made_ms = made_ms * 256 + static_cast<unsigned char>(id[i]);
    }
    return made_ms > now_ms;
}

// Puts ids that are ahead of the clock behind the others, so that the first is one that may be
// forgotten: see to_forget in commit.lua.
void pass_over_ahead(std::deque<std::string>& by_arrival,
                     const std::string& floor,
                     std::int64_t now_ms) {
    if (is_ahead(floor, now_ms)) {
        return;
    }
    const auto most = by_arrival.begin() + Store::kRememberedIds / 2 + 1;
    const auto first = std::find_if(
        by_arrival.begin(), most, [&](const std::string& id) { return !is_ahead(id, now_ms); });
    if (first != most) {
        std::rotate(by_arrival.begin(), first, by_arrival.end());
    }
}

}  // namespace

MemoryLog::MemoryLog(WallClock now_ms) : now_ms_(std::move(now_ms)) {}

void MemoryLog::restart() {
    ++restarts_;
}

void MemoryLog::wipe() {
    content_ = {};
    words_.clear();
    journal_.clear();
}

void MemoryLog::lose_last(int n) {
    std::size_t kept = journal_.size();
    while (n > 0 && kept > 0) {
        n -= journal_[--kept].is_commit ? 1 : 0;
    }
    lose_after(kept);
}

void MemoryLog::lose_after(std::size_t changes) {
    if (changes < journal_.size()) {
        journal_.erase(journal_.begin() + static_cast<std::ptrdiff_t>(changes), journal_.end());
        content_ = {};
        for (const Change& change : journal_) {
            change.apply(content_);
        }
    }
    ++restarts_;
}

void MemoryLog::damage(Offset offset) {
    for (Entry& entry : content_.entries) {
        if (entry.offset == offset) {
            if (entry.event.empty()) {
                entry.event.push_back('\0');
            } else {
                entry.event.front() = static_cast<char>(entry.event.front() ^ 1);
            }
        }
    }
}

void MemoryLog::change(bool is_commit, std::function<void(Content&)> apply) {
    apply(content_);
    journal_.push_back({is_commit, std::move(apply)});
}

StoreResult<CommitReply> MemoryLog::commit(const Commit& commit) {
    if (content_.epoch.empty() || content_.epoch != commit.epoch) {
        return std::unexpected(StoreError::epoch_changed);
    }
    if (CommitReply known = recall(commit.device_id, commit.command_id, commit.digest);
        known.outcome != CommitOutcome::conflict) {
        return known;
    }
    for (const domain::Read& read : commit.reads) {
        const auto state = content_.states.find(read.subject);
        const bool none = state == content_.states.end();
        if ((none ? 0 : state->second.version) != read.version ||
            (none ? std::string() : state->second.stamp) != read.stamp) {
            return CommitReply{};
        }
    }
    for (const auto& [key_id, key] : commit.new_keys) {
        if (content_.keys.contains(key_id)) {
            return CommitReply{};
        }
    }
    const std::int64_t time_ms = now_ms_();
    if (!commit.fires.empty()) {
        const auto timer = content_.deadlines.find(commit.fires);
        if (timer == content_.deadlines.end()) {
            return CommitReply{};
        }
        if (timer->second > time_ms) {
            return CommitReply{CommitOutcome::not_due, {}, {}};
        }
    }
    const Offset last = content_.last;
    const auto now = static_cast<std::uint64_t>(std::max<std::int64_t>(time_ms, 1));
    const Offset offset = now > last.ms ? Offset{now, 0} : Offset{last.ms, last.seq + 1};
    change(true, [commit, offset, time_ms](Content& content) {
        append(content, commit, offset, time_ms);
    });
    return CommitReply{CommitOutcome::stored, offset, commit.receipt};
}

CommitReply MemoryLog::recall(const std::string& device_id,
                              const std::string& command_id,
                              const std::string& digest) const {
    const auto ids = content_.ids.find(device_id);
    if (device_id.empty() || ids == content_.ids.end()) {
        return {};
    }
    const auto known = ids->second.by_id.find(command_id);
    if (known != ids->second.by_id.end()) {
        const Remembered& before = known->second;
        if (before.digest != digest) {
            return {CommitOutcome::id_reused, {}, {}};
        }
        return {CommitOutcome::repeated, before.offset, before.receipt};
    }
    if (is_version_7(command_id) && command_id <= ids->second.floor) {
        return {CommitOutcome::id_too_old, {}, {}};
    }
    return {};
}

void MemoryLog::append(Content& content, const Commit& commit, Offset offset, std::int64_t now_ms) {
    content.deadlines.erase(commit.fires);
    for (const domain::TimerChange& timer : commit.timers) {
        if (timer.after_ms < 0) {
            content.deadlines.erase(timer.name);
        } else {
            content.deadlines[timer.name] = now_ms + timer.after_ms;
        }
    }
    content.entries.push_back({offset, commit.event, sha256(commit.event)});
    content.last = offset;
    for (const StateWrite& state : commit.states) {
        content.states[state.subject] = {
            state.subject, state.version, offset, state.bytes, state.stamp};
        if (state.open) {
            content.open.insert(state.subject);
        } else {
            content.open.erase(state.subject);
        }
    }
    for (const auto& [key_id, key] : commit.new_keys) {
        content.keys[key_id] = key;
    }
    if (!commit.device_id.empty()) {
        remember(content.ids[commit.device_id], commit, offset);
    }
}

void MemoryLog::remember(Ids& ids, const Commit& commit, Offset offset) {
    if (ids.by_arrival.size() == Store::kRememberedIds) {
        pass_over_ahead(ids.by_arrival, ids.floor, static_cast<std::int64_t>(offset.ms));
        const std::string& forgotten = ids.by_arrival.front();
        if (is_version_7(forgotten)) {
            ids.floor = std::max(ids.floor, forgotten);
        }
        ids.by_id.erase(forgotten);
        ids.by_arrival.pop_front();
    }
    ids.by_id[commit.command_id] = {commit.digest, offset, commit.receipt};
    ids.by_arrival.push_back(commit.command_id);
}

Head MemoryLog::head(const std::string& known_epoch, Offset seen) {
    const bool is_known = content_.epoch == known_epoch && !seen.is_origin();
    const bool end_is_gone = content_.last < seen || (seen > content_.oldest && !holds(seen));
    if (content_.epoch.empty() || (is_known && end_is_gone)) {
        renew_epoch(content_.epoch);
    }
    return {content_.epoch, content_.last, content_.oldest};
}

std::string MemoryLog::renew_epoch(const std::string& old_epoch) {
    if (content_.epoch.empty() || content_.epoch == old_epoch) {
        change(false, [epoch = "memory-" + std::to_string(++epochs_made_)](Content& content) {
            content.epoch = epoch;
        });
    }
    return content_.epoch;
}

bool MemoryLog::holds(Offset offset) const {
    return std::ranges::binary_search(content_.entries, offset, {}, &Entry::offset);
}

std::string MemoryLog::make_key(const std::string& key_id, const std::string& candidate) {
    const auto known = content_.keys.find(key_id);
    if (known != content_.keys.end()) {
        return known->second;
    }
    change(false, [key_id, candidate](Content& content) { content.keys[key_id] = candidate; });
    return candidate;
}

std::int64_t MemoryLog::trim(Offset keep_after, std::int64_t keep_count) {
    const auto size = static_cast<std::int64_t>(content_.entries.size());
    const auto first_kept =
        std::ranges::upper_bound(content_.entries, keep_after, {}, &Entry::offset);
    const std::int64_t count = std::clamp<std::int64_t>(
        size - std::max<std::int64_t>(keep_count, 0), 0, first_kept - content_.entries.begin());
    if (count > 0) {
        change(false, [count](Content& content) {
            content.oldest = content.entries[static_cast<std::size_t>(count - 1)].offset;
            content.entries.erase(content.entries.begin(), content.entries.begin() + count);
        });
    }
    return count;
}

DueTimers MemoryLog::due_timers(int count) const {
    std::vector<std::pair<std::int64_t, std::string>> all;
    all.reserve(content_.deadlines.size());
    for (const auto& [name, due_ms] : content_.deadlines) {
        all.emplace_back(due_ms, name);
    }
    std::ranges::sort(all);
    DueTimers due;
    const std::int64_t now = now_ms_();
    for (auto& [due_ms, name] : all) {
        if (due_ms > now) {
            due.next_ms = due_ms - now;
            break;
        }
        if (std::ssize(due.names) < count) {
            due.names.push_back(std::move(name));
        }
    }
    return due;
}

bool MemoryLog::drop_timer(const std::string& name) {
    if (!content_.deadlines.contains(name)) {
        return false;
    }
    change(false, [name](Content& content) { content.deadlines.erase(name); });
    return true;
}

std::vector<std::string> MemoryLog::leave_word(const std::string& hub,
                                               const std::string& word,
                                               int for_ms) {
    const std::int64_t now = now_ms_();
    std::erase_if(words_, [&](const auto& entry) {
        return entry.first == hub || entry.second.until_ms <= now;
    });
    std::vector<std::string> others;
    others.reserve(words_.size());
    for (const auto& [other, left] : words_) {
        others.push_back(left.text);
    }
    if (!word.empty()) {
        words_[hub] = {word, now + for_ms};
    }
    return others;
}

std::vector<LogEntry> MemoryLog::read(Offset after, int count) const {
    std::vector<LogEntry> found;
    auto entry = std::ranges::upper_bound(content_.entries, after, {}, &Entry::offset);
    for (; entry != content_.entries.end() && std::ssize(found) < count; ++entry) {
        found.push_back({entry->offset, entry->event, sha256(entry->event) == entry->digest});
    }
    return found;
}

std::vector<LogEntry> MemoryLog::read_last(int count) const {
    std::vector<LogEntry> found;
    const std::ptrdiff_t size = std::ssize(content_.entries);
    for (std::ptrdiff_t i = size - std::clamp<std::ptrdiff_t>(count, 0, size); i < size; ++i) {
        const Entry& entry = content_.entries[static_cast<std::size_t>(i)];
        found.push_back({entry.offset, entry.event, sha256(entry.event) == entry.digest});
    }
    return found;
}

}  // namespace tocsin::log
