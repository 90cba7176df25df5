// Every bound that the wire states in its comments, checked without any state. The first fault
// found is the one told.

#include <cmath>
#include <set>
#include <utility>

#include "hub/domain/access.hpp"
#include "hub/domain/decide.hpp"
#include "hub/domain/notice.hpp"
#include "hub/domain/policies.hpp"

namespace tocsin::domain {
namespace {

constexpr std::size_t kTextChars = 4'000;
constexpr std::size_t kNameChars = 100;
constexpr std::size_t kPhoneChars = 32;
constexpr std::size_t kIdChars = 64;
constexpr int kMediaAtOnce = 8;
constexpr int kNoticeAreas = 64;
constexpr int kNoticeTeams = 16;
constexpr int kPolygons = 16;
constexpr int kHoles = 16;
constexpr int kVertices = 500;
constexpr int kGrants = 8;
constexpr int kSplitReports = 64;
constexpr int kReadyQuestions = 50;
constexpr std::size_t kQuestionChars = 200;
constexpr std::size_t kDigestBytes = 32;
constexpr double kAccuracyM = 100'000;
constexpr std::size_t kReasonChars = 500;
constexpr std::size_t kCaseChars = 64;

// Collects the first fault. Every check after it does nothing.
class Check {
public:
    bool good() const { return !fault_; }
    std::optional<Refusal> take() { return std::move(fault_); }

    // What another rule found, if anything.
    void adopt(std::optional<Refusal> found) {
        if (found && !fault_) {
            fault_ = std::move(found);
        }
    }
    void fail(std::string_view code, const std::string& field, std::string message) {
        if (!fault_) {
            fault_ = Refusal{std::string(code), field, std::move(message), 0};
        }
    }
    void require(bool holds, std::string_view code, const std::string& field, const char* message) {
        if (!holds) {
            fail(code, field, message);
        }
    }
    void text(const std::string& value, std::size_t most, const std::string& field) {
        const std::size_t length = code_points(value);
        if (length == SIZE_MAX) {
            fail(code::invalid_utf8, field, "The text is not UTF-8.");
        } else if (length > most) {
            fail(code::text_too_long,
                 field,
                 "The text is longer than " + std::to_string(most) + " characters.");
        }
    }
    void count(int size, int most, const std::string& field) {
        if (size > most) {
            fail(code::too_many, field, "At most " + std::to_string(most) + " are allowed.");
        }
    }
    // `known`: the generated *_IsValid of an enum whose 0 is never valid.
    void kind(int value, bool (*known)(int), const std::string& field) {
        require(value != 0, code::missing_field, field, "This must be set.");
        require(known(value), code::value_invalid, field, "This value is not known.");
    }
    // An id that the client makes up: 1 to 64 of a-z, 0-9 and '-'.
    void new_id(const std::string& id, const std::string& field) {
        require(!id.empty(), code::missing_field, field, "This must be set.");
        const bool clean =
            id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
        require(clean && id.size() <= kIdChars,
                code::id_invalid,
                field,
                "An id is 1 to 64 of a-z, 0-9 and '-'.");
    }
    // An id of something that must exist: whether it does is a matter of state.
    void id_of(const std::string& id, const std::string& field) {
        require(!id.empty(), code::missing_field, field, "This must be set.");
        optional_id_of(id, field);
    }
    void optional_id_of(const std::string& id, const std::string& field) {
        require(
            id.size() <= kIdChars, code::id_invalid, field, "No id is longer than 64 characters.");
    }
    void range(int value, int most, const std::string& field) {
        require(value >= 0 && value <= most,
                code::value_invalid,
                field,
                "The value is outside what the field allows.");
    }
    void version(std::int32_t version, const std::string& field) {
        require(version >= 0, code::value_invalid, field, "A version is never negative.");
    }
    void degrees(double latitude, double longitude, const std::string& field) {
        // Written so that NaN fails.
        require(latitude >= -90 && latitude <= 90,
                code::coordinates_invalid,
                field + ".latitude",
                "A latitude is a number from -90 to 90.");
        require(longitude >= -180 && longitude <= 180,
                code::coordinates_invalid,
                field + ".longitude",
                "A longitude is a number from -180 to 180.");
    }
    void place(const wire::Place& place, const std::string& field) {
        degrees(place.latitude(), place.longitude(), field);
        require(place.accuracy_m() >= 0 && place.accuracy_m() <= kAccuracyM,
                code::accuracy_invalid,
                field + ".accuracy_m",
                "An accuracy is a number of metres from 0 to 100,000.");
    }

private:
    std::optional<Refusal> fault_;
};

std::string at(const std::string& list, int index) {
    return list + "[" + std::to_string(index) + "]";
}

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
    check.require(!report.text().empty() || report.kind() == wire::REPORT_KIND_FIRE,
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

// When a notice ends; 0 says nothing.
void ends_in_time(Check& check, std::int64_t until, std::int64_t now_ms, const std::string& field) {
    check.require(until == 0 || (until > now_ms && until <= now_ms + kNoticeLongestMs),
                  code::time_invalid,
                  field,
                  "A notice ends after now and within 30 days.");
}

void check(Check& check, const wire::IssueNotice& notice, std::int64_t now_ms) {
    const std::string in = "command.issue_notice.";
    check.kind(notice.kind(), wire::NoticeKind_IsValid, in + "kind");
    check.require(!notice.text().empty(), code::text_missing, in + "text", "A notice has a text.");
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
        !correction.text().empty() || correction.has_place() || correction.until_time_ms() != 0,
        code::missing_field,
        in + "text",
        "A correction changes the text, the place or the end.");
    check.text(correction.text(), kTextChars, in + "text");
    if (correction.has_place()) {
        check.place(correction.place(), in + "place");
    }
    check.text(correction.case_number(), kCaseChars, in + "case_number");
    check.text(correction.reason(), kReasonChars, in + "reason");
    ends_in_time(check, correction.until_time_ms(), now_ms, in + "until_time_ms");
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
    check.require(!note.text().empty(), code::text_missing, in + "text", "A note has a text.");
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
    check.require(amend.has_place() || !amend.text().empty() || amend.worse() || amend.over() ||
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
    check.require(!ask.text().empty() || !ask.question_id().empty(),
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
    check.require(!answer.text().empty() || answer.has_place() || !answer.media_ids().empty(),
                  code::text_missing,
                  in + "text",
                  "An answer has a text, a place or a file.");
}

void check(Check& check, const wire::ReadyQuestion& question, const std::string& in) {
    check.new_id(question.id(), in + ".id");
    for (const auto& [text, name] :
         {std::pair(&question.text_zh(), ".text_zh"), std::pair(&question.text_en(), ".text_en")}) {
        check.require(!text->empty(), code::text_missing, in + name, "A question has a text.");
        check.text(*text, kQuestionChars, in + name);
    }
}

void check(Check& check, const wire::District& district, const std::string& in) {
    check.adopt(policies_out_of_bounds(district.policies(), in + "policies"));
    check.require(district.unattended_after_s() == 0 || (district.unattended_after_s() >= 10 &&
                                                         district.unattended_after_s() <= 86'400),
                  code::value_invalid,
                  in + "unattended_after_s",
                  "0, or 10 to 86,400 seconds.");
    check.new_id(district.id(), in + "id");
    check.text(district.name_zh(), kNameChars, in + "name_zh");
    check.text(district.name_en(), kNameChars, in + "name_en");
    check.require(district.fire_join_distance_m() >= 0 && district.fire_join_distance_m() <= 2'000,
                  code::value_invalid,
                  in + "fire_join_distance_m",
                  "A distance of 1 to 2,000 metres, or 0.");
    check.require(district.fire_join_within_s() >= 0 && district.fire_join_within_s() <= 86'400,
                  code::value_invalid,
                  in + "fire_join_within_s",
                  "A time of 1 to 86,400 seconds, or 0.");
    check.range(district.ring_again_distance_m(), 2'000, in + "ring_again_distance_m");
    check.range(district.reopen_within_s(), 86'400, in + "reopen_within_s");
    check.range(district.perhaps_same_distance_m(), 300, in + "perhaps_same_distance_m");
    check.range(district.perhaps_same_within_s(), 86'400, in + "perhaps_same_within_s");
    check.count(district.questions_size(), kReadyQuestions, in + "questions");
    std::set<std::string> ids;
    for (int i = 0; i < district.questions_size() && check.good(); ++i) {
        domain::check(check, district.questions(i), at(in + "questions", i));
        check.require(ids.insert(district.questions(i).id()).second,
                      code::value_invalid,
                      at(in + "questions", i) + ".id",
                      "Each question has an id of its own.");
    }
}

void check(Check& check, const wire::Ring& ring, const std::string& in) {
    check.count(ring.vertices_size(), kVertices, in + ".vertices");
    std::set<std::pair<double, double>> corners;
    for (int i = 0; i < ring.vertices_size() && check.good(); ++i) {
        const wire::Vertex& vertex = ring.vertices(i);
        check.degrees(vertex.latitude(), vertex.longitude(), at(in + ".vertices", i));
        if (check.good()) {
            corners.emplace(vertex.latitude(), vertex.longitude());
        }
    }
    check.require(corners.size() >= 3,
                  code::value_invalid,
                  in + ".vertices",
                  "A ring has at least 3 different corners.");
}

void check(Check& check, const wire::Area& area, const std::string& in) {
    check.new_id(area.id(), in + "id");
    check.kind(area.kind(), wire::AreaKind_IsValid, in + "kind");
    if (area.kind() == wire::AREA_KIND_BUREAU) {
        check.require(area.parent_id().empty(),
                      code::value_invalid,
                      in + "parent_id",
                      "Nothing is above the bureau.");
    } else {
        check.id_of(area.parent_id(), in + "parent_id");
    }
    check.text(area.name_zh(), kNameChars, in + "name_zh");
    check.text(area.name_en(), kNameChars, in + "name_en");
    check.text(area.station_name_zh(), kNameChars, in + "station_name_zh");
    check.text(area.station_name_en(), kNameChars, in + "station_name_en");
    check.require(area.polygons_size() > 0,
                  code::missing_field,
                  in + "polygons",
                  "An area has at least one polygon.");
    check.count(area.polygons_size(), kPolygons, in + "polygons");
    for (int i = 0; i < area.polygons_size() && check.good(); ++i) {
        const wire::Polygon& polygon = area.polygons(i);
        const std::string polygon_field = at(in + "polygons", i);
        check.require(polygon.has_outer(),
                      code::missing_field,
                      polygon_field + ".outer",
                      "A polygon has an outer line.");
        domain::check(check, polygon.outer(), polygon_field + ".outer");
        check.count(polygon.holes_size(), kHoles, polygon_field + ".holes");
        for (int hole = 0; hole < polygon.holes_size() && check.good(); ++hole) {
            domain::check(check, polygon.holes(hole), at(polygon_field + ".holes", hole));
        }
    }
}

void check(Check& check, const wire::Team& team, const std::string& in) {
    check.new_id(team.id(), in + "id");
    check.text(team.name_zh(), kNameChars, in + "name_zh");
    check.text(team.name_en(), kNameChars, in + "name_en");
}

void check(Check& check, const wire::Person& person, const std::string& in) {
    check.new_id(person.id(), in + "id");
    check.text(person.name(), kNameChars, in + "name");
    check.text(person.phone(), kPhoneChars, in + "phone");
    check.optional_id_of(person.home_area_id(), in + "home_area_id");
    check.count(person.grants_size(), kGrants, in + "grants");
    for (int i = 0; i < person.grants_size() && check.good(); ++i) {
        const wire::Grant& grant = person.grants(i);
        const std::string grant_field = at(in + "grants", i);
        check.kind(grant.role(), wire::Role_IsValid, grant_field + ".role");
        const std::optional<ScopeKind> scope = scope_of(grant.role());
        if (scope && *scope != ScopeKind::none) {
            check.id_of(grant.scope_id(), grant_field + ".scope_id");
        } else {
            check.require(grant.scope_id().empty(),
                          code::value_invalid,
                          grant_field + ".scope_id",
                          "This role holds everywhere and has no scope.");
        }
    }
}

void check(Check& check, const wire::AddDevice& device) {
    const std::string in = "command.add_device.";
    check.id_of(device.person_id(), in + "person_id");
    check.text(device.label(), kNameChars, in + "label");
    check.require(!device.token_sha256().empty(),
                  code::missing_field,
                  in + "token_sha256",
                  "This must be set.");
    check.require(device.token_sha256().size() == kDigestBytes,
                  code::value_invalid,
                  in + "token_sha256",
                  "A SHA-256 digest has 32 bytes.");
}

// The body of a put_*: without it the fault is the body's.
template <class T>
void check_put(Check& check, bool has, const T& subject, const std::string& field) {
    check.require(has, code::missing_field, field, "This must be set.");
    domain::check(check, subject, field + ".");
}

}  // namespace

std::optional<Refusal> out_of_bounds(const wire::Command& command, std::int64_t now_ms) {
    Check found;
    found.require(!command.id().empty(), code::missing_field, "command.id", "This must be set.");
    found.require(
        is_uuid(command.id()), code::id_invalid, "command.id", "A command's id is a UUID.");
    switch (command.body_case()) {
        case wire::Command::kSubmitReport:
            check(found, command.submit_report());
            break;
        case wire::Command::kIssueNotice:
            check(found, command.issue_notice(), now_ms);
            break;
        case wire::Command::kStartDrill:
            check(found, command.start_drill());
            break;
        case wire::Command::kCorrectNotice:
            check(found, command.correct_notice(), now_ms);
            break;
        case wire::Command::kWithdrawNotice:
            check(found, command.withdraw_notice());
            break;
        case wire::Command::kReleaseNotice:
            check(found, command.release_notice());
            break;
        case wire::Command::kAcknowledgeIncident:
            found.id_of(command.acknowledge_incident().incident_id(),
                        "command.acknowledge_incident.incident_id");
            break;
        case wire::Command::kResolveIncident:
            check(found, command.resolve_incident());
            break;
        case wire::Command::kRespondIncident:
            found.id_of(command.respond_incident().incident_id(),
                        "command.respond_incident.incident_id");
            break;
        case wire::Command::kReopenIncident:
            check(found, command.reopen_incident());
            break;
        case wire::Command::kAssignIncident:
            check(found, command.assign_incident());
            break;
        case wire::Command::kSetSeverity:
            check(found, command.set_severity());
            break;
        case wire::Command::kAddNote:
            check(found, command.add_note());
            break;
        case wire::Command::kHandOverIncident:
            check(found, command.hand_over_incident());
            break;
        case wire::Command::kAmendReport:
            check(found, command.amend_report());
            break;
        case wire::Command::kMergeIncident:
            check(found, command.merge_incident());
            break;
        case wire::Command::kUnmergeIncident:
            found.id_of(command.unmerge_incident().incident_id(),
                        "command.unmerge_incident.incident_id");
            break;
        case wire::Command::kSplitIncident:
            check(found, command.split_incident());
            break;
        case wire::Command::kAskReporter:
            check(found, command.ask_reporter());
            break;
        case wire::Command::kAnswerQuestion:
            check(found, command.answer_question());
            break;
        case wire::Command::kPutDistrict:
            check_put(found,
                      command.put_district().has_district(),
                      command.put_district().district(),
                      "command.put_district.district");
            break;
        case wire::Command::kPutArea:
            check_put(found,
                      command.put_area().has_area(),
                      command.put_area().area(),
                      "command.put_area.area");
            break;
        case wire::Command::kPutTeam:
            check_put(found,
                      command.put_team().has_team(),
                      command.put_team().team(),
                      "command.put_team.team");
            break;
        case wire::Command::kPutPerson:
            check_put(found,
                      command.put_person().has_person(),
                      command.put_person().person(),
                      "command.put_person.person");
            break;
        case wire::Command::kRevokePerson:
            found.id_of(command.revoke_person().person_id(), "command.revoke_person.person_id");
            break;
        case wire::Command::kAddDevice:
            check(found, command.add_device());
            break;
        case wire::Command::kRevokeDevice:
            found.id_of(command.revoke_device().device_id(), "command.revoke_device.device_id");
            break;
        case wire::Command::kStartShift:
            break;
        case wire::Command::kEndShift:
            found.optional_id_of(command.end_shift().hand_to_person_id(),
                                 "command.end_shift.hand_to_person_id");
            break;
        case wire::Command::BODY_NOT_SET:
            found.fail(code::unknown_request, "command", "This hub does not know this command.");
            break;
    }
    return found.take();
}

}  // namespace tocsin::domain
