#pragma once
// What there is at a path: the one table. Pure.

#include <string_view>

namespace tocsin::net {

enum class Route {
    connect,     // GET /v1/connect
    media,       // /v1/media, and what is below it
    sign_in,     // POST
    sign_out,    // POST
    me,          // GET
    district,    // GET
    csp_report,  // POST
    page,        // GET, HEAD: perhaps a file; Pages knows
    nothing,
};

// The path of a request's target: without its query.
std::string_view path_of(std::string_view target);

Route route_of(std::string_view path);

}  // namespace tocsin::net
