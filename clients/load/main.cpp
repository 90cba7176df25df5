// tocsin-load: puts a load on a hub, or on a server that it is compared with, checks all that comes
// back, and prints one JSON object. Loopback only.

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>

#include "stage.hpp"

int main(int argc, char** argv) {
    using namespace tocsin::load;
    std::signal(SIGPIPE, SIG_IGN);
    CLI::App app{
        "Puts a load on a hub on this machine's loopback and checks what comes back. Prints one "
        "JSON "
        "object. Exit code 0: nothing was lost, repeated or out of order; 1: something was, or the "
        "load could not be put; 2: wrong usage."};
    app.require_subcommand(1);
    Run run;
    for (auto* add : {add_enrol,
                      add_fan_out,
                      add_ingest,
                      add_connect,
                      add_idle,
                      add_storm,
                      add_stalled,
                      add_slow_link}) {
        add(app, run);
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        constexpr int kUsage = 2;
        return app.exit(error) == 0 ? 0 : kUsage;
    }
    try {
        const Outcome outcome = run();
        Json json = outcome.json;
        json["passed"] = outcome.passed;
        std::puts(json.dump().c_str());
        return outcome.passed ? 0 : 1;
    } catch (const std::exception& error) {
        std::puts(Json{{"passed", false}, {"error", error.what()}}.dump().c_str());
        return 1;
    }
}
