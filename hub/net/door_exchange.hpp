#pragma once
// What a hub answers over HTTP itself: pages, signing in and out, who am I, the map, what a browser
// blocked. docs/pages.md says what.

#include <string_view>

#include "hub/net/http_visit.hpp"
#include "hub/net/room.hpp"
#include "hub/net/routes.hpp"

namespace tocsin::net {

// Whether there is anything of these at the path, which is the route's.
bool is_at_door(const Room& room, Route route, std::string_view path);

// The request's route is one of those for which is_at_door() says yes.
void exchange_at_door(Room& room, HttpVisit visit);

}  // namespace tocsin::net
