// Who may what: the rights that were given out and how they change, and the first administrator.

#include <algorithm>

#include "hub/domain/access.hpp"
#include "hub/session/district_core.hpp"

namespace tocsin::session {

namespace {

namespace store = domain::store;

constexpr std::string_view kAdmin = "admin";

}  // namespace

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
