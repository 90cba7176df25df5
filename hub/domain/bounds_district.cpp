// The bounds of the district, its areas, people and devices.
#include "hub/domain/bounds.hpp"

#include <set>
#include <utility>

#include "hub/domain/access.hpp"
#include "hub/domain/places.hpp"
#include "hub/domain/policies.hpp"

namespace tocsin::domain {
namespace {

constexpr std::size_t kNameChars = 100;
constexpr std::size_t kPhoneChars = 32;
constexpr int kPolygons = 16;
constexpr int kHoles = 16;
constexpr int kVertices = 500;
constexpr int kGrants = 8;
constexpr int kReadyQuestions = 50;
constexpr std::size_t kDigestBytes = 32;
constexpr int kLinkValidMostS = 86'400;

void check_question(Check& check, const wire::ReadyQuestion& question, const std::string& in) {
    check.new_id(question.id(), in + ".id");
    for (const auto& [text, name] :
         {std::pair(&question.text_zh(), ".text_zh"), std::pair(&question.text_en(), ".text_en")}) {
        check.require(!is_blank(*text), code::text_missing, in + name, "A question has a text.");
        check.text(*text, kQuestionChars, in + name);
    }
}

void check_ring(Check& check, const wire::Ring& ring, const std::string& in) {
    check.count(ring.vertices_size(), kVertices, in + ".vertices");
    std::set<std::pair<double, double>> corners;
    for (int i = 0; i < ring.vertices_size() && check.good(); ++i) {
        const wire::Vertex& vertex = ring.vertices(i);
        check.degrees(vertex.latitude(), vertex.longitude(), at(in + ".vertices", i));
        if (check.good()) {
            corners.emplace(vertex.latitude(), vertex.longitude());
        }
    }
    check.require(corners.size() >= 3,
                  code::value_invalid,
                  in + ".vertices",
                  "A ring has at least 3 different corners.");
}

}  // namespace

void check(Check& check, const wire::District& district, const std::string& in) {
    check.adopt(policies_out_of_bounds(district.policies(), in + "policies"));
    check.require(district.unattended_after_s() == 0 || (district.unattended_after_s() >= 10 &&
                                                         district.unattended_after_s() <= 86'400),
                  code::value_invalid,
                  in + "unattended_after_s",
                  "0, or 10 to 86,400 seconds.");
    check.new_id(district.id(), in + "id");
    check.text(district.name_zh(), kNameChars, in + "name_zh");
    check.text(district.name_en(), kNameChars, in + "name_en");
    check.require(district.fire_join_distance_m() >= 0 && district.fire_join_distance_m() <= 2'000,
                  code::value_invalid,
                  in + "fire_join_distance_m",
                  "A distance of 1 to 2,000 metres, or 0.");
    check.require(district.fire_join_within_s() >= 0 && district.fire_join_within_s() <= 86'400,
                  code::value_invalid,
                  in + "fire_join_within_s",
                  "A time of 1 to 86,400 seconds, or 0.");
    check.range(district.ring_again_distance_m(), 2'000, in + "ring_again_distance_m");
    check.range(district.reopen_within_s(), 86'400, in + "reopen_within_s");
    check.range(district.perhaps_same_distance_m(), 300, in + "perhaps_same_distance_m");
    check.range(district.perhaps_same_within_s(), 86'400, in + "perhaps_same_within_s");
    check.count(district.questions_size(), kReadyQuestions, in + "questions");
    std::set<std::string> ids;
    for (int i = 0; i < district.questions_size() && check.good(); ++i) {
        check_question(check, district.questions(i), at(in + "questions", i));
        check.require(ids.insert(district.questions(i).id()).second,
                      code::value_invalid,
                      at(in + "questions", i) + ".id",
                      "Each question has an id of its own.");
    }
}

void check(Check& check, const wire::Area& area, const std::string& in) {
    check.new_id(area.id(), in + "id");
    check.kind(area.kind(), wire::AreaKind_IsValid, in + "kind");
    if (area.kind() == wire::AREA_KIND_BUREAU) {
        check.require(area.parent_id().empty(),
                      code::value_invalid,
                      in + "parent_id",
                      "Nothing is above the bureau.");
    } else {
        check.id_of(area.parent_id(), in + "parent_id");
    }
    check.text(area.name_zh(), kNameChars, in + "name_zh");
    check.text(area.name_en(), kNameChars, in + "name_en");
    check.text(area.station_name_zh(), kNameChars, in + "station_name_zh");
    check.text(area.station_name_en(), kNameChars, in + "station_name_en");
    check.require(area.polygons_size() > 0,
                  code::missing_field,
                  in + "polygons",
                  "An area has at least one polygon.");
    check.count(area.polygons_size(), kPolygons, in + "polygons");
    for (int i = 0; i < area.polygons_size() && check.good(); ++i) {
        const wire::Polygon& polygon = area.polygons(i);
        const std::string polygon_field = at(in + "polygons", i);
        check.require(polygon.has_outer(),
                      code::missing_field,
                      polygon_field + ".outer",
                      "A polygon has an outer line.");
        check_ring(check, polygon.outer(), polygon_field + ".outer");
        check.count(polygon.holes_size(), kHoles, polygon_field + ".holes");
        for (int hole = 0; hole < polygon.holes_size() && check.good(); ++hole) {
            check_ring(check, polygon.holes(hole), at(polygon_field + ".holes", hole));
        }
    }
    if (check.good()) {
        check.adopt(places_out_of_bounds(area, in));
    }
}

void check(Check& check, const wire::Team& team, const std::string& in) {
    check.new_id(team.id(), in + "id");
    check.text(team.name_zh(), kNameChars, in + "name_zh");
    check.text(team.name_en(), kNameChars, in + "name_en");
}

void check(Check& check, const wire::Person& person, const std::string& in) {
    check.new_id(person.id(), in + "id");
    check.text(person.name(), kNameChars, in + "name");
    check.text(person.phone(), kPhoneChars, in + "phone");
    check.optional_id_of(person.home_area_id(), in + "home_area_id");
    check.count(person.grants_size(), kGrants, in + "grants");
    for (int i = 0; i < person.grants_size() && check.good(); ++i) {
        const wire::Grant& grant = person.grants(i);
        const std::string grant_field = at(in + "grants", i);
        check.kind(grant.role(), wire::Role_IsValid, grant_field + ".role");
        const std::optional<ScopeKind> scope = scope_of(grant.role());
        if (scope && *scope != ScopeKind::none) {
            check.id_of(grant.scope_id(), grant_field + ".scope_id");
        } else {
            check.require(grant.scope_id().empty(),
                          code::value_invalid,
                          grant_field + ".scope_id",
                          "This role holds everywhere and has no scope.");
        }
    }
}

void check(Check& check, const wire::AddDevice& device) {
    const std::string in = "command.add_device.";
    check.id_of(device.person_id(), in + "person_id");
    check.text(device.label(), kNameChars, in + "label");
    const bool by_link = !device.link_sha256().empty();
    check.require(by_link || !device.token_sha256().empty(),
                  code::missing_field,
                  in + "token_sha256",
                  "This must be set, or link_sha256.");
    check.require(!by_link || device.token_sha256().empty(),
                  code::value_invalid,
                  in + "link_sha256",
                  "A device is added by a token or by a link, not by both.");
    check.require((by_link ? device.link_sha256() : device.token_sha256()).size() == kDigestBytes,
                  code::value_invalid,
                  in + (by_link ? "link_sha256" : "token_sha256"),
                  "A SHA-256 digest has 32 bytes.");
    check.range(device.link_valid_s(), kLinkValidMostS, in + "link_valid_s");
    check.require(by_link || device.link_valid_s() == 0,
                  code::value_invalid,
                  in + "link_valid_s",
                  "Only a link has a time.");
}

}  // namespace tocsin::domain
