#pragma once
// Tells operators what the district and the shards went through, as log lines; and remembers what
// readiness rests on.

#include <atomic>
#include <map>

#include "hub/ops/log_lines.hpp"
#include "hub/ops/metrics.hpp"
#include "hub/session/district.hpp"

namespace tocsin::ops {

class Watch final : public session::DistrictListener {
public:
    explicit Watch(LogLines& log) : log_(log) {}

    // On the district's thread.
    void on_batch(fanout::BatchPtr) override {}
    void on_epoch(std::string epoch, log::Offset window_after) override;
    void on_store(bool well) override;

    // On the control thread, every few seconds: says what changed since the report before.
    void look_at(const HubReport& report);

    // Any thread.
    bool store_well() const { return store_well_; }
    // The district's thread left so many reports in a row without an answer.
    static constexpr int kStalledAfter = 3;
    bool district_stalled() const { return unanswered_ >= kStalledAfter; }

private:
    void look_at_closes(const net::ShardStats& all);

    LogLines& log_;
    std::atomic<bool> store_well_ = false;
    std::string epoch_;  // the district's thread's

    // The control thread's.
    int unanswered_ = 0;
    log::FoldStats fold_;
    std::map<std::uint16_t, std::int64_t> closes_;
    std::int64_t accept_errors_ = 0;
};

}  // namespace tocsin::ops
