#pragma once
// The driver of a session::Connection over one WebSocket: feeds it messages, answers and time,
// performs what it asks for, sends what it has.

#include "hub/net/http_checks.hpp"
#include "hub/net/room.hpp"

namespace tocsin::net {

// Everything that is known when the upgrade is granted.
struct Granted {
    Socket socket;
    Request request;
    session::Principal principal;
    session::Encoding encoding;
    Seat seat;         // of the hub's
    Seat device_seat;  // of the device's
};

// Answers the upgrade and enters the room; the connection lives there until it ends.
void open_websocket(Room& room, Granted granted);

}  // namespace tocsin::net
