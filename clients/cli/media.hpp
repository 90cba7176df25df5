#pragma once
// Uploads for the commands that attach them.

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "talk.hpp"
#include "tocsin/v1/media.pb.h"

namespace tocsin::cli {

// Sends one file; tries again as long as the hub says that it helps, within --timeout. Without
// success it returns the exit code, all being said. Throws UsageError where the file cannot be
// read.
std::expected<wire::Media, int> upload(const Globals& globals, const std::string& path);

// Uploads the files and names them in the command; the exit code where that went wrong, all being
// said.
template <class Body>
std::optional<int> attach(const Globals& globals,
                          const std::vector<std::string>& files,
                          Body& body) {
    for (const std::string& file : files) {
        const auto media = upload(globals, file);
        if (!media) {
            return media.error();
        }
        body.add_media_ids(media->media_id());
    }
    return std::nullopt;
}

}  // namespace tocsin::cli
