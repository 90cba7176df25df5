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
    // How long a mark of what this hub does not know as the desk's is kept: a console that comes
    // from another hub may be ahead of this one.
    static constexpr std::int64_t kPatienceMs = 10'000;
    static constexpr std::size_t kEarlyMost = 256;  // of each person

    // All outlive this.
    ProofBook(const log::Fold& fold,
              log::Decider& decider,
              const log::Clock& clock,
              const domain::Random& random);

    void mark(const fanout::RightsPtr& rights, const domain::wire::Mark& mark);
    // At least ten times a second.
    void tick();
    // The log is another one.
    void forget() {
        waiting_.clear();
        early_.clear();
    }

    const ProofStats& stats() const { return stats_; }

private:
    struct Waiting {
        std::map<std::string, domain::Mark> by_desk;
        std::int64_t write_ms = 0;
        bool is_under_way = false;
    };

    struct Said {
        bool shown = false;
        std::int64_t time_ms = 0;
        bool early = false;
    };
    // Marks by one person of what is not known as their desks', by incident.
    struct Early {
        fanout::RightsPtr rights;
        std::map<std::string, Said> said;
        std::int64_t until_ms = 0;
    };

    void take_or_keep(const fanout::RightsPtr& rights, const std::string& incident_id, bool shown);
    // False where the person has no desk that sees it.
    bool take(const fanout::Rights& rights, const std::string& incident_id, const Said& said);
    void take_early(std::int64_t now);
    void write(const std::string& incident_id, Waiting& waiting);

    const log::Fold& fold_;
    log::Decider& decider_;
    const log::Clock& clock_;
    const domain::Random& random_;
    std::map<std::string, Waiting> waiting_;  // by incident
    std::map<std::string, Early> early_;      // by person
    ProofStats stats_;
};

}  // namespace tocsin::session
