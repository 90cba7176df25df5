#pragma once
// Is somebody else on that port? With SO_REUSEPORT a second hub would start silently and split the
// traffic.

#include <expected>
#include <string>

#include "hub/net/socket.hpp"

namespace tocsin::net {

// Binds as one alone would, and lets go. The error says what is wrong and what to do, for people.
std::expected<void, std::string> probe_port(const tcp::endpoint& address);

}  // namespace tocsin::net
