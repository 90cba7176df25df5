// P5: what each view shows of an event, on the bytes; and that what is sealed opens nowhere else.

#include <gtest/gtest.h>

#include "hub/log/record.hpp"
#include "hub/log/view.hpp"

namespace tocsin::log {
namespace {

namespace wire = tocsin::v1;

const domain::Random kRandom = [](std::span<unsigned char> out) {
    static unsigned char next = 0;
    for (auto& byte : out) {
        byte = next++;
    }
};

const std::string kKey(kKeyBytes, 'k');

store::EventBody fire() {
    store::EventBody body;
    body.set_kind(wire::EVENT_KIND_REPORT_JOINED);
    body.set_lane(wire::LANE_ALARM);
    store::Report& report = *body.mutable_report();
    report.set_id("REPORT-ID");
    report.set_incident_id("INCIDENT-ID");
    report.set_kind(wire::REPORT_KIND_FIRE);
    report.set_text("REPORT-TEXT");
    report.mutable_place()->set_latitude(45.55012);
    report.mutable_place()->set_longitude(126.65034);
    report.set_reporter_person_id("PERSON-ID");
    report.set_reporter_name("PERSON-NAME");
    report.set_reporter_phone("PERSON-PHONE");
    report.set_may_call(true);
    report.set_received_time_ms(2'000);
    store::Incident& incident = *body.mutable_incident();
    incident.set_id("INCIDENT-ID");
    incident.set_version(5);
    incident.set_life(2);
    incident.set_kind(wire::REPORT_KIND_FIRE);
    incident.set_state(wire::INCIDENT_STATE_ACKNOWLEDGED);
    incident.mutable_place()->set_latitude(45.55);
    incident.mutable_place()->set_longitude(126.65);
    incident.set_station_id("STATION-ID");
    incident.set_area_id("AREA-ID");
    incident.set_report_count(4);
    incident.set_text("FIRST-TEXT");
    auto& taken = *incident.add_acknowledgements();
    taken.set_desk("station/STATION-ID");
    taken.set_person_id("OFFICER-ID");
    taken.set_name("OFFICER-NAME");
    taken.set_time_ms(1'000);
    return body;
}

std::string shown(const store::EventBody& body, store::View view, bool own = false) {
    store::Audience audience;
    audience.set_view(view);
    if (own) {
        *audience.mutable_own_report() = body.report();
    }
    const auto event = view_of(body, audience, {3'000, 1});
    return event ? event->SerializeAsString() : std::string();
}

struct Row {
    store::View view;
    bool event, text, reporter_id, phone, count, officer, area;
};

TEST(View, P5_ShowsOfAnIncidentWhatItsAudienceMayKnow) {
    const Row rows[] = {
        //                      event  text   id     phone  count  officer area
        {store::VIEW_OFFICER, true, true, true, true, true, true, true},
        {store::VIEW_FIRE_DESK, true, true, false, true, true, true, true},
        {store::VIEW_BUREAU, true, true, false, false, true, true, true},
        {store::VIEW_CREW, true, true, false, false, true, true, true},
        {store::VIEW_GRID, true, true, false, false, true, true, true},
        {store::VIEW_NEIGHBOUR, true, false, false, false, false, false, false},
        {store::VIEW_PUBLIC, false, false, false, false, false, false, false},
        {store::VIEW_TEAM, false, false, false, false, false, false, false},
        {store::VIEW_ADMIN, false, false, false, false, false, false, false},
        {store::VIEW_UNSPECIFIED, false, false, false, false, false, false, false},
    };
    const auto body = fire();
    for (const Row& row : rows) {
        SCOPED_TRACE(store::View_Name(row.view));
        const std::string bytes = shown(body, row.view);
        const auto has = [&](const char* text) { return bytes.find(text) != std::string::npos; };
        EXPECT_EQ(!bytes.empty(), row.event);
        EXPECT_EQ(has("REPORT-TEXT"), row.text);
        EXPECT_EQ(has("FIRST-TEXT"), row.text);
        EXPECT_EQ(has("PERSON-ID"), row.reporter_id);
        EXPECT_EQ(has("PERSON-NAME"), row.reporter_id);
        EXPECT_EQ(has("PERSON-PHONE"), row.phone);
        EXPECT_EQ(has("OFFICER-NAME"), row.officer);
        EXPECT_EQ(has("AREA-ID"), row.area);
        wire::Event event;
        ASSERT_TRUE(event.ParseFromString(bytes));
        EXPECT_EQ(event.incident().report_count() != 0, row.count);
    }
}

TEST(View, P5_OfAnIncidentThatLeftNothingIsShownButThatItDid) {
    auto body = fire();
    body.set_rings(true);
    body.mutable_incident()->add_hand_overs()->set_to_station_id("OTHER-STATION");
    for (const auto view : {store::VIEW_OFFICER,
                            store::VIEW_FIRE_DESK,
                            store::VIEW_BUREAU,
                            store::VIEW_CREW,
                            store::VIEW_GRID,
                            store::VIEW_NEIGHBOUR}) {
        store::Audience audience;
        audience.set_view(view);
        audience.set_kind(wire::EVENT_KIND_INCIDENT_LEFT);
        const auto event = view_of(body, audience, {3'000, 1});
        ASSERT_TRUE(event);
        wire::Event expected;
        expected.set_offset("3000-1");
        expected.set_lane(wire::LANE_ALARM);
        expected.set_kind(wire::EVENT_KIND_INCIDENT_LEFT);
        expected.set_time_ms(3'000);
        expected.mutable_incident()->set_id("INCIDENT-ID");
        expected.mutable_incident()->set_version(5);
        expected.mutable_incident()->set_kind(wire::REPORT_KIND_FIRE);
        EXPECT_EQ(event->ShortDebugString(), expected.ShortDebugString());
    }
}

TEST(View, P5_AReporterWhoMayNotBeCalledHasNoNumber) {
    auto body = fire();
    body.mutable_report()->set_may_call(false);
    for (const auto view : {store::VIEW_OFFICER, store::VIEW_FIRE_DESK}) {
        EXPECT_EQ(shown(body, view).find("PERSON-PHONE"), std::string::npos);
    }
}

TEST(View, OneOfManyFiresRingsAtTheStationInChargeAndNowhereElse) {
    store::EventBody body;
    body.set_kind(wire::EVENT_KIND_INCIDENT_OPENED);
    body.set_rings(true);
    body.mutable_incident()->set_id("i");
    body.mutable_incident()->set_station_id("baoguo");
    const auto rings = [&](const char* channel, store::View view) {
        store::Audience audience;
        audience.set_channel(channel);
        audience.set_view(view);
        return view_of(body, audience, {1, 0})->rings();
    };
    EXPECT_TRUE(rings("fire", store::VIEW_FIRE_DESK));
    body.mutable_incident()->set_pattern(wire::PATTERN_MANY_FIRES);
    EXPECT_TRUE(rings("station/baoguo", store::VIEW_OFFICER));
    EXPECT_TRUE(rings("station/baoguo", store::VIEW_CREW));
    EXPECT_FALSE(rings("station/xinjiang", store::VIEW_NEIGHBOUR));
    EXPECT_FALSE(rings("bureau", store::VIEW_BUREAU));
    EXPECT_FALSE(rings("fire", store::VIEW_FIRE_DESK));
    body.mutable_incident()->clear_station_id();
    EXPECT_TRUE(rings("bureau", store::VIEW_BUREAU));
    body.set_kind(wire::EVENT_KIND_REPORT_JOINED);
    EXPECT_TRUE(rings("fire", store::VIEW_FIRE_DESK));
}

TEST(View, P5_TheReporterSeesTheOwnReportAndNoTraceOfOthers) {
    const std::string bytes = shown(fire(), store::VIEW_REPORTER, true);
    wire::Event event;
    ASSERT_TRUE(event.ParseFromString(bytes));
    EXPECT_EQ(event.kind(), wire::EVENT_KIND_INCIDENT_OPENED) << "not: joined";
    EXPECT_EQ(event.incident().version(), 2) << "the life's, not the incident's";
    EXPECT_EQ(event.incident().report_count(), 0);
    EXPECT_EQ(event.incident().text(), "REPORT-TEXT");
    EXPECT_EQ(event.incident().opened_time_ms(), 2'000);
    EXPECT_EQ(event.incident().acknowledgements_size(), 1) << "it stands so";
    EXPECT_EQ(event.incident().acknowledgements(0).time_ms(), 0)
        << "when, before the own report, would tell of another";
    for (const char* hidden :
         {"FIRST-TEXT", "OFFICER-NAME", "OFFICER-ID", "PERSON-NAME", "AREA-ID"}) {
        EXPECT_EQ(bytes.find(hidden), std::string::npos) << hidden;
    }
}

TEST(View, P5_NotesAreForThoseWhoWriteThem) {
    auto body = fire();
    body.set_kind(wire::EVENT_KIND_NOTE_ADDED);
    body.set_rings(true);
    wire::Statement& said = *body.mutable_statement()->mutable_statement();
    said.set_name("WRITER-NAME");
    said.set_person_id("WRITER-ID");
    said.mutable_note()->set_text("NOTE-TEXT");
    for (const bool for_neighbours : {false, true}) {
        said.mutable_note()->set_for_neighbours(for_neighbours);
        for (int number = 0; number <= store::VIEW_ADMIN; number += 10) {
            const auto view = static_cast<store::View>(number);
            SCOPED_TRACE(store::View_Name(view));
            const bool desk = view == store::VIEW_OFFICER || view == store::VIEW_CREW ||
                              view == store::VIEW_BUREAU;
            const bool neighbour = view == store::VIEW_NEIGHBOUR && for_neighbours;
            const std::string bytes = shown(body, view, view == store::VIEW_REPORTER);
            EXPECT_EQ(bytes.find("NOTE-TEXT") != std::string::npos, desk || neighbour);
            EXPECT_EQ(bytes.find("WRITER-NAME") != std::string::npos, desk);
            EXPECT_EQ(bytes.find("WRITER-ID") != std::string::npos, desk);
            wire::Event event;
            ASSERT_TRUE(event.ParseFromString(bytes));
            const bool rings = desk || view == store::VIEW_GRID || view == store::VIEW_FIRE_DESK;
            EXPECT_EQ(event.rings(), rings);
        }
    }
}

TEST(View, P5_WhoDoesWhatForADeskStaysWithTheDesks) {
    auto body = fire();
    store::Incident& incident = *body.mutable_incident();
    incident.mutable_rating()->set_name("RATER-NAME");
    incident.mutable_rating()->set_severity(wire::SEVERITY_SEVERE);
    auto& assignment = *incident.add_assignments();
    assignment.set_name("ASSIGNED-NAME");
    assignment.set_by_name("ASSIGNING-NAME");
    auto& going = *incident.add_responses();
    going.set_desk("fire");
    going.set_name("GOING-NAME");
    going.set_time_ms(2'500);
    auto& lapsed = *incident.add_responses();
    lapsed.set_desk("station/LAPSED");
    lapsed.set_lapsed_time_ms(2'600);
    auto& step = *incident.add_hand_overs();
    step.set_name("GIVER-NAME");
    step.set_to_station_id("OTHER-STATION");
    step.set_time_ms(2'400);
    incident.add_hand_overs()->set_to_station_id("EARLIER-STATION");  // before the own report
    auto& again = *incident.add_reopenings();
    again.set_name("REOPENER-NAME");
    again.set_time_ms(2'700);
    again.mutable_resolution()->set_note("OLD-NOTE");
    const char* names[] = {"RATER-NAME",
                           "ASSIGNED-NAME",
                           "ASSIGNING-NAME",
                           "GOING-NAME",
                           "GIVER-NAME",
                           "REOPENER-NAME",
                           "OLD-NOTE",
                           "station/LAPSED",
                           "EARLIER-STATION"};
    for (const auto view : {store::VIEW_OFFICER,
                            store::VIEW_CREW,
                            store::VIEW_BUREAU,
                            store::VIEW_GRID,
                            store::VIEW_FIRE_DESK}) {
        for (const char* name : names) {
            EXPECT_NE(shown(body, view).find(name), std::string::npos) << name;
        }
    }
    const std::string reporters = shown(body, store::VIEW_REPORTER, true);
    for (const char* name : names) {
        // How it came from station to station is for neighbours, too.
        const bool step_seen = std::string_view(name) == "EARLIER-STATION";
        EXPECT_EQ(shown(body, store::VIEW_NEIGHBOUR).find(name) != std::string::npos, step_seen)
            << name;
        EXPECT_EQ(reporters.find(name), std::string::npos) << name;
    }
    wire::Event event;
    ASSERT_TRUE(event.ParseFromString(reporters));
    EXPECT_EQ(event.incident().responses_size(), 1);
    EXPECT_EQ(event.incident().hand_overs(0).to_station_id(), "OTHER-STATION");
    EXPECT_EQ(event.incident().reopenings(0).time_ms(), 2'700);
    EXPECT_EQ(event.incident().updated_time_ms(), 2'700);
    EXPECT_FALSE(event.incident().has_rating());
}

TEST(View, P5_WhatPassesBetweenOfficersAndAReporterIsForThemAlone) {
    auto body = fire();
    body.set_kind(wire::EVENT_KIND_REPORTER_ANSWERED);
    body.clear_report();
    store::Statement& stored = *body.mutable_statement();
    stored.set_reporter_person_id("PERSON-ID");
    wire::Statement& said = *stored.mutable_statement();
    said.set_name("SPEAKER-NAME");
    const auto has = [&](store::View view, const char* text, const char* person = "PERSON-ID") {
        store::Audience audience;
        audience.set_view(view);
        if (view == store::VIEW_REPORTER) {
            audience.mutable_own_report()->set_reporter_person_id(person);
        }
        const auto event = view_of(body, audience, {3'000, 1});
        return event && event->SerializeAsString().find(text) != std::string::npos;
    };
    for (int content = 0; content < 3; ++content) {
        said.clear_content();
        if (content == 0) {
            said.mutable_question()->set_text("SAID-TEXT");
        } else if (content == 1) {
            said.mutable_answer()->set_text("SAID-TEXT");
        } else {
            said.mutable_amendment()->set_text("SAID-TEXT");
        }
        for (int number = 0; number <= store::VIEW_ADMIN; number += 10) {
            const auto view = static_cast<store::View>(number);
            SCOPED_TRACE(store::View_Name(view) + std::to_string(content));
            const bool reports = view == store::VIEW_CREW || view == store::VIEW_GRID ||
                                 view == store::VIEW_FIRE_DESK || view == store::VIEW_BUREAU;
            const bool may = view == store::VIEW_OFFICER || view == store::VIEW_REPORTER ||
                             (content == 2 && reports);
            EXPECT_EQ(has(view, "SAID-TEXT"), may);
            EXPECT_EQ(has(view, "SPEAKER-NAME"), view == store::VIEW_OFFICER);
        }
        EXPECT_FALSE(has(store::VIEW_REPORTER, "SAID-TEXT", "ANOTHER"));
    }
    said.mutable_answer()->set_text("SAID-TEXT");
    stored.set_bureau_in_charge(true);
    EXPECT_TRUE(has(store::VIEW_BUREAU, "SAID-TEXT"));
    EXPECT_FALSE(has(store::VIEW_BUREAU, "SPEAKER-NAME")) << "who reported stays sealed";
}

TEST(View, P5_ProposalsAndPatternsAreForOfficers) {
    auto body = fire();
    body.mutable_incident()->add_perhaps_same()->set_incident_id("OTHER-INCIDENT");
    body.mutable_incident()->set_pattern(wire::PATTERN_MANY_FIRES);
    for (int number = 0; number <= store::VIEW_ADMIN; number += 10) {
        const auto view = static_cast<store::View>(number);
        SCOPED_TRACE(store::View_Name(view));
        const std::string bytes = shown(body, view, view == store::VIEW_REPORTER);
        EXPECT_EQ(bytes.find("OTHER-INCIDENT") != std::string::npos, view == store::VIEW_OFFICER);
        wire::Event event;
        ASSERT_TRUE(event.ParseFromString(bytes));
        const bool marked = view == store::VIEW_OFFICER || view == store::VIEW_BUREAU ||
                            view == store::VIEW_FIRE_DESK;
        EXPECT_EQ(event.incident().pattern() != 0, marked);
    }
}

TEST(View, P5_OfTwoIncidentsEachAudienceSeesItsOwn) {
    auto body = fire();
    body.set_kind(wire::EVENT_KIND_INCIDENT_MERGED);
    body.clear_report();
    store::Incident& other = *body.mutable_other();
    other = body.incident();
    other.set_id("OTHER-ID");
    other.set_text("OTHER-TEXT");
    other.set_merged_into("INCIDENT-ID");
    store::Audience audience;
    audience.set_view(store::VIEW_FIRE_DESK);
    const auto bytes = [&] { return view_of(body, audience, {3'000, 1})->SerializeAsString(); };
    EXPECT_NE(bytes().find("OTHER-TEXT"), std::string::npos);
    EXPECT_NE(bytes().find("INCIDENT-ID"), std::string::npos);
    audience.set_part(store::PART_SUBJECT);
    EXPECT_EQ(bytes().find("OTHER-"), std::string::npos);
    audience.set_part(store::PART_OTHER);
    EXPECT_NE(bytes().find("OTHER-TEXT"), std::string::npos);
    EXPECT_EQ(bytes().find("INCIDENT-ID"), std::string::npos) << "not even where it went";
    // A reporter: the own report's incident, under the id that the reporter knows.
    audience.clear_part();
    audience.set_view(store::VIEW_REPORTER);
    audience.set_kind(wire::EVENT_KIND_INCIDENT_ACKNOWLEDGED);
    audience.mutable_own_report()->set_incident_id("INCIDENT-ID");
    audience.mutable_own_report()->set_shown_incident_id("KNOWN-ID");
    audience.mutable_own_report()->set_life_offset(5);
    wire::Event event;
    ASSERT_TRUE(event.ParseFromString(bytes()));
    EXPECT_EQ(event.kind(), wire::EVENT_KIND_INCIDENT_ACKNOWLEDGED);
    EXPECT_EQ(event.incident().id(), "KNOWN-ID");
    EXPECT_EQ(event.incident().version(), 7);
    EXPECT_EQ(bytes().find("INCIDENT-ID"), std::string::npos);
    EXPECT_EQ(bytes().find("OTHER-"), std::string::npos);
}

TEST(View, P5_ANeighbourSeesACoarsePlace) {
    wire::Event event;
    ASSERT_TRUE(event.ParseFromString(shown(fire(), store::VIEW_NEIGHBOUR)));
    EXPECT_TRUE(event.incident().place().coarse());
    EXPECT_EQ(event.incident().place().accuracy_m(), 500);
    EXPECT_FALSE(event.has_report());
}

TEST(View, P5_OnlyStaffSeeWhoIssuedANotice) {
    store::EventBody body;
    body.set_kind(wire::EVENT_KIND_NOTICE_ISSUED);
    body.mutable_notice()->mutable_notice()->set_text("NOTICE-TEXT");
    body.mutable_notice()->mutable_notice()->set_issued_by_name("ISSUER-NAME");
    body.mutable_notice()->mutable_notice()->set_issued_by_person_id("ISSUER-ID");
    for (const auto view : {store::VIEW_PUBLIC, store::VIEW_TEAM}) {
        const std::string bytes = shown(body, view);
        EXPECT_NE(bytes.find("NOTICE-TEXT"), std::string::npos);
        EXPECT_EQ(bytes.find("ISSUER"), std::string::npos);
    }
    EXPECT_NE(shown(body, store::VIEW_OFFICER).find("ISSUER-NAME"), std::string::npos);
    for (const auto view : {store::VIEW_REPORTER, store::VIEW_ADMIN}) {
        EXPECT_TRUE(shown(body, view).empty());
    }
}

// A notice that was in force, with everything that only some may read.
store::EventBody changed_notice(wire::EventKind kind, wire::NoticeState state) {
    store::EventBody body;
    body.set_kind(kind);
    body.mutable_notice()->set_first_shown_version(1);
    wire::Notice& notice = *body.mutable_notice()->mutable_notice();
    notice.set_version(3);
    notice.set_kind(wire::NOTICE_KIND_LOOKOUT);
    notice.set_state(state);
    notice.set_text("NOTICE-TEXT");
    notice.mutable_place()->set_latitude(45.5);
    notice.set_reason("REASON");
    notice.set_instruction("INSTRUCTION");
    notice.set_case_number("CASE-NUMBER");
    notice.add_steps()->set_name("STEP-NAME");
    return body;
}

TEST(View, P5_WhatIsWithdrawnCannotBeTakenForLive) {
    const auto body =
        changed_notice(wire::EVENT_KIND_NOTICE_WITHDRAWN, wire::NOTICE_STATE_WITHDRAWN);
    for (const auto view : {store::VIEW_PUBLIC, store::VIEW_TEAM}) {
        const std::string bytes = shown(body, view);
        wire::Event event;
        ASSERT_TRUE(event.ParseFromString(bytes));
        EXPECT_EQ(event.notice().text(), "【已撤回】[WITHDRAWN] REASON");
        EXPECT_EQ(event.notice().instruction(), "INSTRUCTION");
        EXPECT_FALSE(event.notice().has_place());
        for (const char* hidden : {"NOTICE-TEXT", "CASE-NUMBER", "STEP-NAME"}) {
            EXPECT_EQ(bytes.find(hidden), std::string::npos) << hidden;
        }
    }
    for (const auto view : {store::VIEW_OFFICER, store::VIEW_BUREAU, store::VIEW_CREW}) {
        const std::string bytes = shown(body, view);
        for (const char* kept : {"NOTICE-TEXT", "CASE-NUMBER", "STEP-NAME", "REASON"}) {
            EXPECT_NE(bytes.find(kept), std::string::npos) << kept;
        }
    }
}

TEST(View, P5_ATextThatWaitsIsForThoseWhoMayReleaseIt) {
    const auto body =
        changed_notice(wire::EVENT_KIND_NOTICE_CORRECTED, wire::NOTICE_STATE_AWAITING_RELEASE);
    for (const auto view :
         {store::VIEW_PUBLIC, store::VIEW_TEAM, store::VIEW_CREW, store::VIEW_NEIGHBOUR}) {
        const std::string bytes = shown(body, view);
        wire::Event event;
        ASSERT_TRUE(event.ParseFromString(bytes));
        EXPECT_TRUE(event.notice().text().starts_with("【已暂停】")) << event.notice().text();
        for (const char* hidden : {"NOTICE-TEXT", "CASE-NUMBER", "STEP-NAME", "REASON"}) {
            EXPECT_EQ(bytes.find(hidden), std::string::npos) << hidden << view;
        }
    }
    for (const auto view : {store::VIEW_OFFICER, store::VIEW_BUREAU}) {
        EXPECT_NE(shown(body, view).find("NOTICE-TEXT"), std::string::npos);
    }
}

TEST(View, P5_WhatWasNeverReleasedIsNotShownWhenItIsWithdrawn) {
    auto body = changed_notice(wire::EVENT_KIND_NOTICE_WITHDRAWN, wire::NOTICE_STATE_WITHDRAWN);
    wire::Notice& notice = *body.mutable_notice()->mutable_notice();
    notice.set_identifies_person(true);
    notice.add_steps()->set_act(wire::NOTICE_ACT_CORRECTED);
    notice.add_steps()->set_act(wire::NOTICE_ACT_WITHDRAWN);
    for (const auto view :
         {store::VIEW_PUBLIC, store::VIEW_TEAM, store::VIEW_CREW, store::VIEW_NEIGHBOUR}) {
        const std::string bytes = shown(body, view);
        wire::Event event;
        ASSERT_TRUE(event.ParseFromString(bytes));
        EXPECT_EQ(event.notice().text(), "【已撤回】[WITHDRAWN] REASON");
        for (const char* hidden : {"NOTICE-TEXT", "CASE-NUMBER", "STEP-NAME"}) {
            EXPECT_EQ(bytes.find(hidden), std::string::npos) << hidden << view;
        }
    }
    EXPECT_NE(shown(body, store::VIEW_OFFICER).find("NOTICE-TEXT"), std::string::npos);
}

TEST(View, P5_WhyAVersionWasWrittenThatWasNeverReleasedIsForThoseWhoMayReleaseIt) {
    auto body = changed_notice(wire::EVENT_KIND_NOTICE_CORRECTED, wire::NOTICE_STATE_ACTIVE);
    wire::Notice& notice = *body.mutable_notice()->mutable_notice();
    for (const char* why : {"WHY-UNRELEASED", "WHY-NOW"}) {
        notice.add_steps()->set_act(wire::NOTICE_ACT_CORRECTED);
        notice.mutable_steps()->rbegin()->set_reason(why);
    }
    const std::string crew = shown(body, store::VIEW_CREW);
    EXPECT_EQ(crew.find("WHY-UNRELEASED"), std::string::npos);
    EXPECT_NE(crew.find("WHY-NOW"), std::string::npos);
    EXPECT_NE(shown(body, store::VIEW_OFFICER).find("WHY-UNRELEASED"), std::string::npos);
}

TEST(View, ToOthersAReleaseIsTheIssuingOrTheCorrection) {
    auto body = changed_notice(wire::EVENT_KIND_NOTICE_RELEASED, wire::NOTICE_STATE_ACTIVE);
    const auto kind = [&](store::View view) {
        wire::Event event;
        event.ParseFromString(shown(body, view));
        return event.kind();
    };
    EXPECT_EQ(kind(store::VIEW_PUBLIC), wire::EVENT_KIND_NOTICE_CORRECTED);
    EXPECT_EQ(kind(store::VIEW_OFFICER), wire::EVENT_KIND_NOTICE_RELEASED);
    body.mutable_notice()->set_first_shown_version(3);
    EXPECT_EQ(kind(store::VIEW_PUBLIC), wire::EVENT_KIND_NOTICE_ISSUED);
    EXPECT_EQ(kind(store::VIEW_TEAM), wire::EVENT_KIND_NOTICE_ISSUED);
}

TEST(View, P5_PeopleAndAreasAreForAdministratorsAndOneself) {
    store::EventBody person;
    person.set_kind(wire::EVENT_KIND_PERSON_CHANGED);
    person.mutable_person()->set_name("PERSON-NAME");
    store::EventBody device;
    device.set_kind(wire::EVENT_KIND_DEVICE_ADDED);
    device.mutable_device()->set_token_sha256("TOKEN-DIGEST");
    device.mutable_device()->mutable_device()->set_label("LABEL");
    store::EventBody area;
    area.set_kind(wire::EVENT_KIND_AREA_CHANGED);
    area.mutable_area()->set_id("AREA-ID");
    for (int number = 1; number <= 100; ++number) {
        if (!store::View_IsValid(number)) {
            continue;
        }
        const auto view = static_cast<store::View>(number);
        const bool admin = view == store::VIEW_ADMIN;
        const bool own = view == store::VIEW_REPORTER;
        EXPECT_EQ(!shown(person, view).empty(), admin || own);
        EXPECT_EQ(!shown(device, view).empty(), admin || own);
        EXPECT_EQ(!shown(area, view).empty(), admin);
        EXPECT_EQ(shown(device, view).find("TOKEN-DIGEST"), std::string::npos);
    }
}

TEST(Record, P8_NothingThatNamesAPersonStandsInTheClear) {
    KeyRing keys;
    keys.put("incident/INCIDENT-ID", kKey);
    auto body = fire();
    auto& audience = *body.add_audiences();
    audience.set_channel("me/PERSON-ID");
    *audience.mutable_own_report() = body.report();
    body.mutable_statement()->mutable_statement()->set_id("STATEMENT-ID");
    body.mutable_statement()->mutable_statement()->mutable_note()->set_text("STATEMENT-TEXT");
    const std::string event = encode_event(body, kKey, kRandom);
    std::string all = event;
    domain::State state;
    state.apply(body);
    for (const auto& write : states_after(
             body, state, [](const std::string&) -> std::string_view { return kKey; }, kRandom)) {
        all += write.bytes;
    }
    for (const char* secret : {"PERSON-ID",
                               "PERSON-NAME",
                               "PERSON-PHONE",
                               "REPORT-TEXT",
                               "FIRST-TEXT",
                               "OFFICER-NAME",
                               "OFFICER-ID",
                               "STATEMENT-TEXT"}) {
        EXPECT_EQ(all.find(secret), std::string::npos) << secret;
    }
    const auto opened = decode_event(event, keys);
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->SerializeAsString(), body.SerializeAsString());
}

TEST(Record, AKeyThatIsGoneLeavesTheStatisticsOnly) {
    KeyRing keys;
    keys.put("incident/INCIDENT-ID", kKey);
    const std::string event = encode_event(fire(), kKey, kRandom);
    EXPECT_EQ(decode_event(event, KeyRing()).error(), Unreadable::erased);
    store::StoredEvent record;
    ASSERT_TRUE(record.ParseFromString(event));
    EXPECT_EQ(record.report_kind(), wire::REPORT_KIND_FIRE);
    EXPECT_EQ(record.station_id(), "STATION-ID");
}

TEST(Record, ANewerHubsEventIsToldFromADamagedOne) {
    KeyRing keys;
    keys.put("incident/INCIDENT-ID", kKey);
    store::StoredEvent record;
    ASSERT_TRUE(record.ParseFromString(encode_event(fire(), kKey, kRandom)));
    auto newer = record;
    newer.set_format(2);
    EXPECT_EQ(decode_event(newer.SerializeAsString(), keys).error(), Unreadable::newer);
    auto another = record;
    another.set_kind(9'999);
    EXPECT_TRUE(decode_event(another.SerializeAsString(), keys))
        << "about something that is known: folded all the same";
    auto moved = record;
    moved.set_subject_version(6);
    EXPECT_EQ(decode_event(moved.SerializeAsString(), keys).error(), Unreadable::damaged);
    auto flipped = record;
    (*flipped.mutable_sealed())[3] ^= 1;
    EXPECT_EQ(decode_event(flipped.SerializeAsString(), keys).error(), Unreadable::damaged);
    EXPECT_EQ(decode_event("\xff\xff\xff", keys).error(), Unreadable::damaged);
}

TEST(Seal, OpensWithTheSameWordsOnly) {
    const std::string key(kKeyBytes, 'k');
    const std::string nonce(kNonceBytes, 'n');
    const std::string sealed = seal(key, nonce, "about", "secret");
    EXPECT_EQ(unseal(key, nonce, "about", sealed), "secret");
    EXPECT_EQ(unseal(key, nonce, "another", sealed), std::nullopt);
    EXPECT_EQ(unseal(std::string(kKeyBytes, 'q'), nonce, "about", sealed), std::nullopt);
    EXPECT_EQ(unseal(key, std::string(kNonceBytes, 'm'), "about", sealed), std::nullopt);
    EXPECT_EQ(unseal(key, nonce, "about", sealed.substr(1)), std::nullopt);
    EXPECT_EQ(unseal(key, nonce, "about", ""), std::nullopt);
    EXPECT_EQ(unseal(key, nonce, "", seal(key, nonce, "", "")), "");
}

}  // namespace
}  // namespace tocsin::log
