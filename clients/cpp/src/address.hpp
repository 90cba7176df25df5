#pragma once
// The hub's address.

#include <expected>
#include <string>
#include <string_view>

namespace tocsin::client {

struct Address {
    bool tls = false;
    std::string host;  // without brackets
    std::string port;
    std::string authority;  // as the Host header has it
    std::string target;     // the path of the endpoint
};

// Takes http://HOST[:PORT][/PREFIX] and https://…; else says what is wrong, for people.
std::expected<Address, std::string> parse_address(std::string_view url);

}  // namespace tocsin::client
