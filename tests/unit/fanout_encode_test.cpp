// What becomes of an event on its way to many: who shares a frame, and who may not.

#include <gtest/gtest.h>

#include "hub/fanout/encode.hpp"

namespace tocsin::fanout {
namespace {

namespace store = tocsin::store::v1;
namespace wire = tocsin::v1;

store::EventBody escalation() {
    store::EventBody body;
    body.set_kind(wire::EVENT_KIND_INCIDENT_ESCALATED);
    body.set_lane(wire::LANE_ALARM);
    body.set_rings(true);
    body.mutable_incident()->set_id("i");
    body.mutable_incident()->set_version(2);
    body.mutable_incident()->set_report_count(1);
    wire::Escalation& told = *body.mutable_incident()->add_escalations();
    told.set_latest_time_ms(1);
    told.add_desks("station/west");
    return body;
}

void concern(store::EventBody& body, const char* channel, store::View view) {
    store::Audience& audience = *body.add_audiences();
    audience.set_channel(channel);
    audience.set_view(view);
}

bool rings(const Delivery& delivery) {
    wire::ServerMessage message;
    message.ParseFromString(delivery.frame->binary());
    return message.entries(0).event().rings();
}

TEST(Encode, AudiencesOfOneViewShareAFrame) {
    store::EventBody body = escalation();
    concern(body, "station/west", store::VIEW_OFFICER);
    concern(body, "station/west", store::VIEW_OFFICER);
    const EntryPtr entry = encode({1, 0}, &body);
    ASSERT_EQ(entry->deliveries.size(), 2u);
    EXPECT_EQ(entry->deliveries[0].frame, entry->deliveries[1].frame);
}

TEST(Encode, WhatRingsAtOneDeskDoesNotRingAtAnotherThatSeesTheSame) {
    store::EventBody body = escalation();
    concern(body, "station/west", store::VIEW_OFFICER);
    concern(body, "station/east", store::VIEW_OFFICER);  // issued the notice that it answers
    const EntryPtr entry = encode({1, 0}, &body);
    ASSERT_EQ(entry->deliveries.size(), 2u);
    EXPECT_TRUE(rings(entry->deliveries[0]));
    EXPECT_FALSE(rings(entry->deliveries[1]));
}

TEST(Encode, P5_WhoAcknowledgedANoticeIsInNoFrameThatAnotherStationShares) {
    store::EventBody body;
    body.set_kind(wire::EVENT_KIND_NOTICE_CORRECTED);
    wire::Notice& notice = *body.mutable_notice()->mutable_notice();
    notice.set_station_id("west");
    notice.add_team_ids("clover");
    store::TeamMember& member = *body.mutable_notice()->add_members();
    member.set_person_id("MEMBER-ID");
    member.set_name("MEMBER-NAME");
    member.set_acknowledged_time_ms(1);
    concern(body, "station/west", store::VIEW_OFFICER);
    concern(body, "station/east", store::VIEW_OFFICER);
    concern(body, "area/a", store::VIEW_PUBLIC);
    concern(body, "area/b", store::VIEW_PUBLIC);
    const EntryPtr entry = encode({1, 0}, &body);
    ASSERT_EQ(entry->deliveries.size(), 4u);
    const auto names = [&](int at) {
        return entry->deliveries[at].frame->binary().find("MEMBER") != std::string::npos;
    };
    EXPECT_TRUE(names(0));
    EXPECT_FALSE(names(1));
    EXPECT_FALSE(names(2));
    EXPECT_EQ(entry->deliveries[2].frame, entry->deliveries[3].frame);
}

}  // namespace
}  // namespace tocsin::fanout
