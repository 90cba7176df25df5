// The shard as a whole: rights that change, the orderly stop, the port, the small text server.

#include <sys/resource.h>

#include <boost/asio/post.hpp>
#include <functional>

#include "hub/net/clock.hpp"
#include "hub/net/port_probe.hpp"
#include "hub/net/text_server.hpp"
#include "net_support.hpp"

namespace tocsin::net::test {
namespace {

TEST(Shard, ThrowsOutARevokedDeviceAndPerson) {
    Hub hub;
    hub.open();
    Client volunteer(hub.port);
    Client officer(hub.port);
    ASSERT_TRUE(volunteer.upgrade());
    ASSERT_TRUE(officer.upgrade("officer-token"));
    volunteer.next_entry();
    officer.next_entry();
    hub.change_rights({"volunteer", rights_of("volunteer", kStation), {"device-1"}});
    EXPECT_EQ(volunteer.next_entry().goodbye().reason(), wire::GOODBYE_REASON_REVOKED);
    EXPECT_EQ(volunteer.read_close_code(), 4500);
    hub.change_rights({"officer", rights_of("officer", ""), {}});
    EXPECT_EQ(officer.next_entry().goodbye().reason(), wire::GOODBYE_REASON_REVOKED);
    EXPECT_EQ(officer.read_close_code(), 4500);
}

TEST(Shard, KeepsAnotherDeviceOfTheSamePerson) {
    Hub hub;
    hub.district.admit("second-token", "device-1b", rights_of("volunteer", kStation));
    hub.open();
    Client first(hub.port);
    Client second(hub.port);
    ASSERT_TRUE(first.upgrade());
    ASSERT_TRUE(second.upgrade("second-token"));
    second.next_entry();
    hub.change_rights({"volunteer", rights_of("volunteer", kStation), {"device-1"}});
    EXPECT_EQ(first.read_close_code(), 4500);
    second.subscribe();
    EXPECT_TRUE(second.next_entry().has_subscribed());
}

TEST(Shard, NewRightsHoldForTheBatchThatBringsThem) {
    Hub hub;
    hub.open();
    Client client(hub.port);
    ASSERT_TRUE(client.upgrade());
    client.subscribe();
    while (!client.next_entry().has_snapshot()) {
    }
    hub.change_rights({"volunteer", rights_of("volunteer", "station/xinjiang"), {}});
    hub.publish(10);
    hub.change_rights({"volunteer", rights_of("volunteer", kStation), {}});
    hub.publish(10);
    int events = 0;
    while (events == 0) {
        const wire::Entry entry = client.next_entry();
        ASSERT_NE(entry.body_case(), wire::Entry::BODY_NOT_SET);
        events += entry.has_event() ? 1 : 0;
    }
}

TEST(Shard, ResetsAllWhenTheLogIsAnotherOne) {
    Hub hub;
    hub.open();
    Client client(hub.port);
    ASSERT_TRUE(client.upgrade());
    client.subscribe();
    while (!client.next_entry().has_snapshot()) {
    }
    hub.shard->on_epoch("epoch-2", {9, 0});
    const wire::Entry reset = client.next_entry();
    EXPECT_EQ(reset.reset().reason(), wire::RESET_REASON_EPOCH);
    EXPECT_EQ(reset.reset().epoch(), "epoch-2");
}

TEST(Shard, SaysThatTheStoreIsAway) {
    Hub hub;
    hub.settings.tick = milliseconds{20};
    hub.settings.limits.store_away_ms = 300;
    hub.open();
    Client client(hub.port);
    ASSERT_TRUE(client.upgrade());
    client.next_entry();
    hub.shard->on_store(false);
    EXPECT_EQ(client.next_entry().heartbeat().store(), wire::STORE_STATE_AWAY);
    EXPECT_EQ(client.next_entry().goodbye().reason(), wire::GOODBYE_REASON_STORE_AWAY);
    EXPECT_EQ(client.read_close_code(), 4002);
}

TEST(Shard, SaysGoodbyeWhenItStops) {
    Hub hub;
    hub.open();
    Client client(hub.port);
    ASSERT_TRUE(client.upgrade());
    client.next_entry();
    Client not_upgraded(hub.port);
    std::thread leaver([&] {
        const wire::Entry goodbye = client.next_entry();
        EXPECT_EQ(goodbye.goodbye().reason(), wire::GOODBYE_REASON_SHUTTING_DOWN);
        EXPECT_GT(goodbye.goodbye().retry_after_ms(), 0);
        EXPECT_EQ(client.read_close_code(), 4001);
    });
    hub.close(kPatience);
    leaver.join();
    EXPECT_FALSE(Client(hub.port).upgrade());
}

TEST(Shard, StopsInTimeThoughSomebodyDoesNotLeave) {
    Hub hub;
    hub.open();
    Client client(hub.port);
    ASSERT_TRUE(client.upgrade());
    hub.close(milliseconds{200});
    EXPECT_EQ(client.read_close_code(), 4001);
}

TEST(Shard, SharesAPortWithOthersOfItsHub) {
    Hub hub;
    hub.open();
    Shard second(hub.settings, hub.seats);
    second.set_district(hub.shard->context(), hub.district);
    second.start();
    const auto bound = second.listen({boost::asio::ip::address_v4::loopback(), hub.port});
    ASSERT_TRUE(bound) << bound.error();
    int welcomed = 0;
    std::vector<Client> clients;
    for (int i = 0; i < 40; ++i) {
        clients.emplace_back(hub.port);
        ASSERT_TRUE(clients.back().upgrade());
        welcomed += clients.back().next_entry().has_welcome() ? 1 : 0;
    }
    EXPECT_EQ(welcomed, 40);
    clients.clear();
    EXPECT_LT(hub.stats().accepted, 40);
    std::promise<void> stopped;
    second.stop(milliseconds{0}, [&] { stopped.set_value(); });
    stopped.get_future().wait();
    second.join();
}

TEST(Shard, SurvivesAFamineOfFileDescriptors) {
#if __has_feature(undefined_behavior_sanitizer)
    GTEST_SKIP() << "UBSan opens a pipe to see whether an object can be read, and reports one "
                    "where it cannot";
#endif
    Hub hub;
    hub.open();
    Client before(hub.port);
    ASSERT_TRUE(before.upgrade());
    before.next_entry();
    rlimit usual{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &usual), 0);
    const int lowest_free = ::dup(0);
    ::close(lowest_free);
    rlimit tight = usual;
    tight.rlim_cur = static_cast<rlim_t>(lowest_free) + 1;
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
    {
        Client turned_away(
            hub.port);  // takes the last descriptor of this process, which is the hub's too
        EXPECT_EQ(turned_away.read_to_end(), "");
        EXPECT_FALSE(turned_away.timed_out());
        wire::ClientMessage ping;
        ping.set_request_id(1);
        ping.mutable_ping();
        before.say(ping);
        EXPECT_TRUE(before.next_entry().has_pong());
    }
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &usual), 0);
    EXPECT_GT(hub.stats().accept_errors, 0);
    EXPECT_TRUE(Client(hub.port).upgrade("officer-token"));
}

TEST(PortProbe, SaysWhoIsInTheWay) {
    Hub hub;
    hub.open();
    const tcp::endpoint taken{boost::asio::ip::address_v4::loopback(), hub.port};
    const auto probed = probe_port(taken);
    ASSERT_FALSE(probed);
    EXPECT_NE(probed.error().find("taken by another process"), std::string::npos) << probed.error();
    EXPECT_TRUE(probe_port({boost::asio::ip::address_v4::loopback(), 0}));
    hub.close(milliseconds{0});
    EXPECT_TRUE(probe_port(taken));
}

TEST(TextServer, AnswersGetsAtOnceOrLater) {
    boost::asio::io_context context(1);
    TextServer::Answer waiting;
    TextServer server(context, [&](const std::string& path, TextServer::Answer answer) {
        if (path == "/healthz") {
            answer({.status = 200, .body = "ok\n"});
        } else if (path == "/later") {
            waiting = std::move(answer);
        } else {
            answer({.status = 404, .body = "no\n"});
        }
    });
    const auto bound = server.listen({boost::asio::ip::address_v4::loopback(), 0});
    ASSERT_TRUE(bound) << bound.error();
    std::thread thread([&] { context.run(); });
    const auto get = [&](const std::string& line) {
        return Client(bound->port()).ask(line + " HTTP/1.1\r\nHost: x\r\n\r\n");
    };
    const std::string healthy = get("GET /healthz?x=1");
    EXPECT_TRUE(healthy.starts_with("HTTP/1.1 200 OK\r\n")) << healthy;
    EXPECT_TRUE(healthy.ends_with("\r\n\r\nok\n")) << healthy;
    EXPECT_TRUE(get("GET /nothing").starts_with("HTTP/1.1 404 "));
    EXPECT_TRUE(get("POST /healthz").starts_with("HTTP/1.1 405 "));
    Client later(bound->port());
    later.send("GET /later HTTP/1.1\r\nHost: x\r\n\r\n");
    std::promise<void> answered;
    const auto until = Clock::now() + kPatience;
    std::function<void()> try_answer = [&] {
        if (waiting) {
            waiting({.status = 200, .body = "at last\n"});
            waiting = nullptr;
            answered.set_value();
        } else if (Clock::now() < until) {
            boost::asio::post(context, try_answer);
        }
    };
    boost::asio::post(context, try_answer);
    EXPECT_EQ(answered.get_future().wait_for(kPatience), std::future_status::ready);
    EXPECT_TRUE(later.read_to_end().ends_with("at last\n"));
    later.drop();
    boost::asio::post(context, [&] { server.stop(); });
    thread.join();
}

}  // namespace
}  // namespace tocsin::net::test
