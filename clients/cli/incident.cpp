// tocsin incident list, show

#include <map>

#include "chain.hpp"
#include "commands.hpp"
#include "options.hpp"
#include "output.hpp"

namespace tocsin::cli {
namespace {

// Folds the pages of a snapshot, and the alarm events between them, by version.
class Incidents {
public:
    void add(const wire::Event& event) {
        if (!event.has_incident()) {
            return;
        }
        add(event, event.incident());
        for (const auto& other : event.others()) {
            add(event, other);
        }
    }

    void print_open() const {
        for (const auto& id : order_) {
            const auto& incident = by_id_.at(id);
            if (incident.state() != wire::INCIDENT_STATE_RESOLVED &&
                incident.state() != wire::INCIDENT_STATE_MERGED) {
                print_line(to_json(incident));
            }
        }
    }

private:
    void add(const wire::Event& event, const wire::Incident& part) {
        const auto [it, is_new] = by_id_.try_emplace(part.id(), part);
        if (is_new) {
            order_.push_back(part.id());
            return;
        }
        auto& whole = it->second;
        if (event.kind() == wire::EVENT_KIND_STATE) {
            client::merge(whole, part);
        } else if (part.version() > whole.version()) {
            // An event bears the incident without its reports and statements, and what came with
            // it.
            auto reports = std::move(*whole.mutable_reports());
            auto statements = std::move(*whole.mutable_statements());
            whole = part;
            *whole.mutable_reports() = std::move(reports);
            *whole.mutable_statements() = std::move(statements);
            if (event.has_report()) {
                *whole.add_reports() = event.report();
            }
            if (event.has_statement()) {
                *whole.add_statements() = event.statement();
            }
        }
    }

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
            print_line(with_json(to_json(seen->incident), "chain", chain_json(seen->incident)));
            return kDone;
        }
    }
    return talk.exit_code();
}

void add_incident_id(CLI::App& command, std::string& incident) {
    command.add_option("ID", incident, "The incident's id")->required()->type_name("");
}

}  // namespace

void add_incident(CLI::App& app, Context& context) {
    auto& group = *app.add_subcommand(
        "incident", "List and show incidents, and everything that a desk does with one");
    group.require_subcommand(1);
    add_example(group,
                "  tocsin incident list\n"
                "  tocsin incident acknowledge 7c0f4d6e-2d0b-4b53-9d43-0d3c8a3f3c11");
    auto incident = std::make_shared<std::string>();

    auto& lists = *group.add_subcommand("list", "Print the open incidents that you may see");
    add_example(lists, "  tocsin --token-file var/demo/officer-baoguo.token incident list");
    lists.callback([&context] { context.run = [&context] { return list(context.globals); }; });

    auto& shows = *group.add_subcommand(
        "show", "Print one incident with its reports, what was said, and its chain of proof");
    add_incident_id(shows, *incident);
    add_example(shows, "  tocsin incident show 7c0f4d6e-2d0b-4b53-9d43-0d3c8a3f3c11");
    shows.callback([&context, incident] {
        context.run = [&context, incident] { return show(context.globals, *incident); };
    });

    add_incident_acts(group, context);
}

}  // namespace tocsin::cli
