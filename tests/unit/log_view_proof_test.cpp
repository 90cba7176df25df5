// What each view shows of who was shown an incident, and of how it went further up.

#include <gtest/gtest.h>

#include "hub/log/view.hpp"

namespace tocsin::log {
namespace {

namespace wire = tocsin::v1;
namespace store = tocsin::store::v1;

store::Incident proven() {
    store::Incident incident;
    incident.set_id("INCIDENT-ID");
    incident.set_station_id("STATION-ID");
    incident.set_opened_time_ms(1'000);
    incident.set_shown_time_ms(3'000);
    for (const char* desk : {"station/STATION-ID", "fire"}) {
        wire::Proof& proof = *incident.add_proofs();
        proof.set_desk(desk);
        proof.set_delivered_time_ms(2'000);
        proof.set_shown_time_ms(desk[0] == 'f' ? 4'000 : 3'000);
        proof.set_shown_person_id("OFFICER-ID");
        proof.set_shown_name("OFFICER-NAME");
    }
    incident.add_escalations()->add_desks("bureau");
    return incident;
}

wire::Incident seen(const store::Incident& incident,
                    store::View view,
                    const store::Report& own = {}) {
    store::Audience audience;
    audience.set_view(view);
    *audience.mutable_own_report() = own;
    return view_of(incident, audience);
}

store::Report received(std::int64_t time_ms) {
    store::Report report;
    report.set_received_time_ms(time_ms);
    return report;
}

TEST(ViewOfProof, P9_AReporterLearnsThatItWasShownAndNotToWhom) {
    const wire::Incident shown = seen(proven(), store::VIEW_REPORTER, received(1'000));
    EXPECT_EQ(shown.shown_time_ms(), 3'000);
    EXPECT_EQ(shown.fire_desk_shown_time_ms(), 4'000);
    EXPECT_EQ(shown.updated_time_ms(), 4'000);
    EXPECT_EQ(shown.proofs_size(), 0);
    EXPECT_EQ(shown.escalations_size(), 0);
    EXPECT_EQ(shown.SerializeAsString().find("OFFICER"), std::string::npos);
    const wire::Incident later = seen(proven(), store::VIEW_REPORTER, received(3'500));
    EXPECT_EQ(later.shown_time_ms(), 3'500) << "nothing before the own report";
    EXPECT_EQ(later.fire_desk_shown_time_ms(), 4'000);
}

TEST(ViewOfProof, P9_WhatAReporterWasToldInAnIncidentThatTheReportLeftStaysTold) {
    store::Report own = received(1'000);
    own.set_shown_time_ms(1'500);
    own.set_fire_desk_shown_time_ms(1'700);
    for (const store::Incident& incident : {proven(), store::Incident()}) {
        const wire::Incident shown = seen(incident, store::VIEW_REPORTER, own);
        EXPECT_EQ(shown.shown_time_ms(), 1'500);
        EXPECT_EQ(shown.fire_desk_shown_time_ms(), 1'700);
    }
}

TEST(ViewOfProof, P9_WhatLapsedIsNotToldToReporters) {
    store::Incident again = proven();
    again.set_shown_time_ms(0);
    again.add_reopenings()->set_time_ms(5'000);
    store::Report own = received(1'000);
    EXPECT_EQ(seen(again, store::VIEW_REPORTER, own).shown_time_ms(), 0);
    EXPECT_EQ(seen(again, store::VIEW_REPORTER, own).fire_desk_shown_time_ms(), 0);
    own.set_shown_time_ms(1'500);
    own.set_fire_desk_shown_time_ms(1'700);
    EXPECT_EQ(seen(again, store::VIEW_REPORTER, own).shown_time_ms(), 0) << "told before that";
    EXPECT_EQ(seen(again, store::VIEW_REPORTER, own).fire_desk_shown_time_ms(), 0);
    own.set_shown_time_ms(6'000);
    EXPECT_EQ(seen(again, store::VIEW_REPORTER, own).shown_time_ms(), 6'000) << "and after it";
    EXPECT_EQ(seen(again, store::VIEW_OFFICER).proofs_size(), 2) << "the chain stays";
}

TEST(ViewOfProof, P5_NeighboursSeeWhatWasEscalatedAndNotWhatWasProven) {
    const wire::Incident shown = seen(proven(), store::VIEW_NEIGHBOUR);
    EXPECT_EQ(shown.proofs_size(), 0);
    EXPECT_EQ(shown.shown_time_ms(), 0);
    EXPECT_EQ(shown.escalations_size(), 1);
    for (const auto view : {store::VIEW_OFFICER, store::VIEW_BUREAU, store::VIEW_FIRE_DESK}) {
        EXPECT_EQ(seen(proven(), view).proofs_size(), 2) << store::View_Name(view);
    }
}

}  // namespace
}  // namespace tocsin::log
