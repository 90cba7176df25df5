// Who may put and see photos and voice: DistrictCore's side of hub/media.

#include <utility>

#include "hub/domain/access.hpp"
#include "hub/session/district_core.hpp"

namespace tocsin::session {

namespace {

namespace store = domain::store;

constexpr int kRetryAfterMs = 1'000;

std::unexpected<domain::Refusal> unavailable() {
    return std::unexpected(domain::Refusal{std::string(domain::code::unavailable),
                                           {},
                                           "The hub cannot do that at the moment.",
                                           kRetryAfterMs});
}

std::unexpected<domain::Refusal> not_found() {
    return domain::refuse(
        domain::code::not_found, {}, "There is no such file, or none that you may see.");
}

}  // namespace

void DistrictCore::seal_upload(store::Media media, Answer<domain::Result<log::StateWrite>> answer) {
    const wire::Person* person = fold_.state().person(media.uploader_person_id());
    const std::string* key = fold_.keys().find("person/" + media.uploader_person_id());
    if (!fold_.started() || stopping_ || (person != nullptr && key == nullptr)) {
        answer(unavailable());
    } else if (person == nullptr || !domain::may_upload(*person)) {
        answer(domain::refuse(domain::code::not_permitted, {}, "Your role does not allow this."));
    } else {
        answer(log::state_of_upload(media, *key, random_));
    }
}

void DistrictCore::find_media(std::string person_id,
                              std::string media_id,
                              Answer<domain::Result<store::Media>> answer) {
    if (!fold_.started() || !fold_.store_well()) {
        answer(unavailable());
        return;
    }
    have({"media/" + media_id},
         [this, person_id = std::move(person_id), media_id, answer = std::move(answer)](
             bool had) mutable {
             const store::Media* media = fold_.state().media(media_id);
             if (!had || media == nullptr) {
                 answer(had ? not_found() : unavailable());
                 return;
             }
             std::vector<std::string> home;
             if (!media->incident_id().empty()) {
                 // The report first: it says where it is now.
                 home = {"report/" + media->report_id()};
             } else if (!media->notice_id().empty()) {
                 home = {"notice/" + media->notice_id()};
             }
             have(std::move(home),
                  [this,
                   person_id = std::move(person_id),
                   media_id = std::move(media_id),
                   answer = std::move(answer)](bool had_home) mutable {
                      const store::Media* found = fold_.state().media(media_id);
                      std::vector<std::string> incident;
                      if (found != nullptr && !found->incident_id().empty()) {
                          incident = {"incident/" + domain::home_of_media(fold_.state(), *found)};
                      }
                      have(std::move(incident),
                           [this,
                            had_home,
                            person_id = std::move(person_id),
                            media_id = std::move(media_id),
                            answer = std::move(answer)](bool had_incident) mutable {
                               if (had_home && had_incident) {
                                   answer(judge(person_id, media_id));
                               } else {
                                   answer(unavailable());
                               }
                           });
                  });
         });
}

domain::Result<store::Media> DistrictCore::judge(const std::string& person_id,
                                                 const std::string& media_id) const {
    const domain::State& state = fold_.state();
    const wire::Person* person = state.person(person_id);
    const store::Media* media = state.media(media_id);
    if (person == nullptr || media == nullptr ||
        !domain::may_see_media(state, *person, *media, clock_())) {
        return not_found();
    }
    return *media;
}

void DistrictCore::tell_attached(const std::vector<log::FoldedEvent>& events) {
    if (media_listener_ == nullptr) {
        return;
    }
    for (const log::FoldedEvent& event : events) {
        if (event.body) {
            for (const store::Media& media : event.body->media()) {
                media_listener_->on_attached(media.media().media_id());
            }
        }
    }
}

void DistrictCore::have(std::vector<std::string> subjects,
                        std::move_only_function<void(bool)> then) {
    while (!subjects.empty() && fold_.state().version_of(subjects.back()) != 0) {
        subjects.pop_back();
    }
    if (subjects.empty()) {
        then(true);
        return;
    }
    std::string next = std::move(subjects.back());
    subjects.pop_back();
    fold_.load(std::move(next),
               [this, subjects = std::move(subjects), then = std::move(then)](bool had) mutable {
                   if (had) {
                       have(std::move(subjects), std::move(then));
                   } else {
                       then(false);
                   }
               });
}

}  // namespace tocsin::session
