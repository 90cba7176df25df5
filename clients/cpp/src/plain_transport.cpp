#include "websocket_transport.hpp"

namespace tocsin::client {
namespace {

class PlainTransport final : public WebsocketTransport<tcp::socket> {
public:
    using WebsocketTransport::WebsocketTransport;

private:
    void secure() override { secured({}); }
};

}  // namespace

std::shared_ptr<Transport> make_plain_transport(asio::io_context& io,
                                                TransportOptions options,
                                                TransportEvents& events) {
    return std::make_shared<PlainTransport>(io, std::move(options), events);
}

}  // namespace tocsin::client
