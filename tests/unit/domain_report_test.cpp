// What a report comes to: whom it concerns, lane, times, what it answers.
#include <gmock/gmock.h>

#include "domain_world.hpp"

namespace tocsin::domain::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::UnorderedElementsAre;

using Names = std::vector<std::string>;

TEST(Report, WhomItConcerns) {
    struct Row {
        const char* what;
        const char* reporter;
        wire::ReportKind kind;
        std::optional<wire::Place> place;
        Names audiences;  // besides bureau and reporter
    };
    const Names baoguo = {"station/baoguo#CREW", "station/baoguo#OFFICER"};
    const auto plus = [](Names names, const Names& more) {
        names.insert(names.end(), more.begin(), more.end());
        return names;
    };
    using enum wire::ReportKind;
    const Row rows[] = {
        {"sighting", "volunteer-1", REPORT_KIND_SIGHTING, in_g1(), baoguo},
        {"assist", "volunteer-1", REPORT_KIND_ASSIST, in_g1(), baoguo},
        {"hazard goes to the grid too",
         "volunteer-1",
         REPORT_KIND_HAZARD,
         in_g2(),
         plus(baoguo, {"area/g2#GRID"})},
        {"dispute goes to the grid too",
         "volunteer-1",
         REPORT_KIND_DISPUTE,
         in_g2(),
         plus(baoguo, {"area/g2#GRID"})},
        {"hazard outside of all grids",
         "volunteer-1",
         REPORT_KIND_HAZARD,
         place_at(45.56, 126.63),
         baoguo},
        {"fire goes to the fire desk",
         "volunteer-1",
         REPORT_KIND_FIRE,
         in_g1(),
         plus(baoguo, {"fire#FIRE_DESK"})},
        {"the place decides, not the home", "volunteer-3", REPORT_KIND_SIGHTING, in_g1(), baoguo},
        {"without place: home",
         "volunteer-3",
         REPORT_KIND_HAZARD,
         std::nullopt,
         {"station/xinjiang#CREW", "station/xinjiang#OFFICER", "area/x1#GRID"}},
        {"without place and home: bureau", "auxiliary", REPORT_KIND_SIGHTING, std::nullopt, {}},
        {"outside every area: bureau",
         "volunteer-1",
         REPORT_KIND_FIRE,
         outside(),
         {"fire#FIRE_DESK"}},
        {"the bureau's own ground", "volunteer-1", REPORT_KIND_SIGHTING, in_bureau_only(), {}},
        {"circle across the border",
         "volunteer-2",
         REPORT_KIND_SIGHTING,
         place_at(45.52, 126.6597, 50),
         plus(baoguo, {"station/xinjiang#NEIGHBOUR"})},
        {"circle short of the border",
         "volunteer-2",
         REPORT_KIND_SIGHTING,
         place_at(45.52, 126.6597, 20),
         baoguo},
        {"on the border",
         "volunteer-2",
         REPORT_KIND_SIGHTING,
         place_at(45.52, 126.66),
         plus(baoguo, {"station/xinjiang#NEIGHBOUR"})},
        {"outside, circle reaches in",
         "volunteer-2",
         REPORT_KIND_SIGHTING,
         place_at(45.581, 126.63, 200),
         {"station/baoguo#NEIGHBOUR"}},
    };
    for (const Row& row : rows) {
        World world;
        const Decision decision =
            world.run(row.reporter, row.place ? report(row.kind, *row.place) : report(row.kind));
        const Names expected = [&] {
            Names names = plus(row.audiences,
                               {"bureau#BUREAU", std::string("me/") + row.reporter + "#REPORTER"});
            std::ranges::sort(names);
            return names;
        }();
        EXPECT_EQ(names_of(decision.event.audiences()), expected) << row.what;
    }
}

TEST(Report, WhatIsStored) {
    World world;
    wire::Command command = report(wire::REPORT_KIND_HAZARD, place_at(45.52, 126.645, 30));
    command.mutable_submit_report()->mutable_place()->set_coarse(true);
    command.mutable_submit_report()->set_observed_time_ms(kNow - 60'000);
    command.mutable_submit_report()->set_may_call(true);
    const Decision decision = world.run("volunteer-1", command);
    const store::EventBody& event = decision.event;
    EXPECT_EQ(event.kind(), wire::EVENT_KIND_INCIDENT_OPENED);
    EXPECT_EQ(event.lane(), wire::LANE_ROUTINE);
    EXPECT_EQ(event.actor_person_id(), "volunteer-1");
    EXPECT_EQ(event.actor_name(), "Name of volunteer-1");
    EXPECT_EQ(event.decided_time_ms(), kNow);
    EXPECT_TRUE(is_uuid(event.command_id()));
    EXPECT_THAT(event.sets(), IsEmpty());

    const store::Report& report = event.report();
    EXPECT_TRUE(is_uuid(report.id()));
    EXPECT_EQ(report.incident_id(), event.incident().id());
    EXPECT_EQ(report.kind(), wire::REPORT_KIND_HAZARD);
    EXPECT_EQ(report.text(), "What happened");
    EXPECT_EQ(report.place().accuracy_m(), 30);
    EXPECT_FALSE(report.place().coarse());
    EXPECT_EQ(report.observed_time_ms(), kNow - 60'000);
    EXPECT_FALSE(report.time_doubtful());
    EXPECT_EQ(report.received_time_ms(), kNow);
    EXPECT_EQ(report.reporter_person_id(), "volunteer-1");
    EXPECT_EQ(report.reporter_name(), "Name of volunteer-1");
    EXPECT_EQ(report.reporter_phone(), "+86 volunteer-1");
    EXPECT_TRUE(report.may_call());

    const store::Incident& incident = event.incident();
    EXPECT_TRUE(is_uuid(incident.id()));
    EXPECT_NE(incident.id(), report.id());
    EXPECT_EQ(incident.version(), 1);
    EXPECT_EQ(incident.life(), 1);
    EXPECT_EQ(incident.state(), wire::INCIDENT_STATE_OPEN);
    EXPECT_EQ(incident.station_id(), "baoguo");
    EXPECT_EQ(incident.area_id(), "g2");
    EXPECT_EQ(incident.report_count(), 1);
    EXPECT_EQ(incident.text(), "What happened");
    EXPECT_EQ(incident.opened_time_ms(), kNow);
    EXPECT_EQ(incident.updated_time_ms(), kNow);
    EXPECT_EQ(incident.latest_report_time_ms(), kNow);

    EXPECT_EQ(decision.receipt.command_id(), event.command_id());
    EXPECT_EQ(decision.receipt.lane(), wire::LANE_ROUTINE);
    EXPECT_EQ(decision.receipt.incident_id(), incident.id());
    EXPECT_EQ(decision.receipt.report_id(), report.id());
    EXPECT_EQ(decision.receipt.offset(), "");

    EXPECT_THAT(
        read_names(decision),
        ElementsAre("device/volunteer-1-phone=1", "person/volunteer-1=1", "set/district=7"));
}

TEST(Report, TheNumberIsKeptOnlyWithConsent) {
    World world;
    EXPECT_EQ(
        world.run("volunteer-1", report(wire::REPORT_KIND_FIRE)).event.report().reporter_phone(),
        "");
}

TEST(Report, OnlyTheReportersEntryCarriesTheOwnReport) {
    World world;
    const Decision decision = world.run("volunteer-1", report(wire::REPORT_KIND_FIRE, in_g1()));
    for (const store::Audience& audience : decision.event.audiences()) {
        EXPECT_EQ(audience.has_own_report(), audience.view() == store::VIEW_REPORTER)
            << audience.channel();
        if (audience.has_own_report()) {
            EXPECT_EQ(audience.own_report().id(), decision.event.report().id());
        }
    }
}

TEST(Report, WhatIsUrgentGoesAsAnAlarm) {
    for (int kind = wire::REPORT_KIND_SIGHTING; kind <= wire::REPORT_KIND_DISPUTE; ++kind) {
        for (const bool urgent : {false, true}) {
            for (const bool gas : {false, true}) {
                World world;
                wire::Command command = report(static_cast<wire::ReportKind>(kind), in_g1());
                command.mutable_submit_report()->set_urgent(urgent);
                command.mutable_submit_report()->set_smell_of_gas(gas);
                const Decision decision = world.run("volunteer-1", command);
                const bool alarm = urgent || gas || kind == wire::REPORT_KIND_FIRE;
                EXPECT_EQ(decision.event.report().urgent(), alarm);
                EXPECT_EQ(decision.event.incident().urgent(), alarm);
                EXPECT_EQ(decision.event.report().smell_of_gas(), gas);
                const wire::Lane lane = alarm ? wire::LANE_ALARM : wire::LANE_ROUTINE;
                EXPECT_EQ(decision.event.lane(), lane);
                EXPECT_EQ(decision.event.incident().lane(), lane);
                EXPECT_EQ(decision.receipt.lane(), lane);
            }
        }
    }
}

TEST(Report, P10_NeverRefusedForAPhonesClock) {
    constexpr std::int64_t kMinute = 60'000;
    constexpr std::int64_t kDay = 24 * 60 * kMinute;
    struct Row {
        const char* what;
        std::int64_t observed;
        bool doubtful;
    };
    const Row rows[] = {
        {"now", kNow, false},
        {"5 minutes ahead", kNow + 5 * kMinute, false},
        {"more than 5 minutes ahead", kNow + 5 * kMinute + 1, true},
        {"30 days ago", kNow - 30 * kDay, false},
        {"more than 30 days ago", kNow - 30 * kDay - 1, true},
        {"1970", 1, true},
        {"2100", 4'102'444'800'000, true},
        {"before 1970", -1, true},
        {"the first there is", INT64_MIN, true},
        {"the last there is", INT64_MAX, true},
    };
    for (const Row& row : rows) {
        World world;
        wire::Command command = report(wire::REPORT_KIND_FIRE, in_g1());
        command.mutable_submit_report()->set_observed_time_ms(row.observed);
        const Decision decision = world.run("volunteer-1", command);
        EXPECT_EQ(decision.event.report().time_doubtful(), row.doubtful) << row.what;
        EXPECT_EQ(decision.event.report().observed_time_ms(), row.doubtful ? kNow : row.observed)
            << row.what;
        EXPECT_EQ(decision.event.lane(), wire::LANE_ALARM);
    }
    World world;
    const Decision unsaid = world.run("volunteer-1", report(wire::REPORT_KIND_FIRE, in_g1()));
    EXPECT_EQ(unsaid.event.report().observed_time_ms(), kNow);
    EXPECT_FALSE(unsaid.event.report().time_doubtful());
}

TEST(Report, OnlyFiresJoin) {
    World world;
    for (const auto kind :
         {wire::REPORT_KIND_HAZARD, wire::REPORT_KIND_SIGHTING, wire::REPORT_KIND_ASSIST}) {
        const std::string first =
            world.run("volunteer-1", report(kind, in_g1())).receipt.incident_id();
        EXPECT_NE(world.run("volunteer-2", report(kind, in_g1())).receipt.incident_id(), first);
    }
}

class AnsweringANotice : public testing::Test {
protected:
    std::string issue(const std::string& person,
                      wire::NoticeKind kind,
                      const Names& areas,
                      const Names& teams = {}) {
        return world.run(person, notice(kind, areas, teams)).receipt.notice_id();
    }
    wire::Command answer(wire::ReportKind kind,
                         const std::string& id,
                         const wire::Place& place = in_g1()) {
        wire::Command command = report(kind, place);
        command.mutable_submit_report()->set_notice_id(id);
        return command;
    }
    World world;
};

TEST_F(AnsweringANotice, IsTiedToItAndReadsIt) {
    const std::string id = issue("officer-baoguo", wire::NOTICE_KIND_LOOKOUT, {"g1"});
    const Decision decision = world.run("volunteer-1", answer(wire::REPORT_KIND_SIGHTING, id));
    EXPECT_EQ(decision.event.report().notice_id(), id);
    EXPECT_EQ(decision.event.incident().notice_id(), id);
    EXPECT_EQ(decision.event.incident().notice_station_id(), "");  // the same station
    EXPECT_THAT(read_names(decision), Contains("notice/" + id + "=1"));
}

TEST_F(AnsweringANotice, IsKnownToTheIssuingStationAlsoAfterAMerge) {
    const std::string id = issue("liaison", wire::NOTICE_KIND_MISSING_PERSON, {"pingfang"});
    const std::string plain =
        world.run("volunteer-2", report(wire::REPORT_KIND_ASSIST, in_x1())).receipt.incident_id();
    const std::string clue =
        world.run("volunteer-3", answer(wire::REPORT_KIND_CLUE, id, in_x1())).receipt.incident_id();
    const auto is_known = [&] {
        return view_of_incident(world.state,
                                *world.state.person("officer-baoguo"),
                                *world.state.incident(plain)) == store::VIEW_OFFICER;
    };
    EXPECT_FALSE(is_known());
    world.run("officer-xinjiang", merge(clue, plain));
    EXPECT_TRUE(is_known());
    EXPECT_EQ(world.state.incident(plain)->notice_id(), id);
    world.run("officer-xinjiang", unmerge(clue));
    EXPECT_FALSE(is_known());
    EXPECT_EQ(world.state.incident(plain)->notice_id(), "");
}

TEST_F(AnsweringANotice, ElsewhereTellsTheIssuingStationToo) {
    const std::string id = issue("liaison", wire::NOTICE_KIND_MISSING_PERSON, {"pingfang"});
    const Decision decision = world.run("volunteer-3", answer(wire::REPORT_KIND_CLUE, id, in_x1()));
    EXPECT_EQ(decision.event.incident().station_id(), "xinjiang");
    EXPECT_EQ(decision.event.incident().notice_station_id(), "baoguo");
    EXPECT_THAT(names_of(decision.event.audiences()),
                ElementsAre("bureau#BUREAU",
                            "me/volunteer-3#REPORTER",
                            "station/baoguo#OFFICER",
                            "station/xinjiang#CREW",
                            "station/xinjiang#OFFICER"));
}

TEST_F(AnsweringANotice, NeedsOneThatTheReporterMaySee) {
    const std::string for_g1 = issue("officer-baoguo", wire::NOTICE_KIND_LOOKOUT, {"g1"});
    const std::string for_team =
        issue("liaison", wire::NOTICE_KIND_MISSING_PERSON, {}, {"four-leaf-clover"});
    const std::string other_team =
        issue("liaison", wire::NOTICE_KIND_MISSING_PERSON, {}, {"other-team"});
    struct Row {
        const char* person;
        std::string id;
        bool sees;
    };
    const Row rows[] = {
        {"volunteer-1", for_g1, true},
        {"volunteer-2", for_g1, false},
        {"officer-baoguo", for_g1, true},
        {"auxiliary", for_g1, true},
        {"officer-xinjiang", for_g1, false},
        {"bureau", for_g1, true},
        {"searcher", for_team, true},
        {"team-lead", for_team, true},
        {"volunteer-1", for_team, false},
        {"searcher", other_team, false},
        {"liaison", other_team, true},
        {"volunteer-1", "00000000-0000-4000-8000-000000000000", false},
    };
    for (const Row& row : rows) {
        const Result<Decision> decision =
            world.decide(row.person, answer(wire::REPORT_KIND_CLUE, row.id));
        EXPECT_EQ(decision.has_value(), row.sees) << row.person;
        if (!decision) {
            // Word for word the same, whether it exists or not.
            EXPECT_EQ(decision.error(),
                      (Refusal{"unknown_notice",
                               "command.submit_report.notice_id",
                               "No such notice, or none that you may see.",
                               0}));
        }
    }
}

TEST_F(AnsweringANotice, IsPossibleAfterItsEnd) {
    const std::string id = issue("officer-baoguo", wire::NOTICE_KIND_LOOKOUT, {"g1"});
    world.now += 73LL * 60 * 60 * 1000;
    EXPECT_EQ(world.refused("volunteer-1", answer(wire::REPORT_KIND_SIGHTING, id)), "");
}

TEST_F(AnsweringANotice, AnAdvisoryAsksForNoAnswer) {
    const std::string id = issue("officer-baoguo", wire::NOTICE_KIND_ADVISORY, {"g1"});
    EXPECT_EQ(world.refused("volunteer-1", answer(wire::REPORT_KIND_SIGHTING, id)),
              "value_invalid");
}

TEST(Report, RoleIsCheckedBeforeTheSubject) {
    World world;
    wire::Command command = report(wire::REPORT_KIND_SIGHTING);
    command.mutable_submit_report()->set_notice_id("nothing");
    EXPECT_EQ(world.refused("searcher", command), "not_permitted");
    EXPECT_EQ(world.refused("admin", command), "not_permitted");
}

TEST(Report, WhoIsNotKnownDecidesNothing) {
    World world;
    const std::function<void(std::span<unsigned char>)> random = [](std::span<unsigned char>) {};
    const auto refused = [&](const Actor& actor) {
        const Result<Decision> decision =
            domain::decide(world.state, report(wire::REPORT_KIND_FIRE), actor, {kNow, random});
        return decision ? std::string() : decision.error().code;
    };
    EXPECT_EQ(refused({"volunteer-1", "volunteer-1-phone"}), "");
    EXPECT_EQ(refused({"volunteer-1", ""}), "");
    EXPECT_EQ(refused({"stranger", ""}), "not_permitted");
    EXPECT_EQ(refused({"", ""}), "not_permitted");
    EXPECT_EQ(refused({"volunteer-1", "no-phone"}), "not_permitted");
    EXPECT_EQ(refused({"volunteer-1", "volunteer-2-phone"}), "not_permitted");

    store::EventBody event;
    *event.mutable_device() = *world.state.device("volunteer-1-phone");
    event.mutable_device()->mutable_device()->set_version(2);
    event.mutable_device()->mutable_device()->set_revoked(true);
    world.state.apply(event);
    EXPECT_EQ(refused({"volunteer-1", "volunteer-1-phone"}), "not_permitted");

    *event.mutable_person() = *world.state.person("volunteer-1");
    event.mutable_person()->set_version(2);
    event.mutable_person()->set_revoked(true);
    world.state.apply(event);
    EXPECT_EQ(refused({"volunteer-1", ""}), "not_permitted");
}

}  // namespace
}  // namespace tocsin::domain::test
