#pragma once
// Who may go on from HTTP to WebSocket, and who a request speaks for, as far as the request alone
// can say. Pure.

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "hub/domain/refusal.hpp"
#include "hub/net/front.hpp"
#include "hub/session/connection.hpp"

namespace tocsin::net {

using Request = boost::beast::http::request<boost::beast::http::empty_body>;

inline constexpr std::string_view kBinaryProtocol = "tocsin.v1";
inline constexpr std::string_view kJsonProtocol = "tocsin.v1+json";

struct Admission {
    session::Encoding encoding = session::Encoding::binary;
    std::string token;  // 1 to 512 visible characters, not yet known to be anybody's
};

struct HttpRefusal {
    int status = 0;
    domain::Refusal refusal;
};

// Checks path, method, upgrade, subprotocol, origin and the shape of the token, in this order.
std::expected<Admission, HttpRefusal> admit(const Request& request, const Front& front);

// What a request is for: browsers name their page's origin with everything but a plain look.
enum class Asks { to_look, to_change };

// Who says to be asking: 1 to 512 visible characters, not yet known to be anybody's. The one place
// that says whom a request names, for the WebSocket and for all that goes over HTTP beside it. That
// of `Authorization: Bearer`, which programs send; else of the cookie, which counts only where a
// page of ours asks: to change something with an Origin that says so, to look without one that says
// otherwise. A foreign Origin is refused whatever stands beside it.
std::expected<std::string, HttpRefusal> token_of(const Request& request,
                                                 const Front& front,
                                                 Asks asks);

// Whether a page of ours asks, by its Origin. For what needs one though nobody is known yet.
std::optional<HttpRefusal> check_own_origin(const Request& request, const Front& front);

// Whether the request came to a name that we answer to: in development one of this machine alone
// (or of an allowed origin), so that no page elsewhere reaches us by a name that it points here.
std::optional<HttpRefusal> check_host(const Request& request, const Front& front);

// Whose failures count together: the peer's IP address, or the one that a proxy of ours names.
std::string caller_of(const Request& request, const std::string& peer, const Front& front);

// The cookie's name.
std::string_view cookie_name(const Front& front);

// The same for a missing, an unknown and a revoked token, so that nobody learns which it was.
HttpRefusal unauthenticated();

}  // namespace tocsin::net
