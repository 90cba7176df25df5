// How far a subscriber has come: the rules of tocsin.v1.Cursor.

#include <gtest/gtest.h>

#include "tocsin/position.hpp"

namespace tocsin::client {
namespace {

wire::Cursor cursor(const std::string& text) {
    return cursor_from_text(text).value();
}

wire::Subscribed subscribed(const std::string& at, bool resumed = false) {
    wire::Subscribed message;
    message.set_resumed(resumed);
    if (!at.empty()) {
        *message.mutable_cursor() = cursor(at);
    }
    return message;
}

wire::Event event(wire::Lane lane, const std::string& offset) {
    wire::Event message;
    message.set_lane(lane);
    message.set_offset(offset);
    return message;
}

wire::Snapshot page(bool last, const std::string& at = {}) {
    wire::Snapshot message;
    message.set_last(last);
    if (!at.empty()) {
        *message.mutable_cursor() = cursor(at);
    }
    return message;
}

wire::Heartbeat heartbeat(const std::string& at) {
    wire::Heartbeat message;
    if (!at.empty()) {
        *message.mutable_cursor() = cursor(at);
    }
    return message;
}

std::string at(const Position& position) {
    return position.cursor() ? to_text(*position.cursor()) : "none";
}

TEST(CursorText, GoesThereAndBack) {
    for (const char* text : {"e:1-0:2-0", "e:1-0:", "e::2-0", "e::", "a:b:1-0:2-0"}) {
        EXPECT_EQ(to_text(cursor(text)), text);
    }
    EXPECT_EQ(cursor("a:b:1-0:2-0").epoch(), "a:b");
    EXPECT_EQ(cursor("e~m:1-0:2-0").epoch(), "e");
    EXPECT_EQ(cursor("e~m:1-0:2-0").mark(), "m");
    EXPECT_EQ(to_text(cursor("e~m:1-0:2-0")), "e~m:1-0:2-0");
}

TEST(CursorText, RefusesWhatIsNone) {
    const auto long_part = std::string(65, 'x');
    for (const std::string& text : {std::string(),
                                    std::string("e"),
                                    std::string("e:1-0"),
                                    std::string(":1-0:2-0"),
                                    std::string("::"),
                                    std::string("e:1 0:2-0"),
                                    std::string("e:1-0:2-0\n"),
                                    "e:1-0:" + long_part,
                                    long_part + ":1-0:2-0"}) {
        EXPECT_FALSE(cursor_from_text(text)) << text;
    }
}

TEST(Position, StartsWithoutACursor) {
    EXPECT_EQ(at(Position()), "none");
    EXPECT_EQ(at(Position(cursor("e:1-0:2-0"))), "e:1-0:2-0");
}

TEST(Position, FollowsEachLaneByItsEvents) {
    Position position;
    position.on_subscribed(subscribed("e:5-0:5-0"));
    position.on_event(event(wire::LANE_ALARM, "9-0"));
    EXPECT_EQ(at(position), "e:9-0:5-0");
    position.on_event(event(wire::LANE_ROUTINE, "6-0"));
    EXPECT_EQ(at(position), "e:9-0:6-0");
    position.on_event(event(wire::LANE_ALARM, ""));
    position.on_event(event(wire::LANE_UNSPECIFIED, "99-0"));
    EXPECT_EQ(at(position), "e:9-0:6-0");
}

TEST(Position, TakesTheCursorOfAHeartbeatWhereItHasOne) {
    Position position(cursor("e:1-0:1-0"));
    position.on_heartbeat(heartbeat(""));
    EXPECT_EQ(at(position), "e:1-0:1-0");
    position.on_heartbeat(heartbeat("e:7-0:7-0"));
    EXPECT_EQ(at(position), "e:7-0:7-0");
}

TEST(Position, HasNoCursorBeforeTheLastPageOfASnapshot) {
    Position position;
    position.on_subscribed(subscribed(""));
    position.on_snapshot(page(false));
    position.on_event(event(wire::LANE_ALARM, "6-0"));
    position.on_heartbeat(heartbeat(""));
    EXPECT_EQ(at(position), "none");
    position.on_snapshot(page(true, "e:6-0:5-0"));
    EXPECT_EQ(at(position), "e:6-0:5-0");
}

TEST(Position, KeepsItsCursorWhileAChannelThatWasAddedIsShown) {
    Position position(cursor("e:5-0:5-0"));
    position.on_subscribed(subscribed("", true));
    position.on_snapshot(page(false));
    position.on_event(event(wire::LANE_ALARM, "6-0"));
    position.on_snapshot(page(true));
    EXPECT_EQ(at(position), "e:6-0:5-0");
}

TEST(Position, ForgetsACursorThatIsNotHonoured) {
    Position position(cursor("old:50-0:50-0"));
    position.on_subscribed(subscribed(""));
    EXPECT_EQ(at(position), "none");
}

TEST(Position, NeverMixesALaneOfAnOldEpochWithANewOne) {
    Position position(cursor("old:50-0:50-0"));
    position.on_reset();
    position.on_event(event(wire::LANE_ALARM, "1-0"));
    EXPECT_EQ(at(position), "none");
    position.on_snapshot(page(true, "new:4-0:4-0"));
    EXPECT_EQ(at(position), "new:4-0:4-0");
}

}  // namespace
}  // namespace tocsin::client
