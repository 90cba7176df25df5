#include "hub/net/pages.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <utility>

#include "hub/log/digest.hpp"

namespace tocsin::net {

namespace {

namespace fs = std::filesystem;

constexpr std::array<std::pair<std::string_view, std::string_view>, 21> kTypes = {{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".geojson", "application/geo+json"},
    {".webmanifest", "application/manifest+json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".webp", "image/webp"},
    {".jpg", "image/jpeg"},
    {".jpeg", "image/jpeg"},
    {".woff2", "font/woff2"},
    {".txt", "text/plain; charset=utf-8"},
    {".wasm", "application/wasm"},
    {".mp3", "audio/mpeg"},
    {".ogg", "audio/ogg"},
    {".opus", "audio/ogg"},
    {".wav", "audio/wav"},
    {".m4a", "audio/mp4"},
}};
constexpr std::string_view kHome = "volunteer.html";
constexpr std::string_view kHtml = ".html";

std::string_view type_of(std::string_view name) {
    const auto* found =
        std::ranges::find_if(kTypes, [&](const auto& type) { return name.ends_with(type.first); });
    return found == kTypes.end() ? std::string_view() : found->second;
}

// Each part of the path begins with a letter or digit and has nothing that a URL would quote: so no
// name is hidden, and none goes up.
bool is_clean(std::string_view path) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    bool at_start = true;
    for (const char c : path) {
        if (c == '/') {
            if (at_start) {
                return false;
            }
            at_start = true;
            continue;
        }
        if (!plain(c) && (at_start || (c != '.' && c != '_' && c != '-'))) {
            return false;
        }
        at_start = false;
    }
    return !at_start;
}

std::string path_of(std::string_view name) {
    if (name == kHome) {
        return "/";
    }
    std::string path = "/" + std::string(name);
    if (name.ends_with(kHtml) && name.find('/') == name.npos) {
        path.resize(path.size() - kHtml.size());
    }
    return path;
}

std::string etag_of(std::string_view bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    constexpr std::size_t kBytes = 16;
    std::string tag = "\"";
    for (const char c : log::sha256(bytes).substr(0, kBytes)) {
        const auto byte = static_cast<unsigned char>(c);
        tag += kDigits[byte >> 4];
        tag += kDigits[byte & 15];
    }
    return tag + '"';
}

// A file that grew since its size was asked for is cut off there: the bound holds.
std::optional<PageForm> read(const fs::path& file, std::size_t size) {
    std::string bytes(size, '\0');
    std::ifstream in(file, std::ios::binary);
    if (!in || !in.read(bytes.data(), static_cast<std::streamsize>(size))) {
        return std::nullopt;
    }
    std::string etag = etag_of(bytes);
    return PageForm{std::make_shared<const std::string>(std::move(bytes)), std::move(etag)};
}

struct Found {
    fs::path file;
    std::size_t size = 0;
};

}  // namespace

std::expected<Pages, std::string> Pages::load(const fs::path& directory, const Bounds& bounds) {
    Pages pages;
    std::error_code error;
    std::map<std::string, Found> found;
    const auto fail = [&](const std::string& what) {
        return std::unexpected(directory.string() + ": " + what);
    };
    for (fs::recursive_directory_iterator entry(directory, error), end; !error && entry != end;
         entry.increment(error)) {
        const fs::file_status status = entry->symlink_status(error);
        if (error || fs::is_directory(status)) {
            continue;
        }
        std::string name = entry->path().lexically_relative(directory).generic_string();
        if (!fs::is_regular_file(status) || !is_clean(name)) {
            pages.left_out_.push_back(std::move(name));
            continue;
        }
        const std::size_t size = entry->file_size(error);
        if (!error && size > bounds.file_bytes) {
            return fail(name + " is longer than a page's file may be");
        }
        pages.bytes_ += size;
        found.emplace(std::move(name), Found{entry->path(), size});
        if (found.size() > bounds.files || pages.bytes_ > bounds.all_bytes) {
            return fail("more files, or more in them, than the pages may have");
        }
    }
    if (error) {
        return fail(error.message());
    }
    const auto form = [&](const std::string& name) -> std::optional<PageForm> {
        const auto file = found.find(name);
        return file == found.end() ? std::nullopt : read(file->second.file, file->second.size);
    };
    for (const auto& [name, file] : found) {
        const std::string_view type = type_of(name);
        if (type.empty()) {
            const bool is_form = (name.ends_with(".br") || name.ends_with(".gz")) &&
                                 found.contains(name.substr(0, name.size() - 3));
            if (!is_form) {
                pages.left_out_.push_back(name);
            }
            continue;
        }
        auto plain = form(name);
        if (!plain) {
            return fail(name + " cannot be read");
        }
        pages.files_.emplace(path_of(name),
                             PageFile{.type = std::string(type),
                                      .is_hashed = name.starts_with("assets/"),
                                      .plain = *std::move(plain),
                                      .brotli = form(name + ".br"),
                                      .gzip = form(name + ".gz")});
    }
    if (!pages.files_.contains("/")) {
        return fail("there is no volunteer.html: the pages are not built");
    }
    std::ranges::sort(pages.left_out_);
    return pages;
}

const PageFile* Pages::find(std::string_view path) const {
    const auto found = files_.find(path);
    return found == files_.end() ? nullptr : &found->second;
}

}  // namespace tocsin::net
