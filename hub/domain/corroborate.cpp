#include "hub/domain/corroborate.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "hub/domain/own_report.hpp"

namespace tocsin::domain {
namespace {

constexpr int kPerhapsSame = 3;
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

// Its reporter has said since where it is, and nobody has it in hand or has parted it from another.
bool has_late_place(const State& state, const store::Incident& fire) {
    const std::vector<const store::Report*> reports = state.reports_of(fire.id());
    return fire.kind() == wire::REPORT_KIND_FIRE && !fire.drill() && fire.has_place() &&
           fire.state() == wire::INCIDENT_STATE_OPEN && fire.acknowledgements().empty() &&
           fire.went_to().empty() && reports.size() == 1 &&
           reports.front()->amendment_count() > 0 && reports.front()->shown_incident_id().empty();
}

// Open incidents nearby that may be the same, nearest first.
struct Near {
    const store::Incident* incident;
    double distance_m;
};

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

const store::Incident* fire_to_join_late(Draft& draft, const store::Incident& fire) {
    const State& state = draft.state();
    if (!has_late_place(state, fire)) {
        return nullptr;
    }
    const wire::District& settings = state.district();
    const std::int64_t within_ms =
        1000LL * setting(settings.fire_join_within_s(), kDefaultJoinWithinS);
    const std::string& reporter = state.reports_of(fire.id()).front()->reporter_person_id();
    draft.read("set/" + fires_set(fire.station_id()));
    return nearest(state.open_fires(fire.station_id()),
                   fire.place(),
                   setting(settings.fire_join_distance_m(), kDefaultJoinDistanceM),
                   [&](const store::Incident& older) {
                       return std::pair(older.opened_time_ms(), older.id()) <
                                  std::pair(fire.opened_time_ms(), fire.id()) &&
                              draft.now_ms() - older.latest_report_time_ms() <= within_ms &&
                              std::ranges::find(older.went_to(), fire.id()) ==
                                  older.went_to().end() &&
                              !knows_it_elsewhere(state, older, reporter);
                   });
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

void propose_same(Draft& draft, store::Incident& incident, const store::Report& report) {
    incident.clear_perhaps_same();
    for (const Near& near : perhaps_same(draft, report)) {
        if (near.incident->id() == incident.id()) {
            continue;
        }
        const std::vector<const store::Report*> reports =
            draft.state().reports_of(near.incident->id());
        const bool of_another = std::ranges::any_of(reports, [&](const store::Report* other) {
            return other->reporter_person_id() != report.reporter_person_id();
        });
        // Not upon a correction: nobody feels around for what others have reported.
        if (draft.command().has_submit_report() && report.kind() == wire::REPORT_KIND_HAZARD &&
            of_another) {
            draft.receipt().set_similar_nearby(true);
        }
        if (near.incident->station_id() == incident.station_id() &&
            incident.perhaps_same_size() < kPerhapsSame) {
            wire::PerhapsSame& same = *incident.add_perhaps_same();
            same.set_incident_id(near.incident->id());
            same.set_distance_m(static_cast<std::int32_t>(std::lround(near.distance_m)));
            same.set_age_s(static_cast<std::int32_t>(
                std::max<std::int64_t>(0, draft.now_ms() - near.incident->opened_time_ms()) /
                1000));
        }
    }
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
