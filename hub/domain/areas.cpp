// The only file that knows Boost.Geometry. Each area keeps its polygons in metres on a plane of its
// own, laid at the middle of its bounds: straight lines in degrees stay straight, and within the
// 100 km that an accuracy may have the plane is good to about 1 %. Areas do not cross the 180th
// meridian.
#include "hub/domain/areas.hpp"

#include <algorithm>
#include <boost/geometry/algorithms/area.hpp>
#include <boost/geometry/algorithms/correct.hpp>
#include <boost/geometry/algorithms/distance.hpp>
#include <boost/geometry/algorithms/envelope.hpp>
#include <boost/geometry/algorithms/for_each.hpp>
#include <boost/geometry/geometries/box.hpp>
#include <boost/geometry/geometries/multi_polygon.hpp>
#include <boost/geometry/geometries/point_xy.hpp>
#include <boost/geometry/geometries/polygon.hpp>
#include <boost/geometry/geometries/segment.hpp>
#include <boost/geometry/index/rtree.hpp>
#include <boost/geometry/strategies/cartesian.hpp>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>
#include <set>
#include <utility>

namespace tocsin::domain {
namespace {

namespace bg = boost::geometry;
namespace wire = tocsin::v1;

using Point = bg::model::d2::point_xy<double>;
using Polygon = bg::model::polygon<Point>;
using Shape = bg::model::multi_polygon<Polygon>;
using Box = bg::model::box<Point>;
using Segment = bg::model::segment<Point>;
using Tree = bg::index::rtree<std::pair<Box, std::size_t>, bg::index::quadratic<16>>;

constexpr double kEarthRadiusM = 6'371'008.8;
constexpr double kRadians = std::numbers::pi / 180.0;
constexpr double kMetresPerDegree = kEarthRadiusM * kRadians;
// A point this near to a border is on it: far below what any phone measures, far above what
// rounding does.
constexpr double kBorderM = 0.01;
// No district tree is deeper; ends the climb should a log ever hold a circle.
constexpr int kLevels = 8;

struct Plane {
    double latitude = 0;
    double longitude = 0;
    double metres_per_longitude = kMetresPerDegree;

    static Plane at(double latitude, double longitude) {
        return {latitude, longitude, kMetresPerDegree * std::cos(latitude * kRadians)};
    }
    Point operator()(const Point& degrees) const {
        return {(degrees.x() - longitude) * metres_per_longitude,
                (degrees.y() - latitude) * kMetresPerDegree};
    }
};

Polygon::ring_type ring_of(const wire::Ring& ring) {
    Polygon::ring_type made;
    for (const wire::Vertex& vertex : ring.vertices()) {
        made.emplace_back(vertex.longitude(), vertex.latitude());
    }
    return made;
}

Shape shape_of(const wire::Area& area) {
    Shape shape;
    for (const wire::Polygon& polygon : area.polygons()) {
        if (polygon.outer().vertices_size() < 3) {
            continue;
        }
        Polygon made;
        made.outer() = ring_of(polygon.outer());
        for (const wire::Ring& hole : polygon.holes()) {
            if (hole.vertices_size() >= 3) {
                made.inners().push_back(ring_of(hole));
            }
        }
        shape.push_back(std::move(made));
    }
    bg::correct(shape);
    return shape;
}

Shape laid_on(const Plane& plane, const Shape& degrees) {
    Shape shape = degrees;
    bg::for_each_point(shape, [&](Point& point) { point = plane(point); });
    return shape;
}

struct Node {
    std::string id;
    wire::AreaKind kind = wire::AREA_KIND_UNSPECIFIED;
    std::string parent;
    std::vector<std::string> children;
    Shape degrees;
    Plane plane;
    Shape metres;
    long long ground_m2 = 0;  // to the square metre, so that equal grounds compare equal

    explicit Node(const wire::Area& area)
        : id(area.id()), kind(area.kind()), parent(area.parent_id()), degrees(shape_of(area)) {
        if (degrees.empty()) {
            return;
        }
        const Box box = bg::return_envelope<Box>(degrees);
        plane = Plane::at((box.min_corner().y() + box.max_corner().y()) / 2,
                          (box.min_corner().x() + box.max_corner().x()) / 2);
        metres = laid_on(plane, degrees);
        ground_m2 = std::llround(std::abs(bg::area(metres)));
    }

    double distance_m(const Point& place) const {
        return metres.empty() ? std::numeric_limits<double>::infinity()
                              : bg::distance(plane(place), metres);
    }
};

Box widened(Point low, Point high, double metres) {
    const double latitude = metres / kMetresPerDegree;
    const double farthest =
        std::min(90.0, std::max(std::abs(low.y()), std::abs(high.y())) + latitude);
    const double longitude = latitude / std::max(std::cos(farthest * kRadians), 1e-6);
    return {{low.x() - longitude, low.y() - latitude}, {high.x() + longitude, high.y() + latitude}};
}

std::vector<Segment> segments_near(const Shape& shape, const Shape& other) {
    Box reach = bg::return_envelope<Box>(other);
    bg::expand(reach, Point(reach.min_corner().x() - kBorderM, reach.min_corner().y() - kBorderM));
    bg::expand(reach, Point(reach.max_corner().x() + kBorderM, reach.max_corner().y() + kBorderM));
    std::vector<Segment> near;
    bg::for_each_segment(shape, [&](const auto& segment) {
        Segment copy(Point(segment.first.x(), segment.first.y()),
                     Point(segment.second.x(), segment.second.y()));
        if (bg::intersects(bg::return_envelope<Box>(copy), reach)) {
            near.push_back(copy);
        }
    });
    return near;
}

// Whether a polygon of the first begins within the second.
bool begins_within(const Shape& shape, const Shape& other) {
    return std::any_of(shape.begin(), shape.end(), [&](const Polygon& polygon) {
        return bg::distance(polygon.outer().front(), other) <= kBorderM;
    });
}

// Both on one plane.
bool touch(const Shape& a, const Shape& b) {
    if (a.empty() || b.empty()) {
        return false;
    }
    if (begins_within(a, b) || begins_within(b, a)) {
        return true;
    }
    const std::vector<Segment> mine = segments_near(a, b);
    const std::vector<Segment> theirs = segments_near(b, a);
    for (const Segment& segment : mine) {
        for (const Segment& other : theirs) {
            if (bg::distance(segment, other) <= kBorderM) {
                return true;
            }
        }
    }
    return false;
}

}  // namespace

double distance_m(const wire::Place& a, const wire::Place& b) {
    const double latitude = std::sin((b.latitude() - a.latitude()) * kRadians / 2);
    const double longitude = std::sin((b.longitude() - a.longitude()) * kRadians / 2);
    const double h = latitude * latitude + std::cos(a.latitude() * kRadians) *
                                               std::cos(b.latitude() * kRadians) * longitude *
                                               longitude;
    return 2 * kEarthRadiusM * std::asin(std::sqrt(std::min(1.0, h)));
}

wire::Place coarse(const wire::Place& place) {
    constexpr double kCellsPerDegree = 200;  // 0.005 degrees
    wire::Place made;
    made.set_latitude(std::round(place.latitude() * kCellsPerDegree) / kCellsPerDegree);
    made.set_longitude(std::round(place.longitude() * kCellsPerDegree) / kCellsPerDegree);
    made.set_accuracy_m(500);
    made.set_coarse(true);
    return made;
}

struct AreaIndex::Impl {
    std::vector<Node> nodes;  // in order of id
    std::map<std::string, std::size_t, std::less<>> by_id;
    Tree tree;  // bounds in degrees

    const Node* find(std::string_view id) const {
        const auto found = by_id.find(id);
        return found == by_id.end() ? nullptr : &nodes[found->second];
    }

    // Those whose bounds come within a distance of the box, in order of id.
    std::vector<const Node*> near(const Box& box) const {
        std::vector<std::pair<Box, std::size_t>> found;
        tree.query(bg::index::intersects(box), std::back_inserter(found));
        std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
            return a.second < b.second;
        });
        std::vector<const Node*> all;
        all.reserve(found.size());
        for (const auto& [bounds, index] : found) {
            all.push_back(&nodes[index]);
        }
        return all;
    }
};

AreaIndex::AreaIndex(const std::vector<const wire::Area*>& areas) {
    auto impl = std::make_unique<Impl>();
    std::vector<const wire::Area*> sorted = areas;
    std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) {
        return a->id() < b->id();
    });
    std::vector<std::pair<Box, std::size_t>> boxes;
    for (const wire::Area* area : sorted) {
        const std::size_t index = impl->nodes.size();
        const Node& node = impl->nodes.emplace_back(*area);
        impl->by_id.emplace(node.id, index);
        if (!node.degrees.empty()) {
            boxes.emplace_back(bg::return_envelope<Box>(node.degrees), index);
        }
    }
    impl->tree = Tree(boxes);
    for (const Node& node : impl->nodes) {
        const auto parent = impl->by_id.find(node.parent);
        if (parent != impl->by_id.end()) {
            impl->nodes[parent->second].children.push_back(node.id);
        }
    }
    impl_ = std::move(impl);
}

AreaIndex::~AreaIndex() = default;

Route AreaIndex::route(const wire::Place& place) const {
    const Point point(place.longitude(), place.latitude());
    const double reach = std::max(place.accuracy_m(), kBorderM);
    const Node* smallest = nullptr;
    std::vector<std::string> touched;
    for (const Node* node : impl_->near(widened(point, point, reach))) {
        const double away = node->distance_m(point);
        if (away <= kBorderM && (smallest == nullptr || node->ground_m2 < smallest->ground_m2)) {
            smallest = node;
        }
        if (away <= reach && node->kind == wire::AREA_KIND_STATION) {
            touched.push_back(node->id);
        }
    }
    Route route;
    if (smallest != nullptr) {
        route.area_id = smallest->id;
        route.station_id = station_of(smallest->id);
    }
    std::erase(touched, route.station_id);
    route.neighbour_station_ids = std::move(touched);
    return route;
}

Route AreaIndex::route_home(std::string_view home_area_id) const {
    const Node* home = impl_->find(home_area_id);
    return home == nullptr ? Route{} : Route{home->id, station_of(home->id), {}};
}

std::vector<std::string> AreaIndex::self_and_above(std::string_view area_id) const {
    std::vector<std::string> all;
    const Node* node = impl_->find(area_id);
    for (int level = 0; node != nullptr && level < kLevels; ++level) {
        all.push_back(node->id);
        node = impl_->find(node->parent);
    }
    return all;
}

std::vector<std::string> AreaIndex::self_and_below(std::string_view area_id) const {
    std::set<std::string> all;
    std::vector<const Node*> open;
    if (const Node* top = impl_->find(area_id)) {
        open.push_back(top);
    }
    while (!open.empty()) {
        const Node* node = open.back();
        open.pop_back();
        if (all.insert(node->id).second) {
            for (const std::string& child : node->children) {
                open.push_back(impl_->find(child));
            }
        }
    }
    return {all.begin(), all.end()};
}

std::string AreaIndex::station_of(std::string_view area_id) const {
    const Node* node = impl_->find(area_id);
    for (int level = 0; node != nullptr && level < kLevels; ++level) {
        if (node->kind == wire::AREA_KIND_STATION) {
            return node->id;
        }
        node = impl_->find(node->parent);
    }
    return {};
}

std::vector<std::string> AreaIndex::stations() const {
    std::vector<std::string> all;
    for (const Node& node : impl_->nodes) {
        if (node.kind == wire::AREA_KIND_STATION) {
            all.push_back(node.id);
        }
    }
    return all;
}

std::vector<std::string> AreaIndex::stations_touching(std::string_view area_id) const {
    const Node* area = impl_->find(area_id);
    if (area == nullptr) {
        return {};
    }
    if (area->kind == wire::AREA_KIND_BUREAU) {
        return stations();
    }
    std::set<std::string> all;
    if (std::string own = station_of(area_id); !own.empty()) {
        all.insert(std::move(own));
    }
    if (!area->degrees.empty()) {
        const Box box = bg::return_envelope<Box>(area->degrees);
        for (const Node* node :
             impl_->near(widened(box.min_corner(), box.max_corner(), kBorderM))) {
            if (node->kind == wire::AREA_KIND_STATION && !all.contains(node->id) &&
                touch(area->metres, laid_on(area->plane, node->degrees))) {
                all.insert(node->id);
            }
        }
    }
    return {all.begin(), all.end()};
}

std::vector<std::string> AreaIndex::stations_within(const wire::Place& place, double metres) const {
    const Point point(place.longitude(), place.latitude());
    const double reach = std::max(metres, kBorderM);
    std::vector<std::string> all;
    for (const Node* node : impl_->near(widened(point, point, reach))) {
        if (node->kind == wire::AREA_KIND_STATION && node->distance_m(point) <= reach) {
            all.push_back(node->id);
        }
    }
    return all;
}

}  // namespace tocsin::domain
