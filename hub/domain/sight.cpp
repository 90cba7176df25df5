#include "hub/domain/sight.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "hub/domain/access.hpp"
#include "hub/domain/own_report.hpp"
#include "hub/domain/own_view.hpp"
#include "hub/domain/routing.hpp"

namespace tocsin::domain {
namespace {

// An incident of the event, and how it stood before: null where there was none.
struct Step {
    const store::Incident* before;
    const store::Incident* after;
    store::Part part;
};

std::vector<Step> steps_of(const State& state, const store::EventBody& event) {
    std::vector<Step> steps = {
        {state.incident(event.incident().id()), &event.incident(), store::PART_SUBJECT}};
    if (event.has_other()) {
        steps.push_back({state.incident(event.other().id()), &event.other(), store::PART_OTHER});
    }
    return steps;
}

// Most people sit at no desk: quick to tell.
bool may_sit_at_desk(const wire::Person& person) {
    return std::ranges::any_of(person.grants(), [](const wire::Grant& grant) {
        switch (grant.role()) {
            case wire::ROLE_VOLUNTEER:
            case wire::ROLE_SEARCHER:
            case wire::ROLE_TEAM_LEAD:
            case wire::ROLE_ADMIN:
                return false;
            default:
                return true;
        }
    });
}

// The report as the event leaves it; null where the event does not change it.
store::Report* in_event(store::EventBody& event, const std::string& id) {
    if (event.has_report() && event.report().id() == id) {
        return event.mutable_report();
    }
    const auto found = std::ranges::find(*event.mutable_more_reports(), id, &store::Report::id);
    return found == event.mutable_more_reports()->end() ? nullptr : &*found;
}

// All reports of the incident after the event: as the event leaves them, or as they are.
std::vector<const store::Report*> reports_after(const State& state,
                                                store::EventBody& event,
                                                const store::Incident& after) {
    std::vector<const store::Report*> reports;
    const auto add = [&](const store::Report& report) {
        if (report.incident_id() == after.id()) {
            reports.push_back(&report);
        }
    };
    if (event.has_report()) {
        add(event.report());
    }
    for (const store::Report& report : event.more_reports()) {
        add(report);
    }
    for (const store::Report* report : state.reports_of(after.id())) {
        if (in_event(event, report->id()) == nullptr) {
            reports.push_back(report);
        }
    }
    return reports;
}

// What the audiences say of a report is what the event says of it.
void update_audiences(store::EventBody& event) {
    std::map<std::string_view, const store::Report*> changed;
    for (const store::Report& report : event.more_reports()) {
        changed[report.id()] = &report;
    }
    if (event.has_report()) {
        changed[event.report().id()] = &event.report();
    }
    const auto update = [&](store::Report& report) {
        if (const auto found = changed.find(report.id()); found != changed.end()) {
            report = *found->second;
        }
    };
    for (store::Audience& audience : *event.mutable_audiences()) {
        if (audience.has_own_report()) {
            update(*audience.mutable_own_report());
        }
        for (store::Report& more : *audience.mutable_more_own_reports()) {
            update(more);
        }
    }
}

// How a reporter's version is counted from now on: the desks' where the reporter sees the incident
// there too; where not, or no longer, on from there by what reporters are told.
void settle_count(const State& state, store::EventBody& event, const Step& step) {
    for (const store::Report* report : reports_after(state, event, *step.after)) {
        if (shown_id(*report) != step.after->id()) {
            continue;
        }
        const std::string& person_id = report->reporter_person_id();
        const bool sees = sees_at_desk(state, person_id, *step.after);
        const bool saw = report->seen_at_desk() ||
                         (step.before != nullptr && sees_at_desk(state, person_id, *step.before));
        if (sees ? report->seen_at_desk() : !saw) {
            continue;
        }
        store::Report counted = *report;
        counted.set_seen_at_desk(sees);
        if (!sees) {
            const std::int32_t version =
                std::max(step.after->version(), own_version(*step.after, *report));
            counted.set_life_offset(version - step.after->life());
        }
        store::Report* changed = in_event(event, counted.id());
        if (changed == nullptr) {
            counted.set_version(next_version(counted).version());
            changed = event.add_more_reports();
        }
        *changed = counted;
    }
}

using FeedSet = std::set<Feed>;

FeedSet feeds_that_see(const State& state, const store::Incident* incident) {
    FeedSet feeds;
    if (incident != nullptr) {
        for (const store::Audience& audience : staff_audiences(state, *incident)) {
            feeds.insert({audience.channel(), audience.view()});
        }
    }
    return feeds;
}

bool goes_to_the_same(const store::Incident& before, const store::Incident& after) {
    return before.station_id() == after.station_id() && before.area_id() == after.area_id() &&
           before.kind() == after.kind() &&
           before.notice_station_id() == after.notice_station_id() &&
           std::ranges::equal(before.neighbour_station_ids(), after.neighbour_station_ids());
}

// Reporters among those who lose sight of the incident at their desk are told of it as reporters,
// where the event does not tell them anyway.
void tell_as_reporters(const State& state,
                       store::EventBody& event,
                       const store::Incident& after,
                       const FeedSet& lost) {
    for (const store::Report* report : reports_after(state, event, after)) {
        const wire::Person* person = state.person(report->reporter_person_id());
        const store::Audience own = reporter_audience(*report);
        const bool is_told = std::ranges::any_of(event.audiences(), [&](const auto& audience) {
            return audience.channel() == own.channel();
        });
        if (is_told || person == nullptr || !may_sit_at_desk(*person) ||
            std::ranges::none_of(feeds_of(state, *person),
                                 [&](const Feed& feed) { return lost.contains(feed); })) {
            continue;
        }
        store::Audience& told = *event.add_audiences();
        told = own;
        told.set_kind(event.has_report() ? wire::EVENT_KIND_REPORT_AMENDED
                                         : wire::EVENT_KIND_INCIDENT_SHOWN);
    }
}

void tell_who_left(const State& state, store::EventBody& event, const Step& step) {
    if (step.before == nullptr || goes_to_the_same(*step.before, *step.after)) {
        return;
    }
    FeedSet lost = feeds_that_see(state, step.before);
    for (const Feed& feed : feeds_that_see(state, step.after)) {
        lost.erase(feed);
    }
    tell_as_reporters(state, event, *step.after, lost);
    for (const Feed& feed : lost) {
        const auto told =
            std::ranges::find_if(*event.mutable_audiences(), [&](const store::Audience& audience) {
                return audience.channel() == feed.channel && audience.view() == feed.view;
            });
        if (told == event.mutable_audiences()->end()) {
            store::Audience& audience = *event.add_audiences();
            audience.set_channel(feed.channel);
            audience.set_view(feed.view);
            audience.set_kind(wire::EVENT_KIND_INCIDENT_LEFT);
            if (event.has_other()) {
                audience.set_part(step.part);
            }
        } else if (told->kind() == wire::EVENT_KIND_INCIDENT_LEFT) {
            told->clear_part();  // it leaves both
        }
    }
}

}  // namespace

bool sees_at_desk(const State& state, std::string_view person_id, const store::Incident& incident) {
    const wire::Person* person = state.person(person_id);
    if (person == nullptr || !may_sit_at_desk(*person)) {
        return false;
    }
    const std::vector<Feed> feeds = feeds_of(state, *person);
    return std::ranges::any_of(
        staff_audiences(state, incident), [&](const store::Audience& audience) {
            return std::ranges::find(feeds, Feed{audience.channel(), audience.view()}) !=
                   feeds.end();
        });
}

void settle_sight(const State& state, store::EventBody& event) {
    for (const Step& step : steps_of(state, event)) {
        settle_count(state, event, step);
    }
    update_audiences(event);
    for (const Step& step : steps_of(state, event)) {
        tell_who_left(state, event, step);
    }
}

}  // namespace tocsin::domain
