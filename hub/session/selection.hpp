#pragma once
// What somebody reads: the feeds that the rights allow of the channels that were asked for. Shared
// by all who have the same rights and ask for the same. Used by one shard's thread.

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "hub/fanout/window.hpp"

namespace tocsin::session {

struct Selection {
    std::vector<domain::Feed> feeds;
    std::vector<fanout::FeedKey> keys;  // the same as keys
    std::vector<std::string> channels;  // the same as the client names them
    fanout::Window::Reading reading;    // the same in the shard's window
    std::string mark;                   // stands for these feeds in cursors
    fanout::RightsPtr rights;           // what it was made from
};
using SelectionPtr = std::shared_ptr<const Selection>;

// Nothing at all.
SelectionPtr no_selection();

// Whether a cursor with this mark is of somebody who could see what this selection does not show,
// as far as the mark tells.
bool may_see_less(std::string_view mark, const Selection& selection);

// The selections of one shard.
class Selections {
public:
    // `requested`: channels as the client names them; empty: all that the rights allow.
    SelectionPtr of(const fanout::RightsPtr& rights,
                    const std::vector<std::string>& requested,
                    fanout::Window& window);

private:
    struct Known {
        std::vector<std::string> requested;
        std::weak_ptr<const Selection> selection;
    };
    void sweep();

    // By the rights, which a living selection keeps at their address.
    std::unordered_map<const fanout::Rights*, std::vector<Known>> known_;
    std::size_t sweep_at_ = 64;
};

}  // namespace tocsin::session
