#pragma once
// Two stores on a real Redis, and their loop.

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "hub/redis/redis_store.hpp"
#include "tests/unit/redis_server.hpp"
#include "tests/unit/store_world.hpp"

namespace tocsin::redis::test {

class RedisWorld final : public log::test::StoreWorld {
public:
    explicit RedisWorld(std::shared_ptr<RedisServer> server,
                        std::chrono::milliseconds command_timeout = std::chrono::seconds(2))
        : server_(std::move(server)) {
        for (std::size_t i = 0; i < stores_.size(); ++i) {
            RedisOptions options;
            options.endpoint = server_->endpoint();
            options.district = "pingfang";
            options.command_timeout = command_timeout;
            options.random = [this] { return random_(); };
            options.on_up = [this, i] { events_[i].emplace_back("up"); };
            options.on_down = [this, i](const std::string& why) {
                events_[i].push_back("down: " + why);
            };
            options.on_trouble = [this, i](const std::string& what) {
                events_[i].push_back("trouble: " + what);
            };
            stores_[i] = std::make_shared<RedisStore>(loop_.get_executor(), std::move(options));
            stores_[i]->start();
        }
        EXPECT_TRUE(run_until([this] { return all_up(); }));
    }
    ~RedisWorld() override {
        for (const auto& each : stores_) {
            each->stop();
        }
        loop_.run_for(std::chrono::seconds(5));
    }

    RedisStore& store(int number) override { return *stores_.at(static_cast<std::size_t>(number)); }
    bool run_until(const std::function<bool()>& condition) override {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (!condition() && std::chrono::steady_clock::now() < end) {
            loop_.run_one_for(std::chrono::milliseconds(50));
            loop_.restart();
        }
        return condition();
    }
    void let_time_pass(int ms) override { run_for(ms); }
    void run_for(int ms) {
        loop_.run_for(std::chrono::milliseconds(ms));
        loop_.restart();
    }
    void wipe() override { server_->run({"FLUSHALL"}); }
    void damage(log::Offset offset) override {
        // A stream does not let an entry be changed: the log is written anew, as a disk might have
        // it.
        const Reply all = server_->run({"XRANGE", "{pingfang}:log", "-", "+"});
        server_->run({"DEL", "{pingfang}:log"});
        for (const Reply& entry : all.items) {
            std::vector<std::string> command{"XADD", "{pingfang}:log", entry.items[0].text};
            for (const Reply& field : entry.items[1].items) {
                command.push_back(field.text);
            }
            if (entry.items[0].text == log::to_text(offset)) {
                command[4][0] = static_cast<char>(command[4][0] ^ 1);
            }
            server_->run(command);
        }
    }
    void mark() override {
        std::filesystem::copy(files(), marked(), std::filesystem::copy_options::recursive);
    }
    void return_to_mark() override {
        server_->kill_now();
        std::filesystem::remove_all(files());
        std::filesystem::rename(marked(), files());
        run_until([this] { return !stores_[0]->is_up() && !stores_[1]->is_up(); });
        server_->start();
        EXPECT_TRUE(run_until([this] { return all_up(); }));
    }

    bool all_up() const {
        return std::ranges::all_of(stores_, [](const auto& each) { return each->is_up(); });
    }
    RedisServer& server() { return *server_; }
    boost::asio::io_context& loop() { return loop_; }
    const std::vector<std::string>& events(std::size_t number = 0) const { return events_[number]; }

private:
    std::filesystem::path files() const { return server_->directory() / "appendonlydir"; }
    std::filesystem::path marked() const { return server_->directory() / "marked"; }

    boost::asio::io_context loop_{1};
    std::shared_ptr<RedisServer> server_;
    std::mt19937_64 random_{std::random_device{}()};
    std::array<std::vector<std::string>, 2> events_;
    std::array<std::shared_ptr<RedisStore>, 2> stores_;
};

}  // namespace tocsin::redis::test
