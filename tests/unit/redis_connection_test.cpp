// One connection, by itself: order, deadlines, who we are, and the three kinds of stream.

#include "hub/redis/connection.hpp"

#include <gtest/gtest.h>

#include <boost/asio/ip/tcp.hpp>

#include "hub/redis/answers.hpp"
#include "tests/unit/redis_server.hpp"

namespace tocsin::redis::test {
namespace {

using std::chrono::milliseconds;

class ConnectionTest : public testing::Test {
protected:
    ~ConnectionTest() override {
        if (connection_) {
            connection_->stop();
            run_for(50);
        }
    }
    void connect(const Endpoint& endpoint, milliseconds timeout = milliseconds(2000)) {
        Connection::Settings settings;
        settings.endpoint = endpoint;
        settings.timeout = timeout;
        settings.random = [] { return std::uint64_t{7}; };
        connection_ = std::make_shared<Connection>(
            loop_.get_executor(),
            settings,
            Connection::Hooks{
                {}, [this] { ++ups_; }, [this](const std::string& why) { downs_.push_back(why); }});
        connection_->start();
    }
    void send(std::vector<std::string> command) {
        connection_->send(command, [this](std::expected<Reply, Lost> answer) {
            if (answer) {
                answers_.push_back(answer->text);
            } else {
                answers_.push_back(answer.error() == Lost::never_sent ? "never sent" : "no answer");
            }
        });
    }
    bool run_until(const std::function<bool()>& condition) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (!condition() && std::chrono::steady_clock::now() < end) {
            loop_.run_one_for(milliseconds(50));
            loop_.restart();
        }
        return condition();
    }
    void run_for(int ms) {
        loop_.run_for(milliseconds(ms));
        loop_.restart();
    }

    boost::asio::io_context loop_{1};
    std::shared_ptr<Connection> connection_;
    int ups_ = 0;
    std::vector<std::string> downs_;
    std::vector<std::string> answers_;
};

using Texts = std::vector<std::string>;

TEST_F(ConnectionTest, AnswersComeInOrderAndLater) {
    const RedisServer server;
    connect(server.endpoint());
    send({"ECHO", "too early"});
    ASSERT_TRUE(run_until([&] { return ups_ == 1 && !answers_.empty(); }));
    EXPECT_EQ(answers_, Texts{"never sent"});
    answers_.clear();
    Texts expected;
    for (int i = 0; i < 2000; ++i) {
        expected.push_back(std::string(static_cast<std::size_t>(i % 97), 'x') + std::to_string(i));
        send({"ECHO", expected.back()});
    }
    EXPECT_TRUE(answers_.empty());
    ASSERT_TRUE(run_until([&] { return answers_.size() == 2000; }));
    EXPECT_EQ(answers_, expected);
}

TEST_F(ConnectionTest, LargeAnswersAndDeepOnesComeWhole) {
    const RedisServer server;
    const std::string large(10u << 20, 'y');
    connect(server.endpoint());
    ASSERT_TRUE(run_until([&] { return ups_ == 1; }));
    send({"ECHO", large});
    ASSERT_TRUE(run_until([&] { return answers_.size() == 1; }));
    EXPECT_EQ(answers_[0], large);
    const Reply deep =
        server.run({"EVAL", "return {1,{2,{3,{false,'four'}}},redis.status_reply('fine')}", "0"});
    EXPECT_EQ(deep.items.at(1).items.at(1).items.at(1).items.at(1).text, "four");
    EXPECT_TRUE(deep.items.at(1).items.at(1).items.at(1).items.at(0).is_nil());
    EXPECT_EQ(deep.items.at(0).integer, 1);
    EXPECT_EQ(deep.items.at(2).kind, Reply::Kind::status);
}

TEST_F(ConnectionTest, ADeadlineThatPassesEndsTheConnection) {
    RedisServer server;
    connect(server.endpoint(), milliseconds(150));
    ASSERT_TRUE(run_until([&] { return ups_ == 1; }));
    send({"ECHO", "well"});
    ASSERT_TRUE(run_until([&] { return answers_.size() == 1; }));
    server.pause();
    send({"ECHO", "hung"});
    run_for(100);
    send({"ECHO", "behind it"});
    ASSERT_TRUE(run_until([&] { return answers_.size() == 3; }));
    EXPECT_EQ(answers_, (Texts{"well", "no answer", "no answer"}));
    EXPECT_EQ(downs_.at(0), "no answer within the time allowed");
    server.resume();
    ASSERT_TRUE(run_until([&] { return connection_->is_up(); }));
    send({"ECHO", "newer"});
    ASSERT_TRUE(run_until([&] { return answers_.size() == 4; }));
    EXPECT_EQ(answers_.back(), "newer");
}

TEST_F(ConnectionTest, TriesAgainUntilRedisIsThere) {
    RedisServer server;
    server.kill_now();
    connect(server.endpoint());
    ASSERT_TRUE(run_until([&] { return downs_.size() >= 3; }));
    server.start();
    ASSERT_TRUE(run_until([&] { return ups_ == 1; }));
    server.kill_now();
    ASSERT_TRUE(run_until([&] { return !connection_->is_up(); }));
    server.start();
    EXPECT_TRUE(run_until([&] { return ups_ == 2; }));
}

TEST_F(ConnectionTest, SaysWhoWeAre) {
    const RedisServer server;
    server.run({"ACL", "SETUSER", "hub", "on", ">secret", "~*", "+echo"});
    Endpoint endpoint = server.endpoint();
    endpoint.username = "hub";
    endpoint.password = "wrong";
    connect(endpoint);
    ASSERT_TRUE(run_until([&] { return !downs_.empty(); }));
    EXPECT_TRUE(downs_[0].starts_with("AUTH is refused")) << downs_[0];
    connection_->stop();
    endpoint.password = "secret";
    connect(endpoint);
    ASSERT_TRUE(run_until([&] { return ups_ == 1; }));
    send({"ECHO", "me"});
    send({"SET", "a", "b"});
    ASSERT_TRUE(run_until([&] { return answers_.size() == 2; }));
    EXPECT_EQ(answers_[0], "me");
    EXPECT_TRUE(answers_[1].starts_with("NOPERM"));
    EXPECT_TRUE(connection_->is_up());
}

TEST_F(ConnectionTest, AServerThatCannotBeTheOneIsLeft) {
    RedisServer server;
    connect(server.endpoint());
    ASSERT_TRUE(run_until([&] { return ups_ == 1; }));
    server.run({"REPLICAOF", "127.0.0.1", "1"});
    run_until([&] { return connection_->is_up(); });
    send({"SET", "a", "b"});
    ASSERT_TRUE(run_until([&] { return answers_.size() == 1 && !downs_.empty(); }));
    EXPECT_TRUE(answers_[0].starts_with("READONLY")) << answers_[0];
    EXPECT_TRUE(downs_.back().starts_with("READONLY")) << downs_.back();
}

// A port that was free a moment ago.
std::uint16_t free_port() {
    boost::asio::io_context loop;
    boost::asio::ip::tcp::acceptor acceptor(loop, {boost::asio::ip::address_v4::loopback(), 0});
    return acceptor.local_endpoint().port();
}

TEST_F(ConnectionTest, SpeaksTcp) {
    Endpoint endpoint;
    endpoint.host = "localhost";
    endpoint.port = free_port();
    const RedisServer server({"--port", std::to_string(endpoint.port), "--bind", "127.0.0.1"});
    connect(endpoint);
    ASSERT_TRUE(run_until([&] { return ups_ == 1; }));
    send({"ECHO", "over TCP"});
    ASSERT_TRUE(run_until([&] { return answers_.size() == 1; }));
    EXPECT_EQ(answers_[0], "over TCP");
    connection_->stop();
    endpoint.host = "name.invalid";
    connect(endpoint);
    ASSERT_TRUE(run_until([&] { return !downs_.empty(); }));
    EXPECT_TRUE(downs_[0].starts_with("cannot resolve the name")) << downs_[0];
}

class TlsTest : public ConnectionTest {
protected:
    void SetUp() override {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "tocsin-tls-XXXXXX").string();
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        directory_ = pattern;
        const std::string command =
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
            "-subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout " +
            file("key.pem") + " -out " + file("certificate.pem") + " 2>/dev/null";
        if (std::system(command.c_str()) != 0) {
            FAIL() << "the openssl command made no certificate";
        }
        endpoint_.host = "localhost";
        endpoint_.port = free_port();
        endpoint_.tls = Tls{file("certificate.pem")};
        server_.emplace(std::vector<std::string>{"--tls-port",
                                                 std::to_string(endpoint_.port),
                                                 "--bind",
                                                 "127.0.0.1",
                                                 "--tls-cert-file",
                                                 file("certificate.pem"),
                                                 "--tls-key-file",
                                                 file("key.pem"),
                                                 "--tls-ca-cert-file",
                                                 file("certificate.pem"),
                                                 "--tls-auth-clients",
                                                 "no"});
    }
    void TearDown() override { std::filesystem::remove_all(directory_); }
    std::string file(const char* name) const { return (directory_ / name).string(); }

    std::filesystem::path directory_;
    Endpoint endpoint_;
    std::optional<RedisServer> server_;
};

TEST_F(TlsTest, SpeaksTls) {
    connect(endpoint_);
    ASSERT_TRUE(run_until([&] { return ups_ == 1; })) << (downs_.empty() ? "" : downs_[0]);
    Texts expected;
    for (int i = 0; i < 200; ++i) {
        expected.emplace_back(10'000, static_cast<char>('a' + i % 26));
        send({"ECHO", expected.back()});
    }
    ASSERT_TRUE(run_until([&] { return answers_.size() == 200; }));
    EXPECT_EQ(answers_, expected);
}

TEST_F(TlsTest, RefusesACertificateThatItDoesNotTrust) {
    endpoint_.tls = Tls{};
    connect(endpoint_);
    ASSERT_TRUE(run_until([&] { return !downs_.empty(); }));
    EXPECT_TRUE(downs_[0].starts_with("TLS: certificate verify failed")) << downs_[0];
    EXPECT_EQ(ups_, 0);
}

TEST_F(TlsTest, RefusesACertificateOfAnotherHost) {
    endpoint_.host = "127.0.0.1";
    connect(endpoint_);
    ASSERT_TRUE(run_until([&] { return !downs_.empty(); }));
    EXPECT_TRUE(downs_[0].starts_with("TLS: certificate verify failed")) << downs_[0];
}

TEST(Replies, SomeErrorsEndTheConnectionTheOthersAreAnswers) {
    const auto error = [](std::string text) {
        return Reply{Reply::Kind::error, 0, std::move(text), {}};
    };
    for (const char* text : {"READONLY You can't write against a read only replica.",
                             "LOADING Redis is loading the dataset in memory",
                             "MASTERDOWN Link with MASTER is down",
                             "NOAUTH Authentication required."}) {
        EXPECT_TRUE(ends_connection(error(text))) << text;
    }
    for (const char* text : {"OOM command not allowed when used memory > 'maxmemory'.",
                             "MISCONF Errors writing to the AOF file: No space left on device",
                             "NOREPLICAS Not enough good replicas to write.",
                             "CLUSTERDOWN The cluster is down",
                             "MOVED 3999 127.0.0.1:6381",
                             "ASK 3999 127.0.0.1:6381",
                             "TRYAGAIN Multiple keys request during rehashing of slot",
                             "NOPERM this user has no permissions to run the 'fcall' command",
                             "BUSY Redis is busy running a script.",
                             "WRONGTYPE Operation against a key",
                             "ERR unknown",
                             ""}) {
        EXPECT_FALSE(ends_connection(error(text))) << text;
    }
    EXPECT_FALSE(ends_connection(Reply{Reply::Kind::text, 0, "READONLY in a report", {}}));
    EXPECT_TRUE(is_function_missing(error("ERR Function not found")));
}

TEST(Replies, WhatIsNotAsExpectedIsNeverUnderstood) {
    const Reply nil;
    const Reply number{Reply::Kind::integer, 7, {}, {}};
    const Reply text{Reply::Kind::text, 0, "stored", {}};
    const Reply empty{Reply::Kind::array, 0, {}, {}};
    const Reply odd{Reply::Kind::array, 0, {}, {text, number, nil, empty}};
    const Reply nested{Reply::Kind::array, 0, {}, {odd, odd}};
    for (const Reply& reply : {nil, number, text, empty, odd, nested}) {
        EXPECT_FALSE(to_commit_reply(reply.text));
        EXPECT_FALSE(to_head(reply));
        EXPECT_FALSE(to_record("incident/1", reply));
        EXPECT_TRUE(library_code(reply).empty());
        for (const log::LogEntry& entry : to_entries(reply)) {
            EXPECT_FALSE(entry.genuine);
        }
        for (const log::LogEntry& entry : to_entries_of_stream(reply)) {
            EXPECT_FALSE(entry.genuine);
        }
    }
    EXPECT_EQ(library_revision("#!lua name=tocsin\n-- revision 12 (so)\n"), 12);
    EXPECT_EQ(library_revision("#!lua name=tocsin\n"), 0);
}

}  // namespace
}  // namespace tocsin::redis::test
