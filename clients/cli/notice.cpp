// tocsin notice: send one out, list and show them, correct, withdraw and release them, and, in a
// search team, acknowledge them

#include <map>

#include "commands.hpp"
#include "media.hpp"
#include "options.hpp"
#include "output.hpp"
#include "words.hpp"

namespace tocsin::cli {
namespace {

struct IssueOptions {
    std::vector<std::string> areas;
    std::vector<std::string> teams;
    std::string text;
    std::optional<wire::Place> place;
    std::int64_t until_ms = 0;
    std::optional<bool> identifies;
    std::string case_number;
    std::vector<std::string> files;
    std::string id;
};

int issue(const Globals& globals, wire::NoticeKind kind, const IssueOptions& options) {
    wire::Command command;
    command.set_id(options.id);
    auto& notice = *command.mutable_issue_notice();
    notice.set_kind(kind);
    notice.set_text(options.text);
    notice.mutable_area_ids()->Add(options.areas.begin(), options.areas.end());
    notice.mutable_team_ids()->Add(options.teams.begin(), options.teams.end());
    if (options.place) {
        *notice.mutable_place() = *options.place;
    }
    notice.set_until_time_ms(options.until_ms);
    if (options.identifies) {
        notice.set_identifies_person(*options.identifies);
    }
    notice.set_case_number(options.case_number);
    if (const auto failed = attach(globals, options.files, notice)) {
        return *failed;
    }
    return submit_and_print(globals, std::move(command));
}

int list(const Globals& globals) {
    Talk talk(globals);
    const auto states = snapshot(talk, {});
    if (!states) {
        return states.error();
    }
    // Events between the pages may be newer than what a later page says.
    std::map<std::string, wire::Notice> newest;
    for (const auto& state : *states) {
        if (state.has_notice() &&
            newest[state.notice().id()].version() < state.notice().version()) {
            newest[state.notice().id()] = state.notice();
        }
    }
    for (const auto& [id, notice] : newest) {
        print_line(to_json(notice));
    }
    return kDone;
}

int show(const Globals& globals, const std::string& id) {
    Talk talk(globals);
    talk.client().get_notice(id);
    while (auto happening = talk.next()) {
        if (auto* seen = std::get_if<client::NoticeSeen>(&*happening)) {
            seen->detail.clear_last();
            print_line(to_json(seen->detail));
            return kDone;
        }
    }
    return talk.exit_code();
}

struct ChangeOptions {
    std::string notice;
    int version = 0;
    std::string text;
    std::optional<wire::Place> place;
    std::int64_t until_ms = 0;
    std::optional<bool> identifies;
    std::string case_number;
    std::string reason;
    int revision = 0;
    std::string id;
};

int correct(const Globals& globals, const ChangeOptions& options) {
    wire::Command command;
    command.set_id(options.id);
    auto& correction = *command.mutable_correct_notice();
    correction.set_notice_id(options.notice);
    correction.set_version(options.version);
    correction.set_text(options.text);
    if (options.place) {
        *correction.mutable_place() = *options.place;
    }
    correction.set_until_time_ms(options.until_ms);
    if (options.identifies) {
        correction.set_identifies_person(*options.identifies);
    }
    correction.set_case_number(options.case_number);
    correction.set_reason(options.reason);
    return submit_and_print(globals, std::move(command));
}

int withdraw(const Globals& globals, const ChangeOptions& options) {
    wire::Command command;
    command.set_id(options.id);
    command.mutable_withdraw_notice()->set_notice_id(options.notice);
    command.mutable_withdraw_notice()->set_reason(options.reason);
    return submit_and_print(globals, std::move(command));
}

int release(const Globals& globals, const ChangeOptions& options) {
    wire::Command command;
    command.set_id(options.id);
    command.mutable_release_notice()->set_notice_id(options.notice);
    command.mutable_release_notice()->set_version(options.version);
    return submit_and_print(globals, std::move(command));
}

int acknowledge(const Globals& globals, const ChangeOptions& options) {
    wire::Command command;
    command.set_id(options.id);
    command.mutable_acknowledge_notice()->set_notice_id(options.notice);
    command.mutable_acknowledge_notice()->set_revision(options.revision);
    return submit_and_print(globals, std::move(command));
}

CLI::Option* add_identifies(CLI::App& command, std::optional<bool>& identifies) {
    return command
        .add_option_function<std::string>(
            "--identifies-person",
            [&identifies](const std::string& word) { identifies = word == "yes"; },
            "Whether it identifies somebody, by face, name or plate: yes or no. Yes needs --case, "
            "and a second officer's release")
        ->type_name("yes|no")
        ->check(CLI::IsMember({"yes", "no"}).description(""));
}

void add_case(CLI::App& command, std::string& number) {
    command.add_option("--case", number, "The number of the case")->type_name("NUMBER");
}

void add_notice_id(CLI::App& command, ChangeOptions& options) {
    command.add_option("ID", options.notice, "The notice's id")->required()->type_name("");
}

void add_issue(CLI::App& group,
               Context& context,
               wire::NoticeKind kind,
               const std::string& help,
               const std::string& example) {
    auto options = std::make_shared<IssueOptions>();
    std::string word;
    for (const auto& [name, value] : kNoticeKinds) {
        word = value == kind ? std::string(name) : word;
    }
    auto& command = *group.add_subcommand(word, help);
    command.add_option("--area", options->areas, "Areas whose people get it; may be repeated")
        ->type_name("ID");
    command.add_option("--team", options->teams, "Search teams that get it; may be repeated")
        ->type_name("ID");
    command.add_option("--text", options->text, "The notice")->type_name("TEXT");
    add_place(command, options->place);
    add_time(command, "--until", options->until_ms, "When it ends [in 72 hours]");
    add_files(command, "--photo", options->files, "A photo to go with it; may be repeated");
    if (kind == wire::NOTICE_KIND_LOOKOUT) {
        add_identifies(command, options->identifies)->required();
        add_case(command, options->case_number);
    }
    add_command_id(command, options->id);
    add_example(command, example);
    command.callback([&context, options, kind] {
        context.run = [&context, options, kind] { return issue(context.globals, kind, *options); };
    });
}

void add_changes(CLI::App& group, Context& context) {
    auto options = std::make_shared<ChangeOptions>();
    auto& corrects = *group.add_subcommand(
        "correct", "Change how it reads; everybody who saw it gets the new version");
    add_notice_id(corrects, *options);
    corrects.add_option("--text", options->text, "The whole new text")->type_name("TEXT");
    add_place(corrects, options->place);
    add_time(corrects, "--until", options->until_ms, "When it ends now");
    add_identifies(corrects, options->identifies);
    add_case(corrects, options->case_number);
    corrects.add_option("--reason", options->reason, "What was wrong; everybody reads it")
        ->type_name("TEXT");
    corrects
        .add_option("--version",
                    options->version,
                    "The version that you read: refused where it changed since")
        ->type_name("N");
    add_command_id(corrects, options->id);
    add_example(corrects,
                "  tocsin notice correct 7c0f4d6e-2d0b-4b53-9d43-0d3c8a3f3c11 "
                "--text '留意灰色三轮车' --identifies-person no --reason '颜色有误'");
    corrects.callback([&context, options] {
        context.run = [&context, options] { return correct(context.globals, *options); };
    });

    auto& withdraws =
        *group.add_subcommand("withdraw", "Recall it; everybody who saw it is told at once");
    add_notice_id(withdraws, *options);
    withdraws.add_option("--reason", options->reason, "Why; everybody who saw it reads it")
        ->required()
        ->type_name("TEXT");
    add_command_id(withdraws, options->id);
    add_example(withdraws,
                "  tocsin notice withdraw 7c0f4d6e-2d0b-4b53-9d43-0d3c8a3f3c11 "
                "--reason '嫌疑人已找到'");
    withdraws.callback([&context, options] {
        context.run = [&context, options] { return withdraw(context.globals, *options); };
    });

    auto& releases = *group.add_subcommand(
        "release", "As a second officer: let a lookout go out that identifies a person");
    add_notice_id(releases, *options);
    releases.add_option("--version", options->version, "The version that you read")
        ->required()
        ->type_name("N");
    add_command_id(releases, options->id);
    add_example(releases,
                "  tocsin notice show 7c0f4d6e-2d0b-4b53-9d43-0d3c8a3f3c11\n"
                "  tocsin notice release 7c0f4d6e-2d0b-4b53-9d43-0d3c8a3f3c11 --version 1");
    releases.callback([&context, options] {
        context.run = [&context, options] { return release(context.globals, *options); };
    });
}

void add_acknowledge(CLI::App& group, Context& context) {
    auto options = std::make_shared<ChangeOptions>();
    auto& command = *group.add_subcommand(
        "acknowledge", "In a search team that it is for: I have it; its station sees that you do");
    add_notice_id(command, *options);
    command
        .add_option("--revision",
                    options->revision,
                    "The revision of the words that you read [the present one]")
        ->type_name("N");
    add_command_id(command, options->id);
    add_example(command,
                "  tocsin --token-file var/demo/searcher-1.token notice acknowledge "
                "7c0f4d6e-2d0b-4b53-9d43-0d3c8a3f3c11");
    command.callback([&context, options] {
        context.run = [&context, options] { return acknowledge(context.globals, *options); };
    });
}

}  // namespace

void add_notice(CLI::App& app, Context& context) {
    auto& group = *app.add_subcommand(
        "notice", "Send notices to areas or search teams; list, show, change and acknowledge them");
    group.require_subcommand(1);
    add_example(group,
                "  tocsin notice lookout --area baoguo --identifies-person no "
                "--text '留意夜间灰色三轮车' --until +48h\n"
                "  tocsin notice list");
    add_issue(group,
              context,
              wire::NOTICE_KIND_LOOKOUT,
              "Ask people to look out and report; nobody is to follow, stop or question anybody",
              "  tocsin notice lookout --area baoguo --identifies-person no "
              "--text '留意夜间灰色三轮车' --until +48h\n"
              "  tocsin notice lookout --area baoguo --identifies-person yes --case A2026-113 "
              "--text '黑A·12345' --until +24h");
    add_issue(group,
              context,
              wire::NOTICE_KIND_MISSING_PERSON,
              "Somebody is missing: an alarm",
              "  tocsin notice missing-person --team four-leaf-clover --at 45.60,126.62 "
              "--text '老人走失'");
    add_issue(group,
              context,
              wire::NOTICE_KIND_ADVISORY,
              "Advice",
              "  tocsin notice advisory --area baoguo --text '路面结冰'");

    auto& lists =
        *group.add_subcommand("list", "Print the notices in force, and those that wait for you");
    add_example(lists, "  tocsin --token-file var/demo/officer-baoguo.token notice list");
    lists.callback([&context] { context.run = [&context] { return list(context.globals); }; });

    auto id = std::make_shared<ChangeOptions>();
    auto& shows = *group.add_subcommand("show",
                                        "Print one notice, who of its teams has it, and its trail: "
                                        "what came in for it, in order of time");
    add_notice_id(shows, *id);
    add_example(shows, "  tocsin notice show 7c0f4d6e-2d0b-4b53-9d43-0d3c8a3f3c11");
    shows.callback([&context, id] {
        context.run = [&context, id] { return show(context.globals, id->notice); };
    });
    add_changes(group, context);
    add_acknowledge(group, context);
}

}  // namespace tocsin::cli
