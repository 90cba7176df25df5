// district.yaml, teams.yaml, people.yaml.

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <initializer_list>
#include <optional>

#include "district_files.hpp"
#include "field_checks.hpp"
#include "words.hpp"
#include "yaml_entry.hpp"

namespace tocsin::cli {
namespace {

constexpr std::size_t kMostGrants = 8;

// name: {zh, en}
template <class Named>
void read_name(const Entry& entry, Named& named) {
    const auto name = entry.at("name");
    if (name.is_missing() || !name.is_map_of({"zh", "en"})) {
        if (name.is_missing()) {
            entry.wrong("name: {zh: …, en: …} is missing");
        }
        return;
    }
    named.set_name_zh(name.text("zh"));
    named.set_name_en(name.text("en"));
    if (named.name_zh().empty()) {
        name.wrong("zh is missing");
    }
}

std::optional<YAML::Node> load(const std::string& text,
                               const std::string& file,
                               Problems& problems) {
    try {
        return YAML::Load(text);
    } catch (const YAML::Exception& error) {
        problems.push_back(file + ": not YAML: " + error.what());
        return std::nullopt;
    }
}

// The entries of a list, which stands alone or under `key`; an empty file has none.
std::vector<Entry> load_list(const std::string& text,
                             const std::string& key,
                             const std::string& file,
                             Problems& problems) {
    const auto document = load(text, file, problems);
    std::vector<Entry> entries;
    if (!document || document->IsNull()) {
        return entries;
    }
    YAML::Node list = *document;
    if (document->IsMap()) {
        if (!Entry(*document, file, problems).is_map_of({key})) {
            return entries;
        }
        list.reset((*document)[key]);
    }
    if (list.IsNull()) {
        return entries;
    }
    if (!list.IsSequence()) {
        problems.push_back(file + ": is neither a list nor `" + key + ":` and a list");
        return entries;
    }
    std::size_t number = 0;
    for (const auto& node : list) {
        entries.emplace_back(node, file + ": entry " + std::to_string(++number), problems);
    }
    return entries;
}

std::optional<wire::Grant> read_grant(const Entry& entry) {
    if (!entry.is_map_of({"role", "scope"})) {
        return std::nullopt;
    }
    wire::Grant grant;
    const auto role = entry.text("role");
    grant.set_role(role_of(role));
    if (grant.role() == wire::ROLE_UNSPECIFIED) {
        entry.wrong("role '" + role + "' is not " + one_of(kRoles));
        return std::nullopt;
    }
    grant.set_scope_id(entry.text("scope"));
    return grant;
}

void read_grants(const Entry& entry, wire::Person& person) {
    const auto grants = entry.at("grants");
    if (grants.is_missing()) {
        return;
    }
    if (!grants.node().IsSequence() || grants.node().size() > kMostGrants) {
        grants.wrong("is not a list of at most " + std::to_string(kMostGrants));
        return;
    }
    std::size_t number = 0;
    for (const auto& node : grants.node()) {
        if (auto grant = read_grant(entry.beneath(node, "grant " + std::to_string(++number)))) {
            *person.add_grants() = *std::move(grant);
        }
    }
}

}  // namespace

namespace {

void read_questions(const Entry& entry, wire::District& district) {
    const auto list = entry.at("questions");
    if (list.is_missing()) {
        return;
    }
    if (!list.node().IsSequence()) {
        list.wrong("is not a list");
        return;
    }
    for (const auto& node : list.node()) {
        const auto one = list.beneath(node, std::to_string(district.questions_size() + 1));
        auto& question = *district.add_questions();
        if (!one.is_map_of({"id", "zh", "en"})) {
            continue;
        }
        question.set_id(one.id("id"));
        question.set_text_zh(one.text("zh", kLongestQuestion));
        question.set_text_en(one.text("en", kLongestQuestion));
        if (question.text_zh().empty() || question.text_en().empty()) {
            one.wrong("zh and en are both needed");
        }
    }
}

}  // namespace

wire::District parse_district(const std::string& text,
                              const std::string& file,
                              Problems& problems) {
    wire::District district;
    const auto document = load(text, file, problems);
    if (!document) {
        return district;
    }
    const Entry entry(*document, file, problems);
    if (!entry.is_map_of({"id",
                          "name",
                          "fire_join",
                          "perhaps_same",
                          "questions",
                          "unattended_after_s",
                          "policies"})) {
        return district;
    }
    district.set_id(entry.id("id"));
    read_name(entry, district);
    constexpr int kDistance = 150;
    constexpr int kWithin = 1'800;
    district.set_fire_join_distance_m(kDistance);
    district.set_fire_join_within_s(kWithin);
    const auto join = entry.at("fire_join");
    if (!join.is_missing() &&
        join.is_map_of({"distance_m", "within_s", "ring_again_m", "reopen_within_s"})) {
        district.set_fire_join_distance_m(join.number("distance_m", kDistance, 1, 2'000));
        district.set_fire_join_within_s(join.number("within_s", kWithin, 1, 86'400));
        district.set_ring_again_distance_m(join.number("ring_again_m", 0, 1, 2'000));
        district.set_reopen_within_s(join.number("reopen_within_s", 0, 1, 86'400));
    }
    const auto same = entry.at("perhaps_same");
    if (!same.is_missing() && same.is_map_of({"distance_m", "within_s"})) {
        district.set_perhaps_same_distance_m(same.number("distance_m", 0, 1, 300));
        district.set_perhaps_same_within_s(same.number("within_s", 0, 1, 86'400));
    }
    read_questions(entry, district);
    district.set_unattended_after_s(entry.number("unattended_after_s", 0, 0, 86'400));
    read_policies(entry.at("policies"), district);
    return district;
}

std::vector<wire::Team> parse_teams(const std::string& text,
                                    const std::string& file,
                                    Problems& problems) {
    std::vector<wire::Team> teams;
    for (auto& entry : load_list(text, "teams", file, problems)) {
        if (!entry.is_map_of({"id", "name"})) {
            continue;
        }
        wire::Team team;
        team.set_id(entry.id("id"));
        entry.name_it(team.id());
        read_name(entry, team);
        teams.push_back(std::move(team));
    }
    return teams;
}

std::vector<wire::Person> parse_people(const std::string& text,
                                       const std::string& file,
                                       Problems& problems) {
    std::vector<wire::Person> people;
    for (auto& entry : load_list(text, "people", file, problems)) {
        if (!entry.is_map_of({"id", "name", "phone", "home", "grants"})) {
            continue;
        }
        wire::Person person;
        person.set_id(entry.id("id"));
        entry.name_it(person.id());
        person.set_name(entry.text("name"));
        person.set_phone(entry.text("phone", kLongestPhone));
        person.set_home_area_id(entry.text("home"));
        if (person.name().empty()) {
            entry.wrong("name is missing");
        }
        read_grants(entry, person);
        people.push_back(std::move(person));
    }
    return people;
}

}  // namespace tocsin::cli
