#include "hub/domain/corroborate.hpp"

#include <algorithm>
#include <set>

namespace tocsin::domain {
namespace {

constexpr int kDefaultJoinDistanceM = 150;
constexpr int kDefaultJoinWithinS = 1'800;
constexpr int kDefaultRingAgainM = 30;
constexpr int kDefaultSameDistanceM = 200;
constexpr int kDefaultSameWithinS = 7'200;
// Three fires of one person within half an hour, each half a kilometre from the others.
constexpr std::size_t kManyFires = 3;
constexpr double kDistantM = 500;
constexpr std::int64_t kOfLateMs = 30LL * 60 * 1000;

int setting(int given, int otherwise) {
    return given > 0 ? given : otherwise;
}

const store::Incident* nearest(const std::vector<const store::Incident*>& fires,
                               const wire::Place& place,
                               double within_m,
                               auto counts) {
    const store::Incident* best = nullptr;
    double best_m = within_m;
    for (const store::Incident* fire : fires) {
        if (!fire->has_place() || !counts(*fire)) {
            continue;
        }
        const double away = distance_m(fire->place(), place);
        if (away < best_m || (away <= best_m && (best == nullptr || fire->id() < best->id()))) {
            best = fire;
            best_m = away;
        }
    }
    return best;
}

// The open fires that this person was the first to report, of late.
std::vector<const store::Incident*> own_fires(const Draft& draft, const std::string& person_id) {
    const State& state = draft.state();
    std::vector<std::string> stations = state.area_index().stations();
    stations.emplace_back();
    std::vector<const store::Incident*> fires;
    for (const std::string& station : stations) {
        for (const store::Incident* fire : state.open_fires(station)) {
            const auto reports = state.reports_of(fire->id());
            if (draft.now_ms() - fire->opened_time_ms() <= kOfLateMs && !reports.empty() &&
                reports.front()->reporter_person_id() == person_id) {
                fires.push_back(fire);
            }
        }
    }
    return fires;
}

bool has_near(const std::vector<const store::Incident*>& fires,
              const wire::Place& place,
              double within_m) {
    return std::ranges::any_of(fires, [&](const store::Incident* fire) {
        return fire->has_place() && distance_m(fire->place(), place) <= within_m;
    });
}

// Whether the incident was handed over by somebody of this station: what is reported of it on that
// ground is known there, and was given away.
bool was_given_away_by(const store::Incident& incident, const std::string& station_id) {
    return std::ranges::any_of(incident.hand_overs(), [&](const wire::HandOver& step) {
        return step.from_station_id() == station_id && !step.person_id().empty();
    });
}

// What burns on another station's ground rings there, unless it is the very same place. The
// bureau's own ground has no station: the bureau sees and hears whatever a station has.
bool may_gather(const State& state,
                const store::Incident& fire,
                const std::string& station_id,
                const store::Report& report) {
    return station_id.empty() || station_id == fire.station_id() ||
           was_given_away_by(fire, station_id) || !is_elsewhere(state, fire, report);
}

}  // namespace

const store::Incident* fire_to_join(Draft& draft, const Route& route, const store::Report& report) {
    const State& state = draft.state();
    const wire::Place& place = report.place();
    const wire::District& settings = state.district();
    const double distance = setting(settings.fire_join_distance_m(), kDefaultJoinDistanceM);
    const std::int64_t within_ms =
        1000LL * setting(settings.fire_join_within_s(), kDefaultJoinWithinS);
    std::set<std::string> stations = {"", route.station_id};
    for (std::string& station : state.area_index().stations_within(place, distance)) {
        stations.insert(std::move(station));
    }
    // One that was handed over burns where it did, whoever has it in hand.
    for (const std::string& station : state.area_index().stations()) {
        if (has_near(state.open_fires(station), place, distance) ||
            has_near(state.closed_fires(station), place, distance)) {
            stations.insert(station);
        }
    }
    std::vector<const store::Incident*> open;
    std::vector<const store::Incident*> closed;
    for (const std::string& station : stations) {
        draft.read("set/" + fires_set(station));
        std::ranges::copy(state.open_fires(station), std::back_inserter(open));
        std::ranges::copy(state.closed_fires(station), std::back_inserter(closed));
    }
    const auto is_recent = [&](const store::Incident& fire) {
        return draft.now_ms() - fire.latest_report_time_ms() <= within_ms &&
               may_gather(state, fire, route.station_id, report);
    };
    const auto may_open_again = [&](const store::Incident& fire) {
        return may_gather(state, fire, route.station_id, report) &&
               draft.now_ms() - fire.resolution().time_ms() <= reopen_within_ms(state) &&
               fire.reopenings_size() < kReopenings;
    };
    const store::Incident* found = nearest(open, place, distance, is_recent);
    return found != nullptr ? found : nearest(closed, place, distance, may_open_again);
}

bool is_elsewhere(const State& state,
                  const store::Incident& incident,
                  const store::Report& report) {
    const double far_m = setting(state.district().ring_again_distance_m(), kDefaultRingAgainM);
    const std::vector<const store::Report*> others = state.reports_of(incident.id());
    const bool other_building =
        !report.building().empty() && std::ranges::none_of(others, [&](const auto* other) {
            return other->building() == report.building();
        });
    const auto is_near = [&](const wire::Place& place) {
        return distance_m(place, report.place()) <= far_m;
    };
    const bool far = report.has_place() && !(incident.has_place() && is_near(incident.place())) &&
                     std::ranges::none_of(others, [&](const auto* other) {
                         return other->has_place() && is_near(other->place());
                     });
    return far || other_building;
}

std::vector<Near> perhaps_same(const Draft& draft, const store::Report& report) {
    std::vector<Near> near;
    if (!report.has_place()) {
        return near;
    }
    const State& state = draft.state();
    const wire::District& settings = state.district();
    const std::int64_t within_ms =
        1000LL * setting(settings.perhaps_same_within_s(), kDefaultSameWithinS);
    const double within_m = setting(settings.perhaps_same_distance_m(), kDefaultSameDistanceM);
    for (const auto* incident : state.open_near(report.kind(), report.place(), within_m)) {
        if (draft.now_ms() - incident->latest_report_time_ms() <= within_ms) {
            near.push_back({incident, distance_m(incident->place(), report.place())});
        }
    }
    std::ranges::sort(near, [](const Near& a, const Near& b) {
        return a.distance_m != b.distance_m ? a.distance_m < b.distance_m
                                            : a.incident->id() < b.incident->id();
    });
    return near;
}

bool is_one_of_many_fires(const Draft& draft, const store::Report& report) {
    if (!report.has_place()) {
        return false;
    }
    std::vector<const wire::Place*> distant = {&report.place()};
    for (const store::Incident* fire : own_fires(draft, report.reporter_person_id())) {
        const bool far =
            fire->has_place() && std::ranges::all_of(distant, [&](const wire::Place* place) {
                return distance_m(*place, fire->place()) >= kDistantM;
            });
        if (far) {
            distant.push_back(&fire->place());
        }
    }
    return distant.size() >= kManyFires;
}

bool has_heard_of(const Draft& draft, const std::string& person_id, const std::string& station_id) {
    return std::ranges::any_of(own_fires(draft, person_id), [&](const store::Incident* fire) {
        return fire->station_id() == station_id ||
               std::ranges::any_of(fire->hand_overs(), [&](const wire::HandOver& step) {
                   return step.from_station_id() == station_id;
               });
    });
}

bool is_second_word(const State& state,
                    const store::Incident& incident,
                    const std::string& person_id) {
    const std::vector<const store::Report*> reports = state.reports_of(incident.id());
    return !reports.empty() && reports.front()->reporter_person_id() != person_id &&
           std::ranges::all_of(reports, [&](const store::Report* report) {
               return report->reporter_person_id() == reports.front()->reporter_person_id();
           });
}

}  // namespace tocsin::domain
