// Every bound that the wire states in its comments, checked without any state. The first fault
// found is the one told.

#include "hub/domain/bounds.hpp"

namespace tocsin::domain {
namespace {

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
        case wire::Command::kAcknowledgeNotice:
            check(found, command.acknowledge_notice());
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
