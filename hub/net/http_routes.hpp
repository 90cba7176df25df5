#pragma once
// Who answers which requests: the one table of everything over HTTP that is not /v1/connect.

#include "hub/net/http_checks.hpp"
#include "hub/net/http_visit.hpp"
#include "hub/net/room.hpp"

namespace tocsin::net {

// Takes the connection over and answers it: one request, then the connection ends.
using HttpHandler = void (*)(Room& room, HttpVisit visit);

// Null where nobody in the table answers this: the request is then judged as one that wants to
// become a WebSocket.
HttpHandler handler_of(const Room& room, const Request& request);

}  // namespace tocsin::net
