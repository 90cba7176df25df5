#pragma once
// Who sits where: which desks have a console connected, at this hub or another, and whether
// somebody is at it. Where nobody is, an alarm waits for nothing. In memory, and with the store for
// moments; never in the log. Owned by the district's thread.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "hub/fanout/batch.hpp"
#include "hub/log/fold.hpp"
#include "hub/log/store.hpp"
#include "hub/session/watchman.hpp"

namespace tocsin::session {

class Attendance {
public:
    // A desk is judged empty after so long: its consoles may be on their way from a hub that died.
    static constexpr std::int64_t kGraceMs = 5'000;
    static constexpr std::int64_t kShareEveryMs = 1'000;
    // Longer than a hub takes to say it again, shorter than anybody wants to wait for a dead one.
    static constexpr int kSharedForMs = 5'000;

    using RightsOf = std::function<fanout::RightsPtr(const std::string& person_id)>;

    // All outlive this. `rights_of` answers null for a person who is not known to be connected.
    Attendance(log::Store& store,
               const log::Fold& fold,
               Watchman& watchman,
               const log::Clock& clock,
               std::string hub,
               RightsOf rights_of);

    // `connection` is any number that no other open connection of this hub has.
    void connected(const std::string& person_id, std::uint64_t connection);
    void attended(std::uint64_t connection, std::int64_t ago_ms);
    void gone(std::uint64_t connection);

    // At least ten times a second.
    void tick();
    // The log is another one, or was loaded anew.
    void start_anew();

private:
    struct Console {
        std::string person_id;
        std::int64_t since_ms = 0;
        std::int64_t attended_ms = 0;  // 0: it never said so
    };
    // A desk that has a console connected.
    struct Desk {
        std::int64_t attended_ms = 0;  // 0: never
    };
    using Desks = std::map<std::string, Desk, std::less<>>;

    bool is_on() const;
    Desks own_desks() const;
    void look(std::int64_t now);
    void share(std::int64_t now);
    void take_words(const std::vector<std::string>& words);
    // Why an incident need not wait for this desk; nothing where somebody is there, or may be.
    domain::wire::EscalationReason why_not_wait(const std::string& desk, std::int64_t now);
    void judge(const domain::store::Incident& incident, std::int64_t now);

    log::Store& store_;
    const log::Fold& fold_;
    Watchman& watchman_;
    const log::Clock& clock_;
    const std::string hub_;
    const RightsOf rights_of_;

    std::map<std::uint64_t, Console> consoles_;
    Desks elsewhere_;  // as the other hubs said when last asked
    std::int64_t elsewhere_until_ms_ = 0;
    Desks desks_;                                                   // of all hubs
    std::map<std::string, std::int64_t, std::less<>> empty_since_;  // desks that had one before
    std::int64_t known_since_ms_ = 0;  // what the others said is known since then; 0: not yet
    std::int64_t next_look_ms_ = 0;
    std::int64_t next_share_ms_ = 0;
    bool sharing_ = false;
    bool shared_ = false;  // there is a word of ours with the store
};

}  // namespace tocsin::session
