#pragma once
// What to answer to a request for a page's file: which form of it, what it may do in a browser, and
// for how long that may keep it. Pure.

#include <memory>
#include <string>
#include <string_view>

#include "hub/net/front.hpp"
#include "hub/net/http_checks.hpp"
#include "hub/net/pages.hpp"

namespace tocsin::net {

struct PageAnswer {
    int status = 200;
    std::string head;                         // status line and headers, with the empty line
    std::shared_ptr<const std::string> body;  // null where none goes with it
    bool keep_alive = false;
};

// Whether the request accepts a coding: names it, and not with a weight of nought.
bool accepts(const Request& request, std::string_view coding);

// Whether the request says that it has what bears this tag (If-None-Match).
bool is_known(const Request& request, const std::string& etag);

// The request is a GET or HEAD of this file, its Host a good one.
PageAnswer answer_page(const PageFile& file, const Request& request, const Front& front);

}  // namespace tocsin::net
