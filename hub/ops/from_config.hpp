#pragma once
// What the other rooms are told, made from a hub's configuration.

#include <cstdint>
#include <expected>
#include <span>
#include <string>

#include "hub/domain/decide.hpp"
#include "hub/net/settings.hpp"
#include "hub/net/socket.hpp"
#include "hub/ops/config.hpp"
#include "hub/redis/stream.hpp"
#include "hub/session/district_core.hpp"

namespace tocsin::ops {

// Reads the password file; an error says why it cannot.
std::expected<redis::Endpoint, std::string> to_endpoint(const RedisConfig& config);
net::ShardSettings to_shard_settings(const Config& config);
session::DistrictSettings to_district_settings(const Config& config);
// The address was checked when the file was read.
net::tcp::endpoint to_address(const std::string& address, std::uint16_t port);
// As configured, or one for each core that this process may use.
int shard_count(const Config& config);

// The operating system's randomness. Ends the process where there is none: every id and key rests
// on it.
void fill_random(std::span<unsigned char> bytes);
std::uint64_t random_number();

}  // namespace tocsin::ops
