#include "hub/net/exchange.hpp"

#include <array>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>

#include "hub/net/clock.hpp"
#include "hub/net/http_upgrade.hpp"

namespace tocsin::net {

namespace {

namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::size_t kReadBytes = 8'192;
// For an answer to be taken: so long, and longer where there is more of it, 32 kbit/s.
constexpr std::int64_t kAnswerMs = 30'000;
constexpr std::int64_t kBytesAMs = 4;

HttpRefusal malformed(int status, std::string message) {
    return {status, {std::string(domain::code::malformed), {}, std::move(message), 0}};
}

}  // namespace

Exchange::Exchange(Room& room, HttpVisit visit)
    : room_(room),
      socket_(std::move(visit.socket)),
      buffer_(std::move(visit.buffer)),
      head_(visit.parser.get()),
      parser_(std::move(visit.parser)),
      seat_(std::move(visit.seat)),
      began_ms_(visit.began_ms) {}

void Exchange::start() {
    room_.enter(shared_from_this());
    run();
}

std::string Exchange::caller() const {
    error_code error;
    const auto peer = socket_.remote_endpoint(error);
    return neighbourhood(
        caller_of(head_, error ? std::string() : peer.address().to_string(), front()));
}

bool Exchange::has_body() const {
    return parser_.chunked() || parser_.content_length().value_or(0) > 0;
}

void Exchange::read_body(std::size_t most) {
    if (parser_.chunked() || !parser_.content_length()) {
        refuse(malformed(411, "The request must say its Content-Length."));
        return;
    }
    if (*parser_.content_length() > most) {
        refuse(malformed(413, "The body is longer than " + std::to_string(most) + " bytes."));
        return;
    }
    parser_.body_limit(most);
    read_more();
}

void Exchange::read_more() {
    if (parser_.is_done()) {
        on_body(std::move(parser_.get().body()));
        return;
    }
    http::async_read_some(
        socket_, buffer_, parser_, [self = shared_from_this()](error_code error, std::size_t) {
            if (self->ended_) {
                return;
            }
            if (error) {
                self->end();  // it went away in the middle: there is nobody to tell
                return;
            }
            self->read_more();
        });
}

void Exchange::refuse(const HttpRefusal& refusal, std::string_view allow) {
    ++room_.stats().refused_by_status[refusal.status];
    TextReply text = to_reply(refusal.status, refusal.refusal);
    if (refusal.status == 405) {
        text.more_headers = "Allow: " + std::string(allow) + "\r\n";
    }
    reply(text);
}

void Exchange::reply(const TextReply& reply) {
    send(to_http(reply), nullptr, false);
}

void Exchange::send(std::string head, std::shared_ptr<const std::string> body, bool keep_alive) {
    stage_ = Stage::answering;
    began_ms_ = now_ms();
    reply_ = std::move(head);
    body_ = std::move(body);
    const std::array<asio::const_buffer, 2> parts = {
        asio::buffer(reply_), body_ == nullptr ? asio::const_buffer() : asio::buffer(*body_)};
    asio::async_write(socket_,
                      parts,
                      [self = shared_from_this(), keep_alive](error_code error, std::size_t bytes) {
                          self->room_.stats().bytes_out += static_cast<std::int64_t>(bytes);
                          if (self->ended_) {
                              return;
                          }
                          if (error) {
                              self->end();
                              return;
                          }
                          self->on_sent(keep_alive);
                      });
}

void Exchange::on_sent(bool keep_alive) {
    if (keep_alive && !room_.is_closing()) {
        ended_ = true;
        const auto self = shared_from_this();
        room_.leave(*this);
        receive_next(room_, std::move(socket_), std::move(buffer_), std::move(seat_));
        return;
    }
    stage_ = Stage::leaving;
    began_ms_ = now_ms();
    error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
    buffer_.clear();
    drain();
}

// Reads on until the peer is done or the deadline comes: closing with bytes unread would make the
// kernel send a reset that may overtake the answer.
void Exchange::drain() {
    socket_.async_read_some(buffer_.prepare(kReadBytes),
                            [self = shared_from_this()](error_code error, std::size_t) {
                                if (error) {
                                    self->end();
                                } else if (!self->ended_) {
                                    self->drain();
                                }
                            });
}

void Exchange::on_tick(std::int64_t now) {
    const ShardSettings& settings = room_.settings();
    std::int64_t allowed = settings.upgrade_deadline.count();
    if (stage_ == Stage::answering) {
        allowed = kAnswerMs;
        if (body_ != nullptr) {
            allowed += static_cast<std::int64_t>(body_->size()) / kBytesAMs;
        }
    } else if (stage_ == Stage::leaving) {
        allowed = settings.close_deadline.count();
    }
    // One tick early rather than one late.
    if (now - began_ms_ + settings.tick.count() > allowed) {
        if (stage_ == Stage::asking) {
            ++room_.stats().upgrade_timeouts;
        }
        end();
    }
}

void Exchange::end() {
    if (ended_) {
        return;
    }
    ended_ = true;
    error_code ignored;
    socket_.close(ignored);
    const auto self = shared_from_this();
    room_.leave(*this);
}

}  // namespace tocsin::net
