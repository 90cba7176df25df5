#pragma once
// The bare commit function: the calls that a hub makes for reports, of the same sizes and so many
// commits each, by a client that does nothing else. In database 1, which is emptied afterwards.

#include <boost/asio.hpp>

#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "tests/bench/measure.hpp"

namespace tocsin::bench {

class Committer {
public:
    // What an "assist" report of a hub comes to: one event, two states, one key, three reads.
    static constexpr std::size_t kEventBytes = 620;
    static constexpr std::size_t kIncidentBytes = 330;
    static constexpr std::size_t kReportBytes = 290;
    static constexpr std::size_t kReceiptBytes = 130;
    static constexpr int kDevices = 125;

    Committer(boost::asio::io_context& io, const std::string& path, int together, Stretch*& stretch)
        : socket_(io), together_(together), stretch_(stretch) {
        socket_.connect(path);
        ask({"SELECT", "1"});
        ask({"FLUSHDB"});
        ask({"SET", key("epoch"), "epoch"});
        const std::string state = "1-1\n" + kVersion + noise(300);
        ask({"SET", key("version:district"), state});
        for (int i = 0; i < kDevices; ++i) {
            ask({"SET", key("state:person:" + std::to_string(i)), state});
            ask({"SET", key("state:device:" + std::to_string(i)), state});
        }
    }
    ~Committer() { ask({"FLUSHDB", "ASYNC"}); }

    void run() {
        running_ = true;
        send();
    }
    void stop() { running_ = false; }
    bool busy() const { return waiting_ > 0; }

private:
    using Words = std::vector<std::string>;

    static std::string key(const std::string& name) { return "{bench}:" + name; }
    std::string noise(std::size_t size) {
        std::string bytes(size, '\0');
        for (std::size_t i = 0; i + 8 <= size; i += 8) {
            const std::uint64_t word = random_();
            bytes.replace(i, 8, reinterpret_cast<const char*>(&word), 8);
        }
        return bytes;
    }
    std::string id() {
        char text[40];
        std::snprintf(text,
                      sizeof text,
                      "%08x-%04x-4%03x-8%03x-%012llx",
                      static_cast<unsigned>(random_() & 0xFFFFFFFF),
                      static_cast<unsigned>(random_() & 0xFFFF),
                      static_cast<unsigned>(random_() & 0xFFF),
                      static_cast<unsigned>(random_() & 0xFFF),
                      static_cast<unsigned long long>(random_() & 0xFFFFFFFFFFFF));
        return text;
    }
    static std::string two_bytes(std::size_t number) {
        return {static_cast<char>(number >> 8), static_cast<char>(number & 0xFF)};
    }
    static std::string formed(const Words& words) {
        std::string text = "*" + std::to_string(words.size()) + "\r\n";
        for (const std::string& word : words) {
            text += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
        }
        return text;
    }

    void ask(const Words& words) {
        boost::asio::write(socket_, boost::asio::buffer(formed(words)));
        char answer[256];
        socket_.read_some(boost::asio::buffer(answer));
    }

    std::string batch() {
        Words checks{"version:district"};
        Words keys;
        Words values;
        for (int i = 0; i < together_; ++i) {
            const std::string device = std::to_string(number_++ % kDevices);
            const std::string incident = id();
            checks.push_back("state:person:" + device);
            checks.push_back("state:device:" + device);
            for (const std::string& name : {"ids:" + device,
                                            "state:incident:" + incident,
                                            "state:report:" + id(),
                                            "key:incident/" + incident}) {
                keys.push_back(key(name));
            }
            std::string command = noise(16);
            command[6] = 0x40;
            for (std::string& value :
                 Words{two_bytes(2) + two_bytes(1) + "+." + two_bytes(1) +
                           two_bytes(checks.size() - 1) + two_bytes(checks.size()),
                       command,
                       two_bytes(32) + noise(32) + noise(kReceiptBytes),
                       noise(kEventBytes),
                       noise(32),
                       kVersion + noise(kIncidentBytes),
                       kVersion + noise(kReportBytes),
                       noise(32)}) {
                values.push_back(std::move(value));
            }
        }
        Words call{"FCALL",
                   "tocsin_commit_v2",
                   std::to_string(3 + checks.size() + keys.size()),
                   key("epoch"),
                   key("log"),
                   key("open")};
        for (const std::string& check : checks) {
            call.push_back(key(check));
        }
        call.insert(call.end(), keys.begin(), keys.end());
        for (const std::string& number : {std::string("epoch"),
                                          std::string("1024"),
                                          std::to_string(checks.size()),
                                          std::to_string(together_)}) {
            call.push_back(number);
        }
        call.insert(call.end(), checks.size(), kVersion);
        call.insert(call.end(), values.begin(), values.end());
        return formed(call);
    }

    void send() {
        sent_us_ = now_us();
        waiting_ = 1 + 2 * together_;
        out_ = batch();
        boost::asio::async_write(
            socket_, boost::asio::buffer(out_), [](boost::system::error_code, std::size_t) {});
        read();
    }

    // An array of texts, each two lines; anything else is an error.
    void read() {
        socket_.async_read_some(
            boost::asio::buffer(in_), [this](boost::system::error_code error, std::size_t length) {
                const std::string_view answer(in_, length);
                if (error || answer.find("-ERR") != std::string_view::npos ||
                    answer.find("conflict") != std::string_view::npos) {
                    std::fprintf(stderr,
                                 "first-bench: the commit function answered %.*s\n",
                                 static_cast<int>(length),
                                 in_);
                    std::exit(1);
                }
                for (const char c : answer) {
                    waiting_ -= c == '\n';
                }
                if (waiting_ > 0) {
                    read();
                    return;
                }
                if (stretch_ != nullptr) {
                    stretch_->count += together_;
                    stretch_->latencies.push_back(now_us() - sent_us_);
                }
                if (running_) {
                    send();
                }
            });
    }

    static inline const std::string kVersion = std::string("1\n\x08", 3) + "12345678";
    boost::asio::local::stream_protocol::socket socket_;
    int together_;
    Stretch*& stretch_;
    std::mt19937_64 random_{1};
    std::uint64_t number_ = 0;
    std::string out_;
    char in_[16'384] = {};
    int waiting_ = 0;
    bool running_ = false;
    std::int64_t sent_us_ = 0;
};

}  // namespace tocsin::bench
