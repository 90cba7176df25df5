// The bounds of notices, and of drills.
#include "hub/domain/bounds.hpp"

#include "hub/domain/notice.hpp"

namespace tocsin::domain {
namespace {

constexpr int kNoticeAreas = 64;
constexpr int kNoticeTeams = 16;
constexpr std::size_t kCaseChars = 64;

// When a notice ends; 0 says nothing.
void ends_in_time(Check& check, std::int64_t until, std::int64_t now_ms, const std::string& field) {
    check.require(until == 0 || (until > now_ms && until <= now_ms + kNoticeLongestMs),
                  code::time_invalid,
                  field,
                  "A notice ends after now and within 30 days.");
}

}  // namespace

void check(Check& check, const wire::IssueNotice& notice, std::int64_t now_ms) {
    const std::string in = "command.issue_notice.";
    check.kind(notice.kind(), wire::NoticeKind_IsValid, in + "kind");
    check.require(
        !is_blank(notice.text()), code::text_missing, in + "text", "A notice has a text.");
    check.text(notice.text(), kTextChars, in + "text");
    check.require(notice.area_ids_size() + notice.team_ids_size() > 0,
                  code::missing_field,
                  in + "area_ids",
                  "A notice names areas or teams.");
    check.count(notice.area_ids_size(), kNoticeAreas, in + "area_ids");
    check.count(notice.team_ids_size(), kNoticeTeams, in + "team_ids");
    check.require(notice.kind() == wire::NOTICE_KIND_MISSING_PERSON || notice.team_ids().empty(),
                  code::value_invalid,
                  in + "team_ids",
                  "Only a missing-person notice goes to teams.");
    for (int i = 0; i < notice.area_ids_size() && check.good(); ++i) {
        check.id_of(notice.area_ids(i), at(in + "area_ids", i));
    }
    for (int i = 0; i < notice.team_ids_size() && check.good(); ++i) {
        check.id_of(notice.team_ids(i), at(in + "team_ids", i));
    }
    if (notice.has_place()) {
        check.place(notice.place(), in + "place");
    }
    check_media(check, notice.media_ids(), in + "media_ids");
    const bool identifies = notice.identifies_person();
    const bool lookout = notice.kind() == wire::NOTICE_KIND_LOOKOUT;
    check.require(!lookout || notice.has_identifies_person(),
                  code::missing_field,
                  in + "identifies_person",
                  "Say whether the lookout identifies a person, by face, name or plate.");
    check.require(notice.kind() != wire::NOTICE_KIND_ADVISORY || !identifies,
                  code::value_invalid,
                  in + "identifies_person",
                  "An advisory identifies nobody; issue a lookout.");
    check.require(!lookout || !identifies || !notice.case_number().empty(),
                  code::missing_field,
                  in + "case_number",
                  "A lookout that identifies a person has a case number.");
    check.text(notice.case_number(), kCaseChars, in + "case_number");
    ends_in_time(check, notice.until_time_ms(), now_ms, in + "until_time_ms");
    check.require(
        !lookout || !identifies || notice.until_time_ms() <= now_ms + kNoticeIdentifyingMs,
        code::time_invalid,
        in + "until_time_ms",
        "A lookout that identifies a person ends within 72 hours.");
}

void check(Check& check, const wire::CorrectNotice& correction, std::int64_t now_ms) {
    const std::string in = "command.correct_notice.";
    check.id_of(correction.notice_id(), in + "notice_id");
    check.require(correction.version() >= 0,
                  code::value_invalid,
                  in + "version",
                  "A version is 1 and up, or 0.");
    check.require(
        !is_blank(correction.text()) || correction.has_place() || correction.until_time_ms() != 0,
        code::missing_field,
        in + "text",
        "A correction changes the text, the place or the end.");
    check.require(correction.text().empty() || !is_blank(correction.text()),
                  code::text_missing,
                  in + "text",
                  "A notice has a text.");
    check.text(correction.text(), kTextChars, in + "text");
    if (correction.has_place()) {
        check.place(correction.place(), in + "place");
    }
    check.text(correction.case_number(), kCaseChars, in + "case_number");
    check.text(correction.reason(), kReasonChars, in + "reason");
    ends_in_time(check, correction.until_time_ms(), now_ms, in + "until_time_ms");
}

void check(Check& check, const wire::WithdrawNotice& withdrawal) {
    const std::string in = "command.withdraw_notice.";
    check.id_of(withdrawal.notice_id(), in + "notice_id");
    check.require(!withdrawal.reason().empty(),
                  code::missing_field,
                  in + "reason",
                  "Say why: everybody who saw the notice is told.");
    check.text(withdrawal.reason(), kReasonChars, in + "reason");
}

void check(Check& check, const wire::ReleaseNotice& release) {
    const std::string in = "command.release_notice.";
    check.id_of(release.notice_id(), in + "notice_id");
    check.require(
        release.version() != 0, code::missing_field, in + "version", "Say which version you read.");
    check.require(
        release.version() >= 0, code::value_invalid, in + "version", "A version is 1 and up.");
}

void check(Check& check, const wire::AcknowledgeNotice& given) {
    const std::string in = "command.acknowledge_notice.";
    check.id_of(given.notice_id(), in + "notice_id");
    check.require(given.revision() >= 0,
                  code::value_invalid,
                  in + "revision",
                  "A revision is 1 and up, or 0.");
}

void check(Check& check, const wire::StartDrill& drill) {
    const std::string in = "command.start_drill.";
    check.id_of(drill.area_id(), in + "area_id");
    check.kind(drill.kind(), wire::ReportKind_IsValid, in + "kind");
    check.require(drill.kind() != wire::REPORT_KIND_CLUE,
                  code::value_invalid,
                  in + "kind",
                  "A clue answers a notice and cannot be practised.");
    check.text(drill.text(), kTextChars, in + "text");
    if (drill.has_place()) {
        check.place(drill.place(), in + "place");
    }
}

}  // namespace tocsin::domain
