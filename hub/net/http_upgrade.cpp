#include "hub/net/http_upgrade.hpp"

#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <optional>

#include "hub/log/digest.hpp"
#include "hub/net/clock.hpp"
#include "hub/net/http_checks.hpp"
#include "hub/net/http_routes.hpp"
#include "hub/net/http_text.hpp"
#include "hub/net/websocket.hpp"

namespace tocsin::net {

namespace {

namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::size_t kHeaderBytes = 8'192;
constexpr int kRetryAfterMs = 5'000;

class Upgrade final : public Arrival, public std::enable_shared_from_this<Upgrade> {
public:
    // What came already, and whose place it is; empty buffers begin a connection.
    Upgrade(Room& room, Socket socket, boost::beast::flat_buffer buffer, Seat seat, bool is_first)
        : room_(room),
          socket_(std::move(socket)),
          seat_(std::move(seat)),
          began_ms_(now_ms()),
          is_first_(is_first),
          buffer_(std::move(buffer)) {
        buffer_.max_size(kHeaderBytes);
        parser_.header_limit(kHeaderBytes);
        parser_.body_limit(
            boost::none);  // none is read: a request with one is refused by its header
    }

    void start();
    void on_tick(std::int64_t now) override;
    void cut() override { end(); }

private:
    void on_header(error_code error);
    void on_answer(session::Encoding encoding, std::optional<session::Principal> principal);
    void refuse(const HttpRefusal& refusal);
    void on_refused();
    void drain();
    void end();

    Room& room_;
    Socket socket_;
    Seat seat_;
    const std::int64_t began_ms_;
    const bool is_first_;  // of its connection: those who keep one open need not ask again
    boost::beast::flat_buffer buffer_;
    http::request_parser<http::empty_body> parser_;
    std::string reply_;
    bool ended_ = false;
};

void Upgrade::start() {
    room_.enter(shared_from_this());
    http::async_read_header(
        socket_, buffer_, parser_, [self = shared_from_this()](error_code error, std::size_t) {
            self->on_header(error);
        });
}

void Upgrade::on_tick(std::int64_t now) {
    const ShardSettings& settings = room_.settings();
    // One tick early rather than one late.
    if (now - began_ms_ + settings.tick.count() > settings.upgrade_deadline.count()) {
        if (reply_.empty() && (is_first_ || buffer_.size() > 0)) {
            ++room_.stats().upgrade_timeouts;
        }
        end();
    }
}

void Upgrade::on_header(error_code error) {
    if (ended_) {
        return;
    }
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
        refuse({431, {std::string(domain::code::malformed), {}, "The header is too long.", 0}});
        return;
    }
    const bool is_http =
        error.category() == http::make_error_code(http::error::bad_version).category();
    if (error && (!is_http || error == http::error::end_of_stream ||
                  error == http::error::partial_message)) {
        end();
        return;
    }
    if (error) {
        refuse(
            {400, {std::string(domain::code::malformed), {}, "This is not an HTTP request.", 0}});
        return;
    }
    if (const HttpHandler handler = handler_of(room_, parser_.get())) {
        ended_ = true;
        const auto self = shared_from_this();
        room_.leave(*this);
        handler(room_,
                {std::move(socket_), std::move(buffer_), parser_, std::move(seat_), began_ms_});
        return;
    }
    const auto admission = admit(parser_.get(), room_.settings().front);
    if (!admission) {
        refuse(admission.error());
        return;
    }
    // Whoever speaks before the upgrade is answered is no WebSocket client.
    if (buffer_.size() > 0 || parser_.chunked() || parser_.content_length().value_or(0) > 0) {
        refuse({400, {std::string(domain::code::malformed), {}, "The request has a body.", 0}});
        return;
    }
    room_.district().authenticate(log::sha256(admission->token),
                                  [weak = weak_from_this(), encoding = admission->encoding](
                                      std::optional<session::Principal> principal) {
                                      if (const auto self = weak.lock()) {
                                          self->on_answer(encoding, std::move(principal));
                                      }
                                  });
}

void Upgrade::on_answer(session::Encoding encoding, std::optional<session::Principal> principal) {
    if (ended_) {
        return;
    }
    if (!principal) {
        refuse(unauthenticated());
        return;
    }
    const HttpRefusal full{503,
                           {std::string(domain::code::too_many_connections),
                            {},
                            "The hub, or this device, has as many connections as it may.",
                            kRetryAfterMs}};
    auto device_seat = room_.seats().is_over() || room_.is_closing()
                           ? std::nullopt
                           : room_.seats().take(principal->device_id);
    if (!device_seat) {
        refuse(full);
        return;
    }
    ended_ = true;
    const auto self = shared_from_this();
    room_.leave(*this);
    open_websocket(room_,
                   {std::move(socket_),
                    parser_.release(),
                    *std::move(principal),
                    encoding,
                    std::move(seat_),
                    *std::move(device_seat)});
}

void Upgrade::refuse(const HttpRefusal& refusal) {
    ++room_.stats().refused_by_status[refusal.status];
    reply_ = to_http(to_reply(refusal.status, refusal.refusal));
    asio::async_write(socket_,
                      asio::buffer(reply_),
                      [self = shared_from_this()](error_code, std::size_t) { self->on_refused(); });
}

void Upgrade::on_refused() {
    if (ended_) {
        return;
    }
    error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
    buffer_.clear();
    drain();
}

// Reads on until the peer is done or the deadline comes: closing with bytes unread would make the
// kernel send a reset that may overtake the answer.
void Upgrade::drain() {
    socket_.async_read_some(buffer_.prepare(kHeaderBytes),
                            [self = shared_from_this()](error_code error, std::size_t) {
                                if (error) {
                                    self->end();
                                } else if (!self->ended_) {
                                    self->drain();
                                }
                            });
}

void Upgrade::end() {
    if (ended_) {
        return;
    }
    ended_ = true;
    error_code ignored;
    socket_.close(ignored);
    const auto self = shared_from_this();
    room_.leave(*this);
}

}  // namespace

void receive(Room& room, Socket socket) {
    ++room.stats().accepted;
    if (room.is_closing() || !room.seats().is_room_to_refuse()) {
        ++room.stats().turned_away;
        return;
    }
    Seat seat = room.seats().take();
    std::make_shared<Upgrade>(
        room, std::move(socket), boost::beast::flat_buffer(), std::move(seat), true)
        ->start();
}

void receive_next(Room& room, Socket socket, boost::beast::flat_buffer buffer, Seat seat) {
    std::make_shared<Upgrade>(room, std::move(socket), std::move(buffer), std::move(seat), false)
        ->start();
}

}  // namespace tocsin::net
