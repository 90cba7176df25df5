#pragma once
// One connection to Redis that is made, watched and made again: commands out, answers back in their
// order, a deadline for each. Not thread safe: everything happens on the executor's one thread, and
// every answer comes later, never from inside a call.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <expected>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hub/redis/reply.hpp"
#include "hub/redis/stream.hpp"

namespace tocsin::redis {

// Unpredictable 64-bit numbers.
using Random = std::function<std::uint64_t()>;

// Why a command has no answer.
enum class Lost {
    never_sent,  // not connected, or the connection went before the command was given to it:
                 // nothing happened
    no_answer,   // the connection went afterwards, or the deadline passed: it may have happened
};

class Connection : public std::enable_shared_from_this<Connection> {
public:
    using Answer = std::move_only_function<void(std::expected<Reply, Lost>)>;

    struct Settings {
        Endpoint endpoint;
        std::chrono::milliseconds timeout{2000};   // for connecting, and for each command
        std::chrono::milliseconds first_wait{20};  // before connecting again; doubles, with jitter
        std::chrono::milliseconds longest_wait{500};
        // Once it is up, what comes while something is unanswered waits, and then travels together.
        bool one_round_at_a_time = false;
        Random random;
    };
    // Called on the executor; none after stop().
    struct Hooks {
        // Connected and authenticated: ask what is to be asked first (send_first), then accept() or
        // drop(). Without this hook the connection is accepted at once.
        std::function<void()> prepare;
        std::function<void()> on_up;
        // It went, or could not be made; it will be tried again.
        std::function<void(const std::string& reason)> on_down;
        // It is up, and what is sent now goes out at once: for whoever gathers until then. Called
        // for wake() and before each round.
        std::function<void()> gather = {};
    };

    Connection(const boost::asio::any_io_executor& executor, Settings settings, Hooks hooks);
    ~Connection();

    void start();
    // Closes for good; what is under way is answered Lost.
    void stop();
    bool is_up() const { return phase_ == Phase::up; }

    // The command must be answered within the timeout and `wait`, the time that it may block in
    // Redis. Commands of one turn of the loop travel in one write. An answer that ends_connection()
    // is given, and then the connection dropped.
    void send(std::span<const std::string> command, std::chrono::milliseconds wait, Answer answer);
    void send(std::span<const std::string> command, Answer answer) {
        send(command, std::chrono::milliseconds(0), std::move(answer));
    }

    // The same for one command that is in Redis's form already.
    void send_formed(std::string_view command, Answer answer);
    // Calls the gather hook, later, as soon as it may send.
    void wake();

    // For the prepare hook.
    void send_first(std::span<const std::string> command, Answer answer);
    void accept();
    void drop(std::string reason);

private:
    enum class Phase { idle, waiting, connecting, preparing, up, stopped };
    using Clock = std::chrono::steady_clock;
    struct Pending {
        Clock::time_point deadline;
        Answer answer;
    };
    // All that belongs to one attempt. Operations hold it, so that what was closed under them stays
    // in memory, and compare it with wire_, so that they know that it was.
    struct Wire;
    using WirePtr = std::shared_ptr<Wire>;
    static constexpr std::size_t kMostOutgoingBytes =
        64u << 20;  // then commands are refused: Redis does not keep up

    void connect();
    void on_open(const std::string& problem);
    void authenticate();
    void prepare();
    void enqueue(std::span<const std::string> command,
                 std::chrono::milliseconds wait,
                 Answer answer);
    void await(std::chrono::milliseconds wait, Answer answer);
    void refuse(Answer answer);
    void flush();
    void read();
    void on_read(const WirePtr& wire, std::size_t size);
    void on_reply(Reply reply, std::string& end);
    void give(Reply reply, std::string& end);
    void watch();
    void close(std::string reason);
    void connect_later();

    boost::asio::any_io_executor executor_;
    Settings settings_;
    Hooks hooks_;
    Phase phase_ = Phase::idle;
    WirePtr wire_;  // null: not connected, nor about to be
    std::deque<Pending> pending_;
    std::size_t unsent_ = 0;  // how many of the last pending ones are still in outgoing_
    std::string outgoing_;
    bool is_writing_ = false;
    bool flush_posted_ = false;
    boost::asio::steady_timer deadline_;
    bool is_watching_ = false;
    boost::asio::steady_timer retry_;
    std::chrono::milliseconds next_wait_;
    Clock::time_point up_since_;
};

}  // namespace tocsin::redis
