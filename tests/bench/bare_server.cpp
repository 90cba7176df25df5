// The least that a WebSocket fan-out can be: accept, upgrade, and then one `send` of a ready frame
// for each delivery. No shared log, no rights, no disk; one thread, epoll. What the hub's costs are
// held against. Whoever connects at /sub hears what comes in at /pub: four bytes of request number,
// which go back once all have been sent to, and then the text.
//   bare-server: prints {"port":N} and runs until it is ended.

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace {

struct Peer {
    int fd = -1;
    bool upgraded = false;
    bool publishes = false;
    std::size_t place = 0;  // among the subscribers
    std::string in;
    std::string out;  // what the socket would not take
};

int epoll = -1;
std::unordered_map<int, std::unique_ptr<Peer>> peers;
std::vector<Peer*> subscribers;

void watch(const Peer& peer, int what, bool writing) {
    epoll_event event{};
    event.events =
        static_cast<std::uint32_t>(EPOLLIN) | (writing ? static_cast<std::uint32_t>(EPOLLOUT) : 0u);
    event.data.fd = peer.fd;
    epoll_ctl(epoll, what, peer.fd, &event);
}

void drop(Peer& peer) {
    if (peer.upgraded && !peer.publishes) {
        subscribers[peer.place] = subscribers.back();
        subscribers[peer.place]->place = peer.place;
        subscribers.pop_back();
    }
    close(peer.fd);
    peers.erase(peer.fd);
}

void put(Peer& peer, std::string_view bytes) {
    if (peer.out.empty()) {
        const auto sent = send(peer.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent == static_cast<ssize_t>(bytes.size())) {
            return;
        }
        bytes.remove_prefix(sent > 0 ? static_cast<std::size_t>(sent) : 0);
        watch(peer, EPOLL_CTL_MOD, true);
    }
    peer.out += bytes;
}

std::string framed(std::string_view payload) {
    std::string frame(1, static_cast<char>(0x82));
    if (payload.size() < 126) {
        frame += static_cast<char>(payload.size());
    } else {
        frame += static_cast<char>(126);
        frame += static_cast<char>(payload.size() >> 8);
        frame += static_cast<char>(payload.size());
    }
    return frame.append(payload);
}

// False: not whole yet.
bool upgrade(Peer& peer) {
    const std::size_t end = peer.in.find("\r\n\r\n");
    constexpr std::string_view kKey = "Sec-WebSocket-Key: ";
    const std::size_t key = peer.in.find(kKey);
    if (end == std::string::npos || key == std::string::npos) {
        return false;
    }
    const std::string text =
        peer.in.substr(key + kKey.size(), peer.in.find('\r', key) - key - kKey.size()) +
        "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
    SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    std::array<unsigned char, 40> accepted{};
    EVP_EncodeBlock(accepted.data(), digest.data(), static_cast<int>(digest.size()));
    peer.upgraded = true;
    peer.publishes = peer.in.starts_with("GET /pub");
    if (!peer.publishes) {
        peer.place = subscribers.size();
        subscribers.push_back(&peer);
    }
    peer.in.erase(0, end + 4);
    put(peer,
        std::string("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                    "Connection: Upgrade\r\nSec-WebSocket-Accept: ") +
            reinterpret_cast<const char*>(accepted.data()) + "\r\n\r\n");
    return true;
}

void publish(Peer& publisher, std::string_view message) {
    const std::string frame = framed(message.substr(4));
    for (std::size_t i = 0; i < subscribers.size(); ++i) {
        put(*subscribers[i], frame);
    }
    put(publisher, framed(message.substr(0, 4)));
}

// Masked messages of a client, whole ones only; of at most 64 KiB.
void take_messages(Peer& peer) {
    std::size_t taken = 0;
    while (peer.in.size() - taken >= 6) {
        const auto byte = [&](std::size_t at) {
            return static_cast<unsigned char>(peer.in[taken + at]);
        };
        std::size_t length = byte(1) & 0x7Fu;
        std::size_t header = 2;
        if (length == 126) {
            length = static_cast<std::size_t>(byte(2) << 8 | byte(3));
            header = 4;
        }
        if (peer.in.size() - taken < header + 4 + length) {
            break;
        }
        std::string message = peer.in.substr(taken + header + 4, length);
        for (std::size_t i = 0; i < length; ++i) {
            message[i] = static_cast<char>(message[i] ^ peer.in[taken + header + i % 4]);
        }
        const unsigned opcode = byte(0) & 0x0Fu;
        taken += header + 4 + length;
        if (opcode == 2 && peer.publishes && message.size() >= 4) {
            publish(peer, message);
        }
    }
    peer.in.erase(0, taken);
}

void on_ready(Peer& peer, std::uint32_t what) {
    if ((what & EPOLLOUT) != 0 && !peer.out.empty()) {
        const auto sent = send(peer.fd, peer.out.data(), peer.out.size(), MSG_NOSIGNAL);
        peer.out.erase(0, sent > 0 ? static_cast<std::size_t>(sent) : 0);
        if (peer.out.empty()) {
            watch(peer, EPOLL_CTL_MOD, false);
        }
    }
    if ((what & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0) {
        return;
    }
    static std::array<char, 64 * 1024> scratch;
    const auto count = recv(peer.fd, scratch.data(), scratch.size(), 0);
    if (count <= 0) {
        drop(peer);
        return;
    }
    peer.in.append(scratch.data(), static_cast<std::size_t>(count));
    if (peer.upgraded || upgrade(peer)) {
        take_messages(peer);
    }
}

void accept_all(int listener) {
    for (;;) {
        const int fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            return;
        }
        const int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        auto peer = std::make_unique<Peer>();
        peer->fd = fd;
        watch(*peer, EPOLL_CTL_ADD, false);
        peers.emplace(fd, std::move(peer));
    }
}

}  // namespace

int main() {
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        listen(listener, SOMAXCONN) != 0 ||
        getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        std::perror("bare-server");
        return 1;
    }
    epoll = epoll_create1(EPOLL_CLOEXEC);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = listener;
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    std::printf("{\"port\":%d}\n", ntohs(address.sin_port));
    std::fflush(stdout);
    for (;;) {
        std::array<epoll_event, 256> events;
        const int count = epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
        for (int i = 0; i < count; ++i) {
            const epoll_event& ready = events[static_cast<std::size_t>(i)];
            if (ready.data.fd == listener) {
                accept_all(listener);
            } else if (const auto peer = peers.find(ready.data.fd); peer != peers.end()) {
                on_ready(*peer->second, ready.events);
            }
        }
    }
}
