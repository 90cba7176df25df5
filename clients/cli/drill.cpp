// tocsin drill: a practice alarm, and what came of it

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "options.hpp"
#include "output.hpp"
#include "words.hpp"

namespace tocsin::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
    std::string area;
    std::string kind = "fire";
    std::string text;
    std::optional<wire::Place> place;
    std::string id;
    std::string incident;
};

int start(const Globals& globals, const Options& options) {
    wire::Command command;
    command.set_id(options.id);
    auto& drill = *command.mutable_start_drill();
    drill.set_area_id(options.area);
    drill.set_kind(value_of(kReportKinds, options.kind));
    drill.set_text(options.text);
    if (options.place) {
        *drill.mutable_place() = *options.place;
    }
    return submit_and_print(globals, std::move(command));
}

// The desks that an alarm of this kind goes to, and whatever else had it.
std::vector<std::string> desks_of(const wire::Incident& incident) {
    std::vector<std::string> desks = {"station/" + incident.station_id(), "bureau"};
    if (incident.kind() == wire::REPORT_KIND_FIRE) {
        desks.emplace_back("fire");
    }
    const auto add = [&](const std::string& desk) {
        if (std::ranges::find(desks, desk) == desks.end()) {
            desks.push_back(desk);
        }
    };
    for (const auto& proof : incident.proofs()) {
        add(proof.desk());
    }
    for (const auto& step : incident.acknowledgements()) {
        add(step.desk());
    }
    return desks;
}

// Milliseconds from the start; absent where it did not happen.
void put_after(Json& row, const char* name, std::int64_t time_ms, std::int64_t start_ms) {
    if (time_ms != 0) {
        row[name] = std::max<std::int64_t>(0, time_ms - start_ms);
    }
}

template <class Steps>
std::int64_t time_of(const Steps& steps, const std::string& desk) {
    const auto found =
        std::ranges::find_if(steps, [&](const auto& step) { return step.desk() == desk; });
    return found == steps.end() ? 0 : found->time_ms();
}

Json report_of(const wire::Incident& incident) {
    Json report;
    report["drill"] = true;
    report["title"] = incident.title();
    report["incidentId"] = incident.id();
    report["startedTimeMs"] = std::to_string(incident.opened_time_ms());
    put_after(report, "endedAfterMs", incident.resolution().time_ms(), incident.opened_time_ms());
    int reached = 0;
    int shown = 0;
    int acknowledged = 0;
    Json desks = Json::array();
    for (const auto& desk : desks_of(incident)) {
        Json row;
        row["desk"] = desk;
        const auto proof = std::ranges::find_if(
            incident.proofs(), [&](const auto& one) { return one.desk() == desk; });
        const bool has_proof = proof != incident.proofs().end();
        const auto taken = time_of(incident.acknowledgements(), desk);
        row["reached"] = has_proof || taken != 0;
        if (has_proof) {
            put_after(
                row, "deliveredAfterMs", proof->delivered_time_ms(), incident.opened_time_ms());
            put_after(row, "shownAfterMs", proof->shown_time_ms(), incident.opened_time_ms());
        }
        put_after(row, "acknowledgedAfterMs", taken, incident.opened_time_ms());
        put_after(row,
                  "respondingAfterMs",
                  time_of(incident.responses(), desk),
                  incident.opened_time_ms());
        reached += row["reached"].get<bool>() ? 1 : 0;
        shown += row.contains("shownAfterMs") ? 1 : 0;
        acknowledged += taken != 0 ? 1 : 0;
        desks.push_back(std::move(row));
    }
    report["alarmed"] = desks.size();
    report["reached"] = reached;
    report["shown"] = shown;
    report["acknowledged"] = acknowledged;
    report["desks"] = std::move(desks);
    return report;
}

int report(const Globals& globals, const std::string& id) {
    Talk talk(globals);
    talk.client().get_incident(id);
    while (auto happening = talk.next()) {
        if (const auto* seen = std::get_if<client::IncidentSeen>(&*happening)) {
            if (!seen->incident.drill()) {
                diagnose("this incident is no drill: " + id);
                return kUsage;
            }
            print_line(report_of(seen->incident).dump());
            return kDone;
        }
    }
    return talk.exit_code();
}

}  // namespace

void add_drill(CLI::App& app, Context& context) {
    auto& command = *app.add_subcommand(
        "drill", "Sound a practice alarm at the desks of a station; report on one");
    auto options = std::make_shared<Options>();
    command
        .add_option("--area", options->area, "A station, community or grid: its desks are alarmed")
        ->type_name("ID");
    command
        .add_option(
            "--kind", options->kind, "What is practised: " + one_of(kReportKinds) + " [fire]")
        ->type_name("KIND")
        ->check(CLI::IsMember(words_of(kReportKinds)).description(""));
    command.add_option("--text", options->text, "What is to be imagined")->type_name("TEXT");
    add_place(command, options->place);
    add_command_id(command, options->id);
    add_example(command,
                "  tocsin drill --area baoguo --kind fire --text '三号楼起火'\n"
                "  tocsin drill report 7c0f4d6e-2d0b-4b53-9d43-0d3c8a3f3c11\n"
                "Close it like an incident. It ends by itself when a real alarm comes.");
    auto& reports = *command.add_subcommand(
        "report", "Print which desks were reached, showed it and took it, and how fast");
    reports.add_option("ID", options->incident, "The drill's incident")->required()->type_name("");
    add_example(reports, "  tocsin drill report 7c0f4d6e-2d0b-4b53-9d43-0d3c8a3f3c11");
    command.callback([&context, &reports, options] {
        if (reports.parsed()) {
            return;
        }
        if (options->area.empty()) {
            throw CLI::RequiredError("--area");
        }
        context.run = [&context, options] { return start(context.globals, *options); };
    });
    reports.callback([&context, options] {
        context.run = [&context, options] { return report(context.globals, options->incident); };
    });
}

}  // namespace tocsin::cli
