#include "hub/net/port_probe.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>

namespace tocsin::net {

std::expected<void, std::string> probe_port(const tcp::endpoint& address) {
    asio::io_context context(1);
    tcp::acceptor acceptor(context);
    boost::system::error_code error;
    acceptor.open(address.protocol(), error);
    if (!error) {
        acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    }
    if (!error) {
        acceptor.bind(address, error);
    }
    if (!error) {
        acceptor.listen(1, error);
    }
    if (!error) {
        return {};
    }
    std::string text = address.address().to_string() + ":" + std::to_string(address.port());
    if (error == asio::error::address_in_use) {
        text +=
            " is taken by another process (another hub?); stop that one, or choose another port";
    } else {
        text += " cannot be opened: " + error.message();
    }
    return std::unexpected(std::move(text));
}

}  // namespace tocsin::net
