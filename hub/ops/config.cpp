#include "hub/ops/config.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <fstream>
#include <ranges>
#include <sstream>
#include <utility>

#include "hub/ops/config_reader.hpp"

namespace tocsin::ops {

namespace {

constexpr std::int64_t kMostBytes = std::int64_t{64} << 30;

// It becomes part of key names in Redis, braces around it: nothing in it may end the hash tag or
// need quoting.
bool is_id(const std::string& text) {
    return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

bool is_mode(const std::string& text) {
    return text == "development" || text == "production";
}

bool is_address(const std::string& text) {
    unsigned char bytes[sizeof(in6_addr)];
    return inet_pton(AF_INET, text.c_str(), bytes) == 1 ||
           inet_pton(AF_INET6, text.c_str(), bytes) == 1;
}

// As browsers send it: scheme, host, port where it is not the scheme's own; lower case, no path.
bool is_origin(const std::string& text) {
    const std::size_t scheme = text.starts_with("https://")  ? 8
                               : text.starts_with("http://") ? 7
                                                             : 0;
    return scheme > 0 && text.size() > scheme && text.size() <= 255 &&
           std::ranges::all_of(text.substr(scheme), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
                      c == ':' || c == '[' || c == ']';
           });
}

bool is_name(const std::string& text) {
    return !text.empty() && text.size() <= 255 &&
           std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

bool is_path(const std::string& text) {
    return !text.empty() && text.size() <= 4'096 && text.find('\0') == std::string::npos;
}

void read_listen(Section& in, ListenConfig& out) {
    in.text("address", out.address, is_address, "an IP address");
    in.number("port", out.port, 0, 65'535);
    in.number("max_connections", out.max_connections, 1, 1'000'000);
    in.number("max_connections_per_device", out.max_connections_per_device, 1, 1'000);
    in.texts("allowed_origins",
             out.allowed_origins,
             is_origin,
             "an origin such as https://tocsin.example");
    in.texts("proxies", out.proxies, is_address, "an IP address");
}

// A host of its own and the three numbers of a tile, nothing else in braces.
bool is_tile_url(const std::string& text) {
    return is_origin(tile_origin(text)) && text.size() <= 1'000 &&
           std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f' && c != ';'; }) &&
           text.find("{z}") != text.npos && text.find("{x}") != text.npos &&
           text.find("{y}") != text.npos;
}

bool is_datum(const std::string& text) {
    return text == "WGS-84" || text == "GCJ-02";
}

bool is_label(const std::string& text) {
    return !text.empty() && text.size() <= 200;
}

void read_pages(Section& in, PagesConfig& out) {
    in.text("directory", out.directory, is_path, "the path of a directory");
    in.number("sign_in_failures", out.sign_in_failures, 1, 1'000'000);
    in.number("sign_in_within_s", out.sign_in_within_s, 1, 86'400);
    in.sections("tiles", [&](Section& tile) {
        TileConfig& read = out.tiles.emplace_back();
        tile.text("name", read.name, is_label, "a name of 1 to 200 bytes");
        tile.text(
            "url", read.url, is_tile_url, "a URL such as https://tiles.example/{z}/{x}/{y}.png");
        tile.text("datum", read.datum, is_datum, "WGS-84 or GCJ-02");
        tile.text("attribution", read.attribution, is_label, "a text of 1 to 200 bytes");
        tile.number("max_zoom", read.max_zoom, 1, 24);
        if (!tile.has("url")) {
            tile.wrong("url", "must stand there");
        }
    });
}

void read_redis(Section& in, RedisConfig& out) {
    if (in.has("host")) {
        out.socket.clear();
        if (in.has("socket")) {
            in.wrong("socket", "stands beside `host`: only one of the two can be");
        }
    } else {
        for (const auto* key : {"port", "tls"}) {
            if (in.has(key)) {
                in.wrong(key, "is for a `host` only, and none is given");
            }
        }
    }
    in.text("socket", out.socket, is_path, "the path of a Unix socket");
    in.text("host", out.host, is_name, "a host name or IP address");
    in.number("port", out.port, 1, 65'535);
    in.section("tls", [&](Section& tls) {
        out.tls.emplace();
        tls.text("ca_file", out.tls->ca_file, is_path, "the path of a file");
    });
    in.text("username", out.username, is_name, "a name without spaces");
    in.text("password_file", out.password_file, is_path, "the path of a file");
    if (in.has("username") && !in.has("password_file")) {
        in.wrong("username", "needs a `password_file` beside it");
    }
    in.number("command_timeout_ms", out.command_timeout_ms, 100, 60'000);
}

void read_all(Section& in, Config& out) {
    in.text("district", out.district, is_id, "an id of 1 to 64 of a-z, 0-9 and -");
    std::string mode;
    in.text("mode", mode, is_mode, "development or production");
    out.mode = mode == "production" ? Mode::production : Mode::development;
    in.section("listen", [&](Section& listen) { read_listen(listen, out.listen); });
    in.section("admin", [&](Section& admin) {
        admin.text("address", out.admin.address, is_address, "an IP address");
        admin.number("port", out.admin.port, 0, 65'535);
    });
    if (out.listen.port != 0 && out.listen.port == out.admin.port &&
        out.listen.address == out.admin.address) {
        in.wrong("admin", "has the same address and port as `listen`");
    }
    in.number("shards", out.shards, 0, 64);
    in.section("redis", [&](Section& redis) { read_redis(redis, out.redis); });
    in.section("window", [&](Section& window) {
        window.number("bytes", out.window.bytes, 1'024, kMostBytes);
        window.number("age_s", out.window.age_s, 1, 86'400);
        window.number("history_bytes", out.window.history_bytes, 1'024, kMostBytes);
    });
    in.section("log", [&](Section& log) {
        log.number("keep_days", out.log.keep_days, 1, 3'650);
        log.number("keep_entries", out.log.keep_entries, 0, 1'000'000'000);
    });
    in.section("media", [&](Section& media) {
        media.text("converter", out.media.converter, is_path, "the path of a program");
        media.number("at_once", out.media.at_once, 1, 64);
        media.number("waiting", out.media.waiting, 1, 1'000);
        media.number("under_way", out.media.under_way, 1, 10'000);
        media.number("under_way_per_device", out.media.under_way_per_device, 1, 1'000);
        media.number("uploads_an_hour", out.media.uploads_an_hour, 1, 1'000'000);
        media.number("unattached", out.media.unattached, 1, 1'000'000);
        media.number("unattached_bytes", out.media.unattached_bytes, 1'024, kMostBytes);
        media.number("keep_days", out.media.keep_days, 1, 3'650);
    });
    in.section("pages", [&](Section& pages) { read_pages(pages, out.pages); });
    in.text("lock_file", out.lock_file, is_path, "the path of a file");
    in.refuse_unknown();
}

}  // namespace

std::string tile_origin(const std::string& url) {
    const std::size_t scheme = url.find("://");
    return scheme == url.npos ? std::string() : url.substr(0, url.find('/', scheme + 3));
}

std::string to_text(const ConfigError& error, std::string_view file_name) {
    std::string text(file_name);
    if (error.line > 0) {
        text += ":" + std::to_string(error.line);
    }
    text += ": ";
    if (!error.key.empty()) {
        text += error.key + ": ";
    }
    return text + error.what;
}

ConfigResult parse_config(const std::string& yaml) {
    std::vector<ConfigError> errors;
    Config config;
    try {
        const std::vector<YAML::Node> documents = YAML::LoadAll(yaml);
        if (documents.size() > 1) {
            errors.push_back({"", 0, "holds several YAML documents: one is meant"});
        }
        if (!documents.empty()) {
            Section top(documents.front(), "", errors);
            read_all(top, config);
        }
    } catch (const YAML::Exception& error) {
        errors.push_back({"", error.mark.is_null() ? 0 : error.mark.line + 1, error.msg});
    }
    if (!errors.empty()) {
        std::ranges::sort(
            errors, {}, [](const ConfigError& error) { return std::pair(error.line, error.key); });
        return std::unexpected(std::move(errors));
    }
    return config;
}

ConfigResult load_config(const std::filesystem::path& file) {
    std::error_code error;
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    if (std::filesystem::is_directory(file, error) || !in || !(text << in.rdbuf())) {
        return std::unexpected(std::vector<ConfigError>{{"", 0, "cannot be read"}});
    }
    return parse_config(text.str());
}

std::expected<std::string, std::string> read_secret(const std::filesystem::path& file) {
    constexpr std::size_t kLongest = 4'096;
    std::ifstream in(file, std::ios::binary);
    std::string line;
    if (!in || !std::getline(in, line)) {
        return std::unexpected("cannot read " + file.string());
    }
    if (line.ends_with('\r')) {
        line.pop_back();
    }
    if (line.empty() || line.size() > kLongest) {
        return std::unexpected(file.string() + " must begin with a line of 1 to 4096 bytes");
    }
    return line;
}

}  // namespace tocsin::ops
