#pragma once
// Who answers which requests over HTTP, but for those that want to become a WebSocket.

#include "hub/net/http_checks.hpp"
#include "hub/net/http_visit.hpp"
#include "hub/net/room.hpp"

namespace tocsin::net {

// Takes the connection over and answers it.
using HttpHandler = void (*)(Room& room, HttpVisit visit);

// By the route of the request's path (routes.hpp), where this hub has what answers. Null elsewhere:
// the request is then judged as one that wants to become a WebSocket.
HttpHandler handler_of(const Room& room, const Request& request);

}  // namespace tocsin::net
