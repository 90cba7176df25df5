// People, devices, areas and settings: changed by administrators, as events of the same log.
#include <gmock/gmock.h>

#include "domain_world.hpp"

namespace tocsin::domain::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

wire::Command put(const wire::Area& area) {
    wire::Command command;
    *command.mutable_put_area()->mutable_area() = area;
    return command;
}
wire::Command put(const wire::Person& person) {
    wire::Command command;
    *command.mutable_put_person()->mutable_person() = person;
    return command;
}
wire::Command put(const wire::District& district) {
    wire::Command command;
    *command.mutable_put_district()->mutable_district() = district;
    return command;
}
wire::Command put(const wire::Team& team) {
    wire::Command command;
    *command.mutable_put_team()->mutable_team() = team;
    return command;
}
wire::Command revoke_person(const std::string& id) {
    wire::Command command;
    command.mutable_revoke_person()->set_person_id(id);
    return command;
}
wire::Command revoke_device(const std::string& id) {
    wire::Command command;
    command.mutable_revoke_device()->set_device_id(id);
    return command;
}
wire::Command add_device(const std::string& person, const std::string& token) {
    wire::Command command;
    command.mutable_add_device()->set_person_id(person);
    command.mutable_add_device()->set_label("a phone");
    command.mutable_add_device()->set_token_sha256(token);
    return command;
}
wire::Area grid(const std::string& id,
                const std::string& parent,
                wire::AreaKind kind = wire::AREA_KIND_GRID) {
    return square(id, kind, parent, 45.55, 126.61, 45.56, 126.62);
}

TEST(District, AnAreaIsAddedAndChanged) {
    World world;
    wire::Area area = grid("g9", "dongsheng");
    area.set_version(77);  // ignored
    const Decision added = world.run("admin", put(area));
    EXPECT_EQ(added.event.kind(), wire::EVENT_KIND_AREA_CHANGED);
    EXPECT_EQ(added.event.lane(), wire::LANE_ROUTINE);
    EXPECT_EQ(added.event.area().version(), 1);
    EXPECT_EQ(added.receipt.subject_id(), "g9");
    EXPECT_THAT(names_of(added.event.audiences()), ElementsAre("admin#ADMIN"));
    EXPECT_THAT(
        read_names(added),
        ElementsAre("area/g9=0", "device/admin-phone=1", "person/admin=1", "set/district=7"));
    ASSERT_EQ(added.event.sets_size(), 1);
    EXPECT_EQ(added.event.sets(0).name(), "district");
    EXPECT_EQ(added.event.sets(0).version(), 8);
    EXPECT_EQ(world.state.area_index().route(place_at(45.555, 126.615)).area_id, "g9");

    area.mutable_polygons(0)->mutable_outer()->mutable_vertices(0)->set_latitude(45.552);
    const Decision changed = world.run("admin", put(area));
    EXPECT_EQ(changed.event.area().version(), 2);
    EXPECT_THAT(read_names(changed), Contains("area/g9=1"));
    EXPECT_EQ(world.state.set_version("district"), 9);
}

TEST(District, AnAreasParentIsOneLevelUp) {
    World world;
    using enum wire::AreaKind;
    struct Row {
        wire::AreaKind kind;
        const char* parent;
        const char* code;
    };
    const Row rows[] = {
        {AREA_KIND_BUREAU, "", ""},
        {AREA_KIND_STATION, "pingfang", ""},
        {AREA_KIND_STATION, "baoguo", "unknown_area"},
        {AREA_KIND_COMMUNITY, "baoguo", ""},
        {AREA_KIND_COMMUNITY, "pingfang", "unknown_area"},
        {AREA_KIND_COMMUNITY, "huahui", "unknown_area"},
        {AREA_KIND_GRID, "huahui", ""},
        {AREA_KIND_GRID, "g1", "unknown_area"},
        {AREA_KIND_GRID, "baoguo", "unknown_area"},
        {AREA_KIND_GRID, "nowhere", "unknown_area"},
        {AREA_KIND_GRID, "new", "unknown_area"},
    };
    for (const Row& row : rows) {
        const Result<Decision> decision =
            world.decide("admin", put(grid("new", row.parent, row.kind)));
        EXPECT_EQ(decision ? "" : decision.error().code, row.code) << row.kind << " " << row.parent;
        if (!decision) {
            EXPECT_EQ(decision.error().field, "command.put_area.area.parent_id");
        }
    }
    EXPECT_EQ(world.refused("admin", put(grid("g1", "baoguo", AREA_KIND_COMMUNITY))),
              "value_invalid");
    EXPECT_EQ(world.refused("admin", put(grid("g1", "xinyou"))), "") << "it may move";
}

TEST(District, SettingsAndTeams) {
    World world;
    wire::District settings = world.state.district();
    settings.set_fire_join_distance_m(300);
    const Decision changed = world.run("admin", put(settings));
    EXPECT_EQ(changed.event.kind(), wire::EVENT_KIND_DISTRICT_CHANGED);
    EXPECT_EQ(changed.event.district().version(), 2);
    EXPECT_EQ(changed.receipt.subject_id(), "pingfang-district");
    EXPECT_EQ(world.state.district().fire_join_distance_m(), 300);
    settings.set_id("another");
    EXPECT_EQ(world.refused("admin", put(settings)), "value_invalid");

    wire::Team team;
    team.set_id("third");
    const Decision added = world.run("admin", put(team));
    EXPECT_EQ(added.event.kind(), wire::EVENT_KIND_TEAM_CHANGED);
    EXPECT_NE(world.state.team("third"), nullptr);
    EXPECT_EQ(world.state.set_version("district"), 9);
}

TEST(District, APersonIsAddedChangedRevokedAndLetInAgain) {
    World world;
    wire::Person person;
    person.set_id("new");
    person.set_home_area_id("g2");
    person.add_grants()->set_role(wire::ROLE_VOLUNTEER);
    const Decision added = world.run("admin", put(person));
    EXPECT_EQ(added.event.kind(), wire::EVENT_KIND_PERSON_CHANGED);
    EXPECT_THAT(names_of(added.event.audiences()), ElementsAre("admin#ADMIN", "me/new#REPORTER"));
    EXPECT_EQ(added.receipt.subject_id(), "new");
    EXPECT_EQ(world.refused("new", report(wire::REPORT_KIND_FIRE)), "not_permitted")
        << "no device yet";

    const Decision device = world.run("admin", add_device("new", std::string(32, 't')));
    EXPECT_EQ(device.event.kind(), wire::EVENT_KIND_DEVICE_ADDED);
    EXPECT_TRUE(is_uuid(device.receipt.subject_id()));
    EXPECT_EQ(device.event.device().device().person_id(), "new");
    EXPECT_EQ(device.event.device().device().label(), "a phone");
    EXPECT_EQ(device.event.device().device().added_time_ms(), kNow);
    EXPECT_EQ(device.event.device().device().version(), 1);
    EXPECT_THAT(names_of(device.event.audiences()), ElementsAre("admin#ADMIN", "me/new#REPORTER"));
    EXPECT_THAT(read_names(device), Contains("person/new=1"));
    EXPECT_EQ(world.state.device_by_token(std::string(32, 't'))->device().id(),
              device.receipt.subject_id());

    const Decision revoked = world.run("admin", revoke_person("new"));
    EXPECT_EQ(revoked.event.kind(), wire::EVENT_KIND_PERSON_CHANGED);
    EXPECT_TRUE(revoked.event.person().revoked());
    EXPECT_EQ(revoked.event.person().version(), 2);
    EXPECT_EQ(revoked.event.person().home_area_id(), "g2") << "nothing else changes";
    EXPECT_THAT(feeds_of(world.state, *world.state.person("new")), IsEmpty());
    EXPECT_EQ(world.refused("admin", revoke_person("new")), "wrong_state");
    EXPECT_EQ(world.refused("admin", add_device("new", std::string(32, 'u'))), "wrong_state");

    const Decision again = world.run("admin", put(person));
    EXPECT_EQ(again.event.person().version(), 3);
    EXPECT_FALSE(world.state.person("new")->revoked());
}

TEST(District, WhatAPersonNamesMustExist) {
    World world;
    struct Row {
        wire::Role role;
        const char* scope;
        const char* code;
    };
    using enum wire::Role;
    const Row rows[] = {
        {ROLE_GRID_WORKER, "g1", ""},
        {ROLE_GRID_WORKER, "baoguo", "unknown_area"},
        {ROLE_GRID_WORKER, "huahui", "unknown_area"},
        {ROLE_GRID_WORKER, "nowhere", "unknown_area"},
        {ROLE_AUXILIARY, "baoguo", ""},
        {ROLE_AUXILIARY, "g1", "unknown_area"},
        {ROLE_OFFICER, "baoguo", ""},
        {ROLE_OFFICER, "pingfang", "unknown_area"},
        {ROLE_LIAISON, "xinjiang", ""},
        {ROLE_LIAISON, "four-leaf-clover", "unknown_area"},
        {ROLE_SEARCHER, "four-leaf-clover", ""},
        {ROLE_SEARCHER, "baoguo", "unknown_team"},
        {ROLE_TEAM_LEAD, "other-team", ""},
        {ROLE_TEAM_LEAD, "nobody", "unknown_team"},
        {ROLE_VOLUNTEER, "", ""},
        {ROLE_FIRE_DESK, "", ""},
        {ROLE_BUREAU, "", ""},
        {ROLE_ADMIN, "", ""},
    };
    for (const Row& row : rows) {
        wire::Person person;
        person.set_id("new");
        person.add_grants()->set_role(wire::ROLE_VOLUNTEER);
        person.add_grants()->set_role(row.role);
        person.mutable_grants(1)->set_scope_id(row.scope);
        const Result<Decision> decision = world.decide("admin", put(person));
        EXPECT_EQ(decision ? "" : decision.error().code, row.code) << row.role << " " << row.scope;
        if (!decision) {
            EXPECT_EQ(decision.error().field, "command.put_person.person.grants[1].scope_id");
        }
    }
    for (const auto& [home, code] :
         std::map<std::string, std::string>{{"g1", ""},
                                            {"huahui", ""},
                                            {"", ""},
                                            {"baoguo", "unknown_area"},
                                            {"pingfang", "unknown_area"},
                                            {"nowhere", "unknown_area"}}) {
        wire::Person person;
        person.set_id("new");
        person.set_home_area_id(home);
        EXPECT_EQ(world.refused("admin", put(person)), code) << home;
    }
}

TEST(District, Devices) {
    World world;
    EXPECT_EQ(world.refused("admin", add_device("nobody", std::string(32, 't'))), "unknown_person");
    EXPECT_EQ(world.refused("admin", add_device("bureau", "token of volunteer-1")),
              "value_invalid");
    EXPECT_EQ(world.refused("admin", revoke_device("nothing")), "unknown_device");
    const Decision revoked = world.run("admin", revoke_device("volunteer-1-phone"));
    EXPECT_EQ(revoked.event.kind(), wire::EVENT_KIND_DEVICE_REVOKED);
    EXPECT_EQ(revoked.event.device().device().version(), 2);
    EXPECT_TRUE(revoked.event.device().device().revoked());
    EXPECT_EQ(revoked.event.device().token_sha256(), "token of volunteer-1");
    EXPECT_EQ(revoked.receipt.subject_id(), "volunteer-1-phone");
    EXPECT_THAT(names_of(revoked.event.audiences()),
                ElementsAre("admin#ADMIN", "me/volunteer-1#REPORTER"));
    EXPECT_EQ(revoked.event.sets_size(), 0) << "nothing routes by devices";
    EXPECT_EQ(world.refused("admin", revoke_device("volunteer-1-phone")), "wrong_state");
    EXPECT_EQ(world.refused("volunteer-1", report(wire::REPORT_KIND_FIRE)), "not_permitted");
}

TEST(District, OnlyAdministratorsAndTheRoleComesBeforeTheSubject) {
    World world;
    for (const Holder& holder : kHolders) {
        const bool admin = holder.role == wire::ROLE_ADMIN;
        EXPECT_EQ(world.refused(holder.id, revoke_person("nobody")),
                  admin ? "unknown_person" : "not_permitted");
        EXPECT_EQ(world.refused(holder.id, revoke_device("nothing")),
                  admin ? "unknown_device" : "not_permitted");
        EXPECT_EQ(world.refused(holder.id, put(grid("g9", "nowhere"))),
                  admin ? "unknown_area" : "not_permitted");
    }
}

TEST(District, AChangeConflictsWithReportsUnderWay) {
    World world;
    const Result<Decision> report_under_way =
        world.decide("volunteer-1", report(wire::REPORT_KIND_FIRE, in_g1()));
    world.run("admin", put(grid("g9", "dongsheng")));
    ASSERT_TRUE(report_under_way);
    EXPECT_THAT(read_names(*report_under_way), Contains("set/district=7"));
    EXPECT_EQ(world.state.set_version("district"), 8);
}

TEST(District, TheLastAdministratorStays) {
    World world;
    EXPECT_EQ(world.refused("admin", revoke_person("admin")), code::wrong_state);
    EXPECT_EQ(world.refused("admin", revoke_device("admin-phone")), code::wrong_state);
    wire::Person plain = *world.state.person("admin");
    plain.clear_grants();
    plain.add_grants()->set_role(wire::ROLE_VOLUNTEER);
    EXPECT_EQ(world.refused("admin", put(plain)), code::wrong_state);

    // A second one that has no device yet helps nobody.
    wire::Person second;
    second.set_id("admin-2");
    second.set_name("Second");
    second.add_grants()->set_role(wire::ROLE_ADMIN);
    world.run("admin", put(second));
    EXPECT_EQ(world.refused("admin", revoke_person("admin")), code::wrong_state);

    const std::string phone =
        world.run("admin", add_device("admin-2", std::string(32, '2'))).receipt.subject_id();
    const Decision left = world.run("admin", revoke_device("admin-phone"));
    // Who stays must stay until this is stored: two who revoke each other at once cannot both.
    EXPECT_THAT(read_names(left),
                testing::IsSupersetOf({"device/" + phone + "=1", std::string("person/admin-2=1")}));
    EXPECT_EQ(world.state.device("admin-phone")->device().revoked(), true);
}

TEST(District, AnAdministratorGoesWhileAnotherStays) {
    World world;
    wire::Person second;
    second.set_id("admin-2");
    second.set_name("Second");
    second.add_grants()->set_role(wire::ROLE_ADMIN);
    world.run("admin", put(second));
    world.run("admin", add_device("admin-2", std::string(32, '2')));
    const Decision gone = world.run("admin", revoke_person("admin-2"));
    EXPECT_THAT(read_names(gone), Contains("device/admin-phone=1"));
    EXPECT_EQ(world.refused("admin", revoke_person("admin")), code::wrong_state);
}

}  // namespace
}  // namespace tocsin::domain::test
