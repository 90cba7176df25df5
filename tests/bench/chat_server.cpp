// The shape of Beast's own chat example, measured beside the hub: every session has a queue of
// shared strings and writes them one by one with async_write; who joins and what is said passes
// through one list. The same publish protocol as bare_server.cpp.
//   chat-server: prints {"port":N} and runs until it is ended.

#include <boost/asio.hpp>
#include <boost/beast.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using tcp = asio::ip::tcp;
using boost::system::error_code;

class Session;

struct Room {
    std::unordered_set<Session*> subscribers;
    void say(std::shared_ptr<const std::string> text);
};

class Session : public std::enable_shared_from_this<Session> {
public:
    Session(tcp::socket socket, Room& room) : stream_(std::move(socket)), room_(room) {}
    ~Session() { room_.subscribers.erase(this); }

    void run() {
        http::async_read(beast::get_lowest_layer(stream_),
                         buffer_,
                         request_,
                         [self = shared_from_this()](error_code error, std::size_t) {
                             if (!error) {
                                 self->accept();
                             }
                         });
    }

    void send(std::shared_ptr<const std::string> text) {
        asio::post(stream_.get_executor(),
                   [self = shared_from_this(), text = std::move(text)]() mutable {
                       self->queue_.push_back(std::move(text));
                       if (self->queue_.size() == 1) {
                           self->write();
                       }
                   });
    }

private:
    void accept() {
        publishes_ = request_.target() == "/pub";
        stream_.async_accept(request_, [self = shared_from_this()](error_code error) {
            if (error) {
                return;
            }
            self->stream_.binary(true);
            if (!self->publishes_) {
                self->room_.subscribers.insert(self.get());
            }
            self->read();
        });
    }

    void read() {
        stream_.async_read(buffer_, [self = shared_from_this()](error_code error, std::size_t) {
            if (error) {
                return;
            }
            const auto message = beast::buffers_to_string(self->buffer_.data());
            self->buffer_.consume(self->buffer_.size());
            if (self->publishes_ && message.size() >= 4) {
                self->room_.say(std::make_shared<const std::string>(message.substr(4)));
                self->send(std::make_shared<const std::string>(message.substr(0, 4)));
            }
            self->read();
        });
    }

    void write() {
        stream_.async_write(asio::buffer(*queue_.front()),
                            [self = shared_from_this()](error_code error, std::size_t) {
                                if (error) {
                                    return;
                                }
                                self->queue_.erase(self->queue_.begin());
                                if (!self->queue_.empty()) {
                                    self->write();
                                }
                            });
    }

    websocket::stream<beast::tcp_stream> stream_;
    Room& room_;
    beast::flat_buffer buffer_;
    http::request<http::string_body> request_;
    std::vector<std::shared_ptr<const std::string>> queue_;
    bool publishes_ = false;
};

void Room::say(std::shared_ptr<const std::string> text) {
    std::vector<std::weak_ptr<Session>> all;
    all.reserve(subscribers.size());
    for (Session* session : subscribers) {
        all.push_back(session->weak_from_this());
    }
    for (const auto& each : all) {
        if (const auto session = each.lock()) {
            session->send(text);
        }
    }
}

class Door {
public:
    Door(asio::io_context& io, Room& room)
        : acceptor_(io, {asio::ip::address_v4::loopback(), 0}), room_(room) {
        acceptor_.listen(asio::socket_base::max_listen_connections);
        accept();
    }
    int port() const { return acceptor_.local_endpoint().port(); }

private:
    void accept() {
        acceptor_.async_accept([this](error_code error, tcp::socket socket) {
            if (!error) {
                socket.set_option(tcp::no_delay(true), error);
                std::make_shared<Session>(std::move(socket), room_)->run();
            }
            accept();
        });
    }
    tcp::acceptor acceptor_;
    Room& room_;
};

}  // namespace

int main() {
    asio::io_context io(1);
    Room room;
    const Door door(io, room);
    std::printf("{\"port\":%d}\n", door.port());
    std::fflush(stdout);
    io.run();
}
