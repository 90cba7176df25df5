#pragma once
// Publishes: so many events a second, or so many at a time.

#include <memory>
#include <string>
#include <vector>

#include "ledger.hpp"
#include "link.hpp"

namespace tocsin::load {

// When an event counts as done, for those who keep so many in flight.
enum class Until {
    stored,     // the server has said so
    delivered,  // and the last subscriber has it
};

struct Pace {
    double rate = 0;    // events a second; 0: as fast as `in_flight` allows
    int in_flight = 1;  // not done, at the most
    Until until = Until::stored;
    double alarm_share = 0;  // of all events, evenly spread
};

class Publisher final : public Hearer {
public:
    // A hub reads at most 32 unanswered requests of a connection: this has as many links as that
    // takes, in turn.
    static int links_for(const Pace& pace);

    Publisher(Loop& loop, Dialect& dialect, Ledger& ledger, const Pace& pace, int channels);

    // Throws std::runtime_error where it is not let in.
    void connect(std::uint16_t port, const std::string& token);
    // How many readers an event of this channel has.
    std::function<std::int64_t(int channel)> readers_of;
    std::size_t text_bytes = 64;
    std::function<void(std::uint64_t number)> on_stored_number;
    Histogram* stored_latency = nullptr;  // null: not measured now

    // One event, now.
    std::uint64_t post(int channel, Lane lane);
    // From now on, until stop() or `most` were posted.
    void start(std::uint64_t most = UINT64_MAX);
    void stop() { running_ = false; }
    bool is_running() const { return running_; }
    // Everything posted is stored, and delivered to all.
    bool is_idle() const { return unstored_ == 0 && ledger_.complete() == ledger_.published(); }
    std::uint64_t unstored() const { return unstored_; }
    std::uint64_t late = 0;  // by rate: posted a millisecond or more after its time
    void close();

private:
    void on_open(Link&) override;
    void on_stored(Link& link, std::uint64_t request) override;
    void on_entry(Link&, const wire::Entry& entry) override;
    void on_closed(Link&, const std::string& why) override;
    void post_next();
    void pump();
    void tick(std::uint64_t start);

    Loop& loop_;
    Ledger& ledger_;
    const Pace pace_;
    const int channels_;
    std::vector<std::unique_ptr<Link>> links_;
    std::vector<std::vector<std::uint64_t>> numbers_;  // by link, by request - 1
    std::size_t open_ = 0;
    std::uint64_t posted_ = 0;
    std::uint64_t unstored_ = 0;
    std::uint64_t undone_ = 0;
    std::uint64_t most_ = 0;
    std::uint64_t starts_ = 0;
    bool running_ = false;
    bool pumping_ = false;
    double next_us_ = 0;
    double alarms_ = 0;
};

}  // namespace tocsin::load
