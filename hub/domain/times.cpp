#include "hub/domain/times.hpp"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "hub/domain/access.hpp"
#include "hub/domain/proof.hpp"

namespace tocsin::domain {
namespace {

struct Times {
    std::int32_t incidents = 0;
    std::vector<std::int64_t> shown;
    std::vector<std::int64_t> acknowledged;
    std::vector<std::int64_t> responding;
};

// The smallest of the sorted times within which so many of a hundred are (nearest rank).
std::int64_t percentile(const std::vector<std::int64_t>& sorted, std::size_t of_hundred) {
    const std::size_t rank = (sorted.size() * of_hundred + 99) / 100;
    return sorted[std::max<std::size_t>(rank, 1) - 1];
}

void put(std::vector<std::int64_t> times, wire::StepTimes& into) {
    into.set_count(static_cast<std::int32_t>(times.size()));
    if (times.empty()) {
        return;
    }
    std::ranges::sort(times);
    into.set_p50_ms(percentile(times, 50));
    into.set_p95_ms(percentile(times, 95));
    into.set_worst_ms(times.back());
}

// A step counts where both its ends are known. One that was taken before it was shown (by radio, or
// from a page that does not say what it shows) took no time.
void add_step(std::int64_t from_ms, std::int64_t to_ms, std::vector<std::int64_t>& times) {
    if (from_ms != 0 && to_ms != 0) {
        times.push_back(std::max<std::int64_t>(0, to_ms - from_ms));
    }
}

template <class Steps>
std::int64_t first_time(const Steps& steps) {
    return steps.empty() ? 0 : steps.begin()->time_ms();
}

void add(const store::Incident& incident, Times& times) {
    const std::int64_t acknowledged = first_time(incident.acknowledgements());
    const std::int64_t shown = first_shown_ms(incident);
    ++times.incidents;
    add_step(incident.opened_time_ms(), shown, times.shown);
    add_step(shown, acknowledged, times.acknowledged);
    add_step(acknowledged, first_time(incident.responses()), times.responding);
}

}  // namespace

Result<wire::Stats> stats_for(const State& state,
                              const wire::Person& person,
                              const wire::GetStats& request) {
    const std::vector<Feed> feeds = feeds_of(state, person);
    const auto has = [&](const std::string& channel, store::View view) {
        return std::ranges::find(feeds, Feed{channel, view}) != feeds.end();
    };
    const bool all = has("bureau", store::VIEW_BUREAU);
    const auto may_see = [&](const std::string& station) {
        return all || (!station.empty() && has("station/" + station, store::VIEW_OFFICER));
    };
    const bool any = std::ranges::any_of(
        feeds, [](const Feed& feed) { return feed.view == store::VIEW_OFFICER; });
    if (!(all || any) || !(request.station_id().empty() || may_see(request.station_id()))) {
        return refuse(code::not_permitted,
                      "get_stats.station_id",
                      "Officers ask about their own station, the bureau about all.");
    }
    std::map<std::pair<std::string, wire::ReportKind>, Times> by_row;
    for (const store::Incident* incident : state.incidents()) {
        const bool asked =
            (request.station_id().empty() || request.station_id() == incident->station_id()) &&
            (request.kind() == wire::REPORT_KIND_UNSPECIFIED || request.kind() == incident->kind());
        const bool went_up = incident->state() == wire::INCIDENT_STATE_MERGED;
        const bool counts = !went_up && !incident->drill();
        if (asked && counts && may_see(incident->station_id())) {
            add(*incident, by_row[{incident->station_id(), incident->kind()}]);
        }
    }
    wire::Stats stats;
    for (auto& [key, times] : by_row) {
        wire::StatsRow& row = *stats.add_rows();
        row.set_station_id(key.first);
        row.set_kind(key.second);
        row.set_incidents(times.incidents);
        put(std::move(times.shown), *row.mutable_stored_to_shown());
        put(std::move(times.acknowledged), *row.mutable_shown_to_acknowledged());
        put(std::move(times.responding), *row.mutable_acknowledged_to_responding());
    }
    return stats;
}

}  // namespace tocsin::domain
