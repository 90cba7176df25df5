// Where a place lies: smallest area, borders, ties, accuracy circles, the tree.
#include "hub/domain/areas.hpp"

#include <gmock/gmock.h>

#include "domain_world.hpp"

namespace tocsin::domain::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Names = std::vector<std::string>;

std::vector<const wire::Area*> pointers(const std::vector<wire::Area>& areas) {
    std::vector<const wire::Area*> all;
    for (const wire::Area& area : areas) {
        all.push_back(&area);
    }
    return all;
}

const AreaIndex& demo() {
    static const std::vector<wire::Area> areas = demo_areas();
    static const AreaIndex index(pointers(areas));
    return index;
}

TEST(Areas, RouteGoesToTheSmallestAreaAndTheStationAbove) {
    struct Row {
        const char* what;
        wire::Place place;
        Route route;
    };
    const Row rows[] = {
        {"within a grid", in_g1(), {"g1", "baoguo", {}}},
        {"within the next grid", in_g2(), {"g2", "baoguo", {}}},
        {"a community without grids", place_at(45.56, 126.63), {"dongsheng", "baoguo", {}}},
        {"a station without communities there",
         place_at(45.56, 126.69),
         {"xinjiang", "xinjiang", {}}},
        {"a station without any", in_lianmeng(), {"lianmeng", "lianmeng", {}}},
        {"the bureau's own ground", in_bureau_only(), {"pingfang", "", {}}},
        {"outside of all", outside(), {"", "", {}}},
        {"the other side of the earth", place_at(-45.52, -53.4), {"", "", {}}},
        {"the pole", place_at(90, 126.6), {"", "", {}}},
        {"border of two grids of a size: lowest id", place_at(45.52, 126.63), {"g1", "baoguo", {}}},
        {"border of two communities: the smaller is a grid",
         place_at(45.54, 126.61),
         {"g1", "baoguo", {}}},
        {"border of two stations, grids of a size",
         place_at(45.52, 126.66),
         {"g2", "baoguo", {"xinjiang"}}},
        {"border of two stations higher up",
         place_at(45.56, 126.66),
         {"dongsheng", "baoguo", {"xinjiang"}}},
        {"border of stations without grids: the smaller",
         place_at(45.57, 126.72),
         {"xinjiang", "xinjiang", {"lianmeng"}}},
        {"corner of the district", place_at(45.50, 126.60), {"g1", "baoguo", {}}},
        {"corner of four", place_at(45.54, 126.66), {"g2", "baoguo", {"xinjiang"}}},
        {"border of station and bureau", place_at(45.58, 126.63), {"dongsheng", "baoguo", {}}},
        {"outer border of the bureau", place_at(45.60, 126.70), {"pingfang", "", {}}},
        {"a metre outside", place_at(45.60001, 126.70), {"", "", {}}},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(demo().route(row.place), row.route)
            << row.what << ": " << demo().route(row.place).area_id << " "
            << demo().route(row.place).station_id << " "
            << testing::PrintToString(demo().route(row.place).neighbour_station_ids);
    }
}

TEST(Areas, AnAccuracyCircleTouchesTheNeighbour) {
    // 0.001 degrees of longitude are 77.9 m here, west of the border at 126.66.
    const double longitude = 126.659;
    struct Row {
        double accuracy_m;
        Names neighbours;
    };
    const Row rows[] = {
        {0, {}},
        {77, {}},
        {79, {"xinjiang"}},
        {4'700, {"xinjiang"}},
        {4'800, {"lianmeng", "xinjiang"}},
        {100'000, {"lianmeng", "xinjiang"}},
    };
    for (const Row& row : rows) {
        const Route route = demo().route(place_at(45.52, longitude, row.accuracy_m));
        EXPECT_EQ(route.area_id, "g2") << row.accuracy_m;
        EXPECT_EQ(route.neighbour_station_ids, row.neighbours) << row.accuracy_m;
    }
}

TEST(Areas, OutsideEveryStationTheCircleStillTouchesThem) {
    const Route route = demo().route(place_at(45.585, 126.66, 600));
    EXPECT_EQ(route.area_id, "pingfang");
    EXPECT_EQ(route.station_id, "");
    EXPECT_THAT(route.neighbour_station_ids, ElementsAre("baoguo", "xinjiang"));
}

TEST(Areas, EveryPointOfEveryBorderBelongsToSomebody) {
    for (int i = 0; i <= 1000; ++i) {
        const double latitude = 45.50 + 0.08 * i / 1000;
        const Route on_border = demo().route(place_at(latitude, 126.66));
        ASSERT_EQ(on_border.station_id, "baoguo") << latitude;
        ASSERT_THAT(on_border.neighbour_station_ids, ElementsAre("xinjiang")) << latitude;
    }
}

TEST(Areas, ASlantedBorderIncludesItsPoints) {
    wire::Area left = square("left", wire::AREA_KIND_STATION, "", 0, 0, 1, 1);
    wire::Area right = left;
    right.set_id("right");
    const double shared[2][2] = {{45.501, 126.603}, {45.577, 126.691}};
    const auto triangle = [&](wire::Area& area, double latitude, double longitude) {
        wire::Ring* ring = area.mutable_polygons(0)->mutable_outer();
        ring->clear_vertices();
        for (const auto& corner : shared) {
            wire::Vertex* vertex = ring->add_vertices();
            vertex->set_latitude(corner[0]);
            vertex->set_longitude(corner[1]);
        }
        wire::Vertex* vertex = ring->add_vertices();
        vertex->set_latitude(latitude);
        vertex->set_longitude(longitude);
    };
    triangle(left, 45.577, 126.603);
    triangle(right, 45.501, 126.691);
    const AreaIndex index({&left, &right});
    for (int i = 0; i <= 1000; ++i) {
        const double t = i / 1000.0;
        const Route route = index.route(place_at(shared[0][0] + t * (shared[1][0] - shared[0][0]),
                                                 shared[0][1] + t * (shared[1][1] - shared[0][1])));
        ASSERT_EQ(route.area_id, "left") << i;
        ASSERT_THAT(route.neighbour_station_ids, ElementsAre("right")) << i;
    }
}

TEST(Areas, HolesAreOutsideAndTheirBorderWithin) {
    wire::Area area = square("a", wire::AREA_KIND_STATION, "", 45.50, 126.60, 45.60, 126.70);
    *area.mutable_polygons(0)->add_holes() =
        square("", wire::AREA_KIND_GRID, "", 45.54, 126.64, 45.56, 126.66).polygons(0).outer();
    const AreaIndex index({&area});
    EXPECT_EQ(index.route(place_at(45.52, 126.65)).area_id, "a");
    EXPECT_EQ(index.route(place_at(45.55, 126.65)).area_id, "");
    EXPECT_EQ(index.route(place_at(45.54, 126.65)).area_id, "a");
}

TEST(Areas, AnAreaMayHaveSeveralPolygonsWrittenEitherWayRound) {
    wire::Area area = square("a", wire::AREA_KIND_STATION, "", 45.50, 126.60, 45.51, 126.61);
    wire::Ring* ring = area.add_polygons()->mutable_outer();
    const wire::Area second = square("", wire::AREA_KIND_GRID, "", 45.55, 126.60, 45.56, 126.61);
    for (int i = 3; i >= 0; --i) {
        *ring->add_vertices() = second.polygons(0).outer().vertices(i);
    }
    const AreaIndex index({&area});
    EXPECT_EQ(index.route(place_at(45.505, 126.605)).area_id, "a");
    EXPECT_EQ(index.route(place_at(45.555, 126.605)).area_id, "a");
    EXPECT_EQ(index.route(place_at(45.53, 126.605)).area_id, "");
}

TEST(Areas, WithoutAPlaceTheHomeDecides) {
    EXPECT_EQ(demo().route_home("g2"), (Route{"g2", "baoguo", {}}));
    EXPECT_EQ(demo().route_home("dongsheng"), (Route{"dongsheng", "baoguo", {}}));
    EXPECT_EQ(demo().route_home("pingfang"), (Route{"pingfang", "", {}}));
    EXPECT_EQ(demo().route_home(""), Route{});
    EXPECT_EQ(demo().route_home("nowhere"), Route{});
}

TEST(Areas, TheTree) {
    EXPECT_THAT(demo().self_and_above("g1"), ElementsAre("g1", "huahui", "baoguo", "pingfang"));
    EXPECT_THAT(demo().self_and_above("pingfang"), ElementsAre("pingfang"));
    EXPECT_THAT(demo().self_and_above("nowhere"), IsEmpty());
    EXPECT_THAT(demo().self_and_below("baoguo"),
                ElementsAre("baoguo", "dongsheng", "g1", "g2", "huahui"));
    EXPECT_THAT(demo().self_and_below("g1"), ElementsAre("g1"));
    EXPECT_THAT(demo().self_and_below("nowhere"), IsEmpty());
    EXPECT_EQ(demo().self_and_below("pingfang").size(), 10U);
    EXPECT_EQ(demo().station_of("g1"), "baoguo");
    EXPECT_EQ(demo().station_of("baoguo"), "baoguo");
    EXPECT_EQ(demo().station_of("pingfang"), "");
    EXPECT_EQ(demo().station_of("nowhere"), "");
    EXPECT_THAT(demo().stations(), ElementsAre("baoguo", "lianmeng", "xinjiang"));
}

TEST(Areas, ATreeThatRunsInACircleEnds) {
    wire::Area a = square("a", wire::AREA_KIND_GRID, "b", 45.50, 126.60, 45.51, 126.61);
    wire::Area b = square("b", wire::AREA_KIND_GRID, "a", 45.50, 126.60, 45.51, 126.61);
    const AreaIndex index({&a, &b});
    EXPECT_EQ(index.station_of("a"), "");
    EXPECT_LE(index.self_and_above("a").size(), 8U);
    EXPECT_THAT(index.self_and_below("a"), ElementsAre("a", "b"));
}

TEST(Areas, StationsTouchingAnArea) {
    EXPECT_THAT(demo().stations_touching("g1"), ElementsAre("baoguo"));
    EXPECT_THAT(demo().stations_touching("g2"), ElementsAre("baoguo", "xinjiang"));
    EXPECT_THAT(demo().stations_touching("dongsheng"), ElementsAre("baoguo", "xinjiang"));
    EXPECT_THAT(demo().stations_touching("lianmeng"), ElementsAre("lianmeng", "xinjiang"));
    EXPECT_THAT(demo().stations_touching("pingfang"),
                ElementsAre("baoguo", "lianmeng", "xinjiang"));
    EXPECT_THAT(demo().stations_touching("nowhere"), IsEmpty());
}

TEST(Areas, StationsTouchWhereOneLiesWithinTheOtherOrLinesCross) {
    wire::Area large = square("large", wire::AREA_KIND_STATION, "", 45.50, 126.60, 45.60, 126.70);
    wire::Area within = square("within", wire::AREA_KIND_STATION, "", 45.54, 126.64, 45.55, 126.65);
    wire::Area across = square("across", wire::AREA_KIND_STATION, "", 45.57, 126.55, 45.58, 126.75);
    wire::Area away = square("away", wire::AREA_KIND_STATION, "", 45.57, 126.80, 45.58, 126.85);
    const AreaIndex index({&large, &within, &across, &away});
    EXPECT_THAT(index.stations_touching("large"), ElementsAre("across", "large", "within"));
    EXPECT_THAT(index.stations_touching("within"), ElementsAre("large", "within"));
    EXPECT_THAT(index.stations_touching("across"), ElementsAre("across", "large"));
    EXPECT_THAT(index.stations_touching("away"), ElementsAre("away"));
}

TEST(Areas, StationsWithinADistance) {
    const wire::Place near_border = place_at(45.52, 126.659);  // 77.9 m from xinjiang
    EXPECT_THAT(demo().stations_within(near_border, 0), ElementsAre("baoguo"));
    EXPECT_THAT(demo().stations_within(near_border, 77), ElementsAre("baoguo"));
    EXPECT_THAT(demo().stations_within(near_border, 150), ElementsAre("baoguo", "xinjiang"));
    EXPECT_THAT(demo().stations_within(outside(), 150), IsEmpty());
}

TEST(Areas, WithoutAreasEverythingGoesToTheBureau) {
    const AreaIndex index({});
    EXPECT_EQ(index.route(in_g1()), Route{});
    EXPECT_THAT(index.stations(), IsEmpty());
    wire::Area bare;
    bare.set_id("bare");
    const AreaIndex with_bare({&bare});
    EXPECT_EQ(with_bare.route(in_g1()), Route{});
}

TEST(Areas, DistanceInMetres) {
    EXPECT_NEAR(distance_m(place_at(45, 126), place_at(46, 126)), 111'195, 1);
    EXPECT_NEAR(distance_m(place_at(0, 179.9), place_at(0, -179.9)), 22'239, 1);
    EXPECT_NEAR(distance_m(place_at(0, 0), place_at(0, 180)), 20'015'115, 1);
    EXPECT_EQ(distance_m(in_g1(), in_g1()), 0);
    // On the ellipsoid 0.045 degrees of latitude are 5,001 m here: within 0.5 %.
    EXPECT_NEAR(distance_m(place_at(45.55, 126.6), place_at(45.595, 126.6)), 5'001, 25);
}

TEST(Areas, CoarseIsARasterOfFiveThousandthsOfADegree) {
    struct Row {
        double given;
        double coarse;
    };
    const Row rows[] = {{45.5201, 45.52}, {45.5226, 45.525}, {45.5174, 45.515}, {-45.5201, -45.52}};
    for (const Row& row : rows) {
        const wire::Place made = coarse(place_at(row.given, row.given, 7));
        EXPECT_DOUBLE_EQ(made.latitude(), row.coarse);
        EXPECT_DOUBLE_EQ(made.longitude(), row.coarse);
        EXPECT_EQ(made.accuracy_m(), 500);
        EXPECT_TRUE(made.coarse());
    }
    EXPECT_DOUBLE_EQ(coarse(place_at(90, 180)).latitude(), 90);
    EXPECT_DOUBLE_EQ(coarse(place_at(90, 180)).longitude(), 180);
}

}  // namespace
}  // namespace tocsin::domain::test
