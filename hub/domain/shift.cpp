#include "hub/domain/shift.hpp"

#include <algorithm>

#include "hub/domain/access.hpp"
#include "hub/domain/incident_life.hpp"
#include "hub/domain/proof.hpp"

namespace tocsin::domain {
namespace {

// The person who took over from this one what they had when their shift ended; null where nobody
// did, or the shift is not over, or that person is let in no more or does not sit at that desk.
const wire::Person* successor_of(const State& state,
                                 const store::Incident& incident,
                                 const Holder& holder) {
    const wire::Person* person = state.person(holder.person_id);
    if (person == nullptr || person->shift().ended_time_ms() == 0 ||
        person->shift().ended_time_ms() < holder.since_ms) {
        return nullptr;
    }
    const wire::Person* next = state.person(person->shift().handed_to_person_id());
    return next != nullptr && serves_desk(state, *next, incident, holder.desk) ? next : nullptr;
}

bool holds(const State& state,
           const store::Incident& incident,
           const Holder& holder,
           std::string_view person_id) {
    const wire::Person* next = successor_of(state, incident, holder);
    return holder.person_id == person_id || (next != nullptr && next->id() == person_id);
}

// How many of the incidents that the person holds, at desks where they still sit, this colleague
// cannot take over, sitting elsewhere. Of nobody (null): all.
int left_by(const State& state, const wire::Person& person, const wire::Person* next) {
    int count = 0;
    for (const store::Incident* incident : held_incidents(state, person.id())) {
        count += std::ranges::any_of(holders_of(*incident), [&](const Holder& holder) {
            return holds(state, *incident, holder, person.id()) &&
                   serves_desk(state, person, *incident, holder.desk) &&
                   (next == nullptr || !serves_desk(state, *next, *incident, holder.desk));
        });
    }
    return count;
}

// Somebody who was moved elsewhere hands over what they had at the desk where they sat.
bool sits_where_they_hold(const State& state,
                          const wire::Person& person,
                          const wire::Person& next) {
    const std::vector<const store::Incident*> held = held_incidents(state, person.id());
    return std::ranges::any_of(held, [&](const store::Incident* incident) {
        return std::ranges::any_of(holders_of(*incident), [&](const Holder& holder) {
            return holds(state, *incident, holder, person.id()) &&
                   serves_desk(state, next, *incident, holder.desk);
        });
    });
}

// The desks where the person sits, as feeds that its colleagues read.
std::vector<Feed> desk_feeds(const State& state, const wire::Person& person) {
    std::vector<Feed> feeds = feeds_of(state, person);
    std::erase_if(feeds, [](const Feed& feed) {
        return feed.view == store::VIEW_NEIGHBOUR || desk_reading(feed).empty();
    });
    return feeds;
}

bool shares_a_desk(const State& state, const wire::Person& one, const wire::Person& other) {
    const std::vector<Feed> feeds = desk_feeds(state, other);
    return std::ranges::any_of(desk_feeds(state, one), [&](const Feed& own) {
        return std::ranges::any_of(
            feeds, [&](const Feed& feed) { return desk_reading(feed) == desk_reading(own); });
    });
}

// Once: whoever is two things at one desk would have it in two ways.
void add(store::EventBody& event, const std::string& channel, store::View view) {
    if (std::ranges::any_of(event.audiences(), [&](const store::Audience& audience) {
            return audience.channel() == channel && audience.view() == view;
        })) {
        return;
    }
    store::Audience& audience = *event.add_audiences();
    audience.set_channel(channel);
    audience.set_view(view);
}

Decision finish_shift(Draft& draft, const wire::Shift& shift) {
    wire::Person person = draft.person();
    person.set_version(person.version() + 1);
    *person.mutable_shift() = shift;
    draft.receipt().set_subject_id(person.id());
    store::EventBody& event = draft.event();
    add(event, "me/" + person.id(), store::VIEW_REPORTER);
    for (const Feed& feed : shift_feeds(draft.state(), person)) {
        add(event, feed.channel, feed.view);
    }
    *event.mutable_person() = std::move(person);
    return draft.finish(wire::EVENT_KIND_SHIFT_CHANGED, wire::LANE_ROUTINE);
}

}  // namespace

std::vector<Feed> shift_feeds(const State& state, const wire::Person& person) {
    std::vector<Feed> feeds;
    for (const Feed& feed : desk_feeds(state, person)) {
        feeds.push_back(feed);
        if (feed.view == store::VIEW_OFFICER) {
            feeds.push_back({feed.channel, store::VIEW_CREW});
        } else if (feed.view == store::VIEW_CREW) {
            feeds.push_back({feed.channel, store::VIEW_OFFICER});
        }
    }
    return feeds;
}

bool is_on_duty(const wire::Person& person) {
    return !person.revoked() && person.shift().started_time_ms() != 0 &&
           person.shift().ended_time_ms() == 0;
}

std::vector<Holder> holders_of(const store::Incident& incident) {
    std::vector<Holder> holders;
    if (is_over(incident)) {
        return holders;
    }
    for (const wire::Assignment& assignment : incident.assignments()) {
        if (!assignment.person_id().empty()) {
            holders.push_back({assignment.desk(), assignment.person_id(), assignment.time_ms()});
        }
    }
    for (const wire::Acknowledgement& taken : incident.acknowledgements()) {
        if (taken.lapsed_time_ms() == 0 && assignment_of(incident, taken.desk()) == nullptr) {
            holders.push_back({taken.desk(), taken.person_id(), taken.time_ms()});
        }
    }
    return holders;
}

std::vector<const store::Incident*> held_incidents(const State& state, std::string_view person_id) {
    std::vector<const store::Incident*> held;
    for (const store::Incident* incident : state.incidents()) {
        const bool is_theirs = std::ranges::any_of(
            holders_of(*incident),
            [&](const Holder& holder) { return holds(state, *incident, holder, person_id); });
        if (is_theirs) {
            held.push_back(incident);
        }
    }
    return held;
}

void release_from_off_duty(const State& state, store::Incident& incident, std::int64_t now_ms) {
    const auto has_gone = [&](const Holder& holder) {
        const wire::Person* person = state.person(holder.person_id);
        return person != nullptr && person->shift().ended_time_ms() != 0 &&
               person->shift().ended_time_ms() >= holder.since_ms &&
               successor_of(state, incident, holder) == nullptr;
    };
    for (const Holder& holder : holders_of(incident)) {
        if (has_gone(holder)) {
            lapse(incident, holder.desk, now_ms);
        }
    }
    incident.set_state(standing(incident));
}

Result<Decision> decide_start_shift(Draft& draft) {
    if (is_on_duty(draft.person())) {
        return refuse(code::no_change, "command.start_shift", "You are on duty already.");
    }
    wire::Shift shift;
    shift.set_started_time_ms(draft.now_ms());
    return finish_shift(draft, shift);
}

Result<Decision> decide_end_shift(Draft& draft, const wire::EndShift& request) {
    const State& state = draft.state();
    const std::string field = "command.end_shift.hand_to_person_id";
    if (!is_on_duty(draft.person())) {
        return refuse(code::no_change, "command.end_shift", "You are not on duty.");
    }
    if (!request.hand_to_person_id().empty()) {
        draft.read("person/" + request.hand_to_person_id());
        const wire::Person* next = state.person(request.hand_to_person_id());
        if (next == nullptr || next->id() == draft.person().id() ||
            !(shares_a_desk(state, draft.person(), *next) ||
              sits_where_they_hold(state, draft.person(), *next))) {
            return refuse(code::unknown_person, field, "No such person, or none of your desk.");
        }
        if (!is_on_duty(*next)) {
            return refuse(code::wrong_state, field, "That colleague is not on duty.");
        }
    }
    const wire::Person* next = state.person(request.hand_to_person_id());
    if (const int left = left_by(state, draft.person(), next); left > 0) {
        return refuse(
            code::open_incidents,
            field,
            std::to_string(left) +
                (next == nullptr
                     ? " of your incidents are not over: close them, or name a colleague on duty "
                       "who takes them over."
                     : " of your incidents are not over and of a desk where that colleague does "
                       "not sit: close them, or hand them on there."));
    }
    wire::Shift shift = draft.person().shift();
    shift.set_ended_time_ms(std::max(draft.now_ms(), shift.started_time_ms()));
    shift.set_handed_to_person_id(request.hand_to_person_id());
    return finish_shift(draft, shift);
}

std::optional<Decision> decide_taking_over(const State& state,
                                           std::string_view incident_id,
                                           const Circumstances& circumstances) {
    static const wire::Command kNone;
    static const Actor kHub;
    const store::Incident* before = state.incident(incident_id);
    const std::vector<Holder> holders =
        before == nullptr ? std::vector<Holder>() : holders_of(*before);
    if (std::ranges::none_of(holders, [&](const Holder& holder) {
            return successor_of(state, *before, holder) != nullptr;
        })) {
        return std::nullopt;
    }
    Draft draft(state, kNone, kHub, circumstances);
    draft.read("incident/" + before->id());
    draft.read("set/" + std::string(kDistrictSet));
    store::Incident incident = changed(draft, *before);
    for (const Holder& holder : holders) {
        const wire::Person* next = successor_of(state, *before, holder);
        if (next == nullptr) {
            continue;
        }
        const wire::Person* left = state.person(holder.person_id);
        draft.read("person/" + left->id());
        draft.read("person/" + next->id());
        auto& all = *incident.mutable_assignments();
        const auto held = std::ranges::find(all, holder.desk, &wire::Assignment::desk);
        wire::Assignment& assignment = held == all.end() ? *all.Add() : *held;
        assignment.set_desk(holder.desk);
        assignment.set_person_id(next->id());
        assignment.set_name(next->name());
        assignment.set_by_person_id(left->id());
        assignment.set_by_name(left->name());
        assignment.set_time_ms(draft.now_ms());
        assignment.set_incident_version(incident.version());
    }
    const std::vector<store::Audience> audiences = desk_audiences(state, incident, false);
    return finish_incident(
        draft, std::move(incident), audiences, wire::EVENT_KIND_INCIDENT_ASSIGNED);
}

}  // namespace tocsin::domain
