#include "hub/net/http_routes.hpp"

#include "hub/net/door_exchange.hpp"
#include "hub/net/media_exchange.hpp"
#include "hub/net/routes.hpp"

namespace tocsin::net {

HttpHandler handler_of(const Room& room, const Request& request) {
    const auto target = request.target();
    const std::string_view path = path_of({target.data(), target.size()});
    const Route route = route_of(path);
    if (route == Route::media) {
        return room.has_media() ? exchange_media : nullptr;
    }
    return is_at_door(room, route, path) ? exchange_at_door : nullptr;
}

}  // namespace tocsin::net
