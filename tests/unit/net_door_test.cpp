// What a shard answers over HTTP itself: pages, in and out, who am I, the map.

#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "net_support.hpp"

namespace tocsin::net::test {
namespace {

namespace fs = std::filesystem;

struct DoorHub : Hub {
    DoorHub() {
        std::string name = (fs::temp_directory_path() / "tocsin-door-XXXXXX").string();
        directory = ::mkdtemp(name.data());
        std::ofstream(directory / "volunteer.html") << "<!doctype html>home";
        std::ofstream(directory / "big.js") << std::string(1'000'000, 'b');
        settings.pages = std::make_shared<const Pages>(*Pages::load(directory));
        settings.sign_in_failures = std::make_shared<Failures>(3, 60'000);
        has_door = true;
    }
    ~DoorHub() { fs::remove_all(directory); }

    std::string host() const { return "localhost:" + std::to_string(port); }
    std::string own() const { return "Origin: http://" + host() + "\r\n"; }
    std::string head(const std::string& line, const std::string& more = "") const {
        return line + " HTTP/1.1\r\nHost: " + host() + "\r\n" + more + "\r\n";
    }
    std::string sign_in(const std::string& body, const std::string& more = "") const {
        return head("POST /v1/sign-in",
                    more + "Content-Length: " + std::to_string(body.size()) + "\r\n") +
               body;
    }
    std::string sign_in_as_page(const std::string& body) const {
        return sign_in(body, own() + "Content-Type: application/json\r\n");
    }
    std::string ask(const std::string& request) const { return Client(port).ask(request); }

    fs::path directory;
};

bool has(const std::string& answer, const std::string& what) {
    return answer.find(what) != answer.npos;
}

std::string status_of(const std::string& answer) {
    return answer.substr(0, 12);
}

TEST(DoorHub, GivesPagesOneAfterTheOtherOnOneConnection) {
    DoorHub hub;
    hub.open();
    Client client(hub.port);
    // The second request comes before the first is answered.
    client.send(hub.head("GET /") + hub.head("GET /?x=1"));
    std::string got;
    while (got.find("home", got.find("home") + 1) == got.npos) {
        ASSERT_TRUE(client.read_more());
        got = client.peek();
    }
    EXPECT_TRUE(has(got, "Connection: keep-alive\r\n"));
    const std::string last = client.ask(hub.head("GET /big.js", "Connection: close\r\n"));
    EXPECT_TRUE(last.ends_with(std::string(1'000, 'b')));
    EXPECT_EQ(hub.stats().pages_served, 3);
    EXPECT_EQ(hub.stats().accepted, 1);
}

TEST(DoorHub, RefusesWhatIsNoPage) {
    DoorHub hub;
    hub.open();
    for (const char* path : {"//",
                             "/../etc/passwd",
                             "/%2e%2e/etc/passwd",
                             "/volunteer.html",
                             "/v1/",
                             "/console",
                             "/v1/sign-in/",
                             "http://localhost/",
                             "*"}) {
        EXPECT_EQ(status_of(hub.ask(hub.head("GET " + std::string(path)))), "HTTP/1.1 404") << path;
    }
    const std::string posted = hub.ask(hub.head("POST /", "Content-Length: 0\r\n"));
    EXPECT_EQ(status_of(posted), "HTTP/1.1 405");
    EXPECT_TRUE(has(posted, "Allow: GET, HEAD\r\n"));
    EXPECT_EQ(status_of(hub.ask(hub.head("GET /", "Content-Length: 3\r\n") + "abc")),
              "HTTP/1.1 400");
    EXPECT_EQ(status_of(hub.ask("GET / HTTP/1.1\r\nHost: evil\r\n\r\n")), "HTTP/1.1 421");
    EXPECT_EQ(status_of(hub.ask("GET / HTTP/1.0\r\n\r\n")), "HTTP/1.1 421");
}

TEST(DoorHub, SignsInByALinkAndGivesACookie) {
    DoorHub hub;
    hub.open();
    const std::string answer = hub.ask(hub.sign_in_as_page("{\"secret\":\"good\"}"));
    EXPECT_EQ(status_of(answer), "HTTP/1.1 200") << answer;
    EXPECT_TRUE(has(answer,
                    "Set-Cookie: tocsin=volunteer-token; Path=/; HttpOnly; SameSite=Strict; "
                    "Max-Age=31536000\r\n"));
    EXPECT_TRUE(has(answer, "Cache-Control: no-store\r\n"));
    EXPECT_TRUE(
        has(answer, "{\"person\":\"volunteer\",\"name\":\"\",\"roles\":[],\"home\":\"/\"}"));
    EXPECT_EQ(hub.stats().sign_ins["signed_in"], 1);
}

TEST(DoorHub, InProductionTheCookieIsForHttpsAlone) {
    DoorHub hub;
    hub.settings.front.secure = true;
    hub.open();
    const std::string body = "{\"secret\":\"good\"}";
    EXPECT_EQ(status_of(hub.ask(hub.sign_in_as_page(body))), "HTTP/1.1 403");
    const std::string answer = hub.ask(hub.sign_in(
        body, "Origin: https://" + hub.host() + "\r\nContent-Type: application/json\r\n"));
    EXPECT_TRUE(has(answer,
                    "Set-Cookie: __Host-tocsin=volunteer-token; Path=/; HttpOnly; "
                    "SameSite=Strict; Max-Age=31536000; Secure\r\n"))
        << answer;
}

TEST(DoorHub, P7_TellsWhatIsWrongWithASignIn) {
    DoorHub hub;
    hub.settings.sign_in_failures = nullptr;
    hub.open();
    const std::string good = "{\"secret\":\"good\"}";
    const std::string json = "Content-Type: application/json\r\n";
    struct Case {
        std::string request;
        std::string status;
        std::string code;
    };
    const Case cases[] = {
        {hub.sign_in(good, json), "403", "origin_refused"},
        {hub.sign_in(good, json + "Origin: http://evil\r\n"), "403", "origin_refused"},
        {hub.sign_in(good, json + hub.own() + "Sec-Fetch-Site: cross-site\r\n"),
         "403",
         "origin_refused"},
        {hub.sign_in(good, hub.own()), "415", "malformed"},
        {hub.sign_in(good, hub.own() + "Content-Type: text/plain\r\n"), "415", "malformed"},
        {hub.sign_in(good, hub.own() + "Content-Type: application/jsonx\r\n"), "415", "malformed"},
        {hub.sign_in(good, hub.own() + "Content-Type: Application/JSON; charset=utf-8\r\n"),
         "200",
         ""},
        {hub.sign_in_as_page(""), "400", "malformed"},
        {hub.sign_in_as_page("{}"), "400", "malformed"},
        {hub.sign_in_as_page("[]"), "400", "malformed"},
        {hub.sign_in_as_page("{\"secret\":"), "400", "malformed"},
        {hub.sign_in_as_page("{\"secret\":\"a\",\"more\":1}"), "400", "malformed"},
        {hub.sign_in_as_page("{\"secret\":{}}"), "400", "malformed"},
        {hub.sign_in_as_page("{\"secret\":\"a b\"}"), "400", "malformed"},
        {hub.sign_in_as_page("{\"secret\":\"\xff\"}"), "400", "malformed"},
        {hub.sign_in_as_page("{\"secret\":\"" + std::string(513, 'a') + "\"}"), "400", "malformed"},
        {hub.sign_in_as_page(std::string(4'097, ' ')), "413", "malformed"},
        {hub.sign_in_as_page(std::string(4'000, '[')), "400", "malformed"},
        {hub.head("POST /v1/sign-in", hub.own() + json + "Transfer-Encoding: chunked\r\n") +
             "0\r\n\r\n",
         "411",
         "malformed"},
        {hub.head("POST /v1/sign-in", hub.own() + json), "411", "malformed"},
        {hub.head("GET /v1/sign-in", hub.own()), "405", "method_not_allowed"},
        {hub.sign_in_as_page("{\"secret\":\"used\"}"), "403", "link_used"},
        {hub.sign_in_as_page("{\"secret\":\"nobody's\"}"), "403", "link_unknown"},
        {hub.sign_in_as_page("{\"secret\":\"later\"}"), "503", "unavailable"},
    };
    for (const Case& one : cases) {
        const std::string answer = hub.ask(one.request);
        EXPECT_EQ(status_of(answer), "HTTP/1.1 " + one.status) << one.request << answer;
        if (!one.code.empty()) {
            EXPECT_TRUE(has(answer, "{\"code\":\"" + one.code + "\"")) << one.request << answer;
            EXPECT_FALSE(has(answer, "Set-Cookie")) << one.request;
        }
    }
}

TEST(DoorHub, P7_BoundsFailuresFromOneAddress) {
    DoorHub hub;
    hub.open();
    const auto come = [&](const std::string& secret) {
        return hub.ask(hub.sign_in_as_page("{\"secret\":\"" + secret + "\"}"));
    };
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(status_of(come("good")), "HTTP/1.1 200") << "success is no failure";
        EXPECT_EQ(status_of(come("later")), "HTTP/1.1 503") << "nor is what is ours";
    }
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(status_of(come("x")), "HTTP/1.1 403");
    }
    const std::string refused = come("good");
    EXPECT_EQ(status_of(refused), "HTTP/1.1 429");
    EXPECT_TRUE(has(refused, "Retry-After: "));
    EXPECT_EQ(hub.stats().sign_ins["too_many_requests"], 1);
}

TEST(DoorHub, P7_ABodyThatDripsIsCutOff) {
    DoorHub hub;
    hub.settings.upgrade_deadline = milliseconds{400};
    hub.settings.tick = milliseconds{50};
    hub.open();
    Client client(hub.port);
    client.send(hub.head("POST /v1/sign-in",
                         hub.own() + "Content-Type: application/json\r\nContent-Length: 100\r\n"));
    const auto began = Clock::now();
    while (client.send("{") && Clock::now() - began < kPatience) {
        if (!client.read_more(milliseconds{50}) && !client.timed_out()) {
            break;
        }
        client.forget_timeout();
    }
    EXPECT_LT(Clock::now() - began, milliseconds{5'000});
    EXPECT_TRUE(hub.becomes([](const ShardStats& stats) { return stats.arrivals_open == 0; }));
    EXPECT_EQ(hub.stats().upgrade_timeouts, 1);
}

TEST(DoorHub, P7_AReaderOfNothingIsLetGo) {
    DoorHub hub;
    hub.settings.close_deadline = milliseconds{200};
    hub.settings.upgrade_deadline = milliseconds{200};
    hub.settings.tick = milliseconds{50};
    hub.open();
    {
        Client idle(hub.port);
        EXPECT_TRUE(has(idle.ask_once(hub.head("GET /")), "home"));
        EXPECT_TRUE(hub.becomes([](const ShardStats& stats) { return stats.arrivals_open == 0; }))
            << "kept open, and nothing more was asked";
    }
    EXPECT_EQ(hub.stats().upgrade_timeouts, 0) << "that is no fault";
}

TEST(DoorHub, SaysWhoTheCookieIs) {
    DoorHub hub;
    hub.open();
    const std::string cookie = "Cookie: tocsin=officer-token\r\n";
    const std::string me = hub.ask(hub.head("GET /v1/me", cookie));
    EXPECT_EQ(status_of(me), "HTTP/1.1 200") << me;
    EXPECT_TRUE(has(me, "\"person\":\"officer\"")) << me;
    EXPECT_TRUE(has(me, "\"device\":\"device-2\"")) << me;
    EXPECT_TRUE(has(me, "\"channels\":[\"station/baoguo\"]")) << me;
    EXPECT_EQ(status_of(hub.ask(hub.head("GET /v1/me", "Authorization: Bearer officer-token\r\n"))),
              "HTTP/1.1 200");
    EXPECT_EQ(status_of(hub.ask(hub.head("GET /v1/me"))), "HTTP/1.1 401");
    EXPECT_EQ(status_of(hub.ask(hub.head("GET /v1/me", "Cookie: tocsin=x\r\n"))), "HTTP/1.1 401");
    EXPECT_EQ(status_of(hub.ask(hub.head("POST /v1/me", cookie + hub.own()))), "HTTP/1.1 405");
    EXPECT_EQ(status_of(hub.ask(hub.head("GET /v1/me", cookie + "Sec-Fetch-Site: cross-site\r\n"))),
              "HTTP/1.1 403");
    EXPECT_EQ(status_of(hub.ask(hub.head("GET /v1/me", cookie + "Content-Length: 2\r\n") + "{}")),
              "HTTP/1.1 400");
}

TEST(DoorHub, SignsOutWhoeverTheCookieIs) {
    DoorHub hub;
    hub.open();
    const std::string cookie = "Cookie: tocsin=officer-token\r\n";
    EXPECT_EQ(status_of(hub.ask(hub.head("POST /v1/sign-out", cookie))), "HTTP/1.1 403");
    EXPECT_EQ(status_of(hub.ask(hub.head("POST /v1/sign-out", hub.own()))), "HTTP/1.1 401");
    EXPECT_EQ(status_of(hub.ask(hub.head("GET /v1/sign-out", cookie))), "HTTP/1.1 405");
    const std::string answer = hub.ask(hub.head("POST /v1/sign-out", cookie + hub.own()));
    EXPECT_EQ(status_of(answer), "HTTP/1.1 200") << answer;
    EXPECT_TRUE(has(answer, "Set-Cookie: tocsin=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"));
    EXPECT_EQ(hub.stats().sign_outs, 1);
    hub.close(milliseconds{0});
    EXPECT_EQ(hub.doorkeeper.left, std::vector<std::string>{"officer/device-2"});
}

TEST(DoorHub, ShowsTheMapToWhoeverIsSignedIn) {
    DoorHub hub;
    hub.open();
    const std::string cookie = "Cookie: tocsin=officer-token\r\n";
    EXPECT_EQ(status_of(hub.ask(hub.head("GET /v1/district"))), "HTTP/1.1 401");
    const std::string map = hub.ask(hub.head("GET /v1/district", cookie));
    EXPECT_TRUE(has(map, "ETag: \"tag\"\r\n")) << map;
    EXPECT_TRUE(has(map, "Cache-Control: private, no-cache\r\n")) << map;
    EXPECT_TRUE(map.ends_with("\r\n\r\n{\"areas\":[]}\n")) << map;
    const std::string known =
        hub.ask(hub.head("GET /v1/district", cookie + "If-None-Match: \"tag\"\r\n"));
    EXPECT_EQ(status_of(known), "HTTP/1.1 304") << known;
    const std::string zipped =
        hub.ask(hub.head("GET /v1/district", cookie + "Accept-Encoding: gzip, br\r\n"));
    EXPECT_TRUE(has(zipped, "Content-Encoding: gzip\r\n")) << zipped;
    EXPECT_TRUE(has(zipped, "ETag: \"tag-gzip\"\r\n")) << zipped;
    EXPECT_TRUE(zipped.ends_with("\r\n\r\nzipped")) << zipped;
    EXPECT_TRUE(known.ends_with("\r\n\r\n"));
}

TEST(DoorHub, CountsWhatBrowsersReport) {
    DoorHub hub;
    hub.open();
    EXPECT_EQ(status_of(hub.ask(hub.head("POST /v1/csp-report", "Content-Length: 4\r\n") + "junk")),
              "HTTP/1.1 204");
    EXPECT_EQ(status_of(hub.ask(hub.head("GET /v1/csp-report"))), "HTTP/1.1 405");
    EXPECT_EQ(hub.stats().csp_reports, 1);
}

TEST(DoorHub, P5_UpgradesByCookieFromItsOwnPagesOnly) {
    DoorHub hub;
    hub.open();
    const auto upgrade = [&](const std::string& more) {
        std::string request = Client::upgrade_request("", "tocsin.v1", more);
        request.replace(request.find("Host: hub"), 9, "Host: " + hub.host());
        return status_of(hub.ask(request));
    };
    const std::string cookie = "Cookie: tocsin=officer-token\r\n";
    EXPECT_EQ(upgrade(cookie + hub.own()), "HTTP/1.1 101");
    EXPECT_EQ(upgrade(cookie), "HTTP/1.1 403");
    EXPECT_EQ(upgrade(cookie + "Origin: http://evil\r\n"), "HTTP/1.1 403");
    EXPECT_EQ(upgrade(cookie + "Origin: null\r\n"), "HTTP/1.1 403");
    EXPECT_EQ(upgrade(hub.own()), "HTTP/1.1 401");
    EXPECT_EQ(upgrade("Cookie: tocsin=nobody\r\n" + hub.own()), "HTTP/1.1 401");
}

TEST(DoorHub, WithoutADoorkeeperThereIsNothingButTheConnection) {
    DoorHub hub;
    hub.has_door = false;
    hub.settings.pages = nullptr;
    hub.open();
    for (const char* line :
         {"GET /", "GET /v1/me", "POST /v1/sign-in", "GET /v1/district", "POST /v1/csp-report"}) {
        EXPECT_EQ(status_of(hub.ask(hub.head(line))), "HTTP/1.1 404") << line;
    }
}

}  // namespace
}  // namespace tocsin::net::test
