#pragma once
// A shard: one thread with its own acceptor, connections, window and index. Shards share nothing
// that changes but the count of seats; what the district says reaches each as an immutable batch.
// All functions may be called from any thread.

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <functional>
#include <memory>
#include <thread>

#include "hub/net/accept_loop.hpp"
#include "hub/net/district_door.hpp"
#include "hub/net/doorkeeper_door.hpp"
#include "hub/net/room.hpp"

namespace tocsin::net {

class Shard final : public session::DistrictListener {
public:
    Shard(ShardSettings settings, std::shared_ptr<Seats> seats);
    // Cuts what is still open and waits for the thread, which ends when nothing is left to do in
    // its context.
    ~Shard() override;

    // Others may live in the first shard's context: the district and its links to the store.
    asio::io_context& context() { return context_; }

    // Once, before listen(): where the district lives, and how it is reached. Both outlive the
    // shard's thread.
    void set_district(asio::io_context& district_context, session::District& district);
    // Once, before listen(), or never: who keeps photos and voice, and how many may be under way.
    void set_media(session::MediaDesk& desk, std::shared_ptr<Seats> seats) {
        room_.set_media(desk, std::move(seats));
    }
    // Likewise, or never: then there is nothing but /v1/connect.
    void set_doorkeeper(asio::io_context& district_context, session::Doorkeeper& doorkeeper);
    // Runs the thread.
    void start();
    // Opens the doors; the address as it came to be, or what is wrong, for people. Once.
    std::expected<tcp::endpoint, std::string> listen(const tcp::endpoint& address);

    // Orderly: nobody new, a goodbye to all, at most `drain` for them to take what waits and leave,
    // then cut. Says when all are gone, on the shard's thread. Once; may come without listen().
    void stop(std::chrono::milliseconds drain, std::move_only_function<void()> on_stopped);
    // Lets the thread end, and waits for it. After stop() has said that all are gone.
    void join();

    // Answers with a copy, on the shard's thread.
    void collect(std::move_only_function<void(ShardStats)> answer);

    // What the district says, in order. Post to the shard's thread.
    void on_batch(fanout::BatchPtr batch) override;
    void on_epoch(std::string epoch, log::Offset window_after) override;
    void on_store(bool well) override;

private:
    using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                             asio::wait_traits<std::chrono::steady_clock>,
                                             asio::io_context::executor_type>;

    void tick();

    asio::io_context context_{1};
    asio::executor_work_guard<asio::io_context::executor_type> work_;
    Room room_;
    std::unique_ptr<DistrictDoor> door_;
    std::unique_ptr<DoorkeeperDoor> doorkeeper_;
    AcceptLoop accept_loop_;
    const ListenOptions listen_options_;
    const std::chrono::milliseconds tick_every_;
    Timer tick_timer_;
    std::int64_t cut_at_ms_ = 0;  // 0: not stopping
    std::move_only_function<void()> on_stopped_;
    std::thread thread_;
};

}  // namespace tocsin::net
