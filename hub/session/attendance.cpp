#include "hub/session/attendance.hpp"

#include <algorithm>
#include <sstream>
#include <utility>

#include "hub/domain/policies.hpp"
#include "hub/domain/proof.hpp"

namespace tocsin::session {

namespace {

constexpr std::int64_t kLookEveryMs = 500;
constexpr auto kAttended = domain::wire::ESCALATION_REASON_UNSPECIFIED;

}  // namespace

Attendance::Attendance(log::Store& store,
                       const log::Fold& fold,
                       Watchman& watchman,
                       const log::Clock& clock,
                       std::string hub,
                       RightsOf rights_of)
    : store_(store),
      fold_(fold),
      watchman_(watchman),
      clock_(clock),
      hub_(std::move(hub)),
      rights_of_(std::move(rights_of)) {}

void Attendance::connected(const std::string& person_id, std::uint64_t connection) {
    consoles_[connection] = {person_id, clock_(), 0};
    next_look_ms_ = 0;
    next_share_ms_ = 0;
}

void Attendance::attended(std::uint64_t connection, std::int64_t ago_ms) {
    const auto console = consoles_.find(connection);
    if (console == consoles_.end()) {
        return;
    }
    const std::int64_t at = clock_() - std::max<std::int64_t>(0, ago_ms);
    const std::int64_t limit_ms = fold_.state().district().unattended_after_s() * 1'000LL;
    if (console->second.attended_ms == 0 || at - console->second.attended_ms > limit_ms / 2) {
        next_share_ms_ = 0;  // the other hubs should know before they judge
    }
    console->second.attended_ms = std::max(console->second.attended_ms, at);
}

void Attendance::gone(std::uint64_t connection) {
    consoles_.erase(connection);
    next_look_ms_ = 0;
    next_share_ms_ = 0;
}

void Attendance::start_anew() {
    known_since_ms_ = 0;
    next_share_ms_ = 0;
    empty_since_.clear();
}

bool Attendance::is_on() const {
    return fold_.state().district().unattended_after_s() > 0;
}

void Attendance::tick() {
    if (!fold_.started() || !fold_.tail_well()) {
        known_since_ms_ = 0;  // who sits elsewhere is not known
        return;
    }
    const std::int64_t now = clock_();
    next_share_ms_ = std::min(next_share_ms_, now + kShareEveryMs);  // the clock was put back
    next_look_ms_ = std::min(next_look_ms_, now + kLookEveryMs);
    if ((is_on() || shared_) && now >= next_share_ms_ && !sharing_) {
        share(now);
    }
    if (is_on() && now >= next_look_ms_) {
        next_look_ms_ = now + kLookEveryMs;
        look(now);
    }
}

Attendance::Desks Attendance::own_desks() const {
    Desks desks;
    const std::int64_t now = clock_();
    for (const auto& [number, console] : consoles_) {
        const fanout::RightsPtr rights = rights_of_(console.person_id);
        if (rights == nullptr) {
            continue;
        }
        for (const domain::Feed& feed : rights->feeds) {
            if (feed.view == domain::store::VIEW_NEIGHBOUR) {
                continue;
            }
            const std::string name = domain::desk_reading(feed);
            if (name.empty()) {
                continue;
            }
            Desk& desk = desks[name];
            // Who came a moment ago had no time to say that somebody is there.
            const bool is_new = console.attended_ms == 0 && now - console.since_ms < kGraceMs;
            desk.attended_ms = std::max(desk.attended_ms, is_new ? now : console.attended_ms);
        }
    }
    return desks;
}

// A line for each desk: its name and how long ago somebody was there, -1 for never.
void Attendance::share(std::int64_t now) {
    sharing_ = true;
    next_share_ms_ = now + kShareEveryMs;
    std::string word;
    if (is_on()) {
        for (const auto& [name, desk] : own_desks()) {
            const std::int64_t ago = desk.attended_ms == 0 ? -1 : now - desk.attended_ms;
            word += name + ' ' + std::to_string(ago) + '\n';
        }
    }
    shared_ = !word.empty();
    store_.leave_word(hub_,
                      std::move(word),
                      kSharedForMs,
                      [this](const log::StoreResult<std::vector<std::string>>& words) {
                          sharing_ = false;
                          if (words) {
                              take_words(*words);
                          }
                      });
}

void Attendance::take_words(const std::vector<std::string>& words) {
    const std::int64_t now = clock_();
    elsewhere_.clear();
    elsewhere_until_ms_ = now + kSharedForMs;
    for (const std::string& word : words) {
        std::istringstream lines(word);
        std::string name;
        for (std::int64_t ago = 0; lines >> name >> ago;) {
            Desk& desk = elsewhere_[name];
            if (ago >= 0) {
                desk.attended_ms = std::max(desk.attended_ms, now - ago);
            }
        }
    }
    if (known_since_ms_ == 0) {
        known_since_ms_ = now;
        empty_since_.clear();
    }
}

void Attendance::look(std::int64_t now) {
    Desks before = std::exchange(desks_, own_desks());
    if (now > elsewhere_until_ms_) {
        return;  // who sits elsewhere is not known
    }
    for (const auto& [name, there] : elsewhere_) {
        Desk& desk = desks_[name];
        desk.attended_ms = std::max(desk.attended_ms, there.attended_ms);
    }
    for (const auto& [name, desk] : before) {
        if (!desks_.contains(name)) {
            empty_since_[name] = now;
        }
    }
    for (const auto& [name, desk] : desks_) {
        empty_since_.erase(name);
    }
    if (known_since_ms_ == 0 || now - known_since_ms_ < kGraceMs) {
        return;
    }
    for (const domain::store::Incident* incident : fold_.state().incidents()) {
        judge(*incident, now);
    }
}

void Attendance::judge(const domain::store::Incident& incident, std::int64_t now) {
    const domain::store::Timer* timer =
        domain::timer_of(incident, domain::wire::CLOCK_UNACKNOWLEDGED);
    if (timer == nullptr || timer->step() > 0 || timer->after_ms() <= 0 ||
        !domain::policy_for(fold_.state(), incident).at_once_where_unattended()) {
        return;
    }
    const domain::TimerName name{incident.id(), timer->clock(), timer->number()};
    // One attended desk of those in charge is enough, but for what is urgent: a grid worker at home
    // is no station. A fire's fire desk is asked by itself.
    std::vector<std::string> in_charge = domain::desks_in_charge(fold_.state(), incident);
    if (incident.urgent()) {
        in_charge.resize(1);
    }
    auto reason = kAttended;
    for (const std::string& desk : in_charge) {
        reason = why_not_wait(desk, now);
        if (reason == kAttended) {
            break;
        }
    }
    if (reason != kAttended) {
        watchman_.escalate_now(name, {reason, in_charge.front()});
        return;
    }
    if (incident.kind() == domain::wire::REPORT_KIND_FIRE) {
        const std::string desk(domain::kFireDesk);
        if (reason = why_not_wait(desk, now); reason != kAttended) {
            watchman_.escalate_now(name, {reason, desk});
        }
    }
}

domain::wire::EscalationReason Attendance::why_not_wait(const std::string& desk, std::int64_t now) {
    const auto known = desks_.find(desk);
    if (known == desks_.end()) {
        const auto empty = empty_since_.find(desk);
        const std::int64_t since = empty == empty_since_.end() ? known_since_ms_ : empty->second;
        return now - since >= kGraceMs ? domain::wire::ESCALATION_REASON_NOBODY_CONNECTED
                                       : kAttended;
    }
    const std::int64_t limit_ms = fold_.state().district().unattended_after_s() * 1'000LL;
    return known->second.attended_ms == 0 || now - known->second.attended_ms > limit_ms
               ? domain::wire::ESCALATION_REASON_UNATTENDED
               : kAttended;
}

}  // namespace tocsin::session
