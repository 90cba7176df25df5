#pragma once
// Who decides: takes commands one after the other, decides each on the committed state plus its own
// commands in flight, and commits them in one pipeline. Owned and called by the thread that owns
// the fold.

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

#include "hub/domain/decide.hpp"
#include "hub/log/fold.hpp"

namespace tocsin::log {

using Clock = std::function<std::int64_t()>;  // milliseconds since 1970 UTC
using ReceiptAnswer = std::move_only_function<void(domain::Result<tocsin::v1::Receipt>)>;

struct DeciderStats {
    std::uint64_t stored = 0;
    // The same by how often they were decided: once, twice, three times, more often.
    std::array<std::uint64_t, 4> stored_after_tries{};
    std::uint64_t repeated = 0;
    std::uint64_t conflicts = 0;
    std::uint64_t unavailable = 0;
    std::map<std::string, std::uint64_t> refused;  // by code
    std::uint64_t took_ms_sum = 0;                 // of the stored
    std::uint64_t took_ms_most = 0;
};

class Decider {
public:
    // All outlive this.
    Decider(Store& store, Fold& fold, const Clock& clock, const domain::Random& random);

    // Answers once, later or at once: with a receipt when the event is on disk, or with a refusal.
    // `read_time_ms`: when the hub read it. The commands of one device are decided in the order of
    // the calls.
    void submit(domain::Actor actor,
                tocsin::v1::Command command,
                std::int64_t read_time_ms,
                ReceiptAnswer answer);

    // Stores what the hub itself decided; no command id is remembered. A conflict is answered
    // `unavailable`.
    void submit(domain::Decision decision, ReceiptAnswer answer);

    // Stores what the hub concludes from the state by itself. Asked again after a conflict; what it
    // concludes to be nothing is answered with a receipt without offset, and no command id is
    // remembered: what the state says must keep the same from being concluded twice.
    using Rule = std::move_only_function<std::optional<domain::Decision>(const domain::State& state,
                                                                         std::int64_t now_ms)>;
    void conclude(Rule rule, ReceiptAnswer answer);

    // To be called with what the fold says.
    void on_folded(const std::vector<FoldedEvent>& events, Offset to);
    void on_started();
    void on_store_away();
    // Whether what the store acknowledges stays (promise P1). While it does not, commands are
    // refused `unavailable`.
    void note_durable(bool durable);

    const DeciderStats& stats() const { return stats_; }
    // Commands taken and not answered, wherever they are.
    std::size_t waiting() const { return unanswered_; }
    // To be called with the fold's.
    void forget_before(std::int64_t time_ms) { speculative_.forget_before(time_ms); }

private:
    using BodyPtr = std::shared_ptr<const store::EventBody>;
    struct Pending {
        domain::Actor actor;
        tocsin::v1::Command command;
        std::int64_t read_time_ms = 0;
        ReceiptAnswer answer;
        std::string id;      // 16 bytes
        std::string digest;  // of the content, keyed
        std::uint64_t number = 0;
        int tries = 0;
        bool confirmed = false;  // the fold has reached a head that was read after the command came
        int loads = 0;           // how often what it speaks of was looked for in the store
        bool prepared = false;   // decided by the hub itself
        Rule rule;               // or to be concluded by it
        // What it will be refused with, unless it turns out that it was stored before.
        std::optional<domain::Refusal> refusal;
        domain::Decision decision;
        BodyPtr body;       // of the decision that is being committed
        std::string event;  // ... as it goes to the log
    };
    using PendingPtr = std::shared_ptr<Pending>;

    bool takes_commands() const;
    // Another hub's event has a version that something in flight of ours has too.
    bool overtakes(const store::EventBody& body) const;
    void pump();
    void commit(const PendingPtr& pending);
    void on_reply(const PendingPtr& pending, StoreResult<CommitReply> reply);
    // Before a refusal counts: is the fold up to date?
    void confirm(const PendingPtr& pending);
    // Brings what the command speaks of into memory, one after the other; `loaded` was the last.
    void load_missing(const PendingPtr& pending, const std::string& loaded);
    // ... and then: was it stored before? Asked last, so that the state which refuses it is older
    // than the answer: a command that another hub stores meanwhile is not refused for what it did
    // itself.
    void ask_whether_stored(const PendingPtr& pending);
    void go_on(const PendingPtr& pending);
    void settle();
    // What a command that keeps conflicting rests on, looked up in the store: its last change may
    // be one that this hub cannot read.
    void look_up(std::vector<PendingPtr> again);
    void decide_again(std::vector<PendingPtr> again, bool caught_up);
    const std::string& key_for(const std::string& key_id, Commit& commit);
    void rebuild();
    void finish(const PendingPtr& pending, domain::Result<tocsin::v1::Receipt> answer);
    void give_receipt(const PendingPtr& pending,
                      Offset offset,
                      tocsin::v1::Receipt receipt,
                      bool repeated);
    void remember(const Pending& pending, const tocsin::v1::Receipt& receipt);

    Store& store_;
    Fold& fold_;
    const Clock& clock_;
    const domain::Random& random_;

    domain::State speculative_;  // the committed state and our own in flight
    std::list<PendingPtr> queue_;
    std::map<std::string, int>
        parked_devices_;             // a command of theirs is being confirmed: the later ones wait
    std::vector<PendingPtr> again_;  // to be decided again after a conflict
    std::deque<std::pair<Offset, BodyPtr>> own_;  // stored, not folded yet
    std::map<std::string, std::string, std::less<>>
        new_keys_;  // of subjects whose first event is in flight
    std::size_t in_flight_ = 0;
    bool durable_ = true;
    std::size_t unanswered_ = 0;
    std::uint64_t loads_seen_ = 0;  // the speculative state holds what was loaded up to this one
    bool unsettled_ = false;  // something in flight did not become what the speculative state says
    bool settling_ = false;
    bool pumping_ = false;
    std::uint64_t next_number_ = 0;

    // Receipts of late, so that a client that repeats itself costs no round trip.
    struct Remembered {
        std::string digest;
        std::string receipt;
    };
    std::unordered_map<std::string, Remembered> remembered_;
    std::deque<std::string> remembered_order_;
    DeciderStats stats_;
};

}  // namespace tocsin::log
