// tocsin shift start, end

#include "commands.hpp"
#include "options.hpp"

namespace tocsin::cli {

void add_shift(CLI::App& app, Context& context) {
    auto& group = *app.add_subcommand("shift", "Go on duty at your desk, and off");
    group.require_subcommand(1);
    add_example(group, "  tocsin shift start\n  tocsin shift end --hand-to liaison-baoguo");

    auto& starts = *group.add_subcommand("start", "You are on duty");
    auto start = std::make_shared<wire::Command>();
    add_command_id(starts, *start->mutable_id());
    add_example(starts, "  tocsin shift start");
    starts.callback([&context, start] {
        start->mutable_start_shift();
        context.run = [&context, start] { return submit_and_print(context.globals, *start); };
    });

    auto& ends = *group.add_subcommand("end", "Your duty ends; refused while incidents are yours");
    auto end = std::make_shared<wire::Command>();
    auto to = std::make_shared<std::string>();
    ends.add_option("--hand-to", *to, "A colleague on duty who takes over your open incidents")
        ->type_name("PERSON");
    add_command_id(ends, *end->mutable_id());
    add_example(ends, "  tocsin shift end --hand-to liaison-baoguo");
    ends.callback([&context, end, to] {
        end->mutable_end_shift()->set_hand_to_person_id(*to);
        context.run = [&context, end] { return submit_and_print(context.globals, *end); };
    });
}

}  // namespace tocsin::cli
