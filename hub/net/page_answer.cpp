#include "hub/net/page_answer.hpp"

#include <algorithm>
#include <boost/beast/http/fields.hpp>
#include <optional>
#include <string_view>

namespace tocsin::net {

namespace {

namespace http = boost::beast::http;

std::string_view view(boost::beast::string_view text) {
    return {text.data(), text.size()};
}

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    return first == text.npos ? std::string_view()
                              : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Calls with each element of a comma-separated header, over all headers of that name.
template <class Call>
void for_each_element(const Request& request, http::field name, Call call) {
    const auto [begin, end] = request.equal_range(name);
    for (auto field = begin; field != end; ++field) {
        std::string_view rest = view(field->value());
        for (bool more = true; more;) {
            const auto comma = rest.find(',');
            more = comma != rest.npos;
            if (const std::string_view element = trim(rest.substr(0, comma)); !element.empty()) {
                call(element);
            }
            rest = more ? rest.substr(comma + 1) : std::string_view();
        }
    }
}

std::string content_security_policy(const Request& request, const Front& front) {
    std::string policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:";
    for (const std::string& origin : front.tile_origins) {
        policy += ' ' + origin;
    }
    policy += "; connect-src 'self' ";
    policy += front.secure ? "wss://" : "ws://";
    policy += view(request[http::field::host]);
    policy +=
        "; worker-src 'self'; manifest-src 'self'; media-src 'self' blob:; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'; report-uri /v1/csp-report";
    return policy;
}

struct Chosen {
    const PageForm* form;
    std::string_view coding;  // empty: as it is
};

Chosen choose(const PageFile& file, const Request& request) {
    if (file.brotli && accepts(request, "br")) {
        return {&*file.brotli, "br"};
    }
    if (file.gzip && accepts(request, "gzip")) {
        return {&*file.gzip, "gzip"};
    }
    return {&file.plain, ""};
}

}  // namespace

bool accepts(const Request& request, std::string_view coding) {
    bool accepted = false;
    for_each_element(request, http::field::accept_encoding, [&](std::string_view element) {
        const auto semicolon = element.find(';');
        if (trim(element.substr(0, semicolon)) != coding) {
            return;
        }
        std::string_view weight =
            semicolon == element.npos ? std::string_view() : trim(element.substr(semicolon + 1));
        const bool is_nought =
            weight.starts_with("q=0") && weight.substr(3).find_first_not_of(".0") == weight.npos;
        accepted = !is_nought;
    });
    return accepted;
}

bool is_known(const Request& request, const std::string& etag) {
    bool known = false;
    for_each_element(request, http::field::if_none_match, [&](std::string_view element) {
        if (element.starts_with("W/")) {
            element.remove_prefix(2);
        }
        known = known || element == "*" || element == etag;
    });
    return known;
}

PageAnswer answer_page(const PageFile& file, const Request& request, const Front& front) {
    const Chosen chosen = choose(file, request);
    const bool known = is_known(request, chosen.form->etag);
    PageAnswer answer;
    answer.status = known ? 304 : 200;
    answer.keep_alive = request.keep_alive();
    std::string& head = answer.head;
    head = known ? "HTTP/1.1 304 Not Modified\r\n" : "HTTP/1.1 200 OK\r\n";
    const auto line = [&head](std::string_view name, std::string_view value) {
        head.append(name).append(": ").append(value).append("\r\n");
    };
    if (!known) {
        line("Content-Type", file.type);
        line("Content-Length", std::to_string(chosen.form->bytes->size()));
        if (!chosen.coding.empty()) {
            line("Content-Encoding", chosen.coding);
        }
    }
    line("ETag", chosen.form->etag);
    line("Cache-Control", file.is_hashed ? "public, max-age=31536000, immutable" : "no-cache");
    if (file.brotli || file.gzip) {
        line("Vary", "Accept-Encoding");
    }
    line("Content-Security-Policy", content_security_policy(request, front));
    line("X-Content-Type-Options", "nosniff");
    line("Referrer-Policy", "no-referrer");
    line("Permissions-Policy",
         "geolocation=(self), camera=(self), microphone=(self), accelerometer=(), autoplay=(self), "
         "bluetooth=(), display-capture=(), gyroscope=(), magnetometer=(), midi=(), payment=(), "
         "serial=(), usb=()");
    line("Cross-Origin-Opener-Policy", "same-origin");
    line("Cross-Origin-Resource-Policy", "same-origin");
    if (front.secure) {
        line("Strict-Transport-Security", "max-age=31536000");
    }
    line("Connection", answer.keep_alive ? "keep-alive" : "close");
    head += "\r\n";
    if (!known && request.method() == http::verb::get) {
        answer.body = chosen.form->bytes;
    }
    return answer;
}

}  // namespace tocsin::net
