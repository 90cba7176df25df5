#include "hub/domain/proof.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "hub/domain/draft.hpp"
#include "hub/domain/own_report.hpp"
#include "hub/domain/routing.hpp"

namespace tocsin::domain {
namespace {

constexpr std::string_view kStation = "station/";
constexpr std::string_view kArea = "area/";
constexpr std::string_view kGrid = "grid/";

// Whoever handles the incident sits there: the reporter may be told that it was shown to them.
bool handles(const store::Incident& incident, std::string_view desk) {
    return desk == kBureauDesk || desk.starts_with(kGrid) ||
           (desk.starts_with(kStation) && desk.substr(kStation.size()) == incident.station_id());
}

std::int64_t opened_again_ms(const store::Incident& incident) {
    std::int64_t latest = 0;
    for (const wire::Reopening& step : incident.reopenings()) {
        latest = std::max(latest, step.time_ms());
    }
    return latest;
}

std::string desk_of(const std::string& station_id) {
    return station_id.empty() ? std::string(kBureauDesk) : std::string(kStation) + station_id;
}

// What the desk was told and shown up to this time has lapsed: it was opened again then, or the
// desk, a station, gave it away or was given it. 0: nothing has.
std::int64_t lapsed_ms(const store::Incident& incident, std::string_view desk) {
    std::int64_t latest = opened_again_ms(incident);
    for (const wire::HandOver& step : incident.hand_overs()) {
        const bool given = desk.starts_with(kStation) && desk == desk_of(step.to_station_id());
        if (given || desk == desk_of(step.from_station_id())) {
            latest = std::max(latest, step.time_ms());
        }
    }
    return latest;
}

// No change of an incident has a time before that of an earlier one (Draft::now_ms), and no proof
// the time of what made others lapse (proof_for).
bool counts(const store::Incident& incident, const wire::Proof& proof) {
    return proof.delivered_time_ms() > lapsed_ms(incident, proof.desk());
}

// Whoever handled the incident at that time sat there.
bool handled(const store::Incident& incident, std::string_view desk, std::int64_t time_ms) {
    const auto& steps = incident.hand_overs();
    std::string station = steps.empty() ? incident.station_id() : steps.begin()->from_station_id();
    for (const wire::HandOver& step : steps) {
        if (step.time_ms() < time_ms) {
            station = step.to_station_id();
        }
    }
    return desk == kBureauDesk || desk.starts_with(kGrid) || desk == desk_of(station);
}

// The desk's proof that counts; the end where there is none.
auto current(const store::Incident& incident, auto& proofs, std::string_view desk) {
    return std::ranges::find_if(proofs, [&](const wire::Proof& proof) {
        return proof.desk() == desk && counts(incident, proof);
    });
}

const wire::Proof* proof_of(const store::Incident& incident, std::string_view desk) {
    const auto found = current(incident, incident.proofs(), desk);
    return found == incident.proofs().end() ? nullptr : &*found;
}

wire::Proof& proof_for(store::Incident& incident, const Mark& mark, std::int64_t time_ms) {
    const auto found = current(incident, *incident.mutable_proofs(), mark.desk);
    if (found != incident.mutable_proofs()->end()) {
        return *found;
    }
    wire::Proof& proof = *incident.add_proofs();
    proof.set_desk(mark.desk);
    proof.set_delivered_time_ms(time_ms);
    return proof;
}

// Whether the incident itself says what the mark says, or more.
bool is_in_proofs(const store::Incident& incident, const Mark& mark) {
    const wire::Proof* proof = proof_of(incident, mark.desk);
    return proof != nullptr && (!mark.shown || proof->shown_time_ms() != 0);
}

// The reports that rang after the fire desk was shown the incident, and of which the mark says that
// it is shown now.
std::vector<const store::Report*> shown_anew(const State& state,
                                             const store::Incident& incident,
                                             const Mark& mark) {
    std::vector<const store::Report*> reports;
    if (mark.desk == kFireDesk && mark.shown) {
        reports = state.reports_of(incident.id());
        std::erase_if(reports, [&](const store::Report* report) {
            return report->fire_desk_shown_time_ms() != kToBeShownAnew ||
                   report->number() > mark.reports ||
                   own_fire_desk_shown_ms(incident, *report) != 0;
        });
    }
    return reports;
}

struct Written {
    bool delivered = false;
    bool shown = false;
    bool for_reporters = false;
    std::map<std::string, store::Report> anew;  // by id
};

void write(const State& state, store::Incident& incident, const Mark& mark, Written& written) {
    if (is_proven(state, incident, mark)) {
        return;
    }
    if (is_in_proofs(incident, mark)) {
        for (const store::Report* report : shown_anew(state, incident, mark)) {
            store::Report told = next_version(*report);
            told.set_fire_desk_shown_time_ms(std::max(mark.time_ms, report->received_time_ms()));
            incident.set_updated_time_ms(
                std::max(incident.updated_time_ms(), told.fire_desk_shown_time_ms()));
            written.anew.emplace(told.id(), std::move(told));
        }
        written.delivered = true;
        written.shown = true;
        return;
    }
    const std::int64_t earliest =
        std::max(incident.opened_time_ms(), lapsed_ms(incident, mark.desk) + 1);
    wire::Proof& proof = proof_for(incident, mark, std::max(mark.time_ms, earliest));
    written.delivered = true;
    if (mark.shown) {
        proof.set_shown_time_ms(std::max(mark.time_ms, proof.delivered_time_ms()));
        proof.set_shown_person_id(mark.person_id);
        proof.set_shown_name(mark.name);
        written.shown = true;
        if (incident.shown_time_ms() == 0 && handles(incident, mark.desk)) {
            incident.set_shown_time_ms(proof.shown_time_ms());
            written.for_reporters = true;
        }
        written.for_reporters = written.for_reporters || mark.desk == kFireDesk;
    }
    incident.set_updated_time_ms(
        std::max({incident.updated_time_ms(), proof.delivered_time_ms(), proof.shown_time_ms()}));
}

// Reporters of what was shown anew: their versions rise where not everybody's does by the event.
void tell_anew(Draft& draft, const Written& written) {
    std::map<std::string, store::Report> told = written.anew;
    if (!written.for_reporters) {
        std::vector<store::Report> reports;
        for (const auto& [id, report] : written.anew) {
            reports.push_back(report);
            for (const store::Report* other : draft.state().reports_of(report.incident_id())) {
                if (other->reporter_person_id() == report.reporter_person_id() &&
                    shown_id(*other) == shown_id(report)) {
                    told.try_emplace(other->id(), next_version(*other));
                }
            }
        }
        for (auto& [id, report] : told) {
            report.set_life_offset(report.life_offset() + 1);
        }
        draft.concern(reporter_audiences(reports));
    }
    for (auto& [id, report] : told) {
        *draft.event().add_more_reports() = std::move(report);
    }
}

}  // namespace

std::string desk_reading(const Feed& feed) {
    switch (feed.view) {
        case store::VIEW_OFFICER:
        case store::VIEW_CREW:
        case store::VIEW_NEIGHBOUR:
            return feed.channel.starts_with(kStation) ? feed.channel : std::string();
        case store::VIEW_BUREAU:
            return std::string(kBureauDesk);
        case store::VIEW_FIRE_DESK:
            return std::string(kFireDesk);
        case store::VIEW_GRID:
            return feed.channel.starts_with(kArea)
                       ? std::string(kGrid) + feed.channel.substr(kArea.size())
                       : std::string();
        default:
            return {};
    }
}

std::vector<std::string> desks_seeing(const State& state,
                                      const store::Incident& incident,
                                      std::span<const Feed> feeds) {
    std::vector<std::string> desks;
    for (const store::Audience& audience : staff_audiences(state, incident)) {
        const Feed feed{audience.channel(), audience.view()};
        if (std::ranges::find(feeds, feed) == feeds.end()) {
            continue;
        }
        std::string desk = desk_reading(feed);
        if (!desk.empty() && std::ranges::find(desks, desk) == desks.end()) {
            desks.push_back(std::move(desk));
        }
    }
    return desks;
}

int turns_of(const store::Incident& incident) {
    return incident.reopenings_size() + incident.hand_overs_size();
}

bool is_proven(const State& state, const store::Incident& incident, const Mark& mark) {
    return mark.turns != turns_of(incident) ||
           (is_in_proofs(incident, mark) && shown_anew(state, incident, mark).empty());
}

std::int64_t shown_time_ms(const store::Incident& incident, std::string_view desk) {
    const wire::Proof* proof = proof_of(incident, desk);
    return proof == nullptr ? 0 : proof->shown_time_ms();
}

void recount_shown(store::Incident& incident) {
    incident.set_shown_time_ms(0);
    for (const wire::Proof& proof : incident.proofs()) {
        const std::int64_t at = proof.shown_time_ms();
        const std::int64_t first = incident.shown_time_ms();
        if (at != 0 && (first == 0 || at < first) && handles(incident, proof.desk()) &&
            counts(incident, proof)) {
            incident.set_shown_time_ms(at);
        }
    }
}

std::int64_t first_shown_ms(const store::Incident& incident) {
    std::int64_t first = 0;
    for (const wire::Proof& proof : incident.proofs()) {
        const std::int64_t at = proof.shown_time_ms();
        if (at != 0 && (first == 0 || at < first) && handled(incident, proof.desk(), at)) {
            first = at;
        }
    }
    return first;
}

std::int64_t told_shown_ms(const store::Incident& incident, const store::Report& report) {
    const std::int64_t told = report.shown_time_ms();
    const bool handed_over = std::ranges::any_of(
        incident.hand_overs(), [&](const wire::HandOver& step) { return step.time_ms() >= told; });
    return handed_over || opened_again_ms(incident) >= told ? 0 : told;
}

std::int64_t own_fire_desk_shown_ms(const store::Incident& incident, const store::Report& report) {
    const std::int64_t told = report.fire_desk_shown_time_ms();
    if (told > opened_again_ms(incident)) {
        return told;
    }
    const std::int64_t shown = shown_time_ms(incident, kFireDesk);
    const std::int64_t since = report.received_time_ms();
    return shown == 0 || (told == kToBeShownAnew && shown <= since) ? 0 : std::max(shown, since);
}

std::optional<Decision> decide_marks(const State& state,
                                     std::string_view incident_id,
                                     std::span<const Mark> marks,
                                     const Circumstances& circumstances) {
    static const wire::Command kNone;
    static const Actor kHub;
    const store::Incident* before = state.incident(incident_id);
    if (before == nullptr) {
        return std::nullopt;
    }
    store::Incident incident = *before;
    Written written;
    for (const Mark& mark : marks) {
        write(state, incident, mark, written);
    }
    if (!written.delivered) {
        return std::nullopt;
    }
    std::ranges::sort(*incident.mutable_proofs(), {}, [](const wire::Proof& proof) {
        return std::pair(proof.delivered_time_ms(), std::string_view(proof.desk()));
    });
    incident.set_version(before->version() + 1);
    incident.set_life(before->life() + (written.for_reporters ? 1 : 0));

    Draft draft(state, kNone, kHub, circumstances);
    draft.read("incident/" + incident.id());
    draft.read("set/" + std::string(kDistrictSet));
    std::vector<store::Audience> audiences =
        written.for_reporters ? audiences_of(state, incident) : staff_audiences(state, incident);
    // Of this a neighbour sees nothing, not even that it happened.
    std::erase_if(audiences, [](const store::Audience& audience) {
        return audience.view() == store::VIEW_NEIGHBOUR;
    });
    draft.concern(audiences);
    tell_anew(draft, written);
    const wire::Lane lane = incident.lane();
    *draft.event().mutable_incident() = std::move(incident);
    return draft.finish(
        written.shown ? wire::EVENT_KIND_INCIDENT_SHOWN : wire::EVENT_KIND_INCIDENT_DELIVERED,
        lane);
}

}  // namespace tocsin::domain
