#pragma once
// One TCP connection of the load program, what is said over it, and who is told.

#include <netinet/in.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "loop.hpp"
#include "tocsin/v1/session.pb.h"

namespace tocsin::load {

namespace wire = tocsin::v1;
class Link;

enum Lane : std::uint8_t { kAlarm = 0, kRoutine = 1 };

// One event as it came.
struct Delivery {
    std::string_view text;    // begins with the mark
    std::string_view offset;  // in the log; empty where the server has no such thing
    Lane lane = kRoutine;
    std::size_t bytes = 0;  // what it took, without the WebSocket header
};

// Who is told what a link hears.
class Hearer {
public:
    virtual void on_open(Link& link) = 0;  // connected, let in, and greeted
    virtual void on_subscribed(Link& /*link*/, const wire::Cursor& /*cursor*/) {}
    virtual void on_delivery(Link& /*link*/, const Delivery& /*delivery*/) {}
    virtual void on_stored(Link& /*link*/, std::uint64_t /*request*/) {}
    // Anything else that a hub says.
    virtual void on_entry(Link& /*link*/, const wire::Entry& /*entry*/) {}
    // Nothing comes after this; the link is closed already.
    virtual void on_closed(Link& link, const std::string& why) = 0;

protected:
    ~Hearer() = default;
};

// What to send.
struct Post {
    std::uint64_t request;  // from 1; on_stored() bears it
    int channel = 0;
    Lane lane = kRoutine;
    std::string text;  // begins with the mark
};

// How a kind of server is spoken to. Shared by all links to it; what one link needs stands in it.
class Dialect {
public:
    virtual ~Dialect() = default;
    virtual void greet(Link& link) = 0;  // TCP stands
    // Takes whole units from the front of what came; answers how many bytes that was.
    virtual std::size_t take(Link& link, std::string_view bytes) = 0;
    // `cursor`: go on there; null: from now on.
    virtual void subscribe(Link& link, int channel, const wire::Cursor* cursor) = 0;
    virtual void publish(Link& link, const Post& post) = 0;
};

class Link final : public Watched {
public:
    Link(Loop& loop, Dialect& dialect, Hearer& hearer, std::uint32_t index)
        : loop_(loop), dialect_(dialect), hearer_(hearer), index_(index) {}
    ~Link();
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;

    // Asynchronous: on_open() or on_closed() follows. May be called again after close().
    // `receive_buffer` 0 leaves the kernel's choice.
    void connect(std::uint16_t port, int receive_buffer = 0);
    void close();
    bool is_closed() const { return fd_ < 0; }
    void send(std::string_view bytes);
    // The dialect found the other side at fault: close, and on_closed().
    void fail(const std::string& why);

    // Reads only when told to, and at most so much; 0 when nothing was there, negative at the end.
    void read_only_when_told();
    long read_now(std::size_t most);
    void read_as_it_comes();

    std::uint32_t index() const { return index_; }
    Hearer& hearer() { return hearer_; }
    Dialect& dialect() { return dialect_; }
    int fd() const { return fd_; }
    std::uint16_t local_port() const;
    std::uint16_t port() const { return port_; }
    std::uint64_t bytes_read() const { return bytes_read_; }

    // The dialect's own.
    std::string token;       // who this is
    bool publishes = false;  // where a server has different doors
    int phase = 0;
    int channel = 0;
    std::string message;         // fragments so far
    std::uint64_t answered = 0;  // requests of a server that answers in order

private:
    void on_ready(bool readable, bool writable) override;
    long read_some(std::size_t most);
    void flush();

    Loop& loop_;
    Dialect& dialect_;
    Hearer& hearer_;
    const std::uint32_t index_;
    int fd_ = -1;
    std::uint16_t port_ = 0;
    bool connecting_ = false;
    bool told_ = false;
    bool writing_ = false;
    std::string in_;   // a unit's beginning
    std::string out_;  // what the socket would not take
    std::uint64_t bytes_read_ = 0;
};

}  // namespace tocsin::load
