#pragma once
// One WebSocket connection to a hub, with or without TLS. Lives on the driver's io_context; used by
// its thread.

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "address.hpp"
#include "tocsin/session.hpp"

namespace tocsin::client {

// What a connection tells. Must outlive it, or the connection is abandoned before.
class TransportEvents {
public:
    virtual void on_transport_open() = 0;
    virtual void on_transport_message(std::string_view bytes) = 0;
    // Told once, and nothing after it.
    virtual void on_transport_closed(Closed closed) = 0;

protected:
    ~TransportEvents() = default;
};

struct TransportOptions {
    Address address;
    std::string token;
    Millis open_within{10'000};
};

class Transport {
public:
    virtual ~Transport() = default;
    virtual void open() = 0;
    virtual void send(std::string bytes) = 0;
    // Starts the closing handshake; on_transport_closed follows.
    virtual void close() = 0;
    // Drops the connection; nothing more is told.
    virtual void abandon() = 0;
};

std::shared_ptr<Transport> make_plain_transport(boost::asio::io_context& io,
                                                TransportOptions options,
                                                TransportEvents& events);
std::shared_ptr<Transport> make_tls_transport(boost::asio::io_context& io,
                                              boost::asio::ssl::context& tls,
                                              TransportOptions options,
                                              TransportEvents& events);

}  // namespace tocsin::client
