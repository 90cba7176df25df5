// The way of a browser's request into the hub, as far as its header alone decides: host, route, who
// asks, in which form a page goes out.
//
// Must hold for any bytes: no crash; a cookie counts only beside an Origin of ours, or where
// nothing says that another page looks; no header of an answer is one that the request wrote.

#include <boost/beast/http/parser.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "hub/net/failures.hpp"
#include "hub/net/http_checks.hpp"
#include "hub/net/page_answer.hpp"
#include "hub/net/routes.hpp"
#include "tests/fuzz/check.hpp"

using namespace tocsin::net;
namespace http = boost::beast::http;

namespace {

PageFile page() {
    const auto form = [](const char* text, const char* etag) {
        return PageForm{std::make_shared<const std::string>(text), etag};
    };
    return {.type = "text/html",
            .is_hashed = false,
            .plain = form("plain", "\"a\""),
            .brotli = form("br", "\"b\""),
            .gzip = form("gz", "\"c\"")};
}

std::string_view view(boost::beast::string_view text) {
    return {text.data(), text.size()};
}

std::size_t lines_of(const std::string& head) {
    std::size_t lines = 0;
    for (std::size_t at = 0; (at = head.find("\r\n", at)) != head.npos; at += 2) {
        ++lines;
    }
    return lines;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0 || size > 8'192) {
        return 0;
    }
    Front front;
    front.secure = (data[0] & 1) != 0;
    front.allowed_origins = {"https://good"};
    front.proxies = {"10.0.0.1"};
    http::request_parser<http::empty_body> parser;
    boost::system::error_code error;
    parser.put(boost::asio::buffer(data + 1, size - 1), error);
    if (error || !parser.is_header_done()) {
        return 0;
    }
    const Request& request = parser.get();
    const std::string_view path = path_of(view(request.target()));
    TOCSIN_MUST(path.find('?') == path.npos);
    const Route route = route_of(path);
    TOCSIN_MUST(route != Route::page || path.starts_with('/'));
    TOCSIN_MUST(!neighbourhood(caller_of(request, "10.0.0.1", front)).empty());

    const bool is_known_origin =
        request.count(http::field::origin) == 1 &&
        (view(request[http::field::origin]) == "https://good" ||
         (request.count(http::field::host) == 1 &&
          view(request[http::field::origin]) == (front.secure ? "https://" : "http://") +
                                                    std::string(view(request[http::field::host]))));
    for (const Asks asks : {Asks::to_look, Asks::to_change}) {
        const auto token = token_of(request, front, asks);
        if (!token) {
            TOCSIN_MUST(token.error().status == 401 || token.error().status == 403);
            continue;
        }
        TOCSIN_MUST(!token->empty() && token->size() <= 512);
        TOCSIN_MUST(request.count(http::field::origin) == 0 || is_known_origin);
        const bool by_cookie = request.count(http::field::authorization) == 0;
        TOCSIN_MUST(!by_cookie || asks == Asks::to_look || is_known_origin);
    }
    if (!check_host(request, front)) {
        static const PageFile file = page();
        const PageAnswer answer = answer_page(file, request, front);
        TOCSIN_MUST(answer.status == 200 || answer.status == 304);
        TOCSIN_MUST(answer.head.ends_with("\r\n\r\n"));
        TOCSIN_MUST(answer.head.find("\r\n\r\n") == answer.head.size() - 4);
        TOCSIN_MUST(lines_of(answer.head) <= 17);
        TOCSIN_MUST(answer.head.find('\0') == answer.head.npos);
    }
    (void)admit(request, front);
    return 0;
}
