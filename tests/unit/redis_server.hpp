#pragma once
// A redis-server of the test's own: on a Unix socket in a directory that goes with it, append-only,
// synced always.

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdlib>
#include <expected>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "hub/redis/connection.hpp"

namespace tocsin::redis::test {

class RedisServer {
public:
    explicit RedisServer(std::vector<std::string> more_arguments = {})
        : more_(std::move(more_arguments)) {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "tocsin-redis-XXXXXX").string();
        if (mkdtemp(pattern.data()) == nullptr) {
            throw std::runtime_error("no temporary directory");
        }
        directory_ = pattern;
        start();
    }
    ~RedisServer() {
        kill_now();
        std::error_code ignored;
        std::filesystem::remove_all(directory_, ignored);
    }
    RedisServer(const RedisServer&) = delete;
    RedisServer& operator=(const RedisServer&) = delete;

    void start() {
        std::vector<std::string> words{"redis-server",
                                       "--port",
                                       "0",
                                       "--unixsocket",
                                       socket(),
                                       "--dir",
                                       directory_.string(),
                                       "--appendonly",
                                       "yes",
                                       "--appendfsync",
                                       "always",
                                       "--save",
                                       "",
                                       "--daemonize",
                                       "no",
                                       "--logfile",
                                       (directory_ / "redis.log").string()};
        words.insert(words.end(), more_.begin(), more_.end());
        std::vector<char*> arguments;
        for (std::string& word : words) {
            arguments.push_back(word.data());
        }
        arguments.push_back(nullptr);
        process_ = fork();
        if (process_ == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            execvp("redis-server", arguments.data());
            _exit(127);
        }
        wait_until_ready();
    }
    void kill_now() {
        if (process_ > 0) {
            kill(process_, SIGKILL);
            waitpid(process_, nullptr, 0);
            process_ = -1;
        }
    }
    void pause() { kill(process_, SIGSTOP); }
    void resume() { kill(process_, SIGCONT); }

    std::string socket() const { return (directory_ / "redis.sock").string(); }
    const std::filesystem::path& directory() const { return directory_; }
    Endpoint endpoint() const {
        Endpoint endpoint;
        endpoint.socket = socket();
        return endpoint;
    }

    // One command on a connection of its own, waited for. Throws where no answer comes.
    Reply run(const std::vector<std::string>& command) const { return run_at(endpoint(), command); }

    static Reply run_at(const Endpoint& endpoint, const std::vector<std::string>& command) {
        boost::asio::io_context loop(1);
        std::expected<Reply, Lost> answer = std::unexpected(Lost::never_sent);
        std::shared_ptr<Connection> connection;
        Connection::Settings settings;
        settings.endpoint = endpoint;
        settings.random = [] { return std::uint64_t{1}; };
        const auto give = [&](std::expected<Reply, Lost> given) {
            answer = std::move(given);
            connection->stop();
        };
        std::string problem;
        connection = std::make_shared<Connection>(
            loop.get_executor(),
            settings,
            Connection::Hooks{{},
                              [&] { connection->send(command, give); },
                              [&](const std::string& reason) { problem = reason; }});
        connection->start();
        loop.run_for(std::chrono::seconds(10));
        if (!answer) {
            throw std::runtime_error("Redis does not answer: " + problem);
        }
        return *answer;
    }

private:
    void wait_until_ready() const {
        for (int i = 0; i < 1000; ++i) {
            if (can_connect() && !run({"EXISTS", "x"}).is_error()) {
                return;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        throw std::runtime_error("redis-server does not start");
    }
    bool can_connect() const {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        socket().copy(address.sun_path, sizeof address.sun_path - 1);
        const int descriptor = ::socket(AF_UNIX, SOCK_STREAM, 0);
        const bool connected =
            connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
        close(descriptor);
        return connected;
    }

    std::vector<std::string> more_;
    std::filesystem::path directory_;
    pid_t process_ = -1;
};

}  // namespace tocsin::redis::test
