#pragma once
// HTTP answers as they go over the wire, one to a connection.

#include <string>
#include <string_view>

#include "hub/domain/refusal.hpp"

namespace tocsin::net {

struct TextReply {
    int status = 200;
    std::string content_type = "text/plain; charset=utf-8";
    std::string body;
    std::string more_headers = {};  // each ending in CRLF
    std::string cache_control = "no-store";
};

// Status line, headers and body, without a body's where the status has none. The connection ends
// after it; nobody guesses at it.
std::string to_http(const TextReply& reply);

// A refusal before the upgrade, in proto3 JSON.
TextReply to_reply(int status, const domain::Refusal& refusal);

}  // namespace tocsin::net
