#pragma once
// The district itself: fold, decisions, rights, snapshots and history behind the one interface that
// connections ask. Runs on one thread, which owns it, calls it, and is called back; store, clock
// and randomness are passed in.

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "hub/log/decider.hpp"
#include "hub/log/fold.hpp"
#include "hub/session/attendance.hpp"
#include "hub/session/district.hpp"
#include "hub/session/district_map.hpp"
#include "hub/session/doorkeeper.hpp"
#include "hub/session/drill_keeper.hpp"
#include "hub/session/fire_joiner.hpp"
#include "hub/session/histories.hpp"
#include "hub/session/media.hpp"
#include "hub/session/proof_book.hpp"
#include "hub/session/snapshots.hpp"
#include "hub/session/watchman.hpp"

namespace tocsin::session {

struct DistrictSettings {
    std::int64_t keep_ms = 30LL * 24 * 3600 * 1000;  // the log is trimmed to this age …
    std::int64_t keep_entries = 100'000;             // … but never below so many entries
    std::int64_t remember_ms = 24LL * 3600 * 1000;  // resolved incidents stay in memory for so long
    std::size_t history_bytes = 16u << 20;          // of stretches behind the windows, in all
    std::vector<TileSource> tiles = {};             // on the pages' map
};

struct DistrictStats {
    log::FoldStats fold;
    log::DeciderStats decider;
    ProofStats proofs;
    WatchmanStats watchman;
    std::size_t waiting = 0;     // commands taken and not answered
    std::size_t incidents = 0;   // in memory
    std::int64_t behind_ms = 0;  // age of the latest entry folded when it was folded
    std::uint64_t trimmed = 0;   // entries cut from the log
    log::Offset position;
    std::string epoch;
};

class DistrictCore final : public District,
                           public Doorkeeper,
                           public MediaRights,
                           private log::FoldListener {
public:
    // All outlive this. The listeners are told in the order given; they are the shards' doors.
    DistrictCore(log::Store& store,
                 const log::Clock& clock,
                 const domain::Random& random,
                 DistrictSettings settings,
                 std::vector<DistrictListener*> listeners);

    // Loads and follows the log for ever. `ready` is called once, when the states are loaded and
    // the windows are filled.
    void start(std::move_only_function<void()> ready);
    // At least ten times a second.
    void tick();
    // Takes no more commands; calls back when all that was taken is answered. Then nothing more is
    // asked of the store.
    void stop(std::move_only_function<void()> done);

    bool started() const { return fold_.started(); }
    bool store_well() const { return fold_.store_well(); }
    // Whether what the store acknowledges stays (promise P1). While it does not, commands are
    // refused `unavailable`; watchers go on.
    void note_durable(bool durable) { decider_.note_durable(durable); }
    DistrictStats stats() const;
    // As folded up to stats().position; good until the next call. For who compares hubs.
    const domain::State& state() const { return fold_.state(); }

    // Lets a device with this token (its SHA-256) speak for the person `admin`, who is made where
    // there is none. For whoever has the keys to the store anyhow. Answers with the receipt of the
    // device.
    void enrol_admin(std::string token_sha256, Answer<domain::Result<wire::Receipt>> answer);

    void authenticate(std::string token_sha256, Answer<std::optional<Principal>> answer) override;
    void submit(std::string person_id,
                std::string device_id,
                wire::Command command,
                std::int64_t read_time_ms,
                Answer<domain::Result<wire::Receipt>> answer) override;
    void snapshot(std::vector<domain::Feed> feeds,
                  Answer<std::shared_ptr<const SnapshotPages>> answer) override;
    void history(log::Offset after, Answer<fanout::BatchPtr> answer) override;
    void incident(std::string person_id,
                  std::string incident_id,
                  Answer<domain::Result<std::vector<wire::IncidentDetail>>> answer) override;
    void notice(std::string person_id,
                std::string notice_id,
                Answer<domain::Result<std::vector<wire::NoticeDetail>>> answer) override;
    void mark(std::string person_id, wire::Mark mark) override;
    void console_connected(std::string person_id, std::uint64_t connection) override;
    void console_attended(std::uint64_t connection, std::int64_t ago_ms) override;
    void console_gone(std::uint64_t connection) override;
    void times(std::string person_id,
               wire::GetStats request,
               Answer<domain::Result<wire::Stats>> answer) override;

    // Before start(), or never; outlives this.
    void set_media_listener(MediaListener& listener) { media_listener_ = &listener; }
    void seal_upload(domain::store::Media media,
                     Answer<domain::Result<log::StateWrite>> answer) override;
    void find_media(std::string person_id,
                    std::string media_id,
                    Answer<domain::Result<domain::store::Media>> answer) override;

    void sign_in(std::string link_sha256, Answer<domain::Result<SignedIn>> answer) override;
    void sign_out(std::string person_id,
                  std::string device_id,
                  Answer<domain::Result<wire::Receipt>> answer) override;
    void map(Answer<std::shared_ptr<const DistrictMap>> answer) override;

private:
    // What is in memory, as this person may have it.
    domain::Result<domain::store::Media> judge(const std::string& person_id,
                                               const std::string& media_id) const;
    void tell_attached(const std::vector<log::FoldedEvent>& events);
    // Nobody is sent the words of what went over since this was last asked.
    void tell_over(std::int64_t now_ms);
    // Brings the subjects into memory that are not there, one after the other; then the call, with
    // false where the store cannot say.
    void have(std::vector<std::string> subjects, std::move_only_function<void(bool)> then);
    struct AtDoor;
    void at_door(std::shared_ptr<AtDoor> asked);
    void on_started(const std::string& epoch,
                    log::Offset after,
                    std::vector<log::FoldedEvent> recent) override;
    void on_folded(const std::vector<log::FoldedEvent>& events,
                   log::Offset after,
                   log::Offset to) override;
    void on_store(bool well) override;

    // The incident that a refusal rests on, as the person may see it; null where that is nothing.
    std::shared_ptr<const wire::Incident> as_it_stands(const std::string& person_id,
                                                       const domain::Refusal& refusal) const;
    fanout::RightsPtr rights_of(const std::string& person_id) const;
    std::vector<fanout::RightsChange> changed_rights(const std::vector<log::FoldedEvent>& events);
    void add_admin_device(std::string token_sha256, Answer<domain::Result<wire::Receipt>> answer);
    void read_history(log::Offset after, std::move_only_function<void(StretchResult)> answer);
    void know_notices(log::Fold::Stretch stretch,
                      log::Offset after,
                      std::move_only_function<void(StretchResult)> answer,
                      std::size_t from = 0);
    void tell(fanout::BatchPtr batch);

    const log::Clock& clock_;
    const domain::Random& random_;
    log::Store& store_;
    const DistrictSettings settings_;
    const std::vector<DistrictListener*> listeners_;
    MediaListener* media_listener_ = nullptr;
    std::int64_t over_told_ms_ = 0;
    log::Fold fold_;
    log::Decider decider_;
    Snapshots snapshots_;
    ProofBook proofs_;
    DrillKeeper drills_;
    FireJoiner fires_;
    Watchman watchman_;
    Attendance attendance_;
    // Rights that were given out, and the devices that were let in with them, by person.
    std::map<std::string, fanout::RightsPtr> rights_;
    std::map<std::string, std::set<std::string>> let_in_;
    // What was asked while the states were being loaded.
    std::vector<std::move_only_function<void()>> when_started_;

    Histories histories_;

    // The map as it was made last, and of what.
    std::shared_ptr<const DistrictMap> map_;
    std::string map_version_;

    std::move_only_function<void()> ready_;
    std::move_only_function<void()> stopped_;
    bool stopping_ = false;
    std::int64_t next_trim_ms_ = 0;
    std::int64_t behind_ms_ = 0;
    std::uint64_t trimmed_ = 0;
};

}  // namespace tocsin::session
