#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <set>
#include <string>
#include <thread>

#include "hub/ops/admin_server.hpp"
#include "hub/ops/admin_token.hpp"

namespace tocsin::ops {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(AdminServer, SaysWhyItIsNotReady) {
    const net::TextReply no = readiness_reply({false, "store_away"});
    EXPECT_EQ(no.status, 503);
    EXPECT_EQ(no.body, "{\"ready\":false,\"reason\":\"store_away\"}\n");
    const net::TextReply yes = readiness_reply({true, ""});
    EXPECT_EQ(yes.status, 200);
    EXPECT_EQ(yes.body, "{\"ready\":true}\n");
}

TEST(AdminServer, AnswersOverHttp) {
    boost::asio::io_context context;
    Readiness readiness;
    AdminServer server(
        context,
        {[&] { return readiness; }, [](AdminServer::Text answer) { answer("tocsin_ready 0\n"); }});
    const auto bound = server.listen({boost::asio::ip::address_v4::loopback(), 0});
    ASSERT_TRUE(bound.has_value()) << bound.error();
    const auto get = [&](const std::string& path) {
        boost::asio::io_context own;
        boost::asio::ip::tcp::socket socket(own);
        socket.connect(*bound);
        boost::asio::write(socket,
                           boost::asio::buffer("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n"));
        std::string all;
        boost::system::error_code ended;
        boost::asio::read(socket, boost::asio::dynamic_buffer(all), ended);
        return all;
    };
    std::thread thread([&] { context.run(); });
    EXPECT_THAT(get("/healthz"), StartsWith("HTTP/1.1 200 "));
    EXPECT_THAT(get("/readyz"), StartsWith("HTTP/1.1 503 "));
    EXPECT_THAT(get("/metrics"), HasSubstr("tocsin_ready 0\n"));
    EXPECT_THAT(get("/metrics?x=1"), HasSubstr("version=0.0.4"));
    EXPECT_THAT(get("/"), StartsWith("HTTP/1.1 404 "));
    context.stop();
    thread.join();
}

TEST(AdminToken, IsLongAndOfSafeLettersAndNeverTheSame) {
    std::set<std::string> seen;
    for (int i = 0; i < 1'000; ++i) {
        const std::string token = make_token();
        EXPECT_EQ(token.size(), 43u);
        EXPECT_TRUE(std::ranges::all_of(token, [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                   c == '-' || c == '_';
        })) << token;
        EXPECT_TRUE(seen.insert(token).second);
    }
}

}  // namespace
}  // namespace tocsin::ops
