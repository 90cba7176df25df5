#include "hub/net/media_exchange.hpp"

#include <google/protobuf/util/json_util.h>

#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>
#include <utility>

#include "hub/domain/access.hpp"
#include "hub/domain/decide.hpp"
#include "hub/log/digest.hpp"
#include "hub/net/clock.hpp"
#include "hub/net/http_checks.hpp"
#include "hub/net/http_text.hpp"

namespace tocsin::net {

namespace {

namespace http = boost::beast::http;
using boost::system::error_code;
using session::MediaPart;

constexpr std::string_view kPath = "/v1/media";
constexpr std::uint64_t kMostBytes = 2u << 20;
constexpr std::size_t kReadBytes = 16'384;
constexpr int kBusyMs = 2'000;

// From the header's end to the answer's: 2 MiB at 140 kbit/s, and conversion.
constexpr std::int64_t kDeadlineMs = 180'000;
// Within the exchange nothing may be still for longer than this. The conversion has a deadline of
// its own, within its queue's.
constexpr std::int64_t kStillMs = 15'000;
constexpr std::int64_t kConversionMs = 120'000;
constexpr std::int64_t kLeaveMs = 2'000;
// A body comes at least this fast on the whole, 32 kbit/s: who drips holds a seat that others need.
constexpr std::int64_t kBytesAMs = 4;

HttpRefusal refusal(int status, std::string_view code, std::string message, int after_ms = 0) {
    return {status, {std::string(code), {}, std::move(message), after_ms}};
}

HttpRefusal not_found() {
    return refusal(
        404, domain::code::not_found, "There is no such file, or none that you may see.");
}

HttpRefusal to_http_refusal(domain::Refusal refused) {
    constexpr std::pair<std::string_view, int> kStatuses[] = {
        {domain::code::media_too_large, 413},
        {domain::code::media_type_refused, 415},
        {domain::code::media_refused, 422},
        {domain::code::too_many_requests, 429},
        {domain::code::not_permitted, 403},
        {domain::code::not_found, 404},
    };
    for (const auto& [code, status] : kStatuses) {
        if (refused.code == code) {
            return {status, std::move(refused)};
        }
    }
    return {503, std::move(refused)};
}

std::string to_json(const session::wire::Media& media) {
    std::string text;
    google::protobuf::util::JsonPrintOptions options;
    options.preserve_proto_field_names = true;
    if (!google::protobuf::util::MessageToJsonString(media, &text, options).ok()) {
        return "{}\n";  // only for texts that are not UTF-8, and these are all our own
    }
    return text += '\n';
}

// A file as it is given out: never run, never guessed at, never kept.
TextReply to_reply(session::MediaFile file, const std::string& media_id, MediaPart part) {
    const bool is_photo = file.kind == session::wire::MEDIA_KIND_PHOTO;
    const std::string name = media_id + (part == MediaPart::thumbnail ? "-thumbnail" : "") +
                             (is_photo ? ".jpg" : ".opus");
    return {.status = 200,
            .content_type = is_photo ? "image/jpeg" : "audio/ogg",
            .body = std::move(file.bytes),
            .more_headers =
                "Content-Security-Policy: sandbox; default-src 'none'\r\n"
                "Cross-Origin-Resource-Policy: same-origin\r\n"
                "Content-Disposition: inline; filename=\"" +
                name + "\"\r\n",
            .cache_control = "private, no-store"};
}

class MediaExchange final : public Arrival, public std::enable_shared_from_this<MediaExchange> {
public:
    MediaExchange(Room& room, HttpVisit visit)
        : room_(room),
          socket_(std::move(visit.socket)),
          buffer_(std::move(visit.buffer)),
          parser_(std::move(visit.parser)),
          seat_(std::move(visit.seat)),
          began_ms_(now_ms()),
          moved_ms_(began_ms_) {
        buffer_.max_size(kReadBytes);
        parser_.body_limit(kMostBytes);
    }

    void start();
    void on_tick(std::int64_t now) override;
    void cut() override { end(); }

private:
    // What an exchange waits for, and so how long it may.
    enum class Stage { asking, reading, converting, answering, leaving };

    std::optional<HttpRefusal> check_request();
    std::optional<HttpRefusal> check_upload() const;
    void on_principal(std::optional<session::Principal> principal);
    void read_body();
    void on_body();
    void ask_for_file();
    void refuse(const HttpRefusal& refusal);
    void reply(const TextReply& reply);
    void drain();
    void enter(Stage stage) {
        stage_ = stage;
        moved_ms_ = now_ms();
    }
    void end();
    // Runs the work if the exchange is still there and going on when the answer comes.
    template <class Work>
    auto later(Work work) {
        return [weak = weak_from_this(), work = std::move(work)](auto... arguments) mutable {
            if (const auto self = weak.lock(); self != nullptr && !self->ended_) {
                work(*self, std::move(arguments)...);
            }
        };
    }

    Room& room_;
    Socket socket_;
    boost::beast::flat_buffer buffer_;
    http::request_parser<http::string_body> parser_;
    Seat seat_;
    Seat media_seat_;
    Seat device_seat_;
    const std::int64_t began_ms_;
    std::int64_t moved_ms_;
    Stage stage_ = Stage::asking;
    bool is_upload_ = false;
    std::string media_id_;
    MediaPart part_ = MediaPart::file;
    std::string person_id_;
    std::string reply_;
    bool ended_ = false;
};

void MediaExchange::start() {
    room_.enter(shared_from_this());
    if (const auto refusal = check_request()) {
        refuse(*refusal);
        return;
    }
    const Request head(parser_.get().base());
    const auto token =
        token_of(head, room_.settings().front, is_upload_ ? Asks::to_change : Asks::to_look);
    if (!token) {
        refuse(token.error());
        return;
    }
    room_.district().authenticate(
        log::sha256(*token),
        later([](MediaExchange& self, std::optional<session::Principal> principal) {
            self.on_principal(std::move(principal));
        }));
}

// The path and the method.
std::optional<HttpRefusal> MediaExchange::check_request() {
    const auto target = parser_.get().target();
    std::string_view path =
        std::string_view(target.data(), target.size()).substr(0, target.find('?'));
    path.remove_prefix(kPath.size());
    const http::verb method = parser_.get().method();
    if (path.empty()) {
        is_upload_ = true;
        return method == http::verb::post
                   ? std::nullopt
                   : std::optional(refusal(
                         405, domain::code::method_not_allowed, "Files are sent with POST."));
    }
    path.remove_prefix(1);
    constexpr std::string_view kThumbnail = "/thumbnail";
    if (path.ends_with(kThumbnail)) {
        part_ = MediaPart::thumbnail;
        path.remove_suffix(kThumbnail.size());
    }
    if (!domain::is_uuid(path)) {
        return not_found();
    }
    media_id_ = path;
    if (method != http::verb::get) {
        return refusal(405, domain::code::method_not_allowed, "Files are read with GET.");
    }
    if (buffer_.size() > 0 || parser_.chunked() || parser_.content_length().value_or(0) > 0) {
        return refusal(400, domain::code::malformed, "The request has a body.");
    }
    return std::nullopt;
}

std::optional<HttpRefusal> MediaExchange::check_upload() const {
    if (parser_.chunked() || !parser_.content_length()) {
        return refusal(411, domain::code::malformed, "The request must say its Content-Length.");
    }
    if (*parser_.content_length() > kMostBytes) {
        return refusal(413, domain::code::media_too_large, "The file is longer than 2 MiB.");
    }
    if (*parser_.content_length() == 0) {
        return refusal(415, domain::code::media_type_refused, "The file is empty.");
    }
    return std::nullopt;
}

void MediaExchange::on_principal(std::optional<session::Principal> principal) {
    if (!principal) {
        refuse(unauthenticated());
        return;
    }
    if (is_upload_ && !domain::may_upload(principal->rights->person)) {
        refuse(refusal(403, domain::code::not_permitted, "Your role does not allow this."));
        return;
    }
    if (const auto refusal = is_upload_ ? check_upload() : std::nullopt) {
        refuse(*refusal);
        return;
    }
    Seats& seats = room_.media_seats();
    media_seat_ = seats.take();
    auto device_seat = seats.is_over() ? std::nullopt : seats.take(principal->device_id);
    if (!device_seat) {
        refuse(refusal(429,
                       domain::code::too_many_requests,
                       "The hub, or this device, has as many files under way as it may.",
                       kBusyMs));
        return;
    }
    device_seat_ = *std::move(device_seat);
    person_id_ = principal->rights->person.id();
    if (!is_upload_) {
        ask_for_file();
        return;
    }
    enter(Stage::reading);
    if (!boost::beast::iequals(parser_.get()[http::field::expect], "100-continue")) {
        read_body();
        return;
    }
    constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(socket_,
                      asio::buffer(kContinue),
                      [self = shared_from_this()](error_code error, std::size_t) {
                          if (error) {
                              self->end();
                          } else if (!self->ended_) {
                              self->read_body();
                          }
                      });
}

void MediaExchange::read_body() {
    if (parser_.is_done()) {
        on_body();
        return;
    }
    http::async_read_some(
        socket_, buffer_, parser_, [self = shared_from_this()](error_code error, std::size_t) {
            if (self->ended_) {
                return;
            }
            if (error) {
                self->end();  // it went away in the middle: there is nobody to tell
                return;
            }
            self->moved_ms_ = now_ms();
            self->read_body();
        });
}

void MediaExchange::on_body() {
    enter(Stage::converting);
    room_.media().put(
        person_id_,
        std::move(parser_.get().body()),
        later([](MediaExchange& self, domain::Result<session::wire::Media> stored) {
            if (stored) {
                self.reply(
                    {.status = 201, .content_type = "application/json", .body = to_json(*stored)});
            } else {
                self.refuse(to_http_refusal(std::move(stored.error())));
            }
        }));
}

void MediaExchange::ask_for_file() {
    enter(Stage::converting);
    room_.media().get(person_id_,
                      media_id_,
                      part_,
                      later([](MediaExchange& self, domain::Result<session::MediaFile> file) {
                          if (file) {
                              self.reply(to_reply(*std::move(file), self.media_id_, self.part_));
                          } else {
                              self.refuse(to_http_refusal(std::move(file.error())));
                          }
                      }));
}

void MediaExchange::refuse(const HttpRefusal& refusal) {
    ++room_.stats().refused_by_status[refusal.status];
    TextReply text = net::to_reply(refusal.status, refusal.refusal);
    if (refusal.status == 405 && is_upload_) {
        text.more_headers = "Allow: POST\r\n";
    }
    reply(text);
}

void MediaExchange::reply(const TextReply& reply) {
    enter(Stage::answering);
    reply_ = to_http(reply);
    asio::async_write(
        socket_, asio::buffer(reply_), [self = shared_from_this()](error_code error, std::size_t) {
            if (self->ended_) {
                return;
            }
            if (error) {
                self->end();
                return;
            }
            error_code ignored;
            self->socket_.shutdown(Socket::shutdown_send, ignored);
            self->enter(Stage::leaving);
            self->buffer_.clear();
            self->drain();
        });
}

// Reads on until the peer is done or the deadline comes: closing with bytes unread would make the
// kernel send a reset that may overtake the answer.
void MediaExchange::drain() {
    socket_.async_read_some(buffer_.prepare(kReadBytes),
                            [self = shared_from_this()](error_code error, std::size_t) {
                                if (error) {
                                    self->end();
                                } else if (!self->ended_) {
                                    self->drain();
                                }
                            });
}

void MediaExchange::on_tick(std::int64_t now) {
    std::int64_t still = kStillMs;
    if (stage_ == Stage::converting) {
        still = kConversionMs;
    } else if (stage_ == Stage::leaving) {
        still = kLeaveMs;
    } else if (stage_ == Stage::answering) {
        still = kDeadlineMs;  // the kernel gives up on a peer that takes nothing for 30 s
    }
    const auto received = static_cast<std::int64_t>(parser_.get().body().size());
    const bool drips =
        stage_ == Stage::reading && now - began_ms_ > kStillMs + received / kBytesAMs;
    if (drips || now - began_ms_ > kDeadlineMs || now - moved_ms_ > still) {
        end();
    }
}

void MediaExchange::end() {
    if (ended_) {
        return;
    }
    ended_ = true;
    error_code ignored;
    socket_.close(ignored);
    const auto self = shared_from_this();
    room_.leave(*this);
}

}  // namespace

void exchange_media(Room& room, HttpVisit visit) {
    std::make_shared<MediaExchange>(room, std::move(visit))->start();
}

}  // namespace tocsin::net
