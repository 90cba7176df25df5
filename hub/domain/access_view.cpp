// What somebody sees of an incident, a notice or a file: by the feeds that the access table gives,
// and by the audiences that concern it.
#include <algorithm>

#include "hub/domain/access.hpp"
#include "hub/domain/notice.hpp"
#include "hub/domain/own_report.hpp"
#include "hub/domain/routing.hpp"

namespace tocsin::domain {
namespace {

// The richest of the audiences that somebody with these feeds belongs to.
std::optional<store::Audience> richest(const std::vector<Feed>& feeds,
                                       std::vector<store::Audience> audiences) {
    std::optional<store::Audience> best;
    for (store::Audience& audience : audiences) {
        const bool has = std::ranges::any_of(feeds, [&](const Feed& feed) {
            return feed.channel == audience.channel() && feed.view == audience.view();
        });
        if (has && (!best || audience.view() > best->view())) {
            best = std::move(audience);
        }
    }
    return best;
}

// The person's own reports in the incident that stand for that id in the person's eyes: the first
// of them as the audience's own report; no channel where there is none.
store::Audience own_audience(const State& state,
                             const wire::Person& person,
                             const store::Incident& incident,
                             std::string_view as_id) {
    for (const store::Report* report : state.reports_of(incident.id())) {
        if (report->reporter_person_id() == person.id() && shown_id(*report) == as_id) {
            return reporter_audience(*report);
        }
    }
    return {};
}

}  // namespace

std::optional<store::Audience> audience_of(const State& state,
                                           const wire::Person& person,
                                           const store::Incident& incident) {
    return richest(feeds_of(state, person), audiences_of(state, incident));
}

std::optional<store::Audience> audience_of(const State& state,
                                           const wire::Person& person,
                                           const store::Notice& notice) {
    return richest(feeds_of(state, person), audiences_of(state, notice));
}

store::View view_of_notice(const State& state,
                           const wire::Person& person,
                           const store::Notice& notice) {
    const auto audience = audience_of(state, person, notice);
    return audience ? audience->view() : store::VIEW_UNSPECIFIED;
}

Seen seen_by(const State& state, const wire::Person& person, std::string_view incident_id) {
    const store::Incident* incident = state.incident(incident_id);
    if (incident == nullptr) {
        return {};
    }
    std::optional<store::Audience> audience = audience_of(state, person, *incident);
    if (audience && audience->view() != store::VIEW_REPORTER) {
        return {incident, *std::move(audience)};
    }
    // From here on only own reports: in this incident, or wherever they went from it.
    if (feeds_of(state, person).empty()) {
        return {};
    }
    std::vector<const store::Incident*> way = {incident};
    for (std::size_t i = 0; i < way.size(); ++i) {
        store::Audience own = own_audience(state, person, *way[i], incident_id);
        if (!own.channel().empty()) {
            return {way[i], std::move(own)};
        }
        for (const std::string& next_id : way[i]->went_to()) {
            const store::Incident* next = state.incident(next_id);
            if (next != nullptr && std::ranges::find(way, next) == way.end()) {
                way.push_back(next);
            }
        }
    }
    return {};
}

store::View view_of_incident(const State& state,
                             const wire::Person& person,
                             const store::Incident& incident) {
    const std::optional<store::Audience> audience = audience_of(state, person, incident);
    return audience ? audience->view() : store::VIEW_UNSPECIFIED;
}

bool may_see_media(const State& state,
                   const wire::Person& person,
                   const store::Media& media,
                   std::int64_t now_ms) {
    const bool is_own = media.uploader_person_id() == person.id() && !person.revoked();
    if (!media.notice_id().empty()) {
        const store::Notice* notice = state.notice(media.notice_id());
        const store::View view =
            notice == nullptr ? store::VIEW_UNSPECIFIED : view_of_notice(state, person, *notice);
        return view != store::VIEW_UNSPECIFIED && reads_words(*notice, view, now_ms);
    }
    if (media.incident_id().empty()) {
        return is_own && may_upload(person);
    }
    const store::Incident* incident = state.incident(home_of_media(state, media));
    if (incident == nullptr) {
        return false;
    }
    // A reporter sees the own report only, and neighbours a coarse place and no more.
    const store::View view = view_of_incident(state, person, *incident);
    if (view == store::VIEW_REPORTER) {
        return is_own;
    }
    if (media.is_answer()) {
        return view == store::VIEW_OFFICER ||
               (view == store::VIEW_BUREAU && incident->station_id().empty());
    }
    return view >= store::VIEW_GRID;
}

std::string home_of_media(const State& state, const store::Media& media) {
    const store::Report* report = state.report(media.report_id());
    return report == nullptr ? media.incident_id() : report->incident_id();
}

}  // namespace tocsin::domain
