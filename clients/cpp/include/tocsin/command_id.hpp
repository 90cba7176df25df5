#pragma once
// Ids of commands: UUID version 7, rising on each device, as the hub asks for them. Pure: clock and
// randomness are given.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace tocsin::client {

// Gives 64 random bits a call.
using Random = std::function<std::uint64_t()>;

// Random bits from the operating system.
Random system_random();

// Makes ids of which each is greater than the one before, also where the clock stands still or
// jumps back.
class CommandIds {
public:
    explicit CommandIds(Random random) : random_(std::move(random)) {}

    // `wall_ms` is milliseconds since 1970 UTC. Returns 36 characters, lower case.
    std::string next(std::int64_t wall_ms);

private:
    Random random_;
    std::int64_t last_ms_ = -1;
    std::uint32_t sequence_ = 0;  // 12 bits: rises within a millisecond
};

// Whether the text is a UUID of any version in its usual form: 36 characters, hexadecimal, with
// four hyphens.
bool is_uuid(std::string_view text);

}  // namespace tocsin::client
