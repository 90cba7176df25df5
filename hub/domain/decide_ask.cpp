// An officer asks the reporter of a report, and the reporter answers. Only the officers in charge
// and that reporter see it.

#include <algorithm>

#include "hub/domain/attach.hpp"
#include "hub/domain/incident_life.hpp"
#include "hub/domain/own_report.hpp"

namespace tocsin::domain {
namespace {

constexpr int kQuestions = 50;
constexpr int kAnswers = 50;

// Between the officers in charge and the reporter: who else could read it is left out.
std::vector<store::Audience> between(Draft& draft,
                                     const store::Incident& incident,
                                     const store::Report& report) {
    const bool bureau = incident.station_id().empty();
    draft.event().mutable_statement()->set_bureau_in_charge(bureau);
    draft.event().mutable_statement()->set_reporter_person_id(report.reporter_person_id());
    std::vector<store::Audience> audiences = desk_audiences(draft.state(), incident, false);
    std::erase_if(audiences, [&](const store::Audience& audience) {
        return audience.view() != store::VIEW_OFFICER &&
               !(bureau && audience.view() == store::VIEW_BUREAU);
    });
    audiences.push_back(reporter_audience(report));
    return audiences;
}

Decision finish_message(Draft& draft,
                        store::Incident incident,
                        store::Report report,
                        wire::EventKind kind) {
    tell_reporter(draft, report);
    const std::vector<store::Audience> audiences = between(draft, incident, report);
    draft.receipt().set_report_id(report.id());
    *draft.event().add_more_reports() = std::move(report);
    return finish_incident(draft, std::move(incident), audiences, kind);
}

}  // namespace

Result<Decision> decide_ask(Draft& draft, const wire::AskReporter& request) {
    const std::string in = "command.ask_reporter.";
    const Result<Found> found =
        find_incident(draft, request.incident_id(), Act::ask, in + "incident_id");
    if (!found) {
        return std::unexpected(found.error());
    }
    if (const Result<void> merged = not_merged(*found); !merged) {
        return std::unexpected(merged.error());
    }
    const store::Report* before = draft.state().report(request.report_id());
    if (before == nullptr || before->incident_id() != request.incident_id()) {
        return refuse(code::unknown_report, in + "report_id", "The incident has no such report.");
    }
    if (before->question_count() >= kQuestions) {
        return refuse(code::too_many, in + "report_id", "The reporter was asked 50 times.");
    }
    store::Incident incident = changed(draft, *found->incident);
    store::Report report = next_version(*before);
    report.set_question_count(report.question_count() + 1);
    wire::Question& question = *draft.say(incident, found->desk).mutable_question();
    question.set_report_id(report.id());
    question.set_text(request.text());
    if (!request.question_id().empty()) {
        const auto& ready = draft.state().district().questions();
        const auto it = std::ranges::find(ready, request.question_id(), &wire::ReadyQuestion::id);
        if (it == ready.end()) {
            return refuse(code::unknown_question,
                          in + "question_id",
                          "The district has no such ready-made question.");
        }
        question.set_question_id(it->id());
        question.set_text(it->text_zh());
        question.set_text_en(it->text_en());
    }
    return finish_message(
        draft, std::move(incident), std::move(report), wire::EVENT_KIND_REPORTER_ASKED);
}

Result<Decision> decide_answer(Draft& draft, const wire::AnswerQuestion& given) {
    const std::string in = "command.answer_question.";
    const Result<OwnReport> found = find_own_report(draft, given.report_id(), in + "report_id");
    if (!found) {
        return std::unexpected(found.error());
    }
    std::string asked;
    for (const store::Statement* said : draft.state().statements_of(found->incident->id())) {
        const wire::Statement& statement = said->statement();
        const bool fits = statement.question().report_id() == found->report->id() &&
                          (given.question_id().empty() || given.question_id() == statement.id());
        if (statement.has_question() && fits) {
            asked = statement.id();
        }
    }
    if (asked.empty()) {
        return refuse(
            code::unknown_question, in + "question_id", "Nobody asked that about this report.");
    }
    if (found->report->answer_count() >= kAnswers) {
        return refuse(code::too_many, in + "report_id", "The report has 50 answers.");
    }
    store::Incident incident = changed(draft, *found->incident);
    store::Report report = next_version(*found->report);
    report.set_answer_count(report.answer_count() + 1);
    wire::Answer& answer = *draft.say(incident, "").mutable_answer();
    answer.set_report_id(report.id());
    answer.set_question_id(asked);
    answer.set_text(given.text());
    store::Media home;
    home.set_incident_id(incident.id());
    home.set_report_id(report.id());
    home.set_is_answer(true);
    if (auto done =
            attach(draft, given.media_ids(), in + "media_ids", home, *answer.mutable_media());
        !done) {
        return std::unexpected(std::move(done.error()));
    }
    if (given.has_place()) {
        *answer.mutable_place() = given.place();
        answer.mutable_place()->clear_coarse();
    }
    const std::string known_as = shown_id(report);
    Decision decision = finish_message(
        draft, std::move(incident), std::move(report), wire::EVENT_KIND_REPORTER_ANSWERED);
    decision.receipt.set_incident_id(known_as);
    return decision;
}

}  // namespace tocsin::domain
