// tocsin stats

#include "commands.hpp"
#include "options.hpp"
#include "output.hpp"
#include "words.hpp"

namespace tocsin::cli {
namespace {

struct Options {
    std::string station;
    std::string kind;
};

int stats(const Globals& globals, const Options& options) {
    Talk talk(globals);
    wire::GetStats request;
    request.set_station_id(options.station);
    if (!options.kind.empty()) {
        request.set_kind(value_of(kReportKinds, options.kind));
    }
    talk.client().get_stats(std::move(request));
    while (auto happening = talk.next()) {
        if (const auto* seen = std::get_if<client::StatsSeen>(&*happening)) {
            for (const auto& row : seen->stats.rows()) {
                print_line(to_json(row, Fields::all));
            }
            return kDone;
        }
    }
    return talk.exit_code();
}

}  // namespace

void add_stats(CLI::App& app, Context& context) {
    auto& command = *app.add_subcommand("stats",
                                        "How long it took from stored to shown, acknowledged, "
                                        "responding; a line for each station and kind");
    auto options = std::make_shared<Options>();
    command.add_option("--station", options->station, "One station [all that you may ask about]")
        ->type_name("ID");
    command.add_option("--kind", options->kind, "One kind: " + one_of(kReportKinds))
        ->type_name("KIND")
        ->check(CLI::IsMember(words_of(kReportKinds)).description(""));
    add_example(command,
                "  tocsin --token-file var/demo/officer-baoguo.token stats --station baoguo\n"
                "Over the open incidents and those closed within a day; milliseconds.");
    command.callback([&context, options] {
        context.run = [&context, options] { return stats(context.globals, *options); };
    });
}

}  // namespace tocsin::cli
