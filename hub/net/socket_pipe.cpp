#include "hub/net/socket_pipe.hpp"

#include <sys/socket.h>

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

namespace tocsin::net {

std::size_t SocketPipe::write(const iovec* pieces,
                              std::size_t count,
                              boost::system::error_code& error) {
    const int flags = MSG_NOSIGNAL | MSG_DONTWAIT | (more_ ? MSG_MORE : 0);
    ssize_t written = -1;
    do {
        if (count == 1) {
            written = ::send(socket_.native_handle(), pieces->iov_base, pieces->iov_len, flags);
        } else {
            msghdr message{};
            message.msg_iov = const_cast<iovec*>(pieces);
            message.msg_iovlen = count;
            written = ::sendmsg(socket_.native_handle(), &message, flags);
        }
    } while (written < 0 && errno == EINTR);
    if (written < 0) {
        error = errno == EAGAIN
                    ? make_error_code(asio::error::would_block)
                    : boost::system::error_code(errno, boost::system::system_category());
        return 0;
    }
    bytes_out_ += written;
    return static_cast<std::size_t>(written);
}

void SocketPipe::when_writable(std::move_only_function<void(boost::system::error_code)> then) {
    socket_.async_wait(Socket::wait_write,
                       [held = owner_.hold(), then = std::move(then)](
                           boost::system::error_code error) mutable { then(error); });
}

void SocketPipe::later(std::move_only_function<void()> what) {
    asio::post(socket_.get_executor(),
               [held = owner_.hold(), what = std::move(what)]() mutable { what(); });
}

}  // namespace tocsin::net
