#include "hub/net/http_routes.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "hub/net/media_exchange.hpp"

namespace tocsin::net {

namespace {

struct Route {
    std::string_view path;               // itself, and all below it
    bool (*is_there)(const Room& room);  // whether this hub has what answers
    HttpHandler handler;
};

constexpr Route kRoutes[] = {
    {"/v1/media", [](const Room& room) { return room.has_media(); }, exchange_media},
};

bool is_below(std::string_view path, std::string_view root) {
    return path.starts_with(root) && (path.size() == root.size() || path[root.size()] == '/');
}

}  // namespace

HttpHandler handler_of(const Room& room, const Request& request) {
    const auto target = request.target();
    const std::string_view path =
        std::string_view(target.data(), target.size()).substr(0, target.find('?'));
    const auto* const found = std::ranges::find_if(kRoutes, [&](const Route& route) {
        return is_below(path, route.path) && route.is_there(room);
    });
    return found == std::end(kRoutes) ? nullptr : found->handler;
}

}  // namespace tocsin::net
