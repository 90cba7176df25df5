#include "upgrade.hpp"

#include <google/protobuf/util/json_util.h>

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/websocket/error.hpp>

namespace tocsin::client {
namespace {

namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;

constexpr char kSubprotocol[] = "tocsin.v1";

std::optional<wire::Refusal> refusal_in(const std::string& body) {
    google::protobuf::util::JsonParseOptions lenient;
    lenient.ignore_unknown_fields = true;
    wire::Refusal refusal;
    if (!google::protobuf::util::JsonStringToMessage(body, &refusal, lenient).ok() ||
        refusal.code().empty()) {
        return std::nullopt;
    }
    return refusal;
}

}  // namespace

void decorate(websocket::request_type& request, const std::string& token) {
    request.set(http::field::user_agent, "tocsin-client");
    request.set(http::field::sec_websocket_protocol, kSubprotocol);
    if (!token.empty()) {
        request.set(http::field::authorization, "Bearer " + token);
    }
}

Closed explain_tls(boost::system::error_code error) {
    const bool judged = error.category() == boost::asio::error::get_ssl_category();
    return {.why = "TLS: " + error.message(), .hopeless = judged};
}

Closed explain_upgrade(boost::system::error_code error, const websocket::response_type& response) {
    if (error != websocket::error::upgrade_declined) {
        return {.why = "the upgrade to WebSocket failed: " + error.message()};
    }
    Closed closed{.why = {}, .http_status = static_cast<int>(response.result_int())};
    closed.refusal = refusal_in(response.body());
    closed.why = "HTTP " + std::to_string(closed.http_status);
    if (closed.refusal) {
        closed.why += ", " + closed.refusal->code() + ": " + closed.refusal->message();
    } else if (closed.http_status == 404) {
        closed.why += ": there is no Tocsin hub at this address";
    }
    return closed;
}

std::optional<Closed> check_upgrade(const websocket::response_type& response) {
    if (response[http::field::sec_websocket_protocol] == kSubprotocol) {
        return std::nullopt;
    }
    return Closed{.why = "a WebSocket server, but not one that speaks tocsin.v1", .hopeless = true};
}

Closed explain_close(boost::system::error_code error, const websocket::close_reason& reason) {
    if (error != websocket::error::closed) {
        return {.why = "the connection broke: " + error.message()};
    }
    Closed closed{.why = "the hub closed the connection", .close_code = reason.code};
    if (reason.code != websocket::close_code::none) {
        closed.why += " (" + std::to_string(reason.code);
        if (!reason.reason.empty()) {
            closed.why += ", " + std::string(reason.reason.data(), reason.reason.size());
        }
        closed.why += ")";
    }
    return closed;
}

}  // namespace tocsin::client
