#include "hub/fanout/encode.hpp"

#include <map>
#include <utility>

#include "hub/domain/notice.hpp"
#include "hub/log/view.hpp"

namespace tocsin::fanout {

namespace {

namespace store = tocsin::store::v1;
namespace wire = tocsin::v1;

// Audiences of one view for which it rings, or does not, share a frame, but for reporters, each of
// whom sees the own report, for those who see a part of the event or are told otherwise what
// happened, and where the channel decides who is told of a notice's acknowledgements.
bool shared(const store::EventBody& body, const store::Audience& audience) {
    return !(body.has_notice() && log::differs_by_channel(body.notice(), audience.view())) &&
           !audience.has_own_report() && audience.part() == store::PART_UNSPECIFIED &&
           audience.kind() == wire::EVENT_KIND_UNSPECIFIED;
}

// Who may still see it somehow is told that, and not that it is gone.
int richness_of(const store::Audience& audience) {
    return audience.kind() == wire::EVENT_KIND_INCIDENT_LEFT ? 0
                                                             : static_cast<int>(audience.view());
}

}  // namespace

FramePtr frame_of(const tocsin::v1::Entry& entry) {
    tocsin::v1::ServerMessage message;
    *message.add_entries() = entry;
    return std::make_shared<const Frame>(message.SerializeAsString());
}

FramePtr withheld(const Frame& frame,
                  const store::Notice& now,
                  store::View view,
                  std::int64_t now_ms) {
    tocsin::v1::ServerMessage message;
    if (!message.ParseFromString(frame.binary()) || message.entries_size() != 1 ||
        !message.entries(0).event().has_notice()) {
        return nullptr;
    }
    tocsin::v1::Entry& entry = *message.mutable_entries(0);
    log::withhold(*entry.mutable_event()->mutable_notice(), now, view, now_ms);
    return frame_of(entry);
}

bool is_withheld(const store::Notice& notice) {
    return !domain::reads_words(notice, store::VIEW_PUBLIC);
}

EntryPtr encode(log::Offset offset,
                const store::EventBody* body,
                const store::Notice* now,
                std::int64_t now_ms) {
    auto entry = std::make_shared<Entry>();
    entry->offset = offset;
    if (body == nullptr) {
        return entry;
    }
    entry->lane = body->lane();
    if (body->has_notice()) {
        entry->notice = std::make_shared<const store::Notice>(body->notice());
    }
    std::map<std::pair<store::View, bool>, FramePtr> frames;
    for (const store::Audience& audience : body->audiences()) {
        const std::pair kind(audience.view(), log::rings_for(*body, audience));
        FramePtr frame = shared(*body, audience) && frames.contains(kind) ? frames[kind] : nullptr;
        if (frame == nullptr) {
            tocsin::v1::Entry event;
            auto seen = log::view_of(*body, audience, offset);
            if (!seen) {
                continue;
            }
            if (now != nullptr && seen->has_notice()) {
                log::withhold(*seen->mutable_notice(), *now, audience.view(), now_ms);
            }
            *event.mutable_event() = std::move(*seen);
            frame = frame_of(event);
            entry->bytes += frame->binary().size();
            if (shared(*body, audience)) {
                frames[kind] = frame;
            }
        }
        entry->deliveries.push_back({key_of({audience.channel(), audience.view()}),
                                     richness_of(audience),
                                     std::move(frame)});
    }
    return entry;
}

}  // namespace tocsin::fanout
