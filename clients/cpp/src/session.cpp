#include "tocsin/session.hpp"

#include <algorithm>
#include <utility>

namespace tocsin::client {
namespace {

// Close codes from here on say: do not come back (docs/protocol.md).
constexpr int kFirstFinalCloseCode = 4500;
constexpr int kMessageTooBig = 1009;

bool is_final(const Closed& closed, const std::optional<wire::Goodbye>& goodbye) {
    if (closed.hopeless || closed.close_code >= kFirstFinalCloseCode ||
        closed.close_code == kMessageTooBig) {
        return true;
    }
    if (closed.http_status != 0) {
        // 5xx and 429 pass; whatever else a server says to the upgrade, it will say again.
        return closed.http_status < 500 && closed.http_status != 429;
    }
    return goodbye && goodbye->retry_after_ms() == 0 &&
           (goodbye->reason() == wire::GOODBYE_REASON_REVOKED ||
            goodbye->reason() == wire::GOODBYE_REASON_PROTOCOL);
}

}  // namespace

Millis Session::silence_allowed() const {
    return heartbeat_ * 5 / 2;
}

Session::Session(SessionOptions options, Random random)
    : options_(options),
      random_(std::move(random)),
      backoff_(options.backoff_base, options.backoff_cap) {}

void Session::start(Instant now) {
    if (stage_ == Stage::idle) {
        stage_ = Stage::opening;
        reconnect_at_ = now;
        actions_.emplace_back(Open{});
    }
}

void Session::subscribe(Subscription wish, Instant now) {
    position_ = wish.cursor ? Position(*wish.cursor) : Position();
    wish_ = std::move(wish);
    subscribe_request_ = 0;
    subscribed_ = false;
    subscribe_not_before_ = Instant{};
    pump(now);
}

void Session::submit(wire::Command command, Instant now) {
    outbox_.push_back({.command = std::move(command)});
    pump(now);
}

void Session::get_incident(std::string incident_id, Instant now) {
    wanted_.push_back({.id = std::move(incident_id)});
    pump(now);
}

void Session::get_notice(std::string notice_id, Instant now) {
    wanted_.push_back({.id = std::move(notice_id), .is_notice = true});
    pump(now);
}

void Session::on_open(Instant now) {
    if (stage_ == Stage::opening) {
        stage_ = Stage::open;
        silent_until_ = now + options_.welcome_within;
    }
}

void Session::on_message(std::string_view bytes, Instant now) {
    if (stage_ != Stage::open && stage_ != Stage::welcomed) {
        return;
    }
    wire::ServerMessage message;
    if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
        actions_.emplace_back(Abandon{});
        lose({.why = "the hub sent something that is not a message of tocsin.v1"}, now);
        return;
    }
    if (stage_ == Stage::welcomed) {
        silent_until_ = now + silence_allowed();
    }
    for (auto& entry : *message.mutable_entries()) {
        hear(std::move(entry), now);
    }
    pump(now);
}

void Session::on_closed(const Closed& closed, Instant now) {
    if (stage_ == Stage::opening || stage_ == Stage::open || stage_ == Stage::welcomed) {
        lose(closed, now);
    }
}

void Session::on_time(Instant now) {
    switch (stage_) {
        case Stage::waiting:
            if (now >= reconnect_at_) {
                stage_ = Stage::opening;
                actions_.emplace_back(Open{});
            }
            break;
        case Stage::open:
            if (now >= silent_until_) {
                actions_.emplace_back(Abandon{});
                lose({.why = "the hub said no welcome"}, now);
            }
            break;
        case Stage::welcomed:
            if (now >= silent_until_) {
                actions_.emplace_back(Abandon{});
                lose({.why = "the hub missed two heartbeats"}, now);
            } else {
                pump(now);
            }
            break;
        case Stage::idle:
        case Stage::opening:
        case Stage::ended:
            break;
    }
}

// Sends what may go: the subscription first, then commands in order, as far as the hub lets
// requests stand unanswered.
void Session::pump(Instant now) {
    if (stage_ != Stage::welcomed || goodbye_) {
        return;
    }
    if (wish_ && subscribe_request_ == 0 && subscribe_not_before_ <= now && has_room()) {
        wire::ClientMessage message;
        auto& subscribe = *message.mutable_subscribe();
        subscribe.mutable_channels()->Add(wish_->channels.begin(), wish_->channels.end());
        if (const auto& cursor = position_.cursor()) {
            *subscribe.mutable_cursor() = *cursor;
        }
        subscribe.set_heartbeat_ms(wish_->heartbeat_ms);
        subscribe.set_no_snapshot(wish_->no_snapshot);
        subscribe_request_ = send(std::move(message));
        subscribed_ = false;
    }
    for (auto it = outbox_.begin(); it != outbox_.end() && has_room();) {
        if (it->request_id != 0) {
            ++it;
            continue;
        }
        if (it->not_before > now) {
            break;  // what was submitted later must not overtake it
        }
        wire::ClientMessage message;
        message.set_request_id(last_request_id_ + 1);
        *message.mutable_command() = it->command;
        if (const auto bytes = message.ByteSizeLong();
            bytes > static_cast<std::size_t>(most_bytes_)) {
            refuse_too_long(it->command, bytes);
            it = outbox_.erase(it);
            continue;
        }
        it->request_id = send(std::move(message));
        ++it;
    }
    for (auto& wanted : wanted_) {
        if (wanted.request_id == 0 && wanted.not_before <= now && has_room()) {
            wire::ClientMessage message;
            if (wanted.is_notice) {
                message.mutable_get_notice()->set_notice_id(wanted.id);
            } else {
                message.mutable_get_incident()->set_incident_id(wanted.id);
            }
            wanted.request_id = send(std::move(message));
        }
    }
    pump_stats(now);
    pump_marks(now);
    pump_attended(now);
}

bool Session::has_room() const {
    return unanswered_requests_ < most_unanswered_;
}

std::int64_t Session::send(wire::ClientMessage message) {
    message.set_request_id(++last_request_id_);
    ++unanswered_requests_;
    actions_.emplace_back(Send{.bytes = message.SerializeAsString()});
    return last_request_id_;
}

// Sent, it would cost the connection, and every other command on it, again and again.
void Session::refuse_too_long(const wire::Command& command, std::size_t bytes) {
    wire::Refusal refusal;
    refusal.set_code(command.has_put_area() ? "too_many" : "text_too_long");
    refusal.set_field("command");
    refusal.set_message("The command is " + std::to_string(bytes) + " bytes long; the hub reads " +
                        std::to_string(most_bytes_) + ".");
    happenings_.emplace_back(
        Refused{.what = Refused::What::command, .id = command.id(), .refusal = std::move(refusal)});
}

void Session::lose(const Closed& closed, Instant now) {
    const bool was_settled =
        stage_ == Stage::welcomed && now - welcomed_at_ >= options_.settled_after;
    const auto goodbye = std::exchange(goodbye_, std::nullopt);
    forget_connection();
    if (is_final(closed, goodbye)) {
        stage_ = Stage::ended;
        happenings_.emplace_back(Ended{.closed = closed});
        return;
    }
    if (was_settled) {
        backoff_.reset();
    }
    auto retry_in = backoff_.next(random_);
    if (goodbye && goodbye->retry_after_ms() > 0) {
        retry_in = Millis(goodbye->retry_after_ms());  // already spread by the hub
    } else if (closed.refusal && closed.refusal->retry_after_ms() > 0) {
        retry_in += Millis(closed.refusal->retry_after_ms());
    }
    stage_ = Stage::waiting;
    reconnect_at_ = now + retry_in;
    happenings_.emplace_back(Disconnected{.closed = closed, .retry_in = retry_in});
}

void Session::forget_connection() {
    unanswered_requests_ = 0;
    subscribe_request_ = 0;
    subscribed_ = false;
    subscribe_not_before_ = Instant{};
    for (auto& outgoing : outbox_) {
        outgoing.request_id = 0;
        outgoing.not_before = Instant{};
    }
    for (auto& wanted : wanted_) {
        wanted.request_id = 0;
        wanted.not_before = Instant{};
        wanted.incident.Clear();
        wanted.notice.Clear();
    }
    forget_proof();
}

std::vector<Action> Session::take_actions() {
    return std::exchange(actions_, {});
}

std::optional<Happening> Session::take_happening() {
    if (happenings_.empty()) {
        return std::nullopt;
    }
    auto happening = std::move(happenings_.front());
    happenings_.pop_front();
    return happening;
}

std::optional<Instant> Session::next_retry() const {
    std::optional<Instant> first;
    const auto consider = [&first](Instant at) {
        if (at != Instant{} && (!first || at < *first)) {
            first = at;
        }
    };
    if (wish_ && subscribe_request_ == 0) {
        consider(subscribe_not_before_);
    }
    for (const auto& outgoing : outbox_) {
        if (outgoing.request_id == 0) {
            consider(outgoing.not_before);
            break;
        }
    }
    for (const auto& wanted : wanted_) {
        if (wanted.request_id == 0) {
            consider(wanted.not_before);
        }
    }
    if (asked_ && asked_->request_id == 0) {
        consider(asked_->not_before);
    }
    if (!attended_is_said_) {
        consider(attended_not_before_);
    }
    if (has_marks_to_send()) {
        consider(marks_not_before_);
    }
    return first;
}

std::optional<Instant> Session::wake_at() const {
    switch (stage_) {
        case Stage::waiting:
            return reconnect_at_;
        case Stage::open:
            return silent_until_;
        case Stage::welcomed: {
            const auto retry = next_retry();
            return retry ? std::min(*retry, silent_until_) : silent_until_;
        }
        case Stage::idle:
        case Stage::opening:
        case Stage::ended:
            break;
    }
    return std::nullopt;
}

std::vector<wire::Command> Session::unanswered() const {
    std::vector<wire::Command> commands;
    commands.reserve(outbox_.size());
    for (const auto& outgoing : outbox_) {
        commands.push_back(outgoing.command);
    }
    return commands;
}

}  // namespace tocsin::client
