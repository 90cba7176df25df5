// ws-echo --port N: sends every message back as it came, for foreign conformance suites. The
// WebSocket is the hub's own, reading, control frames and output (hub/net/line.hpp); only the
// bounds are wider and nobody is asked who they are. Test-only; binds 127.0.0.1.

#include <CLI/CLI.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <cstdio>
#include <unordered_set>

#include "hub/fanout/bundle.hpp"
#include "hub/net/accept_loop.hpp"
#include "hub/net/clock.hpp"
#include "hub/net/line.hpp"

namespace {

using namespace tocsin;
namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::size_t kHeaderBytes = 8'192;
constexpr std::chrono::milliseconds kTick{200};

// The first that is offered, whatever it is.
std::string first_protocol(const net::Request& request) {
    const auto value = request[http::field::sec_websocket_protocol];
    const std::string offered(value.substr(0, value.find(',')));
    const auto begin = offered.find_first_not_of(" \t");
    return begin == offered.npos
               ? std::string()
               : offered.substr(begin, offered.find_last_not_of(" \t") - begin + 1);
}

class Echo;

struct Server {
    net::LineBounds bounds{.message_bytes = 16u << 20,
                           .framing_bytes = 256u << 20,
                           .message_deadline = std::chrono::minutes{10},
                           .tick = kTick};
    net::ShardStats stats;
    std::unordered_set<std::shared_ptr<Echo>> open;
};

class Echo final : public net::Line::Owner, public std::enable_shared_from_this<Echo> {
public:
    Echo(Server& server, net::Socket socket) : server_(server), socket_(std::move(socket)) {
        parser_.header_limit(kHeaderBytes);
    }

    void start() {
        server_.open.insert(shared_from_this());
        http::async_read_header(
            socket_, buffer_, parser_, [self = shared_from_this()](error_code error, std::size_t) {
                if (error) {
                    self->server_.open.erase(self);
                    return;
                }
                const net::Request request = self->parser_.release();
                self->line_ = net::make_line(
                    std::move(self->socket_), self->server_.bounds, self->server_.stats, self);
                self->line_->accept(request, first_protocol(request));
            });
    }
    void on_tick(std::int64_t now_ms) {
        if (line_) {
            line_->on_tick(now_ms);
        }
    }

    void on_open() override { line_->read_on(); }
    void on_message(std::string_view bytes, bool is_text) override {
        const auto type = is_text ? fanout::MessageType::text : fanout::MessageType::binary;
        auto message =
            std::make_shared<std::string>(fanout::MessageHead(type, bytes.size()).bytes());
        *message += bytes;
        load_.clear();
        load_.pieces.emplace_back(*message);
        load_.owners.push_back(std::move(message));
        if (line_->has_room()) {
            line_->send(load_);
        } else {
            waiting_ = true;
        }
    }
    // A pong may be on its way when a message comes: that one waits, and none is read meanwhile.
    bool wants_message() const override { return !waiting_ && line_->has_room(); }
    void on_room() override {
        if (std::exchange(waiting_, false)) {
            line_->send(load_);
        }
        line_->read_on();
    }
    void on_too_slow(std::string_view why) override { line_->close(4008, why); }
    void on_end(std::uint16_t) override { server_.open.erase(shared_from_this()); }

private:
    Server& server_;
    net::Socket socket_;
    boost::beast::flat_buffer buffer_{kHeaderBytes};
    http::request_parser<http::empty_body> parser_;
    std::shared_ptr<net::Line> line_;
    net::Load load_;
    bool waiting_ = false;
};

}  // namespace

int main(int argc, char** argv) {
    std::uint16_t port = 0;
    CLI::App app{"Sends every WebSocket message back as it came, on 127.0.0.1."};
    app.add_option("--port", port, "0: any free one; the line that is printed says which")
        ->required();
    CLI11_PARSE(app, argc, argv);

    asio::io_context context{1};
    Server server;
    net::AcceptLoop accept_loop(context, [&](net::Socket socket) {
        std::make_shared<Echo>(server, std::move(socket))->start();
    });
    const net::ListenOptions options{.send_buffer_bytes = 65'536};
    const auto bound = accept_loop.listen({asio::ip::address_v4::loopback(), port}, options);
    if (!bound) {
        std::fprintf(stderr, "%s\n", bound.error().c_str());
        return 1;
    }
    accept_loop.start();

    asio::steady_timer timer(context);
    std::function<void()> tick = [&] {
        for (const auto& echo : std::vector(server.open.begin(), server.open.end())) {
            echo->on_tick(net::now_ms());
        }
        timer.expires_after(kTick);
        timer.async_wait([&](error_code cancelled) {
            if (!cancelled) {
                tick();
            }
        });
    };
    tick();
    asio::signal_set signals(context, SIGTERM, SIGINT);
    signals.async_wait([&](error_code, int) { context.stop(); });
    std::printf("ws-echo: ws://127.0.0.1:%d/\n", bound->port());
    std::fflush(stdout);
    context.run();
}
