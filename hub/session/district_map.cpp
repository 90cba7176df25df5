#include "hub/session/district_map.hpp"

#include <zlib.h>

#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

#include "hub/log/digest.hpp"

namespace tocsin::session {

namespace {

using Json = nlohmann::ordered_json;

struct KindName {
    wire::ReportKind kind;
    std::string_view word;
    std::string_view zh;
    std::string_view en;
};
constexpr std::array kKinds = {
    KindName{wire::REPORT_KIND_SIGHTING, "sighting", "可疑线索", "Sighting"},
    KindName{wire::REPORT_KIND_FIRE, "fire", "火情", "Fire"},
    KindName{wire::REPORT_KIND_HAZARD, "hazard", "隐患", "Hazard"},
    KindName{wire::REPORT_KIND_ASSIST, "assist", "求助", "Help"},
    KindName{wire::REPORT_KIND_DISPUTE, "dispute", "矛盾纠纷", "Dispute"},
    KindName{wire::REPORT_KIND_CLUE, "clue", "寻人线索", "Clue"},
};

std::string_view word_of(wire::AreaKind kind) {
    switch (kind) {
        case wire::AREA_KIND_BUREAU:
            return "bureau";
        case wire::AREA_KIND_STATION:
            return "station";
        case wire::AREA_KIND_COMMUNITY:
            return "community";
        case wire::AREA_KIND_GRID:
            return "grid";
        default:
            return "";
    }
}

Json to_json(const wire::Vertex& vertex) {
    return Json::array({vertex.longitude(), vertex.latitude()});
}

// GeoJSON closes its rings.
Json to_json(const wire::Ring& ring) {
    Json json = Json::array();
    for (const wire::Vertex& vertex : ring.vertices()) {
        json.push_back(to_json(vertex));
    }
    if (!json.empty() && json.front() != json.back()) {
        json.push_back(Json(json.front()));
    }
    return json;
}

Json geometry(std::string_view type, Json coordinates) {
    Json json;
    json["type"] = type;
    json["coordinates"] = std::move(coordinates);
    return json;
}

Json feature(std::string id, Json properties, Json geometry) {
    Json json;
    json["type"] = "Feature";
    json["id"] = std::move(id);
    json["properties"] = std::move(properties);
    json["geometry"] = std::move(geometry);
    return json;
}

// A list of features as GeoJSON has it.
struct Collection {
    Json features = Json::array();

    Json take() {
        Json json;
        json["type"] = "FeatureCollection";
        json["features"] = std::move(features);
        return json;
    }
};

template <class T>
Json names(const T& named) {
    Json json;
    json["name_zh"] = named.name_zh();
    json["name_en"] = named.name_en();
    return json;
}

template <class T>
Json id_and_names(const T& named) {
    Json json;
    json["id"] = named.id();
    json.update(names(named));
    return json;
}

Json area_feature(const wire::Area& area) {
    Json properties;
    properties["kind"] = word_of(area.kind());
    properties["parent_id"] = area.parent_id();
    properties.update(names(area));
    if (area.kind() == wire::AREA_KIND_STATION) {
        properties["station_name_zh"] = area.station_name_zh();
        properties["station_name_en"] = area.station_name_en();
    }
    properties["assumed"] = area.assumed();
    Json polygons = Json::array();
    for (const wire::Polygon& polygon : area.polygons()) {
        Json rings = Json::array({to_json(polygon.outer())});
        for (const wire::Ring& hole : polygon.holes()) {
            rings.push_back(to_json(hole));
        }
        polygons.push_back(std::move(rings));
    }
    return feature(area.id(), std::move(properties), geometry("MultiPolygon", std::move(polygons)));
}

template <class T>
Json polygon_or_null(const T& outlined) {
    return outlined.has_outline() ? geometry("Polygon", Json::array({to_json(outlined.outline())}))
                                  : Json(nullptr);
}

struct Places {
    Collection compounds;
    Collection buildings;
    Collection streets;

    void add(const wire::Area& area) {
        for (const wire::Compound& compound : area.compounds()) {
            const std::string path = area.id() + "/" + compound.id();
            Json properties;
            properties["area_id"] = area.id();
            properties.update(names(compound));
            properties["assumed"] = compound.assumed();
            compounds.features.push_back(
                feature(path, std::move(properties), polygon_or_null(compound)));
            for (const wire::Building& building : compound.buildings()) {
                add(area, path, building);
            }
        }
        for (const wire::Street& street : area.streets()) {
            Json properties;
            properties["area_id"] = area.id();
            properties.update(names(street));
            properties["assumed"] = street.assumed();
            Json line = Json::array();
            for (const wire::Vertex& vertex : street.line()) {
                line.push_back(to_json(vertex));
            }
            streets.features.push_back(feature(area.id() + "/" + street.id(),
                                               std::move(properties),
                                               geometry("LineString", std::move(line))));
        }
    }

    void add(const wire::Area& area, const std::string& compound, const wire::Building& building) {
        Json properties;
        properties["area_id"] = area.id();
        properties["compound_id"] = compound;
        properties.update(names(building));
        properties["at"] = to_json(building.at());
        buildings.features.push_back(feature(compound + "/" + building.id(),
                                             std::move(properties),
                                             building.has_outline()
                                                 ? polygon_or_null(building)
                                                 : geometry("Point", to_json(building.at()))));
    }
};

Json station(const wire::Area& area) {
    Json json;
    json["id"] = area.id();
    json["name_zh"] = area.station_name_zh().empty() ? area.name_zh() : area.station_name_zh();
    json["name_en"] = area.station_name_en().empty() ? area.name_en() : area.station_name_en();
    return json;
}

Json tile(const TileSource& source) {
    Json json;
    json["name"] = source.name;
    json["url"] = source.url;
    json["datum"] = source.datum;
    json["attribution"] = source.attribution;
    json["max_zoom"] = source.max_zoom;
    return json;
}

Json question(const wire::ReadyQuestion& asked) {
    Json json;
    json["id"] = asked.id();
    json["text_zh"] = asked.text_zh();
    json["text_en"] = asked.text_en();
    return json;
}

Json kind(const KindName& name) {
    Json json;
    json["kind"] = wire::ReportKind_Name(name.kind);
    json["word"] = name.word;
    json["name_zh"] = name.zh;
    json["name_en"] = name.en;
    return json;
}

template <class List, class Make>
Json list_of(const List& list, Make make) {
    Json json = Json::array();
    for (const auto& item : list) {
        json.push_back(make(item));
    }
    return json;
}

std::string etag_of(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    constexpr std::size_t kBytes = 16;
    std::string tag = "\"";
    for (const char c : log::sha256(text).substr(0, kBytes)) {
        const auto byte = static_cast<unsigned char>(c);
        tag += kDigits[byte >> 4];
        tag += kDigits[byte & 15];
    }
    return tag + '"';
}

// Empty where it cannot be made.
std::string compress(std::string_view text) {
    constexpr int kGzip = 16;  // on top of the window's bits: with a gzip header
    constexpr int kMemory = 8;
    z_stream stream{};
    if (deflateInit2(&stream,
                     Z_BEST_COMPRESSION,
                     Z_DEFLATED,
                     MAX_WBITS + kGzip,
                     kMemory,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
        return {};
    }
    std::string out(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const bool done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
    out.resize(done ? stream.total_out : 0);
    deflateEnd(&stream);
    return out;
}

}  // namespace

DistrictMap district_map(const domain::State& state, const std::vector<TileSource>& tiles) {
    Collection areas;
    Places places;
    Json stations = Json::array();
    for (const wire::Area* area : state.areas()) {
        areas.features.push_back(area_feature(*area));
        places.add(*area);
        if (area->kind() == wire::AREA_KIND_STATION) {
            stations.push_back(station(*area));
        }
    }
    Json json;
    json["district"] = id_and_names(state.district());
    json["areas"] = areas.take();
    json["compounds"] = places.compounds.take();
    json["buildings"] = places.buildings.take();
    json["streets"] = places.streets.take();
    json["stations"] = std::move(stations);
    json["teams"] =
        list_of(state.teams(), [](const wire::Team* team) { return id_and_names(*team); });
    json["questions"] = list_of(state.district().questions(), question);
    json["kinds"] = list_of(kKinds, kind);
    json["tiles"] = list_of(tiles, tile);
    DistrictMap map;
    map.json = json.dump(-1, ' ', false, Json::error_handler_t::replace);
    map.json += '\n';
    map.etag = etag_of(map.json);
    map.gzip = compress(map.json);
    map.gzip_etag = map.etag;
    map.gzip_etag.insert(map.etag.size() - 1, "-gzip");
    return map;
}

}  // namespace tocsin::session
