// The bounds of reports, of what is added to them, and of what desks do with incidents.
#include "hub/domain/bounds.hpp"

#include <algorithm>
#include <set>

namespace tocsin::domain {
namespace {

constexpr std::size_t kNameChars = 100;
constexpr int kMediaAtOnce = 8;
constexpr int kSplitReports = 64;

}  // namespace

// Ids of own uploads, each at most once.
void check_media(Check& check,
                 const google::protobuf::RepeatedPtrField<std::string>& ids,
                 const std::string& field) {
    check.count(ids.size(), kMediaAtOnce, field);
    for (int i = 0; i < ids.size() && check.good(); ++i) {
        const std::string place = at(field, i);
        check.require(is_uuid(ids[i]), code::id_invalid, place, "An id of a file is a UUID.");
        check.require(std::find(ids.begin(), ids.begin() + i, ids[i]) == ids.begin() + i,
                      code::value_invalid,
                      place,
                      "The same file is named twice.");
    }
}

void check(Check& check, const wire::SubmitReport& report) {
    const std::string in = "command.submit_report.";
    const bool is_clue = report.kind() == wire::REPORT_KIND_CLUE;
    check.kind(report.kind(), wire::ReportKind_IsValid, in + "kind");
    check.require(!is_blank(report.text()) || report.kind() == wire::REPORT_KIND_FIRE,
                  code::text_missing,
                  in + "text",
                  "Only a fire may come without text.");
    check.text(report.text(), kTextChars, in + "text");
    if (report.has_place()) {
        check.place(report.place(), in + "place");
    }
    check.require(!is_clue || !report.notice_id().empty(),
                  code::missing_field,
                  in + "notice_id",
                  "A clue names the notice that it answers.");
    check.require(
        is_clue || report.kind() == wire::REPORT_KIND_SIGHTING || report.notice_id().empty(),
        code::value_invalid,
        in + "notice_id",
        "Only a clue or a sighting answers a notice.");
    check.optional_id_of(report.notice_id(), in + "notice_id");
    check.text(report.building(), kNameChars, in + "building");
}

void check(Check& check, const wire::ResolveIncident& resolve) {
    const std::string in = "command.resolve_incident.";
    check.id_of(resolve.incident_id(), in + "incident_id");
    check.kind(resolve.outcome(), wire::Outcome_IsValid, in + "outcome");
    check.text(resolve.note(), kTextChars, in + "note");
}

void check(Check& check, const wire::AssignIncident& assign) {
    const std::string in = "command.assign_incident.";
    check.id_of(assign.incident_id(), in + "incident_id");
    check.optional_id_of(assign.person_id(), in + "person_id");
    check.version(assign.seen_version(), in + "seen_version");
}

void check(Check& check, const wire::SetSeverity& rate) {
    const std::string in = "command.set_severity.";
    check.id_of(rate.incident_id(), in + "incident_id");
    check.kind(rate.severity(), wire::Severity_IsValid, in + "severity");
    check.version(rate.seen_version(), in + "seen_version");
}

void check(Check& check, const wire::AddNote& note) {
    const std::string in = "command.add_note.";
    check.id_of(note.incident_id(), in + "incident_id");
    check.require(!is_blank(note.text()), code::text_missing, in + "text", "A note has a text.");
    check.text(note.text(), kTextChars, in + "text");
}

void check(Check& check, const wire::HandOverIncident& hand_over) {
    const std::string in = "command.hand_over_incident.";
    check.id_of(hand_over.incident_id(), in + "incident_id");
    check.id_of(hand_over.station_id(), in + "station_id");
    check.text(hand_over.text(), kTextChars, in + "text");
}

void check(Check& check, const wire::ReopenIncident& reopen) {
    const std::string in = "command.reopen_incident.";
    check.id_of(reopen.incident_id(), in + "incident_id");
    check.text(reopen.text(), kTextChars, in + "text");
}

void check(Check& check, const wire::AmendReport& amend) {
    const std::string in = "command.amend_report.";
    check.id_of(amend.report_id(), in + "report_id");
    check.text(amend.text(), kTextChars, in + "text");
    if (amend.has_place()) {
        check.place(amend.place(), in + "place");
    }
    check_media(check, amend.media_ids(), in + "media_ids");
    check.require(amend.has_place() || !is_blank(amend.text()) || amend.worse() || amend.over() ||
                      !amend.media_ids().empty(),
                  code::missing_field,
                  in + "text",
                  "An amendment says at least one thing.");
    check.require(!amend.worse() || !amend.over(),
                  code::value_invalid,
                  in + "over",
                  "It is not worse and over at once.");
}

void check(Check& check, const wire::MergeIncident& merge) {
    check.id_of(merge.incident_id(), "command.merge_incident.incident_id");
    check.id_of(merge.into_incident_id(), "command.merge_incident.into_incident_id");
}

void check(Check& check, const wire::SplitIncident& split) {
    const std::string in = "command.split_incident.";
    check.id_of(split.incident_id(), in + "incident_id");
    check.require(split.report_ids_size() > 0,
                  code::missing_field,
                  in + "report_ids",
                  "At least one report is named.");
    check.count(split.report_ids_size(), kSplitReports, in + "report_ids");
    for (int i = 0; i < split.report_ids_size() && check.good(); ++i) {
        check.id_of(split.report_ids(i), at(in + "report_ids", i));
    }
}

void check(Check& check, const wire::AskReporter& ask) {
    const std::string in = "command.ask_reporter.";
    check.id_of(ask.incident_id(), in + "incident_id");
    check.id_of(ask.report_id(), in + "report_id");
    check.text(ask.text(), kTextChars, in + "text");
    check.optional_id_of(ask.question_id(), in + "question_id");
    check.require(!is_blank(ask.text()) || !ask.question_id().empty(),
                  code::text_missing,
                  in + "text",
                  "A question has a text or is a ready-made one.");
    check.require(ask.text().empty() || ask.question_id().empty(),
                  code::value_invalid,
                  in + "question_id",
                  "A question has a text or is a ready-made one, not both.");
}

void check(Check& check, const wire::AnswerQuestion& answer) {
    const std::string in = "command.answer_question.";
    check.id_of(answer.report_id(), in + "report_id");
    check.optional_id_of(answer.question_id(), in + "question_id");
    check.text(answer.text(), kTextChars, in + "text");
    if (answer.has_place()) {
        check.place(answer.place(), in + "place");
    }
    check_media(check, answer.media_ids(), in + "media_ids");
    check.require(!is_blank(answer.text()) || answer.has_place() || !answer.media_ids().empty(),
                  code::text_missing,
                  in + "text",
                  "An answer has a text, a place or a file.");
}

}  // namespace tocsin::domain
