#include "tocsin/media.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <type_traits>
#include <utility>

#include "address.hpp"

namespace tocsin::client {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;

constexpr std::uint64_t kLongestAnswer = 16u << 20;

using HttpRequest = http::request<http::string_body>;

// `Stream` is tcp::socket or TLS over one.
template <class Stream>
class Exchange {
public:
    template <class... StreamArguments>
    Exchange(asio::io_context& io, const Address& address, StreamArguments&... stream)
        : address_(address), resolver_(io), stream_(io, stream...) {
        parser_.body_limit(kLongestAnswer);
    }

    MediaAnswer run(asio::io_context& io, HttpRequest request, Millis within) {
        request_ = std::move(request);
        resolver_.async_resolve(address_.host, address_.port, [this](error_code error, auto found) {
            if (!failed(error)) {
                asio::async_connect(
                    stream_socket(), found, [this](error_code refused, const tcp::endpoint&) {
                        if (!failed(refused)) {
                            secure();
                        }
                    });
            }
        });
        io.run_for(within);
        if (!is_over_) {
            return {.why = "no answer within " + std::to_string(within.count() / 1'000) + " s"};
        }
        return std::move(answer_);
    }

private:
    auto& stream_socket() {
        if constexpr (std::is_same_v<Stream, tcp::socket>) {
            return stream_;
        } else {
            return stream_.next_layer();
        }
    }

    bool failed(error_code error) {
        if (error) {
            is_over_ = true;
            answer_.why = error.message();
        }
        return static_cast<bool>(error);
    }

    void secure() {
        if constexpr (std::is_same_v<Stream, tcp::socket>) {
            write();
        } else {
            // Server name indication is for names only.
            error_code not_an_address;
            asio::ip::make_address(address_.host, not_an_address);
            if (not_an_address) {
                SSL_set_tlsext_host_name(stream_.native_handle(), address_.host.c_str());
            }
            stream_.set_verify_callback(asio::ssl::host_name_verification(address_.host));
            stream_.async_handshake(asio::ssl::stream_base::client, [this](error_code error) {
                if (!failed(error)) {
                    write();
                }
            });
        }
    }

    // A refusal may come before all is sent, so both go on at once.
    void write() {
        http::async_write(stream_, request_, [](error_code, std::size_t) {});
        http::async_read(stream_, buffer_, parser_, [this](error_code error, std::size_t) {
            if (!failed(error)) {
                is_over_ = true;
                answer_.status = static_cast<int>(parser_.get().result_int());
                answer_.body = std::move(parser_.get().body());
            }
            error_code ignored;
            stream_socket().close(ignored);
        });
    }

    const Address& address_;
    tcp::resolver resolver_;
    Stream stream_;
    HttpRequest request_;
    boost::beast::flat_buffer buffer_;
    http::response_parser<http::string_body> parser_;
    MediaAnswer answer_;
    bool is_over_ = false;
};

MediaAnswer exchange(const ClientOptions& options,
                     http::verb method,
                     const std::string& path,
                     std::string body,
                     Millis within) {
    const auto address = parse_address(options.url);
    if (!address) {
        throw BadOptions(address.error());
    }
    constexpr std::string_view kEndpoint = "/v1/connect";
    const std::string prefix = address->target.substr(0, address->target.size() - kEndpoint.size());
    HttpRequest request{method, prefix + path, 11};
    request.set(http::field::host, address->authority);
    if (!options.token.empty()) {
        request.set(http::field::authorization, "Bearer " + options.token);
    }
    if (method == http::verb::post) {
        request.set(http::field::content_type, "application/octet-stream");
        request.body() = std::move(body);
        request.prepare_payload();
    }
    asio::io_context io;
    if (!address->tls) {
        Exchange<tcp::socket> plain(io, *address);
        return plain.run(io, std::move(request), within);
    }
    asio::ssl::context tls(asio::ssl::context::tls_client);
    tls.set_verify_mode(asio::ssl::verify_peer);
    error_code error;
    if (options.ca_file.empty()) {
        tls.set_default_verify_paths(error);
    } else {
        tls.load_verify_file(options.ca_file, error);
    }
    if (error) {
        throw BadOptions("the certificates in " + options.ca_file +
                         " cannot be used: " + error.message());
    }
    Exchange<asio::ssl::stream<tcp::socket>> secured(io, *address, tls);
    return secured.run(io, std::move(request), within);
}

}  // namespace

MediaAnswer upload_media(const ClientOptions& options, std::string file, Millis within) {
    return exchange(options, http::verb::post, "/v1/media", std::move(file), within);
}

MediaAnswer fetch_media(const ClientOptions& options,
                        const std::string& media_id,
                        bool thumbnail,
                        Millis within) {
    return exchange(options,
                    http::verb::get,
                    "/v1/media/" + media_id + (thumbnail ? "/thumbnail" : ""),
                    {},
                    within);
}

}  // namespace tocsin::client
