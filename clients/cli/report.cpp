// tocsin report, tocsin notice

#include "commands.hpp"
#include "options.hpp"
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
    std::string id;
};

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
    return submit_and_print(globals, std::move(command));
}

struct NoticeOptions {
    std::string kind;
    std::vector<std::string> areas;
    std::vector<std::string> teams;
    std::string text;
    std::optional<wire::Place> place;
    std::int64_t until_ms = 0;
    std::string id;
};

int notice(const Globals& globals, const NoticeOptions& options) {
    wire::Command command;
    command.set_id(options.id);
    auto& notice = *command.mutable_issue_notice();
    notice.set_kind(value_of(kNoticeKinds, options.kind));
    notice.set_text(options.text);
    notice.mutable_area_ids()->Add(options.areas.begin(), options.areas.end());
    notice.mutable_team_ids()->Add(options.teams.begin(), options.teams.end());
    if (options.place) {
        *notice.mutable_place() = *options.place;
    }
    notice.set_until_time_ms(options.until_ms);
    return submit_and_print(globals, std::move(command));
}

}  // namespace

void add_report(CLI::App& app, Context& context) {
    auto& command = *app.add_subcommand("report", "Say what happened; prints the hub's receipt");
    auto options = std::make_shared<ReportOptions>();
    command.add_option("KIND", options->kind, "What it is about: " + one_of(kReportKinds))
        ->required()
        ->type_name("")
        ->check(CLI::IsMember(words_of(kReportKinds)).description(""));
    command.add_option("--text", options->text, "What happened; only a fire may come without")
        ->type_name("TEXT");
    add_place(command, options->place);
    command.add_flag("--urgent", options->urgent, "Happening now, or life in danger: an alarm");
    command.add_flag("--gas", options->gas, "It smells of gas: urgent, whatever the kind");
    command.add_flag("--may-call", options->may_call, "You may be called back");
    add_time(command, "--observed", options->observed_ms, "When you saw it [now]");
    command
        .add_option("--notice", options->notice, "The notice that this answers; a clue needs one")
        ->type_name("ID");
    add_command_id(command, options->id);
    add_example(command,
                "  tocsin report fire --at 45.6063,126.6194,20\n"
                "  tocsin report sighting --text '地下车库有人在撬电动车电池' --urgent\n"
                "Standing beside it: call 119, 110 or 120 first.");
    command.callback([&context, options] {
        context.run = [&context, options] { return report(context.globals, *options); };
    });
}

void add_notice(CLI::App& app, Context& context) {
    auto& command =
        *app.add_subcommand("notice", "Send a notice to areas or search teams; prints the receipt");
    auto options = std::make_shared<NoticeOptions>();
    command.add_option("KIND", options->kind, "What it is for: " + one_of(kNoticeKinds))
        ->required()
        ->type_name("")
        ->check(CLI::IsMember(words_of(kNoticeKinds)).description(""));
    command.add_option("--area", options->areas, "Areas whose people get it; may be repeated")
        ->type_name("ID");
    command.add_option("--team", options->teams, "Search teams that get it; may be repeated")
        ->type_name("ID");
    command.add_option("--text", options->text, "The notice")->type_name("TEXT");
    add_place(command, options->place);
    add_time(command, "--until", options->until_ms, "When it ends [in 72 hours]");
    add_command_id(command, options->id);
    add_example(command,
                "  tocsin notice lookout --area baoguo --text '留意撬电动车电池的人' --until +48h\n"
                "  tocsin notice missing-person --team four-leaf-clover --at 45.60,126.62 "
                "--text '老人走失'");
    command.callback([&context, options] {
        context.run = [&context, options] { return notice(context.globals, *options); };
    });
}

}  // namespace tocsin::cli
