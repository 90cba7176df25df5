#pragma once
// From an accepted socket to a WebSocket connection, to whoever answers over HTTP (routes.hpp), or
// to a refusal: reads one request's header, checks it, asks the district whose token it is. Used by
// the shard's thread.

#include <boost/beast/core/flat_buffer.hpp>

#include "hub/net/room.hpp"

namespace tocsin::net {

void receive(Room& room, Socket socket);

// A further request on a connection whose answer went out; the buffer holds what came already.
void receive_next(Room& room, Socket socket, boost::beast::flat_buffer buffer, Seat seat);

}  // namespace tocsin::net
