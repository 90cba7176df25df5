#include "hub/session/watchman.hpp"

#include <algorithm>

#include "hub/domain/shift.hpp"
#include "hub/log/digest.hpp"

namespace tocsin::session {

namespace {

constexpr std::int64_t kSoonestMs = 20;
// A timer that could not be dealt with is tried again after so long.
constexpr std::int64_t kRetryMs = 1'000;
// One whose incident this hub cannot read (a newer hub's) is another hub's to deal with.
constexpr std::int64_t kLeaveAloneMs = 60'000;
constexpr std::int64_t kUnderWayMs = 30'000;
constexpr std::int64_t kHandOnEveryMs = 500;

}  // namespace

Watchman::Watchman(log::Store& store,
                   log::Fold& fold,
                   log::Decider& decider,
                   const log::Clock& clock,
                   const domain::Random& random)
    : store_(store), fold_(fold), decider_(decider), clock_(clock), random_(random) {}

void Watchman::start_anew() {
    ++generation_;
    asking_ = false;
    under_way_.clear();
    next_ask_ms_ = 0;
}

void Watchman::tick() {
    if (!fold_.started() || !fold_.tail_well() || asking_) {
        return;
    }
    const std::int64_t now = clock_();
    next_ask_ms_ = std::min(next_ask_ms_, now + kAskEveryMs);  // the clock was put back
    std::erase_if(under_way_, [&](const auto& entry) {
        return entry.second <= now || entry.second > now + kLeaveAloneMs;
    });
    if (now >= next_ask_ms_) {
        ask();
    }
    next_hand_on_ms_ = std::min(next_hand_on_ms_, now + kHandOnEveryMs);
    if (now >= next_hand_on_ms_ && fold_.state().revision() != handed_on_revision_) {
        next_hand_on_ms_ = now + kHandOnEveryMs;
        handed_on_revision_ = fold_.state().revision();
        hand_on();
    }
}

void Watchman::hand_on() {
    const domain::State& state = fold_.state();
    const domain::Circumstances circumstances{clock_(), random_};
    for (const domain::store::Incident* incident : state.incidents()) {
        const std::string text = "taking over " + incident->id();
        if (under_way_.contains(text) ||
            !domain::decide_taking_over(state, incident->id(), circumstances)) {
            continue;
        }
        under_way_[text] = clock_() + kUnderWayMs;
        decider_.conclude(
            [this, id = incident->id()](const domain::State& now_so, std::int64_t now_ms) {
                return domain::decide_taking_over(
                    now_so, id, domain::Circumstances{now_ms, random_});
            },
            [this, text, generation = generation_](const auto&) {
                if (generation == generation_) {
                    under_way_[text] = clock_() + kRetryMs;
                    handed_on_revision_ = 0;
                }
            });
    }
}

void Watchman::ask() {
    asking_ = true;
    store_.due_timers(
        kAtOnce, [this, generation = generation_](const log::StoreResult<log::DueTimers>& due) {
            if (generation != generation_) {
                return;
            }
            asking_ = false;
            next_ask_ms_ = clock_() + kAskEveryMs;
            if (due) {
                on_due(*due);
            }
        });
}

void Watchman::on_due(const log::DueTimers& due) {
    bool any_new = false;
    for (const std::string& text : due.names) {
        if (!under_way_.contains(text)) {
            any_new = true;
            fire(text);
        }
    }
    if (std::ssize(due.names) == kAtOnce && any_new) {
        next_ask_ms_ = clock_() + kSoonestMs;
    } else if (due.next_ms) {
        next_ask_ms_ = clock_() + std::clamp(*due.next_ms, kSoonestMs, kAskEveryMs);
    }
}

void Watchman::fire(const std::string& text) {
    const auto timer = domain::to_timer_name(text);
    if (!timer) {
        under_way_[text] = clock_() + kLeaveAloneMs;  // a newer hub's
        return;
    }
    conclude(text, *timer, {});
}

void Watchman::escalate_now(const domain::TimerName& timer, const domain::Cause& cause) {
    const std::string text = to_text(timer);
    if (!under_way_.contains(text)) {
        conclude(text, timer, cause);
    }
}

void Watchman::conclude(const std::string& text,
                        const domain::TimerName& timer,
                        const domain::Cause& cause) {
    under_way_[text] = clock_() + kUnderWayMs;
    const bool is_deadline = cause.reason == domain::wire::ESCALATION_REASON_DEADLINE;
    decider_.conclude(
        [this, text, timer, cause](const domain::State& state,
                                   std::int64_t now_ms) -> std::optional<domain::Decision> {
            auto decision = domain::decide_escalation(
                state, timer, cause, domain::Circumstances{now_ms, random_});
            if (decision) {
                decision->event.set_command_id(log::derived_id("escalate\n" + text));
            }
            return decision;
        },
        [this, text, timer, is_deadline, generation = generation_](
            const domain::Result<domain::wire::Receipt>& receipt) {
            if (generation != generation_) {
                return;
            }
            under_way_[text] = clock_() + kRetryMs;
            if (!receipt) {
                return;
            }
            if (!receipt->offset().empty()) {
                ++(is_deadline ? stats_.by_deadline : stats_.unattended);
            } else if (is_deadline) {
                look_closer(text, timer);
            }
        });
}

void Watchman::look_closer(const std::string& text, const domain::TimerName& timer) {
    fold_.catch_up([this, text, timer, generation = generation_](bool caught_up) {
        if (!caught_up || generation != generation_) {
            return;
        }
        if (fold_.state().incident(timer.incident_id) != nullptr) {
            settle(text, timer);
            return;
        }
        fold_.load("incident/" + timer.incident_id, [this, text, timer, generation](bool had) {
            if (had && generation == generation_) {
                settle(text, timer);
            }
        });
    });
}

void Watchman::settle(const std::string& text, const domain::TimerName& timer) {
    if (domain::is_stale(fold_.state(), timer)) {
        drop(text);
    } else if (fold_.state().incident(timer.incident_id) == nullptr) {
        under_way_[text] = clock_() + kLeaveAloneMs;
    }
}

void Watchman::drop(const std::string& text) {
    store_.drop_timer(text, [this](const log::StoreResult<bool>& dropped) {
        stats_.dropped += dropped && *dropped;
    });
}

}  // namespace tocsin::session
