#include "hub/session/connection.hpp"

#include <algorithm>

namespace tocsin::session {

namespace {

constexpr std::int32_t kComeBackWithinMs = 2'000;

// A connection may subscribe once in so long, beside those in a row.
constexpr std::int64_t kRefillMs = 1'000;

}  // namespace

Connection::Connection(Principal principal,
                       Encoding encoding,
                       const Limits& limits,
                       fanout::Window& window,
                       const Surroundings& surroundings,
                       std::uint32_t (*random)())
    : principal_(std::move(principal)),
      encoding_(encoding),
      limits_(limits),
      window_(window),
      surroundings_(surroundings),
      random_(random),
      subscribes_left_(limits.subscribes),
      selection_(no_selection()),
      heartbeat_ms_(limits.default_heartbeat_ms) {}

void Connection::on_open(std::int64_t now_ms) {
    now_ms_ = now_ms;
    phase_ = Phase::live;
    next_heartbeat_ms_ = now_ms + heartbeat_ms_;
    wire::Entry entry;
    wire::Welcome& welcome = *entry.mutable_welcome();
    welcome.set_time_ms(now_ms);
    welcome.set_epoch(surroundings_.epoch);
    *welcome.mutable_person() = principal_.rights->person;
    welcome.set_device_id(principal_.device_id);
    for (const std::string& channel : principal_.rights->channels) {
        welcome.add_channels(channel);
    }
    welcome.mutable_limits()->set_message_bytes(limits_.message_bytes);
    welcome.mutable_limits()->set_text_chars(limits_.text_chars);
    welcome.mutable_limits()->set_unanswered_requests(limits_.unanswered_requests);
    welcome.mutable_limits()->set_channels(limits_.channels);
    welcome.set_heartbeat_ms(heartbeat_ms_);
    welcome.set_hub_version(surroundings_.hub_version);
    say(entry);
    heartbeat_due_ = !surroundings_.store_well;
}

void Connection::on_message(std::string_view bytes, bool is_text, std::int64_t now_ms) {
    now_ms_ = now_ms;
    if (phase_ == Phase::closing) {
        return;
    }
    if (is_text != (encoding_ == Encoding::json)) {
        fail(CloseCode::unsupported_data,
             is_text ? "text message on a binary subprotocol"
                     : "binary message on a text subprotocol");
        return;
    }
    if (bytes.size() > static_cast<std::size_t>(limits_.message_bytes)) {
        fail(CloseCode::too_big, "message over the bound");
        return;
    }
    auto message = decode(bytes, encoding_);
    if (message) {
        on_request(std::move(*message), now_ms);
        return;
    }
    refuse(message.error().request_id, message.error().refusal);
    if (!message.error().protocol_kept) {
        fail(CloseCode::malformed, "not a ClientMessage");
    }
}

void Connection::on_request(wire::ClientMessage message, std::int64_t now_ms) {
    const std::int64_t id = message.request_id();
    switch (message.request_case()) {
        case wire::ClientMessage::kSubscribe:
            --subscribes_left_;
            become_console();
            subscribe(id, message.subscribe());
            return;
        case wire::ClientMessage::kCommand:
            ++unanswered_;
            actions_.emplace_back(Submit{id, std::move(*message.mutable_command()), now_ms});
            return;
        case wire::ClientMessage::kGetIncident:
            ++unanswered_;
            fetching_detail_ = true;
            actions_.emplace_back(FetchIncident{id, message.get_incident().incident_id()});
            return;
        case wire::ClientMessage::kGetNotice:
            ++unanswered_;
            fetching_detail_ = true;
            actions_.emplace_back(FetchNotice{id, message.get_notice().notice_id()});
            return;
        case wire::ClientMessage::kPing: {
            wire::Entry entry;
            entry.mutable_pong()->set_time_ms(now_ms);
            answer(id, std::move(entry));
            return;
        }
        case wire::ClientMessage::kMark:
            take_mark(id, message.mark(), now_ms);
            return;
        case wire::ClientMessage::kAttended:
            take_attended(message.attended(), now_ms);
            return;
        case wire::ClientMessage::kGetStats:
            ++unanswered_;
            fetching_stats_ = true;
            actions_.emplace_back(FetchStats{id, std::move(*message.mutable_get_stats())});
            return;
        case wire::ClientMessage::REQUEST_NOT_SET:
            return;
    }
}

void Connection::on_receipt(std::int64_t request_id,
                            domain::Result<wire::Receipt> receipt,
                            std::int64_t now_ms) {
    now_ms_ = now_ms;
    --unanswered_;
    if (!receipt) {
        refuse(request_id, receipt.error());
        return;
    }
    wire::Entry entry;
    *entry.mutable_receipt() = std::move(*receipt);
    answer(request_id, std::move(entry));
}

void Connection::on_incident(std::int64_t request_id,
                             domain::Result<std::vector<wire::IncidentDetail>> detail) {
    --unanswered_;
    fetching_detail_ = false;
    if (!detail) {
        refuse(request_id, detail.error());
        return;
    }
    for (wire::IncidentDetail& part : *detail) {
        wire::Entry entry;
        *entry.mutable_incident_detail() = std::move(part);
        answer(request_id, std::move(entry));
    }
}

void Connection::on_notice(std::int64_t request_id,
                           domain::Result<std::vector<wire::NoticeDetail>> detail) {
    --unanswered_;
    fetching_detail_ = false;
    if (!detail) {
        refuse(request_id, detail.error());
        return;
    }
    for (wire::NoticeDetail& part : *detail) {
        wire::Entry entry;
        *entry.mutable_notice_detail() = std::move(part);
        answer(request_id, std::move(entry));
    }
}

void Connection::on_stats(std::int64_t request_id, domain::Result<wire::Stats> stats) {
    --unanswered_;
    fetching_stats_ = false;
    if (!stats) {
        refuse(request_id, stats.error());
        return;
    }
    wire::Entry entry;
    *entry.mutable_stats() = std::move(*stats);
    answer(request_id, std::move(entry));
}

void Connection::on_store_changed(std::int64_t now_ms) {
    now_ms_ = now_ms;
    heartbeat_due_ = phase_ == Phase::live;
}

void Connection::on_shutdown() {
    say_goodbye(wire::GOODBYE_REASON_SHUTTING_DOWN,
                CloseCode::shutting_down,
                spread(kComeBackWithinMs),
                "shutting down");
}

void Connection::fail(CloseCode code, std::string reason) {
    const bool slow = code == CloseCode::too_slow;
    say_goodbye(slow ? wire::GOODBYE_REASON_TOO_SLOW : wire::GOODBYE_REASON_PROTOCOL,
                code,
                slow ? spread(kComeBackWithinMs) : 0,
                std::move(reason));
}

void Connection::on_tick(std::int64_t now_ms) {
    now_ms_ = now_ms;
    if (phase_ != Phase::live) {
        return;
    }
    pass_marks(now_ms);
    if (now_ms >= next_refill_ms_) {
        next_refill_ms_ = now_ms + kRefillMs;
        subscribes_left_ = std::min(subscribes_left_ + 1, limits_.subscribes);
    }
    if (in_flight_ && now_ms - sending_since_ms_ >= limits_.stalled_ms) {
        fail(CloseCode::too_slow, "took nothing for too long");
        return;
    }
    if (!surroundings_.store_well &&
        now_ms - surroundings_.store_away_since_ms >= limits_.store_away_ms) {
        say_goodbye(wire::GOODBYE_REASON_STORE_AWAY,
                    CloseCode::store_away,
                    spread(kComeBackWithinMs),
                    "no store");
        return;
    }
    if (now_ms >= next_heartbeat_ms_) {
        heartbeat_due_ = true;
        next_heartbeat_ms_ = now_ms + heartbeat_ms_;
    }
}

std::vector<Action> Connection::take_actions() {
    return std::exchange(actions_, {});
}

}  // namespace tocsin::session
