#pragma once
// Senders with one report unanswered each, and watchers, over plain Beast on one thread.

#include <boost/asio.hpp>
#include <boost/beast.hpp>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/bench/measure.hpp"
#include "tocsin/v1/session.pb.h"

namespace tocsin::bench {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using tcp = asio::ip::tcp;

[[noreturn]] inline void give_up(const std::string& why) {
    std::fprintf(stderr, "first-bench: %s\n", why.c_str());
    std::exit(1);
}

// A UUID of version 7, rising within this process as the hub asks of a device.
inline std::string next_command_id() {
    static std::mt19937_64 random(std::random_device{}());
    static std::uint64_t last = 0;
    const auto ms =
        static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(
                                       std::chrono::system_clock::now().time_since_epoch())
                                       .count());
    last = std::max(ms << 12, last + 1);
    char text[40];
    const std::uint64_t tail = random();
    std::snprintf(text,
                  sizeof text,
                  "%08x-%04x-7%03x-%04x-%012llx",
                  static_cast<unsigned>(last >> 28),
                  static_cast<unsigned>(last >> 12 & 0xFFFF),
                  static_cast<unsigned>(last & 0xFFF),
                  static_cast<unsigned>(0x8000 | (tail >> 48 & 0x3FFF)),
                  static_cast<unsigned long long>(tail & 0xFFFF'FFFF'FFFF));
    return text;
}

// Each report's number stands in its text behind this mark; its time of sending in `sent_us`.
inline constexpr char kMark[] = "bench#";

// What was sent, and when; shared by senders and watchers.
struct Book {
    std::vector<std::int64_t> sent_us;
    std::vector<int> deliveries;
    Stretch* stretch = nullptr;  // where what comes now is noted; null: nowhere
    bool of_receipts = true;     // otherwise of deliveries

    std::string next_text() {
        char text[80];
        std::snprintf(text,
                      sizeof text,
                      "%s%08x a lamp is out in front of the third entrance",
                      kMark,
                      static_cast<unsigned>(sent_us.size()));
        sent_us.push_back(now_us());
        deliveries.push_back(0);
        return text;
    }
};

class Socket {
public:
    Socket(asio::io_context& io, std::uint16_t port, const std::string& token) : stream_(io) {
        stream_.next_layer().connect({asio::ip::address_v4::loopback(), port});
        stream_.next_layer().set_option(tcp::no_delay(true));
        stream_.set_option(websocket::stream_base::decorator([&](websocket::request_type& request) {
            request.set(beast::http::field::authorization, "Bearer " + token);
            request.set(beast::http::field::sec_websocket_protocol, "tocsin.v1");
        }));
        boost::system::error_code error;
        stream_.handshake("127.0.0.1:" + std::to_string(port), "/v1/connect", error);
        if (error) {
            give_up("the hub refused a connection: " + error.message());
        }
        stream_.binary(true);
        buffer_.reserve(64 * 1024);
        stream_.read(buffer_);  // welcome
        buffer_.clear();
    }

protected:
    void write(const tocsin::v1::ClientMessage& message) {
        message.SerializeToString(&out_);
        stream_.async_write(asio::buffer(out_), [](boost::system::error_code error, std::size_t) {
            if (error && error != asio::error::operation_aborted) {
                give_up("a connection broke: " + error.message());
            }
        });
    }

    template <class Handler>
    void read(Handler handler) {
        stream_.async_read(buffer_, [this, handler](boost::system::error_code error, std::size_t) {
            if (error == asio::error::operation_aborted) {
                return;
            }
            if (error) {
                give_up("the hub closed a connection: " + error.message());
            }
            handler();
            buffer_.clear();
            read(handler);
        });
    }

    websocket::stream<tcp::socket> stream_;
    beast::flat_buffer buffer_;
    std::string out_;
};

class Sender : Socket {
public:
    Sender(asio::io_context& io, std::uint16_t port, const std::string& token, Book& book)
        : Socket(io, port, token), book_(book) {
        read([this] { take(); });
    }

    // One report; with `again` the next one as soon as this one has its receipt.
    void send(bool again) {
        again_ = again;
        busy_ = true;
        number_ = book_.sent_us.size();
        tocsin::v1::ClientMessage message;
        message.set_request_id(static_cast<std::int64_t>(number_ + 1));
        message.mutable_command()->set_id(next_command_id());
        auto& report = *message.mutable_command()->mutable_submit_report();
        report.set_kind(tocsin::v1::REPORT_KIND_ASSIST);
        report.set_text(book_.next_text());
        write(message);
    }
    void stop() { again_ = false; }
    bool busy() const { return busy_; }

private:
    void take() {
        tocsin::v1::ServerMessage message;
        if (!message.ParseFromArray(buffer_.data().data(), static_cast<int>(buffer_.size()))) {
            give_up("an answer that is no ServerMessage");
        }
        for (const auto& entry : message.entries()) {
            if (entry.has_refusal()) {
                give_up("refused: " + entry.refusal().ShortDebugString());
            }
            if (!entry.has_receipt()) {
                continue;
            }
            busy_ = false;
            if (book_.stretch != nullptr && book_.of_receipts) {
                ++book_.stretch->count;
                book_.stretch->latencies.push_back(now_us() - book_.sent_us[number_]);
            }
            if (again_) {
                send(true);
            }
        }
    }

    Book& book_;
    std::size_t number_ = 0;
    bool again_ = false;
    bool busy_ = false;
};

class Watcher : Socket {
public:
    Watcher(asio::io_context& io,
            std::uint16_t port,
            const std::string& token,
            Book& book,
            int watchers)
        : Socket(io, port, token), book_(book), watchers_(watchers) {
        tocsin::v1::ClientMessage message;
        message.set_request_id(1);
        message.mutable_subscribe()->set_no_snapshot(true);
        message.SerializeToString(&out_);
        stream_.write(asio::buffer(out_));
        stream_.read(buffer_);  // subscribed
        buffer_.clear();
        read([this] { take(); });
    }

private:
    // Finds each report by its mark: to decode a hundred copies of everything would measure this
    // program. A text may stand in the message twice (the report's, the incident's).
    void take() {
        const std::int64_t now = now_us();
        const char* at = static_cast<const char*>(buffer_.data().data());
        const char* const end = at + buffer_.size();
        constexpr std::size_t kLength = sizeof kMark - 1;
        while ((at = static_cast<const char*>(
                    memmem(at, static_cast<std::size_t>(end - at), kMark, kLength))) != nullptr) {
            const std::size_t number =
                std::strtoul(std::string(at + kLength, 8).c_str(), nullptr, 16);
            at += kLength;
            if (number == last_ || number >= book_.sent_us.size()) {
                continue;
            }
            last_ = number;
            if (book_.stretch != nullptr) {
                book_.stretch->latencies.push_back(now - book_.sent_us[number]);
                if (++book_.deliveries[number] == watchers_) {
                    ++book_.stretch->count;
                    book_.stretch->all_latencies.push_back(now - book_.sent_us[number]);
                }
            }
        }
    }

    Book& book_;
    int watchers_;
    std::size_t last_ = SIZE_MAX;
};

}  // namespace tocsin::bench
