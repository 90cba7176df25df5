#pragma once
// Takes what consoles say was delivered and shown, and sees to it that the first of each desk is
// written down: several at once become one event, and a mark is kept until the fold bears it. Owned
// by the district's thread.

#include <cstdint>
#include <map>
#include <string>

#include "hub/domain/proof.hpp"
#include "hub/fanout/batch.hpp"
#include "hub/log/decider.hpp"
#include "hub/log/fold.hpp"

namespace tocsin::session {

struct ProofStats {
    std::uint64_t denied = 0;   // marks of what the person may not see as staff, or does not exist
    std::uint64_t dropped = 0;  // more than can be kept while the store is away
    std::uint64_t written = 0;  // events
};

class ProofBook {
public:
    // How long marks of an incident are gathered before they are written: the consoles of a desk
    // get it within moments.
    static constexpr std::int64_t kGatherMs = 100;
    static constexpr std::size_t kIncidentsMost = 10'000;

    // All outlive this.
    ProofBook(const log::Fold& fold,
              log::Decider& decider,
              const log::Clock& clock,
              const domain::Random& random);

    void mark(const fanout::Rights& rights, const domain::wire::Mark& mark);
    // At least ten times a second.
    void tick();
    // The log is another one.
    void forget() { waiting_.clear(); }

    const ProofStats& stats() const { return stats_; }

private:
    struct Waiting {
        std::map<std::string, domain::Mark> by_desk;
        std::int64_t write_ms = 0;
        bool is_under_way = false;
    };

    void take(const fanout::Rights& rights, const std::string& incident_id, bool shown);
    void write(const std::string& incident_id, Waiting& waiting);

    const log::Fold& fold_;
    log::Decider& decider_;
    const log::Clock& clock_;
    const domain::Random& random_;
    std::map<std::string, Waiting> waiting_;  // by incident
    ProofStats stats_;
};

}  // namespace tocsin::session
