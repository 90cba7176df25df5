// Compounds, buildings and streets of an area: their bounds.
#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "hub/domain/places.hpp"

namespace tocsin::domain::test {
namespace {

void put(wire::Vertex& vertex, double latitude, double longitude) {
    vertex.set_latitude(latitude);
    vertex.set_longitude(longitude);
}

void square(wire::Ring& ring) {
    put(*ring.add_vertices(), 45.0, 126.0);
    put(*ring.add_vertices(), 45.0, 126.1);
    put(*ring.add_vertices(), 45.1, 126.1);
}

wire::Area good() {
    wire::Area area;
    wire::Compound& compound = *area.add_compounds();
    compound.set_id("heping");
    compound.set_name_zh("和平小区");
    square(*compound.mutable_outline());
    wire::Building& building = *compound.add_buildings();
    building.set_id("3");
    building.set_name_zh("3号楼");
    put(*building.mutable_at(), 45.05, 126.05);
    square(*building.mutable_outline());
    wire::Street& street = *area.add_streets();
    street.set_id("xinjiang-dajie");
    put(*street.add_line(), 45.0, 126.0);
    put(*street.add_line(), 45.1, 126.1);
    return area;
}

std::string fault_of(const std::function<void(wire::Area&)>& change) {
    wire::Area area = good();
    change(area);
    const auto fault = places_out_of_bounds(area, "area.");
    return fault ? fault->code + " " + fault->field : "";
}

TEST(Places, EveryBoundHolds) {
    using A = wire::Area;
    const std::string hundred(100, 'n');
    const double nan = std::numeric_limits<double>::quiet_NaN();
    struct Case {
        std::function<void(A&)> change;
        std::string fault;
    };
    const Case cases[] = {
        {[](A&) {}, ""},
        {[](A& a) { a.clear_compounds(), a.clear_streets(); }, ""},
        {[](A& a) { a.mutable_compounds(0)->clear_outline(); }, ""},
        {[](A& a) { a.mutable_compounds(0)->mutable_buildings(0)->clear_outline(); }, ""},
        {[](A& a) {
             for (int i = 1; i < 40; ++i) {
                 a.add_compounds()->set_id("c" + std::to_string(i));
             }
         },
         ""},
        {[](A& a) {
             for (int i = 1; i < 41; ++i) {
                 a.add_compounds()->set_id("c" + std::to_string(i));
             }
         },
         "too_many area.compounds"},
        {[](A& a) {
             for (int i = 1; i < 41; ++i) {
                 a.add_streets()->set_id("s" + std::to_string(i));
             }
         },
         "too_many area.streets"},
        {[](A& a) {
             for (int i = 0; i < 100; ++i) {
                 a.mutable_compounds(0)->add_buildings();
             }
         },
         "too_many area.compounds[0].buildings"},
        {[](A& a) { a.mutable_compounds(0)->clear_id(); }, "missing_field area.compounds[0].id"},
        {[](A& a) { a.mutable_compounds(0)->set_id("He Ping"); },
         "id_invalid area.compounds[0].id"},
        {[](A& a) { a.mutable_compounds(0)->set_id(std::string(65, 'a')); },
         "id_invalid area.compounds[0].id"},
        {[](A& a) { a.add_compounds()->set_id("heping"); }, "value_invalid area.compounds[1].id"},
        {[&](A& a) { a.mutable_compounds(0)->set_name_en(hundred); }, ""},
        {[&](A& a) { a.mutable_compounds(0)->set_name_en(hundred + "n"); },
         "text_too_long area.compounds[0].name_en"},
        {[](A& a) { a.mutable_compounds(0)->mutable_outline()->clear_vertices(); },
         "value_invalid area.compounds[0].outline.vertices"},
        {[](A& a) { a.mutable_compounds(0)->mutable_buildings(0)->clear_at(); },
         "missing_field area.compounds[0].buildings[0].at"},
        {[](A& a) {
             a.mutable_compounds(0)->mutable_buildings(0)->mutable_at()->set_latitude(90.1);
         },
         "coordinates_invalid area.compounds[0].buildings[0].at.latitude"},
        {[&](A& a) {
             a.mutable_compounds(0)->mutable_buildings(0)->mutable_at()->set_longitude(nan);
         },
         "coordinates_invalid area.compounds[0].buildings[0].at.longitude"},
        {[](A& a) { *a.mutable_compounds(0)->add_buildings() = a.compounds(0).buildings(0); },
         "value_invalid area.compounds[0].buildings[1].id"},
        {[](A& a) { a.mutable_streets(0)->set_id("?"); }, "id_invalid area.streets[0].id"},
        {[&](A& a) { a.mutable_streets(0)->set_name_zh(hundred + "n"); },
         "text_too_long area.streets[0].name_zh"},
        {[](A& a) { a.mutable_streets(0)->mutable_line()->RemoveLast(); },
         "value_invalid area.streets[0].line"},
        {[](A& a) { *a.mutable_streets(0)->mutable_line(1) = a.streets(0).line(0); },
         "value_invalid area.streets[0].line"},
        {[](A& a) {
             for (int i = 0; i < 199; ++i) {
                 put(*a.mutable_streets(0)->add_line(), i / 100.0, 0);
             }
         },
         "too_many area.streets[0].line"},
        {[](A& a) { a.mutable_streets(0)->mutable_line(1)->set_longitude(181); },
         "coordinates_invalid area.streets[0].line[1].longitude"},
    };
    int number = 0;
    for (const Case& one : cases) {
        EXPECT_EQ(fault_of(one.change), one.fault) << "case " << number;
        ++number;
    }
}

}  // namespace
}  // namespace tocsin::domain::test
