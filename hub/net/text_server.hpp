#pragma once
// A small HTTP server for the machine's own people: GET of a path, a text back, one request a
// connection. Used by the thread of its io_context.

#include <functional>
#include <memory>

#include "hub/net/accept_loop.hpp"
#include "hub/net/http_text.hpp"

namespace tocsin::net {

class TextServer {
public:
    using Answer = std::move_only_function<void(TextReply)>;
    // Answers later or at once, on the server's thread. The path is without its query.
    using Handler = std::function<void(std::string path, Answer answer)>;

    TextServer(asio::io_context& context, Handler handler);
    ~TextServer();

    // The address as it came to be, or what is wrong, for people.
    std::expected<tcp::endpoint, std::string> listen(const tcp::endpoint& address);
    // Accepts no more; requests under way end within their deadline of 5 s.
    void stop();

private:
    class Exchange;

    const std::shared_ptr<const Handler> handler_;
    const std::shared_ptr<int> open_ = std::make_shared<int>(0);
    AcceptLoop accept_loop_;
};

}  // namespace tocsin::net
