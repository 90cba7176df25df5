#pragma once
// From an accepted socket to a WebSocket connection, or to an HTTP refusal: reads one request,
// checks it, asks the district whose token it is. Used by the shard's thread.

#include "hub/net/room.hpp"

namespace tocsin::net {

void receive(Room& room, Socket socket);

}  // namespace tocsin::net
