#include "hub/ops/district_host.hpp"

#include <utility>

#include "hub/net/clock.hpp"
#include "hub/ops/from_config.hpp"

namespace tocsin::ops {

namespace {

// DistrictCore asks for at least ten ticks a second; its steps of waiting are as fine as this.
constexpr std::chrono::milliseconds kTick{50};

}  // namespace

DistrictHost::DistrictHost(boost::asio::io_context& context,
                           const Config& config,
                           redis::Endpoint endpoint,
                           std::vector<session::DistrictListener*> listeners,
                           Events events)
    : events_(std::move(events)),
      clock_(net::wall_ms),
      random_(fill_random),
      store_(std::make_shared<redis::RedisStore>(context.get_executor(),
                                                 to_options(config, std::move(endpoint)))),
      core_(*store_, clock_, random_, to_district_settings(config), std::move(listeners)),
      measured_(core_),
      timer_(context) {}

DistrictHost::~DistrictHost() {
    disconnect();
}

redis::RedisOptions DistrictHost::to_options(const Config& config, redis::Endpoint endpoint) {
    redis::RedisOptions options;
    options.endpoint = std::move(endpoint);
    options.district = config.district;
    options.command_timeout = std::chrono::milliseconds(config.redis.command_timeout_ms);
    options.random = random_number;
    options.on_up = [this] {
        ++connects_;
        events_.on_up();
    };
    options.on_down = [this](const std::string& reason) {
        ++losses_;
        events_.on_down(reason);
    };
    options.on_trouble = [this](const std::string& reason) { events_.on_trouble(reason); };
    return options;
}

void DistrictHost::connect() {
    store_->start();
}

void DistrictHost::start(std::move_only_function<void()> ready) {
    started_ = true;
    core_.start(std::move(ready));
    tick();
}

void DistrictHost::finish(std::move_only_function<void()> done) {
    if (!started_) {
        done();
        return;
    }
    core_.stop(std::move(done));
}

void DistrictHost::disconnect() {
    if (!std::exchange(ended_, true)) {
        timer_.cancel();
        store_->stop();
    }
}

DistrictReport DistrictHost::report() const {
    DistrictReport report;
    report.core = core_.stats();
    report.times = measured_.times();
    report.store_well = core_.store_well();
    report.redis_up = store_->is_up();
    report.redis_connects = connects_;
    report.redis_losses = losses_;
    return report;
}

void DistrictHost::tick() {
    if (ended_) {
        return;
    }
    core_.tick();
    timer_.expires_after(kTick);
    timer_.async_wait([this](boost::system::error_code cancelled) {
        if (!cancelled) {
            tick();
        }
    });
}

}  // namespace tocsin::ops
