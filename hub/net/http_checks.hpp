#pragma once
// Who may go on from HTTP to WebSocket, as far as the request alone can say. Pure.

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "hub/domain/refusal.hpp"
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
std::expected<Admission, HttpRefusal> admit(const Request& request,
                                            const std::vector<std::string>& allowed_origins);

// The token that the request speaks with: 1 to 512 visible characters, not yet known to be
// anybody's. The one place that says whom a request names, for the WebSocket and for all that goes
// over HTTP beside it. Refused where a page's Origin is not on the list (programs send none and are
// not asked) and where the request names nobody, in this order.
std::expected<std::string, HttpRefusal> asker_token(
    const Request& request, const std::vector<std::string>& allowed_origins);

// The same for a missing, an unknown and a revoked token, so that nobody learns which it was.
HttpRefusal unauthenticated();

}  // namespace tocsin::net
