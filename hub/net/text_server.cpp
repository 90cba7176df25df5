#include "hub/net/text_server.hpp"

#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>

namespace tocsin::net {

namespace {

namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::size_t kHeaderBytes = 8'192;
constexpr std::chrono::seconds kDeadline{5};
constexpr std::chrono::seconds kLeaveWithin{1};
constexpr int kMostOpen = 64;

}  // namespace

class TextServer::Exchange : public std::enable_shared_from_this<Exchange> {
public:
    Exchange(Socket socket, std::shared_ptr<const Handler> handler, std::shared_ptr<int> open)
        : socket_(std::move(socket)),
          deadline_(socket_.get_executor()),
          handler_(std::move(handler)),
          open_(std::move(open)) {
        ++*open_;
        parser_.header_limit(kHeaderBytes);
    }
    ~Exchange() { --*open_; }

    void start() {
        close_within(kDeadline);
        http::async_read_header(
            socket_, buffer_, parser_, [self = shared_from_this()](error_code error, std::size_t) {
                if (!error) {
                    self->on_request();
                }
            });
    }

private:
    void close_within(std::chrono::seconds time) {
        deadline_.expires_after(time);
        deadline_.async_wait([weak = weak_from_this()](error_code cancelled) {
            if (const auto self = weak.lock(); self != nullptr && !cancelled) {
                error_code ignored;
                self->socket_.close(ignored);
            }
        });
    }

    void on_request() {
        if (parser_.get().method() != http::verb::get) {
            reply({.status = 405, .body = "GET only\n", .more_headers = "Allow: GET\r\n"});
            return;
        }
        const auto target = parser_.get().target();
        (*handler_)(std::string(target.substr(0, target.find('?'))),
                    [self = shared_from_this()](TextReply text) { self->reply(text); });
    }

    void reply(const TextReply& text) {
        text_ = to_http(text);
        asio::async_write(socket_,
                          asio::buffer(text_),
                          [self = shared_from_this()](error_code error, std::size_t) {
                              if (!error) {
                                  error_code ignored;
                                  self->socket_.shutdown(Socket::shutdown_send, ignored);
                                  self->buffer_.clear();
                                  self->close_within(kLeaveWithin);
                                  self->drain();
                              }
                          });
    }

    void drain() {
        socket_.async_read_some(buffer_.prepare(kHeaderBytes),
                                [self = shared_from_this()](error_code error, std::size_t) {
                                    if (!error) {
                                        self->drain();
                                    }
                                });
    }

    using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                             asio::wait_traits<std::chrono::steady_clock>,
                                             asio::io_context::executor_type>;

    Socket socket_;
    Timer deadline_;
    const std::shared_ptr<const Handler> handler_;
    const std::shared_ptr<int> open_;
    boost::beast::flat_buffer buffer_{kHeaderBytes};
    http::request_parser<http::empty_body> parser_;
    std::string text_;
};

TextServer::TextServer(asio::io_context& context, Handler handler)
    : handler_(std::make_shared<const Handler>(std::move(handler))),
      accept_loop_(context, [this](Socket socket) {
          if (*open_ < kMostOpen) {
              std::make_shared<Exchange>(std::move(socket), handler_, open_)->start();
          }
      }) {}

TextServer::~TextServer() = default;

std::expected<tcp::endpoint, std::string> TextServer::listen(const tcp::endpoint& address) {
    auto bound = accept_loop_.listen(address, {});
    if (bound) {
        accept_loop_.start();
    }
    return bound;
}

void TextServer::stop() {
    accept_loop_.stop();
}

}  // namespace tocsin::net
