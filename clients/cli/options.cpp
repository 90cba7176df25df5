#include "options.hpp"

#include <chrono>
#include <fstream>

#include "arguments.hpp"
#include "tocsin/command_id.hpp"

namespace tocsin::cli {

void add_place(CLI::App& app, std::optional<wire::Place>& place) {
    app.add_option_function<std::string>(
           "--at",
           [&place](const std::string& text) {
               place = parse_place(text);
               if (!place) {
                   throw CLI::ValidationError(
                       "--at", "'" + text + "' is not LAT,LON[,ACCURACY_M], such as 45.6,126.6,15");
               }
           },
           "Where: WGS-84 degrees, and within how many metres")
        ->type_name("LAT,LON[,ACCURACY_M]");
}

void add_time(CLI::App& app,
              const std::string& name,
              std::int64_t& time_ms,
              const std::string& help) {
    app.add_option_function<std::string>(
           name,
           [&time_ms, name](const std::string& text) {
               const auto now = std::chrono::system_clock::now().time_since_epoch();
               const auto time = parse_time(
                   text, std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
               if (!time) {
                   throw CLI::ValidationError(
                       name,
                       "'" + text +
                           "' is not a time: write 2026-07-01T21:30:00+08:00, milliseconds since "
                           "1970 UTC, or +2h");
               }
               time_ms = *time;
           },
           help)
        ->type_name("TIME");
}

void add_files(CLI::App& app,
               const std::string& names,
               std::vector<std::string>& files,
               const std::string& help) {
    app.add_option(names, files, help)->type_name("FILE")->check([](const std::string& path) {
        const bool is_file = CLI::ExistingFile(path).empty();
        return is_file && std::ifstream(path) ? std::string() : "cannot read '" + path + "'";
    });
}

void add_command_id(CLI::App& app, std::string& id) {
    app.add_option("--id", id, "The command's id: the same id again is stored once [a new UUID]")
        ->type_name("UUID")
        ->check([](const std::string& text) {
            return client::is_uuid(text) ? std::string()
                                         : "'" + text + "' is not a UUID of 36 characters";
        });
}

void add_example(CLI::App& app, const std::string& lines) {
    app.footer("Example:\n" + lines);
}

}  // namespace tocsin::cli
