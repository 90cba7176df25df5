#include "hub/net/shard.hpp"

#include <boost/asio/post.hpp>

#include "hub/net/clock.hpp"
#include "hub/net/http_upgrade.hpp"

namespace tocsin::net {

namespace {

// While a shard stops, whether all are gone is looked at this often.
constexpr std::chrono::milliseconds kStoppingTick{20};

}  // namespace

Shard::Shard(ShardSettings settings, std::shared_ptr<Seats> seats)
    : work_(asio::make_work_guard(context_)),
      room_(context_, settings, std::move(seats)),
      accept_loop_(context_, [this](Socket socket) { receive(room_, std::move(socket)); }),
      listen_options_{.shared = true,
                      .send_buffer_bytes = settings.send_buffer_bytes,
                      .receive_buffer_bytes = settings.receive_buffer_bytes},
      tick_every_(settings.tick),
      tick_timer_(context_) {}

Shard::~Shard() {
    if (thread_.joinable()) {
        stop(std::chrono::milliseconds{0}, [] {});
        join();
    }
}

void Shard::set_district(asio::io_context& district_context, session::District& district) {
    door_ = std::make_unique<DistrictDoor>(district_context, district, context_);
    room_.set_district(*door_);
}

void Shard::set_doorkeeper(asio::io_context& district_context, session::Doorkeeper& doorkeeper) {
    doorkeeper_ = std::make_unique<DoorkeeperDoor>(district_context, doorkeeper, context_);
    room_.set_doorkeeper(*doorkeeper_);
}

void Shard::start() {
    asio::post(context_, [this] { tick(); });
    thread_ = std::thread([this] { context_.run(); });
}

std::expected<tcp::endpoint, std::string> Shard::listen(const tcp::endpoint& address) {
    auto bound = accept_loop_.listen(address, listen_options_);
    if (bound) {
        asio::post(context_, [this] {
            if (cut_at_ms_ == 0) {
                accept_loop_.start();
            }
        });
    }
    return bound;
}

void Shard::stop(std::chrono::milliseconds drain, std::move_only_function<void()> on_stopped) {
    asio::post(context_, [this, drain, on_stopped = std::move(on_stopped)]() mutable {
        if (cut_at_ms_ != 0) {
            on_stopped();
            return;
        }
        accept_loop_.stop();
        cut_at_ms_ = now_ms() + drain.count();
        on_stopped_ = std::move(on_stopped);
        room_.shut_down();
        tick_timer_.cancel();
        tick();
    });
}

void Shard::join() {
    work_.reset();
    if (thread_.joinable()) {
        thread_.join();
    }
}

void Shard::collect(std::move_only_function<void(ShardStats)> answer) {
    asio::post(context_, [this, answer = std::move(answer)]() mutable {
        ShardStats stats = room_.stats_now();
        stats.accept_errors = accept_loop_.errors();
        answer(std::move(stats));
    });
}

void Shard::on_batch(fanout::BatchPtr batch) {
    asio::post(context_, [this, batch = std::move(batch)] { room_.on_batch(*batch); });
}

void Shard::on_epoch(std::string epoch, log::Offset window_after) {
    asio::post(context_, [this, epoch = std::move(epoch), window_after]() mutable {
        room_.on_epoch(std::move(epoch), window_after);
    });
}

void Shard::on_store(bool well) {
    asio::post(context_, [this, well] { room_.on_store(well); });
}

void Shard::tick() {
    room_.on_tick();
    if (cut_at_ms_ != 0) {
        if (now_ms() >= cut_at_ms_) {
            room_.cut_all();
        }
        if (room_.is_empty()) {
            if (on_stopped_) {
                std::exchange(on_stopped_, nullptr)();
            }
            return;
        }
    }
    tick_timer_.expires_after(cut_at_ms_ != 0 ? std::min(kStoppingTick, tick_every_) : tick_every_);
    tick_timer_.async_wait([this](boost::system::error_code cancelled) {
        if (!cancelled) {
            tick();
        }
    });
}

}  // namespace tocsin::net
