#pragma once
// The recent stretch of the log in memory, indexed by feed: what a subscriber that is nearly up to
// date reads from. One per shard, used by its thread only.

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

#include "hub/fanout/batch.hpp"
#include "hub/fanout/bundle.hpp"

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

// How much is taken in one go; at least one frame is, where there is one.
struct Portion {
    std::size_t frames = 0;
    std::size_t bytes = 0;
    friend bool operator==(const Portion&, const Portion&) = default;
};

class Window {
    struct Lanes;

public:
    explicit Window(WindowBounds bounds) : bounds_(bounds) {}
    Window(const Window&) = delete;
    Window& operator=(const Window&) = delete;

    // Takes up the next stretch; batch.after must be head(), or the window is empty and starts
    // there. What was said of a notice whose words may not be read any more is put in its place.
    // Drops what is over the bounds, oldest first.
    void append(const Batch& batch, std::int64_t now_ms);
    // Forgets everything and starts anew after an offset (a new epoch).
    void restart(log::Offset after);

    log::Offset head() const { return head_; }
    // Every entry after this offset, up to head(), is here.
    log::Offset begins_after() const { return begins_after_; }
    bool covers(log::Offset position) const { return position >= begins_after_; }
    std::size_t bytes() const { return bytes_; }
    std::size_t size() const { return entries_.size(); }

    // A reader's feeds, looked up once. Outlives neither the window nor its use.
    class Reading {
        friend class Window;
        std::vector<std::shared_ptr<Lanes>> feeds_;
    };
    Reading read(const std::vector<FeedKey>& feeds);

    // The next frames of one lane for this reader after `position`, in order of offset, each entry
    // once in its richest view, and moves `position` behind them; to head() where nothing more is
    // there. Null: there is none. Readers that get the same share it, until forget_bundles().
    // `position` must be covered.
    BundlePtr next(const Reading& reading,
                   tocsin::v1::Lane lane,
                   log::Offset& position,
                   Portion most);
    // Whether next() would find a frame.
    bool waiting(const Reading& reading, tocsin::v1::Lane lane, log::Offset position) const;
    // Keeps no bundle alive beyond a round.
    void forget_bundles();

    // next() and waiting() for whoever asks once: adds to `out`.
    void gather(const std::vector<FeedKey>& feeds,
                tocsin::v1::Lane lane,
                log::Offset& position,
                std::size_t max_frames,
                std::size_t max_bytes,
                std::vector<FramePtr>& out) const;
    bool waiting(const std::vector<FeedKey>& feeds,
                 tocsin::v1::Lane lane,
                 log::Offset position) const;

private:
    struct Item {
        log::Offset offset;
        int richness;
        FramePtr frame;
    };
    // A feed's items in one lane, in order of offset.
    class Queue {
    public:
        bool empty() const { return first_ == items_.size(); }
        log::Offset last() const { return items_.back().offset; }
        const Item* end() const { return items_.data() + items_.size(); }
        // The first item after an offset; end() where there is none.
        const Item* after(log::Offset position) const;
        // The frame at an offset; null where there is none.
        FramePtr* at(log::Offset offset);
        void push(Item item) { items_.push_back(std::move(item)); }
        void pop();
        void clear();

    private:
        std::vector<Item> items_;
        std::size_t first_ = 0;
    };
    struct Lanes {
        Queue alarm;
        Queue routine;
        Queue& of(tocsin::v1::Lane lane) {
            return lane == tocsin::v1::LANE_ALARM ? alarm : routine;
        }
        const Queue& of(tocsin::v1::Lane lane) const {
            return lane == tocsin::v1::LANE_ALARM ? alarm : routine;
        }
    };
    struct Kept {
        EntryPtr entry;
        std::int64_t since_ms;
    };
    // Where a reader stands in one of its feeds that has something for it.
    struct Source {
        const Item* next;
        const Item* end;
        friend bool operator==(const Source&, const Source&) = default;
    };
    // What was asked for in this round, and what came of it.
    struct Asked {
        std::vector<Source> sources;
        Portion most;
        BundlePtr bundle;  // null: nothing was asked here yet
        log::Offset to;
    };
    static constexpr std::size_t kAskedMost = 64;

    void drop_oldest();
    void withhold(const tocsin::store::v1::Notice& now, std::int64_t now_ms);
    void sweep();
    log::Offset merge(std::vector<Source>& sources, Portion most, std::vector<FramePtr>& out) const;

    WindowBounds bounds_;
    std::deque<Kept> entries_;
    // A feed stays while something is in it or somebody reads it.
    std::unordered_map<FeedKey, std::shared_ptr<Lanes>> index_;
    std::size_t sweep_at_ = 1'024;  // feeds
    log::Offset begins_after_;
    log::Offset head_;
    std::size_t bytes_ = 0;

    std::vector<Source> sources_;  // scratch
    std::array<Asked, kAskedMost> asked_;
    bool any_asked_ = false;
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
