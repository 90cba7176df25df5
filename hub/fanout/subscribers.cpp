#include "hub/fanout/subscribers.hpp"

#include <algorithm>

namespace tocsin::fanout {

void Subscribers::set(Slot slot, const std::vector<FeedKey>& feeds) {
    const auto known = by_slot_.find(slot);
    if (known != by_slot_.end()) {
        for (const FeedKey& feed : known->second) {
            const auto readers = by_feed_.find(feed);
            std::erase(readers->second, slot);
            if (readers->second.empty()) {
                by_feed_.erase(readers);
            }
        }
        by_slot_.erase(known);
    }
    if (feeds.empty()) {
        return;
    }
    by_slot_.emplace(slot, feeds);
    for (const FeedKey& feed : feeds) {
        by_feed_[feed].push_back(slot);
    }
    if (seen_in_.size() <= slot) {
        seen_in_.resize(slot + 1, 0);
    }
}

void Subscribers::touched_by(const Batch& batch, std::vector<Slot>& out) {
    ++round_;
    for (const EntryPtr& entry : batch.entries) {
        for (const Delivery& delivery : entry->deliveries) {
            const auto readers = by_feed_.find(delivery.feed);
            if (readers == by_feed_.end()) {
                continue;
            }
            for (const Slot slot : readers->second) {
                if (seen_in_[slot] != round_) {
                    seen_in_[slot] = round_;
                    out.push_back(slot);
                }
            }
        }
    }
}

}  // namespace tocsin::fanout
