// What follows when a command is not simply stored: a conflict, which is decided again on what
// holds by then, and a refusal, which counts only when it is confirmed.

#include <algorithm>

#include "hub/log/decider.hpp"
#include "hub/log/decider_answers.hpp"

namespace tocsin::log {

namespace {

namespace wire = tocsin::v1;

// After so many conflicts it is not that another hub was faster.
constexpr int kTriesUnseen = 3;

}  // namespace

void Decider::settle() {
    if (settling_) {
        return;
    }
    if (again_.empty()) {
        rebuild();
        pump();
        return;
    }
    settling_ = true;
    std::vector<PendingPtr> again = std::exchange(again_, {});
    std::ranges::sort(again, {}, &Pending::number);
    fold_.catch_up([this, again = std::move(again)](bool caught_up) mutable {
        if (caught_up) {
            look_up(std::move(again));
        } else {
            decide_again(std::move(again), false);
        }
    });
}

void Decider::look_up(std::vector<PendingPtr> again) {
    std::set<std::string> subjects;
    for (const PendingPtr& pending : again) {
        if (pending->tries >= kTriesUnseen) {
            for (const domain::Read& read : pending->decision.reads) {
                subjects.insert(read.subject);
            }
        }
    }
    if (subjects.empty()) {
        decide_again(std::move(again), true);
        return;
    }
    struct Looking {
        std::vector<PendingPtr> again;
        std::size_t missing;
        bool had_all = true;
    };
    auto looking = std::make_shared<Looking>(Looking{std::move(again), subjects.size(), true});
    for (const std::string& subject : subjects) {
        fold_.load(subject, [this, looking](bool had) {
            looking->had_all = looking->had_all && had;
            if (--looking->missing == 0) {
                decide_again(std::move(looking->again), looking->had_all);
            }
        });
    }
}

void Decider::decide_again(std::vector<PendingPtr> again, bool caught_up) {
    settling_ = false;
    rebuild();
    if (caught_up) {
        queue_.insert(queue_.begin(), again.begin(), again.end());
    } else {
        for (const PendingPtr& pending : again) {
            finish(pending, std::unexpected(unavailable()));
        }
    }
    pump();
}

void Decider::rebuild() {
    speculative_ = fold_.state();
    for (const auto& [offset, body] : own_) {
        speculative_.apply(body);
    }
    loads_seen_ = fold_.loads();
    unsettled_ = false;
}

void Decider::ask_whether_stored(const PendingPtr& pending) {
    ++parked_devices_[pending->actor.device_id];
    store_.recall(pending->actor.device_id,
                  pending->id,
                  pending->digest,
                  [this, pending](StoreResult<CommitReply> reply) {
                      if (!reply) {
                          finish(pending, std::unexpected(unavailable()));
                      } else if (reply->outcome == CommitOutcome::conflict) {
                          finish(pending, std::unexpected(std::move(*pending->refusal)));
                      } else if (reply->outcome == CommitOutcome::repeated) {
                          wire::Receipt receipt;
                          receipt.ParseFromString(reply->receipt);
                          give_receipt(pending, reply->offset, std::move(receipt), true);
                      } else {
                          finish(pending, std::unexpected(id_refusal(reply->outcome)));
                      }
                      go_on(pending);
                  });
}

void Decider::confirm(const PendingPtr& pending) {
    ++pending->tries;
    ++parked_devices_[pending->actor.device_id];
    fold_.catch_up([this, pending](bool caught_up) {
        if (!caught_up) {
            finish(pending, std::unexpected(unavailable()));
            go_on(pending);
            return;
        }
        pending->confirmed = true;
        load_missing(pending, {});
    });
}

void Decider::load_missing(const PendingPtr& pending, const std::string& loaded) {
    const std::string subject = domain::subject_to_load(fold_.state(), pending->command);
    // What was loaded and still is not there does not exist.
    if (subject.empty() || subject == loaded || pending->loads >= domain::kSubjectsToLoad) {
        go_on(pending);
        return;
    }
    fold_.load(subject, [this, pending, subject](bool had) {
        if (!had) {
            finish(pending, std::unexpected(unavailable()));
            go_on(pending);
            return;
        }
        ++pending->loads;
        unsettled_ = true;  // the speculative state must hold what was loaded
        load_missing(pending, subject);
    });
}

void Decider::go_on(const PendingPtr& pending) {
    const auto parked = parked_devices_.find(pending->actor.device_id);
    if (--parked->second == 0) {
        parked_devices_.erase(parked);
    }
    if (pending->answer) {
        queue_.push_front(pending);
    }
    pump();
}

}  // namespace tocsin::log
