#include "tocsin/session.hpp"

#include <algorithm>
#include <utility>

namespace tocsin::client {
namespace {

// Close codes from here on say: do not come back (docs/protocol.md).
constexpr int kFirstFinalCloseCode = 4500;
constexpr int kMessageTooBig = 1009;

// The second heartbeat missed, and half of one for the way.
Millis silence_allowed(Millis heartbeat) {
    return heartbeat * 5 / 2;
}

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

void merge(wire::Incident& whole, const wire::Incident& part) {
    if (whole.id().empty() || part.version() > whole.version()) {
        whole = part;
    } else if (part.version() == whole.version()) {
        whole.mutable_reports()->MergeFrom(part.reports());
    }
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
    wanted_.push_back({.incident_id = std::move(incident_id), .whole = {}});
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
        silent_until_ = now + silence_allowed(heartbeat_);
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

void Session::hear(wire::Entry entry, Instant now) {
    switch (entry.body_case()) {
        case wire::Entry::kWelcome:
            hear_welcome(entry.welcome(), now);
            tell_heard(std::move(entry));
            break;
        case wire::Entry::kSubscribed:
            if (entry.request_id() != 0) {
                --unanswered_requests_;
                if (entry.request_id() != subscribe_request_) {
                    break;  // answers a subscription that was replaced meanwhile
                }
                subscribed_ = true;
            }
            if (entry.subscribed().heartbeat_ms() > 0) {
                heartbeat_ = Millis(entry.subscribed().heartbeat_ms());
                silent_until_ = now + silence_allowed(heartbeat_);
            }
            position_.on_subscribed(entry.subscribed());
            tell_heard(std::move(entry));
            break;
        case wire::Entry::kEvent:
            if (subscribed_) {
                position_.on_event(entry.event());
                tell_heard(std::move(entry));
            }
            break;
        case wire::Entry::kSnapshot:
            if (subscribed_) {
                position_.on_snapshot(entry.snapshot());
                tell_heard(std::move(entry));
            }
            break;
        case wire::Entry::kReset:
            if (subscribed_) {
                position_.on_reset();
                tell_heard(std::move(entry));
            }
            break;
        case wire::Entry::kHeartbeat:
            if (subscribed_) {
                position_.on_heartbeat(entry.heartbeat());
            }
            tell_heard(std::move(entry));
            break;
        case wire::Entry::kGoodbye:
            goodbye_ = entry.goodbye();
            tell_heard(std::move(entry));
            break;
        case wire::Entry::kReceipt: {
            const auto it = std::ranges::find(outbox_, entry.request_id(), &Outgoing::request_id);
            if (entry.request_id() != 0 && it != outbox_.end()) {
                --unanswered_requests_;
                outbox_.erase(it);
                happenings_.emplace_back(Stored{.receipt = entry.receipt()});
            }
            break;
        }
        case wire::Entry::kRefusal:
            hear_refusal(entry, now);
            break;
        case wire::Entry::kIncidentDetail:
            hear_detail(entry);
            break;
        case wire::Entry::kPong:
        case wire::Entry::BODY_NOT_SET:
            break;
    }
}

void Session::hear_welcome(const wire::Welcome& welcome, Instant now) {
    stage_ = Stage::welcomed;
    welcomed_at_ = now;
    heartbeat_ = Millis(welcome.heartbeat_ms() > 0 ? welcome.heartbeat_ms() : 30'000);
    silent_until_ = now + silence_allowed(heartbeat_);
    if (welcome.limits().unanswered_requests() > 0) {
        most_unanswered_ = welcome.limits().unanswered_requests();
    }
    if (welcome.limits().message_bytes() > 0) {
        most_bytes_ = welcome.limits().message_bytes();
    }
}

void Session::hear_refusal(const wire::Entry& entry, Instant now) {
    const auto& refusal = entry.refusal();
    if (entry.request_id() == 0) {
        return;  // of a frame that was no request; the close that follows tells
    }
    --unanswered_requests_;
    const bool again = refusal.retry_after_ms() > 0;
    const auto retry_in = Millis(refusal.retry_after_ms());
    if (again) {
        happenings_.emplace_back(Postponed{.refusal = refusal, .retry_in = retry_in});
    }
    if (entry.request_id() == subscribe_request_) {
        subscribe_request_ = 0;
        subscribe_not_before_ = now + retry_in;
        if (!again) {
            wish_.reset();
            happenings_.emplace_back(
                Refused{.what = Refused::What::subscription, .id = {}, .refusal = refusal});
        }
        return;
    }
    if (const auto it = std::ranges::find(outbox_, entry.request_id(), &Outgoing::request_id);
        it != outbox_.end()) {
        if (again) {
            it->request_id = 0;
            it->not_before = now + retry_in;
        } else {
            happenings_.emplace_back(Refused{
                .what = Refused::What::command, .id = it->command.id(), .refusal = refusal});
            outbox_.erase(it);
        }
        return;
    }
    if (const auto it = std::ranges::find(wanted_, entry.request_id(), &Wanted::request_id);
        it != wanted_.end()) {
        if (again) {
            it->request_id = 0;
            it->not_before = now + retry_in;
            it->whole.Clear();
        } else {
            happenings_.emplace_back(Refused{
                .what = Refused::What::incident, .id = it->incident_id, .refusal = refusal});
            wanted_.erase(it);
        }
    }
}

void Session::hear_detail(const wire::Entry& entry) {
    const auto it = std::ranges::find(wanted_, entry.request_id(), &Wanted::request_id);
    if (entry.request_id() == 0 || it == wanted_.end()) {
        return;
    }
    merge(it->whole, entry.incident_detail().incident());
    if (entry.incident_detail().last()) {
        --unanswered_requests_;
        happenings_.emplace_back(IncidentSeen{.incident = std::move(it->whole)});
        wanted_.erase(it);
    }
}

void Session::tell_heard(wire::Entry entry) {
    happenings_.emplace_back(Heard{.entry = std::move(entry), .cursor = position_.cursor()});
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
            message.mutable_get_incident()->set_incident_id(wanted.incident_id);
            wanted.request_id = send(std::move(message));
        }
    }
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
        wanted.whole.Clear();
    }
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
