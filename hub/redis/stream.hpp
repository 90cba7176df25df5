#pragma once
// The way to Redis: a Unix socket, TCP, or TLS over TCP, behind one face. Not thread safe.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace tocsin::redis {

struct Tls {
    std::string ca_file;  // PEM; empty: the system's
};

// Where Redis is, and who we are to it.
struct Endpoint {
    std::string socket;  // path of a Unix socket; empty: host and port
    std::string host;
    std::uint16_t port = 6379;
    std::optional<Tls> tls;  // with host only; the certificate must be the host's
    std::string username;    // empty with a password: the default user
    std::string password;    // empty: no AUTH

    // For people: the socket's path, or host:port.
    std::string name() const;
};

// One connection. Handlers are called later, never from inside the call; after close() they still
// come, with an error.
class Stream : public std::enable_shared_from_this<Stream> {
public:
    using Opened = std::move_only_function<void(std::string problem)>;  // empty: open
    using Done = std::move_only_function<void(boost::system::error_code, std::size_t)>;

    virtual ~Stream() = default;
    virtual void open(Opened opened) = 0;
    // At most one each at a time. `write` ends when all is written. The memory stays the caller's.
    virtual void read_some(boost::asio::mutable_buffer into, Done done) = 0;
    virtual void write(boost::asio::const_buffer from, Done done) = 0;
    virtual void close() = 0;
};

std::shared_ptr<Stream> make_stream(const boost::asio::any_io_executor& executor,
                                    const Endpoint& endpoint);

}  // namespace tocsin::redis
