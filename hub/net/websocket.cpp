#include "hub/net/websocket.hpp"

#include <optional>
#include <random>

#include "hub/net/clock.hpp"
#include "hub/net/line.hpp"

namespace tocsin::net {

namespace {

std::uint32_t random_number() {
    thread_local std::minstd_rand generator{std::random_device{}()};
    return static_cast<std::uint32_t>(generator());
}

class WebSocket final : public Peer,
                        public Line::Owner,
                        public std::enable_shared_from_this<WebSocket> {
public:
    WebSocket(Room& room, Granted& granted);

    void start(Socket socket, const Request& request);

    const session::Principal& principal() const override { return machine_.principal(); }
    void flush() override;
    void prefetch() const override;
    void on_rights(fanout::RightsPtr rights, bool device_revoked) override;
    void on_new_epoch() override;
    void on_store_changed(std::int64_t now) override;
    void on_shutdown() override;
    void on_tick(std::int64_t now) override;
    void cut() override { line_->cut(); }

    void on_open() override;
    void on_message(std::string_view bytes, bool is_text) override;
    bool wants_message() const override { return machine_.wants_reading(); }
    void on_room() override;
    void on_too_slow(std::string_view why) override;
    void on_end(std::uint16_t code) override;

private:
    void perform_actions();
    void perform(session::Submit& action);
    void perform(session::FetchSnapshot& action);
    void perform(session::FetchHistory& action);
    void perform(session::FetchIncident& action);
    void perform(session::FetchNotice& action);
    void perform(session::FetchStats& action);
    // No other open connection has it.
    std::uint64_t console_number() const {
        return static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(this));
    }
    void perform(session::PassMark& action);
    void perform(session::PassAttendance& action);
    void perform(session::FeedsChanged& action);
    void perform(session::Close& action);
    template <class Call>
    auto later(Call call);
    void send_on();

    Room& room_;
    Seat seat_;
    Seat device_seat_;
    fanout::Slot slot_ = 0;
    bool revoked_early_ = false;  // while the upgrade was still being answered
    bool shut_down_early_ = false;
    bool ended_ = false;
    bool is_console_ = false;
    const bool is_json_;
    std::optional<session::Close> closing_;
    std::shared_ptr<Line> line_;
    session::Connection machine_;
};

WebSocket::WebSocket(Room& room, Granted& granted)
    : room_(room),
      seat_(std::move(granted.seat)),
      device_seat_(std::move(granted.device_seat)),
      is_json_(granted.encoding == session::Encoding::json),
      machine_(std::move(granted.principal),
               granted.encoding,
               room.settings().limits,
               room.window(),
               room.surroundings(),
               &random_number) {}

void WebSocket::start(Socket socket, const Request& request) {
    slot_ = room_.enter(shared_from_this());
    line_ = make_line(std::move(socket), room_.line_bounds(), room_.stats(), shared_from_this());
    line_->accept(request, is_json_ ? kJsonProtocol : kBinaryProtocol);
}

// --- what the line says ---

void WebSocket::on_open() {
    ++room_.stats().upgraded;
    machine_.on_open(now_ms());
    if (revoked_early_) {
        machine_.on_rights(machine_.principal().rights, true);
    }
    if (shut_down_early_) {
        machine_.on_shutdown();
    }
    flush();
}

void WebSocket::on_message(std::string_view bytes, bool is_text) {
    machine_.on_message(bytes, is_text, now_ms());
    room_.wake(slot_);
}

void WebSocket::on_room() {
    machine_.on_sent(now_ms());
    room_.wake(slot_);
}

void WebSocket::on_too_slow(std::string_view why) {
    machine_.fail(session::CloseCode::too_slow, std::string(why));
    room_.wake(slot_);
}

void WebSocket::on_end(std::uint16_t) {
    ended_ = true;
    seat_ = {};
    device_seat_ = {};
    if (is_console_) {
        room_.district().console_gone(console_number());
    }
    room_.leave(slot_);  // may drop the last reference but the line's
}

// --- what the room says ---

void WebSocket::on_rights(fanout::RightsPtr rights, bool device_revoked) {
    if (!line_->is_open()) {
        revoked_early_ = revoked_early_ || device_revoked || rights->feeds.empty();
    }
    machine_.on_rights(std::move(rights), device_revoked);
}

void WebSocket::on_new_epoch() {
    if (line_->is_open()) {
        machine_.on_new_epoch();
    }
}

void WebSocket::on_store_changed(std::int64_t now) {
    if (line_->is_open()) {
        machine_.on_store_changed(now);
    }
}

void WebSocket::on_shutdown() {
    if (line_->is_open()) {
        machine_.on_shutdown();
    } else {
        shut_down_early_ = true;
    }
}

void WebSocket::on_tick(std::int64_t now) {
    if (line_->is_open() && !closing_) {
        const bool was_deaf = !machine_.wants_reading();
        machine_.on_tick(now);
        if (machine_.is_awake() || (was_deaf && machine_.wants_reading())) {
            room_.wake(slot_);
        }
    }
    line_->on_tick(now);
}

// --- what the session asks for ---

void WebSocket::flush() {
    if (!line_->is_open()) {
        return;
    }
    perform_actions();
    send_on();
    line_->read_on();
}

void WebSocket::prefetch() const {
    constexpr std::size_t kCacheLine = 64;
    constexpr std::size_t kTouchedOfLine = 4;
    const auto fetch = [](const void* begin, std::size_t lines) {
        for (std::size_t i = 0; i < lines; ++i) {
            __builtin_prefetch(static_cast<const char*>(begin) + i * kCacheLine);
        }
    };
    fetch(line_.get(), kTouchedOfLine);
    fetch(&machine_, sizeof machine_ / kCacheLine + 1);
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

void WebSocket::perform(session::FetchNotice& action) {
    room_.district().notice(principal().rights->person.id(),
                            std::move(action.notice_id),
                            later([id = action.request_id](WebSocket& self, auto detail) {
                                self.machine_.on_notice(id, std::move(detail));
                            }));
}

void WebSocket::perform(session::FetchStats& action) {
    room_.district().times(principal().rights->person.id(),
                           std::move(action.request),
                           later([id = action.request_id](WebSocket& self, auto stats) {
                               self.machine_.on_stats(id, std::move(stats));
                           }));
}

void WebSocket::perform(session::PassMark& action) {
    room_.district().mark(principal().rights->person.id(), std::move(action.mark));
}

void WebSocket::perform(session::PassAttendance& action) {
    const std::uint64_t number = console_number();
    if (action.connected) {
        is_console_ = true;
        room_.district().console_connected(principal().rights->person.id(), number);
    } else {
        room_.district().console_attended(number, action.attended_ago_ms);
    }
}

void WebSocket::perform(session::FeedsChanged&) {
    room_.set_feeds(slot_, machine_.feeds());
}

void WebSocket::perform(session::Close& action) {
    closing_ = std::move(action);
    line_->expect_close(static_cast<std::uint16_t>(closing_->code));
}

// --- sending ---

// One load a round: whoever has more to take comes again in the next one, after the others.
void WebSocket::send_on() {
    if (!line_->has_room()) {
        return;
    }
    auto& bundles = room_.bundles();
    bundles.clear();
    const bool more = machine_.next(bundles);
    perform_actions();
    if (bundles.empty()) {
        if (closing_) {
            line_->close(static_cast<std::uint16_t>(closing_->code), closing_->reason);
        }
        return;
    }
    Load& load = room_.load();
    load.clear();
    for (fanout::BundlePtr& bundle : bundles) {
        is_json_ ? bundle->add_text(load.pieces) : bundle->add_binary(load.pieces);
        room_.stats().frames_out += static_cast<std::int64_t>(bundle->frames().size());
        load.owners.push_back(std::move(bundle));
    }
    if (!line_->send(load)) {
        machine_.on_blocked();
        return;
    }
    machine_.on_sent(room_.round_ms());
    if (more || closing_) {
        room_.wake(slot_);
    }
}

}  // namespace

void open_websocket(Room& room, Granted granted) {
    const Request request = std::move(granted.request);
    const auto opened = std::make_shared<WebSocket>(room, granted);
    opened->start(std::move(granted.socket), request);
}

}  // namespace tocsin::net
