#pragma once
// What a client says and hears, over as many connections as it takes: a state machine without I/O,
// clock or thread. Its driver (tocsin/client.hpp, or one of your own) tells it what happened and
// what time it is, performs the actions that it hands out, and wakes it when it asks. One thread
// uses it at a time.
//
//   - A command stays in the outbox until it is answered. After a reconnect it goes out again with
//   the same id, in the
//     same order, so that the hub stores it once. Refused with a time to retry, it waits and goes
//     out again.
//   - The subscription is renewed after a reconnect from where it had come.
//   - A hub that is silent for two heartbeats is given up.

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "tocsin/backoff.hpp"
#include "tocsin/position.hpp"
#include "tocsin/v1/session.pb.h"

namespace tocsin::client {

// A point of a clock that never jumps.
using Instant = std::chrono::steady_clock::time_point;
using Millis = std::chrono::milliseconds;

struct SessionOptions {
    Millis backoff_base{250};
    // Short, so that everybody is back soon after a restart: an attempt a second on average costs a
    // hub little.
    Millis backoff_cap{2'000};
    // From the upgrade to the hub's welcome.
    Millis welcome_within{10'000};
    // A connection that lived for so long counts as a success: the next wait is short again.
    Millis settled_after{5'000};
};

// What to receive.
struct Subscription {
    std::vector<std::string> channels =
        {};  // empty: all that the person may see, following the role
    std::optional<wire::Cursor> cursor = {};  // where to go on
    int heartbeat_ms = 0;                     // 0: as the hub has it
    bool no_snapshot = false;
};

// --- what the driver must do, in order ---
// Open a connection; every older one is done with.
struct Open {};
// Send this as one binary WebSocket message.
struct Send {
    std::string bytes;
};
// Abandon the connection: nothing more of it is to be told.
struct Abandon {};
using Action = std::variant<Open, Send, Abandon>;

// --- how a connection ended, or why there was none ---
struct Closed {
    std::string why;                            // for people
    int close_code = 0;                         // of the WebSocket; 0 where none came
    int http_status = 0;                        // where the upgrade was refused
    std::optional<wire::Refusal> refusal = {};  // the body of that
    bool hopeless = false;  // it would be the same again, such as a certificate that is not trusted
};

// --- what the program is told, in order ---
// The hub said something that answers no command: a welcome, subscribed, event, snapshot, reset,
// heartbeat or goodbye.
struct Heard {
    wire::Entry entry;
    std::optional<wire::Cursor> cursor = {};  // as of after it; see Position
};
// A command is on disk.
struct Stored {
    wire::Receipt receipt;
};
// A request was refused for good.
struct Refused {
    enum class What { command, subscription, incident, notice, stats };
    What what;
    std::string id;  // the command's, the incident's or the notice's
    wire::Refusal refusal;
};
// A request was refused for now; it goes out again by itself.
struct Postponed {
    wire::Refusal refusal;
    Millis retry_in;
};
// The answer to get_incident, its parts put together.
struct IncidentSeen {
    wire::Incident incident;
};
// The answer to get_notice, its parts put together; of the trail one entry an incident.
struct NoticeSeen {
    wire::NoticeDetail detail;
};

// The answer to get_stats.
struct StatsSeen {
    wire::Stats stats;
};
// The connection is gone, or could not be made; the next attempt comes by itself.
struct Disconnected {
    Closed closed;
    Millis retry_in;
};
// The session is over: trying again would not help.
struct Ended {
    Closed closed;
};
using Happening = std::variant<Heard,
                               Stored,
                               Refused,
                               Postponed,
                               IncidentSeen,
                               NoticeSeen,
                               StatsSeen,
                               Disconnected,
                               Ended>;

// Puts the parts of one incident together: pages of a snapshot, parts of a detail. A lower version
// is ignored.
void merge(wire::Incident& whole, const wire::Incident& part);
// Likewise the parts of an answer about a notice.
void merge(wire::NoticeDetail& whole, const wire::NoticeDetail& part);

class Session {
public:
    Session(SessionOptions options, Random random);

    // --- what the program wants ---
    void start(Instant now);
    // Replaces the subscription as a whole.
    void subscribe(Subscription wish, Instant now);
    // The command must have its id. It is sent after those submitted before it.
    void submit(wire::Command command, Instant now);
    void get_incident(std::string incident_id, Instant now);
    void get_notice(std::string notice_id, Instant now);
    // Replaces an earlier request that was not answered yet.
    void get_stats(wire::GetStats request, Instant now);
    // For consoles: what came to this one, or was before somebody's eyes, as it was then. Goes out
    // in bundles, and again after a reconnect: the hub keeps the first and is silent about the
    // rest. Once the incident was opened again or handed over nothing of before is said any more,
    // and it is to be marked again.
    void mark(const wire::Incident& incident, bool shown, Instant now);
    // For consoles: a key was pressed or something clicked. Call it as often as that happens.
    void attended(Instant now);

    // --- what the driver tells ---
    void on_open(Instant now);
    void on_message(std::string_view bytes, Instant now);
    void on_closed(const Closed& closed, Instant now);
    void on_time(Instant now);

    // --- what the driver asks, after each of the above ---
    std::vector<Action> take_actions();
    std::optional<Happening> take_happening();
    // When to call on_time at the latest. Nothing: no need.
    std::optional<Instant> wake_at() const;

    // Commands without an answer yet, oldest first: what a program stores to survive its own end.
    std::vector<wire::Command> unanswered() const;
    const Position& position() const { return position_; }
    // The hub said welcome on the connection that stands now.
    bool is_welcomed() const { return stage_ == Stage::welcomed; }
    bool has_ended() const { return stage_ == Stage::ended; }

private:
    enum class Stage { idle, waiting, opening, open, welcomed, ended };
    struct Outgoing {
        wire::Command command;
        std::int64_t request_id = 0;  // 0: not sent on this connection
        Instant not_before{};
    };
    struct Wanted {
        std::string id;
        bool is_notice = false;
        wire::Incident incident = {};
        wire::NoticeDetail notice = {};
        std::int64_t request_id = 0;
        Instant not_before{};
    };

    struct Asked {
        wire::GetStats request;
        std::int64_t request_id = 0;
        Instant not_before{};
    };
    struct Marked {
        std::string incident_id;
        bool shown = false;
        bool is_sent = false;   // on this connection
        bool was_sent = false;  // on an earlier one
    };

    // What makes an incident one that is to be shown anew.
    struct News {
        int turns = 0;    // how often it was opened again or handed over
        int reports = 1;  // how many it has
    };

    void pump_stats(Instant now);
    void pump_marks(Instant now);
    void pump_attended(Instant now);
    bool has_marks_to_send() const;
    bool may_send(const Marked& mark) const;
    void hear_news(const wire::Incident& incident);
    void forget_proof();
    // The hub may have lost them, or the person sits at another desk now.
    void say_marks_again();
    bool hear_stats_refusal(const wire::Entry& entry, Instant now);
    void hear(wire::Entry entry, Instant now);
    void hear_welcome(const wire::Welcome& welcome, Instant now);
    void hear_refusal(const wire::Entry& entry, Instant now);
    void hear_detail(const wire::Entry& entry);
    void tell_heard(wire::Entry entry);
    // Until the second heartbeat is missed, and half of one for the way.
    Millis silence_allowed() const;
    void pump(Instant now);
    bool has_room() const;
    std::int64_t send(wire::ClientMessage message);
    void refuse_too_long(const wire::Command& command, std::size_t bytes);
    void lose(const Closed& closed, Instant now);
    void forget_connection();
    std::optional<Instant> next_retry() const;

    SessionOptions options_;
    Random random_;
    Backoff backoff_;
    Stage stage_ = Stage::idle;
    std::int64_t last_request_id_ = 0;
    int unanswered_requests_ = 0;

    std::optional<Subscription> wish_;
    std::int64_t subscribe_request_ = 0;  // 0: to be sent
    bool subscribed_ = false;             // what the hub sends belongs to the wish
    Instant subscribe_not_before_{};
    Position position_;
    std::deque<Outgoing> outbox_;
    std::deque<Wanted> wanted_;
    std::optional<Asked> asked_;
    std::deque<Marked> marks_;          // the latest ones
    std::map<std::string, News> news_;  // as last heard of, but for those with none
    bool has_caught_up_ = false;        // with what happened while there was no connection
    Instant marks_not_before_{};
    std::optional<Instant> attended_at_;
    bool attended_is_said_ = true;  // on this connection
    Instant attended_not_before_{};

    Instant welcomed_at_{};
    Instant reconnect_at_{};
    Instant silent_until_{};  // the hub is given up then
    Millis heartbeat_{0};
    int most_unanswered_ = 32;
    int most_bytes_ = 65'536;
    std::optional<wire::Goodbye> goodbye_;

    std::vector<Action> actions_;
    std::deque<Happening> happenings_;
};

}  // namespace tocsin::client
