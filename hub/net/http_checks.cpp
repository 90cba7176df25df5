#include "hub/net/http_checks.hpp"

#include <algorithm>
#include <boost/beast/http/fields.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <optional>
#include <string_view>

namespace tocsin::net {

namespace {

namespace http = boost::beast::http;

constexpr std::size_t kLongestToken = 512;

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

// What the request's one Authorization header says; null where that is nothing.
std::optional<std::string> token_of(const Request& request) {
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
    const auto is_visible = [](char c) { return c > 0x20 && c < 0x7f; };
    if (token.empty() || token.size() > kLongestToken || !std::ranges::all_of(token, is_visible)) {
        return std::nullopt;
    }
    return std::string(token);
}

// Whether a page of the request's Origin may talk to this hub: the refusal, or nothing.
std::optional<HttpRefusal> check_origin(const Request& request,
                                        const std::vector<std::string>& allowed_origins) {
    if (request.count(http::field::origin) == 0) {
        return std::nullopt;
    }
    const auto origin = only_value(request, http::field::origin);
    if (origin && std::ranges::find(allowed_origins, *origin) != allowed_origins.end()) {
        return std::nullopt;
    }
    return HttpRefusal{403,
                       {std::string(domain::code::origin_refused),
                        {},
                        "Pages of this origin may not connect to this hub.",
                        0}};
}

}  // namespace

HttpRefusal unauthenticated() {
    return {401,
            {std::string(domain::code::unauthenticated),
             {},
             "A bearer token that this hub knows is needed.",
             0}};
}

std::expected<std::string, HttpRefusal> asker_token(
    const Request& request, const std::vector<std::string>& allowed_origins) {
    if (auto refusal = check_origin(request, allowed_origins)) {
        return std::unexpected(*std::move(refusal));
    }
    auto token = token_of(request);
    if (!token) {
        return std::unexpected(unauthenticated());
    }
    return *std::move(token);
}

std::expected<Admission, HttpRefusal> admit(const Request& request,
                                            const std::vector<std::string>& allowed_origins) {
    const std::string_view target = view(request.target());
    if (target.substr(0, target.find('?')) != "/v1/connect") {
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
    auto token = asker_token(request, allowed_origins);
    if (!token) {
        return std::unexpected(std::move(token.error()));
    }
    return Admission{*encoding, *std::move(token)};
}

}  // namespace tocsin::net
