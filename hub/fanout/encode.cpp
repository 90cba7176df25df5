#include "hub/fanout/encode.hpp"

#include <map>

#include "hub/log/view.hpp"

namespace tocsin::fanout {

namespace {

namespace store = tocsin::store::v1;

// Audiences of one view share a frame, but for reporters, each of whom sees the own report, and for
// those who see a part of the event.
bool shared(const store::Audience& audience) {
    return !audience.has_own_report() && audience.part() == store::PART_UNSPECIFIED;
}

}  // namespace

FramePtr frame_of(const tocsin::v1::Entry& entry) {
    tocsin::v1::ServerMessage message;
    *message.add_entries() = entry;
    return std::make_shared<const Frame>(message.SerializeAsString());
}

EntryPtr encode(log::Offset offset, const store::EventBody* body) {
    auto entry = std::make_shared<Entry>();
    entry->offset = offset;
    if (body == nullptr) {
        return entry;
    }
    entry->lane = body->lane();
    std::map<store::View, FramePtr> frames;
    for (const store::Audience& audience : body->audiences()) {
        FramePtr frame = shared(audience) && frames.contains(audience.view())
                             ? frames[audience.view()]
                             : nullptr;
        if (frame == nullptr) {
            tocsin::v1::Entry event;
            auto seen = log::view_of(*body, audience, offset);
            if (!seen) {
                continue;
            }
            *event.mutable_event() = std::move(*seen);
            frame = frame_of(event);
            entry->bytes += frame->binary().size();
            if (shared(audience)) {
                frames[audience.view()] = frame;
            }
        }
        entry->deliveries.push_back({key_of({audience.channel(), audience.view()}),
                                     static_cast<int>(audience.view()),
                                     std::move(frame)});
    }
    return entry;
}

}  // namespace tocsin::fanout
