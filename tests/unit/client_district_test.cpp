// The district's files: read, judged, and compared with what a hub has.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "district_files.hpp"
#include "district_plan.hpp"

namespace tocsin::cli {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kSquare[] = "[[[126.6,45.6],[126.7,45.6],[126.7,45.7],[126.6,45.6]]]";

std::string feature(const std::string& properties,
                    const std::string& coordinates = kSquare,
                    const std::string& type = "Polygon") {
    return R"({"type":"Feature","properties":{)" + properties + R"(},"geometry":{"type":")" + type +
           R"(","coordinates":)" + coordinates + "}}";
}

std::string collection(const std::string& features) {
    return R"({"type":"FeatureCollection","features":[)" + features + "]}";
}

const std::string kBureau = R"("id":"pf","kind":"bureau","parent":null,"name_zh":"平房")";

TEST(Areas, AreReadWhole) {
    Problems problems;
    const auto areas = parse_areas(
        collection(feature(
            R"("id":"bg","kind":"station","parent":"pf","name_zh":"保国","name_en":"Baoguo",)"
            R"("assumed":true,"station_name_zh":"保国派出所","station_name_en":"Baoguo Station","stroke":"#f00")",
            R"([[[[126.6,45.6],[126.7,45.6],[126.7,45.7],[126.6,45.6]],[[126.61,45.61],[126.62,45.61],[126.62,45.62],[126.61,45.61]]],[[[1,2],[3,4],[5,6]]]])",
            "MultiPolygon")),
        "a",
        problems);
    EXPECT_THAT(problems, IsEmpty());
    ASSERT_EQ(areas.size(), 1U);
    const auto& area = areas[0];
    EXPECT_EQ(area.id(), "bg");
    EXPECT_EQ(area.kind(), wire::AREA_KIND_STATION);
    EXPECT_EQ(area.parent_id(), "pf");
    EXPECT_EQ(area.station_name_zh(), "保国派出所");
    EXPECT_TRUE(area.assumed());
    ASSERT_EQ(area.polygons_size(), 2);
    EXPECT_EQ(area.polygons(0).holes_size(), 1);
    ASSERT_EQ(area.polygons(0).outer().vertices_size(), 3);  // without the closing corner
    EXPECT_DOUBLE_EQ(area.polygons(0).outer().vertices(0).latitude(), 45.6);
    EXPECT_DOUBLE_EQ(area.polygons(0).outer().vertices(0).longitude(), 126.6);
    EXPECT_EQ(area.polygons(1).outer().vertices_size(), 3);
}

TEST(Places, AreAddedToTheirAreas) {
    Problems problems;
    auto areas =
        parse_areas(collection(feature(R"("id":"g1","kind":"grid","parent":"c","name_zh":"网格")")),
                    "a",
                    problems);
    // The building comes before its compound: order does not matter.
    parse_places(
        collection(
            feature(
                R"("kind":"building","id":"3","area":"g1","compound":"heping","name_zh":"3号楼")",
                "[[[1,2],[3,2],[3,4],[1,4],[1,2]]]") +
            "," +
            feature(
                R"("kind":"building","id":"4","area":"g1","compound":"heping","name_zh":"4号楼")",
                "[5,6]",
                "Point") +
            "," +
            feature(
                R"("kind":"compound","id":"heping","area":"g1","name_zh":"和平小区","assumed":true)") +
            "," +
            feature(R"("kind":"street","id":"main","area":"g1","name_zh":"大街","name_en":"Main")",
                    "[[1,2],[3,4]]",
                    "LineString")),
        "p",
        areas,
        problems);
    EXPECT_THAT(problems, IsEmpty());
    ASSERT_EQ(areas[0].compounds_size(), 1);
    const auto& compound = areas[0].compounds(0);
    EXPECT_EQ(compound.name_zh(), "和平小区");
    EXPECT_TRUE(compound.assumed());
    EXPECT_EQ(compound.outline().vertices_size(), 3);
    ASSERT_EQ(compound.buildings_size(), 2);
    EXPECT_DOUBLE_EQ(compound.buildings(0).at().longitude(), 2) << "its middle";
    EXPECT_DOUBLE_EQ(compound.buildings(0).at().latitude(), 3);
    EXPECT_FALSE(compound.buildings(1).has_outline());
    EXPECT_DOUBLE_EQ(compound.buildings(1).at().latitude(), 6);
    ASSERT_EQ(areas[0].streets_size(), 1);
    EXPECT_EQ(areas[0].streets(0).line_size(), 2);
}

TEST(Places, SayWhatIsWrongAndWhere) {
    const std::string compound = R"("kind":"compound","id":"c","area":"g1","name_zh":"x")";
    struct Case {
        std::string text;
        const char* problem;
    };
    for (const auto& [text, problem] : std::vector<Case>{
             {"{", "p: not JSON"},
             {"[]", "p: not a GeoJSON FeatureCollection"},
             {collection("1"), "p: feature 1: is not a GeoJSON Feature with properties"},
             {collection(feature(R"("kind":"compound","id":"C","area":"g1")")), "id 'C' is not"},
             {collection(feature(R"("kind":"compound","id":"c","area":"g2")")),
              "feature 1 (c): the area 'g2' is not in areas.geojson"},
             {collection(feature(R"("kind":"tree","id":"c","area":"g1")")), "kind 'tree' is not"},
             {collection(feature(R"("kind":"compound","id":"c","area":"g1")")),
              "name_zh is missing"},
             {collection(feature(compound, "[1,2]", "Point")), "is a Polygon, or null"},
             {collection(feature(compound, "[[[1,2],[3,4]]]")), "an outline has 2 corners"},
             {collection(feature(compound, "[]")), "an outline is one line, without holes"},
             {collection(feature(compound, "[[[1,2],[3,4],[200,1]]]")), "is not on the earth"},
             {collection(feature(compound) + "," + feature(compound)), "the id stands there twice"},
             {collection(feature(R"("kind":"building","id":"3","area":"g1","compound":"c")")),
              "the compound 'c' is not in that area"},
             {collection(feature(R"("kind":"street","id":"s","area":"g1","name_zh":"x")")),
              "is a LineString"},
             {collection(feature(R"("kind":"street","id":"s","area":"g1","name_zh":"x")",
                                 "[[1,2]]",
                                 "LineString")),
              "has 1 points"},
             {collection(feature(R"("kind":"street","id":"s","area":"g1","name_zh":7)",
                                 "[[1,2],[3,4]]",
                                 "LineString")),
              "name_zh is not a text"},
         }) {
        Problems problems;
        std::vector<wire::Area> areas(1);
        areas[0].set_id("g1");
        parse_places(text, "p", areas, problems);
        EXPECT_THAT(problems, Contains(HasSubstr(problem))) << text;
    }
}

TEST(Areas, SayWhatIsWrongAndWhere) {
    std::string many = "[[";
    for (int corner = 0; corner <= 500; ++corner) {
        many += (corner ? ",[" : "[") + std::to_string(corner % 90) + "," +
                std::to_string(corner / 90) + "]";
    }
    many += "]]";
    struct Case {
        std::string text;
        const char* problem;
    };
    for (const auto& [text, problem] : std::vector<Case>{
             {"{", "a: not JSON"},
             {"[]", "not a GeoJSON FeatureCollection"},
             {R"({"type":"Feature"})", "not a GeoJSON FeatureCollection"},
             {collection("1"), "a: feature 1: is not a GeoJSON Feature"},
             {collection(R"({"type":"Feature"})"), "has no properties"},
             {collection(feature(R"("id":"PF","kind":"bureau","name_zh":"x")")), "id 'PF' is not"},
             {collection(feature(R"("id":7,"kind":"bureau","name_zh":"x")")), "id is not a text"},
             {collection(feature(R"("id":"pf","kind":"city","name_zh":"x")")),
              "feature 1 (pf): kind 'city' is not bureau, station, community or grid"},
             {collection(feature(R"("id":"pf","kind":"bureau")")), "name_zh is missing"},
             {collection(feature(kBureau + R"(,"assumed":"yes")")), "assumed is not true or false"},
             {collection(feature(kBureau, kSquare, "Point")), "is not a Polygon or a MultiPolygon"},
             {collection(feature(kBureau, "[]")), "has no outer line"},
             {collection(feature(kBureau, "[]", "MultiPolygon")), "has 0 polygons"},
             {collection(feature(kBureau, "[[[1,2],[3,4],[1,2]]]")), "has 2 corners"},
             {collection(feature(kBureau, many)), "has 501 corners"},
             {collection(feature(kBureau, R"([[["a",2]]])")), "not [longitude, latitude]"},
             {collection(feature(kBureau, "[[[45.6,126.6],[1,2],[3,4]]]")), "is not on the earth"},
             {collection(feature(kBureau) + ",2"), "feature 2: is not"},
         }) {
        Problems problems;
        parse_areas(text, "a", problems);
        EXPECT_THAT(problems, Contains(HasSubstr(problem))) << text.substr(0, 200);
    }
}

TEST(DistrictYaml, IsRead) {
    Problems problems;
    const auto district = parse_district(
        "id: pf\nname: {zh: 平房, en: Pingfang}\nfire_join: {distance_m: 200, within_s: 60}\n",
        "d",
        problems);
    EXPECT_THAT(problems, IsEmpty());
    EXPECT_EQ(district.name_zh(), "平房");
    EXPECT_EQ(district.fire_join_distance_m(), 200);
    EXPECT_EQ(district.fire_join_within_s(), 60);
    const auto plain = parse_district("id: pf\nname: {zh: 平房}\n", "d", problems);
    EXPECT_THAT(problems, IsEmpty());
    EXPECT_EQ(plain.fire_join_distance_m(), 150);
    EXPECT_EQ(plain.fire_join_within_s(), 1'800);
}

TEST(DistrictYaml, PoliciesAreRead) {
    Problems problems;
    const auto district = parse_district(R"(
id: pf
name: {zh: 平房}
unattended_after_s: 300
policies:
  - kinds: [fire, assist]
    urgency: urgent
    severities: [severe]
    at_once_where_unattended: true
    unacknowledged:
      steps: [{after_s: 60, tell: [in-charge, fire-desk], raise: true}, {after_s: 30, tell: [neighbours, bureau]}]
      repeat_s: 120
    silent: {steps: [{after_s: 5, tell: [bureau]}]}
  - urgency: calm
)",
                                         "d",
                                         problems);
    EXPECT_THAT(problems, IsEmpty());
    EXPECT_EQ(district.unattended_after_s(), 300);
    ASSERT_EQ(district.policies_size(), 2);
    const wire::Policy& first = district.policies(0);
    EXPECT_EQ(first.kinds_size(), 2);
    EXPECT_EQ(first.urgency(), wire::URGENCY_URGENT);
    EXPECT_EQ(first.severities(0), wire::SEVERITY_SEVERE);
    EXPECT_TRUE(first.at_once_where_unattended());
    EXPECT_EQ(first.unacknowledged().repeat_s(), 120);
    ASSERT_EQ(first.unacknowledged().steps_size(), 2);
    EXPECT_EQ(first.unacknowledged().steps(0).tell(1), wire::ESCALATION_TARGET_FIRE_DESK);
    EXPECT_TRUE(first.unacknowledged().steps(0).raise());
    EXPECT_FALSE(first.unacknowledged().steps(1).raise());
    EXPECT_EQ(first.not_responding().steps_size(), 0);
    EXPECT_EQ(first.silent().steps(0).after_s(), 5);
}

TEST(DistrictYaml, SaysWhatIsWrongWithPolicies) {
    const std::string head = "id: pf\nname: {zh: x}\npolicies: ";
    for (const auto& [text, problem] : std::initializer_list<std::pair<const char*, const char*>>{
             {"x", "policies: is not a list"},
             {"[{colour: red}]", "policy 1: 'colour' is not a key here"},
             {"[{kinds: [flood]}]", "policy 1: kinds: 'flood' is not"},
             {"[{urgency: soon}]", "policy 1: urgency 'soon' is not urgent or calm"},
             {"[{silent: {steps: 3}}]", "silent: steps is not a list"},
             {"[{silent: {steps: [{tell: [bureau]}]}}]", "step 1: after_s is missing"},
             {"[{silent: {steps: [{after_s: 1}]}}]", "step 1: tell is missing"},
             {"[{silent: {steps: [{after_s: 1, tell: [mayor]}]}}]", "tell: 'mayor' is not"},
             {"[{at_once_where_unattended: perhaps}]", "is neither true nor false"}}) {
        Problems problems;
        parse_district(head + text + "\n", "d", problems);
        EXPECT_THAT(problems, Contains(HasSubstr(problem))) << text;
    }
}

TEST(DistrictYaml, SaysWhatIsWrong) {
    struct Case {
        const char* text;
        const char* problem;
    };
    for (const auto& [text, problem] : std::initializer_list<Case>{
             {"", "d: is not a map"},
             {"[1]", "d: is not a map"},
             {"id: [", "d: not YAML"},
             {"id: pf\n", "d: name: {zh: …, en: …} is missing"},
             {"id: pf\nname: 平房\n", "d: name: is not a map"},
             {"id: pf\nname: {en: x}\n", "d: name: zh is missing"},
             {"id: P F\nname: {zh: x}\n", "d: id 'P F' is not"},
             {"id: pf\nname: {zh: x}\ncolour: red\n", "d: 'colour' is not a key here"},
             {"id: pf\nname: {zh: x}\nfire_join: {distance_m: far}\n",
              "d: fire_join: distance_m: is not a whole number from 1 to 2000"},
             {"id: pf\nname: {zh: x}\nfire_join: {within_s: 0}\n", "within_s: is not a whole"},
         }) {
        Problems problems;
        parse_district(text, "d", problems);
        EXPECT_THAT(problems, Contains(HasSubstr(problem))) << text;
    }
}

TEST(PeopleAndTeams, AreReadAsAListWithOrWithoutAHead) {
    const std::string list =
        "  - {id: a, name: 李, phone: '1', home: g, grants: [{role: volunteer}, {role: officer, "
        "scope: s}]}\n"
        "  - {id: b, name: 王, grants: [{role: team_lead, scope: t}]}\n";
    for (const auto& text : {list, "people:\n" + list}) {
        Problems problems;
        const auto people = parse_people(text, "p", problems);
        EXPECT_THAT(problems, IsEmpty());
        ASSERT_EQ(people.size(), 2U);
        EXPECT_EQ(people[0].home_area_id(), "g");
        EXPECT_EQ(people[0].grants(1).role(), wire::ROLE_OFFICER);
        EXPECT_EQ(people[0].grants(1).scope_id(), "s");
        EXPECT_EQ(people[1].grants(0).role(), wire::ROLE_TEAM_LEAD);
    }
    Problems problems;
    const auto teams = parse_teams("- {id: t, name: {zh: 队, en: Team}}\n", "t", problems);
    ASSERT_EQ(teams.size(), 1U);
    EXPECT_EQ(teams[0].name_en(), "Team");
    EXPECT_TRUE(parse_teams("", "t", problems).empty());
    EXPECT_TRUE(parse_people("people:\n", "p", problems).empty());
    EXPECT_THAT(problems, IsEmpty());
}

TEST(PeopleAndTeams, SayWhatIsWrongAndWhere) {
    struct Case {
        std::string text;
        const char* problem;
    };
    for (const auto& [text, problem] : std::vector<Case>{
             {"7", "p: is neither a list"},
             {"persons: []", "p: 'persons' is not a key here"},
             {"- 7", "p: entry 1: is not a map"},
             {"- {id: a, name: n, age: 3}", "p: entry 1: 'age' is not a key here"},
             {"- {id: A, name: n}", "id 'A' is not"},
             {"- {id: a}", "p: entry 1 (a): name is missing"},
             {"- {id: a, name: [n]}", "name: is not a text"},
             {"- {id: a, name: n, phone: '" + std::string(33, '1') + "'}", "longer than 32"},
             {"- {id: a, name: n, grants: volunteer}", "grants: is not a list"},
             {"- {id: a, name: n, grants: [volunteer]}", "grant 1: is not a map"},
             {"- {id: a, name: n, grants: [{role: volunteer}, {role: king}]}",
              "p: entry 1 (a): grant 2: role 'king' is not volunteer, grid-worker"},
         }) {
        Problems problems;
        parse_people(text, "p", problems);
        EXPECT_THAT(problems, Contains(HasSubstr(problem))) << text;
    }
}

// A small district in order, to break in one place each.
DistrictFiles good_files() {
    DistrictFiles files;
    Problems problems;
    files.district = parse_district("id: pf\nname: {zh: 平房}\n", "d", problems);
    files.areas = parse_areas(
        collection(feature(R"("id":"g","kind":"grid","parent":"c","name_zh":"格")") + "," +
                   feature(R"("id":"c","kind":"community","parent":"s","name_zh":"社")") + "," +
                   feature(R"("id":"s","kind":"station","parent":"pf","name_zh":"所")") + "," +
                   feature(kBureau)),
        "a",
        problems);
    files.teams = parse_teams("- {id: t, name: {zh: 队}}", "t", problems);
    files.people = parse_people(
        "- {id: a, name: n, home: g, grants: [{role: grid-worker, scope: g}]}\n"
        "- {id: b, name: n, grants: [{role: officer, scope: s}, {role: searcher, scope: t}]}\n",
        "p",
        problems);
    EXPECT_THAT(problems, IsEmpty());
    return files;
}

TEST(Together, AGoodDistrictHasNoProblem) {
    Problems problems;
    check_together(good_files(), problems);
    EXPECT_THAT(problems, IsEmpty());
}

TEST(Together, SaysWhatDoesNotFit) {
    struct Case {
        void (*spoil)(DistrictFiles&);
        const char* problem;
    };
    for (const auto& [spoil, problem] : std::initializer_list<Case>{
             {[](DistrictFiles& f) { f.areas.push_back(f.areas[0]); }, "'g' stands there twice"},
             {[](DistrictFiles& f) { f.people.push_back(f.people[0]); }, "'a' stands there twice"},
             {[](DistrictFiles& f) { f.areas[0].set_parent_id("x"); }, "g: its parent 'x' is not"},
             {[](DistrictFiles& f) { f.areas[0].set_parent_id("s"); },
              "the parent of a grid is a community, and 's' is a station"},
             {[](DistrictFiles& f) { f.areas[3].set_parent_id("s"); }, "a bureau has no parent"},
             {[](DistrictFiles& f) { f.areas.pop_back(); }, "has 0 areas of kind bureau"},
             {[](DistrictFiles& f) { f.people[0].set_home_area_id("s"); },
              "people.yaml: a: the home 's' is not a grid or community"},
             {[](DistrictFiles& f) { f.people[0].mutable_grants(0)->set_scope_id("s"); },
              "the scope 's' is not a grid"},
             {[](DistrictFiles& f) { f.people[1].mutable_grants(0)->set_scope_id(""); },
              "the scope '' is not a station"},
             {[](DistrictFiles& f) { f.people[1].mutable_grants(1)->set_scope_id("s"); },
              "the scope 's' is not a team"},
             {[](DistrictFiles& f) { f.people[1].mutable_grants(1)->set_role(wire::ROLE_BUREAU); },
              "this role has no scope"},
         }) {
        auto files = good_files();
        spoil(files);
        Problems problems;
        check_together(files, problems);
        EXPECT_THAT(problems, Contains(HasSubstr(problem)));
    }
}

std::vector<std::string> ids_of(const std::vector<wire::Command>& stage) {
    std::vector<std::string> ids;
    for (const auto& command : stage) {
        ids.push_back(command.has_put_area()     ? command.put_area().area().id()
                      : command.has_put_person() ? command.put_person().person().id()
                      : command.has_put_team()   ? command.put_team().team().id()
                                                 : "the district");
    }
    return ids;
}

// The snapshot of a hub that holds what the files say.
std::vector<wire::Event> as_present(const DistrictFiles& files) {
    std::vector<wire::Event> states;
    *states.emplace_back().mutable_district() = files.district;
    for (const auto& area : files.areas) {
        *states.emplace_back().mutable_area() = area;
        states.back().mutable_area()->set_version(5);
    }
    for (const auto& team : files.teams) {
        *states.emplace_back().mutable_team() = team;
        states.back().mutable_team()->set_version(1);
    }
    for (const auto& person : files.people) {
        *states.emplace_back().mutable_person() = person;
        states.back().mutable_person()->set_version(2);
    }
    return states;
}

TEST(Plan, SendsParentsBeforeChildrenAndPeopleLast) {
    const auto plan = plan_load(good_files(), {});
    ASSERT_EQ(plan.stages.size(), 6U);
    EXPECT_THAT(ids_of(plan.stages[0]), ElementsAre("the district", "t"));
    EXPECT_THAT(ids_of(plan.stages[1]), ElementsAre("pf"));
    EXPECT_THAT(ids_of(plan.stages[2]), ElementsAre("s"));
    EXPECT_THAT(ids_of(plan.stages[3]), ElementsAre("c"));
    EXPECT_THAT(ids_of(plan.stages[4]), ElementsAre("g"));
    EXPECT_THAT(ids_of(plan.stages[5]), ElementsAre("a", "b"));
    EXPECT_EQ(plan.changes(), 8U);
}

TEST(Plan, HasNothingToDoTheSecondTime) {
    const auto files = good_files();
    EXPECT_EQ(plan_load(files, as_present(files)).changes(), 0U);
}

TEST(Plan, SendsWhatDiffersOnly) {
    auto files = good_files();
    const auto present = as_present(files);
    files.areas[0].mutable_polygons(0)->mutable_outer()->mutable_vertices(0)->set_latitude(45.5);
    files.people[1].set_phone("2");
    const auto plan = plan_load(files, present);
    EXPECT_THAT(ids_of(plan.stages[4]), ElementsAre("g"));
    EXPECT_THAT(ids_of(plan.stages[5]), ElementsAre("b"));
    EXPECT_EQ(plan.changes(), 2U);
}

TEST(Plan, LetsNobodyInAgainWhoWasRevoked) {
    const auto files = good_files();
    auto present = as_present(files);
    present.back().mutable_person()->set_revoked(true);
    const auto plan = plan_load(files, present);
    EXPECT_EQ(plan.changes(), 0U);
    EXPECT_THAT(plan.left_revoked, ElementsAre("b"));
}

TEST(Plan, GoesByTheNewestStateOfASubject) {
    const auto files = good_files();
    auto present = as_present(files);
    auto newer = present[1];
    newer.mutable_area()->set_version(6);
    newer.mutable_area()->set_name_zh("别的");
    present.push_back(newer);
    EXPECT_EQ(plan_load(files, present).changes(), 1U);
}

}  // namespace
}  // namespace tocsin::cli
