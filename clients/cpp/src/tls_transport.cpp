#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include "websocket_transport.hpp"

namespace tocsin::client {
namespace {

using TlsStream = asio::ssl::stream<tcp::socket>;

class TlsTransport final : public WebsocketTransport<TlsStream> {
public:
    using WebsocketTransport::WebsocketTransport;

private:
    void secure() override {
        const auto& host = options().address.host;
        // Server name indication is for names only.
        error_code not_an_address;
        asio::ip::make_address(host, not_an_address);
        if (not_an_address) {
            SSL_set_tlsext_host_name(layer().native_handle(), host.c_str());
        }
        layer().set_verify_callback(asio::ssl::host_name_verification(host));
        layer().async_handshake(asio::ssl::stream_base::client,
                                [self = std::static_pointer_cast<TlsTransport>(shared_from_this())](
                                    error_code error) { self->secured(error); });
    }
};

}  // namespace

std::shared_ptr<Transport> make_tls_transport(asio::io_context& io,
                                              asio::ssl::context& tls,
                                              TransportOptions options,
                                              TransportEvents& events) {
    return std::make_shared<TlsTransport>(io, std::move(options), events, tls);
}

}  // namespace tocsin::client
