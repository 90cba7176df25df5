#pragma once
// The client's side of WebSocket (RFC 6455), as much as a load program needs: the upgrade, frames,
// fragments, pings and closes. No extensions.

#include <optional>
#include <string>
#include <string_view>

#include "link.hpp"

namespace tocsin::load {

class WebSocketDialect : public Dialect {
public:
    void greet(Link& link) override;
    std::size_t take(Link& link, std::string_view bytes) override;

protected:
    enum Opcode : std::uint8_t { kText = 1, kBinary = 2, kClose = 8, kPing = 9, kPong = 10 };

    // What stands in the upgrade's first line, and further header lines.
    virtual std::string path_of(const Link& link) const = 0;
    virtual std::string headers_of(const Link& link) const = 0;
    virtual void on_upgraded(Link& link) = 0;
    virtual void on_message(Link& link, std::string_view payload) = 0;

    static void send_message(Link& link, Opcode opcode, std::string_view payload);

private:
    // Answers how many bytes the head of the upgrade's answer takes; 0: not whole yet.
    std::size_t take_head(Link& link, std::string_view bytes);
};

}  // namespace tocsin::load
