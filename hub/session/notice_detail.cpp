#include "hub/session/notice_detail.hpp"

#include <memory>
#include <set>

#include "hub/domain/access.hpp"
#include "hub/log/view.hpp"
#include "hub/session/snapshots.hpp"

namespace tocsin::session {

namespace {

namespace store = domain::store;
using Details = std::vector<wire::NoticeDetail>;

constexpr std::size_t kTrailMost = 500;
constexpr std::size_t kPartBytes = 24 * 1024;

class Gathering : public std::enable_shared_from_this<Gathering> {
public:
    Gathering(log::Fold& fold,
              std::string person_id,
              std::string notice_id,
              std::int64_t now_ms,
              Answer<domain::Result<Details>> answer)
        : fold_(fold),
          person_id_(std::move(person_id)),
          notice_id_(std::move(notice_id)),
          now_ms_(now_ms),
          answer_(std::move(answer)) {}

    // Everything that was stored before the question counts.
    void start() {
        fold_.catch_up([self = shared_from_this()](bool caught_up) {
            if (!caught_up) {
                self->give_up();
            } else if (self->fold_.state().notice(self->notice_id_) != nullptr) {
                self->look();
            } else {
                self->fold_.load("notice/" + self->notice_id_,
                                 [self](bool had) { had ? self->look() : self->give_up(); });
            }
        });
    }

private:
    // The notice is in memory where there is one.
    void look() {
        const domain::State& state = fold_.state();
        const wire::Person* person = state.person(person_id_);
        const store::Notice* notice = state.notice(notice_id_);
        if (person == nullptr || notice == nullptr ||
            domain::view_of_notice(state, *person, *notice) == store::VIEW_UNSPECIFIED) {
            answer_(std::unexpected(
                domain::Refusal{std::string(domain::code::unknown_notice),
                                "get_notice.notice_id",
                                "There is no such notice, or none that you may see.",
                                0}));
            return;
        }
        walk(state.trail_end(notice_id_));
    }

    // From the trail's end back, one incident naming the one before.
    void walk(std::string incident_id) {
        while (!incident_id.empty() && ids_.size() < kTrailMost) {
            const store::Incident* incident = fold_.state().incident(incident_id);
            if (incident == nullptr) {
                if (asked_ == incident_id) {
                    break;  // erased: what came before it is not to be found any more
                }
                asked_ = incident_id;
                fold_.load("incident/" + incident_id,
                           [self = shared_from_this(), incident_id](bool had) {
                               had ? self->walk(incident_id) : self->give_up();
                           });
                return;
            }
            if (!survivor_is_here(*incident, incident_id)) {
                return;
            }
            ids_.push_back(incident_id);
            incident_id = incident->trail_previous_id();
        }
        has_older_ = !incident_id.empty();
        tell();
    }

    // What a merged incident went up in is needed too: true where that is in memory; else it is
    // being looked for, and the walk goes on afterwards.
    bool survivor_is_here(const store::Incident& incident, const std::string& go_on_at) {
        for (std::string into = incident.merged_into(); !into.empty();) {
            const store::Incident* survivor = fold_.state().incident(into);
            if (survivor == nullptr) {
                if (asked_ == into) {
                    return true;  // erased
                }
                asked_ = into;
                fold_.load("incident/" + into, [self = shared_from_this(), go_on_at](bool had) {
                    had ? self->walk(go_on_at) : self->give_up();
                });
                return false;
            }
            into = survivor->merged_into();
        }
        return true;
    }

    // The incident in which the reports of this one are now.
    std::string survivor_of(std::string id) const {
        while (true) {
            const store::Incident* incident = fold_.state().incident(id);
            if (incident == nullptr || incident->merged_into().empty()) {
                return id;
            }
            id = incident->merged_into();
        }
    }

    void tell() {
        const domain::State& state = fold_.state();
        const wire::Person* person = state.person(person_id_);
        const store::Notice* notice = state.notice(notice_id_);
        const auto audience = person == nullptr || notice == nullptr
                                  ? std::nullopt
                                  : domain::audience_of(state, *person, *notice);
        if (!audience) {
            give_up();  // forgotten, or no longer theirs, while the trail was being walked
            return;
        }
        Details details(1);
        *details.back().mutable_notice() = log::view_of(*notice, *audience);
        log::withhold(*details.back().mutable_notice(), *notice, audience->view(), now_ms_);
        details.back().set_has_older(has_older_);
        std::size_t bytes = details.back().ByteSizeLong();
        std::set<std::string> told;
        for (auto id = ids_.rbegin(); id != ids_.rend(); ++id) {
            std::vector<wire::Incident> parts = answering(*person, *id);
            const std::string survivor = survivor_of(*id);
            if (!parts.empty() && survivor != *id) {
                parts = shown(*person, survivor);
            }
            if (parts.empty() || !told.insert(survivor).second) {
                continue;
            }
            for (wire::Incident& part : parts) {
                const std::size_t size = part.ByteSizeLong();
                if (bytes > 0 && bytes + size > kPartBytes) {
                    details.emplace_back();
                    bytes = 0;
                }
                bytes += size;
                *details.back().add_trail() = std::move(part);
            }
        }
        details.back().set_last(true);
        answer_(std::move(details));
    }

    // Empty where the person may not know that the incident answers the notice.
    std::vector<wire::Incident> answering(const wire::Person& person, const std::string& id) const {
        std::vector<wire::Incident> parts = shown(person, id);
        std::erase_if(
            parts, [this](const wire::Incident& part) { return part.notice_id() != notice_id_; });
        return parts;
    }

    // The incident in parts; empty where the person may not see it.
    std::vector<wire::Incident> shown(const wire::Person& person, const std::string& id) const {
        const domain::State& state = fold_.state();
        const store::Incident* incident = state.incident(id);
        if (incident == nullptr) {
            return {};
        }
        const auto audience = domain::audience_of(state, person, *incident);
        std::vector<wire::Incident> parts;
        if (audience) {
            for (wire::IncidentDetail& detail : detail_of(state, *incident, *audience)) {
                parts.push_back(std::move(*detail.mutable_incident()));
            }
        }
        return parts;
    }

    void give_up() {
        answer_(std::unexpected(domain::Refusal{std::string(domain::code::unavailable),
                                                "",
                                                "The hub cannot look it up at the moment.",
                                                1'000}));
    }

    log::Fold& fold_;
    const std::string person_id_;
    const std::string notice_id_;
    const std::int64_t now_ms_;
    Answer<domain::Result<Details>> answer_;
    std::vector<std::string> ids_;  // newest first
    std::string asked_;
    bool has_older_ = false;
};

}  // namespace

void fetch_notice(log::Fold& fold,
                  std::string person_id,
                  std::string notice_id,
                  std::int64_t now_ms,
                  Answer<domain::Result<Details>> answer) {
    std::make_shared<Gathering>(
        fold, std::move(person_id), std::move(notice_id), now_ms, std::move(answer))
        ->start();
}

}  // namespace tocsin::session
