#include "hub/session/proof_book.hpp"

#include <algorithm>
#include <vector>

#include "hub/log/digest.hpp"

namespace tocsin::session {

namespace {

// What was not written is tried again this much later.
constexpr std::int64_t kRetryMs = 1'000;

// The same for the same marks, whichever hub writes them.
std::string id_of(std::string_view incident_id, const std::vector<domain::Mark>& marks) {
    std::string text = "mark\n" + std::string(incident_id);
    for (const domain::Mark& mark : marks) {
        text += mark.turns == 0 ? "" : "\nturn " + std::to_string(mark.turns);
        text += mark.reports <= 1 ? "" : "\nreports " + std::to_string(mark.reports);
        text += '\n' + mark.desk + (mark.shown ? " shown" : " delivered");
    }
    return log::derived_id(text);
}

bool turned_after(const domain::store::Incident& incident, std::int64_t time_ms) {
    const auto is_later = [&](const auto& step) { return step.time_ms() > time_ms; };
    return std::ranges::any_of(incident.reopenings(), is_later) ||
           std::ranges::any_of(incident.hand_overs(), is_later);
}

}  // namespace

ProofBook::ProofBook(const log::Fold& fold,
                     log::Decider& decider,
                     const log::Clock& clock,
                     const domain::Random& random)
    : fold_(fold), decider_(decider), clock_(clock), random_(random) {}

void ProofBook::mark(const fanout::RightsPtr& rights, const domain::wire::Mark& mark) {
    for (const std::string& id : mark.shown_incident_ids()) {
        take_or_keep(rights, id, true);
    }
    for (const std::string& id : mark.delivered_incident_ids()) {
        take_or_keep(rights, id, false);
    }
}

void ProofBook::take_or_keep(const fanout::RightsPtr& rights,
                             const std::string& incident_id,
                             bool shown) {
    const Said said{shown, clock_(), false};
    if (take(*rights, incident_id, said)) {
        return;
    }
    const bool sits_at_a_desk = std::ranges::any_of(rights->feeds, [](const domain::Feed& feed) {
        return !domain::desk_reading(feed).empty();
    });
    if (!sits_at_a_desk) {
        ++stats_.denied;
        return;
    }
    Early& early = early_[rights->person.id()];
    early.rights = rights;
    early.until_ms = said.time_ms + kPatienceMs;
    if (early.said.size() >= kEarlyMost && !early.said.contains(incident_id)) {
        ++stats_.dropped;
        return;
    }
    Said& kept = early.said.try_emplace(incident_id, said).first->second;
    if (shown && !kept.shown) {
        kept = said;
    }
    kept.early = true;
}

void ProofBook::take_early(std::int64_t now) {
    for (auto it = early_.begin(); it != early_.end();) {
        Early& early = it->second;
        early.until_ms = std::min(early.until_ms, now + kPatienceMs);  // the clock was put back
        std::erase_if(early.said, [&](const auto& said) {
            return take(*early.rights, said.first, said.second);
        });
        if (early.until_ms <= now) {
            stats_.denied += early.said.size();
            early.said.clear();
        }
        it = early.said.empty() ? early_.erase(it) : std::next(it);
    }
}

bool ProofBook::take(const fanout::Rights& rights,
                     const std::string& incident_id,
                     const Said& said) {
    const domain::store::Incident* incident = fold_.state().incident(incident_id);
    std::vector<std::string> desks;
    if (incident != nullptr) {
        desks = domain::desks_seeing(fold_.state(), *incident, rights.feeds);
    }
    if (said.early && incident != nullptr && turned_after(*incident, said.time_ms)) {
        return true;  // what was shown before that counts no more
    }
    for (std::string& desk : desks) {
        domain::Mark mark{std::move(desk),
                          said.shown,
                          said.time_ms,
                          rights.person.id(),
                          rights.person.name(),
                          domain::turns_of(*incident),
                          said.early ? 1 : incident->last_report_number()};
        if (domain::is_proven(fold_.state(), *incident, mark)) {
            continue;
        }
        if (waiting_.size() >= kIncidentsMost && !waiting_.contains(incident_id)) {
            ++stats_.dropped;
            continue;
        }
        const auto [waiting, is_new] = waiting_.try_emplace(incident_id);
        if (is_new) {
            waiting->second.write_ms = clock_() + kGatherMs;
        }
        domain::Mark& kept = waiting->second.by_desk.try_emplace(mark.desk, mark).first->second;
        if ((said.shown && !kept.shown) || kept.turns != mark.turns ||
            (said.shown && kept.reports < mark.reports)) {
            kept = std::move(mark);
        }
    }
    return !desks.empty();
}

void ProofBook::tick() {
    const std::int64_t now = clock_();
    if (!fold_.started() || !fold_.tail_well()) {
        for (auto& [person, early] : early_) {
            early.until_ms = now + kPatienceMs;
        }
        return;
    }
    take_early(now);
    for (auto it = waiting_.begin(); it != waiting_.end();) {
        auto& [incident_id, waiting] = *it;
        waiting.write_ms = std::min(waiting.write_ms, now + kRetryMs);  // the clock was put back
        if (waiting.is_under_way || waiting.write_ms > now) {
            ++it;
            continue;
        }
        const domain::store::Incident* incident = fold_.state().incident(incident_id);
        std::erase_if(waiting.by_desk, [&](const auto& entry) {
            return incident == nullptr || domain::is_proven(fold_.state(), *incident, entry.second);
        });
        if (waiting.by_desk.empty()) {
            it = waiting_.erase(it);
            continue;
        }
        write(incident_id, waiting);
        ++it;
    }
}

void ProofBook::write(const std::string& incident_id, Waiting& waiting) {
    std::vector<domain::Mark> marks;
    for (const auto& [desk, mark] : waiting.by_desk) {
        marks.push_back(mark);
    }
    waiting.is_under_way = true;
    decider_.conclude(
        [this, incident_id, marks, id = id_of(incident_id, marks)](
            const domain::State& state, std::int64_t now_ms) -> std::optional<domain::Decision> {
            auto decision = domain::decide_marks(
                state, incident_id, marks, domain::Circumstances{now_ms, random_});
            if (decision) {
                decision->event.set_command_id(id);
            }
            return decision;
        },
        [this, incident_id](const domain::Result<domain::wire::Receipt>& receipt) {
            stats_.written += receipt && !receipt->offset().empty();
            // Whether it stands the fold will say, at the latest then.
            if (const auto found = waiting_.find(incident_id); found != waiting_.end()) {
                found->second.is_under_way = false;
                found->second.write_ms = clock_() + kRetryMs;
            }
        });
}

}  // namespace tocsin::session
