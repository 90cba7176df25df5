#include "hub/fanout/window.hpp"

#include <algorithm>

namespace tocsin::fanout {

namespace {

using tocsin::v1::Lane;
using tocsin::v1::LANE_ALARM;

// What an entry costs beside its frames: its own record and one index item for each delivery,
// roughly.
constexpr std::size_t kEntryOverhead = 128;
constexpr std::size_t kDeliveryOverhead = 48;

std::size_t cost_of(const Entry& entry) {
    return entry.bytes + kEntryOverhead + entry.deliveries.size() * kDeliveryOverhead;
}

}  // namespace

void Window::append(const Batch& batch, std::int64_t now_ms) {
    if (entries_.empty() && head_ != batch.after) {
        restart(batch.after);
    }
    for (const EntryPtr& entry : batch.entries) {
        if (entry->offset <= head_) {
            continue;
        }
        for (const Delivery& delivery : entry->deliveries) {
            Lanes& lanes = index_[delivery.feed];
            auto& items = entry->lane == LANE_ALARM ? lanes.alarm : lanes.routine;
            items.push_back({entry->offset, delivery.richness, delivery.frame});
        }
        bytes_ += cost_of(*entry);
        entries_.push_back({entry, now_ms});
        head_ = entry->offset;
    }
    head_ = std::max(head_, batch.to);
    while (!entries_.empty() && (bytes_ > bounds_.bytes || entries_.size() > bounds_.entries ||
                                 entries_.front().since_ms < now_ms - bounds_.age_ms)) {
        drop_oldest();
    }
}

void Window::restart(log::Offset after) {
    entries_.clear();
    index_.clear();
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
        auto& items = entry->lane == LANE_ALARM ? found->second.alarm : found->second.routine;
        items.pop_front();
        if (found->second.alarm.empty() && found->second.routine.empty()) {
            index_.erase(found);
        }
    }
}

void Window::gather(const std::vector<FeedKey>& feeds,
                    Lane lane,
                    log::Offset& position,
                    std::size_t max_frames,
                    std::size_t max_bytes,
                    std::vector<FramePtr>& out) const {
    struct Source {
        std::deque<Item>::const_iterator next;
        std::deque<Item>::const_iterator end;
    };
    std::vector<Source> sources;
    sources.reserve(feeds.size());
    for (const FeedKey& feed : feeds) {
        const auto found = index_.find(feed);
        if (found == index_.end()) {
            continue;
        }
        const auto& items = lane == LANE_ALARM ? found->second.alarm : found->second.routine;
        const auto next = std::upper_bound(
            items.begin(), items.end(), position, [](log::Offset at, const Item& item) {
                return at < item.offset;
            });
        if (next != items.end()) {
            sources.push_back({next, items.end()});
        }
    }
    std::size_t bytes = 0;
    for (std::size_t taken = 0; taken < max_frames; ++taken) {
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
            position = std::max(position, head_);
            return;
        }
        if (taken > 0 && bytes + best->frame->binary().size() > max_bytes) {
            return;
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
}

bool Window::waiting(const std::vector<FeedKey>& feeds, Lane lane, log::Offset position) const {
    return std::any_of(feeds.begin(), feeds.end(), [&](const FeedKey& feed) {
        const auto found = index_.find(feed);
        if (found == index_.end()) {
            return false;
        }
        const auto& items = lane == LANE_ALARM ? found->second.alarm : found->second.routine;
        return !items.empty() && items.back().offset > position;
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
    for (const EntryPtr& entry : stretch.entries) {
        if (entry->offset <= position) {
            continue;
        }
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
