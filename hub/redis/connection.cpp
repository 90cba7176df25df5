#include "hub/redis/connection.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <optional>
#include <utility>

#include "hub/redis/resp.hpp"

namespace tocsin::redis {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::milliseconds;

constexpr std::size_t kReadBytes = 64u << 10;

}  // namespace

struct Connection::Wire {
    std::shared_ptr<Stream> stream;
    ReplyReader reader;
    std::array<char, kReadBytes> incoming{};
    std::string writing;
};

Connection::Connection(const asio::any_io_executor& executor, Settings settings, Hooks hooks)
    : executor_(executor),
      settings_(std::move(settings)),
      hooks_(std::move(hooks)),
      deadline_(executor),
      retry_(executor),
      next_wait_(settings_.first_wait) {}

Connection::~Connection() = default;

void Connection::start() {
    if (phase_ == Phase::idle) {
        connect();
    }
}

void Connection::stop() {
    if (phase_ == Phase::stopped) {
        return;
    }
    close("stopped");
    retry_.cancel();
    phase_ = Phase::stopped;
}

void Connection::connect() {
    phase_ = Phase::connecting;
    wire_ = std::make_shared<Wire>();
    wire_->stream = make_stream(executor_, settings_.endpoint);
    deadline_.expires_after(settings_.timeout);
    deadline_.async_wait([self = shared_from_this(), wire = wire_](error_code error) {
        if (!error && wire == self->wire_ && self->phase_ == Phase::connecting) {
            self->close("no connection within the time allowed");
        }
    });
    wire_->stream->open([self = shared_from_this(), wire = wire_](const std::string& problem) {
        if (wire == self->wire_ && self->phase_ == Phase::connecting) {
            self->on_open(problem);
        }
    });
}

void Connection::on_open(const std::string& problem) {
    if (!problem.empty()) {
        close(problem);
        return;
    }
    deadline_.cancel();
    phase_ = Phase::preparing;
    read();
    if (settings_.endpoint.password.empty()) {
        prepare();
    } else {
        authenticate();
    }
}

void Connection::authenticate() {
    const Endpoint& endpoint = settings_.endpoint;
    std::vector<std::string> command{"AUTH"};
    if (!endpoint.username.empty()) {
        command.push_back(endpoint.username);
    }
    command.push_back(endpoint.password);
    send_first(command, [this](const std::expected<Reply, Lost>& reply) {
        if (!reply) {
            return;
        }
        if (reply->is_error()) {
            close("AUTH is refused: " + reply->text);
            return;
        }
        prepare();
    });
}

void Connection::prepare() {
    if (hooks_.prepare) {
        hooks_.prepare();
    } else {
        accept();
    }
}

void Connection::accept() {
    if (phase_ == Phase::preparing) {
        phase_ = Phase::up;
        up_since_ = Clock::now();
        if (hooks_.on_up) {
            hooks_.on_up();
        }
    }
}

void Connection::drop(std::string reason) {
    if (phase_ != Phase::stopped) {
        close(std::move(reason));
    }
}

void Connection::send(std::span<const std::string> command, milliseconds wait, Answer answer) {
    if (phase_ == Phase::up) {
        enqueue(command, wait, std::move(answer));
    } else {
        refuse(std::move(answer));
    }
}

void Connection::send_formed(std::string_view command, Answer answer) {
    if (phase_ != Phase::up || outgoing_.size() > kMostOutgoingBytes) {
        refuse(std::move(answer));
        return;
    }
    outgoing_.append(command);
    await(milliseconds(0), std::move(answer));
}

void Connection::send_first(std::span<const std::string> command, Answer answer) {
    if (phase_ == Phase::preparing) {
        enqueue(command, milliseconds(0), std::move(answer));
    } else {
        refuse(std::move(answer));
    }
}

void Connection::refuse(Answer answer) {
    asio::post(executor_, [answer = std::move(answer)]() mutable {
        answer(std::unexpected(Lost::never_sent));
    });
}

void Connection::enqueue(std::span<const std::string> command, milliseconds wait, Answer answer) {
    if (outgoing_.size() > kMostOutgoingBytes) {
        refuse(std::move(answer));
        return;
    }
    outgoing_.append(formed(command));
    await(wait, std::move(answer));
}

void Connection::await(milliseconds wait, Answer answer) {
    // Answers come in order, so none can be expected before the one ahead of it: the first deadline
    // is the earliest.
    Clock::time_point deadline = Clock::now() + settings_.timeout + wait;
    if (!pending_.empty()) {
        deadline = std::max(deadline, pending_.back().deadline);
    }
    pending_.push_back({deadline, std::move(answer)});
    ++unsent_;
    watch();
    wake();
}

void Connection::wake() {
    if (wire_ && !flush_posted_ && !is_writing_) {
        flush_posted_ = true;
        asio::post(executor_, [self = shared_from_this(), wire = wire_] {
            if (wire == self->wire_) {
                self->flush_posted_ = false;
                self->flush();
            }
        });
    }
}

void Connection::flush() {
    if (is_writing_ || !wire_) {
        return;
    }
    if (phase_ == Phase::up) {
        if (settings_.one_round_at_a_time && pending_.size() != unsent_) {
            return;  // it goes when what is under way is answered
        }
        if (hooks_.gather) {
            flush_posted_ = true;  // it is under way
            hooks_.gather();
            flush_posted_ = false;
        }
    }
    if (outgoing_.empty()) {
        return;
    }
    wire_->writing.clear();
    std::swap(wire_->writing, outgoing_);
    unsent_ = 0;
    is_writing_ = true;
    wire_->stream->write(asio::buffer(wire_->writing),
                         [self = shared_from_this(), wire = wire_](error_code error, std::size_t) {
                             if (wire != self->wire_) {
                                 return;
                             }
                             self->is_writing_ = false;
                             if (error) {
                                 self->close("writing failed: " + error.message());
                             } else {
                                 self->flush();
                             }
                         });
}

void Connection::read() {
    wire_->stream->read_some(
        asio::buffer(wire_->incoming),
        [self = shared_from_this(), wire = wire_](error_code error, std::size_t size) {
            if (wire != self->wire_) {
                return;
            }
            if (error) {
                self->close(error == asio::error::eof ? "Redis closed the connection"
                                                      : "reading failed: " + error.message());
            } else {
                self->on_read(wire, size);
            }
        });
}

void Connection::on_read(const WirePtr& wire, std::size_t size) {
    std::string end;
    wire->reader.feed({wire->incoming.data(), size});
    while (true) {
        std::expected<std::optional<Reply>, std::string> reply = wire->reader.next();
        if (!reply) {
            close("not what Redis says: " + reply.error());
            return;
        }
        if (!*reply) {
            break;
        }
        on_reply(std::move(**reply), end);
        if (wire != wire_) {
            return;
        }
    }
    if (!end.empty()) {
        close(end);
        return;
    }
    if (settings_.one_round_at_a_time) {
        flush();
    }
    watch();
    read();
}

void Connection::on_reply(Reply reply, std::string& end) {
    if (pending_.empty()) {
        close("an answer that nobody asked for");
    } else {
        give(std::move(reply), end);
    }
}

void Connection::give(Reply reply, std::string& end) {
    if (end.empty() && ends_connection(reply)) {
        end = reply.text;
    }
    Answer answer = std::move(pending_.front().answer);
    pending_.pop_front();
    answer(std::move(reply));
}

// One timer for the first of the pending ones. It is not moved with every answer: it looks again
// when it fires.
void Connection::watch() {
    if (is_watching_ || pending_.empty()) {
        return;
    }
    is_watching_ = true;
    deadline_.expires_at(pending_.front().deadline);
    deadline_.async_wait([self = shared_from_this(), wire = wire_](error_code) {
        if (wire != self->wire_) {
            return;
        }
        self->is_watching_ = false;
        if (!self->pending_.empty() && self->pending_.front().deadline <= Clock::now()) {
            self->close("no answer within the time allowed");
        } else {
            self->watch();
        }
    });
}

void Connection::close(std::string reason) {
    if (phase_ == Phase::idle || phase_ == Phase::waiting || phase_ == Phase::stopped) {
        return;
    }
    if (phase_ == Phase::up && Clock::now() - up_since_ > settings_.longest_wait) {
        next_wait_ = settings_.first_wait;
    }
    wire_->stream->close();
    wire_.reset();
    deadline_.cancel();
    is_watching_ = false;
    is_writing_ = false;
    flush_posted_ = false;
    outgoing_.clear();
    const std::size_t sent = pending_.size() - std::exchange(unsent_, 0);
    asio::post(
        executor_,
        [self = shared_from_this(),
         pending = std::exchange(pending_, {}),
         sent,
         reason = std::move(reason)]() mutable {
            for (std::size_t i = 0; i < pending.size(); ++i) {
                pending[i].answer(std::unexpected(i < sent ? Lost::no_answer : Lost::never_sent));
            }
            if (self->phase_ != Phase::stopped && self->hooks_.on_down) {
                self->hooks_.on_down(reason);
            }
        });
    phase_ = Phase::waiting;
    connect_later();
}

void Connection::connect_later() {
    const std::uint64_t half = static_cast<std::uint64_t>(next_wait_.count()) / 2;
    const milliseconds wait(static_cast<std::int64_t>(half + settings_.random() % (half + 1)));
    next_wait_ = std::min(next_wait_ * 2, settings_.longest_wait);
    retry_.expires_after(wait);
    retry_.async_wait([self = shared_from_this()](error_code error) {
        if (!error && self->phase_ == Phase::waiting) {
            self->connect();
        }
    });
}

}  // namespace tocsin::redis
