#include "hub/session/connection.hpp"

#include <algorithm>

#include "hub/fanout/encode.hpp"

namespace tocsin::session {

namespace {

// One binary message to a client is at most about this long (one frame more at the most): small
// enough that an alarm never waits long behind it on a slow line, large enough that its header
// costs nothing.
constexpr std::size_t kMessageBytes = 32 * 1024;
constexpr std::size_t kMessageFrames = 64;

constexpr int kShortestHeartbeatMs = 1'000;
constexpr int kLongestHeartbeatMs = 60'000;

constexpr std::int32_t kComeBackWithinMs = 2'000;

// A connection may subscribe once in so long, beside those in a row.
constexpr std::int64_t kRefillMs = 1'000;

using fanout::frame_of;

std::string wire_name(const domain::Feed& feed) {
    return feed.channel.starts_with("me/") ? "me" : feed.channel;
}

}  // namespace

Connection::Connection(Principal principal,
                       Encoding encoding,
                       const Limits& limits,
                       const fanout::Window& window,
                       const Surroundings& surroundings,
                       std::uint32_t (*random)())
    : principal_(std::move(principal)),
      encoding_(encoding),
      limits_(limits),
      window_(window),
      surroundings_(surroundings),
      random_(random),
      subscribes_left_(limits.subscribes),
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
            subscribe(id, message.subscribe());
            return;
        case wire::ClientMessage::kCommand:
            ++unanswered_;
            actions_.emplace_back(Submit{id, std::move(*message.mutable_command()), now_ms});
            return;
        case wire::ClientMessage::kGetIncident:
            ++unanswered_;
            fetching_incident_ = true;
            actions_.emplace_back(FetchIncident{id, message.get_incident().incident_id()});
            return;
        case wire::ClientMessage::kPing: {
            wire::Entry entry;
            entry.mutable_pong()->set_time_ms(now_ms);
            answer(id, std::move(entry));
            return;
        }
        case wire::ClientMessage::REQUEST_NOT_SET:
            return;
    }
}

void Connection::subscribe(std::int64_t request_id, const wire::Subscribe& request) {
    const auto refuse_with = [&](std::string_view code, std::string field, std::string text) {
        refuse(request_id, {std::string(code), std::move(field), std::move(text), 0});
    };
    if (request.channels_size() > limits_.channels) {
        refuse_with(
            domain::code::too_many, "subscribe.channels", "Too many channels in one subscription.");
        return;
    }
    for (int i = 0; i < request.channels_size(); ++i) {
        if (std::ranges::find(principal_.rights->channels, request.channels(i)) ==
            principal_.rights->channels.end()) {
            refuse_with(domain::code::channel_invalid,
                        "subscribe.channels[" + std::to_string(i) + "]",
                        "There is no such channel, or none that you may subscribe to.");
            return;
        }
    }
    fanout::Position asked;
    if (request.has_cursor()) {
        const auto alarm = log::to_offset(request.cursor().alarm());
        const auto routine = log::to_offset(request.cursor().routine());
        if (!alarm || !routine || request.cursor().epoch().empty()) {
            refuse_with(domain::code::cursor_invalid,
                        !alarm     ? "subscribe.cursor.alarm"
                        : !routine ? "subscribe.cursor.routine"
                                   : "subscribe.cursor.epoch",
                        "The cursor is not one that a hub gave out.");
            return;
        }
        asked = {*alarm, *routine};
    }
    if (request.heartbeat_ms() != 0) {
        heartbeat_ms_ =
            std::clamp(request.heartbeat_ms(), kShortestHeartbeatMs, kLongestHeartbeatMs);
        next_heartbeat_ms_ = now_ms_ + heartbeat_ms_;
    }
    if (resuming_) {
        refuse(resuming_->request_id,
               {std::string(domain::code::wrong_state),
                "subscribe",
                "A later subscription took the place of this one.",
                0});
        resuming_.reset();
    }
    requested_channels_.assign(request.channels().begin(), request.channels().end());
    no_snapshot_ = request.no_snapshot();
    snapshots_.clear();
    history_.reset();
    resolve_feeds();
    if (!request.has_cursor()) {
        subscribed_ = true;
        position_ = {window_.head(), window_.head()};
        if (no_snapshot_) {
            mark_feeds();
        }
        say_subscribed(request_id, false, no_snapshot_);
        if (!no_snapshot_) {
            start_snapshot(feeds_, true);
        }
        return;
    }
    if (request.cursor().epoch() != surroundings_.epoch) {
        subscribed_ = true;
        say_subscribed(request_id, false, false);
        reset(wire::RESET_REASON_EPOCH);
        return;
    }
    resume(request_id, asked, request.cursor().mark());
}

void Connection::resume(std::int64_t request_id,
                        const fanout::Position& position,
                        std::string_view mark) {
    position_ = position;
    mark_ = mark;
    const bool same_feeds = mark.empty() || mark == mark_of_feeds();
    const log::Offset earlier = std::min(position.alarm, position.routine);
    const log::Offset later = std::max(position.alarm, position.routine);
    if (window_.covers(earlier) && later <= window_.head()) {
        resumed(request_id, same_feeds);
        return;
    }
    // Behind the window, or ahead of what this hub has folded: the store knows whether the log has
    // that place.
    subscribed_ = false;
    resuming_ = Resuming{request_id, next_ticket_++, same_feeds};
    actions_.emplace_back(
        FetchHistory{resuming_->ticket, window_.covers(earlier) ? later : earlier});
}

void Connection::resumed(std::int64_t request_id, bool same_feeds) {
    subscribed_ = true;
    if (same_feeds) {
        mark_feeds();
    }
    say_subscribed(request_id, true, true);
    if (!same_feeds && !no_snapshot_) {
        start_snapshot(feeds_, false);
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
    fetching_incident_ = false;
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

void Connection::on_snapshot(std::uint64_t ticket, std::shared_ptr<const SnapshotPages> pages) {
    const auto found = std::ranges::find(snapshots_, ticket, &Snapshotting::ticket);
    if (found == snapshots_.end()) {
        return;  // of a subscription that is no more
    }
    found->pages = std::move(pages);
    if (found->moves_position) {
        position_ = {found->pages->taken_at, found->pages->taken_at};
    }
}

void Connection::on_history(std::uint64_t ticket, fanout::BatchPtr stretch) {
    if (phase_ == Phase::closing) {
        return;
    }
    const bool resuming = resuming_ && resuming_->ticket == ticket;
    if (!resuming && (!history_ || history_->ticket != ticket)) {
        return;
    }
    const auto why_not = std::max(position_.alarm, position_.routine) > window_.head()
                             ? wire::RESET_REASON_EPOCH
                             : wire::RESET_REASON_TRIMMED;
    if (resuming) {
        const Resuming answered = *resuming_;
        resuming_.reset();
        if (stretch != nullptr) {
            resumed(answered.request_id, answered.same_feeds);
            return;
        }
        subscribed_ = true;
        say_subscribed(answered.request_id, false, false);
    }
    if (stretch == nullptr) {
        reset(why_not);
        return;
    }
    history_->stretch = std::move(stretch);
}

void Connection::on_rights(fanout::RightsPtr rights, bool device_revoked) {
    principal_.rights = std::move(rights);
    if (phase_ != Phase::live) {
        return;
    }
    if (device_revoked || principal_.rights->feeds.empty()) {
        say_goodbye(wire::GOODBYE_REASON_REVOKED, CloseCode::revoked, 0, "revoked");
        return;
    }
    if (!subscribed_ && !resuming_) {
        return;
    }
    const FeedChange change = resolve_feeds();
    if (change.added.empty() && !change.removed) {
        return;
    }
    if (subscribed_) {
        say_subscribed(0, true, snapshots_.empty());
    }
    if (change.removed && !snapshots_.empty()) {
        // Pages that were made for more than may be seen now are not sent; the snapshot starts
        // over.
        const bool moves = std::ranges::any_of(snapshots_, &Snapshotting::moves_position);
        snapshots_.clear();
        start_snapshot(feeds_, moves);
    } else if (!change.added.empty() && !no_snapshot_) {
        start_snapshot(change.added, false);
    } else if (snapshots_.empty()) {
        mark_feeds();
    }
}

void Connection::on_new_epoch() {
    if (phase_ == Phase::live && subscribed_) {
        reset(wire::RESET_REASON_EPOCH);
    } else if (phase_ == Phase::live && resuming_) {
        const std::int64_t request_id = resuming_->request_id;
        resuming_.reset();
        subscribed_ = true;
        say_subscribed(request_id, false, false);
        reset(wire::RESET_REASON_EPOCH);
    }
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

bool Connection::wants_reading() const {
    // What costs the district more than a look-up is asked for one at a time.
    const bool fetching = fetching_incident_ || resuming_ ||
                          std::ranges::any_of(snapshots_, [](const Snapshotting& snapshot) {
                              return snapshot.pages == nullptr;
                          });
    return phase_ == Phase::live && !fetching && subscribes_left_ > 0 &&
           unanswered_ < limits_.unanswered_requests && reply_bytes_ <= limits_.unsent_reply_bytes;
}

bool Connection::lanes_open() const {
    return phase_ == Phase::live && subscribed_ &&
           std::ranges::none_of(snapshots_, [](const Snapshotting& snapshot) {
               return snapshot.moves_position && snapshot.pages == nullptr;
           });
}

bool Connection::has_output() const {
    if (!replies_.empty() || (heartbeat_due_ && phase_ == Phase::live)) {
        return true;
    }
    if (phase_ != Phase::live || !subscribed_) {
        return false;
    }
    if (!snapshots_.empty() && snapshots_.front().pages != nullptr) {
        return true;
    }
    if (!lanes_open()) {
        return false;
    }
    const auto lane_waits = [&](wire::Lane lane) {
        const log::Offset at = position_.of(lane);
        if (window_.covers(at)) {
            return window_.waiting(feed_keys_, lane, at);
        }
        return !history_ || (history_->lane == lane && history_->stretch != nullptr);
    };
    return lane_waits(wire::LANE_ALARM) || (snapshots_.empty() && lane_waits(wire::LANE_ROUTINE));
}

Outgoing Connection::next() {
    Outgoing out;
    std::size_t bytes = 0;
    while (!replies_.empty()) {
        bytes += replies_.front()->binary().size();
        out.parts.push_back(std::move(replies_.front()));
        replies_.pop_front();
    }
    reply_bytes_ = 0;
    if (phase_ == Phase::live && subscribed_) {
        if (lanes_open()) {
            fill_lane(wire::LANE_ALARM, out, bytes);
        }
        fill_snapshot(out, bytes);
        if (lanes_open() && snapshots_.empty()) {
            fill_lane(wire::LANE_ROUTINE, out, bytes);
        }
    }
    if (heartbeat_due_ && phase_ == Phase::live) {
        fill_heartbeat(out);
    }
    if (!out.empty()) {
        in_flight_ = true;
        sending_since_ms_ = now_ms_;
    }
    return out;
}

void Connection::on_sent(std::int64_t now_ms) {
    now_ms_ = now_ms;
    in_flight_ = false;
}

void Connection::fill_lane(wire::Lane lane, Outgoing& out, std::size_t& bytes) {
    log::Offset& position = position_.of(lane);
    while (bytes < kMessageBytes && out.parts.size() < kMessageFrames) {
        const std::size_t before = out.parts.size();
        const std::size_t room = kMessageFrames - before;
        bool more = false;
        if (window_.covers(position)) {
            if (history_ && history_->lane == lane) {
                history_.reset();
            }
            window_.gather(feed_keys_, lane, position, room, kMessageBytes - bytes, out.parts);
        } else if (!history_) {
            history_ = History{next_ticket_++, lane, nullptr};
            actions_.emplace_back(FetchHistory{history_->ticket, position});
        } else if (history_->lane == lane && history_->stretch != nullptr) {
            fanout::gather(*history_->stretch,
                           feed_keys_,
                           lane,
                           position,
                           room,
                           kMessageBytes - bytes,
                           out.parts);
            if (position >= history_->stretch->to) {
                history_.reset();
                more = true;
            }
        }
        for (std::size_t i = before; i < out.parts.size(); ++i) {
            bytes += out.parts[i]->binary().size();
        }
        if (!more) {
            return;
        }
    }
}

void Connection::fill_snapshot(Outgoing& out, std::size_t& bytes) {
    while (!snapshots_.empty() && snapshots_.front().pages != nullptr && bytes < kMessageBytes) {
        Snapshotting& snapshot = snapshots_.front();
        if (snapshot.next_page < snapshot.pages->pages.size()) {
            out.parts.push_back(snapshot.pages->pages[snapshot.next_page++]);
            bytes += out.parts.back()->binary().size();
            continue;
        }
        snapshots_.pop_front();
        if (snapshots_.empty()) {
            mark_feeds();
        }
        wire::Entry entry;
        entry.mutable_snapshot()->set_last(true);
        put_cursor(*entry.mutable_snapshot()->mutable_cursor());
        out.parts.push_back(frame_of(entry));
    }
}

void Connection::fill_heartbeat(Outgoing& out) {
    heartbeat_due_ = false;
    wire::Entry entry;
    wire::Heartbeat& heartbeat = *entry.mutable_heartbeat();
    heartbeat.set_time_ms(now_ms_);
    heartbeat.set_store(surroundings_.store_well ? wire::STORE_STATE_WELL : wire::STORE_STATE_AWAY);
    const bool whole =
        subscribed_ && std::ranges::none_of(snapshots_, &Snapshotting::moves_position);
    if (whole) {
        put_cursor(*heartbeat.mutable_cursor());
    }
    out.parts.push_back(frame_of(entry));
}

void Connection::put_cursor(wire::Cursor& cursor) const {
    cursor.set_epoch(surroundings_.epoch);
    cursor.set_mark(mark_);
    cursor.set_alarm(log::to_text(position_.alarm));
    cursor.set_routine(log::to_text(position_.routine));
}

void Connection::mark_feeds() {
    mark_ = mark_of_feeds();
}

std::string Connection::mark_of_feeds() const {
    std::vector<std::string_view> keys(feed_keys_.begin(), feed_keys_.end());
    std::ranges::sort(keys);
    std::uint32_t hash =
        2'166'136'261u;  // FNV-1a: no secret, and a collision costs a snapshot that was not needed
    for (const std::string_view key : keys) {
        for (const char c : key) {
            hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619u;
        }
        hash = (hash ^ '\n') * 16'777'619u;
    }
    constexpr char kDigits[] = "0123456789abcdef";
    std::string mark;
    for (int shift = 28; shift >= 0; shift -= 4) {
        mark.push_back(kDigits[(hash >> shift) & 15u]);
    }
    return mark;
}

void Connection::say_subscribed(std::int64_t request_id, bool resumed, bool with_cursor) {
    wire::Entry entry;
    wire::Subscribed& subscribed = *entry.mutable_subscribed();
    for (const std::string& channel : channels_) {
        subscribed.add_channels(channel);
    }
    subscribed.set_resumed(resumed);
    subscribed.set_heartbeat_ms(heartbeat_ms_);
    if (with_cursor) {
        put_cursor(*subscribed.mutable_cursor());
    }
    answer(request_id, std::move(entry));
}

void Connection::reset(wire::ResetReason reason) {
    snapshots_.clear();
    history_.reset();
    position_ = {window_.head(), window_.head()};
    wire::Entry entry;
    entry.mutable_reset()->set_reason(reason);
    entry.mutable_reset()->set_epoch(surroundings_.epoch);
    say(entry);
    mark_.clear();
    if (no_snapshot_) {
        mark_feeds();
        heartbeat_due_ = true;  // says where the client stands now
    } else {
        start_snapshot(feeds_, true);
    }
}

void Connection::start_snapshot(std::vector<domain::Feed> feeds, bool moves_position) {
    snapshots_.push_back({next_ticket_++, moves_position, nullptr, 0});
    actions_.emplace_back(FetchSnapshot{snapshots_.back().ticket, std::move(feeds)});
}

Connection::FeedChange Connection::resolve_feeds() {
    std::vector<domain::Feed> feeds;
    std::vector<std::string> channels;
    for (const domain::Feed& feed : principal_.rights->feeds) {
        std::string name = wire_name(feed);
        if (!requested_channels_.empty() &&
            std::ranges::find(requested_channels_, name) == requested_channels_.end()) {
            continue;
        }
        feeds.push_back(feed);
        if (std::ranges::find(channels, name) == channels.end()) {
            channels.push_back(std::move(name));
        }
    }
    FeedChange change;
    std::ranges::copy_if(feeds, std::back_inserter(change.added), [&](const domain::Feed& feed) {
        return std::ranges::find(feeds_, feed) == feeds_.end();
    });
    change.removed = std::ranges::any_of(feeds_, [&](const domain::Feed& feed) {
        return std::ranges::find(feeds, feed) == feeds.end();
    });
    feeds_ = std::move(feeds);
    channels_ = std::move(channels);
    if (!change.added.empty() || change.removed) {
        feed_keys_.clear();
        std::ranges::transform(feeds_, std::back_inserter(feed_keys_), fanout::key_of);
        actions_.emplace_back(FeedsChanged{});
    }
    return change;
}

void Connection::answer(std::int64_t request_id, wire::Entry entry) {
    entry.set_request_id(request_id);
    say(entry);
}

void Connection::refuse(std::int64_t request_id, const domain::Refusal& refusal) {
    wire::Entry entry;
    entry.mutable_refusal()->set_code(refusal.code);
    entry.mutable_refusal()->set_field(refusal.field);
    entry.mutable_refusal()->set_message(refusal.message);
    entry.mutable_refusal()->set_retry_after_ms(refusal.retry_after_ms);
    answer(request_id, std::move(entry));
}

void Connection::say(const wire::Entry& entry) {
    if (phase_ == Phase::closing) {
        return;
    }
    replies_.push_back(frame_of(entry));
    reply_bytes_ += replies_.back()->binary().size();
}

void Connection::say_goodbye(wire::GoodbyeReason reason,
                             CloseCode code,
                             std::int32_t retry_after_ms,
                             std::string why) {
    if (phase_ == Phase::closing) {
        return;
    }
    wire::Entry entry;
    entry.mutable_goodbye()->set_reason(reason);
    entry.mutable_goodbye()->set_retry_after_ms(retry_after_ms);
    say(entry);
    phase_ = Phase::closing;
    feed_keys_.clear();
    feeds_.clear();
    actions_.emplace_back(FeedsChanged{});
    actions_.emplace_back(Close{code, std::move(why)});
}

std::int32_t Connection::spread(std::int32_t up_to_ms) const {
    return static_cast<std::int32_t>(random_() % static_cast<std::uint32_t>(up_to_ms)) + 1;
}

}  // namespace tocsin::session
