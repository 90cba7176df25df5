#include "hub/ops/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace tocsin::ops {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Everything wrong with a file, as `line key: what`.
std::vector<std::string> errors_of(const std::string& yaml) {
    std::vector<std::string> lines;
    const ConfigResult result = parse_config(yaml);
    if (!result) {
        for (const ConfigError& error : result.error()) {
            lines.push_back(std::to_string(error.line) + " " + error.key + ": " + error.what);
        }
    }
    return lines;
}

std::filesystem::path example_file() {
    return std::filesystem::path(TOCSIN_SOURCE_DIR) / "config/hub.example.yaml";
}

TEST(Config, AnEmptyFileIsTheDefaults) {
    EXPECT_EQ(parse_config(""), Config{});
    EXPECT_EQ(parse_config("# nothing but a comment\n"), Config{});
    EXPECT_EQ(parse_config("---\n"), Config{});
}

TEST(Config, TheExampleSaysTheDefaults) {
    const ConfigResult example = load_config(example_file());
    ASSERT_TRUE(example.has_value());
    EXPECT_EQ(*example, Config{});
}

TEST(Config, TheExampleNamesEveryKey) {
    std::ifstream in(example_file());
    const std::string text((std::istreambuf_iterator<char>(in)), {});
    // The message for an unknown key lists those known, for each section in turn.
    for (const std::string section :
         {"", "listen", "admin", "redis", "redis.tls", "window", "log"}) {
        std::string yaml = "x: 1";
        if (section == "redis.tls") {
            yaml = "redis: {host: a, tls: {x: 1}}";
        } else if (!section.empty()) {
            yaml = section + ": {x: 1}";
        }
        const std::vector<std::string> errors = errors_of(yaml);
        ASSERT_EQ(errors.size(), 1u) << section;
        std::istringstream keys(errors.front().substr(errors.front().find("here: ") + 6));
        for (std::string key; std::getline(keys >> std::ws, key, ',');) {
            EXPECT_THAT(text, HasSubstr(key + ":")) << section;
        }
    }
}

TEST(Config, ReadsEveryKey) {
    const ConfigResult read = parse_config(R"(
district: daowai-2
mode: production
listen:
  address: "::1"
  port: 0
  max_connections: 5
  max_connections_per_device: 2
  allowed_origins: [https://tocsin.example, "http://localhost:5173"]
  proxies: [127.0.0.1, "::1"]
admin: {address: 127.0.0.2, port: 9}
shards: 3
redis:
  host: redis.example
  port: 6380
  tls: {ca_file: ca.pem}
  username: hub
  password_file: secret
  command_timeout_ms: 500
window: {bytes: 1048576, age_s: 7}
log: {keep_days: 1, keep_entries: 2000}
pages:
  directory: dist
  sign_in_failures: 3
  sign_in_within_s: 30
  tiles:
    - {name: Streets, url: "https://t.example:8443/{z}/{x}/{y}.png", datum: GCJ-02, attribution: them, max_zoom: 16}
    - {url: "http://b.example/{z}/{x}/{y}"}
lock_file: /run/tocsin/lock
)");
    Config expected;
    expected.district = "daowai-2";
    expected.mode = Mode::production;
    expected.listen = {
        "::1", 0, 5, 2, {"https://tocsin.example", "http://localhost:5173"}, {"127.0.0.1", "::1"}};
    expected.admin = {"127.0.0.2", 9};
    expected.shards = 3;
    expected.redis = {"", "redis.example", 6380, RedisTls{"ca.pem"}, "hub", "secret", 500};
    expected.window = {1'048'576, 7};
    expected.log = {1, 2'000};
    expected.pages.directory = "dist";
    expected.pages.sign_in_failures = 3;
    expected.pages.sign_in_within_s = 30;
    expected.pages.tiles = {
        {"Streets", "https://t.example:8443/{z}/{x}/{y}.png", "GCJ-02", "them", 16},
        {"", "http://b.example/{z}/{x}/{y}", "WGS-84", "", 18}};
    EXPECT_EQ(tile_origin(expected.pages.tiles[0].url), "https://t.example:8443");
    expected.lock_file = "/run/tocsin/lock";
    ASSERT_TRUE(read.has_value()) << errors_of("").size();
    EXPECT_EQ(*read, expected);
}

TEST(Config, ReportsEverythingAtOnceWithKeyAndLine) {
    EXPECT_THAT(
        errors_of("district: Ping Fang\n"
                  "listen:\n"
                  "  port: 65536\n"
                  "  adress: 127.0.0.1\n"
                  "window: 5\n"
                  "shards: \"2\"\n"),
        ElementsAre("1 district: must be an id of 1 to 64 of a-z, 0-9 and -, is `Ping Fang`",
                    "3 listen.port: must be a whole number from 0 to 65535, is `65536`",
                    "4 listen.adress: is not a key of this file; known here: address, "
                    "allowed_origins, max_connections, max_connections_per_device, port, proxies",
                    "5 window: must be a map of keys, is `5`",
                    "6 shards: must be a whole number from 0 to 64, is the text \"2\""));
}

TEST(Config, RefusesWrongValues) {
    struct Case {
        std::string yaml;
        std::string key;
    };
    const Case cases[] = {
        {"district: ''", "district"},
        {"district: 'a}{b'", "district"},
        {"district: [a]", "district"},
        {"mode: prod", "mode"},
        {"mode:", "mode"},
        {"listen: {port: -1}", "listen.port"},
        {"listen: {port: 80a}", "listen.port"},
        {"listen: {port: 8.5}", "listen.port"},
        {"listen: {port: 99999999999999999999}", "listen.port"},
        {"listen: {port: }", "listen.port"},
        {"listen: {port: {a: 1}}", "listen.port"},
        {"listen: {address: localhost}", "listen.address"},
        {"listen: {max_connections: 0}", "listen.max_connections"},
        {"listen: {allowed_origins: https://a.example}", "listen.allowed_origins"},
        {"listen: {allowed_origins: [https://a.example/]}", "listen.allowed_origins[0]"},
        {"listen: {allowed_origins: ['*']}", "listen.allowed_origins[0]"},
        {"listen: {proxies: [proxy.example]}", "listen.proxies[0]"},
        {"pages: {sign_in_failures: 0}", "pages.sign_in_failures"},
        {"pages: {tiles: {}}", "pages.tiles"},
        {"pages: {tiles: [{name: a}]}", "pages.tiles[0].url"},
        {"pages: {tiles: [{url: 'https://a.example/{z}/{x}'}]}", "pages.tiles[0].url"},
        {"pages: {tiles: [{url: 'https://a.example;x/{z}/{x}/{y}'}]}", "pages.tiles[0].url"},
        {"pages: {tiles: [{url: '/{z}/{x}/{y}'}]}", "pages.tiles[0].url"},
        {"pages: {tiles: [{url: 'https://a.example/{z}/{x}/{y}', datum: x}]}",
         "pages.tiles[0].datum"},
        {"admin: {port: 8080}", "admin"},
        {"redis: {socket: a, host: b}", "redis.socket"},
        {"redis: {port: 6379}", "redis.port"},
        {"redis: {tls: {}}", "redis.tls"},
        {"redis: {host: 'a b'}", "redis.host"},
        {"redis: {username: a}", "redis.username"},
        {"redis: {command_timeout_ms: 99}", "redis.command_timeout_ms"},
        {"window: {bytes: 1}", "window.bytes"},
        {"log: {keep_days: 0}", "log.keep_days"},
        {"lock_file: ''", "lock_file"},
        {"shards: 1\nshards: 2", "shards"},
        {"- a\n- b", ""},
        {"just words", ""},
        {"a: [unclosed", ""},
        {"district: a\n---\ndistrict: b", ""},
    };
    for (const Case& one : cases) {
        const ConfigResult result = parse_config(one.yaml);
        ASSERT_FALSE(result.has_value()) << one.yaml;
        EXPECT_EQ(result.error().front().key, one.key) << one.yaml;
        EXPECT_FALSE(result.error().front().what.empty()) << one.yaml;
    }
}

TEST(Config, SectionsMayBeEmpty) {
    EXPECT_EQ(parse_config("listen: {}\nredis: {host: a, tls: {}}").value().redis.tls, RedisTls{});
}

TEST(Config, AnErrorIsShownAsEditorsFindIt) {
    EXPECT_EQ(to_text({"listen.port", 12, "must be a number"}, "hub.yaml"),
              "hub.yaml:12: listen.port: must be a number");
    EXPECT_EQ(to_text({"", 0, "cannot be read"}, "hub.yaml"), "hub.yaml: cannot be read");
}

TEST(Config, AFileThatIsNotThereIsAnError) {
    for (const char* path : {"/nowhere/hub.yaml", "/"}) {
        const ConfigResult result = load_config(path);
        ASSERT_FALSE(result.has_value());
        EXPECT_EQ(result.error().front().what, "cannot be read");
    }
}

TEST(Config, ASecretIsTheFirstLine) {
    const auto file = std::filesystem::path(testing::TempDir()) / "ops_config_secret";
    std::ofstream(file) << "correct horse\r\nnot this\n";
    EXPECT_EQ(read_secret(file).value(), "correct horse");
    std::ofstream(file, std::ios::trunc) << "\n";
    EXPECT_FALSE(read_secret(file).has_value());
    std::filesystem::remove(file);
    EXPECT_FALSE(read_secret(file).has_value());
}

}  // namespace
}  // namespace tocsin::ops
