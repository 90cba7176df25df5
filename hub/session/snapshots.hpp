#pragma once
// How things stand, for whoever has no cursor: pages of states, made once for all who have the same
// feeds. Owned by the district's thread.

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "hub/domain/state.hpp"
#include "hub/session/connection.hpp"

namespace tocsin::session {

class Snapshots {
public:
    // What these feeds show of the state, folded up to `at`: incidents that are not resolved,
    // notices that are neither withdrawn nor, at now_ms, over, the own devices, who is on duty at
    // the own desks, and for administrators the district itself.
    std::shared_ptr<const SnapshotPages> take(const domain::State& state,
                                              log::Offset at,
                                              const std::vector<domain::Feed>& feeds,
                                              std::int64_t now_ms);
    // The state changed in another way than by folding on.
    void forget();

private:
    // A subject as one feed shows it.
    struct Shown {
        const domain::store::Incident* incident;  // or
        const domain::store::Notice* notice;
        domain::store::Audience audience;
    };
    // Walks the whole state, once for each of its revisions at which anybody asks.
    void index(const domain::State& state);

    // The own devices, and the colleagues on duty.
    std::vector<wire::Event> people_of(const std::vector<domain::Feed>& feeds) const;

    std::unordered_map<fanout::FeedKey, std::vector<Shown>> by_feed_;
    // Those on duty, by the feeds that are told of it; the devices that are let in, by their
    // person's own feed.
    std::unordered_map<fanout::FeedKey, std::vector<const wire::Person*>> on_duty_;
    std::unordered_map<fanout::FeedKey, std::vector<const wire::Device*>> devices_;
    std::optional<std::uint64_t> indexed_revision_;

    struct Kept {
        std::string feeds;
        std::int64_t taken_ms;
        std::shared_ptr<const SnapshotPages> pages;
    };
    std::deque<Kept> kept_;
};

// Everything about an incident that the audience may see, in parts that each fit a message.
std::vector<wire::IncidentDetail> detail_of(const domain::State& state,
                                            const domain::store::Incident& incident,
                                            const domain::store::Audience& audience);

}  // namespace tocsin::session
