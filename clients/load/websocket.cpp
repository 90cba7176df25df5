#include "websocket.hpp"

#include <array>

namespace tocsin::load {
namespace {

constexpr int kHttp = 0;
constexpr int kUpgraded = 1;

struct Frame {
    bool last;
    unsigned opcode;
    std::string_view payload;
    std::size_t size;  // with its header
};

// Nothing: not whole yet.
std::optional<Frame> frame_in(std::string_view bytes) {
    if (bytes.size() < 2) {
        return std::nullopt;
    }
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(bytes[at]); };
    std::size_t length = byte(1) & 0x7Fu;
    std::size_t header = 2;
    if (length >= 126) {
        const std::size_t wide = length == 126 ? 2 : 8;
        if (bytes.size() < header + wide) {
            return std::nullopt;
        }
        length = 0;
        for (std::size_t i = 0; i < wide; ++i) {
            length = length << 8 | byte(header + i);
        }
        header += wide;
    }
    if (bytes.size() < header + length) {
        return std::nullopt;
    }
    return Frame{
        (byte(0) & 0x80u) != 0, byte(0) & 0x0Fu, bytes.substr(header, length), header + length};
}

}  // namespace

void WebSocketDialect::greet(Link& link) {
    link.send("GET " + path_of(link) +
              " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(link.port()) +
              "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
              headers_of(link) + "\r\n");
}

void WebSocketDialect::send_message(Link& link, Opcode opcode, std::string_view payload) {
    static std::uint32_t state = 0x9E3779B9u;
    state = state * 1'664'525u + 1'013'904'223u;
    const std::array<char, 4> mask{static_cast<char>(state >> 24),
                                   static_cast<char>(state >> 16),
                                   static_cast<char>(state >> 8),
                                   static_cast<char>(state)};
    std::string frame;
    frame.reserve(payload.size() + 14);
    frame += static_cast<char>(0x80 | opcode);
    if (payload.size() < 126) {
        frame += static_cast<char>(0x80 | payload.size());
    } else if (payload.size() < 65'536) {
        frame += static_cast<char>(0x80 | 126);
        frame += static_cast<char>(payload.size() >> 8);
        frame += static_cast<char>(payload.size());
    } else {
        frame += static_cast<char>(0x80 | 127);
        for (int shift = 56; shift >= 0; shift -= 8) {
            frame += static_cast<char>(payload.size() >> shift);
        }
    }
    frame.append(mask.data(), mask.size());
    for (std::size_t i = 0; i < payload.size(); ++i) {
        frame += static_cast<char>(payload[i] ^ mask[i % 4]);
    }
    link.send(frame);
}

std::size_t WebSocketDialect::take_head(Link& link, std::string_view bytes) {
    const std::size_t end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos) {
        return 0;
    }
    if (!bytes.starts_with("HTTP/1.1 101")) {
        link.fail("refused: " + std::string(bytes.substr(0, 400)));
        return 0;
    }
    link.phase = kUpgraded;
    on_upgraded(link);
    return end + 4;
}

std::size_t WebSocketDialect::take(Link& link, std::string_view bytes) {
    std::size_t taken = 0;
    if (link.phase == kHttp) {
        taken = take_head(link, bytes);
        if (taken == 0) {
            return 0;
        }
    }
    while (!link.is_closed()) {
        const auto frame = frame_in(bytes.substr(taken));
        if (!frame) {
            break;
        }
        taken += frame->size;
        switch (frame->opcode) {
            case kPing:
                send_message(link, kPong, frame->payload);
                break;
            case kPong:
                break;
            case kClose: {
                const std::string_view why = frame->payload;
                const int code = why.size() < 2 ? 1005
                                                : static_cast<unsigned char>(why[0]) << 8 |
                                                      static_cast<unsigned char>(why[1]);
                send_message(link, kClose, why.substr(0, 2));
                link.fail("closed " + std::to_string(code));
                break;
            }
            default:
                if (frame->last && link.message.empty()) {
                    on_message(link, frame->payload);
                } else {
                    link.message += frame->payload;
                    if (frame->last) {
                        const std::string whole = std::move(link.message);
                        link.message.clear();
                        on_message(link, whole);
                    }
                }
        }
    }
    return taken;
}

}  // namespace tocsin::load
