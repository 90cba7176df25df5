#pragma once
// What the decider says when it stores nothing. For its own files only.

#include "hub/domain/refusal.hpp"
#include "hub/log/store.hpp"

namespace tocsin::log {

// So often a command is decided anew before it is given up.
inline constexpr int kTriesMost = 20;

inline domain::Refusal unavailable() {
    return {
        std::string(domain::code::unavailable), "", "The hub cannot store at the moment.", 1'000};
}

inline domain::Refusal id_refusal(CommitOutcome outcome) {
    if (outcome == CommitOutcome::id_reused) {
        return {std::string(domain::code::id_reused),
                "command.id",
                "The id was used before with another content.",
                0};
    }
    return {std::string(domain::code::id_too_old),
            "command.id",
            "The id is older than the last 1,024 of this device.",
            0};
}

}  // namespace tocsin::log
