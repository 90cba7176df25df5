#pragma once
// Sees to it that what is due happens: asks the store for the timers that are due, and has them
// fire. Every hub does so; that each fires once and none early, the store's commit sees to. Owned
// by the district's thread.

#include <cstdint>
#include <map>
#include <string>

#include "hub/domain/clocks.hpp"
#include "hub/log/decider.hpp"
#include "hub/log/fold.hpp"
#include "hub/log/store.hpp"

namespace tocsin::session {

struct WatchmanStats {
    std::uint64_t by_deadline = 0;
    std::uint64_t unattended = 0;
    std::uint64_t dropped = 0;
};

class Watchman {
public:
    // A timer is looked for this often at least.
    static constexpr std::int64_t kAskEveryMs = 1'000;
    static constexpr int kAtOnce = 256;

    // All outlive this.
    Watchman(log::Store& store,
             log::Fold& fold,
             log::Decider& decider,
             const log::Clock& clock,
             const domain::Random& random);

    // At least ten times a second.
    void tick();
    // The log is another one, or was loaded anew.
    void start_anew();

    // Escalates without waiting: nobody attends at a desk that should acknowledge.
    void escalate_now(const domain::TimerName& timer, const domain::Cause& cause);

    const WatchmanStats& stats() const { return stats_; }

private:
    void ask();
    void on_due(const log::DueTimers& due);
    void fire(const std::string& text);
    void conclude(const std::string& text,
                  const domain::TimerName& timer,
                  const domain::Cause& cause);
    // A timer that comes to nothing: is it really nothing's, or is only the fold behind?
    void look_closer(const std::string& text, const domain::TimerName& timer);
    void settle(const std::string& text, const domain::TimerName& timer);
    void drop(const std::string& text);
    // Incidents of those whose shift is over go to whoever took over.
    void hand_on();

    log::Store& store_;
    log::Fold& fold_;
    log::Decider& decider_;
    const log::Clock& clock_;
    const domain::Random& random_;

    // Timers under way, and until when they are left alone at the latest.
    std::map<std::string, std::int64_t, std::less<>> under_way_;
    bool asking_ = false;
    std::uint64_t generation_ = 0;
    std::int64_t next_ask_ms_ = 0;
    std::int64_t next_hand_on_ms_ = 0;
    std::uint64_t handed_on_revision_ = 0;
    WatchmanStats stats_;
};

}  // namespace tocsin::session
