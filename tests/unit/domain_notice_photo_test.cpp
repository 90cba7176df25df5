// A notice's photo is seen by whoever reads its words, and by nobody once they are recalled.
#include <gmock/gmock.h>

#include "domain_world.hpp"
#include "hub/domain/access.hpp"
#include "hub/domain/notice.hpp"

namespace tocsin::domain::test {
namespace {

class NoticePhoto : public testing::Test {
protected:
    // A lookout for g1 with a photo, by officer-baoguo.
    std::string issue(bool identifies) {
        wire::Command command = notice(wire::NOTICE_KIND_LOOKOUT, {"g1"});
        auto& given = *command.mutable_issue_notice();
        given.set_identifies_person(identifies);
        given.set_case_number(identifies ? "A-1" : "");
        const std::string id = world.run("officer-baoguo", command).receipt.notice_id();
        photo.set_notice_id(id);
        photo.set_uploader_person_id("officer-baoguo");
        return id;
    }
    bool sees(const char* person) {
        return may_see_media(world.state, *world.state.person(person), photo, world.now);
    }

    World world;
    store::Media photo;
};

TEST_F(NoticePhoto, P5_IsSeenByWhoeverReadsTheNotice) {
    issue(false);
    EXPECT_TRUE(sees("volunteer-1"));
    EXPECT_TRUE(sees("auxiliary"));
    EXPECT_FALSE(sees("volunteer-3")) << "lives elsewhere";
}

TEST_F(NoticePhoto, P5_IsSeenByNobodyOutsideBeforeItsReleaseNorAfterItsRecall) {
    const std::string id = issue(true);
    EXPECT_FALSE(sees("volunteer-1"));
    EXPECT_TRUE(sees("officer-baoguo-2")) << "who may release it";
    wire::Command release;
    release.mutable_release_notice()->set_notice_id(id);
    release.mutable_release_notice()->set_version(1);
    world.run("officer-baoguo-2", release);
    EXPECT_TRUE(sees("volunteer-1"));
    wire::Command withdraw;
    withdraw.mutable_withdraw_notice()->set_notice_id(id);
    withdraw.mutable_withdraw_notice()->set_reason("Found");
    world.run("officer-baoguo", withdraw);
    EXPECT_FALSE(sees("volunteer-1")) << "it is recalled, and so is the face on it";
    EXPECT_TRUE(sees("officer-baoguo"));
}

TEST_F(NoticePhoto, P5_OfAPersonIsSeenByNobodyOutsideOnceItIsOver) {
    for (const bool identifies : {false, true}) {
        const std::string id = issue(identifies);
        if (identifies) {
            world.run("officer-baoguo-2", release(id, 1));
        }
        world.now += 72 * kHourMs - 1;
        EXPECT_TRUE(sees("volunteer-1"));
        ++world.now;
        EXPECT_EQ(sees("volunteer-1"), !identifies);
        EXPECT_TRUE(sees("auxiliary"));
        EXPECT_TRUE(sees("officer-baoguo"));
    }
}

}  // namespace
}  // namespace tocsin::domain::test
