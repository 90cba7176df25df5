#include "hub/ops/from_config.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <sched.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>

#include "hub/ops/version.hpp"

namespace tocsin::ops {

std::expected<redis::Endpoint, std::string> to_endpoint(const RedisConfig& config) {
    redis::Endpoint endpoint;
    endpoint.socket = config.socket;
    endpoint.host = config.host;
    endpoint.port = config.port;
    if (config.tls) {
        endpoint.tls = redis::Tls{config.tls->ca_file};
    }
    endpoint.username = config.username;
    if (!config.password_file.empty()) {
        auto password = read_secret(config.password_file);
        if (!password) {
            return std::unexpected("redis.password_file: " + password.error());
        }
        endpoint.password = *std::move(password);
    }
    return endpoint;
}

net::ShardSettings to_shard_settings(const Config& config) {
    net::ShardSettings settings;
    settings.window.bytes = static_cast<std::size_t>(config.window.bytes);
    settings.window.age_ms = std::int64_t{config.window.age_s} * 1'000;
    settings.front.secure = config.mode == Mode::production;
    settings.front.allowed_origins = config.listen.allowed_origins;
    settings.front.proxies = config.listen.proxies;
    for (const TileConfig& tile : config.pages.tiles) {
        const std::string origin = tile_origin(tile.url);
        if (std::ranges::find(settings.front.tile_origins, origin) ==
            settings.front.tile_origins.end()) {
            settings.front.tile_origins.push_back(origin);
        }
    }
    settings.hub_version = kVersion;
    return settings;
}

session::DistrictSettings to_district_settings(const Config& config) {
    session::DistrictSettings settings;
    settings.keep_ms = std::int64_t{config.log.keep_days} * 24 * 3'600 * 1'000;
    settings.keep_entries = config.log.keep_entries;
    settings.history_bytes = static_cast<std::size_t>(config.window.history_bytes);
    for (const TileConfig& tile : config.pages.tiles) {
        settings.tiles.push_back(
            {tile.name, tile.url, tile.datum, tile.attribution, tile.max_zoom});
    }
    return settings;
}

net::tcp::endpoint to_address(const std::string& address, std::uint16_t port) {
    return {boost::asio::ip::make_address(address), port};
}

int shard_count(const Config& config) {
    if (config.shards > 0) {
        return config.shards;
    }
    cpu_set_t cores;
    CPU_ZERO(&cores);
    const int usable = sched_getaffinity(0, sizeof cores, &cores) == 0 ? CPU_COUNT(&cores) : 1;
    return std::clamp(usable, 1, 64);
}

namespace {

void draw_random(std::span<unsigned char> bytes) {
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
        std::abort();
    }
}

}  // namespace

// Drawing costs the same for one byte as for hundreds, and a report takes seven small draws: they
// come out of a stock, in which what was given out is wiped.
void fill_random(std::span<unsigned char> bytes) {
    struct Stock {
        std::array<unsigned char, 512> bytes{};
        std::size_t used = sizeof bytes;
    };
    thread_local Stock stock;
    if (bytes.size() > stock.bytes.size() / 4) {
        draw_random(bytes);
        return;
    }
    if (bytes.size() > stock.bytes.size() - stock.used) {
        draw_random(stock.bytes);
        stock.used = 0;
    }
    std::memcpy(bytes.data(), stock.bytes.data() + stock.used, bytes.size());
    OPENSSL_cleanse(stock.bytes.data() + stock.used, bytes.size());
    stock.used += bytes.size();
}

std::uint64_t random_number() {
    std::uint64_t number = 0;
    fill_random({reinterpret_cast<unsigned char*>(&number), sizeof number});
    return number;
}

}  // namespace tocsin::ops
