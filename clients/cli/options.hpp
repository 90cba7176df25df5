#pragma once
// Options that several commands have, checked for their form while the command line is read: what
// is malformed is wrong usage and never reaches the hub.

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tocsin/v1/place.pb.h"

namespace tocsin::cli {

namespace wire = tocsin::v1;

// --at LAT,LON[,ACCURACY_M]
void add_place(CLI::App& app, std::optional<wire::Place>& place);
// NAME TIME
void add_time(CLI::App& app,
              const std::string& name,
              std::int64_t& time_ms,
              const std::string& help);
// Files to go with a command; each must be there to be read before anything is sent.
void add_files(CLI::App& app,
               const std::string& names,
               std::vector<std::string>& files,
               const std::string& help);
// --id UUID
void add_command_id(CLI::App& app, std::string& id);
// The words that a person typed at the end of --help: how it looks in use.
void add_example(CLI::App& app, const std::string& lines);

}  // namespace tocsin::cli
