#pragma once
// What the hub is to a browser. A value; the same for all shards.

#include <string>
#include <vector>

namespace tocsin::net {

struct Front {
    // Pages come over HTTPS, from a proxy before us; else over plain HTTP from this machine alone.
    bool secure = false;
    // Further origins whose pages may connect: scheme://host[:port], compared byte by byte.
    std::vector<std::string> allowed_origins = {};
    // Origins that map tiles may come from.
    std::vector<std::string> tile_origins = {};
    // IP addresses whose word counts for whom they speak for (X-Forwarded-For).
    std::vector<std::string> proxies = {};
};

}  // namespace tocsin::net
