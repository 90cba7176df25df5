#include "district_files.hpp"

#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <set>

#include "field_checks.hpp"
#include "words.hpp"

namespace tocsin::cli {
namespace {

constexpr char kDistrictFile[] = "district.yaml";
constexpr char kAreasFile[] = "areas.geojson";
constexpr char kPlacesFile[] = "places.geojson";
constexpr char kTeamsFile[] = "teams.yaml";
constexpr char kPeopleFile[] = "people.yaml";

enum class Presence { required, optional };

std::optional<std::string> read_file(const std::filesystem::path& path,
                                     Presence presence,
                                     Problems& problems) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        if (presence == Presence::required || std::filesystem::exists(path)) {
            problems.push_back(path.string() + ": cannot be read");
        }
        return std::nullopt;
    }
    return std::string{std::istreambuf_iterator<char>(file), {}};
}

template <class Thing>
void check_unique(const std::vector<Thing>& things, const std::string& file, Problems& problems) {
    std::set<std::string> seen;
    for (const auto& thing : things) {
        if (!seen.insert(thing.id()).second) {
            problems.push_back(file + ": the id '" + thing.id() + "' stands there twice");
        }
    }
}

std::string_view word_of(wire::AreaKind kind) {
    for (const auto& [word, value] : kAreaKinds) {
        if (value == kind) {
            return word;
        }
    }
    return "area";
}

using AreasById = std::map<std::string, const wire::Area*>;

void check_tree(const std::vector<wire::Area>& areas, const AreasById& by_id, Problems& problems) {
    int bureaus = 0;
    for (const auto& area : areas) {
        const auto where = std::string(kAreasFile) + ": " + area.id() + ": ";
        if (area.kind() == wire::AREA_KIND_BUREAU) {
            ++bureaus;
            if (!area.parent_id().empty()) {
                problems.push_back(where + "a bureau has no parent");
            }
            continue;
        }
        const auto above = static_cast<wire::AreaKind>(area.kind() - 1);
        const auto parent = by_id.find(area.parent_id());
        if (parent == by_id.end()) {
            problems.push_back(where + "its parent '" + area.parent_id() + "' is not in this file");
        } else if (parent->second->kind() != above) {
            problems.push_back(where + "the parent of a " + std::string(word_of(area.kind())) +
                               " is a " + std::string(word_of(above)) + ", and '" +
                               area.parent_id() + "' is a " +
                               std::string(word_of(parent->second->kind())));
        }
    }
    if (bureaus != 1) {
        problems.push_back(std::string(kAreasFile) + ": has " + std::to_string(bureaus) +
                           " areas of kind bureau; it is one");
    }
}

// The kind of area that a role's scope names, if any.
std::optional<wire::AreaKind> scope_kind(wire::Role role) {
    switch (role) {
        case wire::ROLE_GRID_WORKER:
            return wire::AREA_KIND_GRID;
        case wire::ROLE_AUXILIARY:
        case wire::ROLE_OFFICER:
        case wire::ROLE_LIAISON:
            return wire::AREA_KIND_STATION;
        default:
            return std::nullopt;
    }
}

void check_grant(const wire::Grant& grant,
                 const std::string& where,
                 const AreasById& areas,
                 const std::set<std::string>& teams,
                 Problems& problems) {
    const auto& scope = grant.scope_id();
    if (const auto kind = scope_kind(grant.role())) {
        const auto area = areas.find(scope);
        if (area == areas.end() || area->second->kind() != *kind) {
            problems.push_back(where + "the scope '" + scope + "' is not a " +
                               std::string(word_of(*kind)) + " of " + kAreasFile);
        }
    } else if (grant.role() == wire::ROLE_SEARCHER || grant.role() == wire::ROLE_TEAM_LEAD) {
        if (!teams.contains(scope)) {
            problems.push_back(where + "the scope '" + scope + "' is not a team of " + kTeamsFile);
        }
    } else if (!scope.empty()) {
        problems.push_back(where + "this role has no scope, and '" + scope + "' is given");
    }
}

}  // namespace

void check_together(const DistrictFiles& files, Problems& problems) {
    check_unique(files.areas, kAreasFile, problems);
    check_unique(files.teams, kTeamsFile, problems);
    check_unique(files.people, kPeopleFile, problems);
    AreasById areas;
    for (const auto& area : files.areas) {
        areas.emplace(area.id(), &area);
    }
    std::set<std::string> teams;
    for (const auto& team : files.teams) {
        teams.insert(team.id());
    }
    check_tree(files.areas, areas, problems);
    for (const auto& person : files.people) {
        std::string where = kPeopleFile;
        where.append(": ").append(person.id()).append(": ");
        if (const auto& home = person.home_area_id(); !home.empty()) {
            const auto area = areas.find(home);
            if (area == areas.end() || (area->second->kind() != wire::AREA_KIND_GRID &&
                                        area->second->kind() != wire::AREA_KIND_COMMUNITY)) {
                auto& problem = problems.emplace_back(where);
                problem.append("the home '")
                    .append(home)
                    .append("' is not a grid or community of ");
                problem.append(kAreasFile);
            }
        }
        for (const auto& grant : person.grants()) {
            check_grant(grant, where, areas, teams, problems);
        }
    }
}

DistrictFiles read_district(const std::filesystem::path& folder, Problems& problems) {
    DistrictFiles files;
    if (!std::filesystem::is_directory(folder)) {
        problems.push_back(folder.string() + ": is not a folder");
        return files;
    }
    const auto named = [&folder](const char* name) { return (folder / name).string(); };
    if (const auto text = read_file(folder / kDistrictFile, Presence::required, problems)) {
        files.district = parse_district(*text, named(kDistrictFile), problems);
    }
    if (const auto text = read_file(folder / kAreasFile, Presence::required, problems)) {
        files.areas = parse_areas(*text, named(kAreasFile), problems);
    }
    // With areas left out, their places would seem to lie nowhere.
    if (const auto text = problems.empty()
                              ? read_file(folder / kPlacesFile, Presence::optional, problems)
                              : std::nullopt) {
        parse_places(*text, named(kPlacesFile), files.areas, problems);
    }
    if (const auto text = read_file(folder / kTeamsFile, Presence::optional, problems)) {
        files.teams = parse_teams(*text, named(kTeamsFile), problems);
    }
    if (const auto text = read_file(folder / kPeopleFile, Presence::optional, problems)) {
        files.people = parse_people(*text, named(kPeopleFile), problems);
    }
    // With entries left out, much would seem to be missing that is only wrong.
    if (problems.empty()) {
        check_together(files, problems);
    }
    return files;
}

}  // namespace tocsin::cli
