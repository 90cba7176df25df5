#pragma once
// How a hub is spoken to: subprotocol tocsin.v1. Events are scanned, everything else is decoded.

#include <vector>

#include "tocsin/command_id.hpp"
#include "websocket.hpp"

namespace tocsin::load {

// What a post becomes.
enum class What {
    notices,  // an advisory for the channel's area; in the alarm lane a missing person's
    reports,  // a call for assistance; in the alarm lane an urgent one
};

class TocsinDialect final : public WebSocketDialect {
public:
    // Channel number n is `channels[n]`, as the wire names it.
    TocsinDialect(What what, std::vector<std::string> channels, int heartbeat_ms);
    // Link number n subscribes to `more[n % more.size()]` as well; nothing is published there.
    void subscribe_also(std::vector<std::string> more) { more_ = std::move(more); }

    void subscribe(Link& link, int channel, const wire::Cursor* cursor) override;
    void publish(Link& link, const Post& post) override;
    // Any command; gives it an id.
    void submit(Link& link, std::uint64_t request, wire::Command command);

private:
    std::string path_of(const Link& link) const override;
    std::string headers_of(const Link& link) const override;
    void on_upgraded(Link& link) override;
    void on_message(Link& link, std::string_view payload) override;
    void on_event(Link& link, std::string_view event, std::size_t bytes);

    What what_;
    std::vector<std::string> channels_;
    std::vector<std::string> more_;
    int heartbeat_ms_;
    client::CommandIds ids_;
};

}  // namespace tocsin::load
