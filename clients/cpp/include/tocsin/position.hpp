#pragma once
// How far a subscriber has come, by the rules of tocsin.v1.Cursor. Pure.

#include <optional>
#include <string>
#include <string_view>

#include "tocsin/v1/session.pb.h"

namespace tocsin::client {

namespace wire = tocsin::v1;

// The text form of a cursor: `epoch:alarm:routine`.
std::string to_text(const wire::Cursor& cursor);
// Nothing where the text is not of that form. Whether the hub knows the cursor, only the hub can say.
std::optional<wire::Cursor> cursor_from_text(std::string_view text);

// Feed it all that the hub says about a subscription, in order.
class Position {
public:
    Position() = default;
    // Goes on from a cursor kept from earlier.
    explicit Position(wire::Cursor kept) : cursor_(std::move(kept)), known_(true), whole_(true) {}

    void on_subscribed(const wire::Subscribed& subscribed, bool with_snapshot);
    void on_event(const wire::Event& event);
    void on_snapshot(const wire::Snapshot& snapshot);
    void on_heartbeat(const wire::Heartbeat& heartbeat);
    void on_reset(const wire::Reset& reset, bool with_snapshot);

    // As of the last thing that was fed in.
    const wire::Cursor& latest() const { return cursor_; }

    // The cursor to come back with. Nothing while a snapshot is under way: what its missing pages would have said is
    // in no event, so a client that is cut off there starts anew with a snapshot.
    std::optional<wire::Cursor> to_resume() const;

private:
    wire::Cursor cursor_;
    bool known_ = false;         // the hub, or an earlier session, gave a cursor
    bool whole_ = false;         // no snapshot is owed
    bool pages_started_ = false;  // a page came that was not the last
};

}  // namespace tocsin::client
