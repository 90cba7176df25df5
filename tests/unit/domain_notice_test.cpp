// What a notice comes to: to whom, for how long, in whose name, with which words that nobody can
// switch off.
#include <gmock/gmock.h>

#include "domain_world.hpp"

namespace tocsin::domain::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr auto kLookout = wire::NOTICE_KIND_LOOKOUT;
constexpr auto kMissing = wire::NOTICE_KIND_MISSING_PERSON;
constexpr auto kAdvisory = wire::NOTICE_KIND_ADVISORY;

TEST(Notice, ALookoutOfAStation) {
    World world;
    wire::Command command = notice(kLookout, {"g1", "dongsheng", "g1"});
    *command.mutable_issue_notice()->mutable_place() = in_g1();
    command.mutable_issue_notice()->mutable_place()->set_coarse(true);
    const Decision decision = world.run("officer-baoguo", command);
    EXPECT_EQ(decision.event.kind(), wire::EVENT_KIND_NOTICE_ISSUED);
    EXPECT_EQ(decision.event.lane(), wire::LANE_ROUTINE);
    EXPECT_EQ(decision.receipt.lane(), wire::LANE_ROUTINE);
    const store::Notice& stored = decision.event.notice();
    EXPECT_EQ(decision.receipt.notice_id(), stored.notice().id());
    EXPECT_TRUE(is_uuid(stored.notice().id()));
    EXPECT_EQ(stored.lane(), wire::LANE_ROUTINE);
    EXPECT_EQ(stored.notice().version(), 1);
    EXPECT_EQ(stored.notice().state(), wire::NOTICE_STATE_ACTIVE);
    EXPECT_EQ(stored.notice().text(), "Look out");
    EXPECT_FALSE(stored.notice().place().coarse());
    EXPECT_THAT(stored.notice().area_ids(), ElementsAre("g1", "dongsheng")) << "each once";
    EXPECT_EQ(stored.notice().station_id(), "baoguo");
    EXPECT_EQ(stored.notice().issued_time_ms(), kNow);
    EXPECT_EQ(stored.notice().until_time_ms(), kNow + 72LL * 60 * 60 * 1000);
    EXPECT_EQ(stored.notice().issued_by_person_id(), "officer-baoguo");
    EXPECT_EQ(stored.notice().issued_by_name(), "Name of officer-baoguo");
    EXPECT_THAT(stored.notice().instruction(),
                HasSubstr("不跟踪、不拦截、不盘问，保持距离，危险时拨打110"));
    EXPECT_THAT(
        stored.notice().instruction(),
        HasSubstr(
            "Do not follow, stop or question anybody; keep your distance; in danger call 110"));
    EXPECT_THAT(stored.station_ids(), ElementsAre("baoguo", "xinjiang"))
        << "dongsheng reaches the border";
    EXPECT_THAT(names_of(decision.event.audiences()),
                ElementsAre("area/dongsheng#PUBLIC",
                            "area/g1#PUBLIC",
                            "bureau#BUREAU",
                            "station/baoguo#CREW",
                            "station/baoguo#OFFICER",
                            "station/xinjiang#CREW",
                            "station/xinjiang#OFFICER"));
    EXPECT_THAT(
        read_names(decision),
        ElementsAre("device/officer-baoguo-phone=1", "person/officer-baoguo=1", "set/district=7"));
    EXPECT_EQ(decision.event.sets_size(), 0);
}

TEST(Notice, AMissingPersonIsAnAlarmForAreasAndTeams) {
    World world;
    const Decision decision = world.run("liaison", notice(kMissing, {"x1"}, {"four-leaf-clover"}));
    EXPECT_EQ(decision.event.lane(), wire::LANE_ALARM);
    EXPECT_EQ(decision.event.notice().lane(), wire::LANE_ALARM);
    EXPECT_EQ(decision.event.notice().notice().station_id(), "baoguo");
    EXPECT_EQ(decision.event.notice().notice().instruction(), "");
    EXPECT_THAT(names_of(decision.event.audiences()),
                ElementsAre("area/x1#PUBLIC",
                            "bureau#BUREAU",
                            "station/baoguo#CREW",
                            "station/baoguo#OFFICER",
                            "station/xinjiang#CREW",
                            "station/xinjiang#OFFICER",
                            "team/four-leaf-clover#TEAM",
                            "team/four-leaf-clover#TEAM_LEAD"));
}

TEST(Notice, ForATeamAloneOnlyTheIssuingStationAndTheBureauSeeIt) {
    World world;
    const Decision decision = world.run("liaison", notice(kMissing, {}, {"four-leaf-clover"}));
    EXPECT_THAT(names_of(decision.event.audiences()),
                ElementsAre("bureau#BUREAU",
                            "station/baoguo#CREW",
                            "station/baoguo#OFFICER",
                            "team/four-leaf-clover#TEAM",
                            "team/four-leaf-clover#TEAM_LEAD"));
}

TEST(Notice, TheBureausGoesToEveryStationItTouches) {
    World world;
    const Decision decision = world.run("bureau", notice(kAdvisory, {"pingfang"}));
    EXPECT_EQ(decision.event.notice().notice().station_id(), "");
    EXPECT_EQ(decision.event.notice().notice().instruction(), "");
    EXPECT_THAT(decision.event.notice().station_ids(),
                ElementsAre("baoguo", "lianmeng", "xinjiang"));
}

TEST(Notice, ItEndsWhenSaid) {
    World world;
    wire::Command command = notice(kLookout, {"g1"});
    command.mutable_issue_notice()->set_until_time_ms(kNow + 1);
    EXPECT_EQ(world.run("officer-baoguo", command).event.notice().notice().until_time_ms(),
              kNow + 1);
}

TEST(Notice, WhoHasTwoStationsIssuesInTheNameOfTheOneThatMay) {
    World world;
    world.add("two", {{wire::ROLE_OFFICER, "baoguo"}, {wire::ROLE_OFFICER, "xinjiang"}});
    EXPECT_EQ(world.run("two", notice(kLookout, {"x1"})).event.notice().notice().station_id(),
              "xinjiang");
    EXPECT_EQ(world.run("two", notice(kLookout, {"g1"})).event.notice().notice().station_id(),
              "baoguo");
}

TEST(Notice, Refusals) {
    World world;
    struct Row {
        const char* what;
        const char* person;
        wire::Command command;
        const char* code;
        const char* field;
    };
    const Row rows[] = {
        {"unknown area",
         "officer-baoguo",
         notice(kLookout, {"g1", "nowhere"}),
         "unknown_area",
         "command.issue_notice.area_ids[1]"},
        {"area of another station",
         "officer-baoguo",
         notice(kLookout, {"g1", "x1"}),
         "not_permitted",
         "command.issue_notice.area_ids[1]"},
        {"area above",
         "officer-baoguo",
         notice(kAdvisory, {"pingfang"}),
         "not_permitted",
         "command.issue_notice.area_ids[0]"},
        {"lookout elsewhere",
         "liaison",
         notice(kLookout, {"x1"}),
         "not_permitted",
         "command.issue_notice.area_ids[0]"},
        {"unknown team",
         "liaison",
         notice(kMissing, {"g1"}, {"nobody"}),
         "unknown_team",
         "command.issue_notice.team_ids[0]"},
        {"missing person by an officer",
         "officer-baoguo",
         notice(kMissing, {"g1"}),
         "not_permitted",
         "command.issue_notice"},
        {"missing person by the bureau",
         "bureau",
         notice(kMissing, {"g1"}),
         "not_permitted",
         "command.issue_notice"},
        {"a volunteer, whatever the area",
         "volunteer-1",
         notice(kLookout, {"nowhere"}),
         "not_permitted",
         "command.issue_notice"},
    };
    for (const Row& row : rows) {
        const Result<Decision> decision = world.decide(row.person, row.command);
        ASSERT_FALSE(decision) << row.what;
        EXPECT_EQ(decision.error().code, row.code) << row.what;
        EXPECT_EQ(decision.error().field, row.field) << row.what;
    }
}

}  // namespace
}  // namespace tocsin::domain::test
