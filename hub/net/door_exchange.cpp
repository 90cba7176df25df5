#include "hub/net/door_exchange.hpp"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <boost/beast/http/rfc7230.hpp>
#include <utility>

#include "hub/log/digest.hpp"
#include "hub/net/clock.hpp"
#include "hub/net/exchange.hpp"
#include "hub/net/page_answer.hpp"
#include "hub/session/me.hpp"

namespace tocsin::net {

namespace {

namespace http = boost::beast::http;

constexpr std::size_t kMostBody = 4'096;
constexpr std::size_t kLongestSecret = 512;

std::string_view view(boost::beast::string_view text) {
    return {text.data(), text.size()};
}

std::string to_json(const google::protobuf::Message& message) {
    std::string text;
    google::protobuf::util::JsonPrintOptions options;
    options.preserve_proto_field_names = true;
    options.always_print_primitive_fields = true;
    if (!google::protobuf::util::MessageToJsonString(message, &text, options).ok()) {
        return "{}\n";  // only for texts that are not UTF-8, and the hub takes none
    }
    return text += '\n';
}

HttpRefusal refusal(int status, std::string_view code, std::string message, int after_ms = 0) {
    return {status, {std::string(code), {}, std::move(message), after_ms}};
}

HttpRefusal to_http_refusal(domain::Refusal refused) {
    constexpr std::pair<std::string_view, int> kStatuses[] = {
        {domain::code::link_used, 403},
        {domain::code::link_unknown, 403},
        {domain::code::link_expired, 403},
        {domain::code::wrong_state, 409},
        {domain::code::not_permitted, 401},
    };
    for (const auto& [code, status] : kStatuses) {
        if (refused.code == code) {
            return {status, std::move(refused)};
        }
    }
    return {503, std::move(refused)};
}

// `application/json`, whatever parameters it has.
bool is_json(const Request& request) {
    std::string_view type = view(request[http::field::content_type]);
    type = type.substr(0, type.find(';'));
    while (type.ends_with(' ') || type.ends_with('\t')) {
        type.remove_suffix(1);
    }
    return boost::beast::iequals({type.data(), type.size()}, "application/json");
}

// The secret of a body such as {"secret":"…"}; empty where it is none.
std::string secret_of(const std::string& body) {
    session::wire::SignIn asked;
    const bool is_good = google::protobuf::util::JsonStringToMessage(body, &asked).ok();
    const std::string& secret = asked.secret();
    const auto is_visible = [](char c) { return c > 0x20 && c < 0x7f; };
    return is_good && secret.size() <= kLongestSecret && std::ranges::all_of(secret, is_visible)
               ? secret
               : std::string();
}

std::string cookie_line(const Front& front, std::string_view value, std::string_view max_age) {
    std::string line = "Set-Cookie: ";
    line.append(cookie_name(front)).append("=").append(value);
    line.append("; Path=/; HttpOnly; SameSite=Strict; Max-Age=").append(max_age);
    line.append(front.secure ? "; Secure\r\n" : "\r\n");
    return line;
}

class DoorExchange final : public Exchange {
public:
    DoorExchange(Room& room, HttpVisit visit)
        : Exchange(room, std::move(visit)), route_(route_of(path_of(view(request().target())))) {}

private:
    void run() override;
    void on_body(std::string body) override;

    // False: it was refused.
    bool method_is(http::verb method);
    void give_page();
    void take_sign_in();
    void on_signed_in(domain::Result<session::SignedIn> signed_in);
    void count_sign_in(std::string_view outcome) {
        ++room().stats().sign_ins[std::string(outcome)];
    }
    // Runs the work with whoever the request speaks for; refuses whoever is nobody.
    template <class Work>
    void with_principal(Asks asks, Work work);
    void take_sign_out(const session::Principal& principal);
    void give_map();
    void answer_json(std::string body, std::string more_headers = {});

    const Route route_;
    std::string caller_;
};

void DoorExchange::run() {
    if (const auto refused = check_host(request(), front())) {
        refuse(*refused);
        return;
    }
    switch (route_) {
        case Route::page:
            give_page();
            return;
        case Route::sign_in:
            if (method_is(http::verb::post)) {
                take_sign_in();
            }
            return;
        case Route::sign_out:
            if (method_is(http::verb::post)) {
                with_principal(Asks::to_change,
                               [](DoorExchange& self, const session::Principal& principal) {
                                   self.take_sign_out(principal);
                               });
            }
            return;
        case Route::me:
            if (method_is(http::verb::get)) {
                with_principal(Asks::to_look,
                               [](DoorExchange& self, const session::Principal& principal) {
                                   self.answer_json(to_json(session::me(principal)));
                               });
            }
            return;
        case Route::district:
            if (method_is(http::verb::get)) {
                with_principal(Asks::to_look, [](DoorExchange& self, const session::Principal&) {
                    self.give_map();
                });
            }
            return;
        case Route::csp_report:
            if (method_is(http::verb::post)) {
                ++room().stats().csp_reports;
                reply({.status = 204, .body = {}});
            }
            return;
        case Route::connect:
        case Route::media:
        case Route::nothing:
            break;
    }
    refuse(refusal(404, domain::code::not_found, "There is nothing here."));
}

bool DoorExchange::method_is(http::verb method) {
    if (request().method() == method) {
        return true;
    }
    const std::string_view name = method == http::verb::get ? "GET" : "POST";
    refuse(refusal(405,
                   domain::code::method_not_allowed,
                   "This is asked for with " + std::string(name) + "."),
           name);
    return false;
}

void DoorExchange::give_page() {
    const PageFile* file = room().settings().pages->find(path_of(view(request().target())));
    if (request().method() != http::verb::get && request().method() != http::verb::head) {
        refuse(refusal(405, domain::code::method_not_allowed, "Pages are read with GET."),
               "GET, HEAD");
        return;
    }
    if (has_body()) {
        refuse(refusal(400, domain::code::malformed, "The request has a body."));
        return;
    }
    PageAnswer answer = answer_page(*file, request(), front());
    ++room().stats().pages_served;
    send(std::move(answer.head), std::move(answer.body), answer.keep_alive);
}

void DoorExchange::take_sign_in() {
    if (const auto refused = check_own_origin(request(), front())) {
        refuse(*refused);
        return;
    }
    if (!is_json(request())) {
        refuse(refusal(415, domain::code::malformed, "The body must be application/json."));
        return;
    }
    caller_ = caller();
    Failures* failures = room().settings().sign_in_failures.get();
    if (failures != nullptr && !failures->take(caller_, now_ms())) {
        count_sign_in(domain::code::too_many_requests);
        refuse(refusal(429,
                       domain::code::too_many_requests,
                       "Too many failures from here; try again later.",
                       failures->retry_after_ms(caller_, now_ms())));
        return;
    }
    read_body(kMostBody);
}

void DoorExchange::on_body(std::string body) {
    const std::string secret = secret_of(body);
    if (secret.empty()) {
        count_sign_in(domain::code::malformed);
        refuse(refusal(400, domain::code::malformed, "The body must be {\"secret\":\"...\"}."));
        return;
    }
    room().doorkeeper()->sign_in(
        log::sha256(secret),
        later<DoorExchange>([](DoorExchange& self, domain::Result<session::SignedIn> signed_in) {
            self.on_signed_in(std::move(signed_in));
        }));
}

void DoorExchange::on_signed_in(domain::Result<session::SignedIn> signed_in) {
    Failures* failures = room().settings().sign_in_failures.get();
    const bool is_fault = !signed_in && signed_in.error().code != domain::code::unavailable;
    if (failures != nullptr && !is_fault) {
        failures->forgive(caller_);
    }
    count_sign_in(signed_in ? "signed_in" : signed_in.error().code);
    if (!signed_in) {
        refuse(to_http_refusal(std::move(signed_in.error())));
        return;
    }
    constexpr std::string_view kYear = "31536000";
    answer_json(to_json(session::signed_in(signed_in->principal)),
                cookie_line(front(), signed_in->token, kYear));
}

template <class Work>
void DoorExchange::with_principal(Asks asks, Work work) {
    if (has_body()) {
        refuse(refusal(400, domain::code::malformed, "The request has a body."));
        return;
    }
    const auto token = token_of(request(), front(), asks);
    if (!token) {
        refuse(token.error());
        return;
    }
    room().district().authenticate(
        log::sha256(*token),
        later<DoorExchange>([work = std::move(work)](DoorExchange& self,
                                                     std::optional<session::Principal> principal) {
            if (principal) {
                work(self, *principal);
            } else {
                self.refuse(unauthenticated());
            }
        }));
}

void DoorExchange::take_sign_out(const session::Principal& principal) {
    room().doorkeeper()->sign_out(
        principal.rights->person.id(),
        principal.device_id,
        later<DoorExchange>([](DoorExchange& self, domain::Result<session::wire::Receipt> receipt) {
            if (!receipt) {
                self.refuse(to_http_refusal(std::move(receipt.error())));
                return;
            }
            ++self.room().stats().sign_outs;
            self.answer_json("{}\n", cookie_line(self.front(), "", "0"));
        }));
}

void DoorExchange::give_map() {
    room().doorkeeper()->map(later<DoorExchange>(
        [](DoorExchange& self, std::shared_ptr<const session::DistrictMap> map) {
            const bool is_gzip = !map->gzip.empty() && accepts(self.request(), "gzip");
            const std::string& etag = is_gzip ? map->gzip_etag : map->etag;
            TextReply answer{.status = 200,
                             .content_type = "application/json",
                             .body = {},
                             .more_headers = "ETag: " + etag + "\r\nVary: Accept-Encoding\r\n",
                             .cache_control = "private, no-cache"};
            if (is_known(self.request(), etag)) {
                answer.status = 304;
            } else if (is_gzip) {
                answer.body = map->gzip;
                answer.more_headers += "Content-Encoding: gzip\r\n";
            } else {
                answer.body = map->json;
            }
            self.reply(answer);
        }));
}

void DoorExchange::answer_json(std::string body, std::string more_headers) {
    reply({.status = 200,
           .content_type = "application/json",
           .body = std::move(body),
           .more_headers =
               std::move(more_headers) + "Cross-Origin-Resource-Policy: same-origin\r\n"});
}

}  // namespace

bool is_at_door(const Room& room, Route route, std::string_view path) {
    switch (route) {
        case Route::page:
            return room.settings().pages != nullptr && room.settings().pages->find(path) != nullptr;
        case Route::connect:
        case Route::media:
        case Route::nothing:
            return false;
        default:
            return room.doorkeeper() != nullptr;
    }
}

void exchange_at_door(Room& room, HttpVisit visit) {
    std::make_shared<DoorExchange>(room, std::move(visit))->start();
}

}  // namespace tocsin::net
