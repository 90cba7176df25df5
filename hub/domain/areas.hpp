#pragma once
// Where a place lies in the district tree. Immutable once built; safe to share between threads.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/v1/district.pb.h"
#include "tocsin/v1/place.pb.h"

namespace tocsin::domain {

// Metres between two places on a sphere of 6,371,008.8 m (IUGG mean radius), haversine; good to 0.5
// % anywhere.
double distance_m(const tocsin::v1::Place& a, const tocsin::v1::Place& b);

// The place for those who may only know the neighbourhood: a raster of 0.005 degrees, accuracy 500
// m, `coarse` set.
tocsin::v1::Place coarse(const tocsin::v1::Place& place);

// Who gets a report from a place.
struct Route {
    std::string area_id;  // smallest area (by ground) that holds the place, borders included; ties:
                          // lowest id. Empty: none
    std::string station_id;  // the station above it (or itself); empty: the bureau itself
    std::vector<std::string>
        neighbour_station_ids;  // other stations that the accuracy circle touches, in order of id
    friend bool operator==(const Route&, const Route&) = default;
};

class AreaIndex {
public:
    explicit AreaIndex(const std::vector<const tocsin::v1::Area*>& areas);
    ~AreaIndex();

    // By polygon. An accuracy of 0 is a point: then a neighbour is only touched where the point is
    // on the border itself.
    Route route(const tocsin::v1::Place& place) const;
    // For a report without a place: the reporter's home area. Unknown or empty: the bureau.
    Route route_home(std::string_view home_area_id) const;

    // The area itself and all above it, smallest first; empty for an unknown id.
    std::vector<std::string> self_and_above(std::string_view area_id) const;
    // The area itself and all below it, in order of id; empty for an unknown id.
    std::vector<std::string> self_and_below(std::string_view area_id) const;
    // The station above an area, or itself; empty where there is none (the bureau, or an unknown
    // id).
    std::string station_of(std::string_view area_id) const;
    // Every station, in order of id.
    std::vector<std::string> stations() const;
    // The stations whose ground touches that of an area (for the bureau: all), in order of id.
    std::vector<std::string> stations_touching(std::string_view area_id) const;
    // Stations that lie within a distance of a place, in order of id; whose open fires a report
    // there may join.
    std::vector<std::string> stations_within(const tocsin::v1::Place& place, double metres) const;

private:
    struct Impl;
    std::unique_ptr<const Impl> impl_;
};

}  // namespace tocsin::domain
