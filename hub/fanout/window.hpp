#pragma once
// The recent stretch of the log in memory, indexed by feed: what a subscriber that is nearly up to
// date reads from. One per shard, used by its thread only.

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

#include "hub/fanout/batch.hpp"

namespace tocsin::fanout {

// How far a subscriber has come in each lane.
struct Position {
    log::Offset alarm;
    log::Offset routine;
    log::Offset& of(tocsin::v1::Lane lane) {
        return lane == tocsin::v1::LANE_ALARM ? alarm : routine;
    }
    log::Offset of(tocsin::v1::Lane lane) const {
        return lane == tocsin::v1::LANE_ALARM ? alarm : routine;
    }
    friend bool operator==(const Position&, const Position&) = default;
};

struct WindowBounds {
    std::size_t bytes = 64u << 20;
    std::int64_t age_ms = 10 * 60 * 1000;
    std::size_t entries = 200'000;
};

class Window {
public:
    explicit Window(WindowBounds bounds) : bounds_(bounds) {}

    // Takes up the next stretch; batch.after must be head(), or the window is empty and starts
    // there. Drops what is over the bounds, oldest first.
    void append(const Batch& batch, std::int64_t now_ms);
    // Forgets everything and starts anew after an offset (a new epoch).
    void restart(log::Offset after);

    log::Offset head() const { return head_; }
    // Every entry after this offset, up to head(), is here.
    log::Offset begins_after() const { return begins_after_; }
    bool covers(log::Offset position) const { return position >= begins_after_; }
    std::size_t bytes() const { return bytes_; }
    std::size_t size() const { return entries_.size(); }

    // Adds to `out` the next frames of one lane for a reader of these feeds after `position`, in
    // order of offset, each entry once in its richest view, until `max_frames` or `max_bytes` is
    // reached (at least one frame is added where there is one), and moves `position` behind what
    // was added; to head() where nothing more is there. `position` must be covered.
    void gather(const std::vector<FeedKey>& feeds,
                tocsin::v1::Lane lane,
                log::Offset& position,
                std::size_t max_frames,
                std::size_t max_bytes,
                std::vector<FramePtr>& out) const;

    // Whether gather would find a frame.
    bool waiting(const std::vector<FeedKey>& feeds,
                 tocsin::v1::Lane lane,
                 log::Offset position) const;

private:
    struct Item {
        log::Offset offset;
        int richness;
        FramePtr frame;
    };
    struct Lanes {
        std::deque<Item> alarm;
        std::deque<Item> routine;
    };
    struct Kept {
        EntryPtr entry;
        std::int64_t since_ms;
    };

    void drop_oldest();

    WindowBounds bounds_;
    std::deque<Kept> entries_;
    std::unordered_map<FeedKey, Lanes> index_;
    log::Offset begins_after_;
    log::Offset head_;
    std::size_t bytes_ = 0;
};

// The same for a stretch read back from the store.
void gather(const Batch& stretch,
            const std::vector<FeedKey>& feeds,
            tocsin::v1::Lane lane,
            log::Offset& position,
            std::size_t max_frames,
            std::size_t max_bytes,
            std::vector<FramePtr>& out);

}  // namespace tocsin::fanout
