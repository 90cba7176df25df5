#include "publisher.hpp"

#include <stdexcept>

#include "processes.hpp"

namespace tocsin::load {
namespace {

constexpr int kUnansweredALink = 32;
// Nobody gets further ahead of the slowest subscriber than this.
constexpr std::uint64_t kMostIncomplete = 4'096;

}  // namespace

int Publisher::links_for(const Pace& pace) {
    return pace.rate > 0 ? 1 : (pace.in_flight + kUnansweredALink - 1) / kUnansweredALink;
}

Publisher::Publisher(Loop& loop, Dialect& dialect, Ledger& ledger, const Pace& pace, int channels)
    : loop_(loop), ledger_(ledger), pace_(pace), channels_(channels) {
    constexpr std::uint32_t kIndexes = 2'000'000;  // addresses of their own
    const int links = links_for(pace);
    numbers_.resize(static_cast<std::size_t>(links));
    for (int i = 0; i < links; ++i) {
        links_.push_back(
            std::make_unique<Link>(loop, dialect, *this, kIndexes + static_cast<std::uint32_t>(i)));
        links_.back()->publishes = true;
    }
    ledger_.on_complete = [this](std::uint64_t) {
        if (pace_.until == Until::delivered) {
            --undone_;
        }
        pump();
    };
}

void Publisher::connect(std::uint16_t port, const std::string& token) {
    constexpr std::int64_t kPatienceUs = 20'000'000;
    for (auto& numbers : numbers_) {
        numbers.clear();
    }
    for (auto& link : links_) {
        link->token = token;
        link->connect(port);
    }
    if (!loop_.run_until([this] { return open_ == links_.size(); }, now_us() + kPatienceUs)) {
        throw std::runtime_error("the publisher is not let in");
    }
}

void Publisher::close() {
    for (auto& link : links_) {
        link->close();
    }
    open_ = 0;
}

std::uint64_t Publisher::post(int channel, Lane lane) {
    const std::size_t which = posted_++ % links_.size();
    const std::int64_t readers = readers_of ? readers_of(channel) : 0;
    const std::uint64_t number = ledger_.add(static_cast<int>(which), channel, lane, readers);
    numbers_[which].push_back(number);
    ++unstored_;
    ++undone_;
    Post post{.request = numbers_[which].size(),
              .channel = channel,
              .lane = lane,
              .text = marked(ledger_.run(), number, text_bytes)};
    ledger_.set_sent(number, now_us());
    links_[which]->dialect().publish(*links_[which], post);
    return number;
}

void Publisher::post_next() {
    alarms_ += pace_.alarm_share;
    Lane lane = kRoutine;
    if (alarms_ >= 1) {
        alarms_ -= 1;
        lane = kAlarm;
    }
    --most_;
    post(static_cast<int>(posted_ % static_cast<std::uint64_t>(channels_)), lane);
}

void Publisher::start(std::uint64_t most) {
    running_ = true;
    most_ = most;
    next_us_ = static_cast<double>(now_us());
    ++starts_;
    if (pace_.rate > 0) {
        tick(starts_);
    } else {
        pump();
    }
}

void Publisher::pump() {
    if (pace_.rate > 0 || pumping_) {
        return;
    }
    pumping_ = true;
    while (running_ && most_ > 0 && undone_ < static_cast<std::uint64_t>(pace_.in_flight) &&
           ledger_.published() - ledger_.complete() < kMostIncomplete) {
        post_next();
    }
    running_ = running_ && most_ > 0;
    pumping_ = false;
}

void Publisher::tick(std::uint64_t start) {
    if (!running_ || start != starts_) {
        return;
    }
    const auto now = static_cast<double>(now_us());
    while (most_ > 0 && next_us_ <= now) {
        late += now - next_us_ >= 1'000 ? 1u : 0u;
        post_next();
        next_us_ += 1e6 / pace_.rate;
    }
    running_ = most_ > 0;
    loop_.at(static_cast<std::int64_t>(next_us_), [this, start] { tick(start); });
}

void Publisher::on_open(Link&) {
    ++open_;
}

void Publisher::on_stored(Link& link, std::uint64_t request) {
    for (std::size_t i = 0; i < links_.size(); ++i) {
        if (links_[i].get() == &link && request >= 1 && request <= numbers_[i].size()) {
            const std::uint64_t number = numbers_[i][request - 1];
            --unstored_;
            // What nobody reads is delivered when it is stored.
            if (pace_.until == Until::stored || ledger_.event(number).wanted == 0) {
                --undone_;
            }
            if (stored_latency != nullptr) {
                stored_latency->add(now_us() - ledger_.event(number).sent_us);
            }
            if (on_stored_number) {
                on_stored_number(number);
            }
        }
    }
    pump();
}

void Publisher::on_entry(Link&, const wire::Entry& entry) {
    if (entry.has_refusal()) {
        throw std::runtime_error("a command was refused: " + entry.refusal().code() + " " +
                                 entry.refusal().field() + " " + entry.refusal().message());
    }
}

void Publisher::on_closed(Link&, const std::string& why) {
    throw std::runtime_error("the publisher: " + why);
}

}  // namespace tocsin::load
