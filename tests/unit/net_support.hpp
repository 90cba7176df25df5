#pragma once
// A shard with a district made of cards, and a client that can also misbehave. All waits are
// generous bounds.

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "hub/net/shard.hpp"
#include "tocsin/store/v1/record.pb.h"
#include "tocsin/v1/session.pb.h"

namespace tocsin::net::test {

namespace wire = tocsin::v1;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

inline constexpr milliseconds kPatience{20'000};

inline std::string sha256(const std::string& text) {
    std::array<unsigned char, 32> digest{};
    EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

inline fanout::RightsPtr rights_of(const std::string& person_id, const std::string& channel) {
    auto rights = std::make_shared<fanout::Rights>();
    rights->person.set_id(person_id);
    if (!channel.empty()) {
        rights->feeds.push_back({channel, store::v1::VIEW_OFFICER});
        rights->channels.push_back(channel);
    }
    return rights;
}

inline fanout::FramePtr frame_of(const wire::Entry& entry) {
    wire::ServerMessage message;
    *message.add_entries() = entry;
    return std::make_shared<const fanout::Frame>(message.SerializeAsString());
}

// Answers from fixed cards, on the shard's own thread.
class FakeDistrict final : public session::District {
public:
    void admit(const std::string& token, const std::string& device_id, fanout::RightsPtr rights) {
        cards_[sha256(token)] = {device_id, std::move(rights)};
    }

    void authenticate(std::string token_sha256,
                      session::Answer<std::optional<session::Principal>> answer) override {
        const auto found = cards_.find(token_sha256);
        answer(found == cards_.end() ? std::nullopt : std::optional(found->second));
    }
    void submit(std::string person_id,
                std::string device_id,
                wire::Command command,
                std::int64_t,
                session::Answer<domain::Result<wire::Receipt>> answer) override {
        wire::Receipt receipt;
        receipt.set_command_id(command.id());
        receipt.set_offset("7-0");
        receipt.set_subject_id(person_id + "/" + device_id);
        answer(receipt);
    }
    void snapshot(std::vector<domain::Feed>,
                  session::Answer<std::shared_ptr<const session::SnapshotPages>> answer) override {
        auto pages = std::make_shared<session::SnapshotPages>();
        pages->taken_at = taken_at;
        answer(std::move(pages));
    }
    void history(log::Offset, session::Answer<fanout::BatchPtr> answer) override {
        answer(nullptr);
    }
    void incident(
        std::string,
        std::string,
        session::Answer<domain::Result<std::vector<wire::IncidentDetail>>> answer) override {
        answer(std::unexpected(domain::Refusal{
            std::string(domain::code::unknown_incident), "get_incident.incident_id", {}, 0}));
    }
    void mark(std::string, wire::Mark) override {}
    void console_connected(std::string, std::uint64_t) override {}
    void console_attended(std::uint64_t, std::int64_t) override {}
    void console_gone(std::uint64_t) override {}
    void times(std::string,
               wire::GetStats,
               session::Answer<domain::Result<wire::Stats>> answer) override {
        answer(wire::Stats());
    }

    void notice(std::string,
                std::string,
                session::Answer<domain::Result<std::vector<wire::NoticeDetail>>> answer) override {
        answer(std::unexpected(domain::Refusal{
            std::string(domain::code::unknown_notice), "get_notice.notice_id", {}, 0}));
    }

    log::Offset taken_at{1, 0};  // set before the shard starts

private:
    std::map<std::string, session::Principal> cards_;  // filled before the shard starts
};

// Knows three links: `good`, `used` and `later`; and counts who leaves.
class FakeDoorkeeper final : public session::Doorkeeper {
public:
    void sign_in(std::string link_sha256,
                 session::Answer<domain::Result<session::SignedIn>> answer) override {
        const auto refuse = [&](std::string_view code) {
            answer(std::unexpected(domain::Refusal{std::string(code), "", "No.", 0}));
        };
        if (link_sha256 == sha256("good")) {
            answer(
                session::SignedIn{"volunteer-token", {"device-1", rights_of("volunteer", "me")}});
        } else if (link_sha256 == sha256("used")) {
            refuse(domain::code::link_used);
        } else if (link_sha256 == sha256("later")) {
            refuse(domain::code::unavailable);
        } else {
            refuse(domain::code::link_unknown);
        }
    }
    void sign_out(std::string person_id,
                  std::string device_id,
                  session::Answer<domain::Result<wire::Receipt>> answer) override {
        left.push_back(person_id + "/" + device_id);
        answer(wire::Receipt());
    }
    void map(session::Answer<std::shared_ptr<const session::DistrictMap>> answer) override {
        answer(std::make_shared<const session::DistrictMap>(
            session::DistrictMap{"{\"areas\":[]}\n", "\"tag\"", "zipped", "\"tag-gzip\""}));
    }

    std::vector<std::string> left;  // the shard's thread's, until the hub is closed
};

inline constexpr char kStation[] = "station/baoguo";

// One shard, its own district, on a free port. Configure, then open().
class Hub {
public:
    Hub() {
        district.admit("volunteer-token", "device-1", rights_of("volunteer", kStation));
        district.admit("officer-token", "device-2", rights_of("officer", kStation));
        settings.hub_version = "test";
    }
    ~Hub() { close(milliseconds{0}); }

    void open() {
        shard = std::make_unique<Shard>(settings, seats);
        shard->set_district(shard->context(), district);
        if (has_door) {
            shard->set_doorkeeper(shard->context(), doorkeeper);
        }
        shard->on_epoch("epoch-1", {1, 0});
        shard->start();
        const auto bound = shard->listen({boost::asio::ip::address_v4::loopback(), 0});
        ASSERT_TRUE(bound) << bound.error();
        port = bound->port();
    }
    void close(milliseconds drain) {
        if (shard == nullptr) {
            return;
        }
        std::promise<void> stopped;
        shard->stop(drain, [&] { stopped.set_value(); });
        EXPECT_EQ(stopped.get_future().wait_for(kPatience), std::future_status::ready);
        shard->join();
        shard.reset();
    }
    ShardStats stats() {
        std::promise<ShardStats> promise;
        shard->collect([&](ShardStats answer) { promise.set_value(std::move(answer)); });
        return promise.get_future().get();
    }
    // How many connections ended with this close code.
    static std::int64_t closes(const ShardStats& stats, std::uint16_t code) {
        const auto found = stats.closes_by_code.find(code);
        return found == stats.closes_by_code.end() ? 0 : found->second;
    }
    // Waits until the stats are as asked for.
    template <class Condition>
    ::testing::AssertionResult becomes(Condition condition) {
        const auto until = Clock::now() + kPatience;
        while (!condition(stats())) {
            if (Clock::now() > until) {
                return ::testing::AssertionFailure() << "not in time";
            }
            std::this_thread::sleep_for(milliseconds{5});
        }
        return ::testing::AssertionSuccess();
    }
    // One event of the log, for the station, with a text of this length.
    void publish(std::size_t text_bytes, wire::Lane lane = wire::LANE_ROUTINE) {
        const log::Offset offset{2, ++published_};
        wire::Entry entry;
        entry.mutable_event()->set_offset(log::to_text(offset));
        entry.mutable_event()->set_lane(lane);
        entry.mutable_event()->mutable_notice()->set_text(std::string(text_bytes, 'x'));
        auto made = std::make_shared<fanout::Entry>();
        made->offset = offset;
        made->lane = lane;
        made->deliveries.push_back({fanout::key_of({kStation, store::v1::VIEW_OFFICER}),
                                    store::v1::VIEW_OFFICER,
                                    frame_of(entry)});
        made->bytes = made->deliveries.front().frame->binary().size();
        auto batch = std::make_shared<fanout::Batch>();
        batch->after = last_;
        batch->to = last_ = offset;
        batch->entries.push_back(std::move(made));
        shard->on_batch(std::move(batch));
    }
    void change_rights(fanout::RightsChange change) {
        auto batch = std::make_shared<fanout::Batch>();
        batch->after = last_;
        batch->to = last_ = {2, ++published_};
        batch->rights.push_back(std::move(change));
        shard->on_batch(std::move(batch));
    }

    ShardSettings settings;
    std::shared_ptr<Seats> seats = std::make_shared<Seats>(1'000, 100);
    FakeDistrict district;
    FakeDoorkeeper doorkeeper;
    bool has_door = false;
    std::unique_ptr<Shard> shard;
    std::uint16_t port = 0;

private:
    log::Offset last_{1, 0};
    std::uint64_t published_ = 0;
};

struct Message {
    int opcode = 0;
    bool fin = true;
    std::string payload;

    int close_code() const {
        return opcode != 8 || payload.size() < 2 ? 0
                                                 : static_cast<unsigned char>(payload[0]) << 8 |
                                                       static_cast<unsigned char>(payload[1]);
    }
};

// Speaks TCP, HTTP and WebSocket as badly as a test wants.
class Client {
public:
    explicit Client(std::uint16_t port, int receive_buffer = 0) {
        fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (receive_buffer > 0) {
            ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
        }
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
            drop();
        }
    }
    Client(Client&& other) noexcept
        : fd_(std::exchange(other.fd_, -1)), read_(std::move(other.read_)) {}
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    ~Client() { drop(); }

    void drop() {
        if (fd_ >= 0) {
            ::close(fd_);
            fd_ = -1;
        }
    }
    // False when the hub has closed.
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) {
                return false;
            }
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    // Sends as much as goes without waiting.
    bool try_send(std::string_view bytes) {
        return ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT) > 0 ||
               errno == EAGAIN;
    }
    // Adds what comes to the bytes read; false at the end, or when nothing came in time.
    bool read_more(milliseconds patience = kPatience) {
        if (fd_ < 0) {
            return false;
        }
        pollfd wait{fd_, POLLIN, 0};
        if (::poll(&wait, 1, static_cast<int>(patience.count())) <= 0) {
            timed_out_ = true;
            return false;
        }
        std::array<char, 65'536> buffer;
        const auto got = ::recv(fd_, buffer.data(), buffer.size(), 0);
        if (got <= 0) {
            return false;
        }
        read_.append(buffer.data(), static_cast<std::size_t>(got));
        return true;
    }
    std::string read_to_end() {
        while (read_more()) {
        }
        return std::exchange(read_, {});
    }
    bool timed_out() const { return timed_out_; }
    void forget_timeout() { timed_out_ = false; }
    // What was read and not taken.
    const std::string& peek() const { return read_; }
    // One answer on a connection that stays: as much as comes at once.
    std::string ask_once(const std::string& request) {
        send(request);
        read_more();
        return std::exchange(read_, {});
    }

    // The answer's head and body; of an upgrade the head only.
    std::string ask(const std::string& request) {
        send(request);
        for (;;) {
            const auto head = read_.find("\r\n\r\n");
            if (head != read_.npos && read_.starts_with("HTTP/1.1 101")) {
                std::string answer = read_.substr(0, head + 4);
                read_.erase(0, head + 4);
                return answer;
            }
            if (!read_more()) {
                return std::exchange(read_, {});
            }
        }
    }

    static std::string upgrade_request(const std::string& token,
                                       const std::string& protocol = "tocsin.v1",
                                       const std::string& more = {}) {
        return "GET /v1/connect HTTP/1.1\r\nHost: hub\r\nUpgrade: websocket\r\nConnection: "
               "Upgrade\r\n"
               "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
               (protocol.empty() ? "" : "Sec-WebSocket-Protocol: " + protocol + "\r\n") +
               (token.empty() ? "" : "Authorization: Bearer " + token + "\r\n") + more + "\r\n";
    }
    bool upgrade(const std::string& token = "volunteer-token",
                 const std::string& protocol = "tocsin.v1") {
        return ask(upgrade_request(token, protocol)).starts_with("HTTP/1.1 101");
    }

    static std::string frame(int opcode, std::string_view payload, bool fin = true) {
        std::string bytes(1, static_cast<char>((fin ? 0x80 : 0) | opcode));
        if (payload.size() < 126) {
            bytes += static_cast<char>(0x80 | payload.size());
        } else if (payload.size() < 65'536) {
            bytes += static_cast<char>(0x80 | 126);
            bytes += static_cast<char>(payload.size() >> 8);
            bytes += static_cast<char>(payload.size() & 0xff);
        } else {
            bytes += static_cast<char>(0x80 | 127);
            for (int shift = 56; shift >= 0; shift -= 8) {
                bytes += static_cast<char>(payload.size() >> shift & 0xff);
            }
        }
        constexpr std::array<char, 4> kMask = {1, 2, 3, 4};
        bytes.append(kMask.data(), kMask.size());
        for (std::size_t i = 0; i < payload.size(); ++i) {
            bytes += static_cast<char>(payload[i] ^ kMask[i % 4]);
        }
        return bytes;
    }
    bool say(const wire::ClientMessage& message) {
        return send(frame(2, message.SerializeAsString()));
    }

    // The next frame; null at the end or when none came in time.
    std::optional<Message> next(milliseconds patience = kPatience) {
        for (;;) {
            if (auto message = take_frame()) {
                return message;
            }
            if (!read_more(patience)) {
                return std::nullopt;
            }
        }
    }
    // The next entry in binary messages, pongs and pings skipped; an empty one at a close or the
    // end.
    wire::Entry next_entry() {
        while (entries_.empty()) {
            const auto message = next();
            if (!message || message->opcode == 8) {
                last_close_ = message ? message->close_code() : 0;
                return {};
            }
            wire::ServerMessage parsed;
            if (message->opcode == 2 && parsed.ParseFromString(message->payload)) {
                for (const wire::Entry& entry : parsed.entries()) {
                    entries_.push_back(entry);
                }
            }
        }
        wire::Entry entry = entries_.front();
        entries_.pop_front();
        return entry;
    }
    // Reads to the close frame, answers it, reads to the end; its code, or 0 when none came.
    int read_close_code() {
        int code = std::exchange(last_close_, 0);
        while (code == 0) {
            const auto message = next();
            if (!message) {
                return 0;
            }
            code = message->close_code();
        }
        send(frame(8, std::string{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)}));
        while (read_more()) {
        }
        return code;
    }
    void subscribe() {
        wire::ClientMessage message;
        message.set_request_id(1);
        message.mutable_subscribe();
        say(message);
    }

private:
    std::optional<Message> take_frame() {
        if (read_.size() < 2) {
            return std::nullopt;
        }
        const auto byte = [this](std::size_t i) { return static_cast<unsigned char>(read_[i]); };
        std::size_t head = 2;
        std::uint64_t length = byte(1) & 0x7f;
        if (length >= 126) {
            const std::size_t more = length == 126 ? 2 : 8;
            if (read_.size() < head + more) {
                return std::nullopt;
            }
            length = 0;
            for (std::size_t i = 0; i < more; ++i) {
                length = length << 8 | byte(head + i);
            }
            head += more;
        }
        if (read_.size() < head + length) {
            return std::nullopt;
        }
        Message message{byte(0) & 0x0f, (byte(0) & 0x80) != 0, read_.substr(head, length)};
        read_.erase(0, head + length);
        return message;
    }

    int fd_ = -1;
    bool timed_out_ = false;
    std::string read_;
    std::deque<wire::Entry> entries_;
    int last_close_ = 0;
};

}  // namespace tocsin::net::test
