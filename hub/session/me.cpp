#include "hub/session/me.hpp"

#include <array>
#include <set>
#include <string_view>
#include <utility>

namespace tocsin::session {

namespace {

// The weightiest first: whoever has several goes to the page of the first of them.
constexpr std::array<std::pair<wire::Role, std::string_view>, 8> kHomes = {{
    {wire::ROLE_FIRE_DESK, "/console"},
    {wire::ROLE_BUREAU, "/console"},
    {wire::ROLE_OFFICER, "/console"},
    {wire::ROLE_LIAISON, "/console"},
    {wire::ROLE_AUXILIARY, "/console"},
    {wire::ROLE_TEAM_LEAD, "/search"},
    {wire::ROLE_SEARCHER, "/search"},
    {wire::ROLE_GRID_WORKER, "/grid"},
}};

std::set<wire::Role> roles_of(const wire::Person& person) {
    std::set<wire::Role> roles;
    for (const wire::Grant& grant : person.grants()) {
        roles.insert(grant.role());
    }
    return roles;
}

template <class T>
void fill(T& out, const wire::Person& person) {
    out.set_person(person.id());
    out.set_name(person.name());
    const std::set<wire::Role> roles = roles_of(person);
    for (const wire::Role role : roles) {
        out.add_roles(role);
    }
    out.set_home("/");
    for (const auto& [role, page] : kHomes) {
        if (roles.contains(role)) {
            out.set_home(std::string(page));
            break;
        }
    }
}

}  // namespace

wire::SignedIn signed_in(const Principal& principal) {
    wire::SignedIn out;
    fill(out, principal.rights->person);
    return out;
}

wire::Me me(const Principal& principal) {
    const fanout::Rights& rights = *principal.rights;
    wire::Me out;
    fill(out, rights.person);
    *out.mutable_grants() = rights.person.grants();
    out.set_home_area_id(rights.person.home_area_id());
    for (const std::string& channel : rights.channels) {
        out.add_channels(channel);
    }
    out.set_device(principal.device_id);
    return out;
}

}  // namespace tocsin::session
