#pragma once
// Stretches of the log behind the windows, for subscribers that fell off: read one at a time, so
// that those who are live do not notice, shared by all who need them, and kept as long as they fit
// into a bound for all of them together. Owned by the district's thread.

#include <cstddef>
#include <deque>
#include <expected>
#include <functional>
#include <map>
#include <vector>

#include "hub/fanout/batch.hpp"

namespace tocsin::session {

enum class NoStretch {
    gone,         // the log does not reach back to the offset: the asker is told so
    unavailable,  // the store cannot say: it is asked again with the next tick()
};
using StretchResult = std::expected<fanout::BatchPtr, NoStretch>;

class Histories {
public:
    // Reads the stretch after an offset; calls back once, at once or later.
    using Read =
        std::function<void(log::Offset after, std::move_only_function<void(StretchResult)>)>;
    using Answer = std::move_only_function<void(fanout::BatchPtr)>;

    Histories(Read read, std::size_t most_bytes);

    // A stretch that holds all that the log has after this offset, up to its end; it may begin
    // before it. Null: the log no longer has that. Lowest offsets first, whoever waits for a place
    // in a stretch that was read for another gets that one.
    void ask(log::Offset after, Answer answer);
    void tick();
    // The log is another one.
    void forget();

    std::size_t bytes() const { return bytes_; }

private:
    fanout::BatchPtr find(log::Offset after);
    void read_on();
    void on_read(log::Offset after, StretchResult result);
    void keep(const fanout::BatchPtr& stretch);

    const Read read_;
    const std::size_t most_bytes_;
    std::deque<fanout::BatchPtr> kept_;  // latest used last
    std::size_t bytes_ = 0;              // of those
    std::map<log::Offset, std::vector<Answer>> waiting_;
    bool reading_ = false;
    bool store_away_ = false;
    bool in_read_on_ = false;
};

}  // namespace tocsin::session
