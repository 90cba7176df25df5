#pragma once
// A socket as an Outlet sees it (outlet.hpp, Pipe): writes that never wait, and waiting that is
// told apart from writing.

#include <sys/uio.h>

#include <cstdint>
#include <functional>
#include <memory>

#include "hub/net/socket.hpp"

namespace tocsin::net {

class SocketPipe {
public:
    class Owner {
    public:
        // What keeps the pipe and its outlet while something is waited for.
        virtual std::shared_ptr<void> hold() = 0;

    protected:
        ~Owner() = default;
    };
    // All outlive the pipe.
    SocketPipe(Socket& socket, std::int64_t& bytes_out, Owner& owner)
        : socket_(socket), bytes_out_(bytes_out), owner_(owner) {}

    std::size_t write(const iovec* pieces, std::size_t count, boost::system::error_code& error);
    // More follows at once: the kernel need not send what is written alone.
    void expect_more(bool more) { more_ = more; }
    void when_writable(std::move_only_function<void(boost::system::error_code)> then);
    void later(std::move_only_function<void()> what);

private:
    Socket& socket_;
    std::int64_t& bytes_out_;
    Owner& owner_;
    bool more_ = false;
};

}  // namespace tocsin::net
