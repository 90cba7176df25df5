// After the upgrade: what a connection says and hears over a real socket, and how bad ones end.

#include "net_support.hpp"

namespace tocsin::net::test {
namespace {

constexpr int kText = 1;
constexpr int kBinary = 2;
constexpr int kPing = 9;
constexpr int kPong = 10;

wire::ClientMessage report(std::int64_t request_id) {
    wire::ClientMessage message;
    message.set_request_id(request_id);
    message.mutable_command()->set_id("0190a1b2-0000-7000-8000-000000000001");
    message.mutable_command()->mutable_submit_report()->set_text("smoke");
    return message;
}

TEST(WebSocket, WelcomesAndAnswersAReport) {
    Hub hub;
    hub.open();
    Client client(hub.port);
    ASSERT_TRUE(client.upgrade());
    const wire::Entry welcome = client.next_entry();
    EXPECT_EQ(welcome.welcome().person().id(), "volunteer");
    EXPECT_EQ(welcome.welcome().device_id(), "device-1");
    EXPECT_EQ(welcome.welcome().epoch(), "epoch-1");
    EXPECT_EQ(welcome.welcome().hub_version(), "test");
    client.say(report(5));
    const wire::Entry receipt = client.next_entry();
    EXPECT_EQ(receipt.request_id(), 5);
    EXPECT_EQ(receipt.receipt().offset(), "7-0");
    EXPECT_EQ(receipt.receipt().subject_id(), "volunteer/device-1");
}

TEST(WebSocket, SpeaksJsonOneEntryAMessage) {
    Hub hub;
    hub.open();
    Client client(hub.port);
    ASSERT_TRUE(client.upgrade("volunteer-token", "tocsin.v1+json"));
    const auto welcome = client.next();
    ASSERT_TRUE(welcome);
    EXPECT_EQ(welcome->opcode, kText);
    EXPECT_NE(welcome->payload.find("\"welcome\""), std::string::npos) << welcome->payload;
    client.send(Client::frame(kText, R"({"requestId": "1", "ping": {}})"));
    client.send(Client::frame(kText, R"({"requestId": "2", "ping": {}})"));
    for (const char* id : {"\"1\"", "\"2\""}) {
        const auto pong = client.next();
        ASSERT_TRUE(pong);
        EXPECT_NE(pong->payload.find(id), std::string::npos) << pong->payload;
    }
}

TEST(WebSocket, SendsEventsInOrderToThoseWhoRead) {
    Hub hub;
    hub.open();
    Client client(hub.port);
    ASSERT_TRUE(client.upgrade());
    client.subscribe();
    while (!client.next_entry().has_snapshot()) {
    }
    constexpr int kEvents = 2'000;
    for (int i = 0; i < kEvents; ++i) {
        hub.publish(100);
    }
    for (int i = 1; i <= kEvents; ++i) {
        const wire::Entry entry = client.next_entry();
        ASSERT_EQ(entry.event().offset(), log::to_text({2, static_cast<std::uint64_t>(i)}));
    }
}

TEST(WebSocket, JoinsFragmentsAndAnswersPingsBetweenThem) {
    Hub hub;
    hub.open();
    Client client(hub.port);
    ASSERT_TRUE(client.upgrade());
    const std::string bytes = report(9).SerializeAsString();
    client.send(Client::frame(kBinary, bytes.substr(0, 5), false) + Client::frame(kPing, "here?") +
                Client::frame(0, {}, false) + Client::frame(0, bytes.substr(5)));
    bool ponged = false;
    for (;;) {
        const auto message = client.next();
        ASSERT_TRUE(message);
        if (message->opcode == kPong) {
            EXPECT_EQ(message->payload, "here?");
            ponged = true;
        } else if (message->payload.find("7-0") != std::string::npos) {
            break;
        }
    }
    EXPECT_TRUE(ponged);
}

TEST(WebSocket, ClosesWith1003ForTheWrongType) {
    Hub hub;
    hub.open();
    Client binary(hub.port);
    ASSERT_TRUE(binary.upgrade());
    binary.send(Client::frame(kText, "{}"));
    EXPECT_EQ(binary.read_close_code(), 1003);
    Client json(hub.port);
    ASSERT_TRUE(json.upgrade("volunteer-token", "tocsin.v1+json"));
    json.send(Client::frame(kBinary, "{}"));
    EXPECT_EQ(json.read_close_code(), 1003);
}

TEST(WebSocket, TakesTheLargestMessageAndClosesWith1009AboveIt) {
    Hub hub;
    hub.settings.tick = milliseconds{20};
    hub.settings.close_deadline = milliseconds{200};
    hub.open();
    wire::ClientMessage message = report(3);
    std::string* text = message.mutable_command()->mutable_submit_report()->mutable_text();
    text->resize(65'536, 'x');
    while (message.ByteSizeLong() > 65'536) {
        text->pop_back();
    }
    ASSERT_EQ(message.ByteSizeLong(), 65'536u);
    Client fits(hub.port);
    ASSERT_TRUE(fits.upgrade());
    fits.next_entry();
    fits.say(message);
    EXPECT_TRUE(fits.next_entry().has_receipt());

    text->push_back('x');
    Client too_big(hub.port);
    ASSERT_TRUE(too_big.upgrade());
    too_big.say(message);
    EXPECT_EQ(too_big.read_close_code(), 1009);

    Client in_pieces(hub.port);
    ASSERT_TRUE(in_pieces.upgrade());
    const std::string bytes = message.SerializeAsString();
    in_pieces.send(Client::frame(kBinary, bytes.substr(0, 40'000), false) +
                   Client::frame(0, bytes.substr(40'000)));
    EXPECT_EQ(in_pieces.read_close_code(), 1009);

    Client claims_a_tebibyte(hub.port);
    ASSERT_TRUE(claims_a_tebibyte.upgrade());
    claims_a_tebibyte.send(
        std::string("\x82\xff\x00\x00\x01\x00\x00\x00\x00\x00\x01\x02\x03\x04", 14));
    EXPECT_EQ(claims_a_tebibyte.read_close_code(), 1009);
    EXPECT_TRUE(hub.becomes([](const ShardStats& stats) { return Hub::closes(stats, 1009) == 3; }));
}

TEST(WebSocket, ClosesWith1007ForTextThatIsNotUtf8And1002ForUnmasked) {
    Hub hub;
    hub.open();
    Client client(hub.port);
    ASSERT_TRUE(client.upgrade("volunteer-token", "tocsin.v1+json"));
    client.send(Client::frame(kText, "\xff\xfe"));
    EXPECT_EQ(client.read_close_code(), 1007);
    Client unmasked(hub.port);
    ASSERT_TRUE(unmasked.upgrade());
    unmasked.send(std::string("\x82\x01x", 3));
    EXPECT_EQ(unmasked.read_close_code(), 1002);
}

TEST(WebSocket, ClosesWith4501ForWhatIsNoMessage) {
    Hub hub;
    hub.open();
    Client client(hub.port);
    ASSERT_TRUE(client.upgrade());
    client.send(Client::frame(kBinary, "\xff\xff\xff"));
    client.next_entry();  // welcome
    EXPECT_EQ(client.next_entry().refusal().code(), "malformed");
    EXPECT_EQ(client.next_entry().goodbye().reason(), wire::GOODBYE_REASON_PROTOCOL);
    EXPECT_EQ(client.read_close_code(), 4501);
}

TEST(WebSocket, EndsAMillionEmptyFragments) {
    Hub hub;
    hub.open();
    Client client(hub.port);
    ASSERT_TRUE(client.upgrade());
    std::string thousand;
    for (int i = 0; i < 1'000; ++i) {
        thousand += Client::frame(0, {}, false);
    }
    client.send(Client::frame(kBinary, {}, false));
    for (int i = 0; i < 1'000 && client.send(thousand); ++i) {
    }
    EXPECT_EQ(client.read_close_code(), 4008);
    EXPECT_TRUE(hub.becomes([](const ShardStats& stats) { return stats.connections_open == 0; }));
}

TEST(WebSocket, EndsATrickledFrameButNotAQuietConnection) {
    Hub hub;
    hub.settings.tick = milliseconds{20};
    hub.settings.message_deadline = milliseconds{400};
    hub.settings.close_deadline = milliseconds{500};
    hub.open();
    Client quiet(hub.port);
    ASSERT_TRUE(quiet.upgrade());
    quiet.next_entry();
    Client trickling(hub.port);
    ASSERT_TRUE(trickling.upgrade());
    const std::string bytes = Client::frame(kBinary, std::string(30'000, 'x'));
    const auto until = Clock::now() + milliseconds{1'500};
    for (std::size_t i = 0; Clock::now() < until; ++i) {
        if (!trickling.try_send({&bytes[i], 1})) {
            break;
        }
        if (i % 50 ==
            49) {  // pings between its bytes would be part of the frame; only the quiet one pings
            quiet.send(Client::frame(kPing, "x"));
        }
        std::this_thread::sleep_for(milliseconds{10});
    }
    EXPECT_EQ(trickling.read_close_code(), 4008);
    wire::ClientMessage ping;
    ping.set_request_id(4);
    ping.mutable_ping();
    quiet.say(ping);
    EXPECT_TRUE(quiet.next_entry().has_pong());
}

TEST(WebSocket, EndsAMessageThatHidesBehindPings) {
    Hub hub;
    hub.settings.tick = milliseconds{20};
    hub.settings.message_deadline = milliseconds{400};
    hub.settings.close_deadline = milliseconds{500};
    hub.open();
    Client client(hub.port);
    ASSERT_TRUE(client.upgrade());
    client.send(Client::frame(kBinary, "x", false));
    const auto until = Clock::now() + milliseconds{1'500};
    while (Clock::now() < until && client.try_send(Client::frame(kPing, "x"))) {
        std::this_thread::sleep_for(milliseconds{10});
    }
    EXPECT_EQ(client.read_close_code(), 4008);
}

TEST(WebSocket, AnswersPingsWhileABacklogIsOnItsWay) {
    Hub hub;
    hub.open();
    Client client(hub.port, 4'096);
    ASSERT_TRUE(client.upgrade());
    client.subscribe();
    while (!client.next_entry().has_snapshot()) {
    }
    constexpr int kEvents = 3'000;
    for (int i = 0; i < kEvents; ++i) {
        hub.publish(1'000);
    }
    constexpr int kPings = 20;
    for (int i = 0; i < kPings; ++i) {
        client.send(Client::frame(kPing, std::to_string(i)));
    }
    int pongs = 0;
    int events = 0;
    while (pongs < kPings || events < kEvents) {
        const auto message = client.next();
        ASSERT_TRUE(message) << pongs << " pongs, " << events << " events";
        if (message->opcode == kPong) {
            EXPECT_EQ(message->payload, std::to_string(pongs++));
        } else {
            wire::ServerMessage parsed;
            ASSERT_EQ(message->opcode, kBinary);
            ASSERT_TRUE(parsed.ParseFromString(message->payload));
            for (const wire::Entry& entry : parsed.entries()) {
                events += entry.has_event() ? 1 : 0;
            }
        }
    }
}

TEST(WebSocket, AnswersTenThousandRequestsOfAClientThatReads) {
    Hub hub;
    hub.open();
    Client client(hub.port);
    ASSERT_TRUE(client.upgrade());
    client.next_entry();
    constexpr int kRequests = 10'000;
    std::thread writer([&] {
        for (int i = 1; i <= kRequests; ++i) {
            wire::ClientMessage message;
            message.set_request_id(i);
            message.mutable_ping();
            client.say(message);
        }
    });
    for (int i = 1; i <= kRequests; ++i) {
        EXPECT_EQ(client.next_entry().request_id(), i);
    }
    writer.join();
}

TEST(WebSocket, EndsWhoeverNeverReadsAndNobodyElse) {
    Hub hub;
    hub.settings.tick = milliseconds{50};
    hub.settings.limits.stalled_ms = 500;
    hub.settings.close_deadline = milliseconds{300};
    hub.open();
    Client sleeper(hub.port, 4'096);
    Client reader(hub.port);
    for (Client* client : {&sleeper, &reader}) {
        ASSERT_TRUE(client->upgrade());
        client->subscribe();
        while (!client->next_entry().has_snapshot()) {
        }
    }
    constexpr int kEvents = 2'000;
    std::thread publisher([&] {
        for (int i = 0; i < kEvents; ++i) {
            hub.publish(1'000);
        }
    });
    for (int i = 0; i < kEvents; ++i) {
        ASSERT_TRUE(reader.next_entry().has_event());
    }
    publisher.join();
    EXPECT_TRUE(hub.becomes([](const ShardStats& stats) {
        return stats.connections_open == 1 && Hub::closes(stats, 4008) == 1;
    }));
    hub.publish(10);
    EXPECT_TRUE(reader.next_entry().has_event());
}

TEST(WebSocket, ForgetsAPeerThatIsGone) {
    Hub hub;
    hub.open();
    {
        Client client(hub.port);
        ASSERT_TRUE(client.upgrade());
        client.say(report(1));
    }
    EXPECT_TRUE(hub.becomes([](const ShardStats& stats) { return stats.connections_open == 0; }));
    Client polite(hub.port);
    ASSERT_TRUE(polite.upgrade());
    polite.send(Client::frame(8, std::string("\x03\xe8", 2)));
    EXPECT_EQ(polite.read_close_code(), 1000);
    EXPECT_TRUE(hub.becomes([](const ShardStats& stats) {
        return stats.connections_open == 0 && Hub::closes(stats, 1000) == 1;
    }));
}

}  // namespace
}  // namespace tocsin::net::test
