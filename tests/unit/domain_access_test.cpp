// Who may send and see what. The tables here are written from design section 8, independently of
// access.cpp.
#include "hub/domain/access.hpp"

#include <gmock/gmock.h>

#include <map>
#include <set>

#include "domain_world.hpp"

namespace tocsin::domain::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

using Names = std::vector<std::string>;

constexpr const char* kEverybody[] = {"volunteer-1",
                                      "grid-worker-1",
                                      "auxiliary",
                                      "officer-baoguo",
                                      "liaison",
                                      "searcher",
                                      "team-lead",
                                      "fire-desk",
                                      "bureau",
                                      "admin"};

std::vector<std::pair<std::string, wire::Command>> every_command() {
    std::vector<std::pair<std::string, wire::Command>> all;
    for (int kind = wire::REPORT_KIND_SIGHTING; kind <= wire::REPORT_KIND_CLUE; ++kind) {
        all.emplace_back(wire::ReportKind_Name(kind).substr(12),
                         report(static_cast<wire::ReportKind>(kind)));
    }
    for (int kind = wire::NOTICE_KIND_LOOKOUT; kind <= wire::NOTICE_KIND_ADVISORY; ++kind) {
        all.emplace_back(wire::NoticeKind_Name(kind).substr(12),
                         notice(static_cast<wire::NoticeKind>(kind), {"g1"}));
    }
    all.emplace_back("correct", correct("x", "y"));
    all.emplace_back("withdraw", withdraw("x"));
    all.emplace_back("release", release("x", 1));
    all.emplace_back("heed", acknowledge_notice("x"));
    all.emplace_back("drill", drill("g1"));
    all.emplace_back("acknowledge", acknowledge("x"));
    all.emplace_back("respond", respond("x"));
    all.emplace_back("resolve", resolve("x"));
    all.emplace_back("reopen", reopen("x"));
    all.emplace_back("assign", assign("x", "y"));
    all.emplace_back("severity", rate("x", wire::SEVERITY_MINOR));
    all.emplace_back("note", note("x"));
    all.emplace_back("hand over", hand_over("x", "y"));
    all.emplace_back("merge", merge("x", "y"));
    all.emplace_back("unmerge", unmerge("x"));
    all.emplace_back("split", split("x", {"y"}));
    all.emplace_back("ask", ask("x", "y"));
    all.emplace_back("amend", amend("x"));
    all.emplace_back("answer", answer("x"));
    wire::Command command;
    command.mutable_put_district();
    all.emplace_back("put_district", command);
    command.mutable_put_area();
    all.emplace_back("put_area", command);
    command.mutable_put_team();
    all.emplace_back("put_team", command);
    command.mutable_put_person();
    all.emplace_back("put_person", command);
    command.mutable_revoke_person();
    all.emplace_back("revoke_person", command);
    command.mutable_add_device();
    all.emplace_back("add_device", command);
    command.mutable_revoke_device();
    all.emplace_back("revoke_device", command);
    return all;
}

TEST(Access, WhoSendsWhat) {
    const std::set<std::string> reports = {
        "SIGHTING", "FIRE", "HAZARD", "ASSIST", "DISPUTE", "CLUE", "amend", "answer"};
    const auto with = [](std::set<std::string> all, const std::set<std::string>& more) {
        all.insert(more.begin(), more.end());
        return all;
    };
    const std::set<std::string> closer = {"acknowledge", "respond", "resolve", "reopen"};
    const std::set<std::string> officer = with(closer,
                                               {"assign",
                                                "severity",
                                                "note",
                                                "hand over",
                                                "merge",
                                                "unmerge",
                                                "split",
                                                "ask",
                                                "LOOKOUT",
                                                "ADVISORY",
                                                "correct",
                                                "withdraw",
                                                "drill",
                                                "release"});
    const std::map<std::string, std::set<std::string>> sends = {
        {"volunteer-1", reports},
        {"grid-worker-1", with(reports, closer)},
        {"auxiliary", with(reports, {"acknowledge", "respond", "note"})},
        {"officer-baoguo", with(reports, officer)},
        {"liaison", with(with(reports, officer), {"MISSING_PERSON"})},
        {"searcher", {"CLUE", "amend", "answer", "heed"}},
        {"team-lead", {"CLUE", "amend", "answer", "heed"}},
        {"fire-desk", with(reports, closer)},
        {"bureau", with(reports, officer)},
        {"admin",
         {"put_district",
          "put_area",
          "put_team",
          "put_person",
          "revoke_person",
          "add_device",
          "revoke_device"}},
    };
    World world;
    int asked = 0;
    for (const char* person : kEverybody) {
        for (const auto& [name, command] : every_command()) {
            const Result<void> said = may_send(*world.state.person(person), command);
            EXPECT_EQ(said.has_value(), sends.at(person).contains(name)) << person << " " << name;
            if (!said) {
                EXPECT_EQ(said.error().code, code::not_permitted);
                EXPECT_TRUE(said.error().field.starts_with("command.")) << said.error().field;
            }
            ++asked;
        }
    }
    EXPECT_EQ(asked, 10 * 35);
}

TEST(Access, ARefusalNamesTheBodyOfTheCommand) {
    World world;
    const wire::Person& volunteer = *world.state.person("volunteer-1");
    EXPECT_EQ(may_send(volunteer, acknowledge("x")).error().field, "command.acknowledge_incident");
    EXPECT_EQ(may_send(volunteer, notice(wire::NOTICE_KIND_ADVISORY, {"g1"})).error().field,
              "command.issue_notice");
    EXPECT_EQ(may_send(volunteer, wire::Command()).error().field, "command");
}

TEST(Access, NobodyWithoutAKnownRoleSendsOrSeesAnything) {
    World world;
    world.add("nobody", {}, "g1");
    world.add("newer", {{static_cast<wire::Role>(99), ""}}, "g1");
    world.add("unset", {{wire::ROLE_UNSPECIFIED, ""}}, "g1");
    wire::Person revoked = *world.state.person("officer-baoguo");
    revoked.set_revoked(true);
    for (const auto& [name, command] : every_command()) {
        EXPECT_FALSE(may_send(*world.state.person("nobody"), command)) << name;
        EXPECT_FALSE(may_send(*world.state.person("newer"), command)) << name;
        EXPECT_FALSE(may_send(*world.state.person("unset"), command)) << name;
        EXPECT_FALSE(may_send(revoked, command)) << name;
    }
    EXPECT_THAT(feeds_of(world.state, *world.state.person("nobody")), IsEmpty());
    EXPECT_THAT(feeds_of(world.state, *world.state.person("newer")), IsEmpty());
    EXPECT_THAT(feeds_of(world.state, *world.state.person("unset")), IsEmpty());
    EXPECT_THAT(feeds_of(world.state, revoked), IsEmpty());
    EXPECT_THAT(feeds_of(world.state, wire::Person()), IsEmpty());
}

Names feed_names(const World& world, const std::string& person) {
    Names names;
    for (const Feed& feed : feeds_of(world.state, *world.state.person(person))) {
        names.push_back(feed.channel + "#" + short_view(feed.view));
    }
    return names;
}

TEST(Access, WhoSeesWhichFeeds) {
    World world;
    const Names home_g1 = {
        "area/baoguo#PUBLIC", "area/g1#PUBLIC", "area/huahui#PUBLIC", "area/pingfang#PUBLIC"};
    const Names all_baoguo = {"area/baoguo#PUBLIC",
                              "area/dongsheng#PUBLIC",
                              "area/g1#PUBLIC",
                              "area/g2#PUBLIC",
                              "area/huahui#PUBLIC",
                              "area/pingfang#PUBLIC"};
    const auto plus = [](Names names, const Names& more) {
        names.insert(names.end(), more.begin(), more.end());
        std::ranges::sort(names);
        return names;
    };
    const std::map<std::string, Names> sees = {
        {"volunteer-1", plus(home_g1, {"me/volunteer-1#REPORTER"})},
        {"grid-worker-1", plus(home_g1, {"area/g1#GRID", "me/grid-worker-1#REPORTER"})},
        {"auxiliary", plus(all_baoguo, {"me/auxiliary#REPORTER", "station/baoguo#CREW"})},
        {"officer-baoguo",
         plus(
             all_baoguo,
             {"me/officer-baoguo#REPORTER", "station/baoguo#NEIGHBOUR", "station/baoguo#OFFICER"})},
        {"liaison",
         plus(all_baoguo,
              {"me/liaison#REPORTER", "station/baoguo#NEIGHBOUR", "station/baoguo#OFFICER"})},
        {"searcher",
         {"area/baoguo#PUBLIC",
          "area/g2#PUBLIC",
          "area/huahui#PUBLIC",
          "area/pingfang#PUBLIC",
          "me/searcher#REPORTER",
          "team/four-leaf-clover#TEAM"}},
        {"team-lead",
         {"me/team-lead#REPORTER",
          "team/four-leaf-clover#TEAM",
          "team/four-leaf-clover#TEAM_LEAD"}},
        {"fire-desk", {"fire#FIRE_DESK", "me/fire-desk#REPORTER"}},
        {"bureau", {"bureau#BUREAU", "me/bureau#REPORTER"}},
        {"admin", {"admin#ADMIN", "me/admin#REPORTER"}},
    };
    for (const char* person : kEverybody) {
        Names seen = feed_names(world, person);
        std::ranges::sort(seen);
        EXPECT_EQ(seen, sees.at(person)) << person;
    }
}

TEST(Access, TheRichestViewOfAChannelComesFirst) {
    World world;
    EXPECT_THAT(feed_names(world, "grid-worker-1"),
                ElementsAre("area/baoguo#PUBLIC",
                            "area/g1#GRID",
                            "area/g1#PUBLIC",
                            "area/huahui#PUBLIC",
                            "area/pingfang#PUBLIC",
                            "me/grid-worker-1#REPORTER"));
}

TEST(Access, ChannelsAreNamedAsClientsNameThem) {
    World world;
    EXPECT_THAT(channels_of(feeds_of(world.state, *world.state.person("grid-worker-1"))),
                ElementsAre("area/baoguo", "area/g1", "area/huahui", "area/pingfang", "me"));
    EXPECT_THAT(channels_of(feeds_of(world.state, *world.state.person("admin"))),
                ElementsAre("admin", "me"));
    EXPECT_THAT(channels_of({}), IsEmpty());
}

TEST(Access, SeveralGrantsAddUp) {
    World world;
    world.add("both", {{wire::ROLE_SEARCHER, "other-team"}, {wire::ROLE_GRID_WORKER, "x1"}}, "g1");
    EXPECT_THAT(feed_names(world, "both"),
                UnorderedElementsAre("me/both#REPORTER",
                                     "area/g1#PUBLIC",
                                     "area/huahui#PUBLIC",
                                     "area/baoguo#PUBLIC",
                                     "area/pingfang#PUBLIC",
                                     "area/x1#PUBLIC",
                                     "area/xinyou#PUBLIC",
                                     "area/xinjiang#PUBLIC",
                                     "area/x1#GRID",
                                     "team/other-team#TEAM"));
    EXPECT_TRUE(may_send(*world.state.person("both"), report(wire::REPORT_KIND_FIRE)));
    EXPECT_TRUE(may_send(*world.state.person("both"), acknowledge("x")));
}

TEST(Access, AGrantWhoseScopeDoesNotStandCountsForNothing) {
    World world;
    world.add("odd-1", {{wire::ROLE_OFFICER, "nowhere"}});
    world.add("odd-2", {{wire::ROLE_OFFICER, "g1"}});
    world.add("odd-3", {{wire::ROLE_GRID_WORKER, "baoguo"}});
    world.add("odd-4", {{wire::ROLE_SEARCHER, "baoguo"}});
    world.add("odd-5", {{wire::ROLE_AUXILIARY, ""}});
    for (const char* person : {"odd-1", "odd-2", "odd-3", "odd-4", "odd-5"}) {
        EXPECT_THAT(feed_names(world, person), IsEmpty()) << person;
    }
}

// Desk, or code of the refusal, of everybody for the incident.
std::map<std::string, std::string> desks(const World& world, const std::string& id, Act act) {
    std::map<std::string, std::string> said;
    for (const Holder& holder : kHolders) {
        const Result<std::string> desk =
            desk_for(world.state, *world.state.person(holder.id), *world.state.incident(id), act);
        said[holder.id] = desk ? *desk : desk.error().code;
    }
    return said;
}

using Desks = std::map<std::string, std::string>;

TEST(Access, WhoActsOnAFireNearTheBorder) {
    World world;
    // 23 m from xinjiang.
    const std::string id =
        world.run("volunteer-2", report(wire::REPORT_KIND_FIRE, place_at(45.52, 126.6597, 50)))
            .receipt.incident_id();
    Desks expected = {
        {"volunteer-1", "unknown_incident"},
        {"volunteer-2", "not_permitted"},  // the reporter sees it
        {"volunteer-3", "unknown_incident"},
        {"grid-worker-1", "unknown_incident"},
        {"grid-worker-2", "unknown_incident"},  // a fire is not for the grid
        {"auxiliary", "station/baoguo"},
        {"officer-baoguo", "station/baoguo"},
        {"officer-baoguo-2", "station/baoguo"},
        {"officer-xinjiang", "not_permitted"},  // the neighbour sees it coarsely
        {"officer-lianmeng", "unknown_incident"},
        {"liaison", "station/baoguo"},
        {"searcher", "unknown_incident"},
        {"team-lead", "unknown_incident"},
        {"fire-desk", "fire"},
        {"bureau", "bureau"},
        {"admin", "unknown_incident"},
    };
    EXPECT_EQ(desks(world, id, Act::acknowledge), expected);
    expected["auxiliary"] = "not_permitted";
    EXPECT_EQ(desks(world, id, Act::resolve), expected);
}

TEST(Access, WhoActsOnAHazard) {
    World world;
    const std::string id =
        world.run("volunteer-1", report(wire::REPORT_KIND_HAZARD, in_g1())).receipt.incident_id();
    Desks expected = {
        {"volunteer-1", "not_permitted"},
        {"volunteer-2", "unknown_incident"},
        {"volunteer-3", "unknown_incident"},
        {"grid-worker-1", "grid/g1"},
        {"grid-worker-2", "unknown_incident"},
        {"auxiliary", "station/baoguo"},
        {"officer-baoguo", "station/baoguo"},
        {"officer-baoguo-2", "station/baoguo"},
        {"officer-xinjiang", "unknown_incident"},
        {"officer-lianmeng", "unknown_incident"},
        {"liaison", "station/baoguo"},
        {"searcher", "unknown_incident"},
        {"team-lead", "unknown_incident"},
        {"fire-desk", "unknown_incident"},
        {"bureau", "bureau"},
        {"admin", "unknown_incident"},
    };
    EXPECT_EQ(desks(world, id, Act::acknowledge), expected);
    expected["auxiliary"] = "not_permitted";
    EXPECT_EQ(desks(world, id, Act::resolve), expected);
}

TEST(Access, ASightingIsNotForTheGridAndOutsideAllStationsOnlyForTheBureau) {
    World world;
    const std::string in_grid =
        world.run("volunteer-1", report(wire::REPORT_KIND_SIGHTING, in_g1())).receipt.incident_id();
    EXPECT_EQ(desks(world, in_grid, Act::resolve).at("grid-worker-1"), "unknown_incident");
    const std::string far =
        world.run("volunteer-1", report(wire::REPORT_KIND_HAZARD, outside())).receipt.incident_id();
    for (const auto& [person, said] : desks(world, far, Act::acknowledge)) {
        EXPECT_EQ(said,
                  person == "bureau"        ? "bureau"
                  : person == "volunteer-1" ? "not_permitted"
                                            : "unknown_incident")
            << person;
    }
}

TEST(Access, ADeskNearerToTheIncidentGoesBeforeTheBureau) {
    World world;
    world.add(
        "many",
        {{wire::ROLE_BUREAU, ""}, {wire::ROLE_FIRE_DESK, ""}, {wire::ROLE_OFFICER, "xinjiang"}});
    const std::string fire =
        world.run("volunteer-1", report(wire::REPORT_KIND_FIRE, in_g1())).receipt.incident_id();
    const std::string hazard =
        world.run("volunteer-1", report(wire::REPORT_KIND_HAZARD, in_g1())).receipt.incident_id();
    const std::string own =
        world.run("volunteer-1", report(wire::REPORT_KIND_FIRE, in_x1())).receipt.incident_id();
    const wire::Person& many = *world.state.person("many");
    const auto desk = [&](const std::string& id) {
        return *desk_for(world.state, many, *world.state.incident(id), Act::resolve);
    };
    EXPECT_EQ(desk(fire), "fire");
    EXPECT_EQ(desk(hazard), "bureau");
    EXPECT_EQ(desk(own), "station/xinjiang");
}

TEST(Access, TheRichestViewOfAnIncident) {
    World world;
    const std::string id =
        world.run("volunteer-2", report(wire::REPORT_KIND_HAZARD, place_at(45.52, 126.6597, 50)))
            .receipt.incident_id();
    const std::map<std::string, store::View> views = {
        {"volunteer-1", store::VIEW_UNSPECIFIED},
        {"volunteer-2", store::VIEW_REPORTER},
        {"volunteer-3", store::VIEW_UNSPECIFIED},
        {"grid-worker-1", store::VIEW_UNSPECIFIED},
        {"grid-worker-2", store::VIEW_GRID},
        {"auxiliary", store::VIEW_CREW},
        {"officer-baoguo", store::VIEW_OFFICER},
        {"officer-baoguo-2", store::VIEW_OFFICER},
        {"officer-xinjiang", store::VIEW_NEIGHBOUR},
        {"officer-lianmeng", store::VIEW_UNSPECIFIED},
        {"liaison", store::VIEW_OFFICER},
        {"searcher", store::VIEW_UNSPECIFIED},
        {"team-lead", store::VIEW_UNSPECIFIED},
        {"fire-desk", store::VIEW_UNSPECIFIED},
        {"bureau", store::VIEW_BUREAU},
        {"admin", store::VIEW_UNSPECIFIED},
    };
    for (const auto& [person, view] : views) {
        EXPECT_EQ(
            view_of_incident(world.state, *world.state.person(person), *world.state.incident(id)),
            view)
            << person;
    }
}

TEST(Access, WhoAddressesWhichAreasAndTeams) {
    World world;
    struct Row {
        const char* person;
        wire::NoticeKind kind;
        bool own_area;
        bool other_area;
        bool bureau_area;
        bool team;
    };
    constexpr auto kLookout = wire::NOTICE_KIND_LOOKOUT;
    constexpr auto kAdvisory = wire::NOTICE_KIND_ADVISORY;
    constexpr auto kMissing = wire::NOTICE_KIND_MISSING_PERSON;
    const Row rows[] = {
        {"officer-baoguo", kLookout, true, false, false, false},
        {"officer-baoguo", kAdvisory, true, false, false, false},
        {"officer-baoguo", kMissing, false, false, false, false},
        {"liaison", kLookout, true, false, false, false},
        {"liaison", kAdvisory, true, false, false, false},
        {"liaison", kMissing, true, true, true, true},
        {"bureau", kLookout, true, true, true, false},
        {"bureau", kAdvisory, true, true, true, false},
        {"bureau", kMissing, false, false, false, false},
    };
    const auto check = [&](const Row& row) {
        const wire::Person& person = *world.state.person(row.person);
        EXPECT_EQ(may_address_area(world.state, person, row.kind, "g1"), row.own_area)
            << row.person;
        EXPECT_EQ(may_address_area(world.state, person, row.kind, "baoguo"), row.own_area);
        EXPECT_EQ(may_address_area(world.state, person, row.kind, "x1"), row.other_area);
        EXPECT_EQ(may_address_area(world.state, person, row.kind, "pingfang"), row.bureau_area);
        EXPECT_EQ(may_address_team(world.state, person, row.kind, "four-leaf-clover"), row.team);
    };
    for (const Row& row : rows) {
        check(row);
    }
    for (const char* person : {"volunteer-1",
                               "grid-worker-1",
                               "auxiliary",
                               "searcher",
                               "team-lead",
                               "fire-desk",
                               "admin"}) {
        for (const auto kind : {kLookout, kAdvisory, kMissing}) {
            check({person, kind, false, false, false, false});
        }
    }
}

TEST(Access, TheScopesOfTheRoles) {
    const std::map<int, std::optional<ScopeKind>> scopes = {
        {wire::ROLE_UNSPECIFIED, std::nullopt},
        {wire::ROLE_VOLUNTEER, ScopeKind::none},
        {wire::ROLE_GRID_WORKER, ScopeKind::grid},
        {wire::ROLE_AUXILIARY, ScopeKind::station},
        {wire::ROLE_OFFICER, ScopeKind::station},
        {wire::ROLE_LIAISON, ScopeKind::station},
        {wire::ROLE_SEARCHER, ScopeKind::team},
        {wire::ROLE_TEAM_LEAD, ScopeKind::team},
        {wire::ROLE_FIRE_DESK, ScopeKind::none},
        {wire::ROLE_BUREAU, ScopeKind::none},
        {wire::ROLE_ADMIN, ScopeKind::none},
        {99, std::nullopt},
    };
    for (const auto& [role, scope] : scopes) {
        EXPECT_EQ(scope_of(static_cast<wire::Role>(role)), scope) << role;
    }
    EXPECT_EQ(wire::Role_MAX, wire::ROLE_ADMIN) << "a new role needs rows in these tables";
}

}  // namespace
}  // namespace tocsin::domain::test
