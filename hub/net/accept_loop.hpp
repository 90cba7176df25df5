#pragma once
// Accepts sockets until it is stopped, also through a famine of file descriptors: then whoever
// knocks is turned away by means of a descriptor held in reserve, and the loop takes a breath. Used
// by the thread of its io_context, listen() before that runs or on it.

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <chrono>
#include <expected>
#include <functional>
#include <string>

#include "hub/net/socket.hpp"

namespace tocsin::net {

struct ListenOptions {
    bool shared = false;        // SO_REUSEPORT: several loops on one port
    int send_buffer_bytes = 0;  // 0: as the system likes
    int receive_buffer_bytes = 0;
};

class AcceptLoop {
public:
    using OnSocket = std::move_only_function<void(Socket)>;

    AcceptLoop(asio::io_context& context, OnSocket on_socket);
    ~AcceptLoop();
    AcceptLoop(const AcceptLoop&) = delete;
    AcceptLoop& operator=(const AcceptLoop&) = delete;

    // Opens the port; the address as it came to be (port 0: which one), or what is wrong, for
    // people. Sockets inherit no delay, keep-alive, 30 s for what is sent to be acknowledged, and
    // the buffer sizes.
    std::expected<tcp::endpoint, std::string> listen(const tcp::endpoint& address,
                                                     const ListenOptions& options);
    void start();
    void stop();
    std::int64_t errors() const { return errors_; }

private:
    using Acceptor = asio::basic_socket_acceptor<tcp, asio::io_context::executor_type>;
    using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                             asio::wait_traits<std::chrono::steady_clock>,
                                             asio::io_context::executor_type>;

    void accept();
    void turn_one_away();

    asio::io_context& context_;
    OnSocket on_socket_;
    Acceptor acceptor_;
    Timer breath_;
    int reserve_fd_ = -1;
    std::int64_t errors_ = 0;
};

}  // namespace tocsin::net
