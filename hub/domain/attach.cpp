#include "hub/domain/attach.hpp"

namespace tocsin::domain {

Result<void> attach(Draft& draft,
                    const MediaIds& media_ids,
                    const std::string& field,
                    const store::Media& home,
                    ShownMedia& shown) {
    for (int i = 0; i < media_ids.size(); ++i) {
        const std::string& id = media_ids[i];
        const std::string at = field + "[" + std::to_string(i) + "]";
        draft.read("media/" + id);
        const store::Media* media = draft.state().media(id);
        if (media == nullptr || media->uploader_person_id() != draft.person().id()) {
            return refuse(
                code::unknown_media, at, "No such photo or voice message, or none of yours.");
        }
        if (media->version() > 1) {
            return refuse(code::media_attached, at, "It is attached already.");
        }
        store::Media& attached = *draft.event().add_media();
        attached = *media;
        attached.set_version(media->version() + 1);
        attached.set_incident_id(home.incident_id());
        attached.set_report_id(home.report_id());
        attached.set_notice_id(home.notice_id());
        attached.set_is_answer(home.is_answer());
        *shown.Add() = media->media();
    }
    return {};
}

}  // namespace tocsin::domain
