#pragma once
// Photos and voice over HTTP: POST /v1/media, GET /v1/media/<id>, GET /v1/media/<id>/thumbnail. One
// request a connection. Nothing of a body is read before it is known whose it is, how long it is,
// and that there is room for it.

#include "hub/net/http_visit.hpp"
#include "hub/net/room.hpp"

namespace tocsin::net {

// The path is /v1/media or below it, and the room has a media desk.
void exchange_media(Room& room, HttpVisit visit);

}  // namespace tocsin::net
