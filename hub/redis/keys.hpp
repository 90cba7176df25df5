#pragma once
// The names of a district's keys. All share the hash tag {district}, so that they live in one slot
// of a Cluster.

#include <string>
#include <string_view>

namespace tocsin::redis {

class Keys {
public:
    // The district's id is not empty and has no braces.
    explicit Keys(std::string_view district) : prefix_('{' + std::string(district) + "}:") {}

    std::string log() const { return prefix_ + "log"; }
    std::string epoch() const { return prefix_ + "epoch"; }
    std::string trimmed() const { return prefix_ + "trimmed"; }
    // Holds nothing: written for the sake of the sync that goes before the answer.
    std::string synced() const { return prefix_ + "synced"; }
    std::string present() const { return prefix_ + "present"; }
    std::string deadline() const { return prefix_ + "deadline"; }
    std::string turn() const { return prefix_ + "turn"; }
    std::string open() const { return prefix_ + "open"; }
    std::string key(std::string_view key_id) const { return (prefix_ + "key:").append(key_id); }
    // The chunks of a photo or voice message, by number.
    std::string media(std::string_view media_id) const {
        return (prefix_ + "media:").append(media_id);
    }
    std::string ids(std::string_view device_id) const {
        return (prefix_ + "ids:").append(device_id);
    }
    // Of a subject such as `incident/<id>`; a set, `set/<name>`, has a version and no more.
    std::string state(std::string_view subject) const {
        constexpr std::string_view kSet = "set/";
        if (subject.starts_with(kSet)) {
            return (prefix_ + "version:").append(subject.substr(kSet.size()));
        }
        std::string name = (prefix_ + "state:").append(subject);
        if (const std::size_t slash = name.find('/', prefix_.size()); slash != std::string::npos) {
            name[slash] = ':';
        }
        return name;
    }

    // The subject of a state's key; empty for what is none.
    std::string subject(std::string_view key) const {
        if (!key.starts_with(prefix_)) {
            return {};
        }
        key.remove_prefix(prefix_.size());
        constexpr std::string_view kSet = "version:";
        if (key.starts_with(kSet)) {
            return "set/" + std::string(key.substr(kSet.size()));
        }
        constexpr std::string_view kState = "state:";
        if (!key.starts_with(kState)) {
            return {};
        }
        std::string name(key.substr(kState.size()));
        if (const std::size_t colon = name.find(':'); colon != std::string::npos) {
            name[colon] = '/';
        }
        return name;
    }

private:
    std::string prefix_;
};

}  // namespace tocsin::redis
