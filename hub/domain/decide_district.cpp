// The district itself: settings, areas, teams and people, changed by administrators.

#include <algorithm>

#include "hub/domain/access.hpp"
#include "hub/domain/draft.hpp"

namespace tocsin::domain {
namespace {

// Takes the subject over in the version after the present one, and finishes.
template <class T>
Decision put(Draft& draft,
             T* subject,
             const T& given,
             std::string_view kind_of_subject,
             wire::EventKind kind,
             std::string_view own_person_id = "") {
    const std::string name = std::string(kind_of_subject) + "/" + given.id();
    draft.read(name);
    draft.raise_set(kDistrictSet);
    *subject = given;
    subject->set_version(draft.state().version_of(name) + 1);
    draft.receipt().set_subject_id(given.id());
    draft.concern(admin_audiences(own_person_id));
    return draft.finish(kind, wire::LANE_ROUTINE);
}

Result<Decision> put_district(Draft& draft, const wire::District& given) {
    const wire::District& present = draft.state().district();
    if (present.version() > 0 && present.id() != given.id()) {
        return refuse(code::value_invalid,
                      "command.put_district.district.id",
                      "This district has another id, and keeps it.");
    }
    return put(draft,
               draft.event().mutable_district(),
               given,
               "district",
               wire::EVENT_KIND_DISTRICT_CHANGED);
}

Result<Decision> put_area(Draft& draft, const wire::Area& given) {
    if (given.kind() != wire::AREA_KIND_BUREAU) {
        const wire::Area* parent = draft.state().area(given.parent_id());
        if (parent == nullptr || parent->kind() + 1 != given.kind()) {
            return refuse(code::unknown_area,
                          "command.put_area.area.parent_id",
                          "No such area, or not one level above this one.");
        }
    }
    const wire::Area* present = draft.state().area(given.id());
    if (present != nullptr && present->kind() != given.kind()) {
        return refuse(code::value_invalid,
                      "command.put_area.area.kind",
                      "The area is on another level of the tree, and stays there.");
    }
    return put(draft, draft.event().mutable_area(), given, "area", wire::EVENT_KIND_AREA_CHANGED);
}

Result<void> check_grant(const State& state, const wire::Grant& grant, const std::string& field) {
    const wire::Area* area = state.area(grant.scope_id());
    const auto is = [&](wire::AreaKind kind) { return area != nullptr && area->kind() == kind; };
    switch (scope_of(grant.role()).value_or(ScopeKind::none)) {
        case ScopeKind::none:
            return {};
        case ScopeKind::grid:
            if (!is(wire::AREA_KIND_GRID)) {
                return refuse(code::unknown_area, field, "No such area, or not a grid.");
            }
            return {};
        case ScopeKind::station:
            if (!is(wire::AREA_KIND_STATION)) {
                return refuse(code::unknown_area, field, "No such area, or not a station's.");
            }
            return {};
        case ScopeKind::team:
            if (state.team(grant.scope_id()) == nullptr) {
                return refuse(code::unknown_team, field, "No such team.");
            }
            return {};
    }
    return {};
}

// Without an administrator nobody could change anything here any more.
Result<void> keep_an_admin(Draft& draft, const wire::Person& present, const std::string& field) {
    if (is_admin(present) && other_admin_device(draft, "", present.id()) == nullptr) {
        return refuse(
            code::wrong_state, field, "No other administrator with a device would be left.");
    }
    return {};
}

Result<Decision> put_person(Draft& draft, const wire::Person& given) {
    const State& state = draft.state();
    if (const wire::Person* present = state.person(given.id());
        present != nullptr && !is_admin(given)) {
        if (const Result<void> kept =
                keep_an_admin(draft, *present, "command.put_person.person.grants");
            !kept) {
            return std::unexpected(kept.error());
        }
    }
    if (!given.home_area_id().empty()) {
        const wire::Area* home = state.area(given.home_area_id());
        if (home == nullptr ||
            (home->kind() != wire::AREA_KIND_GRID && home->kind() != wire::AREA_KIND_COMMUNITY)) {
            return refuse(code::unknown_area,
                          "command.put_person.person.home_area_id",
                          "No such area, or neither a grid nor a community.");
        }
    }
    for (int i = 0; i < given.grants_size(); ++i) {
        const std::string field =
            "command.put_person.person.grants[" + std::to_string(i) + "].scope_id";
        if (const Result<void> good = check_grant(state, given.grants(i), field); !good) {
            return std::unexpected(good.error());
        }
    }
    wire::Person person = given;
    person.clear_shift();
    if (const wire::Person* present = state.person(given.id());
        present != nullptr && present->has_shift()) {
        *person.mutable_shift() = present->shift();
    }
    return put(draft,
               draft.event().mutable_person(),
               person,
               "person",
               wire::EVENT_KIND_PERSON_CHANGED,
               given.id());
}

Result<Decision> revoke_person(Draft& draft, const std::string& id) {
    const std::string field = "command.revoke_person.person_id";
    const wire::Person* person = draft.state().person(id);
    if (person == nullptr) {
        return refuse(code::unknown_person, field, "No such person.");
    }
    if (person->revoked()) {
        return refuse(code::wrong_state, field, "The person is revoked.");
    }
    if (const Result<void> kept = keep_an_admin(draft, *person, field); !kept) {
        return std::unexpected(kept.error());
    }
    wire::Person revoked = *person;
    revoked.set_revoked(true);
    return put(draft,
               draft.event().mutable_person(),
               revoked,
               "person",
               wire::EVENT_KIND_PERSON_CHANGED,
               id);
}

}  // namespace

Result<Decision> decide_district(Draft& draft) {
    const wire::Command& command = draft.command();
    switch (command.body_case()) {
        case wire::Command::kPutDistrict:
            return put_district(draft, command.put_district().district());
        case wire::Command::kPutArea:
            return put_area(draft, command.put_area().area());
        case wire::Command::kPutTeam:
            return put(draft,
                       draft.event().mutable_team(),
                       command.put_team().team(),
                       "team",
                       wire::EVENT_KIND_TEAM_CHANGED);
        case wire::Command::kPutPerson:
            return put_person(draft, command.put_person().person());
        case wire::Command::kRevokePerson:
            return revoke_person(draft, command.revoke_person().person_id());
        case wire::Command::kAddDevice:
            return decide_add_device(draft, command.add_device());
        case wire::Command::kRevokeDevice:
            return decide_revoke_device(draft, command.revoke_device().device_id());
        default:
            return refuse(code::unknown_request, "command", "This hub does not know this command.");
    }
}

}  // namespace tocsin::domain
