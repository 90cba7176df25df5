#include "hub/session/selection.hpp"

#include <algorithm>

namespace tocsin::session {

namespace {

std::string wire_name(const domain::Feed& feed) {
    return feed.channel.starts_with("me/") ? "me" : feed.channel;
}

std::string mark_of(const std::vector<fanout::FeedKey>& feed_keys) {
    std::vector<std::string_view> keys(feed_keys.begin(), feed_keys.end());
    std::ranges::sort(keys);
    std::uint32_t hash =
        2'166'136'261u;  // FNV-1a: no secret, and a collision costs a snapshot that was not needed
    for (const std::string_view key : keys) {
        for (const char c : key) {
            hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619u;
        }
        hash = (hash ^ '\n') * 16'777'619u;
    }
    constexpr char kDigits[] = "0123456789abcdef";
    std::string mark;
    for (int shift = 28; shift >= 0; shift -= 4) {
        mark.push_back(kDigits[(hash >> shift) & 15u]);
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
