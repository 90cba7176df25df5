// How a hub ends: on a signal, or because it cannot start.

#include <csignal>
#include <cstdlib>
#include <utility>

#include "hub/ops/hub_process.hpp"

namespace tocsin::ops {

namespace {

using std::chrono::milliseconds;

// The stop, in all under 10 s. The order matters: whoever waits for a receipt gets it before the
// goodbye, whoever is behind gets what the window holds before the close, and Redis is left last.
constexpr milliseconds kFinishCommands{2'000};
constexpr milliseconds kDrain{3'000};
constexpr milliseconds kCloseConnections{4'000};
constexpr milliseconds kLeaveRedis{1'000};
constexpr milliseconds kEndThreads{1'500};

}  // namespace

void Hub::wait_for_signal() {
    signals_.async_wait([this](boost::system::error_code cancelled, int number) {
        if (cancelled) {
            return;
        }
        const char* name = number == SIGINT ? "SIGINT" : "SIGTERM";
        if (phase_ == Phase::stopping) {
            log_.error("stop_forced", {{"signal", name}});
            std::_Exit(kExitFailed);
        }
        log_.info("stop_requested", {{"signal", name}});
        wait_for_signal();
        stop(kExitDone);
    });
}

void Hub::refuse(int exit_code, const std::string& reason) {
    refusal_ = reason;
    stop(exit_code);
}

void Hub::stop(int exit_code) {
    if (phase_ == Phase::stopping) {
        return;
    }
    phase_ = Phase::stopping;  // from here on /readyz says no
    exit_code_ = exit_code;
    give_up_.cancel();
    look_timer_.cancel();
    steps_.run(stop_steps(), [this](bool all_in_time) {
        if (!all_in_time && exit_code_ == kExitDone) {
            exit_code_ = kExitFailed;
        }
        log_.info("stopped", {{"in_order", all_in_time}, {"exit_code", exit_code_}});
        if (!refusal_.empty()) {
            log_.error("refused_to_start", {{"reason", refusal_}});
        }
        ended_ = true;
    });
}

std::vector<Step> Hub::stop_steps() {
    const auto finish_commands = [this](Step::Done done) {
        in_district([this, done] { host_->finish([this, done] { in_control(done); }); });
    };
    // No new connections, a goodbye to all, what waits to those who take it, then the close.
    const auto close_connections = [this](const Step::Done& done) {
        const auto left = std::make_shared<std::size_t>(shards_.size());
        for (const auto& shard : shards_) {
            shard->stop(kDrain, [this, left, done] {
                in_control([left, done] {
                    if (--*left == 0) {
                        done();
                    }
                });
            });
        }
    };
    const auto leave_media = [this](Step::Done done) {
        media_->stop([this, done] { in_control(done); });
    };
    const auto leave_redis = [this](Step::Done done) {
        in_district([this, done] {
            host_->disconnect();
            in_control(done);
        });
    };
    return {{"finish_commands", kFinishCommands, finish_commands},
            {"close_connections", kCloseConnections, close_connections},
            {"leave_media", kLeaveRedis, leave_media},
            {"leave_redis", kLeaveRedis, leave_redis},
            {"end_threads", kEndThreads, [this](Step::Done done) { end_threads(std::move(done)); }},
            {"close_admin", milliseconds{100}, [this](const Step::Done& done) {
                 admin_.stop();
                 done();
             }}};
}

// The threads end by themselves when nothing is left to do in their contexts. Stopping a context
// that has something left is the last resort, and means a mistake of ours.
void Hub::end_threads(Step::Done done) {
    const auto last_resort =
        std::make_shared<boost::asio::steady_timer>(control_, kEndThreads * 2 / 3);
    last_resort->async_wait([this, last_resort](boost::system::error_code cancelled) {
        if (!cancelled) {
            log_.error("threads_forced");
            for (const auto& shard : shards_) {
                shard->context().stop();
            }
        }
    });
    joiner_ = std::thread([this, last_resort, done = std::move(done)] {
        media_->join();
        for (const auto& shard : shards_) {
            shard->join();
        }
        in_control([this, last_resort, done] {
            last_resort->cancel();
            joiner_.join();
            done();
        });
    });
}

}  // namespace tocsin::ops
