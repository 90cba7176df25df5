#include "hub/media/desk.hpp"

#include <algorithm>
#include <utility>

#include "hub/log/media_seal.hpp"

namespace tocsin::media {

namespace {

namespace store = domain::store;
namespace wire = session::wire;

constexpr std::int64_t kHourMs = 3'600'000;
constexpr int kAwayMs = 1'000;
// Read from the store at a time.
constexpr int kChunksAtOnce = 4;

std::unexpected<domain::Refusal> unavailable() {
    return std::unexpected(domain::Refusal{std::string(domain::code::unavailable),
                                           {},
                                           "The hub cannot do that at the moment.",
                                           kAwayMs});
}

std::unexpected<domain::Refusal> too_many(std::string message, std::int64_t wait_ms) {
    return std::unexpected(domain::Refusal{std::string(domain::code::too_many_requests),
                                           {},
                                           std::move(message),
                                           static_cast<int>(wait_ms)});
}

std::unexpected<domain::Refusal> not_found() {
    return domain::refuse(
        domain::code::not_found, {}, "There is no such file, or none that you may see.");
}

}  // namespace

Desk::Desk(Converter& converter,
           log::MediaStore& store,
           session::MediaRights& rights,
           const log::Clock& clock,
           const domain::Random& random,
           DeskSettings settings)
    : converter_(converter),
      store_(store),
      rights_(rights),
      clock_(clock),
      random_(random),
      settings_(settings) {}

std::int64_t Desk::take_turn(const std::string& person_id) {
    const std::int64_t now = clock_();
    // Also where the clock was put back.
    const auto is_past = [now](std::int64_t time) { return time <= now - kHourMs || time > now; };
    for (auto& [person, times] : uploads_) {
        std::erase_if(times, is_past);
    }
    std::erase_if(uploads_, [](const auto& entry) { return entry.second.empty(); });
    std::deque<std::int64_t>& times = uploads_[person_id];
    if (times.size() >= static_cast<std::size_t>(settings_.uploads_an_hour)) {
        return times.front() + kHourMs - now;
    }
    times.push_back(now);
    return 0;
}

domain::Result<Desk::Upload> Desk::take_room(const std::string& person_id, std::size_t bytes) {
    const std::int64_t now = clock_();
    // The store has forgotten them by now; also where the clock was put back.
    for (auto& [person, files] : unattached_) {
        std::erase_if(files, [now](const Unattached& file) {
            return file.time_ms <= now - log::kUnattachedMs || file.time_ms > now;
        });
    }
    std::erase_if(unattached_, [](const auto& entry) { return entry.second.empty(); });
    std::deque<Unattached>& files = unattached_[person_id];
    auto sum = static_cast<std::int64_t>(bytes);
    for (const Unattached& file : files) {
        sum += file.bytes;
    }
    if (!files.empty() &&
        (std::ssize(files) >= settings_.unattached || sum > settings_.unattached_bytes)) {
        return too_many("You have sent as many files as may wait for a report to name them.",
                        files.front().time_ms + log::kUnattachedMs - now);
    }
    files.push_back({next_number_++, now, static_cast<std::int64_t>(bytes), {}});
    return Upload(person_id, files.back().number);
}

Desk::Unattached* Desk::find(const Upload& upload) {
    const auto files = unattached_.find(upload.first);
    if (files == unattached_.end()) {
        return nullptr;
    }
    const auto found = std::ranges::find(files->second, upload.second, &Unattached::number);
    return found == files->second.end() ? nullptr : &*found;
}

void Desk::give_back(const Upload& upload) {
    std::erase_if(unattached_[upload.first],
                  [&](const Unattached& file) { return file.number == upload.second; });
}

void Desk::on_attached(const std::string& media_id) {
    for (auto& [person, files] : unattached_) {
        std::erase_if(files, [&](const Unattached& file) { return file.media_id == media_id; });
    }
}

void Desk::put(std::string person_id,
               std::string upload,
               session::Answer<domain::Result<wire::Media>> answer) {
    if (const std::int64_t wait_ms = take_turn(person_id); wait_ms > 0) {
        answer(too_many("You have sent as many files as an hour allows.", wait_ms));
        return;
    }
    domain::Result<Upload> room = take_room(person_id, upload.size());
    if (!room) {
        answer(std::unexpected(std::move(room.error())));
        return;
    }
    // What did not become a stored file leaves nothing lying.
    auto give = [this, room = *room, answer = std::move(answer)](
                    domain::Result<wire::Media> media) mutable {
        if (!media) {
            give_back(room);
        }
        answer(std::move(media));
    };
    converter_.convert(std::move(upload),
                       [this, room = *std::move(room), answer = std::move(give)](
                           domain::Result<converter::Converted> converted) mutable {
                           if (converted) {
                               keep(std::move(room), *std::move(converted), std::move(answer));
                           } else {
                               answer(std::unexpected(std::move(converted.error())));
                           }
                       });
}

void Desk::keep(Upload upload,
                converter::Converted converted,
                session::Answer<domain::Result<wire::Media>> answer) {
    store::Media record;
    wire::Media& media = *record.mutable_media();
    media.set_media_id(domain::make_uuid(random_));
    media.set_kind(converted.kind == converter::Kind::photo ? wire::MEDIA_KIND_PHOTO
                                                            : wire::MEDIA_KIND_VOICE);
    media.set_width(converted.width);
    media.set_height(converted.height);
    media.set_duration_ms(converted.duration_ms);
    media.set_bytes(static_cast<std::int32_t>(converted.bytes.size()));
    record.set_version(1);
    if (Unattached* file = find(upload)) {
        file->media_id = media.media_id();
        file->bytes = media.bytes() + std::ssize(converted.thumbnail);
    }
    record.set_uploader_person_id(std::move(upload.first));
    record.set_key(log::random_bytes(random_, log::kKeyBytes));
    record.set_thumbnail_bytes(static_cast<std::int32_t>(converted.thumbnail.size()));
    record.set_stored_time_ms(clock_());
    log::MediaWrite write;
    write.id = media.media_id();
    write.chunks =
        log::seal_media(record.key(), write.id, converted.bytes, converted.thumbnail, random_);
    rights_.seal_upload(record,
                        [this, media, write = std::move(write), answer = std::move(answer)](
                            domain::Result<log::StateWrite> state) mutable {
                            if (!state) {
                                answer(std::unexpected(std::move(state.error())));
                                return;
                            }
                            write.state = *std::move(state);
                            store_.put(std::move(write),
                                       [media, answer = std::move(answer)](
                                           log::StoreResult<log::Done> done) mutable {
                                           if (done) {
                                               answer(media);
                                           } else {
                                               answer(unavailable());
                                           }
                                       });
                        });
}

// A file on its way back, chunk by chunk.
struct Desk::Reading {
    store::Media media;
    int next = 0;  // chunk
    int end = 0;
    session::MediaFile file;
    session::Answer<domain::Result<session::MediaFile>> answer;
};

void Desk::get(std::string person_id,
               std::string media_id,
               session::MediaPart part,
               session::Answer<domain::Result<session::MediaFile>> answer) {
    rights_.find_media(
        std::move(person_id),
        std::move(media_id),
        [this, part, answer = std::move(answer)](domain::Result<store::Media> found) mutable {
            const bool is_thumbnail = part == session::MediaPart::thumbnail;
            if (!found || (is_thumbnail && found->thumbnail_bytes() == 0)) {
                answer(found ? not_found() : std::unexpected(std::move(found.error())));
                return;
            }
            auto reading = std::make_shared<Reading>();
            reading->media = *std::move(found);
            const wire::Media& media = reading->media.media();
            reading->next = is_thumbnail ? 0 : 1;
            reading->end =
                is_thumbnail ? 1 : 1 + log::media_chunks(static_cast<std::size_t>(media.bytes()));
            reading->file.kind = media.kind();
            reading->answer = std::move(answer);
            read_on(std::move(reading));
        });
}

void Desk::read_on(std::shared_ptr<Reading> reading) {
    if (reading->next == reading->end) {
        reading->answer(std::move(reading->file));
        return;
    }
    const int count = std::min(kChunksAtOnce, reading->end - reading->next);
    const int next = reading->next;
    const std::string id = reading->media.media().media_id();
    store_.chunks(
        id,
        next,
        count,
        [this, id, reading = std::move(reading), count](
            log::StoreResult<std::vector<std::string>> chunks) mutable {
            if (!chunks) {
                reading->answer(unavailable());
                return;
            }
            const auto bytes = log::unseal_media(reading->media.key(), id, reading->next, *chunks);
            if (!bytes) {
                reading->answer(not_found());  // it has expired, or is not what was stored
                return;
            }
            reading->file.bytes += *bytes;
            reading->next += count;
            read_on(std::move(reading));
        });
}

}  // namespace tocsin::media
