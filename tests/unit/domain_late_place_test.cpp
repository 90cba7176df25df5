// A place that comes after the report: a fire joins the one that it is, and whoever is on the way
// elsewhere hears of it.
#include <functional>
#include <random>

#include "domain_world.hpp"
#include "hub/domain/late_join.hpp"

namespace tocsin::domain::test {
namespace {

// One metre to the north, in degrees.
constexpr double kMetre = 1 / 111'195.08;

wire::Place north_of(wire::Place place, double metres) {
    place.set_latitude(place.latitude() + metres * kMetre);
    return place;
}

wire::Command placed(const std::string& report, const wire::Place& place) {
    wire::Command command = amend(report);
    *command.mutable_amend_report()->mutable_place() = place;
    return command;
}

struct Scene {
    struct Sent {
        std::string incident;
        std::string report;
    };

    Sent send(const std::string& person,
              const wire::Command& command = report(wire::REPORT_KIND_FIRE)) {
        world.now += 1'000;
        const Decision decision = world.run(person, command);
        return {decision.receipt.incident_id(), decision.receipt.report_id()};
    }
    Decision place(const std::string& person, const Sent& sent, const wire::Place& place) {
        world.now += 1'000;
        return world.run(person, placed(sent.report, place));
    }
    std::optional<Decision> joins(const std::string& id) {
        std::optional<Decision> decision =
            decide_late_join(world.state, id, Circumstances{world.now, random});
        if (decision) {
            world.state.apply(decision->event);
        }
        return decision;
    }
    const store::Incident& incident(const std::string& id) { return *world.state.incident(id); }

    World world;
    std::mt19937 generator{7};
    Random random = [this](std::span<unsigned char> bytes) {
        for (unsigned char& byte : bytes) {
            byte = static_cast<unsigned char>(generator() & 0xFFU);
        }
    };
};

class LatePlace : public testing::Test, public Scene {};

TEST_F(LatePlace, ThreeFiresWithoutAPlaceAreOneWhenTheySayWhere) {
    const Sent first = send("volunteer-1");
    const Sent second = send("volunteer-2");
    const Sent third = send("volunteer-3");
    EXPECT_FALSE(joins(first.incident)) << "nobody knows where it is";
    place("volunteer-1", first, in_g1());
    EXPECT_FALSE(joins(first.incident)) << "it is the only one there";
    place("volunteer-2", second, north_of(in_g1(), 20));
    const auto joined = joins(second.incident);
    ASSERT_TRUE(joined);
    EXPECT_EQ(joined->event.kind(), wire::EVENT_KIND_INCIDENT_MERGED);
    EXPECT_TRUE(joined->event.actor_person_id().empty()) << "the hub's own doing";
    EXPECT_FALSE(joined->event.rings()) << "both have rung";
    EXPECT_EQ(incident(second.incident).merged_into(), first.incident);
    EXPECT_EQ(incident(first.incident).report_count(), 2);
    place("volunteer-3", third, north_of(in_g1(), -20));
    ASSERT_TRUE(joins(third.incident));
    EXPECT_EQ(incident(first.incident).report_count(), 3);
    EXPECT_FALSE(joins(first.incident));
}

TEST_F(LatePlace, TheYoungerJoinsTheElderWhoeverSaysFirstWhere) {
    const Sent elder = send("volunteer-1");
    const Sent younger = send("volunteer-2");
    place("volunteer-2", younger, in_g1());
    EXPECT_FALSE(joins(younger.incident));
    place("volunteer-1", elder, in_g1());
    EXPECT_FALSE(joins(elder.incident));
    ASSERT_TRUE(joins(younger.incident));
    EXPECT_EQ(incident(younger.incident).merged_into(), elder.incident);
}

TEST_F(LatePlace, OnlyWhatItWouldHaveJoined) {
    struct Row {
        const char* what;
        std::function<void(World&, const Sent& elder, const Sent& younger)> happens;
        double away_m;
        bool joins;
    };
    const Row rows[] = {
        {"as it is", [](auto&, auto&, auto&) {}, 100, true},
        {"too far", [](auto&, auto&, auto&) {}, 151, false},
        {"long ago", [](auto& t, auto&, auto&) { t.now += 1'801'000; }, 100, false},
        {"the elder is over",
         [](auto& t, auto& elder, auto&) { t.run("officer-baoguo", resolve(elder.incident)); },
         100,
         false},
        {"somebody has the younger in hand",
         [](auto& t, auto&, auto& younger) {
             t.run("officer-baoguo", acknowledge(younger.incident));
         },
         100,
         false},
        {"somebody has the elder in hand",
         [](auto& t, auto& elder, auto&) { t.run("officer-baoguo", acknowledge(elder.incident)); },
         100,
         true},
        {"another station has the elder",
         [](auto& t, auto& elder, auto&) {
             t.run("officer-baoguo", hand_over(elder.incident, "lianmeng"));
         },
         100,
         false},
    };
    for (const Row& row : rows) {
        Scene fresh;
        const Sent elder = fresh.send("volunteer-1", report(wire::REPORT_KIND_FIRE, in_g1()));
        const Sent younger = fresh.send("volunteer-2");
        row.happens(fresh.world, elder, younger);
        fresh.place("volunteer-2", younger, north_of(in_g1(), row.away_m));
        EXPECT_EQ(fresh.joins(younger.incident).has_value(), row.joins) << row.what;
    }
}

TEST_F(LatePlace, WhatAnOfficerPartedStaysApart) {
    const Sent elder = send("volunteer-1", report(wire::REPORT_KIND_FIRE, in_g1()));
    const Sent younger = send("volunteer-2");
    place("volunteer-2", younger, in_g1());
    ASSERT_TRUE(joins(younger.incident));
    world.run("officer-baoguo", unmerge(younger.incident));
    EXPECT_FALSE(joins(younger.incident));
    EXPECT_FALSE(joins(elder.incident));
}

TEST_F(LatePlace, TheDecisionRestsOnBothAndOnTheFiresThere) {
    send("volunteer-1", report(wire::REPORT_KIND_FIRE, in_g1()));
    const Sent younger = send("volunteer-2");
    place("volunteer-2", younger, in_g1());
    const auto decision = joins(younger.incident);
    ASSERT_TRUE(decision);
    const auto reads = [&](const std::string& subject) {
        return std::ranges::any_of(decision->reads,
                                   [&](const auto& read) { return read.subject == subject; });
    };
    EXPECT_TRUE(reads("incident/" + younger.incident));
    EXPECT_TRUE(reads("incident/" + incident(younger.incident).merged_into()));
    EXPECT_TRUE(reads("set/fires/baoguo"));
}

TEST_F(LatePlace, AFarCorrectionRingsAgain) {
    struct Row {
        double accuracy_m;
        double away_m;
        bool rings;
    };
    for (const Row& row : {Row{10, 1'500, true},
                           Row{10, 31, true},
                           Row{10, 29, false},
                           Row{200, 150, false},
                           Row{200, 250, true}}) {
        Scene fresh;
        wire::Place first = in_g1();
        first.set_accuracy_m(row.accuracy_m);
        const Sent fire = fresh.send("volunteer-1", report(wire::REPORT_KIND_FIRE, first));
        fresh.world.run("officer-baoguo", respond(fire.incident));
        const Decision moved = fresh.place("volunteer-1", fire, north_of(in_g1(), row.away_m));
        EXPECT_EQ(moved.event.rings(), row.rings) << row.accuracy_m << " " << row.away_m;
    }
}

TEST_F(LatePlace, ASecondReportThatMovesAwayRings) {
    const Sent first = send("volunteer-1", report(wire::REPORT_KIND_FIRE, in_g1()));
    const Sent second = send("volunteer-2", report(wire::REPORT_KIND_FIRE, north_of(in_g1(), 10)));
    ASSERT_EQ(second.incident, first.incident);
    EXPECT_FALSE(place("volunteer-2", second, north_of(in_g1(), 20)).event.rings());
    EXPECT_TRUE(place("volunteer-2", second, north_of(in_g1(), 1'000)).event.rings());
}

TEST_F(LatePlace, WhatIsCalmMovesQuietly) {
    const Sent calm = send("volunteer-1", report(wire::REPORT_KIND_SIGHTING, in_g1()));
    EXPECT_FALSE(place("volunteer-1", calm, north_of(in_g1(), 1'000)).event.rings());
}

TEST_F(LatePlace, TheOfficerIsToldWhatMayBeTheSame) {
    const Sent one = send("volunteer-1", report(wire::REPORT_KIND_SIGHTING, in_g1()));
    const Sent other = send("volunteer-2", report(wire::REPORT_KIND_SIGHTING));
    place("volunteer-2", other, north_of(in_g1(), 50));
    ASSERT_EQ(incident(other.incident).perhaps_same_size(), 1);
    EXPECT_EQ(incident(other.incident).perhaps_same(0).incident_id(), one.incident);
    place("volunteer-2", other, north_of(in_g1(), 900));
    EXPECT_EQ(incident(other.incident).perhaps_same_size(), 0);
}

TEST_F(LatePlace, ACorrectionDoesNotFeelAroundForHazards) {
    send("volunteer-1", report(wire::REPORT_KIND_HAZARD, in_g1()));
    const Sent other = send("volunteer-2", report(wire::REPORT_KIND_HAZARD));
    EXPECT_FALSE(place("volunteer-2", other, in_g1()).receipt.similar_nearby());
}

}  // namespace
}  // namespace tocsin::domain::test
