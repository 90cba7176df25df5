#pragma once
// A connection whose request's header was read, on its way to whoever answers it.

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include "hub/net/seats.hpp"
#include "hub/net/socket.hpp"

namespace tocsin::net {

struct HttpVisit {
    Socket socket;
    boost::beast::flat_buffer buffer;  // what came behind the header
    // Beast moves a parser only into one of another body. Good during the call alone.
    boost::beast::http::request_parser<boost::beast::http::empty_body>& parser;
    Seat seat;
    std::int64_t began_ms = 0;  // when it was accepted, or the answer before this one went out
};

}  // namespace tocsin::net
