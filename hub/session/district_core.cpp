#include "hub/session/district_core.hpp"

#include <algorithm>

#include "hub/domain/access.hpp"
#include "hub/fanout/encode.hpp"
#include "hub/log/view.hpp"

namespace tocsin::session {

namespace {

namespace store = domain::store;

constexpr std::int64_t kTrimEveryMs = 60'000;
constexpr std::string_view kAdmin = "admin";

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
    if (fold_.started()) {
        histories_.tick();
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
            decider_.waiting(),
            fold_.state().incidents().size(),
            behind_ms_,
            trimmed_,
            fold_.position(),
            fold_.epoch()};
}

void DistrictCore::authenticate(std::string token_sha256, Answer<std::optional<Principal>> answer) {
    if (!fold_.started()) {
        when_started_.push_back(
            [this, token_sha256 = std::move(token_sha256), answer = std::move(answer)]() mutable {
                authenticate(std::move(token_sha256), std::move(answer));
            });
        return;
    }
    const store::Device* device = fold_.state().device_by_token(token_sha256);
    if (device == nullptr || device->device().revoked()) {
        answer(std::nullopt);
        return;
    }
    const std::string& person_id = device->device().person_id();
    auto& rights = rights_[person_id];
    if (rights == nullptr) {
        rights = rights_of(person_id);
    }
    if (rights->feeds.empty()) {
        answer(std::nullopt);
        return;
    }
    let_in_[person_id].insert(device->device().id());
    answer(Principal{device->device().id(), rights});
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

void DistrictCore::history(log::Offset after, Answer<fanout::BatchPtr> answer) {
    histories_.ask(after, std::move(answer));
}

void DistrictCore::read_history(log::Offset after,
                                std::move_only_function<void(StretchResult)> answer) {
    fold_.history(after, [after, answer = std::move(answer)](log::Fold::History history) mutable {
        if (!history) {
            const bool gone = history.error() == log::Fold::NoHistory::gone;
            answer(std::unexpected(gone ? NoStretch::gone : NoStretch::unavailable));
            return;
        }
        auto batch = std::make_shared<fanout::Batch>();
        batch->after = after;
        batch->to = history->to;
        batch->entries.reserve(history->events.size());
        for (const log::FoldedEvent& event : history->events) {
            batch->entries.push_back(fanout::encode(event.offset, event.body.get()));
        }
        answer(std::move(batch));
    });
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

void DistrictCore::on_started(const std::string& epoch,
                              log::Offset after,
                              std::vector<log::FoldedEvent> recent) {
    snapshots_.forget();
    histories_.forget();
    decider_.on_started();
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
    auto batch = std::make_shared<fanout::Batch>();
    batch->after = after;
    batch->to = to;
    batch->entries.reserve(events.size());
    for (const log::FoldedEvent& event : events) {
        batch->entries.push_back(fanout::encode(event.offset, event.body.get()));
    }
    batch->rights = changed_rights(events);
    tell(std::move(batch));
}

void DistrictCore::on_store(bool well) {
    if (!fold_.tail_well()) {
        decider_.on_store_away();
    }
    for (DistrictListener* listener : listeners_) {
        listener->on_store(well);
    }
}

fanout::RightsPtr DistrictCore::rights_of(const std::string& person_id) const {
    auto rights = std::make_shared<fanout::Rights>();
    if (const wire::Person* person = fold_.state().person(person_id)) {
        rights->person = *person;
        rights->feeds = domain::feeds_of(fold_.state(), *person);
        rights->channels = domain::channels_of(rights->feeds);
    } else {
        rights->person.set_id(person_id);
    }
    return rights;
}

std::vector<fanout::RightsChange> DistrictCore::changed_rights(
    const std::vector<log::FoldedEvent>& events) {
    std::map<std::string, std::vector<std::string>> revoked_devices;
    bool everybody = false;
    for (const log::FoldedEvent& event : events) {
        if (!event.body) {
            continue;
        }
        const store::EventBody& body = *event.body;
        everybody = everybody || body.has_area() || body.has_team();
        if (body.has_person()) {
            revoked_devices[body.person().id()];
        } else if (body.has_device() && body.device().device().revoked()) {
            revoked_devices[body.device().device().person_id()].push_back(
                body.device().device().id());
        }
    }
    std::vector<fanout::RightsChange> changes;
    for (auto& [person_id, rights] : rights_) {
        const auto named = revoked_devices.find(person_id);
        if (!everybody && named == revoked_devices.end()) {
            continue;
        }
        fanout::RightsPtr now = rights_of(person_id);
        const bool same =
            now->feeds == rights->feeds && now->person.version() == rights->person.version();
        if (same && (named == revoked_devices.end() || named->second.empty())) {
            continue;
        }
        rights = now;
        changes.push_back(
            {person_id,
             now,
             named == revoked_devices.end() ? std::vector<std::string>() : named->second});
    }
    return changes;
}

void DistrictCore::tell(fanout::BatchPtr batch) {
    for (DistrictListener* listener : listeners_) {
        listener->on_batch(batch);
    }
}

void DistrictCore::enrol_admin(std::string token_sha256,
                               Answer<domain::Result<wire::Receipt>> answer) {
    const wire::Person* known = fold_.state().person(kAdmin);
    const bool is_admin = known != nullptr && !known->revoked() &&
                          std::ranges::any_of(known->grants(), [](const wire::Grant& grant) {
                              return grant.role() == wire::ROLE_ADMIN;
                          });
    if (is_admin) {
        add_admin_device(std::move(token_sha256), std::move(answer));
        return;
    }
    domain::Decision decision;
    store::EventBody& body = decision.event;
    body.set_kind(wire::EVENT_KIND_PERSON_CHANGED);
    body.set_lane(wire::LANE_ROUTINE);
    body.set_decided_time_ms(clock_());
    wire::Person& person = *body.mutable_person();
    if (known != nullptr) {
        person = *known;
        person.set_revoked(false);
    } else {
        person.set_id(std::string(kAdmin));
        person.set_name("Administrator");
    }
    person.add_grants()->set_role(wire::ROLE_ADMIN);
    decision.reads.push_back({"person/" + person.id(), person.version()});
    person.set_version(person.version() + 1);
    for (store::Audience& audience : domain::admin_audiences(kAdmin)) {
        *body.add_audiences() = std::move(audience);
    }
    decision.receipt.set_lane(wire::LANE_ROUTINE);
    decision.receipt.set_subject_id(person.id());
    decider_.submit(std::move(decision),
                    [this, token_sha256 = std::move(token_sha256), answer = std::move(answer)](
                        domain::Result<wire::Receipt> stored) mutable {
                        if (!stored) {
                            answer(std::move(stored));
                            return;
                        }
                        add_admin_device(std::move(token_sha256), std::move(answer));
                    });
}

void DistrictCore::add_admin_device(std::string token_sha256,
                                    Answer<domain::Result<wire::Receipt>> answer) {
    domain::Decision decision;
    store::EventBody& body = decision.event;
    body.set_kind(wire::EVENT_KIND_DEVICE_ADDED);
    body.set_lane(wire::LANE_ROUTINE);
    body.set_decided_time_ms(clock_());
    store::Device& device = *body.mutable_device();
    device.set_token_sha256(std::move(token_sha256));
    device.mutable_device()->set_id(domain::make_uuid(random_));
    device.mutable_device()->set_version(1);
    device.mutable_device()->set_person_id(std::string(kAdmin));
    device.mutable_device()->set_label("made at the hub");
    device.mutable_device()->set_added_time_ms(clock_());
    decision.reads.push_back({"device/" + device.device().id(), 0});
    for (store::Audience& audience : domain::admin_audiences(kAdmin)) {
        *body.add_audiences() = std::move(audience);
    }
    decision.receipt.set_lane(wire::LANE_ROUTINE);
    decision.receipt.set_subject_id(device.device().id());
    decider_.submit(std::move(decision), std::move(answer));
}

}  // namespace tocsin::session
