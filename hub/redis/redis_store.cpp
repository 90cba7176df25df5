#include "hub/redis/redis_store.hpp"

#include <algorithm>
#include <utility>

#include "hub/log/digest.hpp"
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
constexpr int kPage = 512;  // states in a page of load_open
constexpr int kTrimAtOnce =
    200;  // entries that one call of trim removes: Redis does nothing else meanwhile

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

void RedisStore::commit(log::Commit commit, Callback<CommitReply> done) {
    std::vector<std::string> command{"FCALL", "tocsin_commit_v1"};
    const std::size_t keys =
        4 + commit.reads.size() + commit.states.size() + commit.new_keys.size();
    command.reserve(13 + keys + commit.reads.size() + 5 * commit.states.size() +
                    commit.new_keys.size());
    command.insert(command.end(),
                   {std::to_string(keys),
                    keys_.epoch(),
                    keys_.log(),
                    keys_.open(),
                    keys_.ids(commit.device_id)});
    for (const domain::Read& read : commit.reads) {
        command.push_back(keys_.state(read.subject));
    }
    for (const log::StateWrite& state : commit.states) {
        command.push_back(keys_.state(state.subject));
    }
    for (const auto& [key_id, key] : commit.new_keys) {
        command.push_back(keys_.key(key_id));
    }

    command.push_back(commit.epoch);
    command.push_back(commit.device_id.empty() ? std::string() : std::move(commit.command_id));
    command.push_back(std::move(commit.digest));
    command.push_back(commit.receipt);
    std::string digest = log::sha256(commit.event);
    command.push_back(std::move(commit.event));
    command.push_back(std::move(digest));
    for (const std::size_t number : {static_cast<std::size_t>(kRememberedIds),
                                     commit.reads.size(),
                                     commit.states.size(),
                                     commit.new_keys.size()}) {
        command.push_back(std::to_string(number));
    }
    for (const domain::Read& read : commit.reads) {
        command.push_back(std::to_string(read.version) + ' ' + read.stamp);
    }
    for (log::StateWrite& state : commit.states) {
        command.push_back(std::move(state.subject));
        command.push_back(std::to_string(state.version));
        command.push_back(std::move(state.stamp));
        command.push_back(std::move(state.bytes));
        command.emplace_back(state.open ? "1" : "0");
    }
    for (auto& [key_id, key] : commit.new_keys) {
        command.push_back(std::move(key));
    }

    call_function(std::move(command),
                  Effect::writes,
                  false,
                  [this,
                   epoch = std::move(commit.epoch),
                   receipt = std::move(commit.receipt),
                   done = std::move(done)](StoreResult<Reply> answer) mutable {
                      StoreResult<CommitReply> reply = to_commit_reply(std::move(answer));
                      if (reply && reply->outcome == log::CommitOutcome::stored) {
                          reply->receipt = std::move(receipt);
                          if (epoch == epoch_) {
                              seen_ = std::max(seen_, reply->offset);
                          }
                      }
                      done(std::move(reply));
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
                   "tocsin_recall_v1",
                   "1",
                   keys_.ids(device_id),
                   std::move(command_id),
                   std::move(digest)},
                  Effect::none,
                  false,
                  [done = std::move(done)](StoreResult<Reply> answer) mutable {
                      done(to_commit_reply(std::move(answer)));
                  });
}

void RedisStore::head(Callback<log::Head> done) {
    look_at_head(false, std::move(done));
}

void RedisStore::renew_epoch(std::string old_epoch, Callback<std::string> done) {
    call_function(
        {"FCALL", "tocsin_renew_epoch_v1", "1", keys_.epoch(), std::move(old_epoch), new_epoch()},
        Effect::writes,
        false,
        [done = std::move(done)](StoreResult<Reply> answer) mutable {
            done(converted(std::move(answer), [](Reply epoch) { return std::move(epoch.text); }));
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
    const std::vector<std::string> command{"HMGET", keys_.state(subject), "v", "o", "e", "t"};
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
              if (is_absent(*answer)) {
                  done(std::nullopt);
                  return;
              }
              std::optional<StoredRecord> record = to_record(subject, std::move(*answer));
              if (!record) {
                  tell_unreadable(subject);
                  done(std::unexpected(log::StoreError::unavailable));
                  return;
              }
              done(std::move(record));
          });
}

// Page by page, so that Redis is not held up by a large district. What is closed meanwhile may come
// or not.
struct RedisStore::OpenPages {
    Callback<std::vector<StoredRecord>> done;
    std::vector<StoredRecord> records;
    std::string last_subject;
    std::size_t awaited = 0;
    bool is_whole = true;
};

void RedisStore::load_open(Callback<std::vector<StoredRecord>> done) {
    auto pages = std::make_shared<OpenPages>();
    pages->done = std::move(done);
    load_page(std::move(pages));
}

void RedisStore::load_page(std::shared_ptr<OpenPages> pages) {
    const std::string from = pages->last_subject.empty() ? "-" : '(' + pages->last_subject;
    query(*bulk_,
          {"ZRANGE", keys_.open(), from, "+", "BYLEX", "LIMIT", "0", std::to_string(kPage)},
          kNoWait,
          Effect::none,
          [this, pages](StoreResult<Reply> subjects) {
              if (!subjects) {
                  pages->done(std::unexpected(subjects.error()));
              } else if (subjects->items.empty()) {
                  pages->done(std::move(pages->records));
              } else {
                  take_page(pages, *subjects);
              }
          });
}

void RedisStore::take_page(const std::shared_ptr<OpenPages>& pages, const Reply& subjects) {
    pages->awaited = subjects.items.size();
    pages->last_subject = subjects.items.back().text;
    for (const Reply& subject : subjects.items) {
        bulk_->send(Command{"HMGET", keys_.state(subject.text), "v", "o", "e", "t"},
                    [self = shared_from_this(), pages, subject = subject.text](
                        std::expected<Reply, Lost> answer) {
                        if (!answer) {
                            pages->is_whole = false;
                        } else if (auto record = to_record(subject, std::move(*answer))) {
                            pages->records.push_back(std::move(*record));
                        } else {
                            self->tell_unreadable(subject);
                        }
                        if (--pages->awaited > 0) {
                            return;
                        }
                        if (pages->is_whole) {
                            self->load_page(pages);
                        } else {
                            pages->done(std::unexpected(log::StoreError::unavailable));
                        }
                    });
    }
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
                  false,
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
