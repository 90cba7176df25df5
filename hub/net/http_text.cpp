#include "hub/net/http_text.hpp"

#include <google/protobuf/util/json_util.h>

#include <boost/beast/http/status.hpp>

#include "tocsin/v1/error.pb.h"

namespace tocsin::net {

std::string to_http(const TextReply& reply) {
    const auto reason = boost::beast::http::obsolete_reason(
        boost::beast::http::int_to_status(static_cast<unsigned>(reply.status)));
    std::string text = "HTTP/1.1 " + std::to_string(reply.status) + ' ';
    text.append(reason.data(), reason.size());
    if (reply.status != 204 && reply.status != 304) {
        text += "\r\nContent-Type: " + reply.content_type;
        text += "\r\nContent-Length: " + std::to_string(reply.body.size());
    }
    text +=
        "\r\nX-Content-Type-Options: nosniff"
        "\r\nConnection: close";
    text += "\r\nCache-Control: " + reply.cache_control + "\r\n";
    text += reply.more_headers;
    text += "\r\n";
    text += reply.body;
    return text;
}

TextReply to_reply(int status, const domain::Refusal& refusal) {
    tocsin::v1::Refusal message;
    message.set_code(refusal.code);
    message.set_field(refusal.field);
    message.set_message(refusal.message);
    message.set_retry_after_ms(refusal.retry_after_ms);
    TextReply reply{.status = status, .content_type = "application/json", .body = {}};
    google::protobuf::util::JsonPrintOptions options;
    options.preserve_proto_field_names = true;
    if (!google::protobuf::util::MessageToJsonString(message, &reply.body, options).ok()) {
        reply.body = "{}";  // only for texts that are not UTF-8, and these are all our own
    }
    reply.body += '\n';
    if (status == 401) {
        reply.more_headers += "WWW-Authenticate: Bearer\r\n";
    }
    if (status == 405) {
        reply.more_headers += "Allow: GET\r\n";
    }
    if (refusal.retry_after_ms > 0) {
        const int seconds = (refusal.retry_after_ms + 999) / 1'000;
        reply.more_headers += "Retry-After: " + std::to_string(seconds) + "\r\n";
    }
    return reply;
}

}  // namespace tocsin::net
