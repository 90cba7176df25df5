#pragma once
// The process that run_hub runs: who waits for whom from start to stop. Its own thread, the control
// thread, waits for signals, answers the admin port and leads; shards and district have threads of
// their own, and everything between them is posted.

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "hub/net/clock.hpp"
#include "hub/net/shard.hpp"
#include "hub/ops/admin_server.hpp"
#include "hub/ops/collector.hpp"
#include "hub/ops/config.hpp"
#include "hub/ops/district_host.hpp"
#include "hub/ops/exit_code.hpp"
#include "hub/ops/lock_file.hpp"
#include "hub/ops/log_lines.hpp"
#include "hub/ops/media_host.hpp"
#include "hub/ops/step_sequence.hpp"
#include "hub/ops/watch.hpp"

namespace tocsin::ops {

class Hub {
public:
    // Both outlive this.
    Hub(const Config& config, LogLines& log);

    // Until the end; how the process should end.
    int run();

private:
    enum class Phase { starting, ready, stopping };

    // Everything that needs no Redis. What is wrong, for people.
    std::optional<std::string> prepare();
    std::optional<std::string> load_pages();
    std::optional<std::string> open_doors();
    void make_shards(redis::Endpoint endpoint);

    void on_redis_up();
    void on_redis_down(const std::string& reason);
    void check_store();
    void on_checked(const std::vector<std::string>& findings);
    void on_district_ready();
    void arm_give_up();
    void give_up();
    std::string redis_name() const;

    void wait_for_signal();
    void refuse(int exit_code, const std::string& reason);
    void stop(int exit_code);
    std::vector<Step> stop_steps();
    void end_threads(Step::Done done);

    void look_later();
    Readiness readiness() const;
    void give_metrics(AdminServer::Text answer);

    // Runs it on the district's thread.
    template <class Work>
    void in_district(Work work) {
        boost::asio::post(shards_.front()->context(), std::move(work));
    }
    // Runs it on this thread, the control thread.
    template <class Work>
    void in_control(Work work) {
        boost::asio::post(control_, std::move(work));
    }

    const Config& config_;
    LogLines& log_;
    const std::int64_t start_time_ms_ = net::now_ms();
    boost::asio::io_context control_{1};
    boost::asio::signal_set signals_;
    boost::asio::steady_timer give_up_;
    boost::asio::steady_timer look_timer_;
    StepSequence steps_;
    AdminServer admin_;
    std::optional<LockFile> lock_;
    std::shared_ptr<const net::Pages> pages_;  // null: none are configured

    // The district lives in the first one's context.
    std::vector<std::unique_ptr<net::Shard>> shards_;
    std::unique_ptr<Watch> watch_;
    std::unique_ptr<DistrictHost> host_;
    std::unique_ptr<MediaHost> media_;
    std::unique_ptr<Collector> collector_;
    std::thread joiner_;

    Phase phase_ = Phase::starting;
    std::uint16_t port_ = 0;
    std::uint16_t admin_port_ = 0;
    bool redis_up_ = false;
    std::string redis_reason_ = "no answer yet";
    bool is_unsafe_ = false;             // the store does not keep P1, and the mode is production
    std::vector<std::string> findings_;  // what the store was last found to lack
    bool is_loading_ = false;
    bool ended_ = false;
    std::string refusal_;  // why it does not start; told as the last line, where people look
    int exit_code_ = kExitDone;
};

}  // namespace tocsin::ops
