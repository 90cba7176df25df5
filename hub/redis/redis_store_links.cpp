// The three connections of a RedisStore: making them ready, telling of them, and calling the
// functions of the library.

#include <boost/asio/post.hpp>
#include <cstdio>
#include <utility>

#include "hub/redis/answers.hpp"
#include "hub/redis/commit_lua.hpp"
#include "hub/redis/redis_store.hpp"
#include "hub/redis/resp.hpp"

namespace tocsin::redis {

using log::StoreError;
using std::chrono::milliseconds;

struct RedisStore::FunctionCall {
    std::uint64_t number = 0;
    std::string command;
    Effect effect = Effect::none;
    bool is_repeated = false;
    Given given;
};

RedisStore::RedisStore(const boost::asio::any_io_executor& executor, RedisOptions options)
    : executor_(executor), options_(std::move(options)), keys_(options_.district) {
    Connection::Settings settings;
    settings.endpoint = options_.endpoint;
    settings.timeout = options_.command_timeout;
    settings.random = options_.random;
    const auto connection = [&](std::function<void()> prepare, std::function<void()> gather) {
        return std::make_shared<Connection>(
            executor_,
            settings,
            Connection::Hooks{std::move(prepare),
                              [this] { on_link_up(); },
                              [this](const std::string& reason) { on_link_down(reason); },
                              std::move(gather)});
    };
    settings.one_round_at_a_time = true;
    commits_ = connection([this] { prepare_library(); }, [this] { send_batch(); });
    settings.one_round_at_a_time = false;
    tail_ = connection([this] { prepare_reading(*tail_, [this] { tail_->accept(); }); }, nullptr);
    bulk_ = connection([this] { prepare_reading(*bulk_, [this] { bulk_->accept(); }); }, nullptr);
}

RedisStore::~RedisStore() {
    stop();
}

void RedisStore::start() {
    for (const auto& link : {commits_, tail_, bulk_}) {
        link->start();
    }
}

void RedisStore::stop() {
    is_up_ = false;
    send_batch();  // is answered as what is under way
    for (const auto& link : {commits_, tail_, bulk_}) {
        link->stop();
    }
}

void RedisStore::on_link_up() {
    is_up_ = commits_->is_up() && tail_->is_up() && bulk_->is_up();
    if (is_up_) {
        down_reason_.clear();
        if (options_.on_up) {
            options_.on_up();
        }
    }
}

void RedisStore::on_link_down(const std::string& reason) {
    if (!commits_->is_up()) {
        send_batch();  // is refused
    }
    if (!std::exchange(is_up_, false) && reason == down_reason_) {
        return;
    }
    down_reason_ = reason;
    if (options_.on_down) {
        options_.on_down(reason);
    }
}

// A replica answers reads, and late ones at that: only a master will do, for reading too. EXISTS
// finds out whether the server is still loading, which ROLE does not tell.
void RedisStore::prepare_reading(Connection& link, std::function<void()> then) {
    link.send_first(Command{"ROLE"}, [&link](const std::expected<Reply, Lost>& role) {
        if (!role) {
            return;
        }
        if (role->is_error()) {
            link.drop("ROLE is refused: " + role->text);
        } else if (role->items.empty() || role->items[0].text != "master") {
            link.drop("this Redis is not the master");
        }
    });
    link.send_first(
        Command{"EXISTS", keys_.epoch()},
        [this, &link, then = std::move(then)](const std::expected<Reply, Lost>& probe) mutable {
            if (probe && probe->is_error()) {
                link.drop(probe->text);
            } else if (probe) {
                sync_what_was_written(link, std::move(then));
            }
        });
}

// A Redis that died between writing and syncing finds what it wrote again when it starts, though
// the disk may not have it: it would be read, and repeated commands get their receipts, before it
// is safe. A write of our own is answered behind the sync of all that stands before it.
void RedisStore::sync_what_was_written(Connection& link, std::function<void()> then) {
    link.send_first(Command{"EVAL",
                            "#!lua flags=allow-oom\nreturn redis.call('SET', KEYS[1], '1')",
                            "1",
                            keys_.synced()},
                    [&link, then = std::move(then)](const std::expected<Reply, Lost>& written) {
                        if (written && written->is_error()) {
                            link.drop("a write is refused: " + written->text);
                        } else if (written) {
                            then();
                        }
                    });
}

void RedisStore::prepare_library() {
    prepare_reading(*commits_, [this] {
        commits_->send_first(
            Command{"FUNCTION", "LIST", "LIBRARYNAME", "tocsin", "WITHCODE"},
            [this](const std::expected<Reply, Lost>& list) {
                if (!list) {
                    return;
                }
                if (list->is_error()) {
                    commits_->drop("FUNCTION LIST is refused: " + list->text);
                    return;
                }
                const auto take_head = [this] {
                    look_at_head(true, [this](const log::StoreResult<log::Head>& head) {
                        if (head) {
                            commits_->accept();
                        } else {
                            commits_->drop(trouble_.empty() ? "no head of the log" : trouble_);
                        }
                    });
                };
                const std::string_view code = library_code(*list);
                if (code == kCommitLua || library_revision(code) > library_revision(kCommitLua)) {
                    take_head();
                } else {
                    load_library(take_head);
                }
            });
    });
}

void RedisStore::load_library(std::function<void()> then) {
    commits_->send_first(Command{"FUNCTION", "LOAD", "REPLACE", kCommitLua},
                         [this, then = std::move(then)](const std::expected<Reply, Lost>& loaded) {
                             if (loaded && loaded->is_error()) {
                                 commits_->drop("FUNCTION LOAD is refused: " + loaded->text);
                             } else if (loaded) {
                                 then();
                             }
                         });
}

log::StoreResult<Reply> RedisStore::checked(std::expected<Reply, Lost> answer, Effect effect) {
    if (!answer) {
        const bool is_known = effect == Effect::none || answer.error() == Lost::never_sent;
        return std::unexpected(is_known ? StoreError::unavailable : StoreError::unknown);
    }
    if (answer->is_error()) {
        // The reason is told once, until writing goes well again: under stress every command gets
        // the same one.
        if (std::exchange(trouble_, answer->text) != answer->text && options_.on_trouble) {
            options_.on_trouble(answer->text);
        }
        return std::unexpected(StoreError::unavailable);
    }
    if (effect == Effect::writes) {
        trouble_.clear();
    }
    return std::move(*answer);
}

void RedisStore::query(
    Connection& link, const Command& command, milliseconds wait, Effect effect, Given given) {
    if (&link == commits_.get()) {
        send_batch();
    }
    link.send(command,
              wait,
              [self = shared_from_this(), effect, given = std::move(given)](
                  std::expected<Reply, Lost> answer) mutable {
                  given(self->checked(std::move(answer), effect));
              });
}

void RedisStore::ask(std::vector<std::string> command, log::Callback<Reply> done) {
    bulk_->send(command, [done = std::move(done)](std::expected<Reply, Lost> answer) mutable {
        if (answer) {
            done(std::move(*answer));
        } else {
            done(std::unexpected(StoreError::unavailable));
        }
    });
}

// Without holding the store: it may be given up while it connects.
void RedisStore::call_first(const Command& command, Effect effect, Given given) {
    commits_->send_first(
        command,
        [this, effect, given = std::move(given)](std::expected<Reply, Lost> answer) mutable {
            given(checked(std::move(answer), effect));
        });
}

void RedisStore::call_function(const Command& command, Effect effect, Given given) {
    call_function(formed(command), effect, std::move(given));
}

void RedisStore::call_function(std::string formed, Effect effect, Given given) {
    send_batch();
    auto call = std::make_shared<FunctionCall>(
        ++calls_made_, std::move(formed), effect, false, std::move(given));
    if (is_reloading_) {
        held_.emplace(call->number, std::move(call));
    } else {
        send_function(call);
    }
}

void RedisStore::send_function(const std::shared_ptr<FunctionCall>& call) {
    commits_->send_formed(
        call->command,
        [self = shared_from_this(), call](std::expected<Reply, Lost> answer) mutable {
            if (answer && is_function_missing(*answer) && !call->is_repeated) {
                self->held_.emplace(call->number, call);
                self->reload_library();
                return;
            }
            call->given(self->checked(std::move(answer), call->effect));
        });
}

// Somebody removed the library. Its loading is answered behind all calls that are on their way, so
// that those which found it missing are together by then and go again in their order, before any
// that was made meanwhile.
void RedisStore::reload_library() {
    if (std::exchange(is_reloading_, true)) {
        return;
    }
    commits_->send(Command{"FUNCTION", "LOAD", "REPLACE", kCommitLua},
                   [self = shared_from_this()](std::expected<Reply, Lost> loaded) mutable {
                       self->is_reloading_ = false;
                       const bool is_loaded = loaded && !loaded->is_error();
                       for (auto& [number, call] : std::exchange(self->held_, {})) {
                           if (is_loaded) {
                               call->is_repeated = true;
                               self->send_function(call);
                           } else {
                               call->given(std::unexpected(StoreError::unavailable));
                           }
                       }
                   });
}

void RedisStore::look_at_head(bool is_first, log::Callback<log::Head> done) {
    const Command command{"FCALL",
                          "tocsin_head_v1",
                          "3",
                          keys_.epoch(),
                          keys_.log(),
                          keys_.trimmed(),
                          epoch_,
                          to_text(seen_)};
    auto look = [this, is_first, done = std::move(done)](log::StoreResult<Reply> reply) mutable {
        std::optional<HeadAnswer> answer = reply ? to_head(*reply) : std::nullopt;
        if (!answer) {
            done(std::unexpected(StoreError::unavailable));
            return;
        }
        if (answer->is_lost && options_.on_trouble) {
            options_.on_trouble("the log has lost its end: it gets a new epoch");
        }
        if (answer->is_lost || answer->head.epoch.empty()) {
            renew_then_look(is_first, answer->head.epoch, std::move(done));
            return;
        }
        if (std::exchange(epoch_, answer->head.epoch) != answer->head.epoch) {
            seen_ = {};
        }
        seen_ = std::max(seen_, answer->head.last);
        done(std::move(answer->head));
    };
    if (is_first) {
        call_first(command, Effect::none, std::move(look));
    } else {
        call_function(command, Effect::none, std::move(look));
    }
}

void RedisStore::renew_then_look(bool is_first,
                                 std::string old_epoch,
                                 log::Callback<log::Head> done) {
    const Command command{
        "FCALL", "tocsin_renew_epoch_v1", "1", keys_.epoch(), std::move(old_epoch), new_epoch()};
    auto look = [this, is_first, done = std::move(done)](log::StoreResult<Reply> renewed) mutable {
        if (renewed) {
            look_at_head(is_first, std::move(done));
        } else {
            done(std::unexpected(StoreError::unavailable));
        }
    };
    if (is_first) {
        call_first(command, Effect::writes, std::move(look));
    } else {
        call_function(command, Effect::writes, std::move(look));
    }
}

std::string RedisStore::new_epoch() const {
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(options_.random()));
    return text;
}

void RedisStore::answer_later(std::move_only_function<void()> answer) {
    boost::asio::post(executor_, [answer = std::move(answer)]() mutable { answer(); });
}

}  // namespace tocsin::redis
