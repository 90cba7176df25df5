#pragma once
// How far a subscriber has come, by the rules of tocsin.v1.Cursor. Pure.

#include <optional>
#include <string>
#include <string_view>

#include "tocsin/v1/session.pb.h"

namespace tocsin::client {

namespace wire = tocsin::v1;

// The text form of a cursor: `epoch:alarm:routine`, with `~mark` behind the epoch where it has one.
std::string to_text(const wire::Cursor& cursor);
// Nothing where the text is not of that form. Whether the hub knows the cursor, only the hub can
// say.
std::optional<wire::Cursor> cursor_from_text(std::string_view text);

// Feed it all that the hub says about a subscription, in order. There is no cursor before the hub
// gave one, and none between a reset and the end of the snapshot after it: what the missing pages
// would have said is in no event, so a client that is cut off there starts anew.
class Position {
public:
    Position() = default;
    // Goes on from a cursor kept from earlier.
    explicit Position(wire::Cursor kept) : cursor_(std::move(kept)) {}

    void on_subscribed(const wire::Subscribed& subscribed);
    void on_event(const wire::Event& event);
    void on_snapshot(const wire::Snapshot& snapshot);
    void on_heartbeat(const wire::Heartbeat& heartbeat);
    void on_reset() { cursor_.reset(); }

    // The cursor to come back with, as of the last thing that was fed in.
    const std::optional<wire::Cursor>& cursor() const { return cursor_; }

private:
    std::optional<wire::Cursor> cursor_;
};

}  // namespace tocsin::client
