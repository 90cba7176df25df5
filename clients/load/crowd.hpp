#pragma once
// Many subscribers of one server.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ledger.hpp"
#include "link.hpp"

namespace tocsin::load {

class Crowd;

class Reader final : public Hearer {
public:
    Reader(Crowd& crowd, std::uint32_t index, int channel, std::string token);

    Link link;
    Expectation expectation;
    wire::Cursor cursor;                 // of the latest `subscribed`
    const wire::Cursor* from = nullptr;  // what the next subscribing says
    bool is_open = false;
    bool is_subscribed = false;
    std::int64_t since_us = 0;  // what is_open or is_subscribed says, since then
    std::string closed_why;
    std::optional<wire::Goodbye> goodbye;

private:
    void on_open(Link&) override;
    void on_subscribed(Link&, const wire::Cursor& at) override;
    void on_delivery(Link&, const Delivery& delivery) override;
    void on_entry(Link&, const wire::Entry& entry) override;
    void on_closed(Link&, const std::string& why) override;

    Crowd& crowd_;
};

class Crowd {
public:
    Crowd(Loop& loop, Dialect& dialect, Ledger& ledger, std::uint16_t port)
        : loop_(loop), dialect_(dialect), ledger_(ledger), port_(port) {}

    // Reader number n is of channel n % channels and bears tokens[n % tokens.size()].
    void add(std::size_t count, int channels, const std::vector<std::string>& tokens);
    // Connects all, so many at once, and subscribes them unless told not to. Throws
    // std::runtime_error where one is refused or it takes longer than a minute.
    void connect_all(std::size_t at_once, bool subscribing = true);
    void connect(Reader& reader, int receive_buffer = 0);
    void close_all();

    std::int64_t readers_of(int channel) const;
    Reader& operator[](std::size_t index) { return *readers_[index]; }
    std::size_t size() const { return readers_.size(); }
    std::size_t open() const { return open_; }
    std::size_t subscribed() const { return subscribed_; }
    // Latency of whoever is counted here.
    std::function<void(Reader&, const Delivery&, std::uint64_t number)> on_each;
    std::function<void(Reader&)> on_subscribed;
    // Null: a connection that ends, or a reset, throws.
    std::function<void(Reader&, const std::string& why)> on_closed;

    Loop& loop() { return loop_; }
    Ledger& ledger() { return ledger_; }
    bool subscribing = true;

private:
    friend class Reader;

    Loop& loop_;
    Dialect& dialect_;
    Ledger& ledger_;
    std::uint16_t port_;
    std::vector<std::unique_ptr<Reader>> readers_;
    std::vector<std::int64_t> by_channel_;
    std::size_t open_ = 0;
    std::size_t subscribed_ = 0;
};

}  // namespace tocsin::load
