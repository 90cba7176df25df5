#pragma once
// A district as files: district.yaml, areas.geojson, places.geojson, teams.yaml, people.yaml. Read
// and judged as a whole before anything is sent. No network.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/v1/district.pb.h"

namespace tocsin::cli {

namespace wire = tocsin::v1;

struct DistrictFiles {
    wire::District district;
    std::vector<wire::Area> areas;
    std::vector<wire::Team> teams;
    std::vector<wire::Person> people;
};

// What is wrong, each with file and entry, for people. Empty: all is well.
using Problems = std::vector<std::string>;

// One file's text each; `file` is its name for the problems. What is wrong is left out of the
// result.
wire::District parse_district(const std::string& text, const std::string& file, Problems& problems);
std::vector<wire::Area> parse_areas(const std::string& text,
                                    const std::string& file,
                                    Problems& problems);
// Adds compounds, buildings and streets to the areas that they name.
void parse_places(const std::string& text,
                  const std::string& file,
                  std::vector<wire::Area>& areas,
                  Problems& problems);
std::vector<wire::Team> parse_teams(const std::string& text,
                                    const std::string& file,
                                    Problems& problems);
std::vector<wire::Person> parse_people(const std::string& text,
                                       const std::string& file,
                                       Problems& problems);

// What only shows when the files are seen together: the tree of areas, homes, and the scopes of
// grants.
void check_together(const DistrictFiles& files, Problems& problems);

// All of the above. places.geojson, teams.yaml and people.yaml may be missing.
DistrictFiles read_district(const std::filesystem::path& folder, Problems& problems);

}  // namespace tocsin::cli
