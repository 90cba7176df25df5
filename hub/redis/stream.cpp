#include "hub/redis/stream.hpp"

#include <sys/un.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <utility>

namespace tocsin::redis {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

template <class Layer>
void read_some_from(Layer& layer,
                    asio::mutable_buffer into,
                    std::shared_ptr<Stream> self,
                    Stream::Done done) {
    layer.async_read_some(into,
                          [self = std::move(self), done = std::move(done)](
                              error_code error, std::size_t size) mutable { done(error, size); });
}

template <class Layer>
void write_to(Layer& layer,
              asio::const_buffer from,
              std::shared_ptr<Stream> self,
              Stream::Done done) {
    asio::async_write(layer,
                      from,
                      [self = std::move(self), done = std::move(done)](
                          error_code error, std::size_t size) mutable { done(error, size); });
}

class UnixStream final : public Stream {
public:
    UnixStream(const asio::any_io_executor& executor, std::string path)
        : socket_(executor), path_(std::move(path)) {}

    void open(Opened opened) override {
        if (path_.size() >= sizeof(sockaddr_un::sun_path)) {
            asio::post(socket_.get_executor(), [opened = std::move(opened)]() mutable {
                opened("the path of the socket is too long");
            });
            return;
        }
        socket_.async_connect(
            asio::local::stream_protocol::endpoint(path_),
            [self = shared_from_this(), opened = std::move(opened)](error_code error) mutable {
                opened(error ? error.message() : std::string());
            });
    }
    void read_some(asio::mutable_buffer into, Done done) override {
        read_some_from(socket_, into, shared_from_this(), std::move(done));
    }
    void write(asio::const_buffer from, Done done) override {
        write_to(socket_, from, shared_from_this(), std::move(done));
    }
    void close() override {
        error_code ignored;
        socket_.close(ignored);
    }

private:
    asio::local::stream_protocol::socket socket_;
    std::string path_;
};

// Resolving and connecting, for both that stand on TCP.
class TcpDialer {
public:
    TcpDialer(const asio::any_io_executor& executor, const Endpoint& endpoint)
        : resolver_(executor), host_(endpoint.host), port_(std::to_string(endpoint.port)) {}

    // `self` owns the dialer and the socket.
    void dial(tcp::socket& socket, std::shared_ptr<Stream> self, Stream::Opened opened) {
        resolver_.async_resolve(
            host_,
            port_,
            [this, &socket, self = std::move(self), opened = std::move(opened)](
                error_code error, const tcp::resolver::results_type& found) mutable {
                if (error || closed_) {
                    opened(closed_ ? "closed" : "cannot resolve the name: " + error.message());
                    return;
                }
                connect(socket, found, std::move(self), std::move(opened));
            });
    }
    void close(tcp::socket& socket) {
        closed_ = true;
        resolver_.cancel();
        error_code ignored;
        socket.close(ignored);
    }

private:
    void connect(tcp::socket& socket,
                 const tcp::resolver::results_type& found,
                 std::shared_ptr<Stream> self,
                 Stream::Opened opened) {
        asio::async_connect(socket,
                            found,
                            [this, &socket, self = std::move(self), opened = std::move(opened)](
                                error_code error, const tcp::endpoint&) mutable {
                                if (error || closed_) {
                                    opened(closed_ ? "closed" : error.message());
                                    return;
                                }
                                error_code ignored;
                                socket.set_option(tcp::no_delay(true), ignored);
                                socket.set_option(asio::socket_base::keep_alive(true), ignored);
                                opened({});
                            });
    }

    tcp::resolver resolver_;
    std::string host_;
    std::string port_;
    bool closed_ = false;
};

class TcpStream final : public Stream {
public:
    TcpStream(const asio::any_io_executor& executor, const Endpoint& endpoint)
        : socket_(executor), dialer_(executor, endpoint) {}

    void open(Opened opened) override {
        dialer_.dial(socket_, shared_from_this(), std::move(opened));
    }
    void read_some(asio::mutable_buffer into, Done done) override {
        read_some_from(socket_, into, shared_from_this(), std::move(done));
    }
    void write(asio::const_buffer from, Done done) override {
        write_to(socket_, from, shared_from_this(), std::move(done));
    }
    void close() override { dialer_.close(socket_); }

private:
    tcp::socket socket_;
    TcpDialer dialer_;
};

class TlsStream final : public Stream {
public:
    TlsStream(const asio::any_io_executor& executor, const Endpoint& endpoint)
        : context_(asio::ssl::context::tls_client),
          layer_(executor, configure(context_, endpoint, problem_)),
          dialer_(executor, endpoint),
          host_(endpoint.host) {}

    void open(Opened opened) override {
        dialer_.dial(layer_.next_layer(),
                     shared_from_this(),
                     [this, opened = std::move(opened)](std::string problem) mutable {
                         if (problem.empty()) {
                             problem = problem_;
                         }
                         if (!problem.empty()) {
                             opened(std::move(problem));
                             return;
                         }
                         shake_hands(std::move(opened));
                     });
    }
    void read_some(asio::mutable_buffer into, Done done) override {
        read_some_from(layer_, into, shared_from_this(), std::move(done));
    }
    void write(asio::const_buffer from, Done done) override {
        write_to(layer_, from, shared_from_this(), std::move(done));
    }
    void close() override { dialer_.close(layer_.next_layer()); }

private:
    static asio::ssl::context& configure(asio::ssl::context& context,
                                         const Endpoint& endpoint,
                                         std::string& problem) {
        error_code error;
        SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
        context.set_verify_mode(asio::ssl::verify_peer, error);
        context.set_verify_callback(asio::ssl::host_name_verification(endpoint.host), error);
        if (endpoint.tls && !endpoint.tls->ca_file.empty()) {
            context.load_verify_file(endpoint.tls->ca_file, error);
        } else {
            context.set_default_verify_paths(error);
        }
        if (error) {
            problem = "cannot read the CA certificates: " + error.message();
        }
        return context;
    }

    void shake_hands(Opened opened) {
        SSL_set_tlsext_host_name(layer_.native_handle(), host_.c_str());
        layer_.async_handshake(
            asio::ssl::stream_base::client,
            [self = shared_from_this(), opened = std::move(opened)](error_code error) mutable {
                opened(error ? "TLS: " + error.message() : std::string());
            });
    }

    std::string problem_;
    asio::ssl::context context_;
    asio::ssl::stream<tcp::socket> layer_;
    TcpDialer dialer_;
    std::string host_;
};

}  // namespace

std::string Endpoint::name() const {
    return socket.empty() ? host + ':' + std::to_string(port) : socket;
}

std::shared_ptr<Stream> make_stream(const asio::any_io_executor& executor,
                                    const Endpoint& endpoint) {
    if (!endpoint.socket.empty()) {
        return std::make_shared<UnixStream>(executor, endpoint.socket);
    }
    if (endpoint.tls) {
        return std::make_shared<TlsStream>(executor, endpoint);
    }
    return std::make_shared<TcpStream>(executor, endpoint);
}

}  // namespace tocsin::redis
