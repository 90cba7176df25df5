#include "hub/session/fire_joiner.hpp"

#include "hub/domain/late_join.hpp"

namespace tocsin::session {
namespace {

constexpr std::int64_t kEveryMs = 500;

}  // namespace

void FireJoiner::tick() {
    const std::int64_t now = clock_();
    // A clock that is set back makes it look at once.
    if (!fold_.started() || !fold_.store_well() ||
        (now >= looked_ms_ && now - looked_ms_ < kEveryMs)) {
        return;
    }
    looked_ms_ = now;
    for (const std::string& id : domain::fires_that_join_late(fold_.state(), {now, random_})) {
        if (joining_.contains(id)) {
            continue;
        }
        joining_.insert(id);
        decider_.conclude(
            [this, id](const domain::State& state, std::int64_t now_ms) {
                return domain::decide_late_join(state, id, {now_ms, random_});
            },
            [this, id](const domain::Result<domain::wire::Receipt>&) { joining_.erase(id); });
    }
}

}  // namespace tocsin::session
