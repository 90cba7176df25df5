#pragma once
// Whether this Redis keeps what it has acknowledged: what promise P1 stands on, asked at start.

#include <functional>
#include <string>
#include <vector>

#include "hub/redis/redis_store.hpp"

namespace tocsin::redis {

// A sentence for people for each thing that is missing; none: all is well.
using Missing = std::vector<std::string>;

// What to ask Redis, and what its answer, an error included, says.
std::vector<std::string> durability_question();
Missing missing_for_durability(const Reply& config);

// Answers later; `unavailable` where Redis did not answer.
void check_durability(RedisStore& store, log::Callback<Missing> done);

}  // namespace tocsin::redis
