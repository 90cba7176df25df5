#include "hub/net/http_checks.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/beast/http/fields.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <initializer_list>
#include <optional>
#include <string_view>

#include "hub/net/routes.hpp"

namespace tocsin::net {

namespace {

namespace http = boost::beast::http;

constexpr std::size_t kLongestToken = 512;
constexpr std::size_t kLongestHost = 255;

std::string_view view(boost::beast::string_view text) {
    return {text.data(), text.size()};
}

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == text.npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::unexpected<HttpRefusal> refused(int status, std::string_view code, std::string message) {
    return std::unexpected(HttpRefusal{status, {std::string(code), {}, std::move(message), 0}});
}

// The first offered subprotocol that is known, over all headers of that name.
std::optional<session::Encoding> choose_protocol(const Request& request) {
    const auto [begin, end] = request.equal_range(http::field::sec_websocket_protocol);
    for (auto field = begin; field != end; ++field) {
        std::string_view rest = view(field->value());
        while (!rest.empty()) {
            const auto comma = rest.find(',');
            const std::string_view offered = trim(rest.substr(0, comma));
            if (offered == kBinaryProtocol) {
                return session::Encoding::binary;
            }
            if (offered == kJsonProtocol) {
                return session::Encoding::json;
            }
            rest = comma == rest.npos ? std::string_view{} : rest.substr(comma + 1);
        }
    }
    return std::nullopt;
}

// The value of a header that stands there exactly once.
std::optional<std::string_view> only_value(const Request& request, http::field name) {
    if (request.count(name) != 1) {
        return std::nullopt;
    }
    return view(request[name]);
}

bool is_token(std::string_view text) {
    const auto is_visible = [](char c) { return c > 0x20 && c < 0x7f; };
    return !text.empty() && text.size() <= kLongestToken && std::ranges::all_of(text, is_visible);
}

std::optional<std::string> bearer_token(const Request& request) {
    const auto value = only_value(request, http::field::authorization);
    constexpr std::string_view kScheme = "bearer ";
    if (!value || value->size() <= kScheme.size()) {
        return std::nullopt;
    }
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    if (!std::ranges::equal(value->substr(0, kScheme.size()), kScheme, {}, lower)) {
        return std::nullopt;
    }
    const std::string_view token = trim(value->substr(kScheme.size()));
    return is_token(token) ? std::optional<std::string>(token) : std::nullopt;
}

// The value of a cookie that is there exactly once.
std::optional<std::string> cookie_token(const Request& request, std::string_view name) {
    std::optional<std::string> token;
    const auto [begin, end] = request.equal_range(http::field::cookie);
    for (auto field = begin; field != end; ++field) {
        std::string_view rest = view(field->value());
        while (!rest.empty()) {
            const auto semicolon = rest.find(';');
            const std::string_view pair = trim(rest.substr(0, semicolon));
            rest = semicolon == rest.npos ? std::string_view{} : rest.substr(semicolon + 1);
            const auto equals = pair.find('=');
            if (equals == pair.npos || pair.substr(0, equals) != name) {
                continue;
            }
            const std::string_view value = pair.substr(equals + 1);
            if (token || !is_token(value)) {
                return std::nullopt;
            }
            token = value;
        }
    }
    return token;
}

bool is_host(std::string_view host) {
    return !host.empty() && host.size() <= kLongestHost && std::ranges::all_of(host, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
               c == ':' || c == '[' || c == ']';
    });
}

bool is_of_this_machine(std::string_view host) {
    const auto colon = host.rfind(':');
    const bool has_port = colon != host.npos && host.find(']', colon) == host.npos;
    const std::string_view name = has_port ? host.substr(0, colon) : host;
    return name == "localhost" || name.ends_with(".localhost") || name == "127.0.0.1" ||
           name == "[::1]";
}

std::string own_origin(std::string_view host, const Front& front) {
    return (front.secure ? "https://" : "http://") + std::string(host);
}

// What browsers say of the page that asks, where they say it. They alone can set it.
bool fetch_site_is(const Request& request, std::initializer_list<std::string_view> good) {
    if (request.count("Sec-Fetch-Site") == 0) {
        return true;
    }
    return request.count("Sec-Fetch-Site") == 1 &&
           std::ranges::find(good, view(request["Sec-Fetch-Site"])) != good.end();
}

enum class Origin { none, own, foreign };

Origin origin_of(const Request& request, const Front& front) {
    if (request.count(http::field::origin) == 0) {
        return Origin::none;
    }
    const auto origin = only_value(request, http::field::origin);
    if (!origin) {
        return Origin::foreign;
    }
    if (std::ranges::find(front.allowed_origins, *origin) != front.allowed_origins.end()) {
        return Origin::own;
    }
    const auto host = only_value(request, http::field::host);
    return host && is_host(*host) && *origin == own_origin(*host, front) &&
                   fetch_site_is(request, {"same-origin"})
               ? Origin::own
               : Origin::foreign;
}

HttpRefusal origin_refused() {
    return {403,
            {std::string(domain::code::origin_refused),
             {},
             "Pages of this origin may not connect to this hub.",
             0}};
}

}  // namespace

std::string_view cookie_name(const Front& front) {
    return front.secure ? "__Host-tocsin" : "tocsin";
}

std::expected<std::string, HttpRefusal> token_of(const Request& request,
                                                 const Front& front,
                                                 Asks asks) {
    const Origin origin = origin_of(request, front);
    if (origin == Origin::foreign) {
        return std::unexpected(origin_refused());
    }
    const bool by_header = request.count(http::field::authorization) != 0;
    auto token = by_header ? bearer_token(request) : cookie_token(request, cookie_name(front));
    if (!token) {
        return std::unexpected(unauthenticated());
    }
    const bool ours = origin == Origin::own ||
                      (asks == Asks::to_look && fetch_site_is(request, {"same-origin", "none"}));
    if (!by_header && !ours) {
        return std::unexpected(origin_refused());
    }
    return *std::move(token);
}

std::optional<HttpRefusal> check_own_origin(const Request& request, const Front& front) {
    return origin_of(request, front) == Origin::own ? std::nullopt
                                                    : std::optional(origin_refused());
}

std::optional<HttpRefusal> check_host(const Request& request, const Front& front) {
    const auto host = only_value(request, http::field::host);
    const auto allowed = [&] {
        return std::ranges::any_of(front.allowed_origins, [&](std::string_view origin) {
            return origin.ends_with(*host) &&
                   origin.substr(0, origin.size() - host->size()).ends_with("://");
        });
    };
    if (host && is_host(*host) && (front.secure || is_of_this_machine(*host) || allowed())) {
        return std::nullopt;
    }
    return HttpRefusal{
        421,
        {std::string(domain::code::host_refused), {}, "This hub does not answer to that name.", 0}};
}

std::string caller_of(const Request& request, const std::string& peer, const Front& front) {
    constexpr std::string_view kForwarded = "X-Forwarded-For";
    if (std::ranges::find(front.proxies, peer) == front.proxies.end() ||
        request.count(kForwarded) != 1) {
        return peer;
    }
    // The last one is what the proxy itself saw; what stands before it anybody can have written.
    std::string_view named = view(request[kForwarded]);
    if (const auto comma = named.rfind(','); comma != named.npos) {
        named = named.substr(comma + 1);
    }
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(std::string(trim(named)), error);
    return error ? peer : address.to_string();
}

HttpRefusal unauthenticated() {
    return {401,
            {std::string(domain::code::unauthenticated),
             {},
             "A token that this hub knows is needed, as Authorization: Bearer or as its cookie.",
             0}};
}

std::expected<Admission, HttpRefusal> admit(const Request& request, const Front& front) {
    if (route_of(path_of(view(request.target()))) != Route::connect) {
        return refused(
            404, domain::code::not_found, "There is nothing here; clients connect at /v1/connect.");
    }
    if (request.method() != http::verb::get) {
        return refused(405, domain::code::method_not_allowed, "Clients connect with GET.");
    }
    const auto encoding = choose_protocol(request);
    if (!boost::beast::websocket::is_upgrade(request) || !encoding) {
        return refused(400,
                       domain::code::subprotocol_required,
                       "Connect by WebSocket, offering tocsin.v1 or tocsin.v1+json.");
    }
    auto token = token_of(request, front, Asks::to_change);
    if (!token) {
        return std::unexpected(std::move(token.error()));
    }
    return Admission{*encoding, *std::move(token)};
}

}  // namespace tocsin::net
