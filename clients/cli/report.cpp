// tocsin report, report amend, report answer

#include "commands.hpp"
#include "media.hpp"
#include "options.hpp"
#include "output.hpp"
#include "words.hpp"

namespace tocsin::cli {
namespace {

struct ReportOptions {
    std::string kind;
    std::optional<wire::Place> place;
    std::int64_t observed_ms = 0;
    std::string text;
    std::string notice;
    bool urgent = false;
    bool gas = false;
    bool may_call = false;
    std::string building;
    std::vector<std::string> files;  // photos and voice
    std::string id;
};

// P9: who stands beside it is told that nobody knows of it yet.
void say_call() {
    diagnose("未确认，请立即拨打 119 / 110 / 120: NOT CONFIRMED, call 119, 110 or 120 now");
}

// Uploads the files and adds them to the report, which is stored by now, whatever becomes of them.
void follow_with_files(const Globals& globals,
                       const std::string& report_id,
                       const std::vector<std::string>& files) {
    wire::Command more;
    auto& amendment = *more.mutable_amend_report();
    amendment.set_report_id(report_id);
    std::string missing;
    for (const std::string& file : files) {
        try {
            if (const auto media = upload(globals, file)) {
                amendment.add_media_ids(media->media_id());
                continue;
            }
        } catch (const UsageError& error) {
            diagnose(error.what());
        }
        missing += " --photo " + file;
    }
    if (amendment.media_ids_size() > 0 && submit_and_print(globals, std::move(more)) != kDone) {
        diagnose("the report is stored; its files are not with it");
    } else if (!missing.empty()) {
        diagnose(
            "the report is stored, but not all that was to go with it; to add it: tocsin report "
            "amend " +
            report_id + missing);
    }
}

int report(const Globals& globals, const ReportOptions& options) {
    wire::Command command;
    command.set_id(options.id);
    auto& report = *command.mutable_submit_report();
    report.set_kind(value_of(kReportKinds, options.kind));
    report.set_text(options.text);
    if (options.place) {
        *report.mutable_place() = *options.place;
    }
    report.set_urgent(options.urgent);
    report.set_observed_time_ms(options.observed_ms);
    report.set_notice_id(options.notice);
    report.set_smell_of_gas(options.gas);
    report.set_may_call(options.may_call);
    report.set_building(options.building);
    const auto receipt = submit(globals, std::move(command));
    if (!receipt) {
        if (options.urgent || options.gas || options.kind == "fire") {
            say_call();
        }
        return receipt.error();
    }
    print_line(receipt_line(*receipt));
    follow_with_files(globals, receipt->report_id(), options.files);
    return kDone;
}

struct FollowUp {
    std::string report;
    std::string question;
    std::string text;
    std::optional<wire::Place> place;
    bool worse = false;
    bool over = false;
    std::vector<std::string> files;  // photos and voice
    std::string id;
};

int amend(const Globals& globals, const FollowUp& options) {
    wire::Command command;
    command.set_id(options.id);
    auto& body = *command.mutable_amend_report();
    body.set_report_id(options.report);
    body.set_text(options.text);
    if (options.place) {
        *body.mutable_place() = *options.place;
    }
    body.set_worse(options.worse);
    body.set_over(options.over);
    if (const auto failed = attach(globals, options.files, body)) {
        return *failed;
    }
    const int done = submit_and_print(globals, std::move(command));
    if (options.worse && done != kDone) {
        say_call();
    }
    return done;
}

int answer(const Globals& globals, const FollowUp& options) {
    wire::Command command;
    command.set_id(options.id);
    auto& body = *command.mutable_answer_question();
    body.set_report_id(options.report);
    body.set_question_id(options.question);
    body.set_text(options.text);
    if (options.place) {
        *body.mutable_place() = *options.place;
    }
    if (const auto failed = attach(globals, options.files, body)) {
        return *failed;
    }
    return submit_and_print(globals, std::move(command));
}

// What both have.
CLI::App& add_follow_up(CLI::App& report,
                        const char* name,
                        const char* help,
                        const std::string& example,
                        FollowUp& options) {
    auto& command = *report.add_subcommand(name, help);
    command.add_option("ID", options.report, "The report's id, as its receipt says")
        ->required()
        ->type_name("");
    command.add_option("--text", options.text, "What there is to say")->type_name("TEXT");
    add_place(command, options.place);
    add_files(command, "--photo,--voice", options.files, "A file to go with it; may be repeated");
    add_command_id(command, options.id);
    add_example(command,
                "  tocsin report " + std::string(name) + " 5b2e7c1a-9a41-4c55-8d0e-2f6a1b3c4d5e " +
                    example);
    return command;
}

void add_follow_ups(CLI::App& report, Context& context) {
    auto options = std::make_shared<FollowUp>();
    auto& amends = add_follow_up(report,
                                 "amend",
                                 "Add to your own report: where it is after all, more, worse, over",
                                 "--worse --text '火势变大'",
                                 *options);
    auto* worse = amends.add_flag("--worse", options->worse, "It is worse: rings again");
    amends.add_flag("--over", options->over, "It is over; closes nothing")->excludes(worse);
    amends.callback([&context, options] {
        context.run = [&context, options] { return amend(context.globals, *options); };
    });
    auto given = std::make_shared<FollowUp>();
    auto& answers = add_follow_up(report,
                                  "answer",
                                  "Answer the officers' question about your own report",
                                  "--text '往北走了'",
                                  *given);
    answers.add_option("--question", given->question, "The question's id [the latest]")
        ->type_name("ID");
    answers.callback([&context, given] {
        context.run = [&context, given] { return answer(context.globals, *given); };
    });
}

}  // namespace

void add_report(CLI::App& app, Context& context) {
    auto& command = *app.add_subcommand("report", "Say what happened; prints the hub's receipt");
    auto options = std::make_shared<ReportOptions>();
    // KIND is not required by the parser, which would ask for it before `amend`, too.
    command.add_option("KIND", options->kind, "What it is about: " + one_of(kReportKinds))
        ->type_name("")
        ->check(CLI::IsMember(words_of(kReportKinds)).description(""));
    command.add_option("--text", options->text, "What happened; only a fire may come without")
        ->type_name("TEXT");
    add_place(command, options->place);
    command.add_flag("--urgent", options->urgent, "Happening now, or life in danger: an alarm");
    command.add_flag("--gas", options->gas, "It smells of gas: urgent, whatever the kind");
    command.add_flag("--may-call", options->may_call, "You may be called back");
    command.add_option("--building", options->building, "The building, as people there call it")
        ->type_name("NAME");
    add_time(command, "--observed", options->observed_ms, "When you saw it [now]");
    command
        .add_option("--notice", options->notice, "The notice that this answers; a clue needs one")
        ->type_name("ID");
    // Not looked at before the report is on its way: an alarm waits for no file.
    command
        .add_option("--photo,--voice",
                    options->files,
                    "A file that follows the stored report as an amendment, with a receipt of its "
                    "own; what becomes of it changes nothing of the exit code; may be repeated")
        ->type_name("FILE");
    add_command_id(command, options->id);
    add_example(command,
                "  tocsin report fire --at 45.6063,126.6194,20 --photo smoke.jpg\n"
                "  tocsin report sighting --text '地下车库有人在撬电动车电池' --urgent\n"
                "Standing beside it: call 119, 110 or 120 first.");
    add_follow_ups(command, context);
    command.callback([&command, &context, options] {
        if (!command.get_subcommands().empty()) {
            return;
        }
        if (options->kind.empty()) {
            throw CLI::RequiredError("KIND");
        }
        context.run = [&context, options] { return report(context.globals, *options); };
    });
}

}  // namespace tocsin::cli
