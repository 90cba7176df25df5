// P5: who is shown which acknowledgements of a notice, on the bytes; P8: none stands in the clear.

#include <gtest/gtest.h>

#include "hub/log/record.hpp"
#include "hub/log/view.hpp"

namespace tocsin::log {
namespace {

namespace store = tocsin::store::v1;
namespace wire = tocsin::v1;

const domain::Random kRandom = [](std::span<unsigned char> out) {
    static unsigned char next = 0;
    for (auto& byte : out) {
        byte = next++;
    }
};

void add_member(store::Notice& notice,
                const std::string& name,
                const char* team,
                std::int64_t time_ms,
                int revision) {
    store::TeamMember& member = *notice.add_members();
    member.set_person_id(name + "-ID");
    member.set_name(name + "-NAME");
    member.add_team_ids(team);
    member.set_acknowledged_time_ms(time_ms);
    member.set_revision(revision);
}

// Of two teams, corrected once: EARLY has the first words, LATE the present ones, NOT none.
store::EventBody acknowledged(wire::EventKind kind = wire::EVENT_KIND_NOTICE_ACKNOWLEDGED) {
    store::EventBody body;
    body.set_kind(kind);
    body.set_actor_person_id("LATE-ID");
    body.set_actor_name("LATE-NAME");
    store::Notice& stored = *body.mutable_notice();
    stored.set_first_shown_version(1);
    stored.set_corrections(1);
    wire::Notice& notice = *stored.mutable_notice();
    notice.set_id("NOTICE-ID");
    notice.set_version(4);
    notice.set_kind(wire::NOTICE_KIND_MISSING_PERSON);
    notice.set_state(wire::NOTICE_STATE_ACTIVE);
    notice.set_text("NOTICE-TEXT");
    notice.set_station_id("west");
    notice.add_team_ids("clover");
    notice.add_team_ids("oak");
    add_member(stored, "EARLY", "clover", 1'000, 1);
    add_member(stored, "LATE", "clover", 2'000, 2);
    add_member(stored, "NOT", "clover", 0, 0);
    add_member(stored, "OAK", "oak", 0, 0);
    return body;
}

struct Row {
    const char* channel;
    store::View view;
    bool event, early, late, not_yet, oak;
    int revision, acknowledged, members;
};

TEST(ViewAcknowledgements, P5_EachAudienceIsToldWhatItMayKnow) {
    const Row rows[] = {
        //                                          event  early  late   not    oak    rev n  m
        {"station/west", store::VIEW_OFFICER, true, true, true, true, true, 2, 1, 4},
        {"bureau", store::VIEW_BUREAU, true, false, false, false, false, 2, 1, 4},
        {"team/clover", store::VIEW_TEAM_LEAD, true, true, true, true, false, 2, 1, 3},
        {"team/oak", store::VIEW_TEAM_LEAD, true, false, false, false, true, 2, 0, 1},
        {"team/elm", store::VIEW_TEAM_LEAD, true, false, false, false, false, 2, 0, 0},
        {"me/EARLY-ID", store::VIEW_REPORTER, true, true, false, false, false, 2, 0, 0},
        {"me/LATE-ID", store::VIEW_REPORTER, true, false, true, false, false, 2, 0, 0},
        {"me/NOT-ID", store::VIEW_REPORTER, false, false, false, false, false, 0, 0, 0},
        {"me/OTHER-ID", store::VIEW_REPORTER, false, false, false, false, false, 0, 0, 0},
        {"team/clover", store::VIEW_TEAM, true, false, false, false, false, 2, 0, 0},
        {"station/east", store::VIEW_OFFICER, true, false, false, false, false, 0, 0, 0},
        {"station/west", store::VIEW_NEIGHBOUR, true, false, false, false, false, 0, 0, 0},
        {"station/west", store::VIEW_CREW, true, false, false, false, false, 0, 0, 0},
        {"area/a", store::VIEW_PUBLIC, true, false, false, false, false, 0, 0, 0},
        {"admin", store::VIEW_ADMIN, false, false, false, false, false, 0, 0, 0},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(std::string(row.channel) + " " + store::View_Name(row.view));
        store::Audience audience;
        audience.set_channel(row.channel);
        audience.set_view(row.view);
        const auto seen = view_of(acknowledged(), audience, {3'000, 1});
        ASSERT_EQ(seen.has_value(), row.event);
        const std::string bytes = seen ? seen->SerializeAsString() : std::string();
        const auto has = [&](const char* text) { return bytes.find(text) != std::string::npos; };
        EXPECT_EQ(has("EARLY"), row.early);
        EXPECT_EQ(has("LATE"), row.late);
        EXPECT_EQ(has("NOT-ID") || has("NOT-NAME"), row.not_yet);
        EXPECT_EQ(has("OAK"), row.oak);
        if (seen) {
            EXPECT_EQ(seen->notice().revision(), row.revision);
            EXPECT_EQ(seen->notice().acknowledged_count(), row.acknowledged);
            EXPECT_EQ(seen->notice().member_count(), row.members);
            EXPECT_FALSE(seen->rings());
        }
    }
}

TEST(ViewAcknowledgements, InOrderOfTimeEachWithItsRevision) {
    store::Audience audience;
    audience.set_channel("station/west");
    audience.set_view(store::VIEW_OFFICER);
    const wire::Notice notice = view_of(acknowledged().notice(), audience);
    ASSERT_EQ(notice.acknowledgements_size(), 2);
    EXPECT_EQ(notice.acknowledgements(0).name(), "EARLY-NAME");
    EXPECT_EQ(notice.acknowledgements(0).time_ms(), 1'000);
    EXPECT_EQ(notice.acknowledgements(0).revision(), 1) << "of an earlier text";
    EXPECT_EQ(notice.acknowledgements(1).revision(), 2);
    ASSERT_EQ(notice.awaited_size(), 2);
    EXPECT_EQ(notice.awaited(0).person_id(), "NOT-ID");
}

TEST(ViewAcknowledgements, OfAVeryLargeTeamTheFirst200AndTheNumbers) {
    store::Notice notice = acknowledged().notice();
    for (int i = 0; i < 300; ++i) {
        const bool has = i % 2 == 0;
        add_member(notice, "M" + std::to_string(i), "oak", has ? 5'000 : 0, has ? 2 : 0);
    }
    for (int i = 0; i < 300; ++i) {
        add_member(notice, "N" + std::to_string(i), "oak", 0, 0);
    }
    store::Audience audience;
    audience.set_channel("station/west");
    audience.set_view(store::VIEW_OFFICER);
    const wire::Notice seen = view_of(notice, audience);
    EXPECT_EQ(seen.acknowledgements_size(), 152);
    EXPECT_EQ(seen.awaited_size(), 200);
    EXPECT_EQ(seen.member_count(), 604);
}

TEST(ViewAcknowledgements, P8_TheyStandSealedInEventAndState) {
    const auto body = acknowledged();
    const std::string key(kKeyBytes, 'k');
    std::string all = encode_event(body, key, kRandom);
    domain::State state;
    state.apply(body);
    for (const auto& write : states_after(
             body, state, [&](const std::string&) -> std::string_view { return key; }, kRandom)) {
        all += write.bytes;
    }
    for (const char* secret : {"EARLY", "LATE", "NOT-NAME", "OAK"}) {
        EXPECT_EQ(all.find(secret), std::string::npos) << secret;
    }
    KeyRing keys;
    keys.put("notice/NOTICE-ID", key);
    const auto opened = decode_event(encode_event(body, key, kRandom), keys);
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->SerializeAsString(), body.SerializeAsString());
}

// What this hub does not know it keeps, and shows nobody: as an older hub does with this one's.
TEST(ViewAcknowledgements, AnEventOfAKindToComeIsFoldedForItsNotice) {
    const auto body = acknowledged(static_cast<wire::EventKind>(9'999));
    domain::State state;
    state.apply(body);
    EXPECT_EQ(state.notice("NOTICE-ID")->members_size(), 4);
}

}  // namespace
}  // namespace tocsin::log
