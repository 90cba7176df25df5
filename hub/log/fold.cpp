#include "hub/log/fold.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <set>

namespace tocsin::log {

namespace {

constexpr int kTailCount = 512;
constexpr int kTailWaitMs = 1'000;
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

Fold::Fold(Store& store, const domain::Random& random, FoldListener& listener)
    : store_(store), random_(random), listener_(listener) {}

void Fold::start() {
    begin();
}

void Fold::expect(std::string event, std::shared_ptr<const store::EventBody> body) {
    expected_.insert_or_assign(std::move(event), std::move(body));
}

bool Fold::expect_no_more(std::string_view event) {
    const auto own = expected_.find(event);
    if (own == expected_.end()) {
        return false;
    }
    expected_.erase(own);
    return true;
}

void Fold::restart() {
    expected_.clear();
    ++generation_;
    ++stats_.restarts;
    state_ = domain::State();
    keys_.clear();
    position_ = {};
    started_ = loading_ = following_ = holding_ = was_away_ = false;
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
    was_away_ = true;
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

void Fold::follow() {
    if (following_ || stopped_ || !started_) {
        return;
    }
    following_ = true;
    if (was_away_) {
        look_for_gap();
        return;
    }
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
                    auto own = own_among(*entries);
                    need_keys(keys_needed(*entries, own),
                              live([this, own, entries = std::move(*entries)](bool had) mutable {
                                  if (!had) {
                                      failed();
                                      return;
                                  }
                                  FoldStats counted;
                                  auto events = decode(entries, own, &counted);
                                  fold_when_loaded(std::move(entries), std::move(events), counted);
                              }));
                }));
}

void Fold::look_for_gap() {
    store_.head(live([this](StoreResult<Head> head) {
        if (!head) {
            failed();
            return;
        }
        if (head->epoch != epoch_ || position_ < head->oldest) {
            restart();
            return;
        }
        was_away_ = false;
        following_ = false;
        follow();
    }));
}

void Fold::fold_when_loaded(std::vector<LogEntry> entries,
                            std::vector<FoldedEvent> events,
                            FoldStats counted) {
    auto missing = missing_of(events);
    if (missing.empty()) {
        fold_in(entries, std::move(events), counted);
        following_ = false;
        follow();
        return;
    }
    load_all(std::move(missing),
             live([this, entries = std::move(entries), events = std::move(events), counted](
                      bool had) mutable {
                 if (!had) {
                     failed();
                     return;
                 }
                 fold_in(entries, std::move(events), counted);
                 following_ = false;
                 follow();
             }));
}

std::vector<std::string> Fold::missing_of(const std::vector<FoldedEvent>& events) const {
    std::set<std::string> opened;
    std::set<std::string> missing;
    const auto look = [&](const store::Incident& incident) {
        if (incident.version() == 1) {
            opened.insert(incident.id());
        } else if (state_.incident(incident.id()) == nullptr && !opened.contains(incident.id())) {
            missing.insert("incident/" + incident.id());
        }
    };
    for (const FoldedEvent& event : events) {
        if (event.body && event.body->has_incident()) {
            look(event.body->incident());
            if (event.body->has_other()) {
                look(event.body->other());
            }
        }
    }
    return {missing.begin(), missing.end()};
}

void Fold::load_all(std::vector<std::string> subjects, Then then) {
    struct Loading {
        std::size_t missing;
        bool had_all;
        Then then;
    };
    auto loading = std::make_shared<Loading>(Loading{subjects.size(), true, std::move(then)});
    for (const std::string& subject : subjects) {
        load(subject, [loading](bool had) {
            loading->had_all = loading->had_all && had;
            if (--loading->missing == 0) {
                loading->then(loading->had_all);
            }
        });
    }
}

void Fold::fold_in(const std::vector<LogEntry>& entries,
                   std::vector<FoldedEvent> events,
                   const FoldStats& counted) {
    const Offset after = position_;
    for (std::size_t i = 0; i < events.size(); ++i) {
        FoldedEvent& event = events[i];
        event.is_own = expect_no_more(entries[i].event);
        if (event.body) {
            state_.apply(event.body);
        }
    }
    stats_.folded += counted.folded;
    stats_.damaged += counted.damaged;
    stats_.newer += counted.newer;
    stats_.erased += counted.erased;
    stats_.last_damaged = std::max(stats_.last_damaged, counted.last_damaged);
    position_ = events.back().offset;
    listener_.on_folded(events, after, position_);
    answer_waiting();
}

std::vector<FoldedEvent> Fold::decode(const std::vector<LogEntry>& entries,
                                      const OwnBodies& own,
                                      FoldStats* counted) const {
    std::vector<FoldedEvent> events;
    events.reserve(entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const LogEntry& entry = entries[i];
        FoldedEvent event{entry.offset, own[i], false};
        if (event.body) {
            if (counted != nullptr) {
                ++counted->folded;
            }
            events.push_back(std::move(event));
            continue;
        }
        auto body =
            entry.genuine ? decode_event(entry.event, keys_) : std::unexpected(Unreadable::damaged);
        if (body) {
            event.body = std::make_shared<const store::EventBody>(std::move(*body));
        }
        if (counted != nullptr) {
            ++counted->folded;
            if (!body) {
                counted->damaged += body.error() == Unreadable::damaged;
                counted->newer += body.error() == Unreadable::newer;
                counted->erased += body.error() == Unreadable::erased;
                if (body.error() == Unreadable::damaged) {
                    counted->last_damaged = entry.offset;
                }
            }
        }
        events.push_back(std::move(event));
    }
    return events;
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
        if (position_ < head->oldest) {
            restart();  // what comes next was trimmed before it was read
            return;
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

}  // namespace tocsin::log
