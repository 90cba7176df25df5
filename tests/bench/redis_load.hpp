#pragma once
// Bare XADD, so many deep on so many connections: what Redis alone can store under the same
// settings.

#include <boost/asio.hpp>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "tests/bench/measure.hpp"

namespace tocsin::bench {

class Adder {
public:
    Adder(boost::asio::io_context& io,
          const std::string& path,
          int deep,
          std::size_t bytes,
          Stretch*& stretch)
        : socket_(io), deep_(deep), stretch_(stretch) {
        socket_.connect(path);
        const std::string body(bytes, 'x');
        for (int i = 0; i < deep; ++i) {
            batch_ += "*5\r\n$4\r\nXADD\r\n$5\r\nbench\r\n$1\r\n*\r\n$1\r\ne\r\n$" +
                      std::to_string(bytes) + "\r\n" + body + "\r\n";
        }
    }

    void run() {
        running_ = true;
        send();
    }
    void stop() { running_ = false; }
    bool busy() const { return waiting_ > 0; }

private:
    void send() {
        sent_us_ = now_us();
        waiting_ = deep_;
        boost::asio::async_write(
            socket_, boost::asio::buffer(batch_), [](boost::system::error_code, std::size_t) {});
        read();
    }

    // An id comes as a bulk string, two lines; an error as one, and then nothing adds up: give up.
    void read() {
        socket_.async_read_some(boost::asio::buffer(in_),
                                [this](boost::system::error_code error, std::size_t length) {
                                    if (error || std::memchr(in_, '-', 1) != nullptr) {
                                        std::fprintf(stderr,
                                                     "first-bench: Redis answered %.*s\n",
                                                     static_cast<int>(length),
                                                     in_);
                                        std::exit(1);
                                    }
                                    for (std::size_t i = 0; i < length; ++i) {
                                        lines_ += in_[i] == '\n';
                                    }
                                    const int answered = lines_ / 2;
                                    lines_ %= 2;
                                    waiting_ -= answered;
                                    if (stretch_ != nullptr) {
                                        stretch_->count += answered;
                                    }
                                    if (waiting_ > 0) {
                                        read();
                                        return;
                                    }
                                    if (stretch_ != nullptr) {
                                        stretch_->latencies.push_back(now_us() - sent_us_);
                                    }
                                    if (running_) {
                                        send();
                                    }
                                });
    }

    boost::asio::local::stream_protocol::socket socket_;
    int deep_;
    Stretch*& stretch_;
    std::string batch_;
    char in_[4096] = {};
    int lines_ = 0;
    int waiting_ = 0;
    bool running_ = false;
    std::int64_t sent_us_ = 0;
};

// What was added goes, outside of what is measured.
inline void forget_added(boost::asio::io_context& io, const std::string& path) {
    boost::asio::local::stream_protocol::socket socket(io);
    socket.connect(path);
    boost::asio::write(socket,
                       boost::asio::buffer(std::string("*2\r\n$3\r\nDEL\r\n$5\r\nbench\r\n")));
    char answer[16];
    socket.read_some(boost::asio::buffer(answer));
}

}  // namespace tocsin::bench
