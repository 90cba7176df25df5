#include "hub/net/line.hpp"

#include <algorithm>
#include <boost/beast/websocket/stream.hpp>

#include "hub/net/clock.hpp"
#include "hub/net/counted_stream.hpp"

namespace tocsin::net {

namespace {

namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using Stream = websocket::stream<CountedStream, /*deflateSupported=*/false>;

constexpr std::size_t kIdleReadBytes = 64;
constexpr std::size_t kFirstReadBytes = 1'024;
constexpr std::size_t kLongestReason = 123;
constexpr std::uint16_t kAbnormal = 1006;  // what RFC 6455 calls an end without a close frame

class BeastLine final : public Line,
                        public CountedStream::Owner,
                        public OutletOwner,
                        public SocketPipe::Owner,
                        public std::enable_shared_from_this<BeastLine> {
public:
    BeastLine(Socket socket,
              const LineBounds& bounds,
              ShardStats& stats,
              std::shared_ptr<Line::Owner> owner)
        : socket_(std::move(socket)),
          outlet_(SocketPipe(socket_, stats.bytes_out, *this), *this),
          bounds_(bounds),
          stats_(stats),
          owner_(std::move(owner)),
          began_ms_(now_ms()),
          stream_(socket_, outlet_, stats, *this, bounds.message_bytes + bounds.framing_bytes) {}

    void accept(const Request& request, std::string_view protocol) override;
    void read_on() override;
    bool is_open() const override { return open_ && !ended_; }
    bool has_room() const override { return is_open() && outlet_.is_free(); }
    bool send(Load& load) override;
    void expect_close(std::uint16_t code) override;
    void close(std::uint16_t code, std::string_view reason) override;
    void cut() override { end(close_code_ != 0 ? close_code_ : kAbnormal); }
    void on_tick(std::int64_t now) override;

    void on_flooded() override;
    void on_taken(error_code error) override;
    std::shared_ptr<void> hold() override { return shared_from_this(); }

private:
    void on_accepted(error_code error);
    void read();
    asio::mutable_buffer read_target();
    void on_read(error_code error, std::size_t bytes);
    std::uint16_t code_of(error_code error) const;
    void begin_close();
    void judge_closing(std::int64_t now);
    void on_broken();
    void end(std::uint16_t code);

    // What sending touches, close together: a round visits thousands of lines.
    bool open_ = false;
    bool reading_ = false;
    bool close_wanted_ = false;  // as soon as what was sent has gone out
    bool close_begun_ = false;
    bool ended_ = false;
    std::uint16_t close_code_ = 0;  // 0: the owner does not mean to close
    Socket socket_;
    Outlet<SocketPipe> outlet_;

    const LineBounds& bounds_;
    ShardStats& stats_;
    std::shared_ptr<Line::Owner> owner_;  // until the end
    const std::int64_t began_ms_;
    std::int64_t deadline_ms_ = 0;  // of closing; 0: not closing
    std::string close_reason_;

    Stream stream_;

    std::array<char, kIdleReadBytes> idle_buffer_;
    std::string message_;  // one that does not fit into the idle buffer, as far as it has come
    std::size_t message_bytes_ = 0;
};

// --- opening ---

void BeastLine::accept(const Request& request, std::string_view protocol) {
    stream_.read_message_max(bounds_.message_bytes);
    stream_.control_callback([this](websocket::frame_type type, beast::string_view payload) {
        if (type == websocket::frame_type::close) {
            stream_.next_layer().expect_no_more();
        } else {
            stream_.next_layer().explain_control(payload.size());
        }
    });
    if (!protocol.empty()) {
        stream_.set_option(websocket::stream_base::decorator(
            [protocol = std::string(protocol)](websocket::response_type& answer) {
                answer.set(beast::http::field::sec_websocket_protocol,
                           beast::string_view(protocol.data(), protocol.size()));
            }));
    }
    outlet_.pipe().expect_more(bounds_.speaks_first);
    stream_.async_accept(
        request, [self = shared_from_this()](error_code error) { self->on_accepted(error); });
}

void BeastLine::on_accepted(error_code error) {
    outlet_.pipe().expect_more(false);
    if (ended_) {
        return;
    }
    if (error) {
        end(kAbnormal);
        return;
    }
    stream_.set_option(websocket::stream_base::decorator([](websocket::response_type&) {}));
    open_ = true;
    owner_->on_open();
}

// --- reading ---

void BeastLine::read_on() {
    if (!reading_ && !ended_ && open_ && !close_begun_ && owner_->wants_message()) {
        read();
    }
}

void BeastLine::read() {
    reading_ = true;
    stream_.async_read_some(read_target(),
                            [self = shared_from_this()](error_code error, std::size_t bytes) {
                                self->on_read(error, bytes);
                            });
}

asio::mutable_buffer BeastLine::read_target() {
    if (message_bytes_ == 0 && message_.empty()) {
        return asio::buffer(idle_buffer_);
    }
    if (message_bytes_ == message_.size()) {
        message_.resize(std::max(kFirstReadBytes, 2 * message_.size()));
    }
    return asio::buffer(message_.data() + message_bytes_, message_.size() - message_bytes_);
}

void BeastLine::on_read(error_code error, std::size_t bytes) {
    reading_ = false;
    if (ended_) {
        return;
    }
    if (error) {
        end(code_of(error));
        return;
    }
    if (!stream_.is_message_done()) {
        if (message_.empty()) {
            message_.assign(idle_buffer_.data(), bytes);
        }
        message_bytes_ += bytes;
        read();
        return;
    }
    stream_.next_layer().explain_all();
    ++stats_.messages_in;
    const std::string_view whole = message_.empty()
                                       ? std::string_view(idle_buffer_.data(), bytes)
                                       : std::string_view(message_.data(), message_bytes_ + bytes);
    owner_->on_message(whole, stream_.got_text());
    message_ = {};
    message_bytes_ = 0;
    read_on();
}

std::uint16_t BeastLine::code_of(error_code error) const {
    if (close_code_ != 0) {
        return close_code_;  // the peer answered our close, or is gone
    }
    if (error == websocket::error::closed) {
        return stream_.reason().code;
    }
    if (error == websocket::error::message_too_big) {
        return websocket::close_code::too_big;
    }
    if (error == websocket::error::bad_frame_payload) {
        return websocket::close_code::bad_payload;
    }
    if (error == websocket::condition::protocol_violation) {
        return websocket::close_code::protocol_error;
    }
    return kAbnormal;
}

void BeastLine::on_flooded() {
    if (open_ && !ended_) {
        owner_->on_too_slow("far more framing than message");
    }
}

// --- sending ---

bool BeastLine::send(Load& load) {
    const auto sent = outlet_.send(load);
    if (sent == Outlet<SocketPipe>::Sent::none) {
        on_broken();
    }
    return sent == Outlet<SocketPipe>::Sent::all;
}

void BeastLine::on_taken(error_code error) {
    if (ended_) {
        return;
    }
    if (error) {
        on_broken();
        return;
    }
    if (close_wanted_) {
        begin_close();
    } else if (open_) {
        owner_->on_room();
    }
}

// A closing that the peer or Beast began ends with its read; without one there is nothing left to
// wait for.
void BeastLine::on_broken() {
    if (!reading_) {
        // Not from inside the owner's call.
        asio::post(stream_.get_executor(), [self = shared_from_this()] { self->cut(); });
    } else if (deadline_ms_ == 0) {
        deadline_ms_ = now_ms() + bounds_.close_deadline.count();
    }
}

// --- closing ---

void BeastLine::expect_close(std::uint16_t code) {
    close_code_ = code;
    deadline_ms_ = now_ms() + bounds_.close_deadline.count();
}

void BeastLine::close(std::uint16_t code, std::string_view reason) {
    if (ended_ || close_wanted_) {
        return;
    }
    close_code_ = code;
    close_reason_ = reason.substr(0, kLongestReason);
    close_wanted_ = true;
    if (outlet_.is_drained()) {
        begin_close();
    } else if (deadline_ms_ == 0) {
        deadline_ms_ = now_ms() + bounds_.close_deadline.count();
    }
}

void BeastLine::begin_close() {
    if (close_begun_) {
        return;
    }
    close_begun_ = true;
    stream_.next_layer().expect_no_more();
    deadline_ms_ = now_ms() + bounds_.close_deadline.count();
    const websocket::close_reason reason(
        static_cast<websocket::close_code>(close_code_),
        beast::string_view(close_reason_.data(), close_reason_.size()));
    stream_.async_close(reason, [self = shared_from_this()](error_code error) {
        // A read that is still under way belongs to a closing that the peer or Beast began.
        if (!error || !self->reading_) {
            self->end(self->close_code_);
        }
    });
}

void BeastLine::end(std::uint16_t code) {
    if (ended_) {
        return;
    }
    ended_ = true;
    stats_.count_close(code);
    error_code ignored;
    socket_.close(ignored);
    const auto self = shared_from_this();
    std::exchange(owner_, nullptr)->on_end(code);
}

// --- deadlines ---

void BeastLine::on_tick(std::int64_t now) {
    if (ended_) {
        return;
    }
    const std::int64_t tick = bounds_.tick.count();
    if (!open_) {
        if (now - began_ms_ + tick > bounds_.upgrade_deadline.count()) {
            end(kAbnormal);
        }
        return;
    }
    if (deadline_ms_ == 0 && stream_.next_layer().is_tearing_down()) {
        deadline_ms_ = now + bounds_.close_deadline.count();
    }
    if (deadline_ms_ != 0) {
        judge_closing(now);
        return;
    }
    // One tick early rather than one late.
    if (stream_.next_layer().waited_ms(now) + tick > bounds_.message_deadline.count()) {
        owner_->on_too_slow("a message took too long to come");
    }
}

void BeastLine::judge_closing(std::int64_t now) {
    if (now < deadline_ms_) {
        return;
    }
    if (stream_.next_layer().is_tearing_down() && socket_.is_open()) {
        error_code ignored;
        socket_.close(ignored);  // ends the teardown, and Beast says for what it was
    } else {
        cut();
    }
}

}  // namespace

std::shared_ptr<Line> make_line(Socket socket,
                                const LineBounds& bounds,
                                ShardStats& stats,
                                std::shared_ptr<Line::Owner> owner) {
    return std::make_shared<BeastLine>(std::move(socket), bounds, stats, std::move(owner));
}

}  // namespace tocsin::net
