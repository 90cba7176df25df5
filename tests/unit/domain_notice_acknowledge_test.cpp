// A search team's members acknowledge a notice: who may, when, what counts, and whom it is told.
#include <gmock/gmock.h>

#include "domain_world.hpp"
#include "hub/domain/notice.hpp"

namespace tocsin::domain::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto kMissing = wire::NOTICE_KIND_MISSING_PERSON;

// With a third member of the team, whom nobody tells of, and somebody of another team.
struct Scene {
    World world;
    std::string id;

    Scene() {
        world.add("searcher-2", {{wire::ROLE_SEARCHER, "four-leaf-clover"}});
        world.add("stranger", {{wire::ROLE_SEARCHER, "other-team"}}, "x1");
        id = world.run("liaison", notice(kMissing, {"x1"}, {"four-leaf-clover"}))
                 .receipt.notice_id();
        world.now += 1'000;
    }

    const store::Notice& now() const { return *world.state.notice(id); }

    // `person revision`, or `person -` of who has not, of the members that this audience is told.
    std::vector<std::string> told(const std::string& channel, store::View view) const {
        store::Audience audience;
        audience.set_channel(channel);
        audience.set_view(view);
        std::vector<std::string> all;
        for (const store::TeamMember* member : members_shown(now(), audience)) {
            all.push_back(
                member->person_id() + " " +
                (member->acknowledged_time_ms() == 0 ? "-" : std::to_string(member->revision())));
        }
        return all;
    }
    std::vector<std::string> told_liaison() const {
        return told("station/baoguo", store::VIEW_OFFICER);
    }
};

TEST(NoticeAcknowledge, TheStationTheBureauTheLeadAndOneselfAreToldAndNobodyElse) {
    Scene scene;
    EXPECT_THAT(scene.told_liaison(), ElementsAre("searcher -", "searcher-2 -", "team-lead -"));
    const Decision done = scene.world.run("searcher", acknowledge_notice(scene.id));
    EXPECT_EQ(done.event.kind(), wire::EVENT_KIND_NOTICE_ACKNOWLEDGED);
    EXPECT_EQ(done.event.lane(), wire::LANE_ROUTINE) << "though the notice is an alarm";
    EXPECT_FALSE(done.event.rings());
    EXPECT_EQ(done.receipt.notice_id(), scene.id);
    EXPECT_THAT(names_of(done.event.audiences()),
                ElementsAre("bureau#BUREAU",
                            "me/searcher#REPORTER",
                            "station/baoguo#OFFICER",
                            "team/four-leaf-clover#TEAM_LEAD"));
    EXPECT_THAT(scene.told_liaison(), ElementsAre("searcher 1", "searcher-2 -", "team-lead -"));
    EXPECT_THAT(scene.told("bureau", store::VIEW_BUREAU), testing::SizeIs(3));
    EXPECT_THAT(scene.told("team/four-leaf-clover", store::VIEW_TEAM_LEAD), testing::SizeIs(3));
    EXPECT_THAT(scene.told("team/other-team", store::VIEW_TEAM_LEAD), IsEmpty());
    EXPECT_THAT(scene.told("me/searcher", store::VIEW_REPORTER), ElementsAre("searcher 1"));
    EXPECT_THAT(scene.told("me/searcher-2", store::VIEW_REPORTER), IsEmpty());
    EXPECT_THAT(scene.told("station/xinjiang", store::VIEW_OFFICER), IsEmpty());
    EXPECT_THAT(scene.told("station/baoguo", store::VIEW_CREW), IsEmpty());
    EXPECT_THAT(scene.told("team/four-leaf-clover", store::VIEW_TEAM), IsEmpty());
    EXPECT_THAT(scene.told("area/x1", store::VIEW_PUBLIC), IsEmpty());
    const wire::Notice& notice = scene.now().notice();
    EXPECT_EQ(notice.version(), 2);
    EXPECT_EQ(notice.changed_time_ms(), kNow) << "it says what it said";
    EXPECT_EQ(notice.steps_size(), 1);
    EXPECT_EQ(notice.acknowledgements_size(), 0) << "each audience gets its own";
}

TEST(NoticeAcknowledge, WhoMay) {
    const std::pair<const char*, const char*> rows[] = {
        {"searcher", ""},
        {"searcher-2", ""},
        {"team-lead", ""},
        {"stranger", "not_permitted"},  // sees it, for living in an area that it is for
        {"volunteer-1", "not_permitted"},
        {"volunteer-3", "not_permitted"},
        {"grid-worker-1", "not_permitted"},
        {"auxiliary", "not_permitted"},
        {"officer-baoguo", "not_permitted"},
        {"liaison", "not_permitted"},
        {"bureau", "not_permitted"},
        {"fire-desk", "not_permitted"},
        {"admin", "not_permitted"},
    };
    Scene scene;
    for (const auto& [person, code] : rows) {
        EXPECT_EQ(scene.world.refused(person, acknowledge_notice(scene.id)), code) << person;
    }
    scene.world.add("outsider", {{wire::ROLE_SEARCHER, "other-team"}}, "g1");
    EXPECT_EQ(scene.world.refused("outsider", acknowledge_notice(scene.id)), "unknown_notice");
    EXPECT_EQ(scene.world.refused("searcher", acknowledge_notice("no-such-notice")),
              "unknown_notice");
    const std::string lookout =
        scene.world.run("officer-baoguo", notice(wire::NOTICE_KIND_LOOKOUT, {"g2"}))
            .receipt.notice_id();
    EXPECT_EQ(scene.world.refused("searcher", acknowledge_notice(lookout)), "not_permitted")
        << "sees it, as everybody who lives there";
}

TEST(NoticeAcknowledge, OnlyWhileItIsInForce) {
    {
        Scene scene;
        scene.world.run("liaison", withdraw(scene.id));
        EXPECT_EQ(scene.world.refused("searcher", acknowledge_notice(scene.id)), "wrong_state");
    }
    Scene scene;
    scene.world.now += kNoticeDefaultMs;
    const auto late = scene.world.decide("searcher", acknowledge_notice(scene.id));
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, "wrong_state");
    EXPECT_EQ(late.error().field, "command.acknowledge_notice.notice_id");
    // As an older hub, or one to come, might leave it.
    store::EventBody suspended;
    *suspended.mutable_notice() = scene.now();
    suspended.mutable_notice()->mutable_notice()->set_version(9);
    suspended.mutable_notice()->mutable_notice()->set_state(wire::NOTICE_STATE_AWAITING_RELEASE);
    suspended.mutable_notice()->mutable_notice()->set_until_time_ms(scene.world.now + 1);
    scene.world.state.apply(suspended);
    EXPECT_EQ(scene.world.refused("searcher", acknowledge_notice(scene.id)), "wrong_state");
}

TEST(NoticeAcknowledge, ASecondTimeChangesNothingAndIsToldWhenTheFirstWas) {
    Scene scene;
    scene.world.run("searcher", acknowledge_notice(scene.id));
    scene.world.now += 60'000;
    const auto again = scene.world.decide("searcher", acknowledge_notice(scene.id, 1));
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, "already_acknowledged");
    EXPECT_EQ(again.error().field, "command.acknowledge_notice.notice_id");
    EXPECT_THAT(again.error().message, HasSubstr("2023-11-14 22:13:21 UTC"));
    EXPECT_THAT(scene.told_liaison(), ElementsAre("searcher 1", "searcher-2 -", "team-lead -"));
}

TEST(NoticeAcknowledge, ACorrectionLeavesThoseOfAnEarlierText) {
    Scene scene;
    scene.world.run("searcher", acknowledge_notice(scene.id));
    const Decision corrected = scene.world.run("liaison", correct(scene.id, "Blue coat"));
    EXPECT_EQ(revision_of(scene.now()), 2);
    EXPECT_THAT(scene.told_liaison(), ElementsAre("searcher 1", "searcher-2 -", "team-lead -"));
    EXPECT_THAT(names_of(corrected.event.audiences()), testing::Contains("me/searcher#REPORTER"));
    EXPECT_THAT(names_of(corrected.event.audiences()),
                testing::Not(testing::Contains("me/searcher-2#REPORTER")));
    // Given without signal, of what stood on the screen.
    scene.world.run("searcher-2", acknowledge_notice(scene.id, 1));
    scene.world.run("searcher", acknowledge_notice(scene.id, 2));
    EXPECT_THAT(scene.told_liaison(), ElementsAre("searcher 2", "searcher-2 1", "team-lead -"));
    EXPECT_EQ(scene.world.refused("searcher", acknowledge_notice(scene.id, 1)),
              "already_acknowledged");
    const auto early = scene.world.decide("team-lead", acknowledge_notice(scene.id, 3));
    ASSERT_FALSE(early);
    EXPECT_EQ(early.error().code, "value_invalid");
    EXPECT_EQ(early.error().field, "command.acknowledge_notice.revision");
}

TEST(NoticeAcknowledge, WhoReadBeforeAnAcknowledgementHasReadWhatItSays) {
    Scene scene;
    scene.world.run("searcher", acknowledge_notice(scene.id));
    scene.world.run("team-lead", acknowledge_notice(scene.id));
    wire::Command command = correct(scene.id, "Blue coat");
    command.mutable_correct_notice()->set_version(1);
    EXPECT_EQ(scene.world.run("liaison", command).event.notice().notice().version(), 4);
    EXPECT_EQ(scene.world.refused("liaison", command), "changed_meanwhile");
    command.mutable_correct_notice()->set_version(9);
    EXPECT_EQ(scene.world.refused("liaison", command), "changed_meanwhile");
}

TEST(NoticeAcknowledge, WhoLeavesTheTeamSeesNoMoreOfItAndHasAcknowledgedItAllTheSame) {
    Scene scene;
    scene.world.run("searcher", acknowledge_notice(scene.id));
    for (const char* leaver : {"searcher", "searcher-2"}) {
        store::EventBody event;
        *event.mutable_person() = *scene.world.state.person(leaver);
        event.mutable_person()->set_version(2);
        event.mutable_person()->clear_grants();
        event.mutable_person()->add_grants()->set_role(wire::ROLE_VOLUNTEER);
        scene.world.state.apply(event);
    }
    EXPECT_EQ(view_of_notice(scene.world.state, *scene.world.state.person("searcher"), scene.now()),
              store::VIEW_UNSPECIFIED);
    EXPECT_EQ(scene.world.refused("searcher-2", acknowledge_notice(scene.id)), "not_permitted");
    scene.world.run("liaison", correct(scene.id, "Blue coat"));
    EXPECT_THAT(scene.told_liaison(), ElementsAre("searcher 1", "team-lead -"));
}

TEST(NoticeAcknowledge, ItRestsOnThePersonTheNoticeAndTheTeams) {
    Scene scene;
    const Decision done = scene.world.run("searcher", acknowledge_notice(scene.id));
    EXPECT_THAT(read_names(done),
                ElementsAre("device/searcher-phone=1",
                            "notice/" + scene.id + "=1",
                            "person/searcher=1",
                            "set/district=7"));
    EXPECT_EQ(subject_to_load(World().state, acknowledge_notice(scene.id)), "notice/" + scene.id);
}

}  // namespace
}  // namespace tocsin::domain::test
