#pragma once
// The keeper of photos and voice: upload, conversion, sealing, storing, and the way back. Used by
// the media thread only; converter, store, rights and clock are passed in and outlive it.

#include <deque>
#include <map>
#include <memory>
#include <string>

#include "hub/log/decider.hpp"
#include "hub/log/media_store.hpp"
#include "hub/media/converter.hpp"
#include "hub/session/media.hpp"

namespace tocsin::media {

struct DeskSettings {
    int uploads_an_hour = 120;  // of one person, at this hub
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

private:
    struct Reading;

    // Counts the upload, unless the person has had as many as may be: then how long to wait, in
    // milliseconds.
    std::int64_t take_turn(const std::string& person_id);
    void keep(std::string person_id,
              converter::Converted converted,
              session::Answer<domain::Result<session::wire::Media>> answer);
    void read_on(std::shared_ptr<Reading> reading);

    Converter& converter_;
    log::MediaStore& store_;
    session::MediaRights& rights_;
    const log::Clock& clock_;
    const domain::Random& random_;
    const DeskSettings settings_;
    std::map<std::string, std::deque<std::int64_t>> uploads_;  // times, by person
};

}  // namespace tocsin::media
