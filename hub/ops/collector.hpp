#pragma once
// Asks every thread of the hub how it does, and puts the answers together. Used by the thread of
// the control context; the questions are posted, so that no thread shares its counters.

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <vector>

#include "hub/net/shard.hpp"
#include "hub/ops/district_host.hpp"
#include "hub/ops/media_host.hpp"
#include "hub/ops/metrics.hpp"

namespace tocsin::ops {

class Collector {
public:
    // Whoever has not answered by then is left with the figures that it gave before.
    static constexpr std::chrono::milliseconds kPatience{1'000};

    using Answer = std::move_only_function<void(const HubReport&)>;

    // All outlive this, and the control context outlives the threads.
    Collector(boost::asio::io_context& control,
              std::vector<std::unique_ptr<net::Shard>>& shards,
              DistrictHost& host,
              MediaHost& media);

    // Answers within kPatience, on the control thread. `ready` and `start_time_ms` are for the
    // caller to fill in.
    void collect(Answer answer);

private:
    struct Collection;

    void put(const std::shared_ptr<Collection>& collection);

    boost::asio::io_context& control_;
    std::vector<std::unique_ptr<net::Shard>>& shards_;
    DistrictHost& host_;
    MediaHost& media_;
    HubReport last_;
};

}  // namespace tocsin::ops
