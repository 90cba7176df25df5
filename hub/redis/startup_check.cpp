#include "hub/redis/startup_check.hpp"

#include <array>
#include <utility>

namespace tocsin::redis {
namespace {

struct Setting {
    const char* name;
    const char* wanted;
    const char* consequence;
};

// no-appendfsync-on-rewrite belongs to it: with `yes`, `appendfsync always` is none for as long as
// a rewrite lasts.
constexpr std::array<Setting, 5> kSettings = {{
    {"appendonly", "yes", "a crash of Redis loses every receipted report since its last snapshot"},
    {"appendfsync", "always", "a crash of Redis loses up to a second of receipted reports"},
    {"no-appendfsync-on-rewrite",
     "no",
     "a crash while Redis rewrites its file loses the reports receipted meanwhile"},
    // With `yes`, Redis 7.0 cuts a torn transaction off at its last whole command and leaves it
    // open.
    {"aof-load-truncated",
     "no",
     "a power cut can leave half a commit in Redis's file that spoils what is stored after it"},
    {"maxmemory-policy", "noeviction", "Redis removes states and keys when its memory is full"},
}};

constexpr const char* kLosesMore =
    "a crash of the machine loses receipted reports, without a bound";

std::string sentence(const Setting& setting, const std::string& value) {
    const bool is_unbounded = setting.name == std::string_view("appendfsync") && value == "no";
    return std::string(setting.name) + " is " + value + ": " +
           (is_unbounded ? kLosesMore : setting.consequence) + "; set " + setting.name + ' ' +
           setting.wanted;
}

}  // namespace

std::vector<std::string> durability_question() {
    std::vector<std::string> command{"CONFIG", "GET"};
    for (const Setting& setting : kSettings) {
        command.emplace_back(setting.name);
    }
    return command;
}

Missing missing_for_durability(const Reply& config) {
    if (config.is_error()) {
        return {"cannot verify that Redis keeps what it acknowledges, it refuses CONFIG GET (" +
                config.text +
                "); allow it with +config|get, or see to appendonly yes, appendfsync always, "
                "no-appendfsync-on-rewrite no, aof-load-truncated no, maxmemory-policy noeviction"};
    }
    Missing missing;
    for (const Setting& setting : kSettings) {
        std::string value;
        for (std::size_t i = 0; i + 1 < config.items.size(); i += 2) {
            if (config.items[i].text == setting.name) {
                value = config.items[i + 1].text;
            }
        }
        if (value.empty()) {
            missing.push_back(std::string(setting.name) +
                              " is not told by Redis: cannot verify that it is " + setting.wanted);
        } else if (value != setting.wanted) {
            missing.push_back(sentence(setting, value));
        }
    }
    return missing;
}

void check_durability(RedisStore& store, log::Callback<Missing> done) {
    store.ask(durability_question(),
              [done = std::move(done)](log::StoreResult<Reply> config) mutable {
                  if (config) {
                      done(missing_for_durability(*config));
                  } else {
                      done(std::unexpected(config.error()));
                  }
              });
}

}  // namespace tocsin::redis
