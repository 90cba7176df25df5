// Before the upgrade: who is let in, and how the others are told.

#include "net_support.hpp"

namespace tocsin::net::test {
namespace {

struct Case {
    std::string name;
    std::string request;
    std::string status;
    std::string code;  // in the body; empty: let in
};

std::string upgrade(const std::string& token,
                    const std::string& protocol = "tocsin.v1",
                    const std::string& more = {}) {
    return Client::upgrade_request(token, protocol, more);
}

std::vector<Case> cases() {
    const std::string good = "volunteer-token";
    const std::string refused = "403";
    std::vector<Case> all = {
        {"let in", upgrade(good), "101", ""},
        {"JSON", upgrade(good, "tocsin.v1+json"), "101", ""},
        {"first known wins", upgrade(good, "chat, tocsin.v1+json, tocsin.v1"), "101", ""},
        {"two offers", upgrade(good, "chat", "Sec-WebSocket-Protocol: tocsin.v1\r\n"), "101", ""},
        {"query is ignored",
         "GET /v1/connect?x=1" + upgrade(good).substr(std::string("GET /v1/connect").size()),
         "101",
         ""},
        {"no subprotocol", upgrade(good, ""), "400", "subprotocol_required"},
        {"unknown subprotocol", upgrade(good, "tocsin.v2"), "400", "subprotocol_required"},
        {"no upgrade",
         "GET /v1/connect HTTP/1.1\r\nHost: hub\r\n\r\n",
         "400",
         "subprotocol_required"},
        {"listed origin", upgrade(good, "tocsin.v1", "Origin: https://good\r\n"), "101", ""},
        {"no token", upgrade(""), "401", "unauthenticated"},
        {"unknown token", upgrade("nobody"), "401", "unauthenticated"},
        {"two tokens",
         upgrade(good, "tocsin.v1", "Authorization: Bearer " + good + "\r\n"),
         "401",
         "unauthenticated"},
        {"basic",
         upgrade("", "tocsin.v1", "Authorization: Basic dTpw\r\n"),
         "401",
         "unauthenticated"},
        {"long token", upgrade(std::string(513, 'a')), "401", "unauthenticated"},
        {"space in token", upgrade("a b"), "401", "unauthenticated"},
        {"elsewhere", "GET / HTTP/1.1\r\nHost: hub\r\n\r\n", "404", "not_found"},
        {"metrics are not here", "GET /metrics HTTP/1.1\r\nHost: hub\r\n\r\n", "404", "not_found"},
        {"below", "GET /v1/connect/x HTTP/1.1\r\nHost: hub\r\n\r\n", "404", "not_found"},
        {"post",
         "POST /v1/connect HTTP/1.1\r\nHost: hub\r\nContent-Length: 2\r\n\r\n{}",
         "405",
         "method_not_allowed"},
        {"no HTTP", "\x16\x03\x01 hello\r\n\r\n", "400", "malformed"},
        {"early", upgrade(good) + "more", "400", "malformed"},
        {"header too long",
         upgrade(good, "tocsin.v1", "X: " + std::string(9'000, 'x') + "\r\n"),
         "431",
         "malformed"},
    };
    for (const char* origin : {"null",
                               "https://evil",
                               "https://good.evil.com",
                               "https://good:444",
                               "http://good",
                               "HTTPS://GOOD",
                               "https://good/",
                               "",
                               "https://good\r\nOrigin: https://good"}) {
        all.push_back({std::string("origin ") + origin,
                       upgrade(good, "tocsin.v1", std::string("Origin: ") + origin + "\r\n"),
                       refused,
                       "origin_refused"});
    }
    return all;
}

TEST(Upgrade, LetsInWhoMayAndTellsTheOthersWhy) {
    Hub hub;
    hub.settings.front.allowed_origins = {"https://good"};
    hub.open();
    for (const Case& one : cases()) {
        Client client(hub.port);
        const std::string answer = client.ask(one.request);
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + one.status + " "))
            << one.name << ": " << answer;
        EXPECT_FALSE(client.timed_out()) << one.name;
        if (one.code.empty()) {
            continue;
        }
        EXPECT_NE(answer.find("{\"code\":\"" + one.code + "\""), answer.npos)
            << one.name << ": " << answer;
        EXPECT_NE(answer.find("Content-Type: application/json\r\n"), answer.npos) << one.name;
        EXPECT_NE(answer.find("X-Content-Type-Options: nosniff\r\n"), answer.npos) << one.name;
        EXPECT_NE(answer.find("Cache-Control: no-store\r\n"), answer.npos) << one.name;
    }
    const ShardStats stats = hub.stats();
    EXPECT_EQ(stats.refused_by_status.at(401), 6);
    EXPECT_EQ(stats.refused_by_status.at(403), 9);
    EXPECT_EQ(stats.upgraded, 6);
}

TEST(Upgrade, AnswersTheChosenSubprotocol) {
    Hub hub;
    hub.open();
    Client client(hub.port);
    const std::string answer =
        client.ask(upgrade("volunteer-token", "chat, tocsin.v1+json, tocsin.v1"));
    EXPECT_NE(answer.find("Sec-WebSocket-Protocol: tocsin.v1+json\r\n"), answer.npos) << answer;
}

TEST(Upgrade, SaysTheSameOfAMissingAndAnUnknownToken) {
    Hub hub;
    hub.open();
    const std::string missing = Client(hub.port).ask(upgrade(""));
    const std::string unknown = Client(hub.port).ask(upgrade("unknown"));
    const std::string odd = Client(hub.port).ask(upgrade(std::string(600, 'x')));
    EXPECT_EQ(missing, unknown);
    EXPECT_EQ(missing, odd);
}

TEST(Upgrade, RefusesADeviceThatHasAsManyAsItMay) {
    Hub hub;
    hub.seats = std::make_shared<Seats>(100, 2);
    hub.open();
    Client first(hub.port);
    ASSERT_TRUE(first.upgrade());
    {
        Client second(hub.port);
        ASSERT_TRUE(second.upgrade());
        const std::string answer = Client(hub.port).ask(upgrade("volunteer-token"));
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 503 ")) << answer;
        EXPECT_NE(answer.find("too_many_connections"), answer.npos);
        EXPECT_NE(answer.find("Retry-After: "), answer.npos);
        Client other_device(hub.port);
        EXPECT_TRUE(other_device.upgrade("officer-token"));
    }
    EXPECT_TRUE(hub.becomes([](const ShardStats& stats) { return stats.connections_open == 1; }));
    EXPECT_TRUE(Client(hub.port).upgrade());
}

TEST(Upgrade, CountsThoseWhoAreNotUpgradedYet) {
    Hub hub;
    hub.seats = std::make_shared<Seats>(2, 100);
    hub.open();
    {
        Client silent(hub.port);
        Client silent_too(hub.port);
        ASSERT_TRUE(hub.becomes([](const ShardStats& stats) { return stats.arrivals_open == 2; }));
        EXPECT_TRUE(Client(hub.port).ask(upgrade("volunteer-token")).starts_with("HTTP/1.1 503 "));
    }
    ASSERT_TRUE(hub.becomes([](const ShardStats& stats) { return stats.arrivals_open == 0; }));
    EXPECT_TRUE(Client(hub.port).upgrade());
}

TEST(Upgrade, ClosesTheSilentAndTheTrickling) {
    Hub hub;
    hub.settings.tick = milliseconds{20};
    hub.settings.upgrade_deadline = milliseconds{300};
    hub.open();
    Client silent(hub.port);
    Client trickling(hub.port);
    const std::string request = upgrade("volunteer-token");
    for (const char byte : request) {
        if (!trickling.try_send({&byte, 1})) {
            break;
        }
        std::this_thread::sleep_for(milliseconds{10});
    }
    EXPECT_TRUE(silent.read_to_end().empty());
    EXPECT_TRUE(trickling.read_to_end().empty());
    EXPECT_FALSE(silent.timed_out() || trickling.timed_out());
    EXPECT_EQ(hub.stats().upgrade_timeouts, 2);
    EXPECT_TRUE(Client(hub.port).upgrade());
}

}  // namespace
}  // namespace tocsin::net::test
