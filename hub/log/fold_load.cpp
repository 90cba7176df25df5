// What the fold asks of the store beside its tail: the states at the start, one state later, keys,
// and what came before.

#include <algorithm>
#include <memory>

#include "hub/log/fold.hpp"

namespace tocsin::log {

namespace {

constexpr int kHistoryCount = 256;
constexpr int kWindowFill = 2'000;

// What belongs to an incident, as subjects.
void add_parts(const store::StateBody& body, std::vector<std::string>& subjects) {
    for (const std::string& id : body.report_ids()) {
        subjects.push_back("report/" + id);
    }
    for (const std::string& id : body.statement_ids()) {
        subjects.push_back("statement/" + id);
    }
}

}  // namespace

void Fold::begin() {
    if (loading_) {
        return;
    }
    loading_ = true;
    // What an attempt that failed had loaded may be of a log that is no more.
    ++generation_;
    state_ = domain::State();
    keys_.clear();
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
    std::vector<std::string> parts;
    std::vector<std::string> closed;
    for (const StoredRecord& record : records) {
        if (record.subject.starts_with("set/")) {
            store::StoredState set;
            if (set.ParseFromArray(record.bytes.data(), static_cast<int>(record.bytes.size()))) {
                closed.insert(closed.end(), set.closed_ids().begin(), set.closed_ids().end());
            }
            state_.apply_set(record.subject.substr(4), record.version, record.stamp, set.latest());
            continue;
        }
        const auto body = decode_state(record.bytes, keys_);
        if (!body) {
            stats_.damaged += body.error() == Unreadable::damaged;
            continue;
        }
        add_parts(*body, parts);
        state_.apply(*body, record.stamp);
    }
    load_parts(std::move(parts), live([this, head, closed = std::move(closed)](bool had) mutable {
                   if (!had) {
                       failed();
                       return;
                   }
                   load_closed(head, std::move(closed));
               }));
}

void Fold::load_closed(Head head, std::vector<std::string> incident_ids) {
    if (incident_ids.empty()) {
        fill_window(head);
        return;
    }
    const std::string subject = "incident/" + incident_ids.back();
    incident_ids.pop_back();
    load(subject, live([this, head, rest = std::move(incident_ids)](bool had) mutable {
             if (!had) {
                 failed();
                 return;
             }
             load_closed(head, std::move(rest));
         }));
}

void Fold::load_parts(std::vector<std::string> subjects, Then then) {
    if (subjects.empty()) {
        then(true);
        return;
    }
    struct Gathering {
        std::size_t missing;
        bool failed = false;
        std::vector<std::string> records;
        Then then;
    };
    auto gathering =
        std::make_shared<Gathering>(Gathering{subjects.size(), false, {}, std::move(then)});
    for (const std::string& subject : subjects) {
        store_.load(subject,
                    [this, gathering, generation = generation_](
                        StoreResult<std::optional<StoredRecord>> record) {
                        if (!record || generation != generation_) {
                            gathering->failed = true;
                        } else if (*record) {
                            gathering->records.push_back(std::move((*record)->bytes));
                        }
                        if (--gathering->missing > 0) {
                            return;
                        }
                        if (gathering->failed) {
                            gathering->then(false);
                        } else {
                            apply_parts(std::move(gathering->records), std::move(gathering->then));
                        }
                    });
    }
}

// At once, and so that whoever asked goes on in the same breath: what belongs to an incident that
// is not there is forgotten at the next occasion, and so is its key.
void Fold::apply_parts(std::vector<std::string> records, Then then) {
    std::vector<std::string> key_ids;
    key_ids.reserve(records.size());
    for (const std::string& record : records) {
        key_ids.push_back(key_id_of_state(record));
    }
    need_keys(std::move(key_ids),
              [this, records = std::move(records), then = std::move(then)](bool had) mutable {
                  if (had) {
                      for (const std::string& record : records) {
                          if (const auto body = decode_state(record, keys_)) {
                              ++loads_;
                              state_.apply(*body);
                          }
                      }
                  }
                  then(had);
              });
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
            auto own = own_among(*entries);
            need_keys(keys_needed(*entries, own),
                      live([this, head, after, own, entries = std::move(*entries)](bool had) {
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
                              epoch_, std::min(after, head.last), decode(entries, own));
                          answer_waiting();
                          follow();
                      }));
        }));
}

Fold::OwnBodies Fold::own_among(const std::vector<LogEntry>& entries) const {
    OwnBodies bodies;
    bodies.reserve(entries.size());
    for (const LogEntry& entry : entries) {
        const auto own = entry.genuine ? expected_.find(entry.event) : expected_.end();
        bodies.push_back(own == expected_.end() ? nullptr : own->second);
    }
    return bodies;
}

std::vector<std::string> Fold::keys_needed(const std::vector<LogEntry>& entries,
                                           const OwnBodies& own) {
    std::vector<std::string> key_ids;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (entries[i].genuine && own[i] == nullptr) {
            key_ids.push_back(key_id_of_event(entries[i].event));
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
            ++loads_;
            state_.apply_set(
                subject.substr(4), record.version, record.stamp, latest_of_set(record.bytes));
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
            // Its parts first: an incident is never there without them.
            std::vector<std::string> parts;
            add_parts(*body, parts);
            load_parts(std::move(parts), [=, this, body = *body](bool had_parts) {
                if (had_parts && !is_stale()) {
                    // Whoever only looks at a photo makes nobody take a new copy.
                    loads_ += body.has_media() ? 0 : 1;
                    state_.apply(body, record.stamp);
                }
                (*shared)(had_parts && !is_stale());
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
                        auto own = own_among(*entries);
                        need_keys(keys_needed(*entries, own),
                                  [=, this, entries = std::move(*entries)](bool had) {
                                      if (!had) {
                                          asking->done(std::unexpected(NoHistory::unavailable));
                                          return;
                                      }
                                      asking->stretch.events = decode(entries, own);
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
