// What a connection costs: its making, and its being there.

#include <stdexcept>

#include "stage.hpp"

namespace tocsin::load {
namespace {

struct IdleOptions : StageOptions {
    double settle = 2;
};

std::int64_t rss_of(const Json& usage) {
    std::int64_t sum = 0;
    for (const auto& each : usage) {
        sum += each["rss_kib_grown"].get<std::int64_t>();
    }
    return sum;
}

// Connects and subscribes all, sends each one event, and lets things settle.
Outcome idle(const IdleOptions& options) {
    Stage stage(options);
    const auto count = static_cast<std::int64_t>(options.subscribers);
    // The publisher's own connection and the first event are not what is measured.
    stage.publisher.connect(options.port, stage.people.publisher);
    stage.publisher.text_bytes = options.bytes;
    stage.publisher.post(0, kRoutine);
    stage.drain();
    const auto before = stage.processes.now();
    const std::int64_t began = now_us();
    stage.crowd.connect_all(options.at_once);
    const double connecting = static_cast<double>(now_us() - began) / 1e6;
    for (int channel = 0; channel < options.channels; ++channel) {
        stage.publisher.post(channel, kRoutine);
    }
    stage.drain();
    stage.loop.run_for(static_cast<std::int64_t>(options.settle * 1e6));
    const Json grown = usage_json(before, stage.processes.now(), count, connecting);
    Json json{{"kind", "idle"},
              {"server", options.server},
              {"connections", count},
              {"connecting_seconds", connecting},
              {"kib_each", static_cast<double>(rss_of(grown)) / static_cast<double>(count)},
              {"processes", grown}};
    const auto idle_since = stage.processes.now();
    stage.loop.run_for(static_cast<std::int64_t>(options.settle * 1e6));
    json["cores_while_idle"] = Json::object();
    const Json resting = usage_json(idle_since, stage.processes.now(), count, options.settle);
    for (const auto& [name, usage] : resting.items()) {
        json["cores_while_idle"][name] = usage["cores"];
    }
    json.update(stage.verdict());
    stage.close();
    stage.loop.run_for(static_cast<std::int64_t>(options.settle * 1e6));
    const Json gone = usage_json(before, stage.processes.now(), count, options.settle);
    json["kib_each_after_close"] = static_cast<double>(rss_of(gone)) / static_cast<double>(count);
    return {json, stage.is_clean()};
}

// Connects all, so many at once, until each is greeted; leaves, and waits until the server has
// dealt with that too. No subscribing.
Outcome connect(const StageOptions& options) {
    Stage stage(options);
    const auto before = stage.processes.now();
    const double own = own_cpu_us();
    const std::int64_t began = now_us();
    stage.crowd.connect_all(options.at_once, false);
    const double seconds = static_cast<double>(now_us() - began) / 1e6;
    const auto connected = stage.processes.now();
    const double own_connected = own_cpu_us();
    stage.close();
    stage.loop.run_for(500'000);
    const auto count = static_cast<std::int64_t>(options.subscribers);
    return {{{"kind", "connect"},
             {"server", options.server},
             {"connections", count},
             {"seconds", seconds},
             {"own_cpu_us_each", (own_connected - own) / static_cast<double>(count)},
             {"processes", usage_json(before, connected, count, seconds)},
             {"closing", usage_json(connected, stage.processes.now(), count, 0)}},
            true};
}

}  // namespace

void add_idle(CLI::App& app, Run& run) {
    auto options = std::make_shared<IdleOptions>();
    CLI::App* command = app.add_subcommand("idle", "Memory of connections that wait");
    options->add_to(*command);
    command->add_option("--bytes", options->bytes, "Of the one event's text");
    command->add_option("--settle", options->settle, "Seconds before memory is read")
        ->check(CLI::Range(0.1, 60.0));
    command->callback([options, &run] { run = [options] { return idle(*options); }; });
}

void add_connect(CLI::App& app, Run& run) {
    auto options = std::make_shared<StageOptions>();
    CLI::App* command = app.add_subcommand("connect", "CPU of making a connection");
    options->add_to(*command);
    command->callback([options, &run] { run = [options] { return connect(*options); }; });
}

}  // namespace tocsin::load
