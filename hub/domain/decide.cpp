#include "hub/domain/decide.hpp"

#include <algorithm>

#include "hub/domain/access.hpp"
#include "hub/domain/clocks.hpp"
#include "hub/domain/draft.hpp"
#include "hub/domain/sight.hpp"

namespace tocsin::domain {
namespace {

constexpr std::string_view kIncident = "incident/";

// What a reporter does is no word of those who handle the incident.
bool is_of_reporter(wire::EventKind kind) {
    switch (kind) {
        case wire::EVENT_KIND_INCIDENT_OPENED:
        case wire::EVENT_KIND_REPORT_JOINED:
        case wire::EVENT_KIND_REPORT_AMENDED:
        case wire::EVENT_KIND_REPORTER_ANSWERED:
            return true;
        default:
            return false;
    }
}

}  // namespace

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
        if (subject.starts_with(kIncident)) {
            if (const auto* incident = state_.incident(subject.substr(kIncident.size()))) {
                not_before(incident->updated_time_ms());
            }
        }
        decision_.reads.push_back({std::move(subject), version, std::move(stamp)});
    }
}

store::SetVersion& Draft::raise_set(std::string_view name) {
    auto& sets = *decision_.event.mutable_sets();
    const auto raised = std::ranges::find(sets, name, &store::SetVersion::name);
    if (raised != sets.end()) {
        return *raised;
    }
    read("set/" + std::string(name));
    store::SetVersion& set = *sets.Add();
    set.set_name(std::string(name));
    set.set_version(state_.set_version(name) + 1);
    return set;
}

void Draft::extend_trail(store::Incident& incident) {
    if (!incident.notice_id().empty()) {
        incident.set_trail_previous_id(state_.trail_end(incident.notice_id()));
        raise_set(trail_set(incident.notice_id())).set_latest(incident.id());
    }
}

void Draft::raise_fires(const std::string& station_id, const std::string& closed_id) {
    store::SetVersion& set = raise_set(fires_set(station_id));
    set.clear_closed_ids();
    for (const store::Incident* fire : state_.closed_fires(station_id)) {
        if (now_ms() - fire->resolution().time_ms() <= reopen_within_ms(state_)) {
            set.add_closed_ids(fire->id());
        }
    }
    if (!closed_id.empty()) {
        set.add_closed_ids(closed_id);
    }
}

std::int64_t reopen_within_ms(const State& state) {
    constexpr std::int64_t kDefaultS = 3'600;
    const std::int32_t within_s = state.district().reopen_within_s();
    return 1000 * (within_s > 0 ? within_s : kDefaultS);
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
    if (event.incident().drill()) {
        // Whatever made it urgent: no real alarm ever waits behind a drill.
        lane = wire::LANE_ROUTINE;
        event.mutable_incident()->set_lane(lane);
        if (event.has_other()) {
            event.mutable_other()->set_lane(lane);
        }
        decision_.receipt.set_drill(true);
    }
    event.set_kind(kind);
    event.set_lane(lane);
    if (person_ != nullptr) {
        event.set_actor_person_id(person_->id());
        event.set_actor_name(person_->name());
    }
    event.set_decided_time_ms(now_ms());
    event.set_command_id(command_.id());
    decision_.receipt.set_command_id(command_.id());
    decision_.receipt.set_lane(lane);
    if (event.has_incident()) {
        const bool is_word = person_ != nullptr && !is_of_reporter(kind);
        wind_clocks(state_, *event.mutable_incident(), is_word, now_ms(), decision_.timers);
        if (event.has_other()) {
            wind_clocks(state_, *event.mutable_other(), is_word, now_ms(), decision_.timers);
        }
        settle_sight(state_, event);
    }
    return std::move(decision_);
}

std::string fires_set(std::string_view station_id) {
    return "fires/" + std::string(station_id.empty() ? "-" : station_id);
}

std::string drills_set(std::string_view station_id) {
    return "drills/" + std::string(station_id);
}

std::string trail_set(std::string_view notice_id) {
    return "trail/" + std::string(notice_id);
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
        case wire::Command::kStartDrill:
            return decide_drill(draft, command.start_drill());
        case wire::Command::kCorrectNotice:
            return decide_correct_notice(draft, command.correct_notice());
        case wire::Command::kWithdrawNotice:
            return decide_withdraw_notice(draft, command.withdraw_notice());
        case wire::Command::kReleaseNotice:
            return decide_release_notice(draft, command.release_notice());
        case wire::Command::kAcknowledgeNotice:
            return decide_acknowledge_notice(draft, command.acknowledge_notice());
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
        case wire::Command::kAmendReport:
            return decide_amend(draft, command.amend_report());
        case wire::Command::kMergeIncident:
            return decide_merge(draft, command.merge_incident());
        case wire::Command::kUnmergeIncident:
            return decide_unmerge(draft, command.unmerge_incident());
        case wire::Command::kSplitIncident:
            return decide_split(draft, command.split_incident());
        case wire::Command::kAskReporter:
            return decide_ask(draft, command.ask_reporter());
        case wire::Command::kAnswerQuestion:
            return decide_answer(draft, command.answer_question());
        case wire::Command::kStartShift:
            return decide_start_shift(draft);
        case wire::Command::kEndShift:
            return decide_end_shift(draft, command.end_shift());
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

namespace {

std::vector<std::string> spoken_of(const State& state, const wire::Command& command) {
    const auto incident = [](const auto& body) {
        return std::vector<std::string>{"incident/" + body.incident_id()};
    };
    const auto report = [&state](const auto& body) {
        const store::Report* found = state.report(body.report_id());
        return std::vector<std::string>{found == nullptr ? "report/" + body.report_id()
                                                         : "incident/" + found->incident_id()};
    };
    switch (command.body_case()) {
        case wire::Command::kSubmitReport:
            if (command.submit_report().notice_id().empty()) {
                return {};
            }
            return {"notice/" + command.submit_report().notice_id()};
        case wire::Command::kCorrectNotice:
            return {"notice/" + command.correct_notice().notice_id()};
        case wire::Command::kWithdrawNotice:
            return {"notice/" + command.withdraw_notice().notice_id()};
        case wire::Command::kReleaseNotice:
            return {"notice/" + command.release_notice().notice_id()};
        case wire::Command::kAcknowledgeNotice:
            return {"notice/" + command.acknowledge_notice().notice_id()};
        case wire::Command::kAcknowledgeIncident:
            return incident(command.acknowledge_incident());
        case wire::Command::kRespondIncident:
            return incident(command.respond_incident());
        case wire::Command::kResolveIncident:
            return incident(command.resolve_incident());
        case wire::Command::kReopenIncident:
            return incident(command.reopen_incident());
        case wire::Command::kAssignIncident:
            return incident(command.assign_incident());
        case wire::Command::kSetSeverity:
            return incident(command.set_severity());
        case wire::Command::kAddNote:
            return incident(command.add_note());
        case wire::Command::kHandOverIncident:
            return incident(command.hand_over_incident());
        case wire::Command::kSplitIncident:
            return incident(command.split_incident());
        case wire::Command::kAskReporter:
            return incident(command.ask_reporter());
        case wire::Command::kMergeIncident:
            return {"incident/" + command.merge_incident().incident_id(),
                    "incident/" + command.merge_incident().into_incident_id()};
        case wire::Command::kUnmergeIncident: {
            std::vector<std::string> both = incident(command.unmerge_incident());
            const store::Incident* merged =
                state.incident(command.unmerge_incident().incident_id());
            if (merged != nullptr && !merged->merged_into().empty()) {
                both.push_back("incident/" + merged->merged_into());
            }
            return both;
        }
        case wire::Command::kAmendReport:
            return report(command.amend_report());
        case wire::Command::kAnswerQuestion:
            return report(command.answer_question());
        default:
            return {};
    }
}

}  // namespace

std::string subject_to_load(const State& state, const wire::Command& command) {
    std::vector<std::string> subjects = spoken_of(state, command);
    const auto add_media = [&](const auto& body) {
        for (const std::string& id : body.media_ids()) {
            subjects.push_back("media/" + id);
        }
    };
    if (command.has_amend_report()) {
        add_media(command.amend_report());
    } else if (command.has_answer_question()) {
        add_media(command.answer_question());
    } else if (command.has_issue_notice()) {
        add_media(command.issue_notice());
    }
    for (std::string& subject : subjects) {
        if (state.version_of(subject) == 0) {
            return std::move(subject);
        }
    }
    return "";
}

}  // namespace tocsin::domain
