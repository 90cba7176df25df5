#pragma once
// An entry of a district's YAML file, read with a word about where it stands for what is wrong.

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>

#include "district_files.hpp"
#include "field_checks.hpp"

namespace tocsin::cli {

// One entry of a file, and where it stands.
class Entry {
public:
    Entry(const YAML::Node& node, std::string where, Problems& problems)
        : node_(node), where_(std::move(where)), problems_(problems) {}

    void wrong(const std::string& what) const { problems_.push_back(where_ + ": " + what); }
    void name_it(const std::string& id) { where_ += " (" + id + ")"; }

    // Whether it is a map without other keys than these.
    bool is_map_of(std::initializer_list<std::string_view> keys) const {
        if (!node_.IsMap()) {
            wrong("is not a map of keys and values");
            return false;
        }
        bool known = true;
        for (const auto& pair : node_) {
            const auto key = pair.first.as<std::string>("");
            if (std::ranges::find(keys, key) == keys.end()) {
                wrong("'" + key + "' is not a key here");
                known = false;
            }
        }
        return known;
    }

    Entry at(const std::string& key) const {
        return {node_.IsMap() ? node_[key] : YAML::Node(), where_ + ": " + key, problems_};
    }

    bool is_missing() const { return !node_.IsDefined() || node_.IsNull(); }
    const YAML::Node& node() const { return node_; }
    Entry beneath(const YAML::Node& node, const std::string& name) const {
        return {node, where_ + ": " + name, problems_};
    }

    std::string text(const std::string& key, std::size_t longest = kLongestName) const {
        const auto value = at(key);
        if (value.is_missing()) {
            return {};
        }
        if (!value.node_.IsScalar()) {
            value.wrong("is not a text");
            return {};
        }
        auto text = value.node_.Scalar();
        if (count_chars(text) > longest) {
            value.wrong("is longer than " + std::to_string(longest) + " characters");
        }
        return text;
    }

    std::string id(const std::string& key) const {
        auto text = this->text(key);
        if (!is_id(text)) {
            wrong(key + " '" + text + "' is not 1 to 64 of a-z, 0-9 and '-'");
        }
        return text;
    }

    int number(const std::string& key, int otherwise, int least, int most) const {
        const auto value = at(key);
        if (value.is_missing()) {
            return otherwise;
        }
        int number = 0;
        if (!value.node_.IsScalar() || !YAML::convert<int>::decode(value.node_, number) ||
            number < least || number > most) {
            value.wrong("is not a whole number from " + std::to_string(least) + " to " +
                        std::to_string(most));
        }
        return number;
    }

private:
    YAML::Node node_;
    std::string where_;
    Problems& problems_;
};

// The list of policies of a district: who is told next, and when.
void read_policies(const Entry& list, wire::District& district);

}  // namespace tocsin::cli
