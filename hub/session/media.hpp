#pragma once
// Photos and voice as the HTTP side sees them, and what their keeper asks of the district. Two
// interfaces with threads of their own: the keeper's (hub/media), the district's (district_core).
// As with District: every answer comes exactly once.

#include <optional>
#include <string>

#include "hub/domain/refusal.hpp"
#include "hub/log/store.hpp"
#include "hub/session/district.hpp"
#include "tocsin/store/v1/record.pb.h"
#include "tocsin/v1/media.pb.h"

namespace tocsin::session {

struct MediaFile {
    wire::MediaKind kind = wire::MEDIA_KIND_UNSPECIFIED;
    std::string bytes;
};

enum class MediaPart { file, thumbnail };

class MediaDesk {
public:
    virtual ~MediaDesk() = default;

    // Converts, seals and stores an upload. Refusals: media_too_large, media_type_refused,
    // media_refused, too_many_requests, not_permitted, unavailable.
    virtual void put(std::string person_id,
                     std::string upload,
                     Answer<domain::Result<wire::Media>> answer) = 0;

    // Refusals: not_found, the same for what does not exist and what this person may not see, and
    // unavailable.
    virtual void get(std::string person_id,
                     std::string media_id,
                     MediaPart part,
                     Answer<domain::Result<MediaFile>> answer) = 0;
};

// Told by the district, on its thread.
class MediaListener {
public:
    virtual ~MediaListener() = default;
    // An event attached this file: it no longer goes by itself after a day. Perhaps several times.
    virtual void on_attached(std::string media_id) = 0;
};

class MediaRights {
public:
    virtual ~MediaRights() = default;

    // The state of a file that its uploader has just made, sealed for nobody else.
    virtual void seal_upload(domain::store::Media media,
                             Answer<domain::Result<log::StateWrite>> answer) = 0;

    // The file, if this person may look at it now; else not_found.
    virtual void find_media(std::string person_id,
                            std::string media_id,
                            Answer<domain::Result<domain::store::Media>> answer) = 0;
};

}  // namespace tocsin::session
