// tocsin admin district load

#include <map>

#include "commands.hpp"
#include "district_files.hpp"
#include "district_plan.hpp"
#include "options.hpp"
#include "output.hpp"

namespace tocsin::cli {
namespace {

constexpr char kAdminChannel[] = "admin";

std::string name_of(const wire::Command& command) {
    switch (command.body_case()) {
        case wire::Command::kPutArea:
            return "the area " + command.put_area().area().id();
        case wire::Command::kPutTeam:
            return "the team " + command.put_team().team().id();
        case wire::Command::kPutPerson:
            return "the person " + command.put_person().person().id();
        default:
            return "the district's settings";
    }
}

// Sends all of a stage; the session lets as many stand unanswered as the hub allows. Prints each
// receipt. Returns the exit code.
int send(Talk& talk, const std::vector<wire::Command>& stage) {
    std::map<std::string, std::string> waiting;  // command id to the name for people
    for (const auto& command : stage) {
        waiting.emplace(talk.client().submit(command), name_of(command));
    }
    while (!waiting.empty()) {
        const auto happening = talk.next();
        if (!happening) {
            if (const auto it = waiting.find(talk.refused_id()); it != waiting.end()) {
                diagnose("it was about " + it->second + "; load again when that is mended");
            }
            return talk.exit_code();
        }
        if (const auto* stored = std::get_if<client::Stored>(&*happening)) {
            waiting.erase(stored->receipt.command_id());
            print_line(receipt_line(stored->receipt));
        }
    }
    return kDone;
}

int load(const Globals& globals, const std::string& folder) {
    Problems problems;
    const auto files = read_district(folder, problems);
    if (!problems.empty()) {
        for (const auto& problem : problems) {
            diagnose(problem);
        }
        diagnose("nothing was sent");
        return kUsage;
    }
    Talk talk(globals);
    const auto present = snapshot(talk, {kAdminChannel});
    if (!present) {
        return present.error();
    }
    const auto plan = plan_load(files, *present);
    for (const auto& id : plan.left_revoked) {
        diagnose("the person " + id +
                 " is revoked and stays so; `tocsin admin person add` would let them in again");
    }
    for (const auto& stage : plan.stages) {
        if (const int code = send(talk, stage); code != kDone) {
            return code;
        }
    }
    print_line("{\"loaded\":{\"areas\":" + std::to_string(files.areas.size()) +
               ",\"people\":" + std::to_string(files.people.size()) +
               ",\"teams\":" + std::to_string(files.teams.size()) +
               ",\"changed\":" + std::to_string(plan.changes()) + "}}");
    return kDone;
}

}  // namespace

void add_district(CLI::App& admin, Context& context) {
    auto& group = *admin.add_subcommand("district", "Load the district's areas, teams and people");
    group.require_subcommand(1);
    add_example(group, "  tocsin admin district load config/pingfang");
    auto folder = std::make_shared<std::string>();
    auto& loads = *group.add_subcommand(
        "load", "Bring the hub to what a folder of files says; sends only what differs");
    loads
        .add_option("DIR",
                    *folder,
                    "A folder with district.yaml, areas.geojson and, if you like, places.geojson, "
                    "teams.yaml and people.yaml")
        ->required()
        ->type_name("");
    add_example(loads,
                "  tocsin --token-file var/demo/admin.token admin district load config/pingfang\n"
                "Nobody and nothing is removed by it: revoke people and devices by command.");
    loads.callback([&context, folder] {
        context.run = [&context, folder] { return load(context.globals, *folder); };
    });
}

}  // namespace tocsin::cli
