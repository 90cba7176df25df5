#pragma once
// What one connection says and hears: a state machine without I/O, clock or thread. Its driver
// (net/websocket) feeds it messages, answers and time, performs the actions that it hands out, and
// asks it what to send next whenever the socket can take more. A driver owns it and calls it from
// one thread.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "hub/domain/refusal.hpp"
#include "hub/fanout/batch.hpp"
#include "hub/fanout/window.hpp"
#include "hub/session/decode.hpp"
#include "hub/session/mark_gate.hpp"
#include "hub/session/selection.hpp"
#include "tocsin/v1/session.pb.h"

namespace tocsin::session {

namespace wire = tocsin::v1;

// Bounds that promise P7 rests on.
struct Limits {
    int message_bytes = 65'536;
    int text_chars = 4'000;
    int unanswered_requests = 32;
    std::size_t unsent_reply_bytes = 65'536;
    int channels = 64;
    int subscribes = 8;  // in a row; then one a second
    std::int64_t stalled_ms =
        30'000;  // something waits, and the socket took nothing for so long: goodbye TOO_SLOW
    std::int64_t store_away_ms = 60'000;  // without a store for so long: goodbye STORE_AWAY
    int default_heartbeat_ms = 15'000;
};

// Close codes: 4000 to 4499 come back, 4500 and up do not. 1003 and 1009 as RFC 6455 has them.
enum class CloseCode : std::uint16_t {
    unsupported_data = 1003,  // a text message on the binary subprotocol, or the other way round
    too_big = 1009,           // a message over the bound
    shutting_down = 4001,
    store_away = 4002,
    too_slow = 4008,  // takes nothing, or sends a message slower than its deadline
    revoked = 4500,
    malformed = 4501,  // not a ClientMessage
};

// Who is at the other end, as the token said before the upgrade.
struct Principal {
    std::string device_id;
    fanout::RightsPtr rights;
};

// What the machine asks of its driver. Each Submit and Fetch… is answered exactly once through the
// matching on_… below, unless the connection ends first.
struct Submit {
    std::int64_t request_id;
    wire::Command command;
    std::int64_t read_time_ms;
};
struct FetchSnapshot {
    std::uint64_t ticket;
    std::vector<domain::Feed> feeds;
};
struct FetchHistory {
    std::uint64_t ticket;
    log::Offset after;
};
struct FetchIncident {
    std::int64_t request_id;
    std::string incident_id;
};
struct FetchNotice {
    std::int64_t request_id;
    std::string notice_id;
};

struct FetchStats {
    std::int64_t request_id;
    wire::GetStats request;
};
// What the console says was delivered and shown; nothing is answered.
struct PassMark {
    wire::Mark mark;
};
// Whoever is at the other end sits at a desk and listens; or was at the console so long ago.
struct PassAttendance {
    bool connected = false;
    std::int64_t attended_ago_ms = -1;
};
// The feeds that the connection reads from now on: for the shard's Subscribers.
struct FeedsChanged {};
// Send what is waiting, then close.
struct Close {
    CloseCode code;
    std::string reason;  // at most 123 bytes, for people
};
using Action = std::variant<Submit,
                            FetchSnapshot,
                            FetchHistory,
                            FetchIncident,
                            FetchNotice,
                            FetchStats,
                            PassMark,
                            PassAttendance,
                            FeedsChanged,
                            Close>;

// A snapshot: taken when the fold stood at `taken_at`. Shared by all with the same feeds.
struct SnapshotPages {
    log::Offset taken_at;
    std::vector<fanout::FramePtr> pages;  // without the last one, which is each connection's own
};

// What to send in one go, frame by frame.
struct Outgoing {
    std::vector<fanout::FramePtr> parts;
    bool empty() const { return parts.empty(); }
};

// What the store and the log look like to a connection; one for all connections of a shard, kept by
// the shard.
struct Surroundings {
    std::string epoch;
    bool store_well = true;
    std::int64_t store_away_since_ms = 0;  // where !store_well
    std::string hub_version;
    mutable Selections selections;
};

class Connection {
public:
    // `random` spreads the times to come back; owned by the caller like `window` and
    // `surroundings`, all outliving this.
    Connection(Principal principal,
               Encoding encoding,
               const Limits& limits,
               fanout::Window& window,
               const Surroundings& surroundings,
               std::uint32_t (*random)());

    // --- what happens ---
    void on_open(std::int64_t now_ms);  // the upgrade is done: says welcome
    void on_message(std::string_view bytes, bool is_text, std::int64_t now_ms);
    void on_receipt(std::int64_t request_id,
                    domain::Result<wire::Receipt> answer,
                    std::int64_t now_ms);
    void on_snapshot(std::uint64_t ticket, std::shared_ptr<const SnapshotPages> pages);
    // `stretch` starts after the offset asked for. Null: the log no longer reaches back to it, or
    // is another one.
    void on_history(std::uint64_t ticket, fanout::BatchPtr stretch);
    void on_incident(std::int64_t request_id,
                     domain::Result<std::vector<wire::IncidentDetail>> answer);
    void on_notice(std::int64_t request_id, domain::Result<std::vector<wire::NoticeDetail>> answer);
    void on_stats(std::int64_t request_id, domain::Result<wire::Stats> answer);
    void on_rights(fanout::RightsPtr rights,
                   bool device_revoked);  // a change of rights, or the end of them
    void on_new_epoch();                  // the log is another one: the window was restarted
    void on_store_changed(std::int64_t now_ms);
    void on_shutdown();
    // Something bad about the connection that only the driver could see: says why, then closes.
    void fail(CloseCode code, std::string reason);
    // Call at least each second: heartbeats, stall, store away.
    void on_tick(std::int64_t now_ms);

    // --- what to do ---
    std::vector<Action> take_actions();
    // Adds the next things to send, alarm lane first; nothing where nothing waits. Call again when
    // the socket took all of it. Answers whether there may be more than fitted.
    bool next(std::vector<fanout::BundlePtr>& out);
    // The same, frame by frame.
    Outgoing next();
    // The socket took what next() gave.
    void on_sent(std::int64_t now_ms);
    // The socket is full: what can be read again is let go, so that whoever sleeps holds no more of
    // the log than is on its way.
    void on_blocked();
    // False while too much is unanswered or unsent: the driver stops reading.
    bool wants_reading() const;
    // Something is waiting to be sent. Cheap.
    bool has_output() const;

    // take_actions() or next() have something to give. Cheap.
    bool is_awake() const { return !actions_.empty() || has_output(); }

    const std::vector<fanout::FeedKey>& feeds() const { return selection_->keys; }
    const Principal& principal() const { return principal_; }

private:
    enum class Phase { fresh, live, closing };
    // A subscription that cannot be answered before the store said whether the log reaches back to
    // its cursor.
    struct Resuming {
        std::int64_t request_id = 0;
        std::uint64_t ticket = 0;
        bool same_feeds = true;
    };
    struct Snapshotting {
        std::uint64_t ticket = 0;
        bool moves_position = false;                 // a start or a reset, not just more channels
        std::shared_ptr<const SnapshotPages> pages;  // null until they come
        std::size_t next_page = 0;
    };
    struct History {
        std::uint64_t ticket = 0;
        wire::Lane lane = wire::LANE_UNSPECIFIED;
        fanout::BatchPtr stretch;  // null until it comes
    };

    void on_request(wire::ClientMessage message, std::int64_t now_ms);
    void take_mark(std::int64_t request_id, const wire::Mark& mark, std::int64_t now_ms);
    void pass_marks(std::int64_t now_ms);
    // The connection listens: it is a console where its person sits at a desk.
    void become_console();
    void take_attended(const wire::Attended& attended, std::int64_t now_ms);
    void subscribe(std::int64_t request_id, const wire::Subscribe& request);
    void resume(std::int64_t request_id, const fanout::Position& position, std::string_view mark);
    void resumed(std::int64_t request_id, bool same_feeds);
    void answer(std::int64_t request_id, wire::Entry entry);
    void refuse(std::int64_t request_id, const domain::Refusal& refusal);
    void say(const wire::Entry& entry);
    // Takes out of the answers that wait what was put into them for other rights.
    void withhold_answers();
    void say_goodbye(wire::GoodbyeReason reason,
                     CloseCode code,
                     std::int32_t retry_after_ms,
                     std::string why);
    void say_subscribed(std::int64_t request_id, bool resumed, bool with_cursor);
    void reset(wire::ResetReason reason);
    void start_snapshot(std::vector<domain::Feed> feeds, bool moves_position);
    // Brings feeds_ and channels_ to what was asked for and is allowed now; answers what was added,
    // and whether anything went.
    struct FeedChange {
        std::vector<domain::Feed> added;
        bool removed = false;
    };
    FeedChange resolve_feeds();
    // What next() has put together so far.
    class Filling;
    bool lanes_open() const;
    // Answers whether more may be waiting in the lane than was taken.
    bool fill_lane(wire::Lane lane, Filling& filling);
    void fill_snapshot(Filling& filling);
    void fill_heartbeat(Filling& filling);
    void put_cursor(wire::Cursor& cursor) const;
    // What the client holds is whole for the feeds in force: cursors bear their mark from now on.
    void mark_feeds();
    std::int32_t spread(std::int32_t up_to_ms) const;

    Principal principal_;
    const Encoding encoding_;
    const Limits& limits_;
    fanout::Window& window_;
    const Surroundings& surroundings_;
    std::uint32_t (*random_)();

    Phase phase_ = Phase::fresh;
    std::vector<Action> actions_;
    std::vector<fanout::FramePtr> replies_;
    std::size_t reply_bytes_ = 0;
    int unanswered_ = 0;
    bool fetching_detail_ = false;  // an incident or a notice
    bool fetching_stats_ = false;
    MarkGate marks_;
    log::Offset marks_need_;  // the console knew of the log up to here when it said them
    bool is_console_ = false;
    std::int64_t next_attended_ms_ = 0;
    int subscribes_left_;  // refilled by the second

    bool subscribed_ = false;
    bool no_snapshot_ = false;
    std::vector<std::string> requested_channels_;  // empty: all, following the role
    SelectionPtr selection_;                       // what is in force
    fanout::Position position_;
    // Stands in every cursor: of which feeds the client holds the whole. One that comes back with
    // more than its cursor's mark says gets a snapshot beside what it missed.
    std::string mark_;
    std::optional<Resuming> resuming_;
    std::vector<Snapshotting> snapshots_;
    std::optional<History> history_;
    std::uint64_t next_ticket_ = 1;

    int heartbeat_ms_;
    std::int64_t next_heartbeat_ms_ = 0;
    std::int64_t next_refill_ms_ = 0;
    bool heartbeat_due_ = false;
    bool in_flight_ = false;
    std::int64_t sending_since_ms_ = 0;
    std::int64_t now_ms_ = 0;  // of the latest call that said
};

}  // namespace tocsin::session
