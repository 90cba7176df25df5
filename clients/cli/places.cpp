// places.geojson: a FeatureCollection (RFC 7946) of what stands on the areas: compounds, their
// buildings, streets.

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "district_files.hpp"
#include "field_checks.hpp"

namespace tocsin::cli {
namespace {

using nlohmann::json;

constexpr int kMostCompounds = 40;
constexpr int kMostStreets = 40;
constexpr int kMostBuildings = 100;
constexpr std::size_t kMostCorners = 500;
constexpr std::size_t kMostLinePoints = 200;
// A command is one message of at most 65,536 bytes; some are the command's own.
constexpr std::size_t kMostBytes = 65'000;

template <class List>
auto* find(List& list, const std::string& id) {
    const auto it = std::ranges::find(list, id, [](const auto& thing) { return thing.id(); });
    return it == list.end() ? nullptr : &*it;
}

// Reads one feature into the area that it names, and says what is wrong with it.
class PlaceReader {
public:
    PlaceReader(const json& feature,
                std::string where,
                std::vector<wire::Area>& areas,
                Problems& problems)
        : feature_(feature), where_(std::move(where)), areas_(areas), problems_(problems) {}

    // Compounds and streets at first, then the buildings, so that their order does not matter.
    void read(bool buildings) {
        if (!feature_.is_object() || feature_.value("type", json()) != "Feature" ||
            !feature_.value("properties", json()).is_object()) {
            if (!buildings) {
                wrong("is not a GeoJSON Feature with properties");
            }
            return;
        }
        const std::string kind = text("kind");
        if ((kind == "building") != buildings) {
            return;
        }
        const std::string id = text("id");
        if (!is_id(id)) {
            wrong("id '" + id + "' is not 1 to 64 of a-z, 0-9 and '-'");
            return;
        }
        where_ += " (" + id + ")";
        wire::Area* area = find(areas_, text("area"));
        if (area == nullptr) {
            wrong("the area '" + text("area") + "' is not in areas.geojson");
        } else if (kind == "compound") {
            read_compound(id, *area);
        } else if (kind == "street") {
            read_street(id, *area);
        } else if (kind == "building") {
            read_building(id, *area);
        } else {
            wrong("kind '" + kind + "' is not compound, building or street");
        }
    }

private:
    void wrong(const std::string& what) { problems_.push_back(where_ + ": " + what); }

    std::string text(const char* name) {
        const json& properties = feature_["properties"];
        const auto it = properties.find(name);
        if (it == properties.end() || it->is_null()) {
            return {};
        }
        if (!it->is_string()) {
            wrong(std::string(name) + " is not a text");
            return {};
        }
        auto value = it->get<std::string>();
        if (count_chars(value) > kLongestName) {
            wrong(std::string(name) + " is longer than " + std::to_string(kLongestName) +
                  " characters");
        }
        return value;
    }

    bool assumed() {
        const json value = feature_["properties"].value("assumed", json(false));
        if (!value.is_boolean()) {
            wrong("assumed is not true or false");
            return false;
        }
        return value.get<bool>();
    }

    template <class Thing>
    Thing* add(const std::string& id, google::protobuf::RepeatedPtrField<Thing>& things, int most) {
        if (find(things, id) != nullptr) {
            wrong("the id stands there twice");
            return nullptr;
        }
        if (things.size() >= most) {
            wrong("there are more than " + std::to_string(most) + " of its kind there");
            return nullptr;
        }
        Thing& thing = *things.Add();
        thing.set_id(id);
        thing.set_name_zh(text("name_zh"));
        thing.set_name_en(text("name_en"));
        if (thing.name_zh().empty()) {
            wrong("name_zh is missing");
        }
        return &thing;
    }

    void read_compound(const std::string& id, wire::Area& area) {
        wire::Compound* compound = add(id, *area.mutable_compounds(), kMostCompounds);
        if (compound == nullptr) {
            return;
        }
        compound->set_assumed(assumed());
        const json geometry = feature_.value("geometry", json());
        if (geometry.is_null()) {
            return;
        }
        if (type_of(geometry) == "Polygon") {
            read_outline(geometry, *compound->mutable_outline());
        } else {
            wrong("the geometry of a compound is a Polygon, or null");
        }
    }

    void read_building(const std::string& id, wire::Area& area) {
        wire::Compound* compound = find(*area.mutable_compounds(), text("compound"));
        if (compound == nullptr) {
            wrong("the compound '" + text("compound") + "' is not in that area");
            return;
        }
        wire::Building* building = add(id, *compound->mutable_buildings(), kMostBuildings);
        if (building == nullptr) {
            return;
        }
        const json geometry = feature_.value("geometry", json());
        if (type_of(geometry) == "Point") {
            read_position(geometry.value("coordinates", json()), *building->mutable_at());
        } else if (type_of(geometry) == "Polygon") {
            read_outline(geometry, *building->mutable_outline());
            put_in_the_middle(*building);
        } else {
            wrong("the geometry of a building is a Point or a Polygon");
        }
    }

    void read_street(const std::string& id, wire::Area& area) {
        wire::Street* street = add(id, *area.mutable_streets(), kMostStreets);
        if (street == nullptr) {
            return;
        }
        street->set_assumed(assumed());
        const json geometry = feature_.value("geometry", json());
        if (type_of(geometry) != "LineString") {
            wrong("the geometry of a street is a LineString");
            return;
        }
        read_line(geometry.value("coordinates", json()), *street->mutable_line());
        const auto points = static_cast<std::size_t>(street->line_size());
        if (points < 2 || points > kMostLinePoints) {
            wrong("has " + std::to_string(points) + " points; 2 to " +
                  std::to_string(kMostLinePoints) + " are allowed");
        }
    }

    static std::string type_of(const json& geometry) {
        const json type = geometry.is_object() ? geometry.value("type", json()) : json();
        return type.is_string() ? type.get<std::string>() : "";
    }

    // The mean of its corners: near enough for what is a few metres across.
    static void put_in_the_middle(wire::Building& building) {
        const auto& corners = building.outline().vertices();
        if (corners.empty()) {
            return;
        }
        double latitude = 0;
        double longitude = 0;
        for (const wire::Vertex& corner : corners) {
            latitude += corner.latitude();
            longitude += corner.longitude();
        }
        building.mutable_at()->set_latitude(latitude / corners.size());
        building.mutable_at()->set_longitude(longitude / corners.size());
    }

    void read_outline(const json& geometry, wire::Ring& ring) {
        const json lines = geometry.value("coordinates", json());
        if (!lines.is_array() || lines.size() != 1) {
            wrong("an outline is one line, without holes");
            return;
        }
        auto& vertices = *ring.mutable_vertices();
        read_line(lines[0], vertices);
        if (vertices.size() > 1 && vertices[0].latitude() == vertices.rbegin()->latitude() &&
            vertices[0].longitude() == vertices.rbegin()->longitude()) {
            vertices.RemoveLast();
        }
        const auto corners = static_cast<std::size_t>(vertices.size());
        if (corners < 3 || corners > kMostCorners) {
            wrong("an outline has " + std::to_string(corners) + " corners; 3 to " +
                  std::to_string(kMostCorners) + " are allowed");
        }
    }

    void read_line(const json& positions, google::protobuf::RepeatedPtrField<wire::Vertex>& line) {
        if (!positions.is_array()) {
            wrong("a line is not a list of [longitude, latitude]");
            return;
        }
        for (const auto& position : positions) {
            if (!read_position(position, *line.Add())) {
                return;
            }
        }
    }

    bool read_position(const json& position, wire::Vertex& vertex) {
        if (!position.is_array() || position.size() < 2 || !position[0].is_number() ||
            !position[1].is_number()) {
            wrong("a point is not [longitude, latitude]");
            return false;
        }
        vertex.set_longitude(position[0].get<double>());
        vertex.set_latitude(position[1].get<double>());
        if (std::abs(vertex.latitude()) <= 90 && std::abs(vertex.longitude()) <= 180) {
            return true;
        }
        wrong("the point " + position.dump() +
              " is not on the earth; GeoJSON writes [longitude, latitude]");
        return false;
    }

    const json& feature_;
    std::string where_;
    std::vector<wire::Area>& areas_;
    Problems& problems_;
};

}  // namespace

void parse_places(const std::string& text,
                  const std::string& file,
                  std::vector<wire::Area>& areas,
                  Problems& problems) {
    json document;
    try {
        document = json::parse(text);
    } catch (const json::exception& error) {
        problems.push_back(file + ": not JSON: " + error.what());
        return;
    }
    if (!document.is_object() || document.value("type", json()) != "FeatureCollection" ||
        !document.value("features", json()).is_array()) {
        problems.push_back(file + ": not a GeoJSON FeatureCollection");
        return;
    }
    for (const bool buildings : {false, true}) {
        std::size_t number = 0;
        for (const auto& feature : document["features"]) {
            const std::string where = file + ": feature " + std::to_string(++number);
            PlaceReader(feature, where, areas, problems).read(buildings);
        }
    }
    for (const auto& area : areas) {
        if (area.ByteSizeLong() > kMostBytes) {
            problems.push_back(file + ": " + area.id() +
                               " has too much on it: " + std::to_string(area.ByteSizeLong()) +
                               " bytes, at most " + std::to_string(kMostBytes));
        }
    }
}

}  // namespace tocsin::cli
