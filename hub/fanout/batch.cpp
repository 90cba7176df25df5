#include "hub/fanout/batch.hpp"

namespace tocsin::fanout {

FeedKey key_of(const domain::Feed& feed) {
    return feed.channel + '#' + std::to_string(static_cast<int>(feed.view));
}

}  // namespace tocsin::fanout
