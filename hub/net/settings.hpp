#pragma once
// What the shards of a hub are told at start. A value; the same for all shards.

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "hub/fanout/window.hpp"
#include "hub/net/failures.hpp"
#include "hub/net/front.hpp"
#include "hub/net/pages.hpp"
#include "hub/session/connection.hpp"

namespace tocsin::net {

struct ShardSettings {
    session::Limits limits;
    fanout::WindowBounds window;
    Front front;
    std::shared_ptr<const Pages> pages;          // null: there are none
    std::shared_ptr<Failures> sign_in_failures;  // null: unbounded
    std::string hub_version;

    std::chrono::milliseconds tick{1'000};               // all deadlines are judged this often
    std::chrono::milliseconds upgrade_deadline{5'000};   // from accept to the answer of the upgrade
    std::chrono::milliseconds message_deadline{10'000};  // from a message's first byte to its last
    std::chrono::milliseconds close_deadline{5'000};  // for what waits, and again for the handshake
    std::size_t framing_bytes = 65'536;  // what a message's frames may cost beside its content

    int send_buffer_bytes =
        65'536;  // left alone, the kernel takes 3.8 MB for each peer that does not read
    int receive_buffer_bytes = 65'536;
};

}  // namespace tocsin::net
