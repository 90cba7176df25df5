#pragma once
// From the bytes of a WebSocket message to a request, or to the refusal that says why not. Pure;
// any thread.

#include <string_view>

#include "hub/domain/refusal.hpp"
#include "tocsin/v1/session.pb.h"

namespace tocsin::session {

enum class Encoding { binary, json };

// Why a message is no request.
struct Undecodable {
    domain::Refusal refusal;
    std::int64_t request_id = 0;  // as far as it could be read
    bool protocol_kept =
        false;  // the frame was a ClientMessage all the same: the connection may stay
};

// A message with request_id > 0 and a request that this hub knows; unknown fields are gone, so that
// nothing that the hub did not understand is ever stored or passed on. Nesting is bounded to 16
// levels.
std::expected<tocsin::v1::ClientMessage, Undecodable> decode(std::string_view bytes,
                                                             Encoding encoding);

// protobuf names a text that is not UTF-8 only in its log: this takes that log over for the whole
// process, so that it becomes the refusal's field instead of a line on standard error for each bad
// message. Call once, at start.
void take_over_protobuf_log();

}  // namespace tocsin::session
