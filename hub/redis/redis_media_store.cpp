#include "hub/redis/redis_media_store.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "hub/redis/commit_batch.hpp"

namespace tocsin::redis {

namespace {

using log::StoreError;
using log::StoreResult;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::steady_clock;

// In one write, at most; a chunk and a thumbnail of the usual size.
constexpr std::size_t kAtOnce = 96u << 10;
// The store is left alone between two writes for as long as the first took, within these bounds.
constexpr nanoseconds kShortestPause = milliseconds(2);
constexpr nanoseconds kLongestPause = milliseconds(200);

// Of the memory that Redis may use, what photos and voice may fill: the rest is the reports'.
constexpr std::int64_t kMediaPercent = 85;

// The number after `name:` in an answer to INFO; 0 where it is not there.
std::int64_t number_in(std::string_view info, std::string_view name) {
    std::int64_t number = 0;
    if (const std::size_t at = info.find(name); at != info.npos) {
        const char* end = info.data() + info.size();
        std::from_chars(info.data() + at + name.size(), end, number);
    }
    return number;
}

// Where Redis does not tell (a right that is missing), a full Redis refuses the write itself.
bool has_room(std::string_view info, std::int64_t bytes) {
    const std::int64_t limit = number_in(info, "\nmaxmemory:");
    return limit == 0 || number_in(info, "\nused_memory:") + bytes <= limit / 100 * kMediaPercent;
}

StoreError error_of(Lost lost) {
    return lost == Lost::never_sent ? StoreError::unavailable : StoreError::unknown;
}

}  // namespace

RedisMediaStore::RedisMediaStore(const boost::asio::any_io_executor& executor, Options options)
    : keys_(options.district), pause_(executor) {
    Connection::Settings settings;
    settings.endpoint = std::move(options.endpoint);
    settings.timeout = options.command_timeout;
    settings.random = std::move(options.random);
    connection_ = std::make_shared<Connection>(executor, std::move(settings), Connection::Hooks{});
}

RedisMediaStore::~RedisMediaStore() {
    stop();
}

void RedisMediaStore::start() {
    connection_->start();
}

void RedisMediaStore::stop() {
    stopped_ = true;
    pause_.cancel();
    connection_->stop();
}

void RedisMediaStore::put(log::MediaWrite media, log::Callback<log::Done> done) {
    puts_.push_back({.media = std::move(media), .done = std::move(done)});
    if (!std::exchange(is_writing_, true)) {
        write_next();
    }
}

void RedisMediaStore::write_next() {
    if (puts_.empty()) {
        is_writing_ = false;
        return;
    }
    if (puts_.front().next == 0) {
        begin();
    } else {
        write_some();
    }
}

void RedisMediaStore::begin() {
    connection_->send(
        Command{"INFO", "memory"}, [self = shared_from_this()](std::expected<Reply, Lost> answer) {
            std::int64_t bytes = 0;
            for (const std::string& chunk : self->puts_.front().media.chunks) {
                bytes += std::ssize(chunk);
            }
            if (!answer) {
                self->on_written(std::unexpected(error_of(answer.error())), kShortestPause);
            } else if (!has_room(answer->text, bytes)) {
                self->on_written(std::unexpected(StoreError::unavailable), kShortestPause);
            } else {
                self->write_some();
            }
        });
}

void RedisMediaStore::write_some() {
    Put& put = puts_.front();
    std::vector<std::string>& chunks = put.media.chunks;
    const std::string expiry = std::to_string(log::kUnattachedMs);
    const std::string key = keys_.media(put.media.id);
    Command what{"HSET", key};
    std::size_t bytes = 0;
    while (put.next < chunks.size() && (bytes == 0 || bytes + chunks[put.next].size() <= kAtOnce)) {
        bytes += chunks[put.next].size();
        what.push_back(std::to_string(put.next));
        what.push_back(std::move(chunks[put.next++]));
    }
    std::vector<Command> commands{std::move(what), {"PEXPIRE", key, expiry}};
    put.is_whole = put.next == chunks.size();
    if (put.is_whole) {
        const log::StateWrite& state = put.media.state;
        // As a commit leaves it, of no event yet.
        std::string value = log::to_text(log::Offset{}) + '\n';
        append_version(value, state.version, state.stamp);
        commands.push_back({"SET", keys_.state(state.subject), value + state.bytes, "PX", expiry});
    }
    write(commands,
          [self = shared_from_this(), began = steady_clock::now()](StoreResult<log::Done> done) {
              self->on_written(done, steady_clock::now() - began);
          });
}

void RedisMediaStore::on_written(StoreResult<log::Done> result, nanoseconds took) {
    Put& put = puts_.front();
    if (!result || put.is_whole) {
        auto done = std::move(put.done);
        puts_.pop_front();
        done(result);
    }
    pause_.expires_after(std::clamp(took, kShortestPause, kLongestPause));
    pause_.async_wait(
        [self = shared_from_this()](boost::system::error_code) { self->write_next(); });
}

void RedisMediaStore::write(const std::vector<Command>& commands, log::Callback<log::Done> done) {
    // Without the transaction a hub that dies in between leaves what never expires.
    const auto ignored = [](const std::expected<Reply, Lost>&) {};
    connection_->send(Command{"MULTI"}, ignored);
    for (const Command& command : commands) {
        connection_->send(command, ignored);
    }
    connection_->send(Command{"EXEC"},
                      [done = std::move(done)](std::expected<Reply, Lost> answer) mutable {
                          if (!answer) {
                              done(std::unexpected(error_of(answer.error())));
                          } else if (!answer->is_array() ||
                                     std::ranges::any_of(answer->items, &Reply::is_error)) {
                              done(std::unexpected(StoreError::unavailable));
                          } else {
                              done(log::Done{});
                          }
                      });
}

void RedisMediaStore::chunks(std::string id,
                             int first,
                             int count,
                             log::Callback<std::vector<std::string>> done) {
    Command command{"HMGET", keys_.media(id)};
    for (int i = 0; i < count; ++i) {
        command.push_back(std::to_string(first + i));
    }
    connection_->send(command,
                      [count, done = std::move(done)](std::expected<Reply, Lost> answer) mutable {
                          if (!answer || !answer->is_array() ||
                              answer->items.size() != static_cast<std::size_t>(count)) {
                              done(std::unexpected(StoreError::unavailable));
                              return;
                          }
                          std::vector<std::string> found;
                          for (Reply& item : answer->items) {
                              found.push_back(std::move(item.text));
                          }
                          done(std::move(found));
                      });
}

void RedisMediaStore::keep(std::string id, std::int64_t keep_ms, log::Callback<log::Done> done) {
    const std::string expiry = std::to_string(keep_ms);
    write({{"PEXPIRE", keys_.media(id), expiry}, {"PEXPIRE", keys_.state("media/" + id), expiry}},
          std::move(done));
}

}  // namespace tocsin::redis
