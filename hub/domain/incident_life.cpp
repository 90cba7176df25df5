#include "hub/domain/incident_life.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <set>

#include "hub/domain/routing.hpp"

namespace tocsin::domain {
namespace {

constexpr int kStatements = 500;

std::string_view words_of(wire::Outcome outcome) {
    switch (outcome) {
        case wire::OUTCOME_HANDLED:
            return "closed it as handled";
        case wire::OUTCOME_FALSE_ALARM:
            return "closed it as a false alarm";
        case wire::OUTCOME_DUPLICATE:
            return "closed it as a duplicate";
        case wire::OUTCOME_NO_ACTION:
            return "closed it as needing no action";
        default:
            return "closed it";
    }
}

// The entry of a desk that has not lapsed.
template <class Entries>
auto* current(const Entries& entries, std::string_view desk) {
    const auto found = std::ranges::find_if(entries, [&](const auto& entry) {
        return entry.desk() == desk && entry.lapsed_time_ms() == 0;
    });
    return found == entries.end() ? nullptr : &*found;
}

template <class Entries>
bool any_current(const Entries& entries) {
    return std::ranges::any_of(entries,
                               [](const auto& entry) { return entry.lapsed_time_ms() == 0; });
}

template <class Entries>
void lapse_in(Entries* entries, std::string_view desk, std::int64_t now_ms) {
    for (auto& entry : *entries) {
        if (entry.lapsed_time_ms() == 0 && (desk.empty() || entry.desk() == desk)) {
            entry.set_lapsed_time_ms(now_ms);
        }
    }
}

// The latest time that one of the actor's stations gave the incident away, or null.
const wire::HandOver* given_away(const Draft& draft, const store::Incident& incident) {
    const auto& all = incident.hand_overs();
    for (auto it = all.rbegin(); it != all.rend(); ++it) {
        const bool was_own =
            std::ranges::any_of(draft.person().grants(), [&](const wire::Grant& grant) {
                return scope_of(grant.role()) == ScopeKind::station &&
                       grant.scope_id() == it->from_station_id();
            });
        if (was_own) {
            return &*it;
        }
    }
    return nullptr;
}

// Whether one of the actor's grids took the incident, which lapsed.
bool was_taken_at_grid(const Draft& draft, const store::Incident& incident) {
    return std::ranges::any_of(draft.person().grants(), [&](const wire::Grant& grant) {
        return scope_of(grant.role()) == ScopeKind::grid &&
               std::ranges::find(incident.acknowledgements(),
                                 "grid/" + grant.scope_id(),
                                 &wire::Acknowledgement::desk) != incident.acknowledgements().end();
    });
}

}  // namespace

std::string utc(std::int64_t time_ms) {
    namespace chrono = std::chrono;
    const chrono::sys_time<chrono::milliseconds> time{chrono::milliseconds(time_ms)};
    const auto day = chrono::floor<chrono::days>(time);
    const chrono::year_month_day date(day);
    const chrono::hh_mm_ss clock(chrono::floor<chrono::seconds>(time - day));
    char text[64];
    std::snprintf(text,
                  sizeof text,
                  "%04d-%02u-%02u %02d:%02d:%02d UTC",
                  static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()),
                  static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
    return text;
}

std::string who_and_when(std::string_view name,
                         std::string_view did,
                         std::string_view desk,
                         std::int64_t time_ms) {
    return std::string(name) + ' ' + std::string(did) + " for " + std::string(desk) + " at " +
           utc(time_ms) + '.';
}

std::unexpected<Refusal> refuse_as_it_stands(std::string_view code,
                                             const Found& found,
                                             std::string message) {
    auto refusal = refuse(code, found.field, std::move(message));
    refusal.error().incident_id = found.incident->id();
    return refusal;
}

Result<Found> find_incident(Draft& draft,
                            const std::string& id,
                            Act act,
                            const std::string& field) {
    draft.read("incident/" + id);
    const store::Incident* incident = draft.state().incident(id);
    if (incident == nullptr) {
        return refuse(code::unknown_incident, field, "No such incident, or none that you may see.");
    }
    Result<std::string> desk = desk_for(draft.state(), draft.person(), *incident, act);
    if (desk) {
        return Found{incident, *std::move(desk), field};
    }
    // Whoever saw it there may know where it went, though they see it no longer.
    const wire::HandOver* gone = given_away(draft, *incident);
    if (gone != nullptr) {
        return refuse_as_it_stands(
            code::handed_over,
            {incident, "", field},
            who_and_when(gone->name().empty() ? "A corrected place" : gone->name(),
                         "handed it over to station/" + gone->to_station_id(),
                         "station/" + gone->from_station_id(),
                         gone->time_ms()));
    }
    if (desk.error().code == code::unknown_incident && was_taken_at_grid(draft, *incident)) {
        return refuse(
            code::handed_over, field, "Its place was corrected: it is no longer one of your grid.");
    }
    desk.error().field = field;
    return std::unexpected(std::move(desk.error()));
}

Result<Found> find_open_incident(Draft& draft,
                                 const std::string& id,
                                 Act act,
                                 const std::string& field) {
    Result<Found> found = find_incident(draft, id, act, field);
    if (found && is_over(*found->incident)) {
        if (const Result<void> merged = not_merged(*found); !merged) {
            return std::unexpected(merged.error());
        }
        const wire::Resolution& end = found->incident->resolution();
        return refuse_as_it_stands(
            code::wrong_state,
            *found,
            "The incident is resolved: " +
                who_and_when(end.name(), words_of(end.outcome()), end.desk(), end.time_ms()));
    }
    return found;
}

bool is_over(const store::Incident& incident) {
    return incident.state() == wire::INCIDENT_STATE_RESOLVED ||
           incident.state() == wire::INCIDENT_STATE_MERGED;
}

Result<void> not_merged(const Found& found) {
    if (found.incident->state() == wire::INCIDENT_STATE_MERGED) {
        return refuse_as_it_stands(
            code::wrong_state,
            found,
            "The incident is merged: it went up in " + found.incident->merged_into() + ".");
    }
    return {};
}

void take_over_steps(store::Incident& incident, const store::Incident& from) {
    const auto take = [&](const auto& theirs, auto* own) {
        for (const auto& step : theirs) {
            if (step.lapsed_time_ms() == 0 && current(*own, step.desk()) == nullptr) {
                auto& taken = *own->Add();
                taken = step;
                taken.set_from_incident_id(from.id());
            }
        }
    };
    take(from.acknowledgements(), incident.mutable_acknowledgements());
    take(from.responses(), incident.mutable_responses());
}

void give_up_steps(store::Incident& incident, const std::string& from_incident_id) {
    const auto give_up = [&](auto* steps) {
        const auto gone = std::remove_if(steps->begin(), steps->end(), [&](const auto& step) {
            return step.from_incident_id() == from_incident_id;
        });
        steps->erase(gone, steps->end());
    };
    give_up(incident.mutable_acknowledgements());
    give_up(incident.mutable_responses());
}

void add_neighbours(store::Incident& incident, const std::vector<std::string>& stations) {
    std::set<std::string> neighbours(incident.neighbour_station_ids().begin(),
                                     incident.neighbour_station_ids().end());
    neighbours.insert(stations.begin(), stations.end());
    neighbours.erase(incident.station_id());
    neighbours.erase("");
    incident.mutable_neighbour_station_ids()->Assign(neighbours.begin(), neighbours.end());
}

wire::EventKind kind_of_state(wire::IncidentState state) {
    switch (state) {
        case wire::INCIDENT_STATE_RESPONDING:
            return wire::EVENT_KIND_INCIDENT_RESPONDING;
        case wire::INCIDENT_STATE_ACKNOWLEDGED:
            return wire::EVENT_KIND_INCIDENT_ACKNOWLEDGED;
        case wire::INCIDENT_STATE_RESOLVED:
            return wire::EVENT_KIND_INCIDENT_RESOLVED;
        default:
            return wire::EVENT_KIND_INCIDENT_REOPENED;
    }
}

const wire::Acknowledgement* acknowledgement_of(const store::Incident& incident,
                                                std::string_view desk) {
    return current(incident.acknowledgements(), desk);
}

const wire::Response* response_of(const store::Incident& incident, std::string_view desk) {
    return current(incident.responses(), desk);
}

const wire::Assignment* assignment_of(const store::Incident& incident, std::string_view desk) {
    const auto& all = incident.assignments();
    const auto found = std::ranges::find(all, desk, &wire::Assignment::desk);
    return found == all.end() ? nullptr : &*found;
}

wire::IncidentState standing(const store::Incident& incident) {
    if (any_current(incident.responses())) {
        return wire::INCIDENT_STATE_RESPONDING;
    }
    return any_current(incident.acknowledgements()) ? wire::INCIDENT_STATE_ACKNOWLEDGED
                                                    : wire::INCIDENT_STATE_OPEN;
}

void lapse(store::Incident& incident, std::string_view desk, std::int64_t now_ms) {
    lapse_in(incident.mutable_acknowledgements(), desk, now_ms);
    lapse_in(incident.mutable_responses(), desk, now_ms);
    auto* assignments = incident.mutable_assignments();
    const auto gone =
        std::remove_if(assignments->begin(), assignments->end(), [&](const auto& assignment) {
            return desk.empty() || assignment.desk() == desk;
        });
    assignments->erase(gone, assignments->end());
}

store::Incident changed(const Draft& draft, const store::Incident& before) {
    store::Incident incident = before;
    incident.set_version(before.version() + 1);
    incident.set_updated_time_ms(draft.now_ms());
    return incident;
}

store::Incident lived_on(const Draft& draft, const store::Incident& before) {
    store::Incident incident = changed(draft, before);
    incident.set_life(before.life() + 1);
    return incident;
}

Result<void> room_to_say(const Found& found, const std::string& text) {
    if (!text.empty() && found.incident->statement_count() >= kStatements) {
        return refuse(code::too_many, found.field, "The incident has 500 statements.");
    }
    return {};
}

void note(Draft& draft,
          store::Incident& incident,
          const std::string& desk,
          const std::string& text,
          bool for_neighbours) {
    if (text.empty()) {
        return;
    }
    wire::Note& content = *draft.say(incident, desk).mutable_note();
    content.set_text(text);
    content.set_for_neighbours(for_neighbours);
}

std::vector<store::Audience> desk_audiences(const State& state,
                                            const store::Incident& incident,
                                            bool neighbours) {
    std::vector<store::Audience> audiences = staff_audiences(state, incident);
    if (!neighbours) {
        std::erase_if(audiences, [](const store::Audience& audience) {
            return audience.view() == store::VIEW_NEIGHBOUR;
        });
    }
    return audiences;
}

std::vector<store::Audience> note_audiences(const State& state,
                                            const store::Incident& incident,
                                            bool neighbours) {
    std::vector<store::Audience> audiences = desk_audiences(state, incident, neighbours);
    std::erase_if(audiences, [](const store::Audience& audience) {
        return audience.view() == store::VIEW_GRID || audience.view() == store::VIEW_FIRE_DESK;
    });
    return audiences;
}

Decision finish_incident(Draft& draft,
                         store::Incident incident,
                         const std::vector<store::Audience>& audiences,
                         wire::EventKind kind) {
    draft.concern(audiences);
    draft.receipt().set_incident_id(incident.id());
    const wire::Lane lane = incident.lane();
    *draft.event().mutable_incident() = std::move(incident);
    return draft.finish(kind, lane);
}

Decision finish_life(Draft& draft, store::Incident incident, wire::EventKind kind) {
    const std::vector<store::Audience> audiences = audiences_of(draft.state(), incident);
    return finish_incident(draft, std::move(incident), audiences, kind);
}

}  // namespace tocsin::domain
