// The life of a notice: released by a second officer, corrected, withdrawn, over. Every step that
// is not allowed is refused with its code and changes nothing.
#include <gmock/gmock.h>

#include "domain_world.hpp"
#include "hub/domain/notice.hpp"

namespace tocsin::domain::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr auto kLookout = wire::NOTICE_KIND_LOOKOUT;
constexpr auto kMissing = wire::NOTICE_KIND_MISSING_PERSON;
constexpr auto kAdvisory = wire::NOTICE_KIND_ADVISORY;
constexpr std::int64_t kHour = 60LL * 60 * 1000;

const wire::Notice& now_of(const World& world, const std::string& id) {
    return world.state.notice(id)->notice();
}

TEST(NoticeLife, ALookoutThatIdentifiesAPersonWaitsForASecondOfficer) {
    World world;
    const Decision proposed = world.run("officer-baoguo", identifying({"g1"}));
    const std::string id = proposed.receipt.notice_id();
    EXPECT_EQ(proposed.event.kind(), wire::EVENT_KIND_NOTICE_PROPOSED);
    EXPECT_EQ(now_of(world, id).state(), wire::NOTICE_STATE_AWAITING_RELEASE);
    EXPECT_EQ(now_of(world, id).case_number(), "A2026-1");
    EXPECT_THAT(names_of(proposed.event.audiences()),
                ElementsAre("bureau#BUREAU", "station/baoguo#OFFICER"))
        << "nobody but those who may release it";
    EXPECT_FALSE(in_force(now_of(world, id), kNow));

    EXPECT_EQ(world.refused("officer-baoguo", release(id, 1)), "needs_second_officer");
    const Decision released = world.run("officer-baoguo-2", release(id, 1));
    EXPECT_EQ(released.event.kind(), wire::EVENT_KIND_NOTICE_RELEASED);
    EXPECT_EQ(released.event.lane(), wire::LANE_ROUTINE);
    EXPECT_TRUE(in_force(now_of(world, id), kNow));
    EXPECT_THAT(now_of(world, id).instruction(), HasSubstr("110"));
    EXPECT_THAT(
        names_of(released.event.audiences()),
        ElementsAre(
            "area/g1#PUBLIC", "bureau#BUREAU", "station/baoguo#CREW", "station/baoguo#OFFICER"));
    const auto& steps = now_of(world, id).steps();
    ASSERT_EQ(steps.size(), 2);
    EXPECT_EQ(steps[0].act(), wire::NOTICE_ACT_ISSUED);
    EXPECT_EQ(steps[0].person_id(), "officer-baoguo");
    EXPECT_EQ(steps[1].act(), wire::NOTICE_ACT_RELEASED);
    EXPECT_EQ(steps[1].person_id(), "officer-baoguo-2");
    EXPECT_EQ(steps[1].desk(), "station/baoguo");
}

TEST(NoticeLife, WhoMayRelease) {
    World world;
    const std::string id = world.run("officer-baoguo", identifying({"g1"})).receipt.notice_id();
    const std::pair<const char*, const char*> rows[] = {
        {"officer-baoguo", "needs_second_officer"},
        {"officer-baoguo-2", ""},
        {"liaison", ""},
        {"bureau", ""},
        {"officer-xinjiang", "unknown_notice"},
        {"auxiliary", "not_permitted"},
        {"volunteer-1", "not_permitted"},
        {"grid-worker-1", "not_permitted"},
        {"searcher", "not_permitted"},
        {"fire-desk", "not_permitted"},
        {"admin", "not_permitted"},
    };
    for (const auto& [person, code] : rows) {
        EXPECT_EQ(world.refused(person, release(id, 1)), code) << person;
    }
    const std::string of_bureau = world.run("bureau", identifying({"g1"})).receipt.notice_id();
    world.add("bureau-2", {{wire::ROLE_BUREAU, ""}});
    EXPECT_EQ(world.refused("officer-baoguo", release(of_bureau, 1)), "unknown_notice");
    EXPECT_EQ(world.refused("bureau", release(of_bureau, 1)), "needs_second_officer");
    EXPECT_EQ(world.refused("bureau-2", release(of_bureau, 1)), "");
}

TEST(NoticeLife, WhoCorrectedItLastMayNotReleaseIt) {
    World world;
    const std::string id = world.run("officer-baoguo", identifying({"g1"})).receipt.notice_id();
    const Decision corrected = world.run("liaison", correct_to(id, "Plate B 12345", true));
    EXPECT_EQ(corrected.event.kind(), wire::EVENT_KIND_NOTICE_PROPOSED);
    EXPECT_EQ(corrected.event.audiences_size(), 2) << "still nobody else";
    EXPECT_EQ(world.refused("liaison", release(id, 2)), "needs_second_officer");
    EXPECT_EQ(world.refused("officer-baoguo", release(id, 1)), "changed_meanwhile")
        << "not the version that was read";
    EXPECT_EQ(world.refused("officer-baoguo", release(id, 2)), "");
}

TEST(NoticeLife, ACorrectionReachesWhoeverSawTheFirst) {
    World world;
    const Decision first = world.run("officer-baoguo", notice(kAdvisory, {"dongsheng"}));
    const std::string id = first.receipt.notice_id();
    world.now += 1000;
    wire::Command command = correct(id, "Ice on both bridges");
    *command.mutable_correct_notice()->mutable_place() = in_g1();
    command.mutable_correct_notice()->set_until_time_ms(kNow + kHour);
    const Decision second = world.run("bureau", command);
    EXPECT_EQ(second.event.kind(), wire::EVENT_KIND_NOTICE_CORRECTED);
    EXPECT_EQ(second.event.lane(), wire::LANE_ROUTINE);
    EXPECT_EQ(names_of(second.event.audiences()), names_of(first.event.audiences()));
    const wire::Notice& notice = now_of(world, id);
    EXPECT_EQ(notice.version(), 2);
    EXPECT_EQ(notice.text(), "Ice on both bridges");
    EXPECT_EQ(notice.reason(), "Wrong before");
    EXPECT_EQ(notice.until_time_ms(), kNow + kHour);
    EXPECT_EQ(notice.changed_time_ms(), kNow + 1000);
    EXPECT_EQ(notice.issued_time_ms(), kNow);
    EXPECT_EQ(notice.station_id(), "baoguo") << "whoever corrects it";
    EXPECT_EQ(notice.steps(1).desk(), "bureau");
}

TEST(NoticeLife, WhatACorrectionLeavesUnsetStays) {
    World world;
    wire::Command lookout = notice(kLookout, {"g1"});
    *lookout.mutable_issue_notice()->mutable_place() = in_g1();
    const std::string id = world.run("officer-baoguo", lookout).receipt.notice_id();
    wire::Command longer;
    longer.mutable_correct_notice()->set_notice_id(id);
    longer.mutable_correct_notice()->set_until_time_ms(kNow + 5 * kHour);
    world.run("officer-baoguo", longer);
    EXPECT_EQ(now_of(world, id).text(), "Look out");
    EXPECT_TRUE(now_of(world, id).has_place());
    EXPECT_EQ(now_of(world, id).state(), wire::NOTICE_STATE_ACTIVE);
    EXPECT_THAT(now_of(world, id).instruction(), HasSubstr("不跟踪")) << "nobody can switch it off";
}

TEST(NoticeLife, ACorrectionThatIdentifiesSuspendsWhatWasSeen) {
    World world;
    const Decision first = world.run("officer-baoguo", notice(kLookout, {"dongsheng"}));
    const std::string id = first.receipt.notice_id();
    const Decision suspended = world.run("officer-baoguo", correct_to(id, "Plate A 12345", true));
    EXPECT_EQ(suspended.event.kind(), wire::EVENT_KIND_NOTICE_CORRECTED);
    EXPECT_EQ(suspended.event.lane(), wire::LANE_ALARM) << "a recall of what they were told";
    EXPECT_EQ(now_of(world, id).state(), wire::NOTICE_STATE_AWAITING_RELEASE);
    EXPECT_THAT(names_of(suspended.event.audiences()),
                ElementsAre("area/dongsheng#PUBLIC",
                            "bureau#BUREAU",
                            "station/baoguo#CREW",
                            "station/baoguo#OFFICER",
                            "station/xinjiang#CREW",
                            "station/xinjiang#NEIGHBOUR"))
        << "everybody who saw the first, and its new text only to those who may release it";
    const Decision released = world.run("officer-baoguo-2", release(id, 2));
    EXPECT_EQ(names_of(released.event.audiences()), names_of(first.event.audiences()));
    EXPECT_EQ(released.event.lane(), wire::LANE_ALARM) << "a lane is never lowered";
}

TEST(NoticeLife, AWithdrawalIsAnAlarmForWhoeverSawIt) {
    World world;
    const Decision first = world.run("liaison", notice(kLookout, {"dongsheng"}));
    const std::string id = first.receipt.notice_id();
    const Decision withdrawn = world.run("officer-baoguo", withdraw(id));
    EXPECT_EQ(withdrawn.event.kind(), wire::EVENT_KIND_NOTICE_WITHDRAWN);
    EXPECT_EQ(withdrawn.event.lane(), wire::LANE_ALARM);
    EXPECT_EQ(names_of(withdrawn.event.audiences()), names_of(first.event.audiences()));
    EXPECT_EQ(now_of(world, id).reason(), "Found");
    EXPECT_FALSE(in_force(now_of(world, id), kNow));
}

TEST(NoticeLife, P5_WordsThatNobodyReleasedStaySoWhenTheyAreWithdrawn) {
    World world;
    const std::string id =
        world.run("officer-baoguo", notice(kLookout, {"dongsheng"})).receipt.notice_id();
    world.run("officer-baoguo", correct_to(id, "Plate A 12345", true));
    EXPECT_TRUE(is_unreleased(*world.state.notice(id)));
    world.run("officer-baoguo-2", release(id, 2));
    EXPECT_FALSE(is_unreleased(*world.state.notice(id)));
    world.run("officer-baoguo", correct_to(id, "Plate B 54321", true));
    const Decision withdrawn = world.run("officer-baoguo", withdraw(id));
    EXPECT_THAT(names_of(withdrawn.event.audiences()),
                ElementsAre("area/dongsheng#PUBLIC",
                            "bureau#BUREAU",
                            "station/baoguo#CREW",
                            "station/baoguo#OFFICER",
                            "station/xinjiang#CREW",
                            "station/xinjiang#NEIGHBOUR"))
        << "everybody who saw the first, and its words only to those who might have released them";
    const store::Notice& now = *world.state.notice(id);
    EXPECT_TRUE(is_unreleased(now));
    for (const store::View view :
         {store::VIEW_PUBLIC, store::VIEW_TEAM, store::VIEW_NEIGHBOUR, store::VIEW_CREW}) {
        EXPECT_FALSE(reads_words(now, view)) << view;
    }
    EXPECT_TRUE(reads_words(now, store::VIEW_OFFICER));
    EXPECT_TRUE(reads_words(now, store::VIEW_BUREAU));
}

TEST(NoticeLife, WhatWasReleasedOrNeededNoReleaseIsReadByTheCrewWhenWithdrawn) {
    World world;
    const std::string plain =
        world.run("officer-baoguo", notice(kLookout, {"g1"})).receipt.notice_id();
    const std::string plate = world.run("officer-baoguo", identifying({"g1"})).receipt.notice_id();
    world.run("liaison", release(plate, 1));
    const std::string relabelled =
        world.run("officer-baoguo", identifying({"g1"})).receipt.notice_id();
    world.run("officer-baoguo", correct_to(relabelled, "A van", false));
    for (const std::string& id : {plain, plate, relabelled}) {
        world.run("officer-baoguo", withdraw(id));
        EXPECT_TRUE(reads_words(*world.state.notice(id), store::VIEW_CREW));
        EXPECT_FALSE(reads_words(*world.state.notice(id), store::VIEW_PUBLIC));
    }
}

TEST(NoticeLife, ASecondOfficerWhoDoesNotAgreeWithdrawsAndNobodyElseLearnsOfIt) {
    World world;
    const std::string id = world.run("officer-baoguo", identifying({"g1"})).receipt.notice_id();
    const Decision withdrawn = world.run("liaison", withdraw(id));
    EXPECT_EQ(withdrawn.event.lane(), wire::LANE_ROUTINE);
    EXPECT_THAT(names_of(withdrawn.event.audiences()),
                ElementsAre("bureau#BUREAU", "station/baoguo#OFFICER"));
}

TEST(NoticeLife, WhoMayCorrectAndWithdraw) {
    World world;
    const std::string id =
        world.run("liaison", notice(kMissing, {"g1"}, {"four-leaf-clover"})).receipt.notice_id();
    const std::pair<const char*, const char*> rows[] = {
        {"officer-baoguo", ""},
        {"liaison", ""},
        {"bureau", ""},
        {"officer-xinjiang", "unknown_notice"},
        {"auxiliary", "not_permitted"},
        {"volunteer-1", "not_permitted"},
        {"grid-worker-1", "not_permitted"},
        {"searcher", "not_permitted"},
        {"team-lead", "not_permitted"},
        {"fire-desk", "not_permitted"},
        {"admin", "not_permitted"},
    };
    for (const auto& [person, code] : rows) {
        EXPECT_EQ(world.refused(person, withdraw(id)), code) << person;
        EXPECT_EQ(world.refused(person, correct(id, "Other coat")), code) << person;
    }
    const std::string near =
        world.run("liaison", notice(kLookout, {"dongsheng"})).receipt.notice_id();
    EXPECT_EQ(world.refused("officer-xinjiang", withdraw(near)), "not_permitted")
        << "sees it, and may not";
}

TEST(NoticeLife, APhotoOfAPersonGoesOnIdentifyingThem) {
    World world;
    wire::Command command = identifying({"g1"});
    const std::string without = world.run("officer-baoguo", command).receipt.notice_id();
    EXPECT_EQ(world.refused("officer-baoguo", correct_to(without, "A red van", false)), "");

    const std::string id = world.run("officer-baoguo", command).receipt.notice_id();
    store::EventBody photo;
    *photo.mutable_notice() = *world.state.notice(id);
    photo.mutable_notice()->mutable_notice()->set_version(2);
    photo.mutable_notice()->mutable_notice()->add_media()->set_media_id("photo");
    world.state.apply(photo);
    const auto refused =
        world.decide("officer-baoguo", correct_to(id, "Seen him? See the photo", false));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, code::value_invalid);
    EXPECT_EQ(refused.error().field, "command.correct_notice.identifies_person");
    EXPECT_EQ(world.refused("officer-baoguo", correct_to(id, "This man", true)), "");
    EXPECT_EQ(now_of(world, id).state(), wire::NOTICE_STATE_AWAITING_RELEASE);
}

// Every state, every step: what is not allowed is refused with its code, and nothing changes.
TEST(NoticeLife, EveryTransition) {
    struct Row {
        const char* state;
        const char* correct;
        const char* withdraw;
        const char* release;
    };
    const Row rows[] = {
        {"active", "", "", "wrong_state"},
        {"awaiting", "", "", ""},
        {"suspended", "", "", ""},
        {"withdrawn", "wrong_state", "wrong_state", "wrong_state"},
        {"withdrawn while awaiting", "wrong_state", "wrong_state", "wrong_state"},
        {"over", "wrong_state", "", "wrong_state"},  // who read it may act on it still
        {"over while awaiting", "wrong_state", "", "wrong_state"},
        {"unknown", "unknown_notice", "unknown_notice", "unknown_notice"},
    };
    for (const Row& row : rows) {
        World world;
        const std::string state = row.state;
        const bool waits = state.ends_with("awaiting");
        std::string id =
            world.run("officer-baoguo", waits ? identifying({"g1"}) : notice(kLookout, {"g1"}))
                .receipt.notice_id();
        if (state == "suspended") {
            world.run("officer-baoguo", correct_to(id, "Plate A 12345", true));
        }
        if (state.starts_with("withdrawn")) {
            world.run("officer-baoguo", withdraw(id));
        }
        if (state.starts_with("over")) {
            world.now += 72 * kHour;
        }
        if (state == "unknown") {
            id = "0f0f0f0f-0000-4000-8000-000000000000";
        }
        const int version = world.state.version_of("notice/" + id);
        const std::string before = version == 0 ? "" : world.state.notice(id)->SerializeAsString();
        EXPECT_EQ(world.refused("liaison", correct_to(id, "New words", false)), row.correct)
            << row.state;
        EXPECT_EQ(world.refused("liaison", withdraw(id)), row.withdraw) << row.state;
        EXPECT_EQ(world.refused("liaison", release(id, std::max(1, version))), row.release)
            << row.state;
        EXPECT_EQ(version == 0 ? "" : world.state.notice(id)->SerializeAsString(), before)
            << row.state;
    }
}

TEST(NoticeLife, WhatMakesACorrectionWrong) {
    World world;
    const std::string lookout =
        world.run("officer-baoguo", notice(kLookout, {"g1"})).receipt.notice_id();
    const std::string plate = world.run("officer-baoguo", identifying({"g1"})).receipt.notice_id();
    const std::string advice =
        world.run("officer-baoguo", notice(kAdvisory, {"g1"})).receipt.notice_id();
    const auto refusal = [&](wire::Command command) {
        const Result<Decision> decision = world.decide("officer-baoguo", std::move(command));
        return decision ? std::string()
                        : decision.error().code + " " +
                              decision.error().field.substr(std::string("command.").size());
    };
    EXPECT_EQ(refusal(correct(lookout, "Other words")),
              "missing_field correct_notice.identifies_person");
    wire::Command no_case = correct_to(lookout, "Plate", true);
    no_case.mutable_correct_notice()->clear_case_number();
    EXPECT_EQ(refusal(no_case), "missing_field correct_notice.case_number");
    wire::Command too_long = correct_to(lookout, "Plate", true);
    too_long.mutable_correct_notice()->set_until_time_ms(kNow + 73 * kHour);
    EXPECT_EQ(refusal(too_long), "time_invalid correct_notice.until_time_ms");
    EXPECT_EQ(refusal(correct_to(advice, "Plate", true)),
              "value_invalid correct_notice.identifies_person");
    wire::Command relabelled = correct_to(plate, "", false);
    relabelled.mutable_correct_notice()->set_until_time_ms(kNow + kHour);
    EXPECT_EQ(refusal(relabelled), "missing_field correct_notice.text")
        << "the same words identify whom they did";
    wire::Command stale = correct(advice, "Ice");
    stale.mutable_correct_notice()->set_version(7);
    EXPECT_EQ(refusal(stale), "changed_meanwhile correct_notice.version");
}

TEST(NoticeLife, AtMostTwentyCorrections) {
    World world;
    const std::string id =
        world.run("officer-baoguo", notice(kAdvisory, {"g1"})).receipt.notice_id();
    for (int i = 0; i < kNoticeCorrections; ++i) {
        world.run("officer-baoguo", correct(id, "Version " + std::to_string(i)));
    }
    EXPECT_EQ(world.refused("officer-baoguo", correct(id, "Once more")), "too_many");
    EXPECT_EQ(world.refused("officer-baoguo", withdraw(id)), "") << "a recall is never refused so";
}

TEST(NoticeLife, OnlyThoseWhoMayReleaseItMayAnswerWhatWaits) {
    World world;
    const std::string id = world.run("officer-baoguo", identifying({"g1"})).receipt.notice_id();
    wire::Command sighting = report(wire::REPORT_KIND_SIGHTING, in_g1());
    sighting.mutable_submit_report()->set_notice_id(id);
    EXPECT_EQ(world.refused("volunteer-1", sighting), "unknown_notice");
    EXPECT_EQ(world.refused("auxiliary", sighting), "unknown_notice");
    EXPECT_EQ(world.refused("officer-baoguo-2", sighting), "");
}

TEST(NoticeLife, ASightingForANoticeThatIsOverOrWithdrawnIsTakenAllTheSame) {
    World world;
    const std::string id =
        world.run("officer-baoguo", notice(kLookout, {"g1"})).receipt.notice_id();
    wire::Command sighting = report(wire::REPORT_KIND_SIGHTING, in_g1());
    sighting.mutable_submit_report()->set_notice_id(id);
    world.now += 73 * kHour;
    EXPECT_EQ(world.refused("volunteer-1", sighting), "");
    world.now = kNow;
    world.run("officer-baoguo", withdraw(id));
    EXPECT_EQ(world.refused("volunteer-1", sighting), "") << "a phone may have been offline";
}

TEST(NoticeLife, TheTrailGoesFromTheLatestBackToTheFirst) {
    World world;
    const std::string id =
        world.run("officer-baoguo", notice(kLookout, {"g1", "g2"})).receipt.notice_id();
    EXPECT_EQ(world.state.trail_end(id), "");
    wire::Command sighting = report(wire::REPORT_KIND_SIGHTING, in_g1());
    sighting.mutable_submit_report()->set_notice_id(id);
    std::vector<std::string> opened;
    for (const char* person : {"volunteer-1", "volunteer-2", "volunteer-1"}) {
        const Decision decision = world.run(person, sighting);
        opened.push_back(decision.receipt.incident_id());
        EXPECT_THAT(read_names(decision),
                    testing::Contains("set/trail/" + id + "=" + std::to_string(opened.size() - 1)))
            << "two hubs cannot both add to it";
    }
    world.run("volunteer-1", report(wire::REPORT_KIND_SIGHTING, in_g1()));
    std::vector<std::string> walked;
    for (std::string at = world.state.trail_end(id); !at.empty();
         at = world.state.incident(at)->trail_previous_id()) {
        walked.insert(walked.begin(), at);
    }
    EXPECT_EQ(walked, opened);
}

}  // namespace
}  // namespace tocsin::domain::test
