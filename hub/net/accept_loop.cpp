#include "hub/net/accept_loop.hpp"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/detail/socket_option.hpp>

namespace tocsin::net {

namespace {

using boost::system::error_code;
template <int Level, int Name>
using IntegerOption = asio::detail::socket_option::integer<Level, Name>;
using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

constexpr std::chrono::milliseconds kBreath{100};
constexpr int kUnacknowledgedMs = 30'000;
constexpr int kIdleBeforeProbeS = 30;
constexpr int kProbeIntervalS = 10;
constexpr int kProbes = 3;
constexpr int kBacklog = 4'096;

int open_reserve() {
    return ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

}  // namespace

AcceptLoop::AcceptLoop(asio::io_context& context, OnSocket on_socket)
    : context_(context),
      on_socket_(std::move(on_socket)),
      acceptor_(context),
      breath_(context),
      reserve_fd_(open_reserve()) {}

AcceptLoop::~AcceptLoop() {
    if (reserve_fd_ >= 0) {
        ::close(reserve_fd_);
    }
}

std::expected<tcp::endpoint, std::string> AcceptLoop::listen(const tcp::endpoint& address,
                                                             const ListenOptions& options) {
    error_code error;
    const auto set = [&](const auto& option) {
        if (!error) {
            acceptor_.set_option(option, error);
        }
    };
    acceptor_.open(address.protocol(), error);
    set(tcp::acceptor::reuse_address(true));
    if (options.shared) {
        set(ReusePort(true));
    }
    if (options.send_buffer_bytes > 0) {
        set(asio::socket_base::send_buffer_size(options.send_buffer_bytes));
    }
    if (options.receive_buffer_bytes > 0) {
        set(asio::socket_base::receive_buffer_size(options.receive_buffer_bytes));
    }
    set(tcp::no_delay(true));
    set(asio::socket_base::keep_alive(true));
    set(IntegerOption<IPPROTO_TCP, TCP_KEEPIDLE>(kIdleBeforeProbeS));
    set(IntegerOption<IPPROTO_TCP, TCP_KEEPINTVL>(kProbeIntervalS));
    set(IntegerOption<IPPROTO_TCP, TCP_KEEPCNT>(kProbes));
    set(IntegerOption<IPPROTO_TCP, TCP_USER_TIMEOUT>(kUnacknowledgedMs));
    if (!error) {
        acceptor_.bind(address, error);
    }
    if (!error) {
        acceptor_.listen(kBacklog, error);
    }
    if (!error) {
        const tcp::endpoint bound = acceptor_.local_endpoint(error);
        if (!error) {
            return bound;
        }
    }
    error_code ignored;
    acceptor_.close(ignored);
    return std::unexpected("cannot listen on " + address.address().to_string() + ":" +
                           std::to_string(address.port()) + ": " + error.message());
}

void AcceptLoop::start() {
    accept();
}

void AcceptLoop::stop() {
    error_code ignored;
    acceptor_.close(ignored);
    breath_.cancel();
}

void AcceptLoop::accept() {
    acceptor_.async_accept(context_, [this](error_code error, Socket socket) {
        if (!acceptor_.is_open()) {
            return;
        }
        if (!error) {
            on_socket_(std::move(socket));
            accept();
            return;
        }
        ++errors_;
        if (error == asio::error::no_descriptors ||
            error == error_code(ENFILE, boost::system::system_category())) {
            turn_one_away();
        }
        breath_.expires_after(kBreath);
        breath_.async_wait([this](error_code cancelled) {
            if (!cancelled && acceptor_.is_open()) {
                accept();
            }
        });
    });
}

void AcceptLoop::turn_one_away() {
    if (reserve_fd_ < 0) {
        reserve_fd_ = open_reserve();
        return;
    }
    ::close(reserve_fd_);
    const int fd =
        ::accept4(acceptor_.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
        ::close(fd);
    }
    reserve_fd_ = open_reserve();
}

}  // namespace tocsin::net
