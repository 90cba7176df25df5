#pragma once
// Between a file and its sealed chunks: each bound to its file and its number, so that none can be
// swapped for another.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/log/media_store.hpp"
#include "hub/log/seal.hpp"

namespace tocsin::log {

// Chunk 0 is the thumbnail (empty for voice); the file's own follow.
std::vector<std::string> seal_media(std::string_view key,
                                    std::string_view media_id,
                                    std::string_view file,
                                    std::string_view thumbnail,
                                    const domain::Random& random);

// How many chunks of its own a file of this length has.
int media_chunks(std::size_t file_bytes);

// What chunks `first`, `first` + 1, … hold, end to end. Null where anything is not as it was
// sealed.
std::optional<std::string> unseal_media(std::string_view key,
                                        std::string_view media_id,
                                        int first,
                                        const std::vector<std::string>& chunks);

}  // namespace tocsin::log
