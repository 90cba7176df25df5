#include "hub/domain/places.hpp"

#include <set>
#include <string_view>
#include <utility>

#include "hub/domain/decide.hpp"

namespace tocsin::domain {

namespace {

constexpr std::size_t kNameChars = 100;
constexpr std::size_t kIdChars = 64;
constexpr int kCompounds = 40;
constexpr int kBuildings = 100;
constexpr int kStreets = 40;
constexpr int kCorners = 500;
constexpr int kLinePoints = 200;

using Fault = std::optional<Refusal>;

Fault fault(std::string_view code, std::string field, std::string message) {
    return Refusal{std::string(code), std::move(field), std::move(message), 0};
}

std::string at(const std::string& list, int index) {
    return list + "[" + std::to_string(index) + "]";
}

Fault count_fault(int size, int most, const std::string& field) {
    return size <= most
               ? std::nullopt
               : fault(code::too_many, field, "At most " + std::to_string(most) + " are allowed.");
}

Fault id_fault(const std::string& id, std::set<std::string>& seen, const std::string& field) {
    if (id.empty()) {
        return fault(code::missing_field, field, "This must be set.");
    }
    const bool clean =
        id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
    if (!clean || id.size() > kIdChars) {
        return fault(code::id_invalid, field, "An id is 1 to 64 of a-z, 0-9 and '-'.");
    }
    return seen.insert(id).second
               ? std::nullopt
               : fault(code::value_invalid, field, "Each of these has an id of its own.");
}

template <class T>
Fault names_fault(const T& named, const std::string& field) {
    for (const auto& [text, name] :
         {std::pair(&named.name_zh(), ".name_zh"), std::pair(&named.name_en(), ".name_en")}) {
        const std::size_t length = code_points(*text);
        if (length == SIZE_MAX) {
            return fault(code::invalid_utf8, field + name, "The text is not UTF-8.");
        }
        if (length > kNameChars) {
            return fault(code::text_too_long, field + name, "A name has at most 100 characters.");
        }
    }
    return std::nullopt;
}

Fault vertex_fault(const wire::Vertex& vertex, const std::string& field) {
    // Written so that NaN fails.
    if (!(vertex.latitude() >= -90 && vertex.latitude() <= 90)) {
        return fault(code::coordinates_invalid,
                     field + ".latitude",
                     "A latitude is a number from -90 to 90.");
    }
    if (!(vertex.longitude() >= -180 && vertex.longitude() <= 180)) {
        return fault(code::coordinates_invalid,
                     field + ".longitude",
                     "A longitude is a number from -180 to 180.");
    }
    return std::nullopt;
}

template <class Vertices>
Fault line_fault(const Vertices& vertices,
                 std::size_t least,
                 int most,
                 const std::string& field,
                 const char* too_few) {
    if (Fault found = count_fault(vertices.size(), most, field)) {
        return found;
    }
    std::set<std::pair<double, double>> corners;
    for (int i = 0; i < vertices.size(); ++i) {
        if (Fault found = vertex_fault(vertices[i], at(field, i))) {
            return found;
        }
        corners.emplace(vertices[i].latitude(), vertices[i].longitude());
    }
    return corners.size() >= least ? std::nullopt : fault(code::value_invalid, field, too_few);
}

template <class T>
Fault outline_fault(const T& outlined, const std::string& field) {
    return outlined.has_outline() ? line_fault(outlined.outline().vertices(),
                                               3,
                                               kCorners,
                                               field + ".outline.vertices",
                                               "A ring has at least 3 different corners.")
                                  : std::nullopt;
}

// The first of these that finds something.
template <class... Finds>
Fault first_of(Finds... finds) {
    Fault found;
    (void)((found = finds(), found.has_value()) || ...);
    return found;
}

Fault building_fault(const wire::Building& building,
                     std::set<std::string>& seen,
                     const std::string& in) {
    return first_of([&] { return id_fault(building.id(), seen, in + ".id"); },
                    [&] { return names_fault(building, in); },
                    [&] {
                        return building.has_at()
                                   ? vertex_fault(building.at(), in + ".at")
                                   : fault(code::missing_field, in + ".at", "This must be set.");
                    },
                    [&] { return outline_fault(building, in); });
}

Fault compound_fault(const wire::Compound& compound,
                     std::set<std::string>& seen,
                     const std::string& in) {
    Fault found = first_of(
        [&] { return id_fault(compound.id(), seen, in + ".id"); },
        [&] { return names_fault(compound, in); },
        [&] { return outline_fault(compound, in); },
        [&] { return count_fault(compound.buildings_size(), kBuildings, in + ".buildings"); });
    std::set<std::string> buildings;
    for (int i = 0; i < compound.buildings_size() && !found; ++i) {
        found = building_fault(compound.buildings(i), buildings, at(in + ".buildings", i));
    }
    return found;
}

Fault street_fault(const wire::Street& street, std::set<std::string>& seen, const std::string& in) {
    return first_of([&] { return id_fault(street.id(), seen, in + ".id"); },
                    [&] { return names_fault(street, in); },
                    [&] {
                        return line_fault(street.line(),
                                          2,
                                          kLinePoints,
                                          in + ".line",
                                          "A line has at least 2 different points.");
                    });
}

}  // namespace

std::optional<Refusal> places_out_of_bounds(const wire::Area& area, const std::string& in) {
    Fault found =
        first_of([&] { return count_fault(area.compounds_size(), kCompounds, in + "compounds"); },
                 [&] { return count_fault(area.streets_size(), kStreets, in + "streets"); });
    std::set<std::string> compounds;
    for (int i = 0; i < area.compounds_size() && !found; ++i) {
        found = compound_fault(area.compounds(i), compounds, at(in + "compounds", i));
    }
    std::set<std::string> streets;
    for (int i = 0; i < area.streets_size() && !found; ++i) {
        found = street_fault(area.streets(i), streets, at(in + "streets", i));
    }
    return found;
}

}  // namespace tocsin::domain
