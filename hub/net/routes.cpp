#include "hub/net/routes.hpp"

#include <algorithm>
#include <array>

namespace tocsin::net {

namespace {

struct Row {
    std::string_view path;
    Route route;
};
constexpr std::array kRows = {
    Row{"/v1/connect", Route::connect},
    Row{"/v1/sign-in", Route::sign_in},
    Row{"/v1/sign-out", Route::sign_out},
    Row{"/v1/me", Route::me},
    Row{"/v1/district", Route::district},
    Row{"/v1/csp-report", Route::csp_report},
};
// No file ever stands in for a part of the protocol.
constexpr std::string_view kProtocol = "/v1/";
constexpr std::string_view kMedia = "/v1/media";

}  // namespace

std::string_view path_of(std::string_view target) {
    return target.substr(0, target.find('?'));
}

Route route_of(std::string_view path) {
    const auto* row = std::ranges::find(kRows, path, &Row::path);
    if (row != kRows.end()) {
        return row->route;
    }
    if (path.starts_with(kMedia) && (path.size() == kMedia.size() || path[kMedia.size()] == '/')) {
        return Route::media;
    }
    return path.starts_with('/') && !path.starts_with(kProtocol) ? Route::page : Route::nothing;
}

}  // namespace tocsin::net
