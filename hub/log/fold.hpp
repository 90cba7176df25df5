#pragma once
// Follows the log: loads the stored states, folds every entry after them, and says what it folded.
// Owns the committed state and the keys. One thread owns it, calls it and is called back; clock and
// store are passed in.

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hub/domain/decide.hpp"
#include "hub/log/record.hpp"
#include "hub/log/store.hpp"

namespace tocsin::log {

// One entry of the log. Null body where it cannot be read: damaged, of a newer hub, or erased.
struct FoldedEvent {
    Offset offset;
    std::shared_ptr<const store::EventBody> body;
    bool is_own = false;  // was announced by expect()
};

// What the fold says, in order.
class FoldListener {
public:
    virtual ~FoldListener() = default;
    // The states are loaded: the log starts for this hub, or is another one than before. `recent`
    // are the entries after `after`, for the windows; the state holds them already.
    virtual void on_started(const std::string& epoch,
                            Offset after,
                            std::vector<FoldedEvent> recent) = 0;
    // These were folded in; the state holds them.
    virtual void on_folded(const std::vector<FoldedEvent>& events, Offset after, Offset to) = 0;
    // The store answers, or does not.
    virtual void on_store(bool well) = 0;
};

struct FoldStats {
    std::uint64_t folded = 0;
    std::uint64_t damaged = 0;  // set aside: not what was stored
    std::uint64_t newer = 0;    // skipped: a newer hub's
    std::uint64_t erased = 0;   // skipped: forgotten
    std::uint64_t restarts = 0;
    Offset last_damaged;
};

class Fold {
public:
    // All three outlive this.
    Fold(Store& store, const domain::Random& random, FoldListener& listener);

    // Loads and follows, trying again for ever. Call once; then tick().
    void start();
    // At least ten times a second: tries again what failed; each second holds the log against what
    // was folded.
    void tick(std::int64_t now_ms);
    // No more is asked of the store.
    void stop() { stopped_ = true; }

    bool started() const { return started_; }
    // The log can be read.
    bool tail_well() const { return tail_well_; }
    // ... and written: what watchers are told.
    bool store_well() const { return tail_well_ && writes_well_; }
    // A write was done, or was not: no memory, no disk, no answer in time.
    void note_write(bool done);
    const domain::State& state() const { return state_; }
    KeyRing& keys() { return keys_; }
    const std::string& epoch() const { return epoch_; }
    // For the digests of commands.
    const std::string& command_key() const { return command_key_; }
    Offset position() const { return position_; }
    const FoldStats& stats() const { return stats_; }
    // How often something other than a photo's record came into the state that no event brought:
    // whoever keeps a copy of the state takes a new one when this has risen.
    std::uint64_t loads() const { return loads_; }

    // An event of our own on its way to the log: when exactly these bytes come back, they need not
    // be opened.
    void expect(std::string event, std::shared_ptr<const store::EventBody> body);
    // Whether it was expected.
    bool expect_no_more(std::string_view event);

    // Calls back with true when everything up to the head of now is folded in; with false where the
    // store cannot say.
    void catch_up(std::move_only_function<void(bool)> done);
    // Folds a stored state in that is not in memory any more, or whose last event this hub could
    // not read: an incident with its reports, a set, … Calls back with true, and then the state
    // holds it or there is none; with false where the store cannot say.
    void load(std::string subject, std::move_only_function<void(bool)> done);
    // The entries after an offset, at most 256, and the offset up to which they are all.
    struct Stretch {
        std::vector<FoldedEvent> events;
        Offset to;
    };
    enum class NoHistory {
        gone,  // the log no longer reaches back to the offset, ends before it, or is another one
        unavailable,  // the store cannot say
    };
    using History = std::expected<Stretch, NoHistory>;
    void history(Offset after, std::move_only_function<void(History)> done);

    // The log is another one: everything is loaded anew.
    void restart();
    // Resolved incidents and notices that were over before this time leave the memory, and so do
    // their keys.
    void forget_before(std::int64_t time_ms);

private:
    using Then = std::move_only_function<void(bool)>;
    // The log is held against what was folded this often.
    static constexpr std::int64_t kHoldEveryMs = 1'000;

    void begin();
    void load_states(Head head);
    void apply_states(Head head, std::vector<StoredRecord> records);
    // What was closed of late and may be opened again.
    void load_closed(Head head, std::vector<std::string> incident_ids);
    // `report/<id>`, `statement/<id>`, …: what belongs to an incident.
    void load_parts(std::vector<std::string> subjects, Then then);
    void apply_parts(std::vector<std::string> records, Then then);
    void fill_window(Head head);
    void follow();
    // Was what comes next trimmed while this hub was away? Then everything is loaded anew.
    void look_for_gap();
    void fold_in(const std::vector<LogEntry>& entries,
                 std::vector<FoldedEvent> events,
                 const FoldStats& counted);
    // An incident that these events go on with and the state does not hold (it was closed when this
    // hub started) is loaded first, so that none is ever there without its reports.
    void fold_when_loaded(std::vector<LogEntry> entries,
                          std::vector<FoldedEvent> events,
                          FoldStats counted);
    std::vector<std::string> missing_of(const std::vector<FoldedEvent>& events) const;
    void load_all(std::vector<std::string> subjects, Then then);
    void hold_against_log();
    void lost_end();
    void failed();
    void set_tail_well(bool well);
    void tell_store(bool was_well);
    // Answers those who wait for what is folded in now.
    void answer_waiting();
    // Asks for the keys that are not in the ring yet; answers always, false where the store cannot
    // say.
    void need_keys(std::vector<std::string> key_ids, Then then);
    // By entry: the body where it was expected, else null. Taken before keys are asked for: while
    // they come, one that needs none may be expected no more.
    using OwnBodies = std::vector<std::shared_ptr<const store::EventBody>>;
    OwnBodies own_among(const std::vector<LogEntry>& entries) const;
    std::vector<FoldedEvent> decode(const std::vector<LogEntry>& entries,
                                    const OwnBodies& own,
                                    FoldStats* counted = nullptr) const;
    static std::vector<std::string> keys_needed(const std::vector<LogEntry>& entries,
                                                const OwnBodies& own);
    // Wraps a callback of the fold's own so that it is dropped when the fold was restarted or
    // stopped meanwhile.
    template <class F>
    auto live(F f);

    Store& store_;
    const domain::Random& random_;
    FoldListener& listener_;

    domain::State state_;
    KeyRing keys_;
    std::string epoch_;
    std::string command_key_;
    Offset position_;
    FoldStats stats_;
    std::uint64_t loads_ = 0;
    std::vector<std::pair<Offset, Then>> waiting_;
    struct HashEnd {
        using is_transparent = void;
        // Events are sealed: their last bytes, a tag, are as random as any hash.
        std::size_t operator()(std::string_view event) const {
            return std::hash<std::string_view>()(
                event.substr(event.size() - std::min<std::size_t>(event.size(), 16)));
        }
    };
    boost::unordered_flat_map<std::string,
                              std::shared_ptr<const store::EventBody>,
                              HashEnd,
                              std::equal_to<>>
        expected_;

    std::uint64_t generation_ = 0;
    bool stopped_ = false;
    bool started_ = false;
    bool tail_well_ = false;
    bool writes_well_ = true;
    bool loading_ = false;
    bool following_ = false;
    bool holding_ = false;
    bool was_away_ = false;  // the tail failed since the log was last held against the position
    std::int64_t next_hold_ms_ = 0;
    std::int64_t next_try_ms_ = 0;
    std::int64_t now_ms_ = 0;
};

template <class F>
auto Fold::live(F f) {
    return [this, generation = generation_, f = std::move(f)](auto&& result) mutable {
        if (!stopped_ && generation == generation_) {
            f(std::forward<decltype(result)>(result));
        }
    };
}

}  // namespace tocsin::log
