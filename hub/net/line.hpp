#pragma once
// One WebSocket, as far as any program that speaks it is concerned: answers the upgrade, reads
// whole messages, answers pings, closes, judges deadlines, and sends what it is given without
// waiting. What the messages mean is its owner's. Its .cpp is the only unit that instantiates
// Beast's websocket::stream. Used by the thread of its socket.

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "hub/net/http_checks.hpp"
#include "hub/net/outlet.hpp"
#include "hub/net/shard_stats.hpp"
#include "hub/net/socket.hpp"

namespace tocsin::net {

// What a line bears of its peer. Outlives the line.
struct LineBounds {
    std::size_t message_bytes = 65'536;
    std::size_t framing_bytes = 65'536;  // what a message's frames may cost beside its content
    std::chrono::milliseconds upgrade_deadline{5'000};
    std::chrono::milliseconds message_deadline{10'000};  // from a message's first byte to its last
    std::chrono::milliseconds close_deadline{5'000};  // for what waits, and again for the handshake
    std::chrono::milliseconds tick{1'000};            // how often on_tick() is called
    bool speaks_first = false;  // the owner sends something from on_open(): the answer to the
                                // upgrade travels with it
};

class Line {
public:
    // Whoever speaks over it. The line keeps its owner until on_end(), and an owner its line.
    class Owner {
    public:
        virtual ~Owner() = default;
        virtual void on_open() = 0;
        // A whole message, valid during the call.
        virtual void on_message(std::string_view bytes, bool is_text) = 0;
        // False: the next message waits until read_on().
        virtual bool wants_message() const = 0;
        // What send() left over has gone out: there is room again.
        virtual void on_room() = 0;
        // The peer breaks a bound that it may be told of: the owner closes, or does not.
        virtual void on_too_slow(std::string_view why) = 0;
        // The last call. `code`: why, as RFC 6455 counts; 1006 without a close frame.
        virtual void on_end(std::uint16_t code) = 0;
    };

    virtual ~Line() = default;

    // Answers the upgrade; `protocol` is the subprotocol chosen, empty for none.
    virtual void accept(const Request& request, std::string_view protocol) = 0;
    // Reads on, if the owner wants a message and none is being read.
    virtual void read_on() = 0;

    virtual bool is_open() const = 0;
    // The socket took everything so far: a load may be sent.
    virtual bool has_room() const = 0;
    // Only while has_room(). True: it is with the kernel. Otherwise the rest follows by itself, and
    // on_room() then. Takes pieces and owners out of the load where something is left over.
    virtual bool send(Load& load) = 0;

    // The owner will close with this code: what it still sends has until the deadline.
    virtual void expect_close(std::uint16_t code) = 0;
    // After what was sent. Once.
    virtual void close(std::uint16_t code, std::string_view reason) = 0;
    // Closes the socket at once.
    virtual void cut() = 0;
    virtual void on_tick(std::int64_t now_ms) = 0;
};

// `stats` and `bounds` outlive the line.
std::shared_ptr<Line> make_line(Socket socket,
                                const LineBounds& bounds,
                                ShardStats& stats,
                                std::shared_ptr<Line::Owner> owner);

}  // namespace tocsin::net
