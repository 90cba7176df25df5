#include "hub/log/decider.hpp"

#include <algorithm>

#include "hub/log/command_identity.hpp"
#include "hub/log/decider_answers.hpp"
#include "hub/log/record.hpp"

namespace tocsin::log {

namespace {

namespace wire = tocsin::v1;

constexpr std::size_t kInFlightMost = 1'024;
constexpr std::size_t kRememberedMost = 20'000;
constexpr std::size_t kStampBytes = 8;

}  // namespace

Decider::Decider(Store& store, Fold& fold, const Clock& clock, const domain::Random& random)
    : store_(store), fold_(fold), clock_(clock), random_(random) {}

void Decider::submit(domain::Actor actor,
                     wire::Command command,
                     std::int64_t read_time_ms,
                     ReceiptAnswer answer) {
    auto pending = std::make_shared<Pending>();
    pending->actor = std::move(actor);
    pending->command = std::move(command);
    pending->read_time_ms = read_time_ms;
    pending->answer = std::move(answer);
    ++unanswered_;
    auto refusal = domain::out_of_bounds(pending->command, clock_());
    if (refusal && refusal->code != domain::code::time_invalid) {
        finish(pending, std::unexpected(std::move(*refusal)));
        return;
    }
    pending->refusal = std::move(refusal);  // but perhaps a repetition of what was in time
    if (!takes_commands()) {
        finish(pending, std::unexpected(unavailable()));
        return;
    }
    pending->id = binary_uuid(pending->command.id());
    pending->digest = keyed_digest(fold_.command_key(), canonical(pending->command));
    if (const auto known = remembered_.find(pending->actor.device_id + pending->id);
        known != remembered_.end()) {
        if (known->second.digest != pending->digest) {
            finish(pending, std::unexpected(id_refusal(CommitOutcome::id_reused)));
            return;
        }
        wire::Receipt receipt;
        receipt.ParseFromString(known->second.receipt);
        ++stats_.repeated;
        receipt.set_repeated(true);
        receipt.set_took_ms(
            static_cast<std::int32_t>(std::max<std::int64_t>(0, clock_() - read_time_ms)));
        finish(pending, std::move(receipt));
        return;
    }
    pending->number = next_number_++;
    queue_.push_back(std::move(pending));
    pump();
}

void Decider::submit(domain::Decision decision, ReceiptAnswer answer) {
    auto pending = std::make_shared<Pending>();
    pending->answer = std::move(answer);
    pending->read_time_ms = clock_();
    pending->prepared = true;
    pending->decision = std::move(decision);
    ++unanswered_;
    if (!takes_commands()) {
        finish(pending, std::unexpected(unavailable()));
        return;
    }
    pending->number = next_number_++;
    queue_.push_back(std::move(pending));
    pump();
}

bool Decider::takes_commands() const {
    return fold_.started() && fold_.tail_well() && durable_;
}

void Decider::conclude(Rule rule, ReceiptAnswer answer) {
    auto pending = std::make_shared<Pending>();
    pending->answer = std::move(answer);
    pending->read_time_ms = clock_();
    pending->rule = std::move(rule);
    ++unanswered_;
    if (!takes_commands()) {
        finish(pending, std::unexpected(unavailable()));
        return;
    }
    pending->number = next_number_++;
    queue_.push_back(std::move(pending));
    pump();
}

void Decider::pump() {
    if (pumping_) {
        return;
    }
    pumping_ = true;
    unsettled_ = unsettled_ || fold_.loads() != loads_seen_;
    for (auto it = queue_.begin();
         it != queue_.end() && !unsettled_ && in_flight_ < kInFlightMost;) {
        const PendingPtr pending = *it;
        if (parked_devices_.contains(pending->actor.device_id)) {
            ++it;
            continue;
        }
        it = queue_.erase(it);
        if (pending->prepared) {
            commit(pending);
            continue;
        }
        if (pending->rule) {
            if (auto decision = pending->rule(speculative_, clock_())) {
                pending->decision = std::move(*decision);
                commit(pending);
            } else {
                finish(pending, wire::Receipt());
            }
            continue;
        }
        if (pending->refusal) {
            ask_whether_stored(pending);
            continue;
        }
        const domain::Circumstances circumstances{clock_(), random_};
        auto decision =
            domain::decide(speculative_, pending->command, pending->actor, circumstances);
        if (decision) {
            pending->decision = std::move(*decision);
            commit(pending);
            continue;
        }
        if (pending->confirmed) {
            // Only what is committed may refuse: what is in flight may yet come to nothing.
            auto committed =
                domain::decide(fold_.state(), pending->command, pending->actor, circumstances);
            if (!committed) {
                pending->refusal = std::move(committed.error());
                ask_whether_stored(pending);
                continue;
            }
            if (pending->tries >= kTriesMost) {
                finish(pending, std::unexpected(unavailable()));
                continue;
            }
            // It was loaded for somebody else, and the speculative state does not hold it.
            unsettled_ = unsettled_ || in_flight_ == 0;
        }
        confirm(pending);
    }
    pumping_ = false;
    if (unsettled_ && in_flight_ == 0) {
        settle();
    }
}

// The key to seal the subject's records with. A new one stays out of the ring until it is stored:
// what another hub stores under the same id must not be opened with it.
const std::string& Decider::key_for(const std::string& key_id, Commit& commit) {
    if (const std::string* known = fold_.keys().find(key_id)) {
        return *known;
    }
    const auto [key, is_new] = new_keys_.try_emplace(key_id);
    if (is_new) {
        key->second = random_bytes(random_, kKeyBytes);
        commit.new_keys.emplace_back(key_id, key->second);
    }
    return key->second;
}

void Decider::commit(const PendingPtr& pending) {
    pending->decision.event.set_stamp(random_bytes(random_, kStampBytes));
    pending->body = std::make_shared<const store::EventBody>(std::move(pending->decision.event));
    const store::EventBody& body = *pending->body;
    speculative_.apply(pending->body);
    const Subject subject = subject_of(body);
    Commit commit;
    commit.epoch = fold_.epoch();
    commit.device_id = pending->actor.device_id;
    commit.command_id = pending->id;
    commit.digest = pending->digest;
    commit.reads = pending->decision.reads;
    const std::string& key = key_for(subject.key_id, commit);
    commit.event = encode_event(body, key, random_);
    pending->event = commit.event;
    fold_.expect(commit.event, pending->body);
    commit.states = states_after(
        body,
        speculative_,
        [&](const std::string& key_id) -> std::string_view { return key_for(key_id, commit); },
        random_);
    commit.receipt = pending->decision.receipt.SerializeAsString();
    commit.timers = pending->decision.timers;
    commit.fires = pending->decision.fires;
    ++in_flight_;
    ++pending->tries;
    std::vector<std::string> key_ids;
    key_ids.reserve(commit.new_keys.size());
    for (const auto& [key_id, bytes] : commit.new_keys) {
        key_ids.push_back(key_id);
    }
    store_.commit(std::move(commit),
                  [this, pending, key_ids = std::move(key_ids)](StoreResult<CommitReply> reply) {
                      for (const std::string& key_id : key_ids) {
                          auto made = new_keys_.extract(key_id);
                          if (!made.empty() && reply && reply->outcome == CommitOutcome::stored) {
                              fold_.keys().put(key_id, std::move(made.mapped()));
                          }
                      }
                      on_reply(pending, std::move(reply));
                  });
}

void Decider::on_reply(const PendingPtr& pending, StoreResult<CommitReply> reply) {
    --in_flight_;
    if (!reply || reply->outcome != CommitOutcome::stored) {
        fold_.expect_no_more(pending->event);
    }
    if (!reply) {
        unsettled_ = true;
        fold_.note_write(reply.error() == StoreError::epoch_changed);
        if (reply.error() == StoreError::epoch_changed) {
            // The fold finds out within a second, too; this is sooner.
            fold_.restart();
        }
        finish(pending, std::unexpected(unavailable()));
    } else {
        switch (reply->outcome) {
            case CommitOutcome::stored:
                fold_.note_write(true);
                if (reply->offset > fold_.position()) {
                    own_.emplace_back(reply->offset, pending->body);
                }
                give_receipt(pending, reply->offset, std::move(pending->decision.receipt), false);
                break;
            case CommitOutcome::repeated: {
                unsettled_ = true;
                wire::Receipt receipt;
                receipt.ParseFromString(reply->receipt);
                give_receipt(pending, reply->offset, std::move(receipt), true);
                break;
            }
            case CommitOutcome::id_reused:
            case CommitOutcome::id_too_old:
                unsettled_ = true;
                finish(pending, std::unexpected(id_refusal(reply->outcome)));
                break;
            case CommitOutcome::not_due:
                unsettled_ = true;
                finish(pending, std::unexpected(unavailable()));
                break;
            case CommitOutcome::conflict:
                unsettled_ = true;
                ++stats_.conflicts;
                if (pending->prepared || pending->tries >= kTriesMost) {
                    finish(pending, std::unexpected(unavailable()));
                } else {
                    again_.push_back(pending);
                }
                break;
        }
    }
    pump();
}

void Decider::on_folded(const std::vector<FoldedEvent>& events, Offset to) {
    for (const FoldedEvent& event : events) {
        if (event.body && !event.is_own) {  // what is our own was decided on it
            // Nothing more is decided on what cannot be stored any more, though nobody said so yet.
            unsettled_ = unsettled_ || (in_flight_ > 0 && overtakes(*event.body));
            speculative_.apply(event.body);
        }
    }
    while (!own_.empty() && own_.front().first <= to) {
        own_.pop_front();
    }
}

bool Decider::overtakes(const store::EventBody& body) const {
    const auto is_there = [&](const std::string& subject, std::int32_t version) {
        return speculative_.version_of(subject) >= version;
    };
    const Subject subject = subject_of(body);
    return is_there(subject.name(), subject.version) ||
           (body.has_other() &&
            is_there("incident/" + body.other().id(), body.other().version())) ||
           std::ranges::any_of(body.sets(), [&](const store::SetVersion& set) {
               return speculative_.set_version(set.name()) >= set.version();
           });
}

void Decider::on_started() {
    own_.clear();
    remembered_.clear();
    remembered_order_.clear();
    unsettled_ = true;  // in case something is in flight still; else settled at once
    pump();
}

void Decider::on_store_away() {
    for (const PendingPtr& pending : std::exchange(queue_, {})) {
        finish(pending, std::unexpected(unavailable()));
    }
}

void Decider::note_durable(bool durable) {
    durable_ = durable;
    if (!durable) {
        on_store_away();
    }
}

void Decider::give_receipt(const PendingPtr& pending,
                           Offset offset,
                           wire::Receipt receipt,
                           bool repeated) {
    receipt.set_offset(to_text(offset));
    receipt.set_stored_time_ms(static_cast<std::int64_t>(offset.ms));
    remember(*pending, receipt);
    const std::int64_t took = std::max<std::int64_t>(0, clock_() - pending->read_time_ms);
    receipt.set_took_ms(static_cast<std::int32_t>(took));
    receipt.set_repeated(repeated);
    if (repeated) {
        ++stats_.repeated;
    } else {
        ++stats_.stored;
        const std::size_t tries = static_cast<std::size_t>(std::max(pending->tries, 1));
        ++stats_.stored_after_tries[std::min(tries, stats_.stored_after_tries.size()) - 1];
        stats_.took_ms_sum += static_cast<std::uint64_t>(took);
        stats_.took_ms_most = std::max(stats_.took_ms_most, static_cast<std::uint64_t>(took));
    }
    finish(pending, std::move(receipt));
}

void Decider::remember(const Pending& pending, const wire::Receipt& receipt) {
    if (pending.prepared || pending.rule) {
        return;
    }
    std::string key = pending.actor.device_id + pending.id;
    if (!remembered_.insert_or_assign(key, Remembered{pending.digest, receipt.SerializeAsString()})
             .second) {
        return;
    }
    remembered_order_.push_back(std::move(key));
    if (remembered_order_.size() > kRememberedMost) {
        remembered_.erase(remembered_order_.front());
        remembered_order_.pop_front();
    }
}

void Decider::finish(const PendingPtr& pending, domain::Result<wire::Receipt> answer) {
    if (!pending->answer) {
        return;
    }
    --unanswered_;
    if (!answer) {
        stats_.unavailable += answer.error().code == domain::code::unavailable;
        ++stats_.refused[answer.error().code];
    }
    std::exchange(pending->answer, nullptr)(std::move(answer));
}

}  // namespace tocsin::log
