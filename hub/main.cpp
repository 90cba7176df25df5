// tocsin-hub: arguments, configuration, then one of: check, token, run.

#include <CLI/CLI.hpp>

#include <iostream>
#include <string>

#include "hub/ops/admin_token.hpp"
#include "hub/ops/config.hpp"
#include "hub/ops/exit_code.hpp"
#include "hub/ops/hub.hpp"
#include "hub/ops/log_lines.hpp"
#include "hub/ops/version.hpp"

namespace {

using namespace tocsin;

constexpr char kFooter[] =
    "Example:\n"
    "  tocsin-hub --config config/hub.example.yaml --check-config\n"
    "  tocsin-hub --config config/hub.example.yaml\n"
    "\n"
    "Logs: one JSON object a line on standard error; `ready` names the ports. SIGTERM or SIGINT\n"
    "stops it in order within 10 s, a second one at once.\n"
    "Exit codes: 0 done, 1 failed on the way, 2 arguments or configuration, or refused to start,\n"
    "3 Redis not reachable.";

int check(const std::string& file, const ops::ConfigResult& config) {
    if (config) {
        std::cout << "config is good\n";
        return ops::kExitDone;
    }
    for (const ops::ConfigError& error : config.error()) {
        std::cerr << ops::to_text(error, file) << '\n';
    }
    return ops::kExitRefused;
}

int refuse(const std::string& file, const ops::ConfigResult& config, ops::LogLines& log) {
    for (const ops::ConfigError& error : config.error()) {
        log.info("config_wrong", {{"key", error.key}, {"reason", ops::to_text(error, file)}});
    }
    log.error("refused_to_start", {{"reason", "the configuration " + file + " is wrong"}});
    return ops::kExitRefused;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{
        "The hub of a district: takes reports, stores them, shows them to whom they concern."};
    app.footer(kFooter);
    std::string config_file;
    std::string token_file;
    app.add_option(
           "--config", config_file, "The hub's configuration (YAML); see config/hub.example.yaml")
        ->type_name("FILE")
        ->required();
    bool check_only = false;
    app.add_flag("--check-config", check_only, "Say what is wrong with the configuration, and end");
    app.add_option("--admin-token-out",
                   token_file,
                   "Give the district's administrator a new device, write its token to FILE (mode "
                   "0600), and end; beside running hubs too")
        ->type_name("FILE")
        ->excludes("--check-config");
    app.set_version_flag("--version", std::string("tocsin-hub ") + ops::kVersion);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? ops::kExitDone : ops::kExitRefused;
    }

    const ops::ConfigResult config = ops::load_config(config_file);
    if (check_only) {
        return check(config_file, config);
    }
    ops::LogLines log;
    if (!config) {
        return refuse(config_file, config, log);
    }
    return token_file.empty() ? ops::run_hub(*config, log)
                              : ops::write_admin_token(*config, token_file, log);
}
