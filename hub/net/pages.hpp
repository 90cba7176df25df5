#pragma once
// The built pages, read into memory once. Immutable: all shards share them. A path is served when
// it is exactly a key of the table; nothing of a request ever reaches the file system.

#include <cstddef>
#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tocsin::net {

// One form of a file: as it is, or compressed.
struct PageForm {
    std::shared_ptr<const std::string> bytes;
    std::string etag;  // strong, with its quotes
};

struct PageFile {
    std::string type;        // Content-Type
    bool is_hashed = false;  // its name changes with its content
    PageForm plain;
    std::optional<PageForm> brotli;
    std::optional<PageForm> gzip;
};

class Pages {
public:
    struct Bounds {
        std::size_t files = 1'000;
        std::size_t file_bytes = 8u << 20;
        std::size_t all_bytes = 32u << 20;
    };

    // The build's output: `volunteer.html` becomes `/`, `NAME.html` becomes `/NAME`, everything
    // else its own path. An error says what is wrong, for people. Regular files only: links are
    // left out.
    static std::expected<Pages, std::string> load(const std::filesystem::path& directory,
                                                  const Bounds& bounds);
    static std::expected<Pages, std::string> load(const std::filesystem::path& directory) {
        return load(directory, Bounds{});
    }

    // By the path of a request, without its query; null where there is nothing.
    const PageFile* find(std::string_view path) const;

    std::size_t files() const { return files_.size(); }
    std::size_t bytes() const { return bytes_; }
    // Names that were there and are not served: types that are not known, links.
    const std::vector<std::string>& left_out() const { return left_out_; }

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>()(text);
        }
    };
    using Files = std::unordered_map<std::string, PageFile, Hash, std::equal_to<>>;

    Files files_;
    std::size_t bytes_ = 0;
    std::vector<std::string> left_out_;
};

}  // namespace tocsin::net
