#include "hub/ops/watch.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace tocsin::ops {

namespace {

// Closes that say that a client misbehaved or could not keep up; the others are everyday.
constexpr std::array<std::uint16_t, 6> kBadCloses = {1002, 1003, 1007, 1009, 4008, 4501};

}  // namespace

void Watch::on_epoch(std::string epoch, log::Offset window_after) {
    const std::string after = log::to_text(window_after);
    if (epoch_.empty()) {
        log_.info("log_loaded", {{"epoch", epoch}, {"window_after", after}});
    } else {
        log_.warning("new_epoch", {{"epoch", epoch}, {"before", epoch_}, {"window_after", after}});
    }
    epoch_ = std::move(epoch);
}

void Watch::on_store(bool well) {
    store_well_ = well;
    if (well) {
        log_.info("store_well");
    } else {
        log_.warning("store_away");
    }
}

void Watch::look_at(const HubReport& report) {
    unanswered_ = report.district_answered ? 0 : unanswered_ + 1;
    if (unanswered_ == kStalledAfter) {
        log_.error("district_stalled");
    }
    const log::FoldStats& fold = report.district.core.fold;
    if (fold.damaged > fold_.damaged) {
        log_.error("entry_not_genuine",
                   {{"count", fold.damaged - fold_.damaged},
                    {"latest_offset", log::to_text(fold.last_damaged)}});
    }
    if (fold.newer > fold_.newer) {
        log_.warning("entry_of_newer_hub", {{"count", fold.newer - fold_.newer}});
    }
    fold_ = fold;
    look_at_closes(sum_of(report.shards));
}

void Watch::look_at_closes(const net::ShardStats& all) {
    for (const auto& [code, count] : all.closes_by_code) {
        const std::int64_t more = count - std::exchange(closes_[code], count);
        if (more > 0 && std::ranges::find(kBadCloses, code) != kBadCloses.end()) {
            log_.warning("bad_connections", {{"close_code", code}, {"count", more}});
        }
    }
    if (all.accept_errors > accept_errors_) {
        log_.warning("accept_failed", {{"count", all.accept_errors - accept_errors_}});
    }
    accept_errors_ = all.accept_errors;
}

}  // namespace tocsin::ops
