#include "hub/domain/decide.hpp"

#include <algorithm>

#include "hub/domain/access.hpp"
#include "hub/domain/draft.hpp"

namespace tocsin::domain {

Draft::Draft(const State& state,
             const wire::Command& command,
             const Actor& actor,
             const Circumstances& circumstances)
    : state_(state), command_(command), actor_(actor), circumstances_(circumstances) {}

Result<void> Draft::know_actor() {
    read("person/" + actor_.person_id);
    person_ = state_.person(actor_.person_id);
    if (person_ == nullptr || person_->revoked()) {
        return refuse(code::not_permitted, "", "You are not known here, or no longer.");
    }
    if (!actor_.device_id.empty()) {
        read("device/" + actor_.device_id);
        const store::Device* device = state_.device(actor_.device_id);
        if (device == nullptr || device->device().revoked() ||
            device->device().person_id() != actor_.person_id) {
            return refuse(code::not_permitted, "", "This device is not known here, or no longer.");
        }
    }
    return {};
}

void Draft::read(std::string subject) {
    if (std::ranges::find(decision_.reads, subject, &Read::subject) == decision_.reads.end()) {
        const std::int32_t version = state_.version_of(subject);
        std::string stamp = state_.stamp_of(subject);
        decision_.reads.push_back({std::move(subject), version, std::move(stamp)});
    }
}

void Draft::raise_set(std::string_view name) {
    read("set/" + std::string(name));
    store::SetVersion* set = decision_.event.add_sets();
    set->set_name(std::string(name));
    set->set_version(state_.set_version(name) + 1);
}

wire::Statement& Draft::say(store::Incident& incident, const std::string& desk) {
    store::Statement& stored = *decision_.event.mutable_statement();
    stored.set_incident_id(incident.id());
    incident.set_statement_count(incident.statement_count() + 1);
    stored.set_number(incident.statement_count());
    wire::Statement& statement = *stored.mutable_statement();
    statement.set_id(new_id());
    statement.set_desk(desk);
    statement.set_person_id(person_->id());
    statement.set_name(person_->name());
    statement.set_time_ms(now_ms());
    decision_.receipt.set_statement_id(statement.id());
    return statement;
}

void Draft::concern(const std::vector<store::Audience>& audiences) {
    decision_.event.mutable_audiences()->Add(audiences.begin(), audiences.end());
}

Decision Draft::finish(wire::EventKind kind, wire::Lane lane) {
    store::EventBody& event = decision_.event;
    event.set_kind(kind);
    event.set_lane(lane);
    event.set_actor_person_id(person_->id());
    event.set_actor_name(person_->name());
    event.set_decided_time_ms(now_ms());
    event.set_command_id(command_.id());
    decision_.receipt.set_command_id(command_.id());
    decision_.receipt.set_lane(lane);
    return std::move(decision_);
}

std::string fires_set(std::string_view station_id) {
    return "fires/" + std::string(station_id.empty() ? "-" : station_id);
}

Result<Decision> decide(const State& state,
                        const wire::Command& command,
                        const Actor& actor,
                        const Circumstances& circumstances) {
    Draft draft(state, command, actor, circumstances);
    if (const Result<void> known = draft.know_actor(); !known) {
        return std::unexpected(known.error());
    }
    if (const Result<void> allowed = may_send(draft.person(), command); !allowed) {
        return std::unexpected(allowed.error());
    }
    draft.read("set/" + std::string(kDistrictSet));
    switch (command.body_case()) {
        case wire::Command::kSubmitReport:
            return decide_report(draft, command.submit_report());
        case wire::Command::kIssueNotice:
            return decide_notice(draft, command.issue_notice());
        case wire::Command::kAcknowledgeIncident:
            return decide_acknowledge(draft, command.acknowledge_incident());
        case wire::Command::kResolveIncident:
            return decide_resolve(draft, command.resolve_incident());
        case wire::Command::kRespondIncident:
            return decide_respond(draft, command.respond_incident());
        case wire::Command::kReopenIncident:
            return decide_reopen(draft, command.reopen_incident());
        case wire::Command::kAssignIncident:
            return decide_assign(draft, command.assign_incident());
        case wire::Command::kSetSeverity:
            return decide_severity(draft, command.set_severity());
        case wire::Command::kAddNote:
            return decide_note(draft, command.add_note());
        case wire::Command::kHandOverIncident:
            return decide_hand_over(draft, command.hand_over_incident());
        case wire::Command::kPutDistrict:
        case wire::Command::kPutArea:
        case wire::Command::kPutTeam:
        case wire::Command::kPutPerson:
        case wire::Command::kRevokePerson:
        case wire::Command::kAddDevice:
        case wire::Command::kRevokeDevice:
            return decide_district(draft);
        case wire::Command::BODY_NOT_SET:
            break;
    }
    return refuse(code::unknown_request, "command", "This hub does not know this command.");
}

std::string subject_spoken_of(const wire::Command& command) {
    switch (command.body_case()) {
        case wire::Command::kSubmitReport:
            return command.submit_report().notice_id().empty()
                       ? ""
                       : "notice/" + command.submit_report().notice_id();
        case wire::Command::kAcknowledgeIncident:
            return "incident/" + command.acknowledge_incident().incident_id();
        case wire::Command::kRespondIncident:
            return "incident/" + command.respond_incident().incident_id();
        case wire::Command::kResolveIncident:
            return "incident/" + command.resolve_incident().incident_id();
        case wire::Command::kReopenIncident:
            return "incident/" + command.reopen_incident().incident_id();
        case wire::Command::kAssignIncident:
            return "incident/" + command.assign_incident().incident_id();
        case wire::Command::kSetSeverity:
            return "incident/" + command.set_severity().incident_id();
        case wire::Command::kAddNote:
            return "incident/" + command.add_note().incident_id();
        case wire::Command::kHandOverIncident:
            return "incident/" + command.hand_over_incident().incident_id();
        default:
            return "";
    }
}

}  // namespace tocsin::domain
