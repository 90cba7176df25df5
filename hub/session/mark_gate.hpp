#pragma once
// A connection's marks on their way to the district: several in a row become one, and no more come
// through than the district can look at.

#include <cstdint>
#include <memory>
#include <optional>

#include "hub/domain/refusal.hpp"
#include "tocsin/v1/proof.pb.h"

namespace tocsin::session {

class MarkGate {
public:
    static constexpr int kIdsMost = 256;  // of each kind, in a message and waiting
    static constexpr std::int64_t kEveryMs = 250;

    // Keeps what fits; a message over its bound is refused and none of it kept.
    std::optional<domain::Refusal> add(const tocsin::v1::Mark& mark);
    // What may go to the district now.
    std::optional<tocsin::v1::Mark> take(std::int64_t now_ms);

private:
    std::unique_ptr<tocsin::v1::Mark> waiting_;
    std::int64_t open_ms_ = 0;
};

}  // namespace tocsin::session
