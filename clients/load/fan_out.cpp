// Events from one publisher to many subscribers, and what each delivery costs.

#include "stage.hpp"

namespace tocsin::load {
namespace {

struct Options : StageOptions {
    double seconds = 5;
    double warm_up = 1;
};

Outcome fan_out(const Options& options) {
    Stage stage(options);
    stage.open();
    stage.warm_up(options.warm_up);
    Measured measured(stage);
    stage.publisher.start();
    stage.loop.run_for(static_cast<std::int64_t>(options.seconds * 1e6));
    stage.publisher.stop();
    stage.drain();
    Json json{{"kind", "fan-out"},
              {"server", options.server},
              {"subscribers", options.subscribers},
              {"channels", options.channels},
              {"rate", options.pace.rate},
              {"in_flight", options.pace.rate > 0 ? 0 : options.pace.in_flight},
              {"until", options.pace.until == Until::stored ? "stored" : "delivered"},
              {"text_bytes", stage.publisher.text_bytes}};
    // With nobody to deliver to, what an event costs by itself.
    const auto events = static_cast<std::int64_t>(stage.ledger.published());
    json.update(measured.json(options.subscribers == 0 ? measured.stored.count() : 0));
    json["bytes"] = stage.ledger.delivered > 0 ? static_cast<double>(stage.ledger.delivered_bytes) /
                                                     static_cast<double>(stage.ledger.delivered)
                                               : 0.0;
    json["late"] = stage.publisher.late;
    json["published_in_all"] = events;
    json.update(stage.verdict());
    stage.close();
    return {json, stage.is_clean()};
}

}  // namespace

void add_fan_out(CLI::App& app, Run& run) {
    auto options = std::make_shared<Options>();
    CLI::App* command = app.add_subcommand("fan-out", "Events to many subscribers");
    options->add_to(*command);
    options->add_pace_to(*command);
    command->add_option("--seconds", options->seconds, "That are measured")
        ->check(CLI::Range(0.1, 600.0));
    command->add_option("--warm-up", options->warm_up, "Seconds before that")
        ->check(CLI::Range(0.0, 60.0));
    command->callback([options, &run] { run = [options] { return fan_out(*options); }; });
}

}  // namespace tocsin::load
