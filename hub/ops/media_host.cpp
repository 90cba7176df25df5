#include "hub/ops/media_host.hpp"

#include <boost/asio/post.hpp>
#include <filesystem>
#include <utility>

#include "hub/net/clock.hpp"
#include "hub/ops/from_config.hpp"

namespace tocsin::ops {

namespace {

redis::RedisMediaStore::Options to_options(const Config& config, redis::Endpoint endpoint) {
    return {std::move(endpoint),
            config.district,
            std::chrono::milliseconds(config.redis.command_timeout_ms),
            random_number};
}

}  // namespace

media::ConverterSettings to_converter_settings(const MediaConfig& config) {
    media::ConverterSettings settings;
    settings.program = config.converter;
    if (settings.program.empty()) {
        std::error_code error;
        const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
        settings.program = (self.parent_path() / "tocsin-media").string();
    }
    settings.at_once = static_cast<std::size_t>(config.at_once);
    settings.waiting = static_cast<std::size_t>(config.waiting);
    return settings;
}

MediaHost::MediaHost(const Config& config,
                     redis::Endpoint endpoint,
                     boost::asio::io_context& district_context,
                     session::MediaRights& rights,
                     const std::vector<std::unique_ptr<net::Shard>>& shards)
    : work_(boost::asio::make_work_guard(context_)),
      keep_ms_(std::int64_t{config.media.keep_days} * 24 * 3'600 * 1'000),
      clock_(net::wall_ms),
      random_(fill_random),
      converter_(context_, to_converter_settings(config.media)),
      store_(std::make_shared<redis::RedisMediaStore>(context_.get_executor(),
                                                      to_options(config, std::move(endpoint)))),
      rights_(district_context, rights, context_),
      desk_(
          converter_,
          *store_,
          rights_,
          clock_,
          random_,
          {config.media.uploads_an_hour, config.media.unattached, config.media.unattached_bytes}) {
    const auto seats =
        std::make_shared<net::Seats>(config.media.under_way, config.media.under_way_per_device);
    for (const auto& shard : shards) {
        doors_.push_back(std::make_unique<media::DeskDoor>(context_, desk_, shard->context()));
        shard->set_media(*doors_.back(), seats);
    }
}

MediaHost::~MediaHost() {
    if (thread_.joinable()) {
        stop([] {});
        join();
    }
}

void MediaHost::start() {
    boost::asio::post(context_, [this] { store_->start(); });
    thread_ = std::thread([this] { context_.run(); });
}

void MediaHost::stop(std::move_only_function<void()> done) {
    boost::asio::post(context_, [this, done = std::move(done)]() mutable {
        converter_.stop();
        store_->stop();
        done();
    });
}

void MediaHost::join() {
    work_.reset();
    if (thread_.joinable()) {
        thread_.join();
    }
}

void MediaHost::on_attached(std::string media_id) {
    boost::asio::post(context_, [this, media_id = std::move(media_id)]() mutable {
        desk_.on_attached(media_id);
        // Where it fails another hub does it, or this one at its next start: there is a day for it.
        store_->keep(std::move(media_id), keep_ms_, [](const log::StoreResult<log::Done>&) {});
    });
}

void MediaHost::collect(std::move_only_function<void(media::ConverterStats)> answer) {
    boost::asio::post(context_,
                      [this, answer = std::move(answer)]() mutable { answer(converter_.stats()); });
}

}  // namespace tocsin::ops
