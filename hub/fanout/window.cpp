#include "hub/fanout/window.hpp"

#include <algorithm>
#include <map>

#include "hub/fanout/encode.hpp"

namespace tocsin::fanout {

namespace {

using tocsin::v1::Lane;

// What an entry costs beside its frames: its own record and one index item for each delivery,
// roughly.
constexpr std::size_t kEntryOverhead = 128;
constexpr std::size_t kDeliveryOverhead = 48;

std::size_t cost_of(const Entry& entry) {
    return entry.bytes + kEntryOverhead + entry.deliveries.size() * kDeliveryOverhead;
}

}  // namespace

const Window::Item* Window::Queue::after(log::Offset position) const {
    // Most readers are near the end: looked for from there, in steps that double.
    const Item* const begin = items_.data() + first_;
    const Item* high = end();
    std::ptrdiff_t step = 1;
    while (high != begin) {
        const Item* const low = high - std::min(step, high - begin);
        if (low->offset <= position) {
            return std::upper_bound(low, high, position, [](log::Offset at, const Item& item) {
                return at < item.offset;
            });
        }
        high = low;
        step *= 2;
    }
    return high;
}

FramePtr* Window::Queue::at(log::Offset offset) {
    const auto found =
        std::lower_bound(items_.begin() + static_cast<std::ptrdiff_t>(first_),
                         items_.end(),
                         offset,
                         [](const Item& item, log::Offset wanted) { return item.offset < wanted; });
    return found != items_.end() && found->offset == offset ? &found->frame : nullptr;
}

void Window::Queue::pop() {
    constexpr std::size_t kNotWorthMoving = 64;
    items_[first_++].frame.reset();
    if (empty()) {
        clear();
    } else if (first_ > kNotWorthMoving && first_ > items_.size() / 2) {
        items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(first_));
        first_ = 0;
    }
}

void Window::Queue::clear() {
    items_ = {};
    first_ = 0;
}

void Window::append(const Batch& batch, std::int64_t now_ms) {
    forget_bundles();
    if (entries_.empty() && head_ != batch.after) {
        restart(batch.after);
    }
    for (const EntryPtr& entry : batch.entries) {
        if (entry->offset <= head_) {
            continue;
        }
        if (entry->notice != nullptr && is_withheld(*entry->notice)) {
            withhold(*entry->notice, 0);
        }
        for (const Delivery& delivery : entry->deliveries) {
            auto& lanes = index_[delivery.feed];
            if (lanes == nullptr) {
                lanes = std::make_shared<Lanes>();
            }
            lanes->of(entry->lane).push({entry->offset, delivery.richness, delivery.frame});
        }
        bytes_ += cost_of(*entry);
        entries_.push_back({entry, now_ms});
        head_ = entry->offset;
    }
    head_ = std::max(head_, batch.to);
    for (const auto& notice : batch.over) {
        withhold(*notice, notice->notice().until_time_ms());
    }
    while (!entries_.empty() && (bytes_ > bounds_.bytes || entries_.size() > bounds_.entries ||
                                 entries_.front().since_ms < now_ms - bounds_.age_ms)) {
        drop_oldest();
    }
}

void Window::withhold(const tocsin::store::v1::Notice& now, std::int64_t now_ms) {
    for (const Kept& kept : entries_) {
        const Entry& entry = *kept.entry;
        if (entry.notice == nullptr || entry.notice->notice().id() != now.notice().id()) {
            continue;
        }
        std::map<const Frame*, FramePtr> replaced;  // by what it stands for: views share frames
        for (const Delivery& delivery : entry.deliveries) {
            FramePtr* frame = index_[delivery.feed]->of(entry.lane).at(entry.offset);
            if (frame == nullptr) {
                continue;
            }
            FramePtr& instead = replaced[frame->get()];
            if (instead == nullptr) {
                const auto view = static_cast<tocsin::store::v1::View>(delivery.richness);
                instead = withheld(**frame, now, view, now_ms);
            }
            if (instead != nullptr) {
                *frame = instead;
            }
        }
    }
}

void Window::restart(log::Offset after) {
    forget_bundles();
    entries_.clear();
    for (auto& [feed, lanes] : index_) {
        lanes->alarm.clear();
        lanes->routine.clear();
    }
    sweep();
    bytes_ = 0;
    begins_after_ = after;
    head_ = after;
}

void Window::drop_oldest() {
    const EntryPtr entry = entries_.front().entry;
    entries_.pop_front();
    bytes_ -= cost_of(*entry);
    begins_after_ = entry->offset;
    for (const Delivery& delivery : entry->deliveries) {
        const auto found = index_.find(delivery.feed);
        Lanes& lanes = *found->second;
        lanes.of(entry->lane).pop();
        if (lanes.alarm.empty() && lanes.routine.empty() && found->second.use_count() == 1) {
            index_.erase(found);
        }
    }
}

// Lets go of feeds that nobody reads any more and nothing is in.
void Window::sweep() {
    std::erase_if(index_, [](const auto& item) {
        return item.second.use_count() == 1 && item.second->alarm.empty() &&
               item.second->routine.empty();
    });
    sweep_at_ = std::max<std::size_t>(1'024, 2 * index_.size());
}

Window::Reading Window::read(const std::vector<FeedKey>& feeds) {
    Reading reading;
    reading.feeds_.reserve(feeds.size());
    for (const FeedKey& feed : feeds) {
        auto& lanes = index_[feed];
        if (lanes == nullptr) {
            lanes = std::make_shared<Lanes>();
        }
        reading.feeds_.push_back(lanes);
    }
    if (index_.size() > sweep_at_) {
        sweep();
    }
    return reading;
}

BundlePtr Window::next(const Reading& reading, Lane lane, log::Offset& position, Portion most) {
    sources_.clear();
    std::size_t place = 0;
    for (const auto& feed : reading.feeds_) {
        const Queue& queue = feed->of(lane);
        if (queue.empty() || queue.last() <= position) {
            continue;
        }
        sources_.push_back({queue.after(position), queue.end()});
        place = place * 31 + (reinterpret_cast<std::uintptr_t>(sources_.back().next) >> 3);
    }
    if (sources_.empty()) {
        position = std::max(position, head_);
        return nullptr;
    }
    Asked& asked = asked_[(place ^ (place >> 6)) % kAskedMost];
    if (asked.bundle == nullptr || asked.sources != sources_ || asked.most != most) {
        asked.sources = sources_;
        asked.most = most;
        std::vector<FramePtr> frames;
        frames.reserve(std::min<std::size_t>(
            most.frames, static_cast<std::size_t>(sources_.front().end - sources_.front().next)));
        asked.to = merge(sources_, most, frames);
        asked.bundle = std::make_shared<Bundle>(std::move(frames));
        any_asked_ = true;
    }
    position = asked.to;
    return asked.bundle;
}

void Window::forget_bundles() {
    if (std::exchange(any_asked_, false)) {
        for (Asked& asked : asked_) {
            asked.bundle.reset();
        }
    }
}

bool Window::waiting(const Reading& reading, Lane lane, log::Offset position) const {
    return std::ranges::any_of(reading.feeds_, [&](const auto& feed) {
        const Queue& queue = feed->of(lane);
        return !queue.empty() && queue.last() > position;
    });
}

// Takes what the sources have, in order of offset; answers the position after it.
log::Offset Window::merge(std::vector<Source>& sources,
                          Portion most,
                          std::vector<FramePtr>& out) const {
    log::Offset position;
    std::size_t bytes = 0;
    for (std::size_t taken = 0; taken < most.frames; ++taken) {
        const Item* best = nullptr;
        for (const Source& source : sources) {
            if (source.next == source.end) {
                continue;
            }
            const Item& item = *source.next;
            if (best == nullptr || item.offset < best->offset ||
                (item.offset == best->offset && item.richness > best->richness)) {
                best = &item;
            }
        }
        if (best == nullptr) {
            return head_;
        }
        if (taken > 0 && bytes + best->frame->binary().size() > most.bytes) {
            return position;
        }
        bytes += best->frame->binary().size();
        out.push_back(best->frame);
        position = best->offset;
        for (Source& source : sources) {
            if (source.next != source.end && source.next->offset == position) {
                ++source.next;
            }
        }
    }
    return position;
}

void Window::gather(const std::vector<FeedKey>& feeds,
                    Lane lane,
                    log::Offset& position,
                    std::size_t max_frames,
                    std::size_t max_bytes,
                    std::vector<FramePtr>& out) const {
    std::vector<Source> sources;
    for (const FeedKey& feed : feeds) {
        const auto found = index_.find(feed);
        if (found != index_.end()) {
            const Queue& queue = found->second->of(lane);
            sources.push_back({queue.after(position), queue.end()});
        }
    }
    position = std::max(position, merge(sources, {max_frames, max_bytes}, out));
}

bool Window::waiting(const std::vector<FeedKey>& feeds, Lane lane, log::Offset position) const {
    return std::any_of(feeds.begin(), feeds.end(), [&](const FeedKey& feed) {
        const auto found = index_.find(feed);
        if (found == index_.end()) {
            return false;
        }
        const Queue& queue = found->second->of(lane);
        return !queue.empty() && queue.last() > position;
    });
}

void gather(const Batch& stretch,
            const std::vector<FeedKey>& feeds,
            Lane lane,
            log::Offset& position,
            std::size_t max_frames,
            std::size_t max_bytes,
            std::vector<FramePtr>& out) {
    std::size_t bytes = 0;
    std::size_t taken = 0;
    const auto first =
        std::upper_bound(stretch.entries.begin(),
                         stretch.entries.end(),
                         position,
                         [](log::Offset at, const EntryPtr& entry) { return at < entry->offset; });
    for (auto at = first; at != stretch.entries.end(); ++at) {
        const EntryPtr& entry = *at;
        const Delivery* best = nullptr;
        if (entry->lane == lane) {
            for (const Delivery& delivery : entry->deliveries) {
                if ((best == nullptr || delivery.richness > best->richness) &&
                    std::find(feeds.begin(), feeds.end(), delivery.feed) != feeds.end()) {
                    best = &delivery;
                }
            }
        }
        if (best != nullptr) {
            if (taken == max_frames ||
                (taken > 0 && bytes + best->frame->binary().size() > max_bytes)) {
                return;
            }
            ++taken;
            bytes += best->frame->binary().size();
            out.push_back(best->frame);
        }
        position = entry->offset;
    }
    position = std::max(position, stretch.to);
}

}  // namespace tocsin::fanout
