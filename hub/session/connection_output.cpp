// What a connection sends next, and how much it takes in meanwhile.

#include <algorithm>

#include "hub/fanout/encode.hpp"
#include "hub/session/connection.hpp"

namespace tocsin::session {

namespace {

constexpr int kAskAgainMs = 1'000;

// One binary message to a client is at most about this long (one frame more at the most): small
// enough that an alarm never waits long behind it on a slow line, large enough that its header
// costs nothing.
constexpr std::size_t kMessageBytes = 32 * 1024;
constexpr std::size_t kMessageFrames = 64;

using fanout::frame_of;

}  // namespace

// Frames of the connection's own are one bundle as long as no shared one comes between them.
class Connection::Filling {
public:
    explicit Filling(std::vector<fanout::BundlePtr>& out) : out_(out) {}

    void add(fanout::FramePtr frame) {
        ++frames_;
        bytes_ += frame->binary().size();
        own_.push_back(std::move(frame));
    }
    void add(fanout::BundlePtr bundle) {
        finish();
        frames_ += bundle->frames().size();
        bytes_ += bundle->bytes();
        out_.push_back(std::move(bundle));
    }
    void finish() {
        if (!own_.empty()) {
            out_.push_back(std::make_shared<fanout::Bundle>(std::exchange(own_, {})));
        }
    }
    bool empty() const { return frames_ == 0; }
    bool has_room() const { return bytes_ < kMessageBytes && frames_ < kMessageFrames; }
    bool has_room_for_bytes() const { return bytes_ < kMessageBytes; }
    fanout::Portion room() const { return {kMessageFrames - frames_, kMessageBytes - bytes_}; }

private:
    std::vector<fanout::BundlePtr>& out_;
    std::vector<fanout::FramePtr> own_;
    std::size_t frames_ = 0;
    std::size_t bytes_ = 0;
};

bool Connection::wants_reading() const {
    // What costs the district more than a look-up is asked for one at a time.
    const bool fetching = fetching_detail_ || fetching_stats_ || resuming_ ||
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
            return window_.waiting(selection_->reading, lane, at);
        }
        return !history_ || (history_->lane == lane && history_->stretch != nullptr);
    };
    return lane_waits(wire::LANE_ALARM) || (snapshots_.empty() && lane_waits(wire::LANE_ROUTINE));
}

bool Connection::next(std::vector<fanout::BundlePtr>& out) {
    Filling filling(out);
    for (fanout::FramePtr& reply : std::exchange(replies_, {})) {
        filling.add(std::move(reply));
    }
    reply_bytes_ = 0;
    bool more = false;
    if (phase_ == Phase::live && subscribed_) {
        if (lanes_open()) {
            more = fill_lane(wire::LANE_ALARM, filling);
        }
        fill_snapshot(filling);
        if (!snapshots_.empty()) {
            more = true;
        } else if (lanes_open()) {
            more = fill_lane(wire::LANE_ROUTINE, filling) || more;
        }
    }
    if (heartbeat_due_ && phase_ == Phase::live) {
        fill_heartbeat(filling);
    }
    filling.finish();
    if (!filling.empty()) {
        in_flight_ = true;
        sending_since_ms_ = now_ms_;
    }
    return more;
}

Outgoing Connection::next() {
    std::vector<fanout::BundlePtr> bundles;
    next(bundles);
    Outgoing out;
    for (const fanout::BundlePtr& bundle : bundles) {
        out.parts.insert(out.parts.end(), bundle->frames().begin(), bundle->frames().end());
    }
    return out;
}

void Connection::on_blocked() {
    if (history_ && history_->stretch != nullptr) {
        history_.reset();
    }
}

void Connection::on_sent(std::int64_t now_ms) {
    now_ms_ = now_ms;
    in_flight_ = false;
}

bool Connection::fill_lane(wire::Lane lane, Filling& filling) {
    log::Offset& position = position_.of(lane);
    while (filling.has_room()) {
        if (window_.covers(position)) {
            if (history_ && history_->lane == lane) {
                history_.reset();
            }
            if (auto bundle = window_.next(selection_->reading, lane, position, filling.room())) {
                filling.add(std::move(bundle));
            }
            return position < window_.head();
        }
        if (!history_) {
            history_ = History{next_ticket_++, lane, nullptr};
            actions_.emplace_back(FetchHistory{history_->ticket, position});
            return false;
        }
        if (history_->lane != lane || history_->stretch == nullptr) {
            return false;
        }
        std::vector<fanout::FramePtr> frames;
        const fanout::Portion most = filling.room();
        fanout::gather(
            *history_->stretch, selection_->keys, lane, position, most.frames, most.bytes, frames);
        if (!frames.empty()) {
            filling.add(std::make_shared<fanout::Bundle>(std::move(frames)));
        }
        if (position < history_->stretch->to) {
            return true;
        }
        history_.reset();
    }
    return true;
}

void Connection::fill_snapshot(Filling& filling) {
    while (!snapshots_.empty() && snapshots_.front().pages != nullptr &&
           filling.has_room_for_bytes()) {
        Snapshotting& snapshot = snapshots_.front();
        if (snapshot.next_page < snapshot.pages->pages.size()) {
            filling.add(snapshot.pages->pages[snapshot.next_page++]);
            continue;
        }
        snapshots_.erase(snapshots_.begin());
        if (snapshots_.empty()) {
            mark_feeds();
        }
        wire::Entry entry;
        entry.mutable_snapshot()->set_last(true);
        put_cursor(*entry.mutable_snapshot()->mutable_cursor());
        filling.add(frame_of(entry));
    }
}

void Connection::fill_heartbeat(Filling& filling) {
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
    filling.add(frame_of(entry));
}

void Connection::put_cursor(wire::Cursor& cursor) const {
    cursor.set_epoch(surroundings_.epoch);
    cursor.set_mark(mark_);
    cursor.set_alarm(log::to_text(position_.alarm));
    cursor.set_routine(log::to_text(position_.routine));
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
    if (refusal.incident) {
        *entry.mutable_refusal()->mutable_incident() = *refusal.incident;
    }
    answer(request_id, std::move(entry));
}

void Connection::say(const wire::Entry& entry) {
    if (phase_ == Phase::closing) {
        return;
    }
    replies_.push_back(frame_of(entry));
    reply_bytes_ += replies_.back()->binary().size();
}

void Connection::withhold_answers() {
    for (fanout::FramePtr& reply : replies_) {
        wire::ServerMessage message;
        message.ParseFromString(reply->binary());
        wire::Entry& entry = *message.mutable_entries(0);
        if (entry.has_incident_detail() || entry.has_notice_detail()) {
            wire::Refusal& again = *entry.mutable_refusal();
            again.set_code(std::string(domain::code::unavailable));
            again.set_message("Your rights changed meanwhile: ask again.");
            again.set_retry_after_ms(kAskAgainMs);
        } else if (entry.has_refusal() && entry.refusal().has_incident()) {
            entry.mutable_refusal()->clear_incident();
        } else {
            continue;
        }
        reply_bytes_ -= reply->binary().size();
        reply = frame_of(entry);
        reply_bytes_ += reply->binary().size();
    }
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
    selection_ = no_selection();
    actions_.emplace_back(FeedsChanged{});
    actions_.emplace_back(Close{code, std::move(why)});
}

std::int32_t Connection::spread(std::int32_t up_to_ms) const {
    return static_cast<std::int32_t>(random_() % static_cast<std::uint32_t>(up_to_ms)) + 1;
}

}  // namespace tocsin::session
