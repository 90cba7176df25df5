#include "hub/net/websocket.hpp"

#include <boost/beast/websocket/stream.hpp>
#include <random>

#include "hub/net/clock.hpp"
#include "hub/net/counted_stream.hpp"

namespace tocsin::net {

namespace {

namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using Stream = websocket::stream<CountedStream, /*deflateSupported=*/false>;

constexpr std::size_t kIdleReadBytes = 64;
constexpr std::size_t kFirstReadBytes = 1'024;
constexpr std::uint16_t kAbnormal = 1006;  // what RFC 6455 calls an end without a close frame

std::uint32_t random_number() {
    thread_local std::minstd_rand generator{std::random_device{}()};
    return static_cast<std::uint32_t>(generator());
}

class WebSocket final : public Peer,
                        public CountedStream::Owner,
                        public std::enable_shared_from_this<WebSocket> {
public:
    WebSocket(Room& room, Granted granted);

    void start(const Request& request);

    const session::Principal& principal() const override { return machine_.principal(); }
    void flush() override;
    void on_rights(fanout::RightsPtr rights, bool device_revoked) override;
    void on_new_epoch() override;
    void on_store_changed(std::int64_t now) override;
    void on_shutdown() override;
    void on_tick(std::int64_t now) override;
    void cut() override { end(closing_ ? static_cast<std::uint16_t>(closing_->code) : kAbnormal); }
    void on_flooded() override;

private:
    void on_open(error_code error);
    void perform_actions();
    void perform(session::Submit& action);
    void perform(session::FetchSnapshot& action);
    void perform(session::FetchHistory& action);
    void perform(session::FetchIncident& action);
    void perform(session::FeedsChanged& action);
    void perform(session::Close& action);
    template <class Call>
    auto later(Call call);

    void read_on();
    asio::mutable_buffer read_target();
    void on_read(error_code error, std::size_t bytes);
    void on_read_error(error_code error);

    void write_on();
    void write_part();
    void on_written(error_code error);
    void begin_close();
    void end(std::uint16_t code);

    Room& room_;
    Seat seat_;
    Seat device_seat_;
    fanout::Slot slot_ = 0;
    bool open_ = false;
    bool revoked_early_ = false;  // while the upgrade was still being answered
    bool shut_down_early_ = false;
    bool reading_ = false;
    bool writing_ = false;
    bool write_failed_ = false;
    bool close_begun_ = false;
    bool ended_ = false;
    const bool is_json_;
    const std::int64_t began_ms_;
    std::int64_t deadline_ms_ = 0;  // of closing; 0: not closing
    std::optional<session::Close> closing_;

    session::Connection machine_;
    Stream stream_;

    std::array<char, kIdleReadBytes> idle_buffer_;
    std::string message_;  // one that does not fit into the idle buffer, as far as it has come
    std::size_t message_bytes_ = 0;

    std::vector<fanout::FramePtr> parts_;  // being sent
    std::size_t next_part_ = 0;            // JSON: which of them
    Bytes sending_;
};

WebSocket::WebSocket(Room& room, Granted granted)
    : room_(room),
      seat_(std::move(granted.seat)),
      device_seat_(std::move(granted.device_seat)),
      is_json_(granted.encoding == session::Encoding::json),
      began_ms_(now_ms()),
      machine_(std::move(granted.principal),
               granted.encoding,
               room.settings().limits,
               room.window(),
               room.surroundings(),
               &random_number),
      stream_(std::move(granted.socket),
              room.stats(),
              *this,
              static_cast<std::size_t>(room.settings().limits.message_bytes) +
                  room.settings().framing_bytes) {}

// --- opening and closing ---

void WebSocket::start(const Request& request) {
    slot_ = room_.enter(shared_from_this());
    stream_.read_message_max(static_cast<std::size_t>(room_.settings().limits.message_bytes));
    stream_.auto_fragment(false);
    if (is_json_) {
        stream_.text(true);
    } else {
        stream_.binary(true);
    }
    stream_.control_callback([this](websocket::frame_type type, beast::string_view payload) {
        if (type == websocket::frame_type::close) {
            stream_.next_layer().expect_no_more();
        } else {
            stream_.next_layer().explain_control(payload.size());
        }
    });
    const std::string_view protocol = is_json_ ? kJsonProtocol : kBinaryProtocol;
    stream_.set_option(
        websocket::stream_base::decorator([protocol](websocket::response_type& answer) {
            answer.set(beast::http::field::sec_websocket_protocol,
                       beast::string_view(protocol.data(), protocol.size()));
        }));
    stream_.async_accept(request,
                         [self = shared_from_this()](error_code error) { self->on_open(error); });
}

void WebSocket::on_open(error_code error) {
    if (ended_) {
        return;
    }
    if (error) {
        end(kAbnormal);
        return;
    }
    ++room_.stats().upgraded;
    open_ = true;
    machine_.on_open(now_ms());
    if (revoked_early_) {
        machine_.on_rights(machine_.principal().rights, true);
    }
    if (shut_down_early_) {
        machine_.on_shutdown();
    }
    flush();
}

void WebSocket::begin_close() {
    close_begun_ = true;
    stream_.next_layer().expect_no_more();
    deadline_ms_ = now_ms() + room_.settings().close_deadline.count();
    std::string_view text = closing_->reason;
    constexpr std::size_t kLongestReason = 123;
    text = text.substr(0, kLongestReason);
    const websocket::close_reason reason(static_cast<websocket::close_code>(closing_->code),
                                         beast::string_view(text.data(), text.size()));
    stream_.async_close(reason, [self = shared_from_this()](error_code close_error) {
        // A read that is still under way belongs to a closing that the peer or Beast began.
        if (!close_error || !self->reading_) {
            self->end(static_cast<std::uint16_t>(self->closing_->code));
        }
    });
}

void WebSocket::end(std::uint16_t code) {
    if (ended_) {
        return;
    }
    ended_ = true;
    room_.stats().count_close(code);
    error_code ignored;
    stream_.next_layer().socket().close(ignored);
    seat_ = {};
    device_seat_ = {};
    room_.leave(slot_);  // may drop the last reference but the caller's
}

// --- what the room says ---

void WebSocket::on_rights(fanout::RightsPtr rights, bool device_revoked) {
    if (!open_) {
        revoked_early_ = revoked_early_ || device_revoked || rights->feeds.empty();
    }
    machine_.on_rights(std::move(rights), device_revoked);
}

void WebSocket::on_new_epoch() {
    if (open_) {
        machine_.on_new_epoch();
    }
}

void WebSocket::on_store_changed(std::int64_t now) {
    if (open_) {
        machine_.on_store_changed(now);
    }
}

void WebSocket::on_shutdown() {
    if (open_) {
        machine_.on_shutdown();
    } else {
        shut_down_early_ = true;
    }
}

void WebSocket::on_flooded() {
    if (open_) {
        machine_.fail(session::CloseCode::too_slow, "far more framing than message");
        room_.wake(slot_);
    }
}

void WebSocket::on_tick(std::int64_t now) {
    const ShardSettings& settings = room_.settings();
    const std::int64_t tick = settings.tick.count();
    if (!open_) {
        if (now - began_ms_ + tick > settings.upgrade_deadline.count()) {
            end(kAbnormal);
        }
        return;
    }
    if (deadline_ms_ == 0 && stream_.next_layer().is_tearing_down()) {
        deadline_ms_ = now + settings.close_deadline.count();
    }
    if (deadline_ms_ != 0) {
        Socket& socket = stream_.next_layer().socket();
        if (now >= deadline_ms_ && stream_.next_layer().is_tearing_down() && socket.is_open()) {
            error_code ignored;
            socket.close(ignored);  // ends the teardown, and Beast says for what it was
        } else if (now >= deadline_ms_) {
            cut();
        }
        return;
    }
    machine_.on_tick(now);
    // One tick early rather than one late.
    if (stream_.next_layer().waited_ms(now) + tick > settings.message_deadline.count()) {
        machine_.fail(session::CloseCode::too_slow, "a message took too long to come");
    }
    room_.wake(slot_);
}

// --- what the session asks for ---

void WebSocket::flush() {
    if (!open_ || ended_) {
        return;
    }
    perform_actions();
    write_on();
    read_on();
}

void WebSocket::perform_actions() {
    for (auto actions = machine_.take_actions(); !actions.empty();
         actions = machine_.take_actions()) {
        for (session::Action& action : actions) {
            std::visit([this](auto& what) { perform(what); }, action);
        }
    }
}

// An answer's way back: dropped where the connection has ended.
template <class Call>
auto WebSocket::later(Call call) {
    return [weak = weak_from_this(), call = std::move(call)](auto answer) {
        if (const auto self = weak.lock(); self != nullptr && !self->ended_) {
            call(*self, std::move(answer));
            self->room_.wake(self->slot_);
        }
    };
}

void WebSocket::perform(session::Submit& action) {
    room_.district().submit(principal().rights->person.id(),
                            principal().device_id,
                            std::move(action.command),
                            action.read_time_ms,
                            later([id = action.request_id](WebSocket& self, auto receipt) {
                                self.machine_.on_receipt(id, std::move(receipt), now_ms());
                            }));
}

void WebSocket::perform(session::FetchSnapshot& action) {
    room_.district().snapshot(std::move(action.feeds),
                              later([ticket = action.ticket](WebSocket& self, auto pages) {
                                  self.machine_.on_snapshot(ticket, std::move(pages));
                              }));
}

void WebSocket::perform(session::FetchHistory& action) {
    room_.district().history(action.after,
                             later([ticket = action.ticket](WebSocket& self, auto stretch) {
                                 self.machine_.on_history(ticket, std::move(stretch));
                             }));
}

void WebSocket::perform(session::FetchIncident& action) {
    room_.district().incident(principal().rights->person.id(),
                              std::move(action.incident_id),
                              later([id = action.request_id](WebSocket& self, auto detail) {
                                  self.machine_.on_incident(id, std::move(detail));
                              }));
}

void WebSocket::perform(session::FeedsChanged&) {
    room_.set_feeds(slot_, machine_.feeds());
}

void WebSocket::perform(session::Close& action) {
    closing_ = std::move(action);
    deadline_ms_ = now_ms() + room_.settings().close_deadline.count();
}

// --- reading ---

void WebSocket::read_on() {
    if (reading_ || ended_ || close_begun_ || !machine_.wants_reading()) {
        return;
    }
    reading_ = true;
    stream_.async_read_some(read_target(),
                            [self = shared_from_this()](error_code error, std::size_t bytes) {
                                self->on_read(error, bytes);
                            });
}

asio::mutable_buffer WebSocket::read_target() {
    if (message_bytes_ == 0 && message_.empty()) {
        return asio::buffer(idle_buffer_);
    }
    if (message_bytes_ == message_.size()) {
        message_.resize(std::max(kFirstReadBytes, 2 * message_.size()));
    }
    return asio::buffer(message_.data() + message_bytes_, message_.size() - message_bytes_);
}

void WebSocket::on_read(error_code error, std::size_t bytes) {
    reading_ = false;
    if (ended_) {
        return;
    }
    if (error) {
        on_read_error(error);
        return;
    }
    if (!stream_.is_message_done()) {
        if (message_.empty()) {
            message_.assign(idle_buffer_.data(), bytes);
        }
        message_bytes_ += bytes;
        reading_ = true;
        stream_.async_read_some(
            read_target(), [self = shared_from_this()](error_code next_error, std::size_t more) {
                self->on_read(next_error, more);
            });
        return;
    }
    stream_.next_layer().explain_all();
    ++room_.stats().messages_in;
    const std::string_view whole = message_.empty()
                                       ? std::string_view(idle_buffer_.data(), bytes)
                                       : std::string_view(message_.data(), message_bytes_ + bytes);
    machine_.on_message(whole, stream_.got_text(), now_ms());
    message_ = {};
    message_bytes_ = 0;
    room_.wake(slot_);
    read_on();
}

void WebSocket::on_read_error(error_code error) {
    if (closing_) {
        // The peer answered our close, or is gone.
        end(static_cast<std::uint16_t>(closing_->code));
    } else if (error == websocket::error::closed) {
        end(stream_.reason().code);
    } else if (error == websocket::error::message_too_big) {
        end(websocket::close_code::too_big);
    } else if (error == websocket::error::bad_frame_payload) {
        end(websocket::close_code::bad_payload);
    } else if (error == websocket::condition::protocol_violation) {
        end(websocket::close_code::protocol_error);
    } else {
        end(kAbnormal);
    }
}

// --- writing ---

void WebSocket::write_on() {
    if (writing_ || ended_ || close_begun_ || write_failed_) {
        return;
    }
    parts_ = machine_.next().parts;
    perform_actions();
    if (parts_.empty()) {
        if (closing_) {
            begin_close();
        }
        return;
    }
    writing_ = true;
    next_part_ = 0;
    write_part();
}

void WebSocket::write_part() {
    asio::const_buffer bytes;
    if (is_json_) {
        bytes = asio::buffer(parts_[next_part_]->json());
    } else {
        sending_ = room_.joined().of(parts_);
        bytes = asio::buffer(*sending_);
    }
    stream_.async_write(bytes, [self = shared_from_this()](error_code error, std::size_t) {
        self->on_written(error);
    });
}

void WebSocket::on_written(error_code error) {
    if (ended_) {
        return;
    }
    if (error) {
        // A closing that the peer or Beast began ends with its read; without one there is nothing
        // left to wait for.
        writing_ = false;
        write_failed_ = true;
        if (!reading_) {
            end(closing_ ? static_cast<std::uint16_t>(closing_->code) : kAbnormal);
        } else if (deadline_ms_ == 0) {
            deadline_ms_ = now_ms() + room_.settings().close_deadline.count();
        }
        return;
    }
    if (is_json_ && ++next_part_ < parts_.size()) {
        write_part();
        return;
    }
    room_.stats().frames_out += static_cast<std::int64_t>(parts_.size());
    writing_ = false;
    parts_ = {};
    sending_.reset();
    machine_.on_sent(now_ms());
    write_on();
    read_on();
}

}  // namespace

void open_websocket(Room& room, Granted granted) {
    const Request request = std::move(granted.request);
    std::make_shared<WebSocket>(room, std::move(granted))->start(request);
}

}  // namespace tocsin::net
