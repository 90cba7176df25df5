#pragma once
// The one implementation of Transport, for any stream below the WebSocket. Included by the two
// files that instantiate it.

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <deque>
#include <optional>
#include <utility>

#include "transport.hpp"
#include "upgrade.hpp"

namespace tocsin::client {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using boost::asio::ip::tcp;
using boost::system::error_code;

// `Layer` is tcp::socket or a TLS stream over one; the derived class gives it and does its
// handshake.
template <class Layer>
class WebsocketTransport : public Transport,
                           public std::enable_shared_from_this<WebsocketTransport<Layer>> {
public:
    template <class... LayerArguments>
    WebsocketTransport(asio::io_context& io,
                       TransportOptions options,
                       TransportEvents& events,
                       LayerArguments&... layer)
        : options_(std::move(options)),
          events_(&events),
          resolver_(io),
          timer_(io),
          stream_(io, layer...) {}

    void open() override {
        timer_.expires_after(options_.open_within);
        timer_.async_wait([self = this->shared_from_this()](error_code error) {
            if (!error) {
                self->end({.why = "no connection within " +
                                  std::to_string(self->options_.open_within.count()) + " ms"});
            }
        });
        resolver_.async_resolve(options_.address.host,
                                options_.address.port,
                                [self = this->shared_from_this()](error_code error, auto found) {
                                    self->on_resolved(error, found);
                                });
    }

    void send(std::string bytes) override {
        outbox_.push_back(std::move(bytes));
        if (open_ && outbox_.size() == 1) {
            write_next();
        }
    }

    void close() override {
        if (!open_) {
            end({.why = "closed"});
            return;
        }
        stream_.async_close(
            websocket::close_code::normal,
            [self = this->shared_from_this()](error_code) { self->end({.why = "closed"}); });
    }

    void abandon() override {
        events_ = nullptr;
        shut();
    }

protected:
    Layer& layer() { return stream_.next_layer(); }
    const TransportOptions& options() const { return options_; }

    // Calls secured() in the end.
    virtual void secure() = 0;

    void secured(error_code error) {
        if (error) {
            end(explain_tls(error));
            return;
        }
        stream_.binary(true);
        stream_.auto_fragment(false);
        stream_.read_message_max(kLongestMessage);
        // The session counts heartbeats; the handshakes, opening and closing, are bounded here.
        stream_.set_option(websocket::stream_base::timeout{
            options_.open_within, websocket::stream_base::none(), false});
        stream_.set_option(websocket::stream_base::decorator(
            [token = options_.token](websocket::request_type& request) {
                decorate(request, token);
            }));
        stream_.async_handshake(
            response_,
            options_.address.authority,
            options_.address.target,
            [self = this->shared_from_this()](error_code failure) { self->on_upgraded(failure); });
    }

private:
    static constexpr std::size_t kLongestMessage = 16U << 20;

    void on_resolved(error_code error, const tcp::resolver::results_type& found) {
        if (error || events_ == nullptr) {
            end({.why = options_.address.host + ": " + error.message()});
            return;
        }
        asio::async_connect(beast::get_lowest_layer(stream_),
                            found,
                            [self = this->shared_from_this()](error_code failure, const auto&) {
                                self->on_connected(failure);
                            });
    }

    void on_connected(error_code error) {
        if (error || events_ == nullptr) {
            end({.why = error.message()});
            return;
        }
        error_code ignored;
        beast::get_lowest_layer(stream_).set_option(tcp::no_delay(true), ignored);
        secure();
    }

    void on_upgraded(error_code error) {
        if (error || events_ == nullptr) {
            end(explain_upgrade(error, response_));
            return;
        }
        if (auto wrong = check_upgrade(response_)) {
            end(std::move(*wrong));
            return;
        }
        timer_.cancel();
        open_ = true;
        read_next();
        if (!outbox_.empty()) {
            write_next();
        }
        events_->on_transport_open();
    }

    void read_next() {
        stream_.async_read(buffer_,
                           [self = this->shared_from_this()](error_code error, std::size_t) {
                               self->on_read(error);
                           });
    }

    void on_read(error_code error) {
        if (error) {
            end(explain_close(error, stream_.reason()));
            return;
        }
        if (events_ == nullptr) {
            return;
        }
        const auto data = buffer_.cdata();
        events_->on_transport_message({static_cast<const char*>(data.data()), data.size()});
        buffer_.consume(buffer_.size());
        if (events_ != nullptr) {
            read_next();
        }
    }

    void write_next() {
        stream_.async_write(asio::buffer(outbox_.front()),
                            [self = this->shared_from_this()](error_code error, std::size_t) {
                                self->on_written(error);
                            });
    }

    void on_written(error_code error) {
        // What the hub said before it closed is still to be read: the reader tells the end.
        if (error || events_ == nullptr) {
            return;
        }
        outbox_.pop_front();
        if (!outbox_.empty()) {
            write_next();
        }
    }

    void end(Closed closed) {
        timer_.cancel();
        shut();
        if (auto* events = std::exchange(events_, nullptr)) {
            events->on_transport_closed(std::move(closed));
        }
    }

    void shut() {
        error_code ignored;
        timer_.cancel();
        resolver_.cancel();
        beast::get_lowest_layer(stream_).close(ignored);
    }

    TransportOptions options_;
    TransportEvents* events_;  // null once the end was told
    tcp::resolver resolver_;
    asio::steady_timer timer_;
    websocket::stream<Layer, false> stream_;
    websocket::response_type response_;
    beast::flat_buffer buffer_;
    std::deque<std::string> outbox_;  // the first is being written once open
    bool open_ = false;
};

}  // namespace tocsin::client
