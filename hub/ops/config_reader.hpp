#pragma once
// Takes a YAML map apart key by key and collects what is wrong with it, so that one reading reports
// everything.

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "hub/ops/config.hpp"

namespace tocsin::ops {

class Section {
public:
    // `errors` outlives this. A node that is no map is an error, and then as good as empty.
    Section(const YAML::Node& node, std::string path, std::vector<ConfigError>& errors);

    bool has(std::string_view key) const;

    // Each of these leaves `value` as it is where the key does not stand there or is wrong.
    template <class Int>
    void number(std::string_view key, Int& value, std::int64_t least, std::int64_t most) {
        std::int64_t read = static_cast<std::int64_t>(value);
        read_number(key, read, least, most);
        value = static_cast<Int>(read);
    }
    // `says` completes the sentence "must be …" for a text that is not `good`.
    void text(std::string_view key,
              std::string& value,
              bool (*good)(const std::string&),
              std::string_view says);
    void texts(std::string_view key,
               std::vector<std::string>& values,
               bool (*good)(const std::string&),
               std::string_view says);
    void section(std::string_view key, const std::function<void(Section&)>& read);
    // A list of sections; reads each.
    void sections(std::string_view key, const std::function<void(Section&)>& read);

    // Call last: every key that nobody asked for is an error.
    void refuse_unknown();

    // An error of the key, where it stands (or of this section).
    void wrong(std::string_view key, std::string what);

private:
    YAML::Node take(std::string_view key);
    void read_number(std::string_view key,
                     std::int64_t& value,
                     std::int64_t least,
                     std::int64_t most);
    void wrong_at(const YAML::Node& node, std::string path, std::string what);
    std::string path_of(std::string_view key) const;

    YAML::Node node_;
    std::string path_;
    std::vector<ConfigError>& errors_;
    std::set<std::string, std::less<>> known_;
};

}  // namespace tocsin::ops
