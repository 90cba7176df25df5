#pragma once
// What a shard's room knows of those who are in it. All calls on the shard's thread.

#include <cstdint>
#include <string>

#include "hub/fanout/batch.hpp"
#include "hub/session/connection.hpp"

namespace tocsin::net {

// Somebody who has not been let in yet.
class Arrival {
public:
    virtual ~Arrival() = default;
    virtual void on_tick(std::int64_t now_ms) = 0;
    virtual void cut() = 0;
};

// An upgraded connection.
class Peer {
public:
    virtual ~Peer() = default;
    virtual const session::Principal& principal() const = 0;
    // Does what the session asks for and sends what waits, unless the socket is still busy: then
    // that goes on by itself.
    virtual void flush() = 0;
    // Asks the processor for what flush() is going to touch.
    virtual void prefetch() const = 0;
    virtual void on_rights(fanout::RightsPtr rights, bool device_revoked) = 0;
    virtual void on_new_epoch() = 0;
    virtual void on_store_changed(std::int64_t now_ms) = 0;
    virtual void on_shutdown() = 0;
    virtual void on_tick(std::int64_t now_ms) = 0;
    // Closes the socket at once.
    virtual void cut() = 0;
};

}  // namespace tocsin::net
