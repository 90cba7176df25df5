#include "hub/session/snapshots.hpp"

#include <algorithm>
#include <map>

#include "hub/domain/decide.hpp"
#include "hub/domain/shift.hpp"
#include "hub/fanout/encode.hpp"
#include "hub/log/drill_mark.hpp"
#include "hub/log/view.hpp"

namespace tocsin::session {

namespace {

namespace store = domain::store;

constexpr std::size_t kPageBytes = 24 * 1024;
constexpr std::size_t kKeptMost = 64;
// Notices run out between two snapshots at the same offset, too.
constexpr std::int64_t kKeptMs = 5'000;

bool shows_district(const std::vector<domain::Feed>& feeds) {
    return std::ranges::any_of(
        feeds, [](const domain::Feed& feed) { return feed.view == store::VIEW_ADMIN; });
}

// An incident in as many pieces as it takes: all but the last hold as many reports or statements
// as fit a page.
std::vector<wire::Incident> parts_of(const domain::State& state,
                                     const store::Incident& incident,
                                     const store::Audience& audience) {
    std::vector<wire::Incident> pieces = {log::view_of(incident, audience)};
    const wire::Incident bare = pieces.front();
    std::size_t bytes = 0;
    // The piece that has room for so many bytes more.
    const auto piece = [&](std::size_t size) -> wire::Incident& {
        if (bytes > 0 && bytes + size > kPageBytes) {
            pieces.push_back(bare);
            bytes = 0;
        }
        bytes += size;
        return pieces.back();
    };
    for (const store::Report* report : state.reports_of(incident.id())) {
        if (auto shown = log::view_of(*report, audience)) {
            *piece(report->ByteSizeLong()).add_reports() = *std::move(shown);
        }
    }
    for (const store::Statement* statement : state.statements_of(incident.id())) {
        if (auto shown = log::view_of(*statement, audience)) {
            *piece(statement->ByteSizeLong()).add_statements() = *std::move(shown);
        }
    }
    if (incident.drill()) {
        for (wire::Incident& one : pieces) {
            log::mark_as_drill(one);
        }
    }
    return pieces;
}

class Pages {
public:
    void add(wire::Event state, wire::Lane lane) {
        state.set_kind(wire::EVENT_KIND_STATE);
        state.set_lane(lane);
        const std::size_t size = state.ByteSizeLong();
        if (bytes_ > 0 && bytes_ + size > kPageBytes) {
            finish_page();
        }
        bytes_ += size;
        *page_.mutable_snapshot()->add_states() = std::move(state);
    }

    std::vector<fanout::FramePtr> take() {
        if (bytes_ > 0) {
            finish_page();
        }
        return std::move(made_);
    }

private:
    void finish_page() {
        made_.push_back(fanout::frame_of(page_));
        page_.Clear();
        bytes_ = 0;
    }

    std::vector<fanout::FramePtr> made_;
    wire::Entry page_;
    std::size_t bytes_ = 0;
};

void add_incident(const domain::State& state,
                  const store::Incident& incident,
                  const store::Audience& audience,
                  Pages& pages) {
    for (wire::Incident& part : parts_of(state, incident, audience)) {
        wire::Event event;
        event.set_time_ms(part.updated_time_ms());
        *event.mutable_incident() = std::move(part);
        pages.add(std::move(event), incident.lane());
    }
}

// A person whose several reports stand for incidents of their own sees each.
void add_all_own(const domain::State& state,
                 const store::Incident& incident,
                 const store::Audience& audience,
                 Pages& pages) {
    add_incident(state, incident, audience, pages);
    for (const store::Report& more : audience.more_own_reports()) {
        store::Audience one = audience;
        *one.mutable_own_report() = more;
        add_incident(state, incident, one, pages);
    }
}

void add_notice(const store::Notice& notice, const store::Audience& audience, Pages& pages) {
    wire::Event event;
    event.set_time_ms(notice.notice().issued_time_ms());
    *event.mutable_notice() = log::view_of(notice, audience);
    pages.add(std::move(event), notice.lane());
}

void add_district(const domain::State& state, Pages& pages) {
    const auto add = [&](auto&& put) {
        wire::Event event;
        put(event);
        pages.add(std::move(event), wire::LANE_ROUTINE);
    };
    add([&](wire::Event& event) { *event.mutable_district() = state.district(); });
    for (const wire::Area* area : state.areas()) {
        add([&](wire::Event& event) { *event.mutable_area() = *area; });
    }
    for (const wire::Team* team : state.teams()) {
        add([&](wire::Event& event) { *event.mutable_team() = *team; });
    }
    for (const wire::Person* person : state.people()) {
        add([&](wire::Event& event) {
            *event.mutable_person() = *person;
            event.mutable_person()->clear_shift();  // the desk's own business
        });
    }
    for (const store::Device* device : state.devices()) {
        add([&](wire::Event& event) { *event.mutable_device() = device->device(); });
    }
}

}  // namespace

void Snapshots::forget() {
    kept_.clear();
    by_feed_.clear();
    on_duty_.clear();
    devices_.clear();
    indexed_revision_.reset();
}

void Snapshots::index(const domain::State& state) {
    if (indexed_revision_ == state.revision()) {
        return;
    }
    by_feed_.clear();
    on_duty_.clear();
    devices_.clear();
    indexed_revision_ = state.revision();
    const auto add = [&](const store::Incident* incident,
                         const store::Notice* notice,
                         std::vector<store::Audience> audiences) {
        for (store::Audience& audience : audiences) {
            const fanout::FeedKey key = fanout::key_of({audience.channel(), audience.view()});
            by_feed_[key].push_back({incident, notice, std::move(audience)});
        }
    };
    for (const store::Incident* incident : state.incidents()) {
        if (incident->state() != wire::INCIDENT_STATE_RESOLVED &&
            incident->state() != wire::INCIDENT_STATE_MERGED) {
            add(incident, nullptr, domain::audiences_of(state, *incident));
        }
    }
    for (const store::Notice* notice : state.notices()) {
        if (notice->notice().state() != wire::NOTICE_STATE_WITHDRAWN) {
            add(nullptr, notice, domain::audiences_of(state, *notice));
        }
    }
    for (const wire::Person* person : state.people()) {
        if (domain::is_on_duty(*person)) {
            for (const domain::Feed& feed : domain::shift_feeds(state, *person)) {
                on_duty_[fanout::key_of(feed)].push_back(person);
            }
        }
    }
    for (const store::Device* device : state.devices()) {
        if (!device->device().revoked()) {
            const std::string own = "me/" + device->device().person_id();
            devices_[fanout::key_of({own, store::VIEW_REPORTER})].push_back(&device->device());
        }
    }
}

std::vector<wire::Event> Snapshots::people_of(const std::vector<domain::Feed>& feeds) const {
    std::vector<wire::Event> events;
    std::map<std::string_view, const wire::Person*> colleagues;  // each once, in order of id
    for (const domain::Feed& feed : feeds) {
        const fanout::FeedKey key = fanout::key_of(feed);
        if (const auto found = on_duty_.find(key); found != on_duty_.end()) {
            for (const wire::Person* person : found->second) {
                colleagues[person->id()] = person;
            }
        }
        if (const auto found = devices_.find(key); found != devices_.end()) {
            for (const wire::Device* device : found->second) {
                *events.emplace_back().mutable_device() = *device;
            }
        }
    }
    for (const auto& [id, person] : colleagues) {
        *events.emplace_back().mutable_person() = log::colleague_of(*person);
    }
    return events;
}

std::shared_ptr<const SnapshotPages> Snapshots::take(const domain::State& state,
                                                     log::Offset at,
                                                     const std::vector<domain::Feed>& feeds,
                                                     std::int64_t now_ms) {
    std::string key;
    for (const domain::Feed& feed : feeds) {
        key += fanout::key_of(feed) + '\n';
    }
    std::erase_if(kept_, [&](const Kept& kept) {
        return kept.pages->taken_at != at || now_ms - kept.taken_ms > kKeptMs;
    });
    if (const auto found = std::ranges::find(kept_, key, &Kept::feeds); found != kept_.end()) {
        return found->pages;
    }
    index(state);
    // The richest view of each subject that the feeds hold, incidents before notices, in order of
    // id.
    std::map<std::pair<bool, std::string_view>, const Shown*> subjects;
    for (const domain::Feed& feed : feeds) {
        const auto found = by_feed_.find(fanout::key_of(feed));
        if (found == by_feed_.end()) {
            continue;
        }
        for (const Shown& shown : found->second) {
            const bool is_notice = shown.notice != nullptr;
            const std::string_view id =
                is_notice ? shown.notice->notice().id() : shown.incident->id();
            const Shown*& best = subjects[{is_notice, id}];
            if (best == nullptr || shown.audience.view() > best->audience.view()) {
                best = &shown;
            }
        }
    }
    Pages pages;
    for (const auto& [name, shown] : subjects) {
        if (shown->incident != nullptr) {
            add_all_own(state, *shown->incident, shown->audience, pages);
        } else if (shown->notice->notice().until_time_ms() > now_ms) {
            add_notice(*shown->notice, shown->audience, pages);
        }
    }
    if (shows_district(feeds)) {
        add_district(state, pages);
    } else {
        for (wire::Event& event : people_of(feeds)) {
            pages.add(std::move(event), wire::LANE_ROUTINE);
        }
    }
    auto made = std::make_shared<const SnapshotPages>(SnapshotPages{at, pages.take()});
    if (kept_.size() == kKeptMost) {
        kept_.pop_front();
    }
    kept_.push_back({std::move(key), now_ms, made});
    return made;
}

std::vector<wire::IncidentDetail> detail_of(const domain::State& state,
                                            const store::Incident& incident,
                                            const store::Audience& audience) {
    std::vector<wire::IncidentDetail> details;
    for (wire::Incident& part : parts_of(state, incident, audience)) {
        *details.emplace_back().mutable_incident() = std::move(part);
    }
    details.back().set_last(true);
    return details;
}

}  // namespace tocsin::session
