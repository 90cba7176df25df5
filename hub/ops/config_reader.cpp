#include "hub/ops/config_reader.hpp"

#include <charconv>
#include <map>
#include <utility>

namespace tocsin::ops {

namespace {

// yaml-cpp tags a scalar in quotes with "!", a plain one with "?".
bool is_plain(const YAML::Node& node) {
    return node.IsScalar() && node.Tag() != "!";
}

// What stands there, short enough for a line.
std::string shown(const YAML::Node& node) {
    if (!node.IsScalar()) {
        return node.IsNull() ? "nothing" : node.IsMap() ? "a map" : "a list";
    }
    constexpr std::size_t kLongest = 40;
    const std::string& text = node.Scalar();
    const std::string head = text.size() > kLongest ? text.substr(0, kLongest) + "…" : text;
    return is_plain(node) ? "`" + head + "`" : "the text \"" + head + "\"";
}

int line_of(const YAML::Node& node) {
    return node.IsDefined() && !node.Mark().is_null() ? node.Mark().line + 1 : 0;
}

}  // namespace

Section::Section(const YAML::Node& node, std::string path, std::vector<ConfigError>& errors)
    : node_(node), path_(std::move(path)), errors_(errors) {
    if (!node_.IsMap()) {
        if (!node_.IsNull() || !path_.empty()) {
            wrong_at(node_, path_, "must be a map of keys, is " + shown(node_));
        }
        node_ = YAML::Node(YAML::NodeType::Map);
        return;
    }
    std::map<std::string, int> seen;
    for (const auto& pair : node_) {
        if (!pair.first.IsScalar()) {
            wrong_at(pair.first, path_, "a key must be a word, is " + shown(pair.first));
        } else if (++seen[pair.first.Scalar()] == 2) {
            wrong_at(pair.first, path_of(pair.first.Scalar()), "stands here twice");
        }
    }
}

bool Section::has(std::string_view key) const {
    return static_cast<bool>(std::as_const(node_)[std::string(key)]);
}

YAML::Node Section::take(std::string_view key) {
    known_.emplace(key);
    YAML::Node found = std::as_const(node_)[std::string(key)];
    return found ? found : YAML::Node(YAML::NodeType::Undefined);
}

void Section::read_number(std::string_view key,
                          std::int64_t& value,
                          std::int64_t least,
                          std::int64_t most) {
    const YAML::Node node = take(key);
    if (!node.IsDefined()) {
        return;
    }
    std::int64_t read = 0;
    const std::string text = is_plain(node) ? node.Scalar() : "";
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), read);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    if (!whole || read < least || read > most) {
        wrong_at(node,
                 path_of(key),
                 "must be a whole number from " + std::to_string(least) + " to " +
                     std::to_string(most) + ", is " + shown(node));
        return;
    }
    value = read;
}

void Section::text(std::string_view key,
                   std::string& value,
                   bool (*good)(const std::string&),
                   std::string_view says) {
    const YAML::Node node = take(key);
    if (!node.IsDefined()) {
        return;
    }
    if (!node.IsScalar() || !good(node.Scalar())) {
        wrong_at(node, path_of(key), "must be " + std::string(says) + ", is " + shown(node));
        return;
    }
    value = node.Scalar();
}

void Section::texts(std::string_view key,
                    std::vector<std::string>& values,
                    bool (*good)(const std::string&),
                    std::string_view says) {
    const YAML::Node node = take(key);
    if (!node.IsDefined()) {
        return;
    }
    if (!node.IsSequence()) {
        wrong_at(node, path_of(key), "must be a list, is " + shown(node));
        return;
    }
    std::vector<std::string> read;
    for (const auto& item : node) {
        if (!item.IsScalar() || !good(item.Scalar())) {
            const std::string path = path_of(key) + "[" + std::to_string(read.size()) + "]";
            wrong_at(item, path, "must be " + std::string(says) + ", is " + shown(item));
        }
        read.push_back(item.IsScalar() ? item.Scalar() : "");
    }
    values = std::move(read);
}

void Section::section(std::string_view key, const std::function<void(Section&)>& read) {
    const YAML::Node node = take(key);
    if (!node.IsDefined()) {
        return;
    }
    Section inner(node, path_of(key), errors_);
    read(inner);
    inner.refuse_unknown();
}

void Section::sections(std::string_view key, const std::function<void(Section&)>& read) {
    const YAML::Node node = take(key);
    if (!node.IsDefined()) {
        return;
    }
    if (!node.IsSequence()) {
        wrong_at(node, path_of(key), "must be a list, is " + shown(node));
        return;
    }
    for (std::size_t i = 0; i < node.size(); ++i) {
        Section inner(node[i], path_of(key) + "[" + std::to_string(i) + "]", errors_);
        read(inner);
        inner.refuse_unknown();
    }
}

void Section::refuse_unknown() {
    std::string known;
    for (const auto& key : known_) {
        known += (known.empty() ? "" : ", ") + key;
    }
    for (const auto& pair : node_) {
        if (pair.first.IsScalar() && !known_.contains(pair.first.Scalar())) {
            wrong_at(pair.first,
                     path_of(pair.first.Scalar()),
                     "is not a key of this file; known here: " + known);
        }
    }
}

void Section::wrong(std::string_view key, std::string what) {
    const YAML::Node found = std::as_const(node_)[std::string(key)];
    wrong_at(found ? found : node_, path_of(key), std::move(what));
}

void Section::wrong_at(const YAML::Node& node, std::string path, std::string what) {
    errors_.push_back({std::move(path), line_of(node), std::move(what)});
}

std::string Section::path_of(std::string_view key) const {
    return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

}  // namespace tocsin::ops
