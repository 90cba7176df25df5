#pragma once
// Each adds its commands to the command line; the one that was typed sets `run`.

#include <CLI/CLI.hpp>
#include <functional>

#include "talk.hpp"

namespace tocsin::cli {

struct Context {
    Globals globals;
    std::function<int()> run;
};

void add_report(CLI::App& app, Context& context);
void add_notice(CLI::App& app, Context& context);
void add_drill(CLI::App& app, Context& context);
void add_incident(CLI::App& app, Context& context);
void add_incident_acts(CLI::App& group, Context& context);
void add_media(CLI::App& app, Context& context);
void add_shift(CLI::App& app, Context& context);
void add_stats(CLI::App& app, Context& context);
void add_watch(CLI::App& app, Context& context);
void add_admin(CLI::App& app, Context& context);
void add_district(CLI::App& admin, Context& context);

}  // namespace tocsin::cli
