#pragma once
// The connections of one shard and what they share: the window, the index of readers, the round.
// Used by the shard's thread only.

#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "hub/fanout/pace.hpp"
#include "hub/fanout/subscribers.hpp"
#include "hub/fanout/window.hpp"
#include "hub/net/line.hpp"
#include "hub/net/peer.hpp"
#include "hub/net/seats.hpp"
#include "hub/net/settings.hpp"
#include "hub/net/shard_stats.hpp"
#include "hub/net/socket.hpp"
#include "hub/session/district.hpp"
#include "hub/session/doorkeeper.hpp"
#include "hub/session/media.hpp"

namespace tocsin::net {

class Room {
public:
    Room(asio::io_context& context, ShardSettings settings, std::shared_ptr<Seats> seats);

    // Before the first arrival; outlives the room's connections.
    void set_district(session::District& district) { district_ = &district; }
    // Likewise; without it there is nothing at /v1/media.
    void set_media(session::MediaDesk& desk, std::shared_ptr<Seats> seats) {
        media_ = &desk;
        media_seats_ = std::move(seats);
    }
    // Likewise; without it there is nothing but /v1/connect.
    void set_doorkeeper(session::Doorkeeper& doorkeeper) { doorkeeper_ = &doorkeeper; }

    // --- for those who are in it ---
    const ShardSettings& settings() const { return settings_; }
    const LineBounds& line_bounds() const { return line_bounds_; }
    fanout::Window& window() { return window_; }
    const session::Surroundings& surroundings() const { return surroundings_; }
    session::District& district() { return *district_; }
    session::Doorkeeper* doorkeeper() const { return doorkeeper_; }
    Seats& seats() { return *seats_; }
    bool has_media() const { return media_ != nullptr; }
    // Only where there is one.
    session::MediaDesk& media() { return *media_; }
    Seats& media_seats() { return *media_seats_; }
    ShardStats& stats() { return stats_; }
    // Scratch for one flush: cleared by whoever takes it.
    std::vector<fanout::BundlePtr>& bundles() { return bundles_; }
    Load& load() { return load_; }
    // When the round under way began.
    std::int64_t round_ms() const { return round_ms_; }
    bool is_closing() const { return closing_; }

    void enter(std::shared_ptr<Arrival> arrival);
    void leave(const Arrival& arrival);
    // Keeps the peer until it leaves. From here on changes of its person's rights reach it.
    fanout::Slot enter(std::shared_ptr<Peer> peer);
    void leave(fanout::Slot slot);
    void set_feeds(fanout::Slot slot, const std::vector<fanout::FeedKey>& feeds);
    // Something may be waiting for this peer: it is flushed once, when everything that is ready has
    // run.
    void wake(fanout::Slot slot);

    // --- for the shard ---
    void on_batch(const fanout::Batch& batch);
    void on_epoch(std::string epoch, log::Offset window_after);
    void on_store(bool well);
    void on_tick();
    // Nobody new from here on; a goodbye to all.
    void shut_down();
    void cut_all();
    bool is_empty() const { return arrivals_.empty() && by_person_.empty(); }
    ShardStats stats_now() const;

private:
    struct Place {
        std::shared_ptr<Peer> peer;
        std::string person_id;
        bool awake = false;  // is in awake_
        bool owed = false;   // is in owed_
    };

    void apply(const fanout::RightsChange& change);
    // Wakes those whom the batch concerns: now, or when the shard has rested.
    void fan_out(const fanout::Batch& batch);
    void pay_owed();
    void flush_round();
    void look_ahead(const std::vector<fanout::Slot>& round, std::size_t at) const;
    template <class Call>
    void for_each_peer(Call call);

    asio::io_context& context_;
    const ShardSettings settings_;
    const LineBounds line_bounds_;
    const std::shared_ptr<Seats> seats_;
    session::District* district_ = nullptr;
    session::MediaDesk* media_ = nullptr;
    std::shared_ptr<Seats> media_seats_;
    session::Doorkeeper* doorkeeper_ = nullptr;

    ShardStats stats_;
    fanout::Window window_;
    fanout::Subscribers subscribers_;
    session::Surroundings surroundings_;
    std::vector<fanout::BundlePtr> bundles_;
    Load load_;
    std::int64_t round_ms_ = 0;
    bool closing_ = false;

    std::unordered_map<const Arrival*, std::shared_ptr<Arrival>> arrivals_;
    std::vector<Place> places_;  // by slot
    std::vector<fanout::Slot> free_;
    std::unordered_map<std::string, std::vector<fanout::Slot>> by_person_;
    std::vector<fanout::Slot> awake_;
    std::vector<fanout::Slot> touched_;
    std::vector<fanout::Slot> owed_;  // readers of batches that came while the shard rested
    bool round_posted_ = false;
    bool round_fans_out_ = false;
    fanout::Pace pace_;
    asio::steady_timer rest_timer_;
    bool rest_timer_set_ = false;
};

}  // namespace tocsin::net
