#pragma once
// One entry of the log made ready to send: each view encoded once. Pure; any thread.

#include <optional>

#include "hub/fanout/batch.hpp"
#include "tocsin/store/v1/record.pb.h"
#include "tocsin/v1/session.pb.h"

namespace tocsin::fanout {

// Without a body (an entry that cannot be read) nobody gets anything, and subscribers pass over it.
EntryPtr encode(log::Offset offset, const tocsin::store::v1::EventBody* body);

// One message with one entry.
FramePtr frame_of(const tocsin::v1::Entry& entry);

}  // namespace tocsin::fanout
