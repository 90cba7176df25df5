#include "address.hpp"

#include <algorithm>
#include <charconv>

namespace tocsin::client {
namespace {

constexpr std::string_view kEndpoint = "/v1/connect";

bool is_port(std::string_view text) {
    unsigned number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() && number >= 1 &&
           number <= 65'535;
}

}  // namespace

std::expected<Address, std::string> parse_address(std::string_view url) {
    const auto wrong = [url](std::string_view why) {
        return std::unexpected("'" + std::string(url) +
                               "' is not a hub's address: " + std::string(why));
    };
    Address address;
    std::string_view rest = url;
    if (rest.starts_with("http://")) {
        rest.remove_prefix(7);
    } else if (rest.starts_with("https://")) {
        rest.remove_prefix(8);
        address.tls = true;
    } else {
        return wrong("it starts with http:// or https://");
    }
    if (std::ranges::any_of(rest, [](char c) { return c <= ' ' || c >= '\x7f'; })) {
        return wrong("it has a space or a character that is not ASCII");
    }
    if (rest.find_first_of("?#@") != std::string_view::npos) {
        return wrong("no '?', '#' or '@' belongs in it");
    }
    const auto slash = std::min(rest.find('/'), rest.size());
    address.authority = rest.substr(0, slash);
    std::string_view path = rest.substr(slash);
    while (path.ends_with('/')) {
        path.remove_suffix(1);
    }
    address.target = std::string(path) + std::string(kEndpoint);

    std::string_view authority = address.authority;
    std::string_view port;
    if (authority.starts_with('[')) {
        const auto close = authority.find(']');
        if (close == std::string_view::npos) {
            return wrong("']' is missing");
        }
        address.host = authority.substr(1, close - 1);
        port = authority.substr(close + 1);
    } else {
        const auto colon = std::min(authority.find(':'), authority.size());
        address.host = authority.substr(0, colon);
        port = authority.substr(colon);
    }
    if (address.host.empty()) {
        return wrong("the host is missing");
    }
    if (port.empty()) {
        address.port = address.tls ? "443" : "80";
    } else if (port.starts_with(':') && is_port(port.substr(1))) {
        address.port = port.substr(1);
    } else {
        return wrong("the port is a number from 1 to 65535");
    }
    return address;
}

}  // namespace tocsin::client
