#pragma once
// A stretch of the log made ready to send: what passes from the one who folds the log to all
// shards. Immutable.

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "hub/domain/access.hpp"
#include "hub/fanout/frame.hpp"
#include "hub/log/offset.hpp"
#include "tocsin/store/v1/record.pb.h"
#include "tocsin/v1/event.pb.h"

namespace tocsin::fanout {

// A feed's name in the indexes: channel, '#', number of the view.
using FeedKey = std::string;
FeedKey key_of(const domain::Feed& feed);

// One audience's copy.
struct Delivery {
    FeedKey feed;
    int richness =
        0;  // the view's number: a connection with several of an event's feeds gets the highest
    FramePtr frame;
};

// One entry of the log. Without deliveries where it concerns no subscriber.
struct Entry {
    log::Offset offset;
    tocsin::v1::Lane lane = tocsin::v1::LANE_ROUTINE;
    std::vector<Delivery> deliveries;
    std::size_t bytes = 0;  // of its distinct frames
    // Of an event about a notice: the notice as it is after it. Where its words may not be read any
    // more, what was said before it is not sent any more either.
    std::shared_ptr<const tocsin::store::v1::Notice> notice;
};
using EntryPtr = std::shared_ptr<const Entry>;

// What a person may see from now on. Shared by all the person's connections.
struct Rights {
    tocsin::v1::Person person;
    std::vector<domain::Feed> feeds;    // empty for a revoked person
    std::vector<std::string> channels;  // as clients name them
};
using RightsPtr = std::shared_ptr<const Rights>;

// A change of rights takes hold where it stands in the log: before the entries of its batch are
// sent.
struct RightsChange {
    std::string person_id;
    RightsPtr rights;
    std::vector<std::string> revoked_device_ids;
};

struct Batch {
    log::Offset after;  // the entries are all that the log has after this offset …
    log::Offset to;     // … up to and including this one
    std::vector<EntryPtr> entries;
    std::vector<RightsChange> rights;
    // Notices that are over: their words are not sent any more, from this batch on.
    std::vector<std::shared_ptr<const tocsin::store::v1::Notice>> over;
};
using BatchPtr = std::shared_ptr<const Batch>;

}  // namespace tocsin::fanout
