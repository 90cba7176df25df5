#pragma once
// The people that a load takes, enrolled once in a district by its admin, and kept in a directory
// as tokens, one a line.

#include <cstdint>
#include <string>
#include <vector>

namespace tocsin::load {

struct Enrolment {
    std::uint16_t port = 0;
    std::string admin_token_file;
    std::string directory;
    std::string station = "baoguo";
    int people = 1'000;
    int channels = 1'000;  // grids; person number n lives in grid n % channels
    int consoles = 16;     // bureau officers
};

// A community under the station, its grids, people living in them, consoles, and a liaison who
// publishes. Throws std::runtime_error. Run again it changes nothing but the tokens.
void enrol(const Enrolment& enrolment);

struct People {
    int channels = 0;
    std::vector<std::string> readers;
    std::vector<std::string> consoles;
    std::string publisher;

    // The community's, or a grid's each, as the wire names them.
    std::vector<std::string> channel_names(int channels_wanted) const;
    std::vector<std::string> grid_names(int wanted) const;
    // For reader number n of channel n % channels_wanted, in turn. One channel is everybody's,
    // unless it is to be a grid.
    std::vector<std::string> tokens_for(int channels_wanted, bool in_grids = false) const;
};

// Throws std::runtime_error where the directory is not one of enrol().
People read_people(const std::string& directory);

}  // namespace tocsin::load
