#include "hub/redis/redis_store.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <set>
#include <utility>

#include "hub/redis/answers.hpp"

namespace tocsin::redis {

using log::Callback;
using log::CommitReply;
using log::LogEntry;
using log::Offset;
using log::StoredRecord;
using log::StoreResult;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds kNoWait{0};
constexpr milliseconds kTurnPause{2};
constexpr int kWaitsMost = 250;
constexpr int kPage = 512;  // states in a page of load_open
constexpr int kTrimAtOnce =
    200;  // entries that one call of trim removes: Redis does nothing else meanwhile

bool has_conflict(const Reply& reply) {
    return std::ranges::any_of(reply.items,
                               [](const Reply& each) { return each.text == "conflict"; });
}

// The caller's answer from Redis's, or the error.
template <class Convert>
auto converted(StoreResult<Reply> answer, Convert convert)
    -> StoreResult<decltype(convert(std::move(*answer)))> {
    if (!answer) {
        return std::unexpected(answer.error());
    }
    return convert(std::move(*answer));
}

}  // namespace

// Commits gather until the connection can send: then they are one call.
void RedisStore::commit(log::Commit commit, Callback<CommitReply> done) {
    if (batch_ && (!batch_->takes_more() || batch_->epoch() != commit.epoch)) {
        send_batch();
    }
    if (!batch_) {
        batch_ = std::make_shared<CommitBatch>(keys_, commit.epoch);
    }
    batch_->add(std::move(commit), std::move(done));
    if (commits_->is_up()) {
        commits_->wake();
    } else {
        send_batch();  // is refused
    }
}

void RedisStore::send_batch() {
    if (!batch_) {
        return;
    }
    submit(std::exchange(batch_, nullptr), 0);
}

void RedisStore::submit(const std::shared_ptr<CommitBatch>& batch, int waits) {
    if (hub_.empty()) {
        hub_ = new_epoch();
    }
    const bool again = std::exchange(was_beaten_, false);
    std::string command = batch->command(hub_, again);
    call_function(
        std::move(command), Effect::writes, [this, batch, waits, again](StoreResult<Reply> answer) {
            if (answer && answer->text == kNotOurTurn && waits < kWaitsMost) {
                was_beaten_ = was_beaten_ || again;
                const auto pause =
                    std::make_shared<boost::asio::steady_timer>(executor_, kTurnPause);
                pause->async_wait([self = shared_from_this(), pause, batch, waits](const auto&) {
                    self->submit(batch, waits + 1);
                });
                return;
            }
            was_beaten_ = was_beaten_ || (answer && has_conflict(*answer));
            batch->answer(std::move(answer), [&](Offset offset) {
                if (batch->epoch() == epoch_) {
                    seen_ = std::max(seen_, offset);
                }
            });
        });
}

void RedisStore::recall(std::string device_id,
                        std::string command_id,
                        std::string digest,
                        Callback<CommitReply> done) {
    if (device_id.empty()) {
        answer_later([done = std::move(done)]() mutable { done(CommitReply{}); });
        return;
    }
    call_function({"FCALL",
                   "tocsin_recall_v2",
                   "1",
                   keys_.ids(device_id),
                   std::move(command_id),
                   digest_field(digest)},
                  Effect::none,
                  [done = std::move(done)](StoreResult<Reply> answer) mutable {
                      if (answer) {
                          done(to_commit_reply(answer->text));
                      } else {
                          done(std::unexpected(answer.error()));
                      }
                  });
}

void RedisStore::head(Callback<log::Head> done) {
    look_at_head(false, std::move(done));
}

void RedisStore::renew_epoch(std::string old_epoch, Callback<std::string> done) {
    call_function(
        {"FCALL", "tocsin_renew_epoch_v1", "1", keys_.epoch(), std::move(old_epoch), new_epoch()},
        Effect::writes,
        [done = std::move(done)](StoreResult<Reply> answer) mutable {
            done(converted(std::move(answer), [](Reply epoch) { return std::move(epoch.text); }));
        });
}

void RedisStore::due_timers(int count, Callback<log::DueTimers> done) {
    call_function({"FCALL", "tocsin_due_v1", "1", keys_.deadline(), std::to_string(count)},
                  Effect::none,
                  [done = std::move(done)](StoreResult<Reply> answer) mutable {
                      done(converted(std::move(answer), to_due_timers));
                  });
}

void RedisStore::drop_timer(std::string name, Callback<bool> done) {
    query(
        *commits_,
        {"ZREM", keys_.deadline(), std::move(name)},
        kNoWait,
        Effect::writes,
        [done = std::move(done)](StoreResult<Reply> answer) mutable {
            done(converted(std::move(answer), [](const Reply& gone) { return gone.integer > 0; }));
        });
}

void RedisStore::leave_word(std::string hub,
                            std::string word,
                            int for_ms,
                            Callback<std::vector<std::string>> done) {
    call_function({"FCALL",
                   "tocsin_leave_word_v1",
                   "1",
                   keys_.present(),
                   std::move(hub),
                   std::move(word),
                   std::to_string(for_ms)},
                  Effect::writes,
                  [done = std::move(done)](StoreResult<Reply> answer) mutable {
                      done(converted(std::move(answer), [](const Reply& reply) {
                          std::vector<std::string> words;
                          words.reserve(reply.items.size());
                          for (const Reply& word : reply.items) {
                              words.push_back(word.text);
                          }
                          return words;
                      }));
                  });
}

void RedisStore::read(Offset after, int count, Callback<std::vector<LogEntry>> done) {
    read_stream(*bulk_, after, count, 0, std::move(done));
}

void RedisStore::tail(Offset after, int count, int wait_ms, Callback<std::vector<LogEntry>> done) {
    auto see = [this, epoch = epoch_, done = std::move(done)](
                   StoreResult<std::vector<LogEntry>> entries) mutable {
        if (entries && !entries->empty() && epoch == epoch_) {
            seen_ = std::max(seen_, entries->back().offset);
        }
        done(std::move(entries));
    };
    read_stream(*tail_, after, count, wait_ms, std::move(see));
}

void RedisStore::read_stream(
    Connection& link, Offset after, int count, int wait_ms, Callback<std::vector<LogEntry>> done) {
    if (count <= 0) {
        answer_later([done = std::move(done)]() mutable { done(std::vector<LogEntry>()); });
        return;
    }
    std::vector<std::string> command{"XREAD", "COUNT", std::to_string(count)};
    if (wait_ms > 0) {
        command.insert(command.end(), {"BLOCK", std::to_string(wait_ms)});
    }
    command.insert(command.end(), {"STREAMS", keys_.log(), to_text(after)});
    query(link,
          command,
          milliseconds(std::max(wait_ms, 0)),
          Effect::none,
          [done = std::move(done)](StoreResult<Reply> answer) mutable {
              done(converted(std::move(answer), to_entries_of_stream));
          });
}

void RedisStore::read_last(int count, Callback<std::vector<LogEntry>> done) {
    if (count <= 0) {
        answer_later([done = std::move(done)]() mutable { done(std::vector<LogEntry>()); });
        return;
    }
    query(*bulk_,
          {"XREVRANGE", keys_.log(), "+", "-", "COUNT", std::to_string(count)},
          kNoWait,
          Effect::none,
          [done = std::move(done)](StoreResult<Reply> answer) mutable {
              StoreResult<std::vector<LogEntry>> entries = converted(std::move(answer), to_entries);
              if (entries) {
                  std::ranges::reverse(*entries);
              }
              done(std::move(entries));
          });
}

void RedisStore::load(std::string subject, Callback<std::optional<StoredRecord>> done) {
    const std::vector<std::string> command{"GET", keys_.state(subject)};
    query(*commits_,
          command,
          kNoWait,
          Effect::none,
          [this, subject = std::move(subject), done = std::move(done)](
              StoreResult<Reply> answer) mutable {
              if (!answer) {
                  done(std::unexpected(answer.error()));
                  return;
              }
              if (answer->is_nil()) {
                  done(std::nullopt);
                  return;
              }
              std::optional<StoredRecord> record = to_record(subject, *answer);
              if (!record) {
                  tell_unreadable(subject);
                  done(std::unexpected(log::StoreError::unavailable));
                  return;
              }
              done(std::move(record));
          });
}

// Page by page, so that Redis is not held up by a large district. What is opened or closed
// meanwhile may come or not; a page may bring again what another one brought.
struct RedisStore::OpenPages {
    Callback<std::vector<StoredRecord>> done;
    std::vector<StoredRecord> records;
    std::set<std::string> subjects;
    std::string next = "0";
};

void RedisStore::load_open(Callback<std::vector<StoredRecord>> done) {
    auto pages = std::make_shared<OpenPages>();
    pages->done = std::move(done);
    load_page(std::move(pages));
}

void RedisStore::load_page(std::shared_ptr<OpenPages> pages) {
    query(*bulk_,
          {"SSCAN", keys_.open(), pages->next, "COUNT", std::to_string(kPage)},
          kNoWait,
          Effect::none,
          [this, pages](StoreResult<Reply> page) {
              if (!page) {
                  pages->done(std::unexpected(page.error()));
              } else if (page->items.size() != 2) {
                  pages->done(std::unexpected(log::StoreError::unavailable));
              } else {
                  pages->next = std::move(page->items[0].text);
                  take_page(pages, page->items[1]);
              }
          });
}

void RedisStore::take_page(const std::shared_ptr<OpenPages>& pages, const Reply& names) {
    Command command{"MGET"};
    std::vector<std::string> subjects;
    for (const Reply& name : names.items) {
        std::string subject = keys_.subject(name.text);
        if (!subject.empty() && pages->subjects.insert(subject).second) {
            command.push_back(name.text);
            subjects.push_back(std::move(subject));
        }
    }
    const auto go_on = [this, pages] {
        if (pages->next == "0") {
            pages->done(std::move(pages->records));
        } else {
            load_page(pages);
        }
    };
    if (subjects.empty()) {
        go_on();
        return;
    }
    query(*bulk_,
          command,
          kNoWait,
          Effect::none,
          [this, pages, go_on, subjects = std::move(subjects)](StoreResult<Reply> states) {
              if (!states) {
                  pages->done(std::unexpected(states.error()));
                  return;
              }
              for (std::size_t i = 0; i < subjects.size(); ++i) {
                  std::optional<StoredRecord> record =
                      i < states->items.size() ? to_record(subjects[i], states->items[i])
                                               : std::nullopt;
                  if (record) {
                      pages->records.push_back(std::move(*record));
                  } else {
                      tell_unreadable(subjects[i]);
                  }
              }
              go_on();
          });
}

void RedisStore::tell_unreadable(const std::string& subject) {
    if (options_.on_trouble) {
        options_.on_trouble("the stored state of " + subject + " cannot be read");
    }
}

void RedisStore::keys(std::vector<std::string> key_ids, Callback<std::vector<std::string>> done) {
    if (key_ids.empty()) {
        answer_later([done = std::move(done)]() mutable { done(std::vector<std::string>()); });
        return;
    }
    std::vector<std::string> command{"MGET"};
    for (const std::string& key_id : key_ids) {
        command.push_back(keys_.key(key_id));
    }
    query(*commits_,
          command,
          kNoWait,
          Effect::none,
          [done = std::move(done)](StoreResult<Reply> answer) mutable {
              done(converted(std::move(answer), [](Reply reply) {
                  std::vector<std::string> found;
                  found.reserve(reply.items.size());
                  for (Reply& key : reply.items) {
                      found.push_back(std::move(key.text));
                  }
                  return found;
              }));
          });
}

void RedisStore::make_key(std::string key_id, std::string candidate, Callback<std::string> done) {
    const std::vector<std::string> command{"SET", keys_.key(key_id), candidate, "NX", "GET"};
    query(*commits_,
          command,
          kNoWait,
          Effect::writes,
          [candidate = std::move(candidate),
           done = std::move(done)](StoreResult<Reply> answer) mutable {
              done(converted(std::move(answer), [&](Reply before) {
                  return before.is_nil() ? std::move(candidate) : std::move(before.text);
              }));
          });
}

void RedisStore::trim(Offset keep_after, std::int64_t keep_count, Callback<std::int64_t> done) {
    trim_more(keep_after, std::max<std::int64_t>(keep_count, 0), 0, std::move(done));
}

void RedisStore::trim_more(Offset keep_after,
                           std::int64_t keep_count,
                           std::int64_t gone,
                           Callback<std::int64_t> done) {
    call_function({"FCALL",
                   "tocsin_trim_v1",
                   "2",
                   keys_.log(),
                   keys_.trimmed(),
                   to_text(keep_after),
                   std::to_string(keep_count),
                   std::to_string(kTrimAtOnce)},
                  Effect::writes,
                  [this, keep_after, keep_count, gone, done = std::move(done)](
                      StoreResult<Reply> answer) mutable {
                      if (!answer) {
                          done(std::unexpected(answer.error()));
                      } else if (answer->integer == kTrimAtOnce) {
                          trim_more(
                              keep_after, keep_count, gone + answer->integer, std::move(done));
                      } else {
                          done(gone + answer->integer);
                      }
                  });
}

}  // namespace tocsin::redis
