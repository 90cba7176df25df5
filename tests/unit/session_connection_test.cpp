// What a connection says and hears, without a socket: messages in, actions and frames out.

#include "hub/session/connection.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "hub/fanout/encode.hpp"

namespace tocsin::session {
namespace {

namespace store = domain::store;

std::uint32_t no_randomness() {
    return 0;
}

struct Peer {
    explicit Peer(Encoding encoding = Encoding::binary) {
        rights = std::make_shared<fanout::Rights>();
        rights->person.set_id("officer");
        rights->feeds = {{"station/west", store::VIEW_OFFICER},
                         {"me/officer", store::VIEW_REPORTER}};
        rights->channels = {"me", "station/west"};
        surroundings.epoch = "E1";
        connection.emplace(
            Principal{"device", rights}, encoding, limits, window, surroundings, no_randomness);
        connection->on_open(now);
        said();
    }

    // Everything it has to say now; the socket takes all of it.
    std::vector<wire::Entry> said() {
        std::vector<wire::Entry> entries;
        for (int i = 0; i < 1'000; ++i) {
            const Outgoing out = connection->next();
            if (out.empty()) {
                break;
            }
            std::string message;
            for (const auto& part : out.parts) {
                message += part->binary();
            }
            connection->on_sent(now);
            wire::ServerMessage decoded;
            EXPECT_TRUE(decoded.ParseFromString(message));
            entries.insert(entries.end(), decoded.entries().begin(), decoded.entries().end());
        }
        return entries;
    }
    void hear(wire::ClientMessage message) {
        message.set_request_id(++request_id);
        connection->on_message(message.SerializeAsString(), false, now);
    }
    void subscribe(std::optional<fanout::Position> from,
                   const std::string& epoch = "E1",
                   bool no_snapshot = true) {
        wire::ClientMessage message;
        message.mutable_subscribe()->set_no_snapshot(no_snapshot);
        if (from) {
            message.mutable_subscribe()->mutable_cursor()->set_epoch(epoch);
            message.mutable_subscribe()->mutable_cursor()->set_alarm(log::to_text(from->alarm));
            message.mutable_subscribe()->mutable_cursor()->set_routine(log::to_text(from->routine));
        }
        hear(message);
    }
    // The log goes on by one event for the station.
    void happens(wire::Lane lane, const std::string& feed = "station/west#90") {
        auto entry = std::make_shared<fanout::Entry>();
        entry->offset = {++head, 0};
        entry->lane = lane;
        wire::Entry said_entry;
        said_entry.mutable_event()->set_offset(log::to_text(entry->offset));
        said_entry.mutable_event()->set_lane(lane);
        entry->deliveries.push_back({feed, 90, fanout::frame_of(said_entry)});
        fanout::Batch batch;
        batch.after = {head - 1, 0};
        batch.to = entry->offset;
        batch.entries.push_back(entry);
        kept.push_back(entry);
        window.append(batch, now);
    }
    template <class T>
    std::vector<T> actions() {
        std::vector<T> found;
        for (auto& action : connection->take_actions()) {
            if (auto* wanted = std::get_if<T>(&action)) {
                found.push_back(std::move(*wanted));
            }
        }
        return found;
    }
    fanout::BatchPtr stretch(log::Offset after, std::size_t count) {
        auto batch = std::make_shared<fanout::Batch>();
        batch->after = batch->to = after;
        for (const auto& entry : kept) {
            if (entry->offset > after && batch->entries.size() < count) {
                batch->entries.push_back(entry);
                batch->to = entry->offset;
            }
        }
        return batch;
    }

    Limits limits;
    Surroundings surroundings;
    fanout::Window window{{.entries = 50}};
    std::shared_ptr<fanout::Rights> rights;
    std::optional<Connection> connection;
    std::vector<fanout::EntryPtr> kept;
    std::int64_t now = 1'000'000;
    std::int64_t request_id = 0;
    std::uint64_t head = 0;
};

std::vector<std::string> offsets(const std::vector<wire::Entry>& entries) {
    std::vector<std::string> found;
    for (const auto& entry : entries) {
        if (entry.has_event()) {
            found.push_back(entry.event().offset());
        }
    }
    return found;
}

TEST(Connection, SaysWelcomeFirst) {
    Peer peer;
    Connection fresh(Principal{"device", peer.rights},
                     Encoding::binary,
                     peer.limits,
                     peer.window,
                     peer.surroundings,
                     no_randomness);
    EXPECT_FALSE(fresh.has_output());
    fresh.on_open(5);
    const auto out = fresh.next();
    ASSERT_EQ(out.parts.size(), 1u);
    wire::ServerMessage message;
    ASSERT_TRUE(message.ParseFromString(out.parts[0]->binary()));
    EXPECT_EQ(message.entries(0).welcome().epoch(), "E1");
    EXPECT_EQ(message.entries(0).welcome().channels_size(), 2);
    EXPECT_EQ(message.entries(0).welcome().limits().message_bytes(), 65'536);
}

TEST(Connection, AlarmOvertakesRoutineAndOrderHoldsInEachLane) {
    Peer peer;
    peer.subscribe(std::nullopt);
    peer.said();
    for (int i = 0; i < 20; ++i) {
        peer.happens(i % 5 == 4 ? wire::LANE_ALARM : wire::LANE_ROUTINE);
    }
    EXPECT_EQ(offsets(peer.said()),
              (std::vector<std::string>{"5-0",  "10-0", "15-0", "20-0", "1-0",  "2-0",  "3-0",
                                        "4-0",  "6-0",  "7-0",  "8-0",  "9-0",  "11-0", "12-0",
                                        "13-0", "14-0", "16-0", "17-0", "18-0", "19-0"}));
}

TEST(Connection, P3_HeartbeatCarriesTheCursorOfAQuietChannel) {
    Peer peer;
    peer.subscribe(std::nullopt);
    peer.said();
    peer.happens(wire::LANE_ROUTINE, "elsewhere#1");
    EXPECT_FALSE(peer.connection->has_output());
    peer.now += peer.limits.default_heartbeat_ms;
    peer.connection->on_tick(peer.now);
    const auto entries = peer.said();
    ASSERT_EQ(entries.size(), 1u);
    EXPECT_EQ(entries[0].heartbeat().cursor().routine(), "1-0");
    EXPECT_EQ(entries[0].heartbeat().cursor().alarm(), "1-0");
}

TEST(Connection, P3_ACursorOfAnotherEpochIsReset) {
    Peer peer;
    peer.happens(wire::LANE_ROUTINE);
    peer.subscribe(fanout::Position{{1, 0}, {1, 0}}, "E0", false);
    auto entries = peer.said();
    ASSERT_EQ(entries.size(), 2u);
    EXPECT_FALSE(entries[0].subscribed().resumed());
    EXPECT_EQ(entries[1].reset().reason(), wire::RESET_REASON_EPOCH);
    const auto fetches = peer.actions<FetchSnapshot>();
    ASSERT_EQ(fetches.size(), 1u);
    wire::Entry page;
    page.mutable_snapshot()->add_states()->mutable_incident()->set_id("I");
    auto pages = std::make_shared<SnapshotPages>();
    pages->taken_at = {1, 0};
    pages->pages.push_back(fanout::frame_of(page));
    peer.happens(wire::LANE_ROUTINE);
    EXPECT_TRUE(peer.said().empty()) << "nothing before the snapshot says where we stand";
    peer.connection->on_snapshot(fetches[0].ticket, pages);
    entries = peer.said();
    ASSERT_EQ(entries.size(), 3u);
    EXPECT_EQ(entries[0].snapshot().states(0).incident().id(), "I");
    EXPECT_TRUE(entries[1].snapshot().last());
    EXPECT_EQ(entries[1].snapshot().cursor().routine(), "1-0");
    EXPECT_EQ(entries[2].event().offset(), "2-0");
}

TEST(Connection, P3_ATrimmedLogIsReset) {
    Peer peer;
    for (int i = 0; i < 100; ++i) {
        peer.happens(wire::LANE_ROUTINE);
    }
    peer.subscribe(fanout::Position{{3, 0}, {3, 0}});
    EXPECT_TRUE(peer.said().empty())
        << "not answered before the store has said whether the log reaches back";
    const auto fetches = peer.actions<FetchHistory>();
    ASSERT_EQ(fetches.size(), 1u);
    peer.connection->on_history(fetches[0].ticket, nullptr);
    const auto entries = peer.said();
    ASSERT_GE(entries.size(), 2u);
    EXPECT_FALSE(entries[0].subscribed().resumed());
    EXPECT_EQ(entries[1].reset().reason(), wire::RESET_REASON_TRIMMED);
}

TEST(Connection, P3_BehindTheWindowIsReadBackInOrderInBothLanes) {
    Peer peer;
    std::vector<std::string> alarm;
    std::vector<std::string> routine;
    for (int i = 1; i <= 400; ++i) {
        const bool urgent = i % 7 == 0;
        peer.happens(urgent ? wire::LANE_ALARM : wire::LANE_ROUTINE);
        (urgent ? alarm : routine).push_back(std::to_string(i) + "-0");
    }
    peer.subscribe(fanout::Position{{}, {}});
    std::vector<std::string> got;
    for (int i = 0; i < 200; ++i) {
        for (const auto& fetch : peer.actions<FetchHistory>()) {
            peer.connection->on_history(fetch.ticket, peer.stretch(fetch.after, 64));
        }
        const auto more = offsets(peer.said());
        got.insert(got.end(), more.begin(), more.end());
        if (i == 10) {
            peer.happens(wire::LANE_ALARM);
            alarm.push_back("401-0");
        }
    }
    std::vector<std::string> got_alarm;
    std::vector<std::string> got_routine;
    for (const auto& offset : got) {
        (std::ranges::find(alarm, offset) != alarm.end() ? got_alarm : got_routine)
            .push_back(offset);
    }
    EXPECT_EQ(got_alarm, alarm);
    EXPECT_EQ(got_routine, routine);
}

// Of an incident that was opened again the mark would be taken for one of before.
TEST(Connection, P9_AMarkWaitsUntilTheHubKnowsWhatItsConsoleKnows) {
    Peer peer;
    peer.happens(wire::LANE_ALARM);
    peer.subscribe(fanout::Position{{3, 0}, {1, 0}});
    const auto fetches = peer.actions<FetchHistory>();
    ASSERT_EQ(fetches.size(), 1u);
    peer.connection->on_history(fetches[0].ticket, peer.stretch({3, 0}, 1));
    wire::ClientMessage message;
    message.mutable_mark()->add_shown_incident_ids("I");
    peer.hear(message);
    peer.happens(wire::LANE_ALARM);
    peer.connection->on_tick(peer.now += 1'000);
    EXPECT_TRUE(peer.actions<PassMark>().empty());
    peer.happens(wire::LANE_ALARM);
    peer.connection->on_tick(peer.now += 1'000);
    EXPECT_EQ(peer.actions<PassMark>().size(), 1u);
}

TEST(Connection, P5_RightsThatShrinkHoldForWhatIsWaitingAlready) {
    Peer peer;
    peer.subscribe(std::nullopt);
    peer.said();
    peer.happens(wire::LANE_ROUTINE);
    auto less = std::make_shared<fanout::Rights>(*peer.rights);
    less->feeds = {{"me/officer", store::VIEW_REPORTER}};
    less->channels = {"me"};
    peer.connection->on_rights(less, false);
    const auto entries = peer.said();
    ASSERT_EQ(entries.size(), 1u);
    EXPECT_EQ(entries[0].subscribed().channels_size(), 1);
    EXPECT_EQ(peer.connection->feeds(), std::vector<fanout::FeedKey>{"me/officer#40"});
}

TEST(Connection, P5_WhoMaySeeLessForgetsWhatItHolds) {
    Peer peer;
    peer.subscribe(std::nullopt, "", false);
    const auto fetches = peer.actions<FetchSnapshot>();
    ASSERT_EQ(fetches.size(), 1u);
    auto pages = std::make_shared<SnapshotPages>();
    pages->pages.push_back(fanout::frame_of({}));
    peer.connection->on_snapshot(fetches[0].ticket, pages);
    peer.said();
    auto less = std::make_shared<fanout::Rights>(*peer.rights);
    less->feeds = {{"me/officer", store::VIEW_REPORTER}};
    less->channels = {"me"};
    peer.connection->on_rights(less, false);
    const auto entries = peer.said();
    ASSERT_EQ(entries.size(), 2u);
    EXPECT_EQ(entries[0].subscribed().channels_size(), 1);
    EXPECT_EQ(entries[1].reset().reason(), wire::RESET_REASON_RIGHTS);
    EXPECT_EQ(peer.actions<FetchSnapshot>().size(), 1u);
}

TEST(Connection, P5_WhoMaySeeLessThanTheCursorSaysForgetsWhatItHolds) {
    Peer before;
    before.subscribe(std::nullopt);
    const auto cursor = before.said()[0].subscribed().cursor();
    for (const bool more : {false, true}) {
        Peer peer;
        peer.rights->feeds = {{"me/officer", store::VIEW_REPORTER}};
        peer.rights->channels = {"me"};
        if (more) {
            peer.rights->feeds.push_back({"station/east", store::VIEW_OFFICER});
            peer.rights->channels.push_back("station/east");
        }
        wire::ClientMessage message;
        message.set_request_id(1);
        *message.mutable_subscribe()->mutable_cursor() = cursor;
        peer.hear(message);
        const auto entries = peer.said();
        ASSERT_EQ(entries.size(), 2u);
        EXPECT_FALSE(entries[0].subscribed().resumed());
        EXPECT_EQ(entries[1].reset().reason(), wire::RESET_REASON_RIGHTS);
    }
}

TEST(Connection, P5_PagesMadeForMoreThanMayBeSeenNowAreNotSent) {
    Peer peer;
    peer.subscribe(std::nullopt, "", false);
    const auto fetches = peer.actions<FetchSnapshot>();
    ASSERT_EQ(fetches.size(), 1u);
    auto less = std::make_shared<fanout::Rights>(*peer.rights);
    less->feeds = {{"me/officer", store::VIEW_REPORTER}};
    less->channels = {"me"};
    peer.connection->on_rights(less, false);
    wire::Entry page;
    page.mutable_snapshot()->add_states()->mutable_incident()->set_id("SECRET");
    auto pages = std::make_shared<SnapshotPages>();
    pages->pages.push_back(fanout::frame_of(page));
    peer.connection->on_snapshot(fetches[0].ticket, pages);
    for (const auto& entry : peer.said()) {
        EXPECT_EQ(entry.SerializeAsString().find("SECRET"), std::string::npos);
    }
    ASSERT_EQ(peer.actions<FetchSnapshot>().size(), 1u);
}

TEST(Connection, P5_AnswersThatWaitShowNothingThatMayBeSeenNoMore) {
    Peer peer;
    peer.subscribe(std::nullopt);
    peer.said();
    wire::ClientMessage message;
    message.mutable_command()->set_id("x");
    peer.hear(message);
    message.mutable_get_incident()->set_incident_id("i");
    peer.hear(message);
    auto incident = std::make_shared<wire::Incident>();
    incident->set_id("SECRET");
    domain::Refusal refusal{"already_acknowledged", "", "", 0};
    refusal.incident = incident;
    const auto submits = peer.actions<Submit>();
    ASSERT_EQ(submits.size(), 1u);
    peer.connection->on_receipt(submits[0].request_id, std::unexpected(refusal), peer.now);
    wire::IncidentDetail detail;
    *detail.mutable_incident() = *incident;
    peer.connection->on_incident(submits[0].request_id + 1, std::vector{detail});
    auto less = std::make_shared<fanout::Rights>(*peer.rights);
    less->feeds = {{"me/officer", store::VIEW_REPORTER}};
    less->channels = {"me"};
    peer.connection->on_rights(less, false);
    std::vector<std::string> codes;
    for (const auto& entry : peer.said()) {
        EXPECT_EQ(entry.SerializeAsString().find("SECRET"), std::string::npos);
        codes.push_back(entry.refusal().code());
    }
    ASSERT_EQ(codes.size(), 3u);
    EXPECT_EQ(codes[0], "already_acknowledged");
    EXPECT_EQ(codes[1], "unavailable");
}

TEST(Connection, P3_WhoMaySeeMoreThanTheCursorSaysGetsASnapshotBeside) {
    Peer before;
    before.subscribe(std::nullopt);
    const auto entries = before.said();
    ASSERT_TRUE(entries[0].subscribed().has_cursor());
    const auto cursor = entries[0].subscribed().cursor();
    for (const bool more : {false, true}) {
        Peer peer;
        if (more) {
            peer.rights->feeds.push_back({"station/east", store::VIEW_OFFICER});
            peer.rights->channels.push_back("station/east");
        }
        wire::ClientMessage message;
        *message.mutable_subscribe()->mutable_cursor() = cursor;
        peer.hear(message);
        EXPECT_TRUE(peer.said()[0].subscribed().resumed());
        EXPECT_EQ(peer.actions<FetchSnapshot>().size(), more ? 1u : 0u);
    }
}

TEST(Connection, P7_SubscribesNoFasterThanTheDistrictCanBear) {
    Peer peer;
    int heard = 0;
    while (peer.connection->wants_reading() && heard < 1'000) {
        peer.subscribe(std::nullopt);
        peer.said();
        ++heard;
    }
    EXPECT_EQ(heard, peer.limits.subscribes);
    peer.now += 1'000;
    peer.connection->on_tick(peer.now);
    EXPECT_TRUE(peer.connection->wants_reading());
}

TEST(Connection, P7_AsksForOneIncidentAtATime) {
    Peer peer;
    wire::ClientMessage message;
    message.mutable_get_incident()->set_incident_id("x");
    peer.hear(message);
    EXPECT_FALSE(peer.connection->wants_reading());
    peer.connection->on_incident(1, std::vector<wire::IncidentDetail>(1));
    EXPECT_TRUE(peer.connection->wants_reading());
}

TEST(Connection, P5_RevokedIsGoodbye) {
    for (const bool device : {true, false}) {
        Peer peer;
        peer.subscribe(std::nullopt);
        peer.said();
        peer.happens(wire::LANE_ALARM);
        auto none = std::make_shared<fanout::Rights>();
        peer.connection->on_rights(device ? peer.rights : none, device);
        const auto entries = peer.said();
        ASSERT_EQ(entries.size(), 1u);
        EXPECT_EQ(entries[0].goodbye().reason(), wire::GOODBYE_REASON_REVOKED);
        const auto closes = peer.actions<Close>();
        ASSERT_EQ(closes.size(), 1u);
        EXPECT_EQ(closes[0].code, CloseCode::revoked);
        peer.happens(wire::LANE_ALARM);
        peer.connection->on_tick(peer.now + 100'000);
        EXPECT_TRUE(peer.said().empty());
    }
}

TEST(Connection, P7_ReadsNoMoreThanItCanAnswer) {
    Peer peer;
    wire::ClientMessage message;
    message.mutable_command()->set_id("x");
    for (int i = 0; i < 32; ++i) {
        EXPECT_TRUE(peer.connection->wants_reading());
        peer.hear(message);
    }
    EXPECT_FALSE(peer.connection->wants_reading());
    auto submits = peer.actions<Submit>();
    ASSERT_EQ(submits.size(), 32u);
    peer.connection->on_receipt(submits[0].request_id, wire::Receipt(), peer.now);
    EXPECT_TRUE(peer.connection->wants_reading());
}

TEST(Connection, P7_ReadsNoMoreWhileItsRepliesAreNotTaken) {
    Peer peer;
    wire::ClientMessage ping;
    ping.mutable_ping();
    int heard = 0;
    while (peer.connection->wants_reading() && heard < 100'000) {
        peer.hear(ping);
        ++heard;
    }
    EXPECT_LT(heard, 100'000);
    EXPECT_EQ(peer.said().size(), static_cast<std::size_t>(heard));
    EXPECT_TRUE(peer.connection->wants_reading());
}

TEST(Connection, P4_TakingNothingForTooLongIsGoodbye) {
    Peer peer;
    peer.subscribe(std::nullopt);
    peer.said();
    peer.happens(wire::LANE_ROUTINE);
    ASSERT_FALSE(peer.connection->next().empty());
    peer.connection->on_tick(peer.now + peer.limits.stalled_ms - 1);
    EXPECT_TRUE(peer.actions<Close>().empty());
    peer.connection->on_tick(peer.now + peer.limits.stalled_ms);
    const auto closes = peer.actions<Close>();
    ASSERT_EQ(closes.size(), 1u);
    EXPECT_EQ(closes[0].code, CloseCode::too_slow);
}

TEST(Connection, P9_TheStoreAwayIsToldAtOnceAndAfterAMinuteGoodbye) {
    Peer peer;
    peer.surroundings.store_well = false;
    peer.surroundings.store_away_since_ms = peer.now;
    peer.connection->on_store_changed(peer.now);
    auto entries = peer.said();
    ASSERT_EQ(entries.size(), 1u);
    EXPECT_EQ(entries[0].heartbeat().store(), wire::STORE_STATE_AWAY);
    peer.now += 59'999;
    peer.connection->on_tick(peer.now);
    EXPECT_TRUE(peer.actions<Close>().empty());
    peer.now += 1;
    peer.connection->on_tick(peer.now);
    const auto closes = peer.actions<Close>();
    ASSERT_EQ(closes.size(), 1u);
    EXPECT_EQ(closes[0].code, CloseCode::store_away);
}

struct Bad {
    const char* name;
    std::string bytes;
    bool text;
    std::string_view code;
    std::string_view field;
    int close;  // 0: kept
};

TEST(Connection, P10_BadMessagesAreRefusedByNameAndTheProtocolsBreakersClosed) {
    wire::ClientMessage bad_utf8;
    bad_utf8.set_request_id(9);
    bad_utf8.mutable_command()->mutable_submit_report()->set_text("abc");
    std::string invalid = bad_utf8.SerializeAsString();
    invalid.replace(invalid.find("abc"), 3, "a\xff\xfe");
    wire::ClientMessage no_id;
    no_id.mutable_ping();
    std::string deep;
    const Bad rows[] = {
        {"empty frame", "", false, domain::code::empty_request, "request", 0},
        {"only an id",
         std::string("\x08\x07", 2),
         false,
         domain::code::empty_request,
         "request",
         0},
        {"unknown request",
         std::string("\x08\x07\xfa\x06\x00", 5),
         false,
         domain::code::unknown_request,
         "request",
         0},
        {"no request id",
         no_id.SerializeAsString(),
         false,
         domain::code::missing_field,
         "request_id",
         0},
        {"invalid UTF-8",
         invalid,
         false,
         domain::code::invalid_utf8,
         "command.submit_report.text",
         0},
        {"random bytes", "\x93\x11\x77\xfe\x00zz", false, domain::code::malformed, "", 4501},
        {"truncated", invalid.substr(0, 6), false, domain::code::malformed, "", 4501},
        {"text on binary", "{}", true, "", "", 1003},
        {"over the bound", std::string(65'537, 'x'), false, "", "", 1009},
    };
    take_over_protobuf_log();
    for (const Bad& row : rows) {
        SCOPED_TRACE(row.name);
        Peer peer;
        peer.connection->on_message(row.bytes, row.text, peer.now);
        const auto entries = peer.said();
        if (!row.code.empty()) {
            ASSERT_FALSE(entries.empty());
            EXPECT_EQ(entries[0].refusal().code(), row.code);
            EXPECT_EQ(entries[0].refusal().field(), row.field);
        }
        const auto closes = peer.actions<Close>();
        ASSERT_EQ(closes.size(), row.close == 0 ? 0u : 1u);
        if (row.close != 0) {
            EXPECT_EQ(static_cast<int>(closes[0].code), row.close);
            EXPECT_EQ(entries.back().goodbye().reason(), wire::GOODBYE_REASON_PROTOCOL);
        }
    }
}

TEST(Connection, P10_SubscriptionsThatCannotBeAreRefused) {
    Peer peer;
    wire::ClientMessage message;
    message.mutable_subscribe()->add_channels("me");
    message.mutable_subscribe()->add_channels("station/east");
    peer.hear(message);
    auto entries = peer.said();
    ASSERT_EQ(entries.size(), 1u);
    EXPECT_EQ(entries[0].refusal().code(), domain::code::channel_invalid);
    EXPECT_EQ(entries[0].refusal().field(), "subscribe.channels[1]");
    for (const char* bad : {"", "x", "1", "1-", "-1", "1-2-3", "99999999999999999999999-0"}) {
        wire::ClientMessage cursor;
        cursor.mutable_subscribe()->mutable_cursor()->set_epoch("E1");
        cursor.mutable_subscribe()->mutable_cursor()->set_alarm("1-0");
        cursor.mutable_subscribe()->mutable_cursor()->set_routine(bad);
        peer.hear(cursor);
        entries = peer.said();
        ASSERT_EQ(entries.size(), 1u) << bad;
        EXPECT_EQ(entries[0].refusal().code(), domain::code::cursor_invalid) << bad;
        EXPECT_EQ(entries[0].refusal().field(), "subscribe.cursor.routine") << bad;
    }
}

TEST(Connection, SpeaksJsonWhereItWasAskedTo) {
    Peer peer(Encoding::json);
    peer.connection->on_message(R"({"requestId":"3","ping":{}})", true, peer.now);
    const auto out = peer.connection->next();
    ASSERT_EQ(out.parts.size(), 1u);
    EXPECT_EQ(out.parts[0]->json(),
              R"({"entries":[{"requestId":"3","pong":{"timeMs":"1000000"}}]})");
    peer.connection->on_message("{", true, peer.now);
    const auto closes = peer.actions<Close>();
    ASSERT_EQ(closes.size(), 1u);
    EXPECT_EQ(closes[0].code, CloseCode::malformed);
}

}  // namespace
}  // namespace tocsin::session
