#pragma once
// One entry of the log made ready to send: each view encoded once. Pure; any thread.

#include <cstdint>
#include <optional>

#include "hub/fanout/batch.hpp"
#include "tocsin/store/v1/record.pb.h"
#include "tocsin/v1/session.pb.h"

namespace tocsin::fanout {

// Without a body (an entry that cannot be read) nobody gets anything, and subscribers pass over it.
// What is read back is held against the notice as it is now, and at this time: nobody gets words
// that they may not read any more.
EntryPtr encode(log::Offset offset,
                const tocsin::store::v1::EventBody* body,
                const tocsin::store::v1::Notice* now = nullptr,
                std::int64_t now_ms = 0);

// Whether older words of the notice are not to be sent to everybody any more.
bool is_withheld(const tocsin::store::v1::Notice& notice);
// What is sent in this view instead of an older event about the notice; null where that is none.
FramePtr withheld(const Frame& frame,
                  const tocsin::store::v1::Notice& now,
                  tocsin::store::v1::View view,
                  std::int64_t now_ms);

// One message with one entry.
FramePtr frame_of(const tocsin::v1::Entry& entry);

}  // namespace tocsin::fanout
