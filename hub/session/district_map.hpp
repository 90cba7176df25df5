#pragma once
// The district as everybody in it may know it: areas, what stands on them, stations, teams,
// questions, and where map tiles come from. docs/pages.md has its form. Pure.

#include <string>
#include <vector>

#include "hub/domain/state.hpp"
#include "hub/session/doorkeeper.hpp"

namespace tocsin::session {

// Where a page may load map tiles from. From a hub's own configuration: another hub of the district
// may have others.
struct TileSource {
    std::string name;
    std::string url;    // with {z}, {x} and {y}
    std::string datum;  // WGS-84 or GCJ-02
    std::string attribution;
    int max_zoom = 18;

    friend bool operator==(const TileSource&, const TileSource&) = default;
};

DistrictMap district_map(const domain::State& state, const std::vector<TileSource>& tiles);

}  // namespace tocsin::session
