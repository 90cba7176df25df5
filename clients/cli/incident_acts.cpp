// tocsin incident acknowledge, respond, assign, severity, note, hand-over, resolve, reopen, merge,
// unmerge, split, ask

#include "commands.hpp"
#include "options.hpp"
#include "words.hpp"

namespace tocsin::cli {
namespace {

struct Options {
    std::string incident;
    std::string who;  // a person or a station
    std::string word;
    std::string text;
    std::vector<std::string> reports;
    int seen_version = 0;
    bool for_neighbours = false;
    std::string id;
};

// Makes a command's body of what was typed.
using Fill = void (*)(const Options&, wire::Command&);

constexpr const char* kId = "7c0f4d6e-2d0b-4b53-9d43-0d3c8a3f3c11";

// One act: `tocsin incident NAME ID`, its own options added by the caller.
class ActCommand {
public:
    ActCommand(CLI::App& group,
               Context& context,
               const char* name,
               const char* help,
               const std::string& example,
               Fill fill)
        : options_(std::make_shared<Options>()), command_(*group.add_subcommand(name, help)) {
        command_.add_option("ID", options_->incident, "The incident's id")
            ->required()
            ->type_name("");
        add_command_id(command_, options_->id);
        add_example(command_,
                    "  tocsin incident " + std::string(name) + ' ' + kId +
                        (example.empty() ? "" : ' ' + example));
        command_.callback([&context, options = options_, fill] {
            context.run = [&context, options, fill] {
                wire::Command command;
                command.set_id(options->id);
                fill(*options, command);
                return submit_and_print(context.globals, std::move(command));
            };
        });
    }

    Options& options() { return *options_; }
    CLI::App& command() { return command_; }

    void take_text(const char* help, bool required = false) {
        command_.add_option("--text", options_->text, help)->type_name("TEXT")->required(required);
    }
    void take_seen_version() {
        command_
            .add_option("--seen-version",
                        options_->seen_version,
                        "The version that you looked at: refused where it was changed since")
            ->type_name("N")
            ->check(CLI::NonNegativeNumber.description(""));
    }

private:
    std::shared_ptr<Options> options_;
    CLI::App& command_;
};

void acknowledge(const Options& options, wire::Command& command) {
    command.mutable_acknowledge_incident()->set_incident_id(options.incident);
}

void respond(const Options& options, wire::Command& command) {
    command.mutable_respond_incident()->set_incident_id(options.incident);
}

void assign(const Options& options, wire::Command& command) {
    auto& body = *command.mutable_assign_incident();
    body.set_incident_id(options.incident);
    body.set_person_id(options.who);
    body.set_seen_version(options.seen_version);
}

void severity(const Options& options, wire::Command& command) {
    auto& body = *command.mutable_set_severity();
    body.set_incident_id(options.incident);
    body.set_severity(value_of(kSeverities, options.word));
    body.set_seen_version(options.seen_version);
}

void note(const Options& options, wire::Command& command) {
    auto& body = *command.mutable_add_note();
    body.set_incident_id(options.incident);
    body.set_text(options.text);
    body.set_for_neighbours(options.for_neighbours);
}

void hand_over(const Options& options, wire::Command& command) {
    auto& body = *command.mutable_hand_over_incident();
    body.set_incident_id(options.incident);
    body.set_station_id(options.who);
    body.set_text(options.text);
}

void resolve(const Options& options, wire::Command& command) {
    auto& body = *command.mutable_resolve_incident();
    body.set_incident_id(options.incident);
    body.set_outcome(value_of(kOutcomes, options.word));
    body.set_note(options.text);
}

void reopen(const Options& options, wire::Command& command) {
    auto& body = *command.mutable_reopen_incident();
    body.set_incident_id(options.incident);
    body.set_text(options.text);
}

void merge(const Options& options, wire::Command& command) {
    auto& body = *command.mutable_merge_incident();
    body.set_incident_id(options.incident);
    body.set_into_incident_id(options.who);
}

void unmerge(const Options& options, wire::Command& command) {
    command.mutable_unmerge_incident()->set_incident_id(options.incident);
}

void split(const Options& options, wire::Command& command) {
    auto& body = *command.mutable_split_incident();
    body.set_incident_id(options.incident);
    body.mutable_report_ids()->Add(options.reports.begin(), options.reports.end());
}

void ask(const Options& options, wire::Command& command) {
    auto& body = *command.mutable_ask_reporter();
    body.set_incident_id(options.incident);
    body.set_report_id(options.who);
    body.set_text(options.text);
    body.set_question_id(options.word);
}

}  // namespace

void add_incident_acts(CLI::App& group, Context& context) {
    const ActCommand takes(
        group, context, "acknowledge", "Your desk has seen it and answers for it", "", acknowledge);
    const ActCommand goes(
        group, context, "respond", "Somebody of your desk is on the way", "", respond);

    ActCommand assigns(group,
                       context,
                       "assign",
                       "Say who of your desk takes care of it",
                       "--to officer-baoguo",
                       assign);
    assigns.command()
        .add_option("--to", assigns.options().who, "The person's id [nobody]")
        ->type_name("PERSON");
    assigns.take_seen_version();

    ActCommand rates(group, context, "severity", "Say how bad it is", "severe", severity);
    rates.command()
        .add_option("SEVERITY", rates.options().word, one_of(kSeverities))
        ->required()
        ->type_name("")
        ->check(CLI::IsMember(words_of(kSeverities)).description(""));
    rates.take_seen_version();

    ActCommand notes(group,
                     context,
                     "note",
                     "A word for the file; reporters do not see it",
                     "--text '物业带路'",
                     note);
    notes.take_text("The note", true);
    notes.command().add_flag("--for-neighbours",
                             notes.options().for_neighbours,
                             "Neighbour stations that see the incident see the note, too");

    ActCommand gives(group,
                     context,
                     "hand-over",
                     "Give it to another station",
                     "--to xinjiang --text '在新疆路一侧'",
                     hand_over);
    gives.command()
        .add_option("--to", gives.options().who, "The station's id")
        ->required()
        ->type_name("STATION");
    gives.take_text("Why, as a note for both");

    ActCommand closes(
        group, context, "resolve", "It is over", "--outcome handled --note '已处置'", resolve);
    closes.command()
        .add_option("--outcome", closes.options().word, "How it ended: " + one_of(kOutcomes))
        ->required()
        ->type_name("OUTCOME")
        ->check(CLI::IsMember(words_of(kOutcomes)).description(""));
    closes.command()
        .add_option("--note", closes.options().text, "For the file; the reporter does not see it")
        ->type_name("TEXT");

    ActCommand opens(group,
                     context,
                     "reopen",
                     "It is not over: it must be acknowledged again",
                     "--text '复燃'",
                     reopen);
    opens.take_text("Why, as a note");

    ActCommand merges(group,
                      context,
                      "merge",
                      "It is one with another: its reports go there",
                      "0d3c8a3f-2d0b-4b53-9d43-7c0f4d6e3c11",
                      merge);
    merges.command()
        .add_option("INTO", merges.options().who, "The id of the incident that stays")
        ->required()
        ->type_name("");
    const ActCommand parts(
        group, context, "unmerge", "They are two after all: its reports come back", "", unmerge);

    ActCommand splits(group,
                      context,
                      "split",
                      "Some reports are about something else: an incident of their own",
                      "--report 5b2e7c1a-9a41-4c55-8d0e-2f6a1b3c4d5e",
                      split);
    splits.command()
        .add_option("--report", splits.options().reports, "A report's id; may be repeated")
        ->required()
        ->type_name("ID");

    ActCommand asks(
        group,
        context,
        "ask",
        "Ask the reporter of a report; only the officers in charge and that person see it",
        "--report 5b2e7c1a-9a41-4c55-8d0e-2f6a1b3c4d5e --text '还在现场吗'",
        ask);
    asks.command()
        .add_option("--report", asks.options().who, "The report's id")
        ->required()
        ->type_name("ID");
    auto* text = asks.command().add_option("--text", asks.options().text, "The question");
    text->type_name("TEXT");
    auto* ready = asks.command().add_option(
        "--question", asks.options().word, "A ready-made question of the district: its id");
    ready->type_name("ID")->excludes(text);
}

}  // namespace tocsin::cli
