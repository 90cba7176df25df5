// Makes the people whom the other loads need.

#include "stage.hpp"

namespace tocsin::load {

void add_enrol(CLI::App& app, Run& run) {
    auto options = std::make_shared<Enrolment>();
    CLI::App* command = app.add_subcommand(
        "enrol", "Loads areas, people and devices for the other commands into a district");
    command->add_option("--port", options->port, "Of the hub, on the loopback")->required();
    command->add_option("--admin-token-file", options->admin_token_file)
        ->required()
        ->check(CLI::ExistingFile);
    command->add_option("--out", options->directory, "Where the tokens go, readable by you only")
        ->required()
        ->check(CLI::ExistingDirectory);
    command->add_option("--station", options->station, "That has the load's community");
    command->add_option("--people", options->people, "Subscribers' and senders' persons")
        ->check(CLI::Range(1, 20'000));
    command->add_option("--channels", options->channels, "Grids that they live in")
        ->check(CLI::Range(1, 10'000));
    command->add_option("--consoles", options->consoles)->check(CLI::Range(1, 1'000));
    command->callback([options, &run] {
        run = [options]() -> Outcome {
            const std::int64_t began = now_us();
            enrol(*options);
            return {{{"kind", "enrol"},
                     {"people", options->people},
                     {"channels", options->channels},
                     {"consoles", options->consoles},
                     {"seconds", static_cast<double>(now_us() - began) / 1e6}},
                    true};
        };
    });
}

}  // namespace tocsin::load
