#pragma once
// Practice alarms: how they are told from real ones, and when they end by themselves.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "hub/domain/decide.hpp"
#include "hub/domain/draft.hpp"

namespace tocsin::domain {

// Every text that is shown of a drill begins with this.
inline constexpr std::string_view kDrillMark = "【演练】[DRILL]";
inline constexpr std::int64_t kDrillLongestMs = 2LL * 60 * 60 * 1000;

// The one line that stands above everything else of a drill, mark included.
std::string drill_title(const store::Incident& incident);

// A real alarm that is open in the station, fires before others; null where there is none.
const store::Incident* real_alarm(const State& state, std::string_view station_id);

// Refused where a real alarm is open in the station; decided again where one is just being opened.
Result<void> no_real_alarm(Draft& draft, const std::string& station_id, const std::string& field);

// Why a drill that is open has to end now, or DRILL_END_UNSPECIFIED.
wire::DrillEnd drill_must_end(const State& state,
                              const store::Incident& drill,
                              std::int64_t now_ms);

// The hub ends the drill; nothing where it need not, or is over.
std::optional<Decision> decide_drill_end(const State& state,
                                         std::string_view incident_id,
                                         const Circumstances& circumstances);

}  // namespace tocsin::domain
