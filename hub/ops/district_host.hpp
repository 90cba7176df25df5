#pragma once
// The district and its store in one io_context, wired together. Made before that runs, and from
// then on used by its thread only; destroyed when it runs no more.

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "hub/ops/config.hpp"
#include "hub/ops/measured_district.hpp"
#include "hub/ops/metrics.hpp"
#include "hub/redis/redis_store.hpp"
#include "hub/session/district_core.hpp"

namespace tocsin::ops {

class DistrictHost {
public:
    // Called on the context's thread.
    struct Events {
        std::function<void()> on_up;
        std::function<void(const std::string& reason)> on_down;
        std::function<void(const std::string& reason)> on_trouble;
    };

    DistrictHost(boost::asio::io_context& context,
                 const Config& config,
                 redis::Endpoint endpoint,
                 std::vector<session::DistrictListener*> listeners,
                 Events events);
    ~DistrictHost();

    // Connects to Redis, again and again.
    void connect();
    // Loads and follows the log; `ready` as DistrictCore::start. Once.
    void start(std::move_only_function<void()> ready);
    // Takes no more commands; says when those taken are answered. At once where start() was not
    // called.
    void finish(std::move_only_function<void()> done);
    // Leaves Redis.
    void disconnect();

    session::District& district() { return measured_; }
    session::DistrictCore& core() { return core_; }
    redis::RedisStore& store() { return *store_; }
    DistrictReport report() const;

private:
    redis::RedisOptions to_options(const Config& config, redis::Endpoint endpoint);
    void tick();

    Events events_;
    std::int64_t connects_ = 0;
    std::int64_t losses_ = 0;
    bool started_ = false;
    bool ended_ = false;

    const log::Clock clock_;
    const domain::Random random_;
    std::shared_ptr<redis::RedisStore> store_;
    session::DistrictCore core_;
    MeasuredDistrict measured_;
    boost::asio::steady_timer timer_;
};

}  // namespace tocsin::ops
