#pragma once
// /healthz, /readyz and /metrics, for the machine's own people. Used by the thread of its
// io_context.

#include <expected>
#include <functional>
#include <string>

#include "hub/net/text_server.hpp"

namespace tocsin::ops {

// Whether commands are taken, and if not, why: a fixed word.
struct Readiness {
    bool ready = false;
    std::string reason;  // `starting`, `stopping`, `store_away`, `store_unsafe`,
                         // `district_stalled`; empty when ready
};

class AdminServer {
public:
    using Text = std::move_only_function<void(std::string)>;
    struct Sources {
        std::function<Readiness()> readiness;
        std::function<void(Text)> metrics;  // answers later or at once
    };

    AdminServer(boost::asio::io_context& context, Sources sources);

    // The address as it came to be, or what is wrong, for people.
    std::expected<net::tcp::endpoint, std::string> listen(const net::tcp::endpoint& address) {
        return server_.listen(address);
    }
    void stop() { server_.stop(); }

private:
    const Sources sources_;
    net::TextServer server_;
};

// The answers of /healthz and /readyz.
net::TextReply health_reply();
net::TextReply readiness_reply(const Readiness& readiness);

}  // namespace tocsin::ops
