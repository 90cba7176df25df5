#include "hub/ops/hub.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <utility>

#include "hub/net/port_probe.hpp"
#include "hub/ops/from_config.hpp"
#include "hub/ops/hub_process.hpp"
#include "hub/ops/version.hpp"
#include "hub/redis/startup_check.hpp"
#include "hub/session/decode.hpp"

namespace tocsin::ops {

namespace {

using std::chrono::milliseconds;

// Redis may be away for so long before the hub is ready; then it gives up.
constexpr milliseconds kRedisPatience{30'000};
constexpr milliseconds kLookEvery{2'000};

// A connection is a file descriptor: the soft limit of many systems is 1,024.
void raise_descriptor_limit(const Config& config, LogLines& log) {
    constexpr rlim_t kOthers = 64;
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return;
    }
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_max < static_cast<rlim_t>(config.listen.max_connections) + kOthers) {
        log.warning("few_descriptors",
                    {{"limit", limit.rlim_max},
                     {"max_connections", config.listen.max_connections},
                     {"reason", "the limit of open files (ulimit -n) is below max_connections"}});
    }
}

}  // namespace

Hub::Hub(const Config& config, LogLines& log)
    : config_(config),
      log_(log),
      signals_(control_, SIGINT, SIGTERM),
      give_up_(control_),
      look_timer_(control_),
      steps_(control_, log),
      admin_(control_,
             {[this] { return readiness(); },
              [this](AdminServer::Text answer) { give_metrics(std::move(answer)); }}) {}

int Hub::run() {
    if (const auto reason = prepare()) {
        log_.error("refused_to_start", {{"reason", *reason}});
        return kExitRefused;
    }
    wait_for_signal();
    arm_give_up();
    look_later();
    in_district([this] { host_->connect(); });
    while (!ended_) {
        control_.run_one();
    }
    if (joiner_.joinable()) {
        // A thread of ours hangs: nothing can be taken apart beside it.
        std::_Exit(kExitFailed);
    }
    media_.reset();
    host_.reset();
    shards_.clear();
    return exit_code_;
}

std::optional<std::string> Hub::prepare() {
    auto endpoint = to_endpoint(config_.redis);
    if (!endpoint) {
        return endpoint.error();
    }
    auto lock = LockFile::take(config_.lock_file);
    if (!lock) {
        return lock.error();
    }
    lock_ = std::move(*lock);
    for (const auto& address : {to_address(config_.listen.address, config_.listen.port),
                                to_address(config_.admin.address, config_.admin.port)}) {
        const auto free = net::probe_port(address);
        if (!free) {
            return free.error();
        }
    }
    const auto bound = admin_.listen(to_address(config_.admin.address, config_.admin.port));
    if (!bound) {
        return bound.error();
    }
    admin_port_ = bound->port();
    if (const auto reason = load_pages()) {
        return reason;
    }
    raise_descriptor_limit(config_, log_);
    make_shards(std::move(*endpoint));
    return std::nullopt;
}

std::optional<std::string> Hub::load_pages() {
    if (config_.pages.directory.empty()) {
        return std::nullopt;
    }
    auto pages = net::Pages::load(config_.pages.directory);
    if (!pages) {
        return "pages.directory: " + pages.error();
    }
    for (const std::string& name : pages->left_out()) {
        log_.warning("page_left_out", {{"file", name}});
    }
    log_.info("pages", {{"files", pages->files()}, {"bytes", pages->bytes()}});
    pages_ = std::make_shared<const net::Pages>(*std::move(pages));
    return std::nullopt;
}

void Hub::make_shards(redis::Endpoint endpoint) {
    net::ShardSettings settings = to_shard_settings(config_);
    settings.pages = pages_;
    settings.sign_in_failures = std::make_shared<net::Failures>(
        config_.pages.sign_in_failures, std::int64_t{config_.pages.sign_in_within_s} * 1'000);
    const auto seats = std::make_shared<net::Seats>(config_.listen.max_connections,
                                                    config_.listen.max_connections_per_device);
    watch_ = std::make_unique<Watch>(log_);
    std::vector<session::DistrictListener*> listeners = {watch_.get()};
    for (int i = 0; i < shard_count(config_); ++i) {
        shards_.push_back(std::make_unique<net::Shard>(settings, seats));
        listeners.push_back(shards_.back().get());
    }
    DistrictHost::Events events;
    events.on_up = [this] { in_control([this] { on_redis_up(); }); };
    events.on_down = [this](const std::string& reason) {
        if (config_.mode == Mode::production) {
            host_->core().note_durable(false);  // until it is checked again
        }
        in_control([this, reason] { on_redis_down(reason); });
    };
    events.on_trouble = [this](const std::string& reason) {
        log_.warning("redis_trouble", {{"reason", reason}});
    };
    boost::asio::io_context& home = shards_.front()->context();
    host_ = std::make_unique<DistrictHost>(
        home, config_, endpoint, std::move(listeners), std::move(events));
    media_ =
        std::make_unique<MediaHost>(config_, std::move(endpoint), home, host_->core(), shards_);
    collector_ = std::make_unique<Collector>(control_, shards_, *host_, *media_);
    for (const auto& shard : shards_) {
        shard->set_district(home, host_->district());
        shard->set_doorkeeper(home, host_->core());
        shard->start();
    }
    host_->core().set_media_listener(*media_);
    media_->start();
}

void Hub::on_redis_up() {
    redis_up_ = true;
    give_up_.cancel();
    log_.info("redis_up");
    if (phase_ == Phase::stopping) {
        return;
    }
    check_store();
}

// At each connecting, for it may be another Redis than before, and every few seconds, for its
// settings can change under us.
void Hub::check_store() {
    in_district([this] {
        redis::check_durability(host_->store(), [this](log::StoreResult<redis::Missing> missing) {
            if (!missing) {
                return;
            }
            if (config_.mode == Mode::production) {
                host_->core().note_durable(missing->empty());
            }
            in_control([this, findings = *std::move(missing)] { on_checked(findings); });
        });
    });
}

void Hub::on_redis_down(const std::string& reason) {
    redis_reason_ = reason;
    if (phase_ != Phase::stopping) {
        log_.warning("redis_away",
                     {{"at", redis_name()}, {"reason", reason}, {"was_up", redis_up_}});
        if (phase_ == Phase::starting && redis_up_) {
            arm_give_up();
        }
    }
    redis_up_ = false;
}

void Hub::on_checked(const std::vector<std::string>& findings) {
    if (phase_ == Phase::stopping) {
        return;
    }
    const bool production = config_.mode == Mode::production;
    const bool is_news = std::exchange(findings_, findings) != findings;
    if (is_news && findings.empty()) {
        log_.info("store_safe", {{"promise", "P1"}});
    }
    for (const std::string& finding : is_news ? findings : std::vector<std::string>()) {
        log_.warning("store_unsafe", {{"promise", "P1"}, {"reason", finding}});
    }
    is_unsafe_ = production && !findings.empty();
    if (phase_ == Phase::starting && is_unsafe_) {
        refuse(kExitRefused,
               "Redis does not keep promise P1 (stored before acknowledged), and the mode is "
               "production: " +
                   findings.front());
        return;
    }
    if (is_news && !findings.empty()) {
        log_.warning("p1_does_not_hold",
                     {{"promise", "P1"},
                      {"reason",
                       production ? "what is acknowledged may be lost with this Redis: no command "
                                    "is taken until it is strong again"
                                  : "what is acknowledged may be lost with this Redis; fine for "
                                    "development only"}});
    }
    if (phase_ == Phase::starting && !std::exchange(is_loading_, true)) {
        in_district(
            [this] { host_->start([this] { in_control([this] { on_district_ready(); }); }); });
    }
}

void Hub::on_district_ready() {
    if (phase_ != Phase::starting) {
        return;
    }
    if (const auto reason = open_doors()) {
        refuse(kExitRefused, *reason);
        return;
    }
    phase_ = Phase::ready;
    give_up_.cancel();
    log_.info("ready",
              {{"port", port_},
               {"admin_port", admin_port_},
               {"address", config_.listen.address},
               {"district", config_.district},
               {"mode", config_.mode == Mode::production ? "production" : "development"},
               {"shards", shards_.size()},
               {"version", kVersion},
               {"pid", getpid()},
               {"took_ms", net::now_ms() - start_time_ms_}});
}

std::optional<std::string> Hub::open_doors() {
    port_ = config_.listen.port;
    for (const auto& shard : shards_) {
        const auto bound = shard->listen(to_address(config_.listen.address, port_));
        if (!bound) {
            return bound.error();
        }
        port_ = bound->port();
    }
    return std::nullopt;
}

void Hub::arm_give_up() {
    give_up_.expires_after(kRedisPatience);
    give_up_.async_wait([this](boost::system::error_code cancelled) {
        if (!cancelled && phase_ == Phase::starting && !redis_up_) {
            give_up();
        }
    });
}

std::string Hub::redis_name() const {
    const RedisConfig& redis = config_.redis;
    return redis.socket.empty() ? redis.host + ":" + std::to_string(redis.port) : redis.socket;
}

void Hub::give_up() {
    refuse(kExitRedisAway,
           "Redis at " + redis_name() + " did not answer within " +
               std::to_string(kRedisPatience.count() / 1'000) + " s (" + redis_reason_ +
               "): start it (redis-server config/redis.conf), or correct `redis` in the "
               "configuration");
}

void Hub::look_later() {
    look_timer_.expires_after(kLookEvery);
    look_timer_.async_wait([this](boost::system::error_code cancelled) {
        if (cancelled || phase_ == Phase::stopping) {
            return;
        }
        collector_->collect([this](const HubReport& report) {
            if (phase_ != Phase::stopping) {
                watch_->look_at(report);
                if (redis_up_) {
                    check_store();
                }
                look_later();
            }
        });
    });
}

Readiness Hub::readiness() const {
    switch (phase_) {
        case Phase::starting:
            return {false, "starting"};
        case Phase::stopping:
            return {false, "stopping"};
        case Phase::ready:
            break;
    }
    if (!watch_->store_well()) {
        return {false, "store_away"};
    }
    if (is_unsafe_) {
        return {false, "store_unsafe"};
    }
    if (watch_->district_stalled()) {
        return {false, "district_stalled"};
    }
    return {true, ""};
}

void Hub::give_metrics(AdminServer::Text answer) {
    if (phase_ == Phase::stopping) {
        answer("");
        return;
    }
    collector_->collect([this, answer = std::move(answer)](HubReport report) mutable {
        report.ready = readiness().ready;
        report.start_time_ms = start_time_ms_;
        answer(metrics_text(report));
    });
}

int run_hub(const Config& config, LogLines& log) {
    std::signal(SIGPIPE, SIG_IGN);
    session::take_over_protobuf_log();
    Hub hub(config, log);
    return hub.run();
}

}  // namespace tocsin::ops
