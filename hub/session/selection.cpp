#include "hub/session/selection.hpp"

#include <algorithm>
#include <ranges>
#include <set>

namespace tocsin::session {

namespace {

std::string wire_name(const domain::Feed& feed) {
    return feed.channel.starts_with("me/") ? "me" : feed.channel;
}

// No secret; a collision of two marks costs a snapshot that was not needed.
std::uint32_t hash_of(std::string_view text, std::uint32_t hash = 2'166'136'261U) {
    for (const char c : text) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619U;  // FNV-1a
    }
    return (hash ^ '\n') * 16'777'619U;
}

std::string hex(std::uint32_t value, int digits) {
    constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
        text.push_back(kDigits[(value >> shift) & 15U]);
    }
    return text;
}

constexpr std::size_t kWhole = 8;   // digits that stand for all feeds
constexpr int kEach = 4;            // and for each of them
constexpr std::size_t kNamed = 13;  // so many at most
constexpr char kCut = '+';          // there are more

std::string name_of(const fanout::FeedKey& key) {
    const std::uint32_t hash = hash_of(key);
    return hex(hash ^ (hash >> 16), kEach);
}

std::string mark_of(const std::vector<fanout::FeedKey>& feed_keys) {
    std::vector<std::string_view> keys(feed_keys.begin(), feed_keys.end());
    std::ranges::sort(keys);
    std::uint32_t hash = 2'166'136'261U;
    for (const std::string_view key : keys) {
        hash = hash_of(key, hash);
    }
    std::string mark = hex(hash, kWhole);
    for (const std::string_view key : keys | std::views::take(kNamed)) {
        mark += name_of(fanout::FeedKey(key));
    }
    if (keys.size() > kNamed) {
        mark.push_back(kCut);
    }
    return mark;
}

SelectionPtr make(const fanout::RightsPtr& rights,
                  const std::vector<std::string>& requested,
                  fanout::Window& window) {
    auto made = std::make_shared<Selection>();
    made->rights = rights;
    for (const domain::Feed& feed : rights->feeds) {
        std::string name = wire_name(feed);
        if (!requested.empty() && std::ranges::find(requested, name) == requested.end()) {
            continue;
        }
        made->feeds.push_back(feed);
        made->keys.push_back(fanout::key_of(feed));
        if (std::ranges::find(made->channels, name) == made->channels.end()) {
            made->channels.push_back(std::move(name));
        }
    }
    made->reading = window.read(made->keys);
    made->mark = mark_of(made->keys);
    return made;
}

}  // namespace

SelectionPtr no_selection() {
    static const SelectionPtr nothing = [] {
        auto made = std::make_shared<Selection>();
        made->mark = mark_of({});
        return made;
    }();
    return nothing;
}

bool may_see_less(std::string_view mark, const Selection& selection) {
    if (mark.substr(0, kWhole) == std::string_view(selection.mark).substr(0, kWhole)) {
        return false;
    }
    if (mark.size() <= kWhole || mark.ends_with(kCut)) {
        return true;
    }
    std::set<std::string> now;
    for (const fanout::FeedKey& key : selection.keys) {
        now.insert(name_of(key));
    }
    for (std::size_t at = kWhole; at < mark.size(); at += kEach) {
        if (!now.contains(std::string(mark.substr(at, kEach)))) {
            return true;
        }
    }
    return false;
}

SelectionPtr Selections::of(const fanout::RightsPtr& rights,
                            const std::vector<std::string>& requested,
                            fanout::Window& window) {
    auto& same_rights = known_[rights.get()];
    for (Known& known : same_rights) {
        if (auto selection = known.selection.lock();
            selection != nullptr && known.requested == requested) {
            return selection;
        }
    }
    std::erase_if(same_rights, [](const Known& known) { return known.selection.expired(); });
    auto made = make(rights, requested, window);
    same_rights.push_back({requested, made});
    if (known_.size() > sweep_at_) {
        sweep();
    }
    return made;
}

void Selections::sweep() {
    std::erase_if(known_, [](const auto& item) {
        return std::ranges::all_of(item.second,
                                   [](const Known& known) { return known.selection.expired(); });
    });
    sweep_at_ = std::max<std::size_t>(64, 2 * known_.size());
}

}  // namespace tocsin::session
