#pragma once
// The keeper of photos and voice: upload, conversion, sealing, storing, and the way back. Used by
// the media thread only; converter, store, rights and clock are passed in and outlive it.

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "hub/log/decider.hpp"
#include "hub/log/media_store.hpp"
#include "hub/media/converter.hpp"
#include "hub/session/media.hpp"

namespace tocsin::media {

struct DeskSettings {
    // Of one person, at this hub.
    int uploads_an_hour = 120;
    int unattached = 12;
    std::int64_t unattached_bytes = 16 << 20;
};

class Desk final : public session::MediaDesk {
public:
    Desk(Converter& converter,
         log::MediaStore& store,
         session::MediaRights& rights,
         const log::Clock& clock,
         const domain::Random& random,
         DeskSettings settings);

    void put(std::string person_id,
             std::string upload,
             session::Answer<domain::Result<session::wire::Media>> answer) override;
    void get(std::string person_id,
             std::string media_id,
             session::MediaPart part,
             session::Answer<domain::Result<session::MediaFile>> answer) override;

    // It is attached: it counts no longer as one that its uploader left lying.
    void on_attached(const std::string& media_id);

private:
    struct Reading;
    // A file of a person that nothing refers to yet, perhaps still on its way into the store.
    struct Unattached {
        std::int64_t number = 0;
        std::int64_t time_ms = 0;
        std::int64_t bytes = 0;
        std::string media_id;  // empty: on its way
    };
    using Upload = std::pair<std::string, std::int64_t>;  // person, number

    // Counts the upload, unless the person has had as many as may be: then how long to wait, in
    // milliseconds.
    std::int64_t take_turn(const std::string& person_id);
    // Counts the file among those the person left lying, or too_many_requests.
    domain::Result<Upload> take_room(const std::string& person_id, std::size_t bytes);
    // Null where it is counted no more.
    Unattached* find(const Upload& upload);
    void give_back(const Upload& upload);
    void keep(Upload upload,
              converter::Converted converted,
              session::Answer<domain::Result<session::wire::Media>> answer);
    void read_on(std::shared_ptr<Reading> reading);

    Converter& converter_;
    log::MediaStore& store_;
    session::MediaRights& rights_;
    const log::Clock& clock_;
    const domain::Random& random_;
    const DeskSettings settings_;
    std::map<std::string, std::deque<std::int64_t>> uploads_;   // times, by person
    std::map<std::string, std::deque<Unattached>> unattached_;  // by person, oldest first
    std::int64_t next_number_ = 0;
};

}  // namespace tocsin::media
