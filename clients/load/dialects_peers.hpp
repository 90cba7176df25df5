#pragma once
// How the other servers of the bench are spoken to: those under tests/bench, Nchan over WebSocket
// and HTTP, NATS and MQTT over TCP in their own protocols. Each is told a post's bytes as they are.

#include <memory>

#include "websocket.hpp"

namespace tocsin::load {

// tests/bench: a WebSocket at /sub hears what a WebSocket at /pub says; a publisher's message is
// four bytes, which come back once it has been sent to all, and then the text.
class PlainDialect final : public WebSocketDialect {
public:
    void subscribe(Link& link, int channel, const wire::Cursor* cursor) override;
    void publish(Link& link, const Post& post) override;

private:
    std::string path_of(const Link& link) const override;
    std::string headers_of(const Link&) const override { return {}; }
    void on_upgraded(Link& link) override;
    void on_message(Link& link, std::string_view payload) override;
};

// WebSocket at /sub/<channel>; HTTP POST, pipelined, at /pub/<channel>.
class NchanDialect final : public WebSocketDialect {
public:
    void greet(Link& link) override;
    std::size_t take(Link& link, std::string_view bytes) override;
    void subscribe(Link& link, int channel, const wire::Cursor* cursor) override;
    void publish(Link& link, const Post& post) override;

private:
    std::string path_of(const Link& link) const override;
    std::string headers_of(const Link&) const override { return {}; }
    void on_upgraded(Link& link) override;
    void on_message(Link& link, std::string_view payload) override;
};

// A PING behind each PUB: its PONG says that the server has dealt with it.
class NatsDialect final : public Dialect {
public:
    void greet(Link&) override {}
    std::size_t take(Link& link, std::string_view bytes) override;
    void subscribe(Link& link, int channel, const wire::Cursor* cursor) override;
    void publish(Link& link, const Post& post) override;

private:
    void on_line(Link& link, std::string_view line);
};

// MQTT 3.1.1: published at QoS 1, which is answered, delivered at QoS 0, which is not.
class MqttDialect final : public Dialect {
public:
    void greet(Link& link) override;
    std::size_t take(Link& link, std::string_view bytes) override;
    void subscribe(Link& link, int channel, const wire::Cursor* cursor) override;
    void publish(Link& link, const Post& post) override;

private:
    void on_packet(Link& link, unsigned type, std::string_view body);
};

// plain, nchan, nats or mqtt.
std::unique_ptr<Dialect> peer_dialect(const std::string& name);

}  // namespace tocsin::load
