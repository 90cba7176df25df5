#pragma once
// The HTTP side of a connection, and plain words for how it can end. Not a template, so that it
// compiles once.

#include <boost/beast/websocket/rfc6455.hpp>
#include <boost/beast/websocket/stream_base.hpp>
#include <boost/system/error_code.hpp>
#include <optional>
#include <string>

#include "tocsin/session.hpp"

namespace tocsin::client {

// Subprotocol, token and the name of this program.
void decorate(boost::beast::websocket::request_type& request, const std::string& token);

Closed explain_tls(boost::system::error_code error);
// The upgrade failed: by the hub's answer, where it gave one.
Closed explain_upgrade(boost::system::error_code error,
                       const boost::beast::websocket::response_type& response);
// The upgrade went through, but not to a hub.
std::optional<Closed> check_upgrade(const boost::beast::websocket::response_type& response);
Closed explain_close(boost::system::error_code error,
                     const boost::beast::websocket::close_reason& reason);

}  // namespace tocsin::client
