// tocsin incident list, show, acknowledge, resolve

#include <map>

#include "commands.hpp"
#include "options.hpp"
#include "output.hpp"
#include "words.hpp"

namespace tocsin::cli {
namespace {

// Folds the pages of a snapshot, and the alarm events between them, by version.
class Incidents {
public:
    void add(const wire::Event& event) {
        if (!event.has_incident()) {
            return;
        }
        const auto& part = event.incident();
        const auto [it, is_new] = by_id_.try_emplace(part.id(), part);
        if (is_new) {
            order_.push_back(part.id());
            return;
        }
        auto& whole = it->second;
        if (event.kind() == wire::EVENT_KIND_STATE) {
            client::merge(whole, part);
        } else if (part.version() > whole.version()) {
            // An event bears the incident without its reports, and the report that came with it.
            auto reports = std::move(*whole.mutable_reports());
            whole = part;
            *whole.mutable_reports() = std::move(reports);
            if (event.has_report()) {
                *whole.add_reports() = event.report();
            }
        }
    }

    void print_open() const {
        for (const auto& id : order_) {
            if (const auto& incident = by_id_.at(id);
                incident.state() != wire::INCIDENT_STATE_RESOLVED) {
                print_line(to_json(incident));
            }
        }
    }

private:
    std::map<std::string, wire::Incident> by_id_;
    std::vector<std::string> order_;
};

int list(const Globals& globals) {
    Talk talk(globals);
    const auto states = snapshot(talk, {});
    if (!states) {
        return states.error();
    }
    Incidents incidents;
    for (const auto& state : *states) {
        incidents.add(state);
    }
    incidents.print_open();
    return kDone;
}

int show(const Globals& globals, const std::string& id) {
    Talk talk(globals);
    talk.client().get_incident(id);
    while (auto happening = talk.next()) {
        if (const auto* seen = std::get_if<client::IncidentSeen>(&*happening)) {
            print_line(to_json(seen->incident));
            return kDone;
        }
    }
    return talk.exit_code();
}

struct Options {
    std::string incident;
    std::string outcome;
    std::string note;
    std::string id;
};

int acknowledge(const Globals& globals, const Options& options) {
    wire::Command command;
    command.set_id(options.id);
    command.mutable_acknowledge_incident()->set_incident_id(options.incident);
    return submit_and_print(globals, std::move(command));
}

int resolve(const Globals& globals, const Options& options) {
    wire::Command command;
    command.set_id(options.id);
    auto& resolve = *command.mutable_resolve_incident();
    resolve.set_incident_id(options.incident);
    resolve.set_outcome(value_of(kOutcomes, options.outcome));
    resolve.set_note(options.note);
    return submit_and_print(globals, std::move(command));
}

void add_incident_id(CLI::App& command, Options& options) {
    command.add_option("ID", options.incident, "The incident's id")->required()->type_name("");
}

}  // namespace

void add_incident(CLI::App& app, Context& context) {
    auto& group = *app.add_subcommand("incident", "List, show, take and close incidents");
    group.require_subcommand(1);
    add_example(group,
                "  tocsin incident list\n"
                "  tocsin incident acknowledge 7c0f4d6e-2d0b-4b53-9d43-0d3c8a3f3c11");
    auto options = std::make_shared<Options>();

    auto& lists = *group.add_subcommand("list", "Print the open incidents that you may see");
    add_example(lists, "  tocsin --token-file var/demo/officer-baoguo.token incident list");
    lists.callback([&context] { context.run = [&context] { return list(context.globals); }; });

    auto& shows = *group.add_subcommand("show", "Print one incident with all its reports");
    add_incident_id(shows, *options);
    add_example(shows, "  tocsin incident show 7c0f4d6e-2d0b-4b53-9d43-0d3c8a3f3c11");
    shows.callback([&context, options] {
        context.run = [&context, options] { return show(context.globals, options->incident); };
    });

    auto& takes = *group.add_subcommand("acknowledge", "Your desk has seen it and answers for it");
    add_incident_id(takes, *options);
    add_command_id(takes, options->id);
    add_example(takes, "  tocsin incident acknowledge 7c0f4d6e-2d0b-4b53-9d43-0d3c8a3f3c11");
    takes.callback([&context, options] {
        context.run = [&context, options] { return acknowledge(context.globals, *options); };
    });

    auto& closes = *group.add_subcommand("resolve", "It is over");
    add_incident_id(closes, *options);
    closes.add_option("--outcome", options->outcome, "How it ended: " + one_of(kOutcomes))
        ->required()
        ->type_name("OUTCOME")
        ->check(CLI::IsMember(words_of(kOutcomes)).description(""));
    closes.add_option("--note", options->note, "For the file; the reporter does not see it")
        ->type_name("TEXT");
    add_command_id(closes, options->id);
    add_example(closes,
                "  tocsin incident resolve 7c0f4d6e-2d0b-4b53-9d43-0d3c8a3f3c11 "
                "--outcome handled --note '已处置'");
    closes.callback([&context, options] {
        context.run = [&context, options] { return resolve(context.globals, *options); };
    });
}

}  // namespace tocsin::cli
