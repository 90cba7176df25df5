#include "hub/net/room.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "hub/net/clock.hpp"

namespace tocsin::net {

namespace {

LineBounds to_line_bounds(const ShardSettings& settings) {
    return {.message_bytes = static_cast<std::size_t>(settings.limits.message_bytes),
            .framing_bytes = settings.framing_bytes,
            .upgrade_deadline = settings.upgrade_deadline,
            .message_deadline = settings.message_deadline,
            .close_deadline = settings.close_deadline,
            .tick = settings.tick,
            .speaks_first = true};
}

// The steady clock's reading, as Pace takes it.
fanout::Pace::Time steady_now() {
    return std::chrono::steady_clock::now().time_since_epoch();
}

bool holds_alarm(const fanout::Batch& batch) {
    return std::ranges::any_of(batch.entries, [](const fanout::EntryPtr& entry) {
        return entry->lane == tocsin::v1::LANE_ALARM && !entry->deliveries.empty();
    });
}

}  // namespace

Room::Room(asio::io_context& context, ShardSettings settings, std::shared_ptr<Seats> seats)
    : context_(context),
      settings_(std::move(settings)),
      line_bounds_(to_line_bounds(settings_)),
      seats_(std::move(seats)),
      window_(settings_.window),
      rest_timer_(context) {
    surroundings_.hub_version = settings_.hub_version;
}

void Room::enter(std::shared_ptr<Arrival> arrival) {
    const Arrival* key = arrival.get();
    arrivals_.emplace(key, std::move(arrival));
}

void Room::leave(const Arrival& arrival) {
    arrivals_.erase(&arrival);
}

fanout::Slot Room::enter(std::shared_ptr<Peer> peer) {
    fanout::Slot slot = 0;
    if (free_.empty()) {
        slot = static_cast<fanout::Slot>(places_.size());
        places_.emplace_back();
    } else {
        slot = free_.back();
        free_.pop_back();
    }
    Place& place = places_[slot];
    place.person_id = peer->principal().rights->person.id();
    place.peer = std::move(peer);
    by_person_[place.person_id].push_back(slot);
    ++stats_.connections_open;
    return slot;
}

void Room::leave(fanout::Slot slot) {
    Place& place = places_[slot];
    const auto found = by_person_.find(place.person_id);
    std::erase(found->second, slot);
    if (found->second.empty()) {
        by_person_.erase(found);
    }
    subscribers_.set(slot, {});
    place.peer.reset();
    place.person_id.clear();
    free_.push_back(slot);
    --stats_.connections_open;
}

void Room::set_feeds(fanout::Slot slot, const std::vector<fanout::FeedKey>& feeds) {
    subscribers_.set(slot, feeds);
}

void Room::wake(fanout::Slot slot) {
    if (places_[slot].awake) {
        return;
    }
    places_[slot].awake = true;
    awake_.push_back(slot);
    if (!round_posted_) {
        round_posted_ = true;
        asio::post(context_, [this] { flush_round(); });
    }
}

// Between two flushes the kernel has emptied the caches: what the next ones touch is on its way by
// then.
void Room::look_ahead(const std::vector<fanout::Slot>& round, std::size_t at) const {
    constexpr std::size_t kFar = 4;
    constexpr std::size_t kNear = 2;
    if (at + kFar < round.size()) {
        __builtin_prefetch(places_[round[at + kFar]].peer.get());
    }
    if (at + kNear < round.size()) {
        if (const Peer* peer = places_[round[at + kNear]].peer.get()) {
            peer->prefetch();
        }
    }
}

void Room::flush_round() {
    round_posted_ = false;
    ++stats_.flush_rounds;
    round_ms_ = now_ms();
    const bool fans_out = std::exchange(round_fans_out_, false);
    const auto began = steady_now();
    std::vector<fanout::Slot> round;
    round.swap(awake_);
    for (std::size_t i = 0; i < round.size(); ++i) {
        look_ahead(round, i);
        Place& place = places_[round[i]];
        place.awake = false;
        if (const auto peer = place.peer) {
            peer->flush();
        }
    }
    window_.forget_bundles();
    bundles_.clear();
    load_.clear();
    if (awake_.empty()) {
        round.clear();
        awake_.swap(round);  // keeps the memory for the next round
    }
    if (fans_out) {
        pace_.on_round(began, steady_now());
    }
}

void Room::on_batch(const fanout::Batch& batch) {
    ++stats_.batches;
    window_.append(batch, now_ms());
    for (const fanout::RightsChange& change : batch.rights) {
        apply(change);
    }
    fan_out(batch);
}

void Room::fan_out(const fanout::Batch& batch) {
    touched_.clear();
    subscribers_.touched_by(batch, touched_);
    if (touched_.empty()) {
        return;
    }
    if (!pace_.is_resting(steady_now()) || holds_alarm(batch)) {
        for (const fanout::Slot slot : touched_) {
            wake(slot);
        }
        round_fans_out_ = true;
        return;
    }
    for (const fanout::Slot slot : touched_) {
        if (!std::exchange(places_[slot].owed, true)) {
            owed_.push_back(slot);
        }
    }
    if (!std::exchange(rest_timer_set_, true)) {
        rest_timer_.expires_at(std::chrono::steady_clock::time_point(pace_.rest_until()));
        rest_timer_.async_wait([this](boost::system::error_code) { pay_owed(); });
    }
}

void Room::pay_owed() {
    rest_timer_set_ = false;
    for (const fanout::Slot slot : owed_) {
        places_[slot].owed = false;
        wake(slot);
    }
    owed_.clear();
    round_fans_out_ = true;
}

void Room::apply(const fanout::RightsChange& change) {
    const auto found = by_person_.find(change.person_id);
    if (found == by_person_.end()) {
        return;
    }
    for (const fanout::Slot slot : std::vector(found->second)) {
        const auto peer = places_[slot].peer;
        if (!peer) {
            continue;
        }
        const bool revoked =
            std::ranges::find(change.revoked_device_ids, peer->principal().device_id) !=
            change.revoked_device_ids.end();
        peer->on_rights(change.rights ? change.rights : peer->principal().rights, revoked);
        // At once, and not at the end of the round: what the batch holds is for the new rights'
        // index.
        peer->flush();
    }
}

template <class Call>
void Room::for_each_peer(Call call) {
    for (fanout::Slot slot = 0; slot < places_.size(); ++slot) {
        if (const auto peer = places_[slot].peer) {
            call(*peer);
            if (places_[slot].peer == peer) {
                wake(slot);
            }
        }
    }
}

void Room::on_epoch(std::string epoch, log::Offset window_after) {
    window_.restart(window_after);
    surroundings_.epoch = std::move(epoch);
    for_each_peer([](Peer& peer) { peer.on_new_epoch(); });
}

void Room::on_store(bool well) {
    const std::int64_t now = now_ms();
    surroundings_.store_well = well;
    surroundings_.store_away_since_ms = now;
    for_each_peer([now](Peer& peer) { peer.on_store_changed(now); });
}

void Room::on_tick() {
    const std::int64_t now = now_ms();
    std::vector<std::shared_ptr<Arrival>> arrivals;
    arrivals.reserve(arrivals_.size());
    for (const auto& [key, arrival] : arrivals_) {
        arrivals.push_back(arrival);
    }
    for (const auto& arrival : arrivals) {
        arrival->on_tick(now);
    }
    for (fanout::Slot slot = 0; slot < places_.size(); ++slot) {
        if (const auto peer = places_[slot].peer) {
            peer->on_tick(now);
        }
    }
}

void Room::shut_down() {
    closing_ = true;
    std::vector<std::shared_ptr<Arrival>> arrivals;
    arrivals.reserve(arrivals_.size());
    for (const auto& [key, arrival] : arrivals_) {
        arrivals.push_back(arrival);
    }
    for (const auto& arrival : arrivals) {
        arrival->cut();
    }
    for_each_peer([](Peer& peer) { peer.on_shutdown(); });
}

void Room::cut_all() {
    shut_down();
    for_each_peer([](Peer& peer) { peer.cut(); });
}

ShardStats Room::stats_now() const {
    ShardStats stats = stats_;
    stats.arrivals_open = static_cast<std::int64_t>(arrivals_.size());
    stats.window_bytes = static_cast<std::int64_t>(window_.bytes());
    stats.window_entries = static_cast<std::int64_t>(window_.size());
    return stats;
}

}  // namespace tocsin::net
