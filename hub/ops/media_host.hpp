#pragma once
// Photos and voice, wired together on a thread of their own: the keeper, its children and its
// connection to Redis. Made before the thread runs; all functions may be called from any thread.

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <thread>

#include "hub/media/converter.hpp"
#include "hub/media/desk.hpp"
#include "hub/media/doors.hpp"
#include "hub/net/shard.hpp"
#include "hub/ops/config.hpp"
#include "hub/redis/redis_media_store.hpp"

namespace tocsin::ops {

class MediaHost final : public session::MediaListener {
public:
    // `rights` lives in the district's context. The shards get doors to the keeper; those and the
    // contexts outlive the thread.
    MediaHost(const Config& config,
              redis::Endpoint endpoint,
              boost::asio::io_context& district_context,
              session::MediaRights& rights,
              const std::vector<std::unique_ptr<net::Shard>>& shards);
    ~MediaHost() override;

    void start();
    // Kills the children, answers everybody, leaves Redis; says when that is under way.
    void stop(std::move_only_function<void()> done);
    // Waits for the thread, which ends when nothing is left to do. After stop().
    void join();

    // Lets the file stay for media.keep_days.
    void on_attached(std::string media_id) override;

    // Answers with a copy, on the media thread.
    void collect(std::move_only_function<void(media::ConverterStats)> answer);

private:
    boost::asio::io_context context_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    const std::int64_t keep_ms_;
    const log::Clock clock_;
    const domain::Random random_;
    media::Converter converter_;
    std::shared_ptr<redis::RedisMediaStore> store_;
    media::RightsDoor rights_;
    media::Desk desk_;
    std::vector<std::unique_ptr<media::DeskDoor>> doors_;
    std::thread thread_;
};

}  // namespace tocsin::ops
