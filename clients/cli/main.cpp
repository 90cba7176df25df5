// The `tocsin` command line.

#include <iostream>

#include "commands.hpp"
#include "options.hpp"
#include "output.hpp"

namespace {

using namespace tocsin;

void add_globals(CLI::App& app, cli::Globals& globals) {
    app.add_option("--hub", globals.hub, "The hub's address [" + globals.hub + "]")
        ->type_name("URL")
        ->envname("TOCSIN_HUB");
    app.add_option("--token-file", globals.token_file, "The file with your token")
        ->type_name("FILE")
        ->envname("TOCSIN_TOKEN_FILE");
    app.add_option(
           "--ca-file", globals.ca_file, "Certificates to trust for https, PEM [the system's]")
        ->type_name("FILE")
        ->envname("TOCSIN_CA_FILE");
    app.add_option("--timeout",
                   globals.timeout_s,
                   "How long to keep trying to reach the hub, and a hub that cannot store [15]")
        ->type_name("SECONDS")
        ->check(CLI::Range(0.0, 86'400.0).description(""));
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Reports and alerts of a city district: one JSON object a line on standard output",
                 "tocsin");
    app.set_version_flag("--version", TOCSIN_VERSION);
    app.get_formatter()->column_width(36);
    app.require_subcommand(1);
    app.fallthrough();
    app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::Throw);
    cli::add_example(
        app,
        "  export TOCSIN_TOKEN_FILE=var/demo/volunteer-1.token\n"
        "  tocsin report fire --at 45.6063,126.6194,20\n"
        "  tocsin watch\n"
        "Options above go before or after any command; each command has its own --help.\n"
        "Exit code: 0 done, 1 refused by the hub, 2 wrong usage, 3 hub not reachable.");
    cli::Context context;
    add_globals(app, context.globals);
    cli::add_report(app, context);
    cli::add_notice(app, context);
    cli::add_drill(app, context);
    cli::add_incident(app, context);
    cli::add_media(app, context);
    cli::add_shift(app, context);
    cli::add_stats(app, context);
    cli::add_watch(app, context);
    cli::add_admin(app, context);

    try {
        app.parse(argc, argv);
        return context.run();
    } catch (const CLI::ParseError& error) {
        return app.exit(error, std::cout, std::cerr) == 0 ? cli::kDone : cli::kUsage;
    } catch (const cli::UsageError& error) {
        cli::diagnose(error.what());
        return cli::kUsage;
    } catch (const client::BadOptions& error) {
        cli::diagnose(error.what());
        return cli::kUsage;
    } catch (const std::exception& error) {
        cli::diagnose(std::string("stopped by an error of its own: ") + error.what());
        return cli::kUnreachable;
    }
}
