#pragma once
// Uploads for the commands that attach them.

#include <expected>
#include <string>

#include "talk.hpp"
#include "tocsin/v1/media.pb.h"

namespace tocsin::cli {

// Sends one file; tries again as long as the hub says that it helps, within --timeout. Without
// success it returns the exit code, all being said. Throws UsageError where the file cannot be
// read.
std::expected<wire::Media, int> upload(const Globals& globals, const std::string& path);

}  // namespace tocsin::cli
