#pragma once
// A client of a Tocsin hub, for programs with a thread to spare: it runs the session machine
// (tocsin/session.hpp) over a WebSocket and blocks until there is something to tell. One thread
// uses it at a time; only `interrupt` may be called from another.
//
//   tocsin::client::Client client({.url = "https://hub.example", .token = token});
//   client.subscribe({.channels = {"fire"}});
//   while (auto what = client.next(std::chrono::steady_clock::now() + 10s)) { … }

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "tocsin/session.hpp"

namespace tocsin::client {

struct ClientOptions {
    std::string url = "http://127.0.0.1:8080";  // http://HOST[:PORT][/PREFIX] or https://…
    std::string token = {};                     // goes out as `Authorization: Bearer`; empty: none
    std::string ca_file = {};                   // PEM; empty: what the system trusts
    Millis connect_within{10'000};              // to the name, TCP, TLS and the upgrade together
    std::vector<int> stop_signals = {};         // such as SIGINT: they do what interrupt() does
    SessionOptions session = {};
};

// Why an address or a certificate file cannot be used: for people.
class BadOptions : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class Client {
public:
    // Throws BadOptions. Does not connect yet.
    explicit Client(ClientOptions options);
    // Closes the connection without waiting for the hub; see close().
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    void subscribe(Subscription wish);
    // Gives the command an id where it has none, and returns it. To survive a crash of the program,
    // store the command before; submitted again with the same id, it is stored once.
    std::string submit(wire::Command command);
    void get_incident(std::string incident_id);
    void get_notice(std::string notice_id);
    void get_stats(wire::GetStats request);
    // This console got the incident, or showed it to somebody, as it is here.
    void mark(const wire::Incident& incident, bool shown);
    // Somebody is at this console.
    void attended();

    // Runs the network until something happened. Nothing: the deadline passed, the client was
    // interrupted, or the session has ended.
    std::optional<Happening> next(Instant deadline);

    // Makes next() return; from then on it runs nothing any more. Any thread.
    void interrupt();
    // interrupt() was called or one of the stop signals came.
    bool is_interrupted() const;

    // Says goodbye properly: the closing handshake, at most `within`.
    void close(Millis within);

    const Session& session() const;

private:
    class Driver;
    std::unique_ptr<Driver> driver_;
};

}  // namespace tocsin::client
