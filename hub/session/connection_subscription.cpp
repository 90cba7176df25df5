// What a connection reads, and from where: subscribing, resuming, resetting, and what changes of
// rights do to it.

#include <algorithm>

#include "hub/session/connection.hpp"

namespace tocsin::session {

namespace {

constexpr int kShortestHeartbeatMs = 1'000;
constexpr int kLongestHeartbeatMs = 60'000;

}  // namespace

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
            start_snapshot(selection_->feeds, true);
        }
        return;
    }
    if (request.cursor().epoch() != surroundings_.epoch) {
        subscribed_ = true;
        say_subscribed(request_id, false, false);
        reset(wire::RESET_REASON_EPOCH);
        return;
    }
    const std::string& mark = request.cursor().mark();
    if (!no_snapshot_ && !mark.empty() && may_see_less(mark, *selection_)) {
        // What the client holds of the rest would stay on its screen for ever.
        subscribed_ = true;
        say_subscribed(request_id, false, false);
        reset(wire::RESET_REASON_RIGHTS);
        return;
    }
    resume(request_id, asked, mark);
}

void Connection::resume(std::int64_t request_id,
                        const fanout::Position& position,
                        std::string_view mark) {
    position_ = position;
    mark_ = mark;
    const bool same_feeds = mark.empty() || mark == selection_->mark;
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
        start_snapshot(selection_->feeds, false);
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
    withhold_answers();
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
    if (change.removed && subscribed_ && !no_snapshot_) {
        // What it holds of the rest is to be forgotten; pages that were made for more than may be
        // seen now are not sent.
        reset(wire::RESET_REASON_RIGHTS);
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

void Connection::mark_feeds() {
    mark_ = selection_->mark;
}

void Connection::say_subscribed(std::int64_t request_id, bool resumed, bool with_cursor) {
    wire::Entry entry;
    wire::Subscribed& subscribed = *entry.mutable_subscribed();
    for (const std::string& channel : selection_->channels) {
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
    marks_need_ = {};
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
        start_snapshot(selection_->feeds, true);
    }
}

void Connection::start_snapshot(std::vector<domain::Feed> feeds, bool moves_position) {
    snapshots_.push_back({next_ticket_++, moves_position, nullptr, 0});
    actions_.emplace_back(FetchSnapshot{snapshots_.back().ticket, std::move(feeds)});
}

Connection::FeedChange Connection::resolve_feeds() {
    SelectionPtr now = surroundings_.selections.of(principal_.rights, requested_channels_, window_);
    FeedChange change;
    const auto& before = selection_->feeds;
    std::ranges::copy_if(
        now->feeds, std::back_inserter(change.added), [&](const domain::Feed& feed) {
            return std::ranges::find(before, feed) == before.end();
        });
    change.removed = std::ranges::any_of(before, [&](const domain::Feed& feed) {
        return std::ranges::find(now->feeds, feed) == now->feeds.end();
    });
    selection_ = std::move(now);
    if (!change.added.empty() || change.removed) {
        actions_.emplace_back(FeedsChanged{});
    }
    return change;
}

}  // namespace tocsin::session
