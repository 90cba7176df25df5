#pragma once
// Who in a shard reads which feed. Used by the shard's thread only.

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "hub/fanout/batch.hpp"

namespace tocsin::fanout {

// A connection's number in its shard.
using Slot = std::uint32_t;

class Subscribers {
public:
    // Replaces the feeds of a connection; empty: it reads nothing.
    void set(Slot slot, const std::vector<FeedKey>& feeds);

    // Adds to `out`, each once, every connection that reads a feed to which the batch delivers.
    void touched_by(const Batch& batch, std::vector<Slot>& out);

private:
    std::unordered_map<FeedKey, std::vector<Slot>> by_feed_;
    std::unordered_map<Slot, std::vector<FeedKey>> by_slot_;
    std::vector<std::uint64_t> seen_in_;  // by slot: the last round in which it was added
    std::uint64_t round_ = 0;
};

}  // namespace tocsin::fanout
