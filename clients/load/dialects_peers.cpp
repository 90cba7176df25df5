#include "dialects_peers.hpp"

#include <charconv>

namespace tocsin::load {
namespace {

constexpr int kFresh = 0;
constexpr int kOpen = 1;

std::string two_bytes(std::size_t value) {
    return {static_cast<char>(value >> 8), static_cast<char>(value)};
}

std::string packet(unsigned first, const std::string& body) {
    std::string all(1, static_cast<char>(first));
    std::size_t length = body.size();
    do {
        const std::size_t digit = length % 128;
        length /= 128;
        all += static_cast<char>(digit | (length > 0 ? 128u : 0u));
    } while (length > 0);
    return all + body;
}

std::string topic_of(int channel) {
    return "load." + std::to_string(channel);
}

void deliver(Link& link, std::string_view text) {
    link.hearer().on_delivery(link,
                              {.text = text, .offset = {}, .lane = kRoutine, .bytes = text.size()});
}

}  // namespace

// --- the servers under tests/bench ---

std::string PlainDialect::path_of(const Link& link) const {
    return link.publishes ? "/pub" : "/sub";
}

void PlainDialect::on_upgraded(Link& link) {
    link.hearer().on_open(link);
}

void PlainDialect::subscribe(Link& link, int, const wire::Cursor*) {
    link.hearer().on_subscribed(link, {});
}

void PlainDialect::publish(Link& link, const Post& post) {
    std::string message;
    for (int shift = 24; shift >= 0; shift -= 8) {
        message += static_cast<char>(post.request >> shift);
    }
    send_message(link, kBinary, message + post.text);
}

void PlainDialect::on_message(Link& link, std::string_view payload) {
    if (!link.publishes) {
        deliver(link, payload);
        return;
    }
    std::uint64_t request = 0;
    for (const char byte : payload.substr(0, 4)) {
        request = request << 8 | static_cast<unsigned char>(byte);
    }
    link.hearer().on_stored(link, request);
}

// --- Nchan ---

std::string NchanDialect::path_of(const Link& link) const {
    return "/sub/" + std::to_string(link.channel);
}

void NchanDialect::greet(Link& link) {
    if (link.publishes) {
        link.hearer().on_open(link);
    } else {
        WebSocketDialect::greet(link);
    }
}

void NchanDialect::on_upgraded(Link& link) {
    link.hearer().on_open(link);
}

void NchanDialect::subscribe(Link& link, int, const wire::Cursor*) {
    link.hearer().on_subscribed(link, {});
}

void NchanDialect::publish(Link& link, const Post& post) {
    link.send("POST /pub/" + std::to_string(post.channel) +
              " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: " +
              std::to_string(post.text.size()) + "\r\n\r\n" + post.text);
}

std::size_t NchanDialect::take(Link& link, std::string_view bytes) {
    if (!link.publishes) {
        return WebSocketDialect::take(link, bytes);
    }
    std::size_t taken = 0;
    while (!link.is_closed()) {
        const std::string_view rest = bytes.substr(taken);
        const std::size_t end = rest.find("\r\n\r\n");
        if (end == std::string_view::npos) {
            break;
        }
        const std::string_view head = rest.substr(0, end);
        constexpr std::string_view kLength = "Content-Length: ";
        const std::size_t at = head.find(kLength);
        std::size_t length = 0;
        if (at != std::string_view::npos) {
            std::from_chars(head.data() + at + kLength.size(), head.data() + head.size(), length);
        }
        if (rest.size() < end + 4 + length) {
            break;
        }
        if (!head.starts_with("HTTP/1.1 20")) {
            link.fail("refused: " + std::string(head));
            break;
        }
        taken += end + 4 + length;
        link.hearer().on_stored(link, ++link.answered);
    }
    return taken;
}

void NchanDialect::on_message(Link& link, std::string_view payload) {
    deliver(link, payload);
}

// --- NATS ---

void NatsDialect::subscribe(Link& link, int channel, const wire::Cursor*) {
    link.send("SUB " + topic_of(channel) + " 1\r\nPING\r\n");
}

void NatsDialect::publish(Link& link, const Post& post) {
    link.send("PUB " + topic_of(post.channel) + " " + std::to_string(post.text.size()) + "\r\n" +
              post.text + "\r\nPING\r\n");
}

void NatsDialect::on_line(Link& link, std::string_view line) {
    if (line.starts_with("INFO")) {
        if (link.phase == kFresh) {
            link.phase = kOpen;
            link.send("CONNECT {\"verbose\":false,\"pedantic\":false}\r\n");
            link.hearer().on_open(link);
        }
    } else if (line == "PING") {
        link.send("PONG\r\n");
    } else if (line == "PONG") {
        if (link.publishes) {
            link.hearer().on_stored(link, ++link.answered);
        } else {
            link.hearer().on_subscribed(link, {});
        }
    } else if (line.starts_with("-ERR")) {
        link.fail(std::string(line));
    }
}

std::size_t NatsDialect::take(Link& link, std::string_view bytes) {
    std::size_t taken = 0;
    while (!link.is_closed()) {
        const std::string_view rest = bytes.substr(taken);
        const std::size_t end = rest.find("\r\n");
        if (end == std::string_view::npos) {
            break;
        }
        const std::string_view line = rest.substr(0, end);
        if (!line.starts_with("MSG ")) {
            taken += end + 2;
            on_line(link, line);
            continue;
        }
        std::size_t length = 0;
        const std::size_t blank = line.rfind(' ');
        std::from_chars(line.data() + blank + 1, line.data() + line.size(), length);
        if (rest.size() < end + 2 + length + 2) {
            break;
        }
        deliver(link, rest.substr(end + 2, length));
        taken += end + 2 + length + 2;
    }
    return taken;
}

// --- MQTT ---

void MqttDialect::greet(Link& link) {
    const std::string id = std::string(link.publishes ? "p" : "s") + std::to_string(link.index());
    link.send(packet(
        0x10, two_bytes(4) + "MQTT" + '\4' + '\2' + two_bytes(600) + two_bytes(id.size()) + id));
}

void MqttDialect::subscribe(Link& link, int channel, const wire::Cursor*) {
    const std::string topic = topic_of(channel);
    link.send(packet(0x82, two_bytes(1) + two_bytes(topic.size()) + topic + '\0'));
}

void MqttDialect::publish(Link& link, const Post& post) {
    const std::string topic = topic_of(post.channel);
    link.send(packet(
        0x32, two_bytes(topic.size()) + topic + two_bytes(post.request % 65'535 + 1) + post.text));
}

void MqttDialect::on_packet(Link& link, unsigned type, std::string_view body) {
    switch (type) {
        case 2:  // CONNACK
            if (body.size() < 2 || body[1] != 0) {
                link.fail("CONNACK refuses");
                return;
            }
            link.hearer().on_open(link);
            break;
        case 3: {  // PUBLISH
            const std::size_t topic =
                body.size() < 2
                    ? 0
                    : static_cast<std::size_t>(static_cast<unsigned char>(body[0]) << 8 |
                                               static_cast<unsigned char>(body[1]));
            deliver(link, body.substr(std::min(body.size(), topic + 2)));
            break;
        }
        case 4:  // PUBACK, in the order of publishing
            link.hearer().on_stored(link, ++link.answered);
            break;
        case 9:  // SUBACK
            link.hearer().on_subscribed(link, {});
            break;
        default:
            break;
    }
}

std::size_t MqttDialect::take(Link& link, std::string_view bytes) {
    std::size_t taken = 0;
    while (!link.is_closed()) {
        const std::string_view rest = bytes.substr(taken);
        std::size_t length = 0;
        std::size_t header = 1;
        bool whole = false;
        for (; header < rest.size() && header < 5 && !whole; ++header) {
            const auto digit = static_cast<unsigned char>(rest[header]);
            length |= static_cast<std::size_t>(digit & 127u) << (7 * (header - 1));
            whole = digit < 128;
        }
        if (!whole || rest.size() < header + length) {
            break;
        }
        taken += header + length;
        on_packet(link, static_cast<unsigned char>(rest[0]) >> 4, rest.substr(header, length));
    }
    return taken;
}

std::unique_ptr<Dialect> peer_dialect(const std::string& name) {
    if (name == "plain") {
        return std::make_unique<PlainDialect>();
    }
    if (name == "nchan") {
        return std::make_unique<NchanDialect>();
    }
    if (name == "nats") {
        return std::make_unique<NatsDialect>();
    }
    if (name == "mqtt") {
        return std::make_unique<MqttDialect>();
    }
    return nullptr;
}

}  // namespace tocsin::load
