#include "link.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace tocsin::load {
namespace {

// Shared: one thread reads one socket at a time.
std::array<char, 256 * 1024> scratch;

void set(int fd, int level, int option, int value) {
    setsockopt(fd, level, option, &value, sizeof value);
}

// Ports run out at some 28,000 a pair of addresses, and those of the last minute are still held:
// each program has addresses of its own, 8,192 links to each.
sockaddr_in source_of(std::uint32_t index) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    const auto second = 1u + static_cast<std::uint32_t>(getpid()) % 250u;
    address.sin_addr.s_addr = htonl((127u << 24) | (second << 16) | ((index / 8'192) << 8) | 1u);
    return address;
}

}  // namespace

Link::~Link() {
    close();
}

void Link::connect(std::uint16_t port, int receive_buffer) {
    port_ = port;
    fd_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd_ < 0) {
        throw std::runtime_error(std::string("no socket: ") + std::strerror(errno));
    }
    set(fd_, IPPROTO_TCP, TCP_NODELAY, 1);
    set(fd_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
    if (receive_buffer > 0) {
        set(fd_, SOL_SOCKET, SO_RCVBUF, receive_buffer);
    }
    const sockaddr_in from = source_of(index_);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    phase = 0;
    answered = 0;
    message.clear();
    connecting_ = true;
    writing_ = true;
    loop_.watch(fd_, *this, true);
    if (bind(fd_, reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0 ||
        (::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0 &&
         errno != EINPROGRESS)) {
        const std::string why = std::strerror(errno);
        loop_.in(0, [this, why] {
            if (fd_ >= 0) {
                fail("cannot connect: " + why);
            }
        });
    }
}

void Link::close() {
    if (fd_ >= 0) {
        loop_.forget(fd_, *this);
        ::close(fd_);
        fd_ = -1;
    }
    in_.clear();
    out_.clear();
    told_ = false;
}

void Link::fail(const std::string& why) {
    if (fd_ >= 0) {
        close();
        hearer_.on_closed(*this, why);
    }
}

std::uint16_t Link::local_port() const {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
}

void Link::send(std::string_view bytes) {
    if (fd_ < 0) {
        return;
    }
    if (out_.empty()) {
        const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent == static_cast<ssize_t>(bytes.size())) {
            return;
        }
        bytes.remove_prefix(sent > 0 ? static_cast<std::size_t>(sent) : 0);
    }
    out_ += bytes;
    if (!writing_) {
        writing_ = true;
        loop_.rewatch(fd_, *this, true, !told_);
    }
}

void Link::flush() {
    const auto sent = ::send(fd_, out_.data(), out_.size(), MSG_NOSIGNAL);
    if (sent > 0) {
        out_.erase(0, static_cast<std::size_t>(sent));
    }
    if (out_.empty() && writing_) {
        writing_ = false;
        loop_.rewatch(fd_, *this, false, !told_);
    }
}

void Link::on_ready(bool readable, bool writable) {
    if (connecting_) {
        int error = 0;
        socklen_t size = sizeof error;
        getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
        if (error != 0) {
            fail(std::string("cannot connect: ") + std::strerror(error));
            return;
        }
        connecting_ = false;
        writing_ = false;
        loop_.rewatch(fd_, *this, false);
        dialect_.greet(*this);
        return;
    }
    if (writable && writing_) {
        flush();
    }
    if (readable && !told_ && fd_ >= 0) {
        read_some(scratch.size());
    }
}

void Link::read_only_when_told() {
    told_ = true;
    loop_.rewatch(fd_, *this, writing_, false);
}

void Link::read_as_it_comes() {
    told_ = false;
    loop_.rewatch(fd_, *this, writing_, true);
}

long Link::read_now(std::size_t most) {
    return fd_ < 0 ? -1 : read_some(std::min(most, scratch.size()));
}

long Link::read_some(std::size_t most) {
    const auto count = recv(fd_, scratch.data(), most, 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
        return 0;
    }
    if (count <= 0) {
        fail(count == 0 ? "the server closed" : std::string("broke: ") + std::strerror(errno));
        return -1;
    }
    bytes_read_ += static_cast<std::uint64_t>(count);
    const std::string_view fresh(scratch.data(), static_cast<std::size_t>(count));
    if (in_.empty()) {
        const std::size_t taken = dialect_.take(*this, fresh);
        if (fd_ >= 0) {
            in_ = fresh.substr(taken);
        }
    } else {
        std::string all = std::move(in_);
        in_.clear();
        all += fresh;
        const std::size_t taken = dialect_.take(*this, all);
        if (fd_ >= 0) {
            all.erase(0, taken);
            in_ = std::move(all);
        }
    }
    return count;
}

}  // namespace tocsin::load
