#include "hub/session/district_core.hpp"

#include <algorithm>

#include "hub/domain/access.hpp"
#include "hub/domain/notice.hpp"
#include "hub/domain/times.hpp"
#include "hub/fanout/encode.hpp"
#include "hub/log/view.hpp"
#include "hub/session/notice_detail.hpp"

namespace tocsin::session {

namespace {

namespace store = domain::store;

constexpr std::int64_t kTrimEveryMs = 60'000;
constexpr std::int64_t kTellOverEveryMs = 1'000;

domain::Refusal unavailable() {
    return {
        std::string(domain::code::unavailable), "", "The hub cannot do that at the moment.", 1'000};
}

}  // namespace

DistrictCore::DistrictCore(log::Store& store,
                           const log::Clock& clock,
                           const domain::Random& random,
                           DistrictSettings settings,
                           std::vector<DistrictListener*> listeners)
    : clock_(clock),
      random_(random),
      store_(store),
      settings_(settings),
      listeners_(std::move(listeners)),
      fold_(store, random, *this),
      decider_(store, fold_, clock, random),
      proofs_(fold_, decider_, clock, random),
      drills_(fold_, decider_, clock, random),
      fires_(fold_, decider_, clock, random),
      watchman_(store, fold_, decider_, clock, random),
      attendance_(store,
                  fold_,
                  watchman_,
                  clock,
                  domain::make_uuid(random),
                  [this](const std::string& person_id) {
                      const auto rights = rights_.find(person_id);
                      return rights == rights_.end() ? fanout::RightsPtr() : rights->second;
                  }),
      histories_(
          [this](log::Offset after, std::move_only_function<void(StretchResult)> answer) {
              read_history(after, std::move(answer));
          },
          settings.history_bytes) {}

void DistrictCore::start(std::move_only_function<void()> ready) {
    ready_ = std::move(ready);
    next_trim_ms_ = clock_() + kTrimEveryMs;
    fold_.start();
}

void DistrictCore::tick() {
    const std::int64_t now = clock_();
    fold_.tick(now);
    if (!stopping_) {
        proofs_.tick();
        drills_.tick();
        fires_.tick();
        watchman_.tick();
        attendance_.tick();
    }
    if (fold_.started()) {
        histories_.tick();
        tell_over(now);
    }
    if (stopping_ && stopped_ && decider_.waiting() == 0) {
        fold_.stop();
        std::exchange(stopped_, nullptr)();
        return;
    }
    next_trim_ms_ = std::min(next_trim_ms_, now + kTrimEveryMs);  // where the clock was put back
    if (now >= next_trim_ms_ && fold_.started()) {
        next_trim_ms_ = now + kTrimEveryMs;
        fold_.forget_before(now - settings_.remember_ms);
        decider_.forget_before(now - settings_.remember_ms);
        const log::Offset keep_after{
            static_cast<std::uint64_t>(std::max<std::int64_t>(0, now - settings_.keep_ms)), 0};
        store_.trim(keep_after, settings_.keep_entries, [this](log::StoreResult<std::int64_t> cut) {
            trimmed_ += static_cast<std::uint64_t>(cut.value_or(0));
        });
    }
}

void DistrictCore::stop(std::move_only_function<void()> done) {
    stopping_ = true;
    stopped_ = std::move(done);
}

DistrictStats DistrictCore::stats() const {
    return {fold_.stats(),
            decider_.stats(),
            proofs_.stats(),
            watchman_.stats(),
            decider_.waiting(),
            fold_.state().incidents().size(),
            behind_ms_,
            trimmed_,
            fold_.position(),
            fold_.epoch()};
}

void DistrictCore::submit(std::string person_id,
                          std::string device_id,
                          wire::Command command,
                          std::int64_t read_time_ms,
                          Answer<domain::Result<wire::Receipt>> answer) {
    if (stopping_) {
        answer(std::unexpected(unavailable()));
        return;
    }
    decider_.submit(
        {person_id, std::move(device_id)},
        std::move(command),
        read_time_ms,
        [this, person_id, answer = std::move(answer)](domain::Result<wire::Receipt> said) mutable {
            if (!said && !said.error().incident_id.empty()) {
                said.error().incident = as_it_stands(person_id, said.error());
            }
            answer(std::move(said));
        });
}

std::shared_ptr<const wire::Incident> DistrictCore::as_it_stands(
    const std::string& person_id, const domain::Refusal& refusal) const {
    const wire::Person* person = fold_.state().person(person_id);
    const store::Incident* incident = fold_.state().incident(refusal.incident_id);
    if (person == nullptr || incident == nullptr) {
        return nullptr;
    }
    const auto audience = domain::audience_of(fold_.state(), *person, *incident);
    return audience ? std::make_shared<const wire::Incident>(log::view_of(*incident, *audience))
                    : nullptr;
}

void DistrictCore::snapshot(std::vector<domain::Feed> feeds,
                            Answer<std::shared_ptr<const SnapshotPages>> answer) {
    if (!fold_.started()) {
        when_started_.push_back(
            [this, feeds = std::move(feeds), answer = std::move(answer)]() mutable {
                snapshot(std::move(feeds), std::move(answer));
            });
        return;
    }
    answer(snapshots_.take(fold_.state(), fold_.position(), feeds, clock_()));
}

void DistrictCore::incident(std::string person_id,
                            std::string incident_id,
                            Answer<domain::Result<std::vector<wire::IncidentDetail>>> answer) {
    const auto look = [this](
                          const std::string& person_text,
                          const std::string& incident_text) -> std::vector<wire::IncidentDetail> {
        const wire::Person* person = fold_.state().person(person_text);
        if (person == nullptr) {
            return {};
        }
        const domain::Seen seen = domain::seen_by(fold_.state(), *person, incident_text);
        return seen.incident == nullptr ? std::vector<wire::IncidentDetail>()
                                        : detail_of(fold_.state(), *seen.incident, seen.audience);
    };
    const auto unknown = [] {
        return std::unexpected(
            domain::Refusal{std::string(domain::code::unknown_incident),
                            "get_incident.incident_id",
                            "There is no such incident, or none that you may see.",
                            0});
    };
    if (auto details = look(person_id, incident_id); !details.empty()) {
        answer(std::move(details));
        return;
    }
    if (!fold_.started()) {
        answer(std::unexpected(unavailable()));
        return;
    }
    // It may be newer than the fold, or too old to be in memory.
    fold_.catch_up([=, this, answer = std::move(answer)](bool caught_up) mutable {
        if (!caught_up) {
            answer(std::unexpected(unavailable()));
            return;
        }
        if (fold_.state().incident(incident_id) != nullptr) {
            auto details = look(person_id, incident_id);
            details.empty() ? answer(unknown()) : answer(std::move(details));
            return;
        }
        fold_.load("incident/" + incident_id, [=, answer = std::move(answer)](bool had) mutable {
            if (!had) {
                answer(std::unexpected(unavailable()));
                return;
            }
            auto details = look(person_id, incident_id);
            details.empty() ? answer(unknown()) : answer(std::move(details));
        });
    });
}

void DistrictCore::notice(std::string person_id,
                          std::string notice_id,
                          Answer<domain::Result<std::vector<wire::NoticeDetail>>> answer) {
    if (!fold_.started()) {
        answer(std::unexpected(unavailable()));
        return;
    }
    fetch_notice(fold_, std::move(person_id), std::move(notice_id), clock_(), std::move(answer));
}

void DistrictCore::mark(std::string person_id, wire::Mark mark) {
    if (const auto rights = rights_.find(person_id);
        fold_.started() && rights != rights_.end() && rights->second != nullptr) {
        proofs_.mark(rights->second, mark);
    }
}

void DistrictCore::console_connected(std::string person_id, std::uint64_t connection) {
    attendance_.connected(person_id, connection);
}

void DistrictCore::console_attended(std::uint64_t connection, std::int64_t ago_ms) {
    attendance_.attended(connection, ago_ms);
}

void DistrictCore::console_gone(std::uint64_t connection) {
    attendance_.gone(connection);
}

void DistrictCore::times(std::string person_id,
                         wire::GetStats request,
                         Answer<domain::Result<wire::Stats>> answer) {
    const wire::Person* person = fold_.state().person(person_id);
    if (person == nullptr || !fold_.started()) {
        answer(std::unexpected(unavailable()));
        return;
    }
    answer(domain::stats_for(fold_.state(), *person, request));
}

void DistrictCore::on_started(const std::string& epoch,
                              log::Offset after,
                              std::vector<log::FoldedEvent> recent) {
    snapshots_.forget();
    histories_.forget();
    decider_.on_started();
    tell_attached(recent);
    proofs_.forget();
    watchman_.start_anew();
    attendance_.start_anew();
    auto batch = std::make_shared<fanout::Batch>();
    batch->after = after;
    batch->to = fold_.position();
    for (const log::FoldedEvent& event : recent) {
        batch->entries.push_back(fanout::encode(event.offset, event.body.get()));
    }
    for (auto& [person_id, rights] : rights_) {
        fanout::RightsChange change{person_id, rights_of(person_id), {}};
        for (const std::string& device_id : let_in_[person_id]) {
            const store::Device* device = fold_.state().device(device_id);
            if (device == nullptr || device->device().revoked() ||
                device->device().person_id() != person_id) {
                change.revoked_device_ids.push_back(device_id);
            }
        }
        rights = change.rights;
        batch->rights.push_back(std::move(change));
    }
    for (DistrictListener* listener : listeners_) {
        listener->on_epoch(epoch, after);
    }
    tell(std::move(batch));
    over_told_ms_ = 0;
    tell_over(clock_());
    for (auto& asked : std::exchange(when_started_, {})) {
        asked();
    }
    if (ready_) {
        std::exchange(ready_, nullptr)();
    }
}

void DistrictCore::on_folded(const std::vector<log::FoldedEvent>& events,
                             log::Offset after,
                             log::Offset to) {
    decider_.on_folded(events, to);
    behind_ms_ = std::max<std::int64_t>(0, clock_() - static_cast<std::int64_t>(to.ms));
    tell_attached(events);
    auto batch = std::make_shared<fanout::Batch>();
    batch->after = after;
    batch->to = to;
    batch->entries.reserve(events.size());
    for (const log::FoldedEvent& event : events) {
        batch->entries.push_back(fanout::encode(event.offset, event.body.get()));
        if (const auto& notice = batch->entries.back()->notice;
            notice && fanout::is_withheld(*notice)) {
            histories_.forget();  // they have its words
        }
    }
    batch->rights = changed_rights(events);
    tell(std::move(batch));
}

void DistrictCore::tell_over(std::int64_t now_ms) {
    if (now_ms < over_told_ms_ + kTellOverEveryMs) {
        return;
    }
    auto batch = std::make_shared<fanout::Batch>();
    for (const store::Notice* notice : fold_.state().notices()) {
        if (domain::is_over_for_good(notice->notice(), now_ms) &&
            !domain::is_over_for_good(notice->notice(), over_told_ms_)) {
            batch->over.push_back(std::make_shared<const store::Notice>(*notice));
        }
    }
    over_told_ms_ = now_ms;
    if (!batch->over.empty()) {
        histories_.forget();  // they have the words
        batch->after = batch->to = fold_.position();
        tell(std::move(batch));
    }
}

void DistrictCore::on_store(bool well) {
    if (!fold_.tail_well()) {
        decider_.on_store_away();
    }
    for (DistrictListener* listener : listeners_) {
        listener->on_store(well);
    }
}

void DistrictCore::tell(fanout::BatchPtr batch) {
    for (DistrictListener* listener : listeners_) {
        listener->on_batch(batch);
    }
}

}  // namespace tocsin::session
