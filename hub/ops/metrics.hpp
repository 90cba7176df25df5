#pragma once
// What a hub knows of itself at one moment, and how Prometheus is told. Values; no threads.

#include <cstdint>
#include <string>
#include <vector>

#include "hub/media/converter_stats.hpp"
#include "hub/net/shard_stats.hpp"
#include "hub/ops/measured_district.hpp"
#include "hub/ops/process_stats.hpp"
#include "hub/session/district_core.hpp"

namespace tocsin::ops {

// What only the district's thread knows.
struct DistrictReport {
    session::DistrictStats core;
    CommandTimes times;
    bool store_well = false;
    bool redis_up = false;
    std::int64_t redis_connects = 0;
    std::int64_t redis_losses = 0;
};

struct ShardReport {
    net::ShardStats stats;
    double loop_delay_seconds = 0;  // how long the question waited for the thread
    bool answered = false;  // in this collection; else the figures are those of the one before
};

struct HubReport {
    bool ready = false;
    std::int64_t start_time_ms = 0;
    std::vector<ShardReport> shards;
    DistrictReport district;
    bool district_answered = false;
    media::ConverterStats media;
    ProcessStats process;
};

// The sum over all shards.
net::ShardStats sum_of(const std::vector<ShardReport>& shards);

// Prometheus's text form.
std::string metrics_text(const HubReport& report);

}  // namespace tocsin::ops
