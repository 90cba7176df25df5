// Phones and desktops: how they come to speak for a person, and how that ends.

#include <algorithm>

#include "hub/domain/access.hpp"
#include "hub/domain/draft.hpp"
#include "hub/domain/sign_in.hpp"

namespace tocsin::domain {

namespace {

constexpr std::int64_t kLinkValidS = 900;

Decision finish_device(Draft& draft, const store::Device& device, wire::EventKind kind) {
    draft.receipt().set_subject_id(device.device().id());
    draft.concern(admin_audiences(device.device().person_id()));
    *draft.event().mutable_device() = device;
    return draft.finish(kind, wire::LANE_ROUTINE);
}

}  // namespace

bool is_admin(const wire::Person& person) {
    return !person.revoked() && std::ranges::any_of(person.grants(), [](const wire::Grant& grant) {
        return grant.role() == wire::ROLE_ADMIN;
    });
}

const store::Device* other_admin_device(Draft& draft,
                                        std::string_view without_device,
                                        std::string_view without_person) {
    const State& state = draft.state();
    for (const wire::Person* person : state.people()) {
        if (!is_admin(*person) || person->id() == without_person) {
            continue;
        }
        for (const store::Device* device : state.devices_of(person->id())) {
            if (!device->device().revoked() && !device->token_sha256().empty() &&
                device->device().id() != without_device) {
                draft.read("person/" + person->id());
                draft.read("device/" + device->device().id());
                return device;
            }
        }
    }
    return nullptr;
}

Result<Decision> decide_add_device(Draft& draft, const wire::AddDevice& given) {
    const std::string field = "command.add_device.person_id";
    draft.read("person/" + given.person_id());
    const wire::Person* person = draft.state().person(given.person_id());
    if (person == nullptr) {
        return refuse(code::unknown_person, field, "No such person.");
    }
    if (person->revoked()) {
        return refuse(code::wrong_state, field, "The person is revoked.");
    }
    if (!given.link_sha256().empty() &&
        draft.state().device_by_link(given.link_sha256()) != nullptr) {
        return refuse(code::value_invalid,
                      "command.add_device.link_sha256",
                      "A device with this link exists; make a new one.");
    }
    if (draft.state().device_by_token(given.token_sha256()) != nullptr) {
        return refuse(code::value_invalid,
                      "command.add_device.token_sha256",
                      "A device with this token exists; make a new token.");
    }
    store::Device device;
    device.mutable_device()->set_id(draft.new_id());
    device.mutable_device()->set_version(1);
    device.mutable_device()->set_person_id(given.person_id());
    device.mutable_device()->set_label(given.label());
    device.mutable_device()->set_added_time_ms(draft.now_ms());
    if (given.link_sha256().empty()) {
        device.set_token_sha256(given.token_sha256());
        return finish_device(draft, device, wire::EVENT_KIND_DEVICE_ADDED);
    }
    const std::int64_t valid_s = given.link_valid_s() > 0 ? given.link_valid_s() : kLinkValidS;
    device.set_link_sha256(given.link_sha256());
    device.mutable_device()->set_link_expires_time_ms(draft.now_ms() + valid_s * 1'000);
    return finish_device(draft, device, wire::EVENT_KIND_DEVICE_INVITED);
}

Result<Decision> decide_revoke_device(Draft& draft, const std::string& id) {
    const std::string field = "command.revoke_device.device_id";
    draft.read("device/" + id);
    const store::Device* present = draft.state().device(id);
    if (present == nullptr) {
        return refuse(code::unknown_device, field, "No such device.");
    }
    if (present->device().revoked()) {
        return refuse(code::wrong_state, field, "The device is revoked.");
    }
    const wire::Person* owner = draft.state().person(present->device().person_id());
    if (owner != nullptr && is_admin(*owner) && other_admin_device(draft, id, "") == nullptr) {
        return refuse(
            code::wrong_state, field, "No other device of an administrator would be left.");
    }
    store::Device device = *present;
    device.mutable_device()->set_revoked(true);
    device.mutable_device()->set_version(present->device().version() + 1);
    return finish_device(draft, device, wire::EVENT_KIND_DEVICE_REVOKED);
}

Result<Decision> sign_in(const State& state,
                         const std::string& link_sha256,
                         const std::string& token_sha256,
                         const Circumstances& circumstances) {
    const store::Device* invited = state.device_by_link(link_sha256);
    if (invited == nullptr) {
        return refuse(code::link_unknown, "", "There is no such link.");
    }
    const wire::Device& known = invited->device();
    if (known.link_used_time_ms() != 0) {
        return refuse(code::link_used, "", "Somebody signed in by this link already.");
    }
    if (known.revoked()) {
        return refuse(code::link_unknown, "", "There is no such link.");
    }
    if (circumstances.now_ms > known.link_expires_time_ms()) {
        return refuse(code::link_expired, "", "The link is too old; ask for a new one.");
    }
    const wire::Command none;
    const Actor actor{known.person_id(), known.id()};
    Draft draft(state, none, actor, circumstances);
    if (!draft.know_actor()) {
        return refuse(code::link_unknown, "", "There is no such link.");
    }
    store::Device device = *invited;
    device.set_token_sha256(token_sha256);
    device.mutable_device()->set_version(known.version() + 1);
    device.mutable_device()->set_link_used_time_ms(circumstances.now_ms);
    return finish_device(draft, device, wire::EVENT_KIND_DEVICE_ADDED);
}

Result<Decision> sign_out(const State& state,
                          const Actor& actor,
                          const Circumstances& circumstances) {
    const wire::Command none;
    Draft draft(state, none, actor, circumstances);
    if (const Result<void> known = draft.know_actor(); !known) {
        return std::unexpected(known.error());
    }
    return decide_revoke_device(draft, actor.device_id);
}

}  // namespace tocsin::domain
