#include "hub/log/fold.hpp"

#include <algorithm>
#include <limits>
#include <memory>

namespace tocsin::log {

namespace {

constexpr int kTailCount = 512;
constexpr int kTailWaitMs = 1'000;
constexpr int kHistoryCount = 256;
constexpr int kWindowFill = 2'000;
constexpr std::int64_t kHoldEveryMs = 1'000;
constexpr std::int64_t kTryAgainMs = 200;

// The greatest offset below this one.
Offset before(Offset offset) {
    if (offset.seq > 0) {
        return {offset.ms, offset.seq - 1};
    }
    return offset.ms > 0 ? Offset{offset.ms - 1, std::numeric_limits<std::uint64_t>::max()}
                         : Offset{};
}

}  // namespace

template <class F>
auto Fold::live(F f) {
    return [this, generation = generation_, f = std::move(f)](auto&& result) mutable {
        if (!stopped_ && generation == generation_) {
            f(std::forward<decltype(result)>(result));
        }
    };
}

Fold::Fold(Store& store, const domain::Random& random, FoldListener& listener)
    : store_(store), random_(random), listener_(listener) {}

void Fold::start() {
    begin();
}

void Fold::restart() {
    ++generation_;
    ++stats_.restarts;
    state_ = domain::State();
    keys_.clear();
    position_ = {};
    started_ = loading_ = following_ = holding_ = false;
    for (auto& [offset, then] : std::exchange(waiting_, {})) {
        then(false);
    }
    begin();
}

void Fold::tick(std::int64_t now_ms) {
    if (now_ms < now_ms_) {  // the clock was put back: nothing waits for the old time to come again
        next_try_ms_ = next_hold_ms_ = now_ms;
    }
    now_ms_ = now_ms;
    if (stopped_ || now_ms < next_try_ms_) {
        return;
    }
    if (!started_) {
        begin();
        return;
    }
    follow();
    if (now_ms >= next_hold_ms_ && !holding_) {
        next_hold_ms_ = now_ms + kHoldEveryMs;
        hold_against_log();
    }
}

void Fold::failed() {
    loading_ = false;
    following_ = false;
    next_try_ms_ = now_ms_ + kTryAgainMs;
    set_tail_well(false);
}

void Fold::set_tail_well(bool well) {
    const bool was_well = store_well();
    tail_well_ = well;
    tell_store(was_well);
    if (!well) {
        for (auto& [offset, then] : std::exchange(waiting_, {})) {
            then(false);
        }
    }
}

void Fold::note_write(bool done) {
    const bool was_well = store_well();
    writes_well_ = done;
    tell_store(was_well);
}

void Fold::tell_store(bool was_well) {
    if (store_well() != was_well) {
        listener_.on_store(store_well());
    }
}

void Fold::answer_waiting() {
    std::vector<Then> ready;
    std::erase_if(waiting_, [&](auto& waiting) {
        if (waiting.first > position_) {
            return false;
        }
        ready.push_back(std::move(waiting.second));
        return true;
    });
    for (Then& then : ready) {
        then(true);
    }
}

void Fold::forget_before(std::int64_t time_ms) {
    state_.forget_before(time_ms);
    keys_.keep([this](const std::string& key_id) {
        const bool is_case = key_id.starts_with("incident/") || key_id.starts_with("notice/");
        return !is_case || state_.version_of(key_id) != 0;
    });
}

void Fold::begin() {
    if (loading_) {
        return;
    }
    loading_ = true;
    store_.head(live([this](StoreResult<Head> head) {
        if (!head) {
            failed();
            return;
        }
        epoch_ = head->epoch;
        store_.make_key(std::string(kDistrictKey),
                        random_bytes(random_, kKeyBytes),
                        live([this, head = *head](StoreResult<std::string> key) {
                            if (!key) {
                                failed();
                                return;
                            }
                            keys_.put(std::string(kDistrictKey), std::move(*key));
                            store_.make_key("commands",
                                            random_bytes(random_, kKeyBytes),
                                            live([this, head](StoreResult<std::string> made) {
                                                if (!made) {
                                                    failed();
                                                    return;
                                                }
                                                command_key_ = std::move(*made);
                                                load_states(head);
                                            }));
                        }));
    }));
}

void Fold::load_states(Head head) {
    store_.load_open(live([this, head](StoreResult<std::vector<StoredRecord>> records) {
        if (!records) {
            failed();
            return;
        }
        std::vector<std::string> key_ids;
        for (const StoredRecord& record : *records) {
            key_ids.push_back(key_id_of_state(record.bytes));
        }
        need_keys(std::move(key_ids),
                  live([this, head, records = std::move(*records)](bool had) mutable {
                      if (!had) {
                          failed();
                          return;
                      }
                      apply_states(head, std::move(records));
                  }));
    }));
}

void Fold::apply_states(Head head, std::vector<StoredRecord> records) {
    std::vector<std::string> report_ids;
    for (const StoredRecord& record : records) {
        if (record.subject.starts_with("set/")) {
            state_.apply_set(record.subject.substr(4), record.version, record.stamp);
            continue;
        }
        const auto body = decode_state(record.bytes, keys_);
        if (!body) {
            stats_.damaged += body.error() == Unreadable::damaged;
            continue;
        }
        report_ids.insert(report_ids.end(), body->report_ids().begin(), body->report_ids().end());
        state_.apply(*body, record.stamp);
    }
    load_reports(std::move(report_ids), live([this, head](bool had) {
                     if (!had) {
                         failed();
                         return;
                     }
                     fill_window(head);
                 }));
}

void Fold::load_reports(std::vector<std::string> report_ids, Then then) {
    if (report_ids.empty()) {
        then(true);
        return;
    }
    struct Gathering {
        std::size_t missing;
        bool failed = false;
        Then then;
    };
    auto gathering =
        std::make_shared<Gathering>(Gathering{report_ids.size(), false, std::move(then)});
    for (const std::string& id : report_ids) {
        store_.load("report/" + id,
                    [this, gathering, generation = generation_](
                        StoreResult<std::optional<StoredRecord>> record) {
                        if (!record || generation != generation_) {
                            gathering->failed = true;
                        } else if (*record) {
                            if (const auto body = decode_state((*record)->bytes, keys_)) {
                                state_.apply(*body);
                            }
                        }
                        if (--gathering->missing == 0) {
                            gathering->then(!gathering->failed);
                        }
                    });
    }
}

void Fold::fill_window(Head head) {
    store_.read_last(
        kWindowFill, live([this, head](StoreResult<std::vector<LogEntry>> entries) {
            if (!entries) {
                failed();
                return;
            }
            // The window covers what was read only: of a full answer, all after its first; of any
            // other, what the log had before may have been trimmed since, so nothing before its
            // first either.
            const Offset after = entries->empty() ? head.last : entries->front().offset;
            std::erase_if(*entries, [&](const LogEntry& entry) {
                return entry.offset <= after || entry.offset > head.last;
            });
            need_keys(keys_needed(*entries),
                      live([this, head, after, entries = std::move(*entries)](bool had) {
                          if (!had) {
                              failed();
                              return;
                          }
                          position_ = head.last;
                          loading_ = false;
                          started_ = true;
                          next_hold_ms_ = now_ms_ + kHoldEveryMs;
                          set_tail_well(true);
                          listener_.on_started(
                              epoch_, std::min(after, head.last), decode(entries, false));
                          answer_waiting();
                          follow();
                      }));
        }));
}

void Fold::follow() {
    if (following_ || stopped_ || !started_) {
        return;
    }
    following_ = true;
    store_.tail(position_,
                kTailCount,
                kTailWaitMs,
                live([this](StoreResult<std::vector<LogEntry>> entries) {
                    if (!entries) {
                        failed();
                        return;
                    }
                    set_tail_well(true);
                    if (entries->empty()) {
                        following_ = false;
                        follow();
                        return;
                    }
                    need_keys(keys_needed(*entries),
                              live([this, entries = std::move(*entries)](bool had) mutable {
                                  if (!had) {
                                      failed();
                                      return;
                                  }
                                  fold_in(std::move(entries));
                                  following_ = false;
                                  follow();
                              }));
                }));
}

void Fold::fold_in(std::vector<LogEntry> entries) {
    const Offset after = position_;
    const std::vector<FoldedEvent> events = decode(entries, true);
    for (const FoldedEvent& event : events) {
        if (event.body) {
            state_.apply(*event.body);
        }
    }
    position_ = entries.back().offset;
    listener_.on_folded(events, after, position_);
    answer_waiting();
}

std::vector<FoldedEvent> Fold::decode(const std::vector<LogEntry>& entries, bool count) {
    std::vector<FoldedEvent> events;
    events.reserve(entries.size());
    for (const LogEntry& entry : entries) {
        FoldedEvent event{entry.offset, std::nullopt};
        auto body =
            entry.genuine ? decode_event(entry.event, keys_) : std::unexpected(Unreadable::damaged);
        if (body) {
            event.body = std::move(*body);
        }
        if (count) {
            ++stats_.folded;
            if (!body) {
                stats_.damaged += body.error() == Unreadable::damaged;
                stats_.newer += body.error() == Unreadable::newer;
                stats_.erased += body.error() == Unreadable::erased;
                if (body.error() == Unreadable::damaged) {
                    stats_.last_damaged = entry.offset;
                }
            }
        }
        events.push_back(std::move(event));
    }
    return events;
}

std::vector<std::string> Fold::keys_needed(const std::vector<LogEntry>& entries) {
    std::vector<std::string> key_ids;
    for (const LogEntry& entry : entries) {
        if (entry.genuine) {
            key_ids.push_back(key_id_of_event(entry.event));
        }
    }
    return key_ids;
}

void Fold::need_keys(std::vector<std::string> key_ids, Then then) {
    std::erase_if(key_ids,
                  [&](const std::string& id) { return id.empty() || keys_.find(id) != nullptr; });
    std::ranges::sort(key_ids);
    const auto [from, to] = std::ranges::unique(key_ids);
    key_ids.erase(from, to);
    if (key_ids.empty()) {
        then(true);
        return;
    }
    store_.keys(
        key_ids,
        [this, key_ids, then = std::move(then), generation = generation_](
            StoreResult<std::vector<std::string>> keys) mutable {
            if (stopped_ || generation != generation_ || !keys || keys->size() != key_ids.size()) {
                then(false);
                return;
            }
            for (std::size_t i = 0; i < key_ids.size(); ++i) {
                if (!(*keys)[i].empty()) {
                    keys_.put(key_ids[i], std::move((*keys)[i]));
                }
            }
            then(true);
        });
}

void Fold::hold_against_log() {
    holding_ = true;
    const Offset folded = position_;
    store_.head(live([this, folded](StoreResult<Head> head) {
        holding_ = false;
        if (!head) {
            return;  // the tail notices, too, and says so
        }
        if (head->epoch != epoch_) {
            restart();
            return;
        }
        if (head->last < folded) {
            lost_end();
            return;
        }
        if (!writes_well_) {
            // Changes nothing, but is refused like any write while the store takes none.
            store_.renew_epoch("none", live([this](StoreResult<std::string> epoch) {
                                   note_write(epoch.has_value());
                               }));
        }
        if (folded.is_origin() || folded <= head->oldest) {
            return;
        }
        holding_ = true;
        store_.read(
            before(folded), 1, live([this, folded](StoreResult<std::vector<LogEntry>> entries) {
                holding_ = false;
                if (entries && (entries->empty() || entries->front().offset != folded)) {
                    // Trimmed in between, or gone: the head knows.
                    store_.head(live([this, folded](StoreResult<Head> again) {
                        if (again && again->epoch == epoch_ && folded > again->oldest) {
                            lost_end();
                        }
                    }));
                }
            }));
    }));
}

void Fold::lost_end() {
    store_.renew_epoch(epoch_, live([this](StoreResult<std::string> epoch) {
                           if (epoch) {
                               restart();
                           }
                       }));
}

void Fold::catch_up(std::move_only_function<void(bool)> done) {
    // Not through live(): whoever waits here is answered even when the fold restarts.
    store_.head(
        [this, generation = generation_, done = std::move(done)](StoreResult<Head> head) mutable {
            if (stopped_ || generation != generation_ || !head || head->epoch != epoch_) {
                done(false);
            } else if (head->last <= position_) {
                done(true);
            } else {
                waiting_.emplace_back(head->last, std::move(done));
            }
        });
}

void Fold::load(std::string subject, std::move_only_function<void(bool)> done) {
    auto shared = std::make_shared<std::move_only_function<void(bool)>>(std::move(done));
    const auto is_stale = [this, generation = generation_] {
        return stopped_ || generation != generation_;
    };
    store_.load(subject, [=, this](StoreResult<std::optional<StoredRecord>> found) {
        if (!found || is_stale()) {
            (*shared)(false);
            return;
        }
        if (!*found) {
            (*shared)(true);
            return;
        }
        const StoredRecord& record = **found;
        if (subject.starts_with("set/")) {
            state_.apply_set(subject.substr(4), record.version, record.stamp);
            (*shared)(true);
            return;
        }
        need_keys({key_id_of_state(record.bytes)}, [=, this, record = record](bool had) {
            const auto body =
                had ? decode_state(record.bytes, keys_) : std::unexpected(Unreadable::erased);
            if (!had || !body) {
                (*shared)(had);  // a state that cannot be read, or was erased, is none
                return;
            }
            // The reports first: an incident is never there without them.
            load_reports({body->report_ids().begin(), body->report_ids().end()},
                         [=, this, body = *body](bool had_reports) {
                             if (had_reports && !is_stale()) {
                                 state_.apply(body, record.stamp);
                             }
                             (*shared)(had_reports && !is_stale());
                         });
        });
    });
}

void Fold::history(Offset after, std::move_only_function<void(History)> done) {
    struct Asking {
        std::move_only_function<void(History)> done;
        Stretch stretch;
    };
    auto asking = std::make_shared<Asking>(Asking{std::move(done), {}});
    // Null: the log still has everything after the offset.
    const auto gap = [this, after](const StoreResult<Head>& head) -> std::optional<NoHistory> {
        if (stopped_ || !head) {
            return NoHistory::unavailable;
        }
        const bool gone = head->epoch != epoch_ || after < head->oldest || after > head->last;
        return gone ? std::optional(NoHistory::gone) : std::nullopt;
    };
    // The first head says how far the entries that are read are complete; the second, whether any
    // of them was trimmed before it was read.
    store_.head([this, asking, gap, after](StoreResult<Head> head) {
        if (const auto why = gap(head)) {
            asking->done(std::unexpected(*why));
            return;
        }
        store_.read(after,
                    kHistoryCount,
                    [=, this, last = head->last](StoreResult<std::vector<LogEntry>> entries) {
                        if (stopped_ || !entries) {
                            asking->done(std::unexpected(NoHistory::unavailable));
                            return;
                        }
                        const bool whole =
                            entries->size() < static_cast<std::size_t>(kHistoryCount);
                        asking->stretch.to = entries->empty() ? last : entries->back().offset;
                        if (whole) {
                            asking->stretch.to = std::max(asking->stretch.to, last);
                        }
                        need_keys(keys_needed(*entries),
                                  [=, this, entries = std::move(*entries)](bool had) {
                                      if (!had) {
                                          asking->done(std::unexpected(NoHistory::unavailable));
                                          return;
                                      }
                                      asking->stretch.events = decode(entries, false);
                                      store_.head([=](StoreResult<Head> again) {
                                          if (const auto why = gap(again)) {
                                              asking->done(std::unexpected(*why));
                                              return;
                                          }
                                          asking->done(std::move(asking->stretch));
                                      });
                                  });
                    });
    });
}

}  // namespace tocsin::log
