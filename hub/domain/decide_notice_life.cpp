// The life of a notice after it was written: corrected, withdrawn, released by a second officer.

#include "hub/domain/access.hpp"
#include "hub/domain/draft.hpp"
#include "hub/domain/notice.hpp"

namespace tocsin::domain {
namespace {

struct Found {
    const store::Notice* notice;
    std::string desk;
};

// The notice and the desk that lets the actor change it. One that the actor may not see is refused
// word for word like one that does not exist. Nothing is done with one that is withdrawn, and
// nothing but withdrawing it with one that is over.
Result<Found> find(Draft& draft,
                   const std::string& id,
                   const std::string& field,
                   bool also_over = false) {
    draft.read("notice/" + id);
    const store::Notice* notice = draft.state().notice(id);
    if (notice == nullptr) {
        return refuse(code::unknown_notice, field, "No such notice, or none that you may see.");
    }
    Result<std::string> desk = desk_for(draft.state(), draft.person(), *notice);
    if (!desk) {
        desk.error().field = field;
        return std::unexpected(std::move(desk.error()));
    }
    if (notice->notice().state() == wire::NOTICE_STATE_WITHDRAWN) {
        return refuse(code::wrong_state, field, "The notice is withdrawn.");
    }
    if (!also_over && notice->notice().until_time_ms() <= draft.now_ms()) {
        return refuse(code::wrong_state, field, "The notice is over; issue another one.");
    }
    return Found{notice, *std::move(desk)};
}

Result<void> read_this_version(const store::Notice& notice,
                               std::int32_t version,
                               const std::string& field) {
    if (reads_as_in(notice, version)) {
        return {};
    }
    return refuse(code::changed_meanwhile,
                  field,
                  "The notice has changed meanwhile: it is in version " +
                      std::to_string(notice.notice().version()) + ".");
}

// The notice after one more step.
store::Notice lived_on(const Draft& draft,
                       const Found& found,
                       wire::NoticeAct act,
                       const std::string& reason) {
    store::Notice stored = *found.notice;
    wire::Notice& notice = *stored.mutable_notice();
    notice.set_version(notice.version() + 1);
    notice.set_changed_time_ms(draft.now_ms());
    wire::NoticeStep& step = *notice.add_steps();
    step.set_act(act);
    step.set_person_id(draft.person().id());
    step.set_name(draft.person().name());
    step.set_desk(found.desk);
    step.set_time_ms(draft.now_ms());
    step.set_reason(reason);
    return stored;
}

Decision finish(Draft& draft, store::Notice stored, wire::EventKind kind) {
    look_up_members(draft.state(), stored);
    draft.concern(audiences_of(draft.state(), stored));
    draft.receipt().set_notice_id(stored.notice().id());
    const wire::Lane lane = stored.lane();
    *draft.event().mutable_notice() = std::move(stored);
    return draft.finish(kind, lane);
}

// Puts what the correction says into the notice; refuses what would make it one that could not have
// been issued.
Result<void> take_over(const Draft& draft, const wire::CorrectNotice& given, wire::Notice& notice) {
    const std::string in = "command.correct_notice.";
    const bool lookout = notice.kind() == wire::NOTICE_KIND_LOOKOUT;
    if (lookout && !given.text().empty() && !given.has_identifies_person()) {
        return refuse(code::missing_field,
                      in + "identifies_person",
                      "Say whether the new text identifies a person, by face, name or plate.");
    }
    if (notice.kind() == wire::NOTICE_KIND_ADVISORY && given.identifies_person()) {
        return refuse(code::value_invalid,
                      in + "identifies_person",
                      "An advisory identifies nobody; issue a lookout.");
    }
    if (needs_release(notice) && given.has_identifies_person() && !given.identifies_person() &&
        given.text().empty()) {
        return refuse(code::missing_field,
                      in + "text",
                      "The text identifies a person; say how it reads when it does not.");
    }
    // The photo shows whom it shows, whatever the new words say; and one that identifies a person
    // takes a second officer.
    if (needs_release(notice) && given.has_identifies_person() && !given.identifies_person() &&
        notice.media_size() > 0) {
        return refuse(code::value_invalid,
                      in + "identifies_person",
                      "Its photo stays with it; withdraw it and issue another one without.");
    }
    if (!given.text().empty()) {
        notice.set_text(given.text());
    }
    if (given.has_place()) {
        *notice.mutable_place() = given.place();
        notice.mutable_place()->clear_coarse();
    }
    if (given.until_time_ms() != 0) {
        notice.set_until_time_ms(given.until_time_ms());
    }
    if (given.has_identifies_person()) {
        notice.set_identifies_person(given.identifies_person());
    }
    if (!given.case_number().empty()) {
        notice.set_case_number(given.case_number());
    }
    notice.set_reason(given.reason());
    if (!needs_release(notice)) {
        return {};
    }
    if (notice.case_number().empty()) {
        return refuse(code::missing_field,
                      in + "case_number",
                      "A lookout that identifies a person has a case number.");
    }
    if (notice.until_time_ms() > draft.now_ms() + kNoticeIdentifyingMs) {
        return refuse(code::time_invalid,
                      in + "until_time_ms",
                      "A lookout that identifies a person ends within 72 hours.");
    }
    return {};
}

}  // namespace

Result<Decision> decide_correct_notice(Draft& draft, const wire::CorrectNotice& given) {
    const std::string in = "command.correct_notice.";
    const Result<Found> found = find(draft, given.notice_id(), in + "notice_id");
    if (!found) {
        return std::unexpected(found.error());
    }
    if (given.version() != 0) {
        if (Result<void> read = read_this_version(*found->notice, given.version(), in + "version");
            !read) {
            return std::unexpected(std::move(read.error()));
        }
    }
    if (found->notice->corrections() >= kNoticeCorrections) {
        return refuse(code::too_many,
                      in + "notice_id",
                      "The notice was corrected 20 times; withdraw it and issue another one.");
    }
    store::Notice stored = lived_on(draft, *found, wire::NOTICE_ACT_CORRECTED, given.reason());
    wire::Notice& notice = *stored.mutable_notice();
    if (Result<void> taken = take_over(draft, given, notice); !taken) {
        return std::unexpected(std::move(taken.error()));
    }
    stored.set_corrections(stored.corrections() + 1);
    stored.set_written_by_person_id(draft.person().id());
    const bool waits = needs_release(notice);
    notice.set_state(waits ? wire::NOTICE_STATE_AWAITING_RELEASE : wire::NOTICE_STATE_ACTIVE);
    if (!was_shown(stored)) {
        stored.set_first_shown_version(waits ? 0 : notice.version());
        return finish(draft,
                      std::move(stored),
                      waits ? wire::EVENT_KIND_NOTICE_PROPOSED : wire::EVENT_KIND_NOTICE_ISSUED);
    }
    if (waits) {
        stored.set_lane(wire::LANE_ALARM);  // what they were told is recalled until then
    }
    return finish(draft, std::move(stored), wire::EVENT_KIND_NOTICE_CORRECTED);
}

Result<Decision> decide_withdraw_notice(Draft& draft, const wire::WithdrawNotice& given) {
    // Who read it may act on it still: what was wrong is taken back also when it is over.
    const Result<Found> found =
        find(draft, given.notice_id(), "command.withdraw_notice.notice_id", true);
    if (!found) {
        return std::unexpected(found.error());
    }
    store::Notice stored = lived_on(draft, *found, wire::NOTICE_ACT_WITHDRAWN, given.reason());
    stored.mutable_notice()->set_state(wire::NOTICE_STATE_WITHDRAWN);
    stored.mutable_notice()->set_reason(given.reason());
    if (was_shown(stored)) {
        stored.set_lane(wire::LANE_ALARM);
    }
    return finish(draft, std::move(stored), wire::EVENT_KIND_NOTICE_WITHDRAWN);
}

Result<Decision> decide_release_notice(Draft& draft, const wire::ReleaseNotice& given) {
    const std::string in = "command.release_notice.";
    const Result<Found> found = find(draft, given.notice_id(), in + "notice_id");
    if (!found) {
        return std::unexpected(found.error());
    }
    if (found->notice->notice().state() != wire::NOTICE_STATE_AWAITING_RELEASE) {
        return refuse(code::wrong_state, in + "notice_id", "The notice does not wait for release.");
    }
    if (Result<void> read = read_this_version(*found->notice, given.version(), in + "version");
        !read) {
        return std::unexpected(std::move(read.error()));
    }
    if (found->notice->written_by_person_id() == draft.person().id()) {
        return refuse(code::needs_second_officer,
                      in + "notice_id",
                      "Somebody else than who wrote it releases it.");
    }
    store::Notice stored = lived_on(draft, *found, wire::NOTICE_ACT_RELEASED, "");
    wire::Notice& notice = *stored.mutable_notice();
    notice.set_state(wire::NOTICE_STATE_ACTIVE);
    if (!was_shown(stored)) {
        stored.set_first_shown_version(notice.version());
    }
    return finish(draft, std::move(stored), wire::EVENT_KIND_NOTICE_RELEASED);
}

}  // namespace tocsin::domain
