#pragma once
// Photos and voice become part of a report or a notice. For this room only.

#include <string>

#include "hub/domain/draft.hpp"

namespace tocsin::domain {

using MediaIds = google::protobuf::RepeatedPtrField<std::string>;
using ShownMedia = google::protobuf::RepeatedPtrField<wire::Media>;

// Attaches the actor's own uploads in the order given: each becomes a state of the event's case,
// and is shown in `shown`. `home` says what they belong to: the ids of incident and report, or of
// the notice. `field` is the list's path. Refusals: unknown_media, the same for what does not exist
// and what is somebody else's, and media_attached.
Result<void> attach(Draft& draft,
                    const MediaIds& media_ids,
                    const std::string& field,
                    const store::Media& home,
                    ShownMedia& shown);

}  // namespace tocsin::domain
