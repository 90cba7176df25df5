// areas.geojson: a FeatureCollection (RFC 7946) of the district's areas.

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "district_files.hpp"
#include "field_checks.hpp"
#include "words.hpp"

namespace tocsin::cli {
namespace {

using nlohmann::json;

constexpr std::size_t kMostVertices = 500;
constexpr int kMostHoles = 16;
constexpr int kMostPolygons = 16;
// A command is one message of at most 65,536 bytes; some are the command's own.
constexpr std::size_t kMostBytes = 65'000;

// Reads one feature and says what is wrong with it.
class FeatureReader {
public:
    FeatureReader(const json& feature, std::string where, Problems& problems)
        : feature_(feature), where_(std::move(where)), problems_(problems) {}

    std::optional<wire::Area> read() {
        const auto before = problems_.size();
        if (!feature_.is_object() || feature_.value("type", json()) != "Feature") {
            wrong("is not a GeoJSON Feature");
            return std::nullopt;
        }
        read_properties(feature_.value("properties", json()));
        read_geometry(feature_.value("geometry", json()));
        if (area_.ByteSizeLong() > kMostBytes) {
            wrong("is too large: " + std::to_string(area_.ByteSizeLong()) + " bytes, at most " +
                  std::to_string(kMostBytes) + "; draw it with fewer corners");
        }
        return problems_.size() == before ? std::optional(area_) : std::nullopt;
    }

private:
    void wrong(const std::string& what) { problems_.push_back(where_ + ": " + what); }

    std::string text(const json& properties, const std::string& name) {
        const auto it = properties.find(name);
        if (it == properties.end() || it->is_null()) {
            return {};
        }
        if (!it->is_string()) {
            wrong(name + " is not a text");
            return {};
        }
        auto value = it->get<std::string>();
        if (count_chars(value) > kLongestName) {
            wrong(name + " is longer than " + std::to_string(kLongestName) + " characters");
        }
        return value;
    }

    void read_properties(const json& properties) {
        if (!properties.is_object()) {
            wrong("has no properties");
            return;
        }
        area_.set_id(text(properties, "id"));
        if (!is_id(area_.id())) {
            wrong("id '" + area_.id() + "' is not 1 to 64 of a-z, 0-9 and '-'");
        } else {
            where_ += " (" + area_.id() + ")";
        }
        const auto kind = text(properties, "kind");
        area_.set_kind(value_of(kAreaKinds, kind));
        if (area_.kind() == wire::AREA_KIND_UNSPECIFIED) {
            wrong("kind '" + kind + "' is not " + one_of(kAreaKinds));
        }
        area_.set_parent_id(text(properties, "parent"));
        area_.set_name_zh(text(properties, "name_zh"));
        area_.set_name_en(text(properties, "name_en"));
        if (area_.name_zh().empty()) {
            wrong("name_zh is missing");
        }
        area_.set_station_name_zh(text(properties, "station_name_zh"));
        area_.set_station_name_en(text(properties, "station_name_en"));
        if (const auto it = properties.find("assumed"); it != properties.end() && !it->is_null()) {
            if (it->is_boolean()) {
                area_.set_assumed(it->get<bool>());
            } else {
                wrong("assumed is not true or false");
            }
        }
    }

    void read_geometry(const json& geometry) {
        const auto type = geometry.is_object() ? geometry.value("type", json()) : json();
        const auto coordinates =
            geometry.is_object() ? geometry.value("coordinates", json()) : json();
        if (type == "Polygon") {
            read_polygon(coordinates);
        } else if (type == "MultiPolygon" && coordinates.is_array()) {
            for (const auto& polygon : coordinates) {
                read_polygon(polygon);
            }
        } else {
            wrong("geometry is not a Polygon or a MultiPolygon");
            return;
        }
        if (area_.polygons_size() == 0 || area_.polygons_size() > kMostPolygons) {
            wrong("has " + std::to_string(area_.polygons_size()) + " polygons; 1 to " +
                  std::to_string(kMostPolygons) + " are allowed");
        }
    }

    void read_polygon(const json& rings) {
        auto& polygon = *area_.add_polygons();
        if (!rings.is_array() || rings.empty()) {
            wrong("a polygon has no outer line");
            return;
        }
        read_ring(rings[0], *polygon.mutable_outer());
        for (std::size_t at = 1; at < rings.size(); ++at) {
            read_ring(rings[at], *polygon.add_holes());
        }
        if (polygon.holes_size() > kMostHoles) {
            wrong("a polygon has more than " + std::to_string(kMostHoles) + " holes");
        }
    }

    void read_ring(const json& positions, wire::Ring& ring) {
        if (!positions.is_array()) {
            wrong("a line of a polygon is not a list of [longitude, latitude]");
            return;
        }
        for (const auto& position : positions) {
            if (!read_position(position, *ring.add_vertices())) {
                return;
            }
        }
        auto& vertices = *ring.mutable_vertices();
        if (vertices.size() > 1 && vertices[0].latitude() == vertices.rbegin()->latitude() &&
            vertices[0].longitude() == vertices.rbegin()->longitude()) {
            vertices.RemoveLast();
        }
        const auto corners = static_cast<std::size_t>(vertices.size());
        if (corners < 3 || corners > kMostVertices) {
            wrong("a line of a polygon has " + std::to_string(corners) + " corners; 3 to " +
                  std::to_string(kMostVertices) + " are allowed");
        }
    }

    bool read_position(const json& position, wire::Vertex& vertex) {
        if (!position.is_array() || position.size() < 2 || !position[0].is_number() ||
            !position[1].is_number()) {
            wrong("a corner is not [longitude, latitude]");
            return false;
        }
        vertex.set_longitude(position[0].get<double>());
        vertex.set_latitude(position[1].get<double>());
        if (std::abs(vertex.latitude()) <= 90 && std::abs(vertex.longitude()) <= 180) {
            return true;
        }
        wrong("the corner " + position.dump() +
              " is not on the earth; GeoJSON writes [longitude, latitude]");
        return false;
    }

    const json& feature_;
    std::string where_;
    Problems& problems_;
    wire::Area area_;
};

}  // namespace

std::vector<wire::Area> parse_areas(const std::string& text,
                                    const std::string& file,
                                    Problems& problems) {
    std::vector<wire::Area> areas;
    json document;
    try {
        document = json::parse(text);
    } catch (const json::exception& error) {
        problems.push_back(file + ": not JSON: " + error.what());
        return areas;
    }
    if (!document.is_object() || document.value("type", json()) != "FeatureCollection" ||
        !document.value("features", json()).is_array()) {
        problems.push_back(file + ": not a GeoJSON FeatureCollection");
        return areas;
    }
    std::size_t number = 0;
    for (const auto& feature : document["features"]) {
        const auto where = file + ": feature " + std::to_string(++number);
        if (auto area = FeatureReader(feature, where, problems).read()) {
            areas.push_back(*std::move(area));
        }
    }
    return areas;
}

}  // namespace tocsin::cli
