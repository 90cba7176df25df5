// Who may put and see photos and voice, asked of the district through either of two hubs.
#include <set>

#include "hub/log/media_seal.hpp"
#include "hub/log/memory_media_store.hpp"
#include "tests/unit/district_fixture.hpp"

namespace tocsin::test {
namespace {

namespace code = domain::code;
namespace store = domain::store;

class MediaTest : public testing::Test {
protected:
    MediaTest() : one_(world_.add_hub()) {
        world_.furnish(one_);
        two_ = &world_.add_hub();
    }

    store::Media made_by(const std::string& person) {
        store::Media media;
        media.mutable_media()->set_media_id(world_.uuid());
        media.mutable_media()->set_kind(wire::MEDIA_KIND_PHOTO);
        media.set_version(1);
        media.set_uploader_person_id(person);
        media.set_key(std::string(log::kKeyBytes, 'k'));
        media.set_stored_time_ms(world_.now_ms);
        return media;
    }

    // The refusal's code, or empty.
    std::string put(const store::Media& media) {
        std::optional<domain::Result<log::StateWrite>> sealed;
        one_.core.seal_upload(
            media, [&](domain::Result<log::StateWrite> given) { sealed = std::move(given); });
        world_.run();
        if (!*sealed) {
            return sealed->error().code;
        }
        EXPECT_EQ((**sealed).bytes.find("kkkk"), std::string::npos) << "the key is in the clear";
        bool is_stored = false;
        files_.put({media.media().media_id(), {"chunk"}, **sealed},
                   [&](log::StoreResult<log::Done> done) { is_stored = done.has_value(); });
        files_.run();
        EXPECT_TRUE(is_stored);
        return {};
    }

    std::string find(World::Hub& hub, const std::string& person, const std::string& id) {
        std::optional<domain::Result<store::Media>> found;
        hub.core.find_media(
            person, id, [&](domain::Result<store::Media> given) { found = std::move(given); });
        world_.run();
        if (!found) {
            return "no answer";
        }
        return *found ? (**found).media().media_id() : found->error().code;
    }

    World world_;
    World::Hub& one_;
    World::Hub* two_ = nullptr;
    log::MemoryMediaStore files_{world_.log};
};

TEST_F(MediaTest, UntilItIsAttachedItsUploaderAloneFindsIt) {
    const store::Media media = made_by("volunteer");
    ASSERT_EQ(put(media), "");
    const std::string& id = media.media().media_id();
    for (World::Hub* hub : {&one_, two_}) {
        EXPECT_EQ(find(*hub, "volunteer", id), id);
        for (const char* other : {"officer-west", "bureau", "admin", "nobody"}) {
            EXPECT_EQ(find(*hub, other, id), code::not_found) << other;
        }
        EXPECT_EQ(find(*hub, "volunteer", world_.uuid()), code::not_found);
    }
}

TEST_F(MediaTest, WhoSendsNothingPutsNothing) {
    EXPECT_EQ(put(made_by("admin")), code::not_permitted);
    EXPECT_EQ(put(made_by("nobody")), code::not_permitted);
}

class AttachTest : public MediaTest {
protected:
    // A report of the volunteer's inside the west station's ground.
    wire::Receipt reported(wire::ReportKind kind = wire::REPORT_KIND_ASSIST) {
        const auto receipt = world_.tell(one_, "volunteer", world_.report(kind, 45.55, 126.65));
        EXPECT_TRUE(receipt);
        return receipt.value_or(wire::Receipt());
    }
    std::string upload(const std::string& person) {
        const store::Media media = made_by(person);
        EXPECT_EQ(put(media), "");
        return media.media().media_id();
    }
    wire::Command amend(const std::string& report_id, const std::vector<std::string>& media_ids) {
        wire::Command command;
        command.set_id(world_.uuid());
        command.mutable_amend_report()->set_report_id(report_id);
        command.mutable_amend_report()->mutable_media_ids()->Assign(media_ids.begin(),
                                                                    media_ids.end());
        return command;
    }
    std::string told(World::Hub& hub, const std::string& person, const wire::Command& command) {
        const auto receipt = world_.tell(hub, person, command);
        return receipt ? "stored" : receipt.error().code;
    }
};

TEST_F(AttachTest, AnAmendmentBringsThePhotoToThoseWhoSeeTheReport) {
    const wire::Receipt report = reported();
    const std::string first = upload("volunteer");
    const std::string second = upload("volunteer");
    ASSERT_EQ(told(one_, "volunteer", amend(report.report_id(), {first, second})), "stored");
    const auto seen = one_.shard.seen_by({{"station/west", store::VIEW_OFFICER}});
    ASSERT_FALSE(seen.empty());
    const wire::Amendment& amendment = seen.back().statement().amendment();
    ASSERT_EQ(amendment.media_size(), 2);
    EXPECT_EQ(amendment.media(0).media_id(), first);
    for (World::Hub* hub : {&one_, two_}) {
        for (const char* person : {"volunteer", "officer-west", "bureau"}) {
            EXPECT_EQ(find(*hub, person, first), first) << person;
        }
        for (const char* person : {"admin", "officer-east", "nobody"}) {
            EXPECT_EQ(find(*hub, person, first), code::not_found) << person;
        }
    }
    // A hub that starts later knows it, too.
    EXPECT_EQ(find(world_.add_hub(), "officer-west", second), second);
}

TEST_F(AttachTest, AFileIsAttachedOnceAndByItsUploaderAlone) {
    const wire::Receipt report = reported();
    const wire::Receipt other = reported();
    const std::string id = upload("volunteer");
    const std::string foreign = upload("officer-west");
    EXPECT_EQ(told(one_, "volunteer", amend(report.report_id(), {world_.uuid()})),
              code::unknown_media);
    EXPECT_EQ(told(one_, "volunteer", amend(report.report_id(), {foreign})), code::unknown_media);
    EXPECT_EQ(told(one_, "volunteer", amend(report.report_id(), {id, id})), code::value_invalid);
    EXPECT_EQ(told(one_, "volunteer", amend(report.report_id(), {"../../etc"})), code::id_invalid);
    EXPECT_EQ(told(one_,
                   "volunteer",
                   amend(report.report_id(), std::vector<std::string>(9, world_.uuid()))),
              code::too_many);
    EXPECT_EQ(told(one_, "volunteer", amend(report.report_id(), {id})), "stored");
    for (World::Hub* hub : {&one_, two_}) {
        EXPECT_EQ(told(*hub, "volunteer", amend(other.report_id(), {id})), code::media_attached);
    }
}

TEST_F(AttachTest, TwoHubsCannotAttachOneFileTwice) {
    const wire::Receipt report = reported();
    const wire::Receipt other = reported();
    const std::string id = upload("volunteer");
    const auto here = world_.ask(one_, "volunteer", amend(report.report_id(), {id}));
    const auto there = world_.ask(*two_, "volunteer", amend(other.report_id(), {id}));
    world_.run();
    world_.pass(3'000);
    ASSERT_TRUE(here->has_value() && there->has_value());
    EXPECT_NE((*here)->has_value(), (*there)->has_value());
    const auto& refused = (*here)->has_value() ? **there : **here;
    EXPECT_EQ(refused.error().code, code::media_attached);
}

TEST_F(AttachTest, ANoticesPhotoIsForAllWhoSeeTheNotice) {
    const std::string id = upload("officer-west");
    wire::Command command;
    command.set_id(world_.uuid());
    wire::IssueNotice& notice = *command.mutable_issue_notice();
    notice.set_kind(wire::NOTICE_KIND_ADVISORY);
    notice.set_text("ice");
    notice.add_area_ids("west");
    notice.add_media_ids(id);
    ASSERT_EQ(told(one_, "officer-west", command), "stored");
    EXPECT_EQ(find(*two_, "officer-west", id), id);
    EXPECT_EQ(find(*two_, "bureau", id), id);
    EXPECT_EQ(find(*two_, "nobody", id), code::not_found);
}

TEST_F(AttachTest, WhatIsAttachedIsTold) {
    struct Heard final : session::MediaListener {
        void on_attached(std::string media_id) override { ids.insert(std::move(media_id)); }
        std::set<std::string> ids;
    } heard;
    two_->core.set_media_listener(heard);
    const wire::Receipt report = reported();
    const std::string id = upload("volunteer");
    ASSERT_EQ(told(one_, "volunteer", amend(report.report_id(), {id})), "stored");
    world_.run();
    EXPECT_EQ(heard.ids, std::set<std::string>{id});
}

}  // namespace
}  // namespace tocsin::test
