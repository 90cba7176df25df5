#include "hub/log/media_seal.hpp"

#include <algorithm>

namespace tocsin::log {

namespace {

std::string associated(std::string_view media_id, int number) {
    return "media/" + std::string(media_id) + '/' + std::to_string(number);
}

}  // namespace

std::vector<std::string> seal_media(std::string_view key,
                                    std::string_view media_id,
                                    std::string_view file,
                                    std::string_view thumbnail,
                                    const domain::Random& random) {
    std::vector<std::string> chunks;
    const auto add = [&](std::string_view plain) {
        std::string chunk = random_bytes(random, kNonceBytes);
        chunk += seal(key, chunk, associated(media_id, static_cast<int>(chunks.size())), plain);
        chunks.push_back(std::move(chunk));
    };
    add(thumbnail);
    while (!file.empty()) {
        const std::size_t size = std::min(file.size(), kMediaChunkBytes);
        add(file.substr(0, size));
        file.remove_prefix(size);
    }
    return chunks;
}

int media_chunks(std::size_t file_bytes) {
    return static_cast<int>((file_bytes + kMediaChunkBytes - 1) / kMediaChunkBytes);
}

std::optional<std::string> unseal_media(std::string_view key,
                                        std::string_view media_id,
                                        int first,
                                        const std::vector<std::string>& chunks) {
    std::string file;
    for (const std::string& chunk : chunks) {
        if (chunk.size() < kNonceBytes) {
            return std::nullopt;
        }
        const std::string_view bytes = chunk;
        const auto plain = unseal(key,
                                  bytes.substr(0, kNonceBytes),
                                  associated(media_id, first++),
                                  bytes.substr(kNonceBytes));
        if (!plain) {
            return std::nullopt;
        }
        file += *plain;
    }
    return file;
}

}  // namespace tocsin::log
