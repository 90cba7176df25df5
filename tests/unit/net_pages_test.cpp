// The pages' files: what is read, what a path finds, in which form it goes out. And what stands
// around them: routes, hosts, origins, cookies, failures.
#include <gmock/gmock.h>
#include <stdlib.h>

#include <boost/beast/http/parser.hpp>
#include <fstream>

#include "hub/net/failures.hpp"
#include "hub/net/page_answer.hpp"
#include "hub/net/routes.hpp"

namespace tocsin::net::test {
namespace {

namespace fs = std::filesystem;
namespace http = boost::beast::http;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// A directory of its own, gone in the end.
struct Directory {
    Directory() {
        std::string name = (fs::temp_directory_path() / "tocsin-pages-XXXXXX").string();
        path = ::mkdtemp(name.data());
        put("volunteer.html", "<!doctype html>");
    }
    ~Directory() { fs::remove_all(path); }
    void put(const std::string& name, const std::string& text) const {
        fs::create_directories((path / name).parent_path());
        std::ofstream(path / name, std::ios::binary) << text;
    }
    fs::path path;
};

Request request(const std::string& lines, const std::string& method = "GET") {
    http::request_parser<http::empty_body> parser;
    boost::system::error_code error;
    const std::string text = method + " / HTTP/1.1\r\nHost: a.localhost:8080\r\n" + lines + "\r\n";
    parser.put(boost::asio::buffer(text), error);
    EXPECT_FALSE(error) << text;
    return parser.release();
}

TEST(Pages, AreFoundByTheirExactPathOnly) {
    const Directory directory;
    directory.put("console.html", "console");
    directory.put("sign-in.html", "sign in");
    directory.put("sw.js", "worker");
    directory.put("assets/a-1f.js", "script");
    directory.put("assets/inner.html", "not a page of its own");
    const auto pages = Pages::load(directory.path);
    ASSERT_TRUE(pages) << pages.error();
    EXPECT_EQ(pages->files(), 6U);
    EXPECT_EQ(*pages->find("/")->plain.bytes, "<!doctype html>");
    EXPECT_EQ(*pages->find("/console")->plain.bytes, "console");
    EXPECT_EQ(*pages->find("/sign-in")->plain.bytes, "sign in");
    EXPECT_EQ(pages->find("/sw.js")->type, "text/javascript; charset=utf-8");
    EXPECT_FALSE(pages->find("/sw.js")->is_hashed);
    EXPECT_TRUE(pages->find("/assets/a-1f.js")->is_hashed);
    EXPECT_NE(pages->find("/assets/inner.html"), nullptr);
    for (const char* path : {"",
                             "//",
                             "/console/",
                             "/console.html",
                             "/volunteer",
                             "/volunteer.html",
                             "/../etc/passwd",
                             "/./console",
                             "/%63onsole",
                             "/assets",
                             "/assets/",
                             "/assets/../console",
                             "/Console",
                             "console",
                             "/console\\",
                             "/*"}) {
        EXPECT_EQ(pages->find(path), nullptr) << path;
    }
}

TEST(Pages, LeaveOutWhatHasNoTypeOrAnOddName) {
    const Directory directory;
    directory.put("secret.key", "x");
    directory.put(".hidden.js", "x");
    directory.put("with space.js", "x");
    directory.put("a.js", "x");
    directory.put("a.js.br", "y");
    directory.put("alone.br", "y");
    fs::create_symlink("/etc/passwd", directory.path / "passwd.txt");
    fs::create_directory_symlink("/etc", directory.path / "etc");
    const auto pages = Pages::load(directory.path);
    ASSERT_TRUE(pages) << pages.error();
    EXPECT_EQ(pages->files(), 2U);
    EXPECT_THAT(
        pages->left_out(),
        ElementsAre(".hidden.js", "alone.br", "etc", "passwd.txt", "secret.key", "with space.js"));
}

TEST(Pages, AreBounded) {
    const Directory directory;
    directory.put("a.js", std::string(100, 'a'));
    directory.put("b.js", std::string(100, 'b'));
    EXPECT_TRUE(Pages::load(directory.path, {3, 100, 215}));
    EXPECT_FALSE(Pages::load(directory.path, {2, 100, 1'000}));
    EXPECT_FALSE(Pages::load(directory.path, {3, 99, 1'000}));
    EXPECT_FALSE(Pages::load(directory.path, {3, 100, 214}));
    EXPECT_FALSE(Pages::load(directory.path / "nothing"));
    fs::remove(directory.path / "volunteer.html");
    const auto unbuilt = Pages::load(directory.path);
    ASSERT_FALSE(unbuilt);
    EXPECT_THAT(unbuilt.error(), HasSubstr("not built"));
}

struct Answers : testing::Test {
    Answers() {
        directory.put("a.js", "plain");
        directory.put("a.js.br", "brotli");
        directory.put("a.js.gz", "gzip");
        directory.put("assets/b.css", "style");
        pages = *Pages::load(directory.path);
    }
    PageAnswer answer(const std::string& path,
                      const std::string& lines = "",
                      const std::string& method = "GET",
                      const Front& front = {}) {
        return answer_page(*pages.find(path), request(lines, method), front);
    }
    std::string body(const std::string& accept) {
        return *answer("/a.js", "Accept-Encoding: " + accept + "\r\n").body;
    }
    Directory directory;
    Pages pages;
};

TEST_F(Answers, GoOutInTheFormThatIsAccepted) {
    EXPECT_EQ(*answer("/a.js").body, "plain");
    EXPECT_EQ(body("gzip, deflate, br"), "brotli");
    EXPECT_EQ(body("gzip"), "gzip");
    EXPECT_EQ(body("br;q=0, gzip"), "gzip");
    EXPECT_EQ(body("br;q=0.000,gzip;q=0"), "plain");
    EXPECT_EQ(body("br;q=0.5"), "brotli");
    EXPECT_EQ(body("bro, gzipped"), "plain");
    EXPECT_EQ(body(",,, ;"), "plain");
    EXPECT_THAT(answer("/a.js", "Accept-Encoding: br\r\n").head,
                HasSubstr("Content-Encoding: br\r\n"));
    EXPECT_THAT(answer("/a.js").head, HasSubstr("Vary: Accept-Encoding\r\n"));
    EXPECT_THAT(answer("/assets/b.css").head, Not(HasSubstr("Vary")));
}

TEST_F(Answers, SayNothingTwice) {
    const std::string tag = pages.find("/a.js")->plain.etag;
    const std::string brotli = pages.find("/a.js")->brotli->etag;
    EXPECT_NE(tag, brotli);
    for (const std::string& known : {tag, "W/" + tag, "\"x\", " + tag, std::string("*")}) {
        const PageAnswer answer = this->answer("/a.js", "If-None-Match: " + known + "\r\n");
        EXPECT_EQ(answer.status, 304) << known;
        EXPECT_EQ(answer.body, nullptr) << known;
        EXPECT_THAT(answer.head, Not(HasSubstr("Content-Length"))) << known;
    }
    EXPECT_EQ(answer("/a.js", "If-None-Match: " + brotli + "\r\n").status, 200);
    EXPECT_EQ(answer("/a.js", "Accept-Encoding: br\r\nIf-None-Match: " + brotli + "\r\n").status,
              304);
    EXPECT_EQ(answer("/a.js", "If-None-Match: " + tag.substr(1) + "\r\n").status, 200);
}

TEST_F(Answers, OfAHeadHaveNoBody) {
    const PageAnswer answer = this->answer("/a.js", "", "HEAD");
    EXPECT_EQ(answer.body, nullptr);
    EXPECT_THAT(answer.head, HasSubstr("Content-Length: 5\r\n"));
}

TEST_F(Answers, SayWhatAPageMayDo) {
    Front front;
    front.tile_origins = {"https://tiles.example"};
    const std::string head = answer("/", "", "GET", front).head;
    EXPECT_THAT(head,
                HasSubstr("Content-Security-Policy: default-src 'none'; script-src 'self'; "
                          "style-src 'self'; img-src 'self' data: blob: https://tiles.example; "
                          "connect-src 'self' ws://a.localhost:8080; "));
    for (const char* line : {"frame-ancestors 'none'; report-uri /v1/csp-report\r\n",
                             "X-Content-Type-Options: nosniff\r\n",
                             "Referrer-Policy: no-referrer\r\n",
                             "Cross-Origin-Opener-Policy: same-origin\r\n",
                             "Cross-Origin-Resource-Policy: same-origin\r\n",
                             "Cache-Control: no-cache\r\n",
                             "Connection: keep-alive\r\n"}) {
        EXPECT_THAT(head, HasSubstr(line));
    }
    EXPECT_THAT(head, Not(HasSubstr("unsafe")));
    EXPECT_THAT(head, Not(HasSubstr("Strict-Transport-Security")));
    front.secure = true;
    EXPECT_THAT(answer("/", "", "GET", front).head, HasSubstr("wss://a.localhost:8080"));
    EXPECT_THAT(answer("/assets/b.css").head, HasSubstr("max-age=31536000, immutable"));
    EXPECT_FALSE(answer("/", "Connection: close\r\n").keep_alive);
}

TEST(Routes, AreExact) {
    EXPECT_EQ(route_of("/v1/connect"), Route::connect);
    EXPECT_EQ(route_of("/v1/sign-in"), Route::sign_in);
    EXPECT_EQ(route_of("/v1/sign-in/"), Route::nothing);
    EXPECT_EQ(route_of("/v1/"), Route::nothing);
    EXPECT_EQ(route_of("/v1/x.js"), Route::nothing);
    EXPECT_EQ(route_of("/"), Route::page);
    EXPECT_EQ(route_of("//v1/connect"), Route::page);
    EXPECT_EQ(route_of("http://a/v1/connect"), Route::nothing);
    EXPECT_EQ(route_of("*"), Route::nothing);
    EXPECT_EQ(path_of("/a?b?c"), "/a");
    EXPECT_EQ(path_of("?"), "");
}

TEST(Front, AnswersToItsOwnNamesOnly) {
    Front front;
    front.allowed_origins = {"http://192.0.2.7:8080"};
    const auto status = [&](const std::string& host) {
        http::request_parser<http::empty_body> parser;
        boost::system::error_code error;
        const std::string text = "GET / HTTP/1.1\r\n" + host + "\r\n";
        parser.put(boost::asio::buffer(text), error);
        const auto refused = check_host(parser.get(), front);
        return refused ? refused->status : 200;
    };
    for (const char* host : {"localhost",
                             "localhost:8080",
                             "a.localhost:1",
                             "127.0.0.1:8080",
                             "[::1]:8080",
                             "[::1]",
                             "192.0.2.7:8080"}) {
        EXPECT_EQ(status("Host: " + std::string(host) + "\r\n"), 200) << host;
    }
    for (const char* host : {"evil",
                             "localhost.evil",
                             "evillocalhost",
                             "127.0.0.1.evil",
                             "[::2]",
                             "192.0.2.7",
                             "2.7:8080",
                             "",
                             "a b",
                             "x;y",
                             "A.LOCALHOST"}) {
        EXPECT_EQ(status("Host: " + std::string(host) + "\r\n"), 421) << host;
    }
    EXPECT_EQ(status(""), 421);
    EXPECT_EQ(status("Host: localhost\r\nHost: localhost\r\n"), 421);
    front.secure = true;
    EXPECT_EQ(status("Host: tocsin.example\r\n"), 200) << "a proxy of ours vouches for it";
    EXPECT_EQ(status("Host: x;y\r\n"), 421) << "it goes into a header";
}

// Who asks, by token and origin: the whole matrix.
TEST(Front, TakesACookieFromItsOwnPagesOnly) {
    Front front;
    front.allowed_origins = {"https://good"};
    const auto who = [&](const std::string& lines, Asks asks) {
        const auto token = token_of(request(lines), front, asks);
        return token ? *token : token.error().refusal.code;
    };
    const std::string cookie = "Cookie: a=b; tocsin=secret; c=d\r\n";
    const std::string bearer = "Authorization: Bearer token\r\n";
    const std::string own = "Origin: http://a.localhost:8080\r\n";
    struct Case {
        std::string lines;
        std::string changes;
        std::string looks;
    };
    const std::string none = "unauthenticated";
    const std::string foreign = "origin_refused";
    const Case cases[] = {
        {"", none, none},
        {bearer, "token", "token"},
        {bearer + own, "token", "token"},
        {bearer + "Origin: https://good\r\n", "token", "token"},
        {bearer + "Origin: https://evil\r\n", foreign, foreign},
        {bearer + cookie, "token", "token"},
        {"Authorization: Basic x\r\n" + cookie + own, none, none},
        {cookie, foreign, "secret"},
        {cookie + own, "secret", "secret"},
        {cookie + "Origin: https://good\r\n", "secret", "secret"},
        {cookie + own + own, foreign, foreign},
        {cookie + "Origin: null\r\n", foreign, foreign},
        {cookie + "Origin: https://a.localhost:8080\r\n", foreign, foreign},
        {cookie + "Origin: http://a.localhost\r\n", foreign, foreign},
        {cookie + "Origin: http://a.localhost:8081\r\n", foreign, foreign},
        {cookie + "Origin: http://b.localhost:8080\r\n", foreign, foreign},
        {cookie + "Origin: HTTP://A.LOCALHOST:8080\r\n", foreign, foreign},
        {cookie + own + "Sec-Fetch-Site: same-origin\r\n", "secret", "secret"},
        {cookie + own + "Sec-Fetch-Site: cross-site\r\n", foreign, foreign},
        {cookie + own + "Sec-Fetch-Site: same-site\r\n", foreign, foreign},
        {cookie + "Sec-Fetch-Site: none\r\n", foreign, "secret"},
        {cookie + "Sec-Fetch-Site: same-origin\r\n", foreign, "secret"},
        {cookie + "Sec-Fetch-Site: cross-site\r\n", foreign, foreign},
        {cookie + cookie + own, none, none},
        {"Cookie: tocsin=a; tocsin=b\r\n" + own, none, none},
        {"Cookie: tocsin=\r\n" + own, none, none},
        {"Cookie: tocsin\r\n" + own, none, none},
        {"Cookie: xtocsin=a; tocsin2=b\r\n" + own, none, none},
        {"Cookie: __Host-tocsin=a\r\n" + own, none, none},
        {"Cookie: tocsin=" + std::string(513, 'a') + "\r\n" + own, none, none},
        {own, none, none},
    };
    for (const Case& one : cases) {
        EXPECT_EQ(who(one.lines, Asks::to_change), one.changes) << one.lines;
        EXPECT_EQ(who(one.lines, Asks::to_look), one.looks) << one.lines;
    }
    front.secure = true;
    const std::string secure = "Cookie: __Host-tocsin=secret\r\n";
    EXPECT_EQ(who(secure + "Origin: https://a.localhost:8080\r\n", Asks::to_change), "secret");
    EXPECT_EQ(who(secure + own, Asks::to_change), foreign);
    EXPECT_EQ(who(cookie + "Origin: https://a.localhost:8080\r\n", Asks::to_change), none);
}

TEST(Front, BelievesItsOwnProxiesOnly) {
    Front front;
    const auto caller = [&](const std::string& peer, const std::string& named) {
        return caller_of(request("X-Forwarded-For: " + named + "\r\n"), peer, front);
    };
    EXPECT_EQ(caller("10.0.0.1", "192.0.2.1"), "10.0.0.1");
    front.proxies = {"10.0.0.1"};
    EXPECT_EQ(caller("10.0.0.1", "192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(caller("10.0.0.1", "203.0.113.9, 192.0.2.1"), "192.0.2.1") << "the proxy's word";
    EXPECT_EQ(caller("10.0.0.1", "nonsense"), "10.0.0.1");
    EXPECT_EQ(caller("10.0.0.2", "192.0.2.1"), "10.0.0.2");
    EXPECT_EQ(caller_of(request("X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-For: 192.0.2.2\r\n"),
                        "10.0.0.1",
                        front),
              "10.0.0.1");
}

TEST(Failures, AreCountedByAddressAndForgotten) {
    Failures failures(2, 1'000);
    EXPECT_TRUE(failures.take("a", 100));
    EXPECT_TRUE(failures.take("a", 200));
    EXPECT_FALSE(failures.take("a", 300));
    EXPECT_EQ(failures.retry_after_ms("a", 300), 800);
    EXPECT_TRUE(failures.take("b", 300));
    failures.forgive("a");
    EXPECT_TRUE(failures.take("a", 300));
    EXPECT_FALSE(failures.take("a", 1'099));
    EXPECT_TRUE(failures.take("a", 1'100));
    failures.forgive("nobody");
    EXPECT_EQ(neighbourhood("192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(neighbourhood("2001:db8:1:2:3:4:5:6"), neighbourhood("2001:db8:1:2::9"));
    EXPECT_NE(neighbourhood("2001:db8:1:2::9"), neighbourhood("2001:db8:1:3::9"));
    EXPECT_EQ(neighbourhood("::ffff:192.0.2.1"), "192.0.2.1");
}

TEST(Failures, OfManyAddressesStayInBounds) {
    Failures failures(1, 1'000);
    for (int i = 0; i < 50'000; ++i) {
        EXPECT_TRUE(failures.take(std::to_string(i), 100));
    }
    EXPECT_FALSE(failures.take("49999", 100));
}

}  // namespace
}  // namespace tocsin::net::test
