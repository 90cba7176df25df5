#pragma once
// What a hub's own file says: addresses and limits only; a district is loaded by command. A value.
// Every key, its unit, bound and default also stand in config/hub.example.yaml, and a test holds
// the two against each other.

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin::ops {

enum class Mode {
    development,  // starts on a Redis that does not keep promise P1, and says so
    production,   // refuses to
};

// Where clients connect.
struct ListenConfig {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8080;  // 0: any free one; the log line `ready` says which
    int max_connections = 10'000;
    int max_connections_per_device = 8;
    std::vector<std::string> allowed_origins;  // exact, of browsers, beside the hub's own
    std::vector<std::string> proxies;          // addresses whose X-Forwarded-For counts

    friend bool operator==(const ListenConfig&, const ListenConfig&) = default;
};

// Health and metrics: for the machine's own people, not for the world.
struct AdminConfig {
    std::string address = "127.0.0.1";
    std::uint16_t port = 9180;  // 0: any free one

    friend bool operator==(const AdminConfig&, const AdminConfig&) = default;
};

// TLS to Redis.
struct RedisTls {
    std::string ca_file;  // whose certificates are trusted; empty: those that the system trusts

    friend bool operator==(const RedisTls&, const RedisTls&) = default;
};

// A Unix socket, or host and port: one of the two.
struct RedisConfig {
    std::string socket = "var/redis/redis.sock";  // empty: host and port
    std::string host;
    std::uint16_t port = 6379;
    std::optional<RedisTls> tls;
    std::string username;       // empty: Redis's default user
    std::string password_file;  // its first line is the password; empty: none
    int command_timeout_ms = 2'000;

    friend bool operator==(const RedisConfig&, const RedisConfig&) = default;
};

// The recent stretch of the log that each shard keeps in memory, and what the hub keeps of older
// stretches for those who are further back.
struct WindowConfig {
    std::int64_t bytes = 67'108'864;
    int age_s = 600;
    std::int64_t history_bytes = 16'777'216;

    friend bool operator==(const WindowConfig&, const WindowConfig&) = default;
};

// How much of the log stays in Redis: whatever either of the two wants kept.
struct LogConfig {
    int keep_days = 30;
    std::int64_t keep_entries = 100'000;

    friend bool operator==(const LogConfig&, const LogConfig&) = default;
};

// Photos and voice.
struct MediaConfig {
    std::string converter;         // path of tocsin-media; empty: beside the hub's own program
    int at_once = 2;               // children that decode
    int waiting = 32;              // uploads, of at most 2 MiB each, that wait for one
    int under_way = 64;            // uploads and downloads at a time
    int under_way_per_device = 4;  // the same of one device
    int uploads_an_hour = 120;     // of one person
    int unattached = 12;           // files of one person that nothing refers to yet
    std::int64_t unattached_bytes = 16'777'216;  // the same, what they may come to
    int keep_days = 90;                          // after it was attached

    friend bool operator==(const MediaConfig&, const MediaConfig&) = default;
};

// Where the pages' map may load its background from.
struct TileConfig {
    std::string name;
    std::string url;  // with {z}, {x} and {y}
    std::string datum = "WGS-84";
    std::string attribution;
    int max_zoom = 18;

    friend bool operator==(const TileConfig&, const TileConfig&) = default;
};

// The pages, and signing in to them.
struct PagesConfig {
    std::string directory;      // what their build leaves; empty: no pages
    int sign_in_failures = 10;  // of one address …
    int sign_in_within_s = 60;  // … in so long
    std::vector<TileConfig> tiles;

    friend bool operator==(const PagesConfig&, const PagesConfig&) = default;
};

struct Config {
    std::string district = "pingfang";
    Mode mode = Mode::development;
    ListenConfig listen;
    AdminConfig admin;
    int shards = 0;  // 0: as many as the machine has cores
    RedisConfig redis;
    WindowConfig window;
    LogConfig log;
    MediaConfig media;
    PagesConfig pages;
    std::string lock_file = "var/hub.lock";

    friend bool operator==(const Config&, const Config&) = default;
};

// One thing wrong with a file.
struct ConfigError {
    std::string key;  // path such as `listen.port`; empty: the file as a whole
    int line = 0;     // from 1; 0: none
    std::string what;

    friend bool operator==(const ConfigError&, const ConfigError&) = default;
};

// Scheme, host and port of a tile source's URL.
std::string tile_origin(const std::string& url);

// `FILE:LINE: KEY: what`, as editors and people find it.
std::string to_text(const ConfigError& error, std::string_view file_name);

// The configuration, or everything that is wrong with it, in order of line. A key that does not
// stand there has its default; an unknown key, a key twice, a wrong type or a number out of its
// bounds is an error.
using ConfigResult = std::expected<Config, std::vector<ConfigError>>;
ConfigResult parse_config(const std::string& yaml);
ConfigResult load_config(const std::filesystem::path& file);

// The first line of a file of at most 4 KiB, without its end; an error says why not.
std::expected<std::string, std::string> read_secret(const std::filesystem::path& file);

}  // namespace tocsin::ops
