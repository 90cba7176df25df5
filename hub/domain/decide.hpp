#pragma once
// The rules: what a command comes to. Pure: the same state, command, person and circumstances give
// the same decision.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "hub/domain/refusal.hpp"
#include "hub/domain/state.hpp"
#include "tocsin/v1/session.pb.h"

namespace tocsin::domain {

// Fills the bytes with randomness; ids are made of it (UUID version 4: they tell nothing, not even
// a time).
using Random = std::function<void(std::span<unsigned char>)>;

// Who gives the command: what the token said, not what the message says.
struct Actor {
    std::string person_id;
    std::string device_id;
};

struct Circumstances {
    std::int64_t now_ms = 0;  // the hub's wall clock, milliseconds since 1970 UTC
    const Random& random;
};

// A timer to set or stop together with the event; the store adds its own clock's time.
struct TimerChange {
    static constexpr std::int64_t kCancelled = -1;
    std::string name;
    std::int64_t after_ms = kCancelled;
    friend bool operator==(const TimerChange&, const TimerChange&) = default;
};

struct Decision {
    store::EventBody
        event;    // the one event that the command becomes, its subject's version already risen
    Reads reads;  // everything the decision rests on; each set it changes is among them
    wire::Receipt receipt;  // all but offset, stored_time_ms, took_ms, repeated
    std::vector<TimerChange> timers = {};
    std::string fires = {};  // the timer whose firing this is: it must be set and due; or empty
};

// Bounds of what a client sends, without any state (bounds.cpp). Null where all is well. `field`
// starts with `command.`. Text is checked for length in code points; UTF-8 itself is protobuf's
// business.
std::optional<Refusal> out_of_bounds(const wire::Command& command, std::int64_t now_ms);

// Decides. Every refusal given here rests on state: the caller gives it to the sender only after
// the fold has reached a head that was read after the command came. Assumes out_of_bounds found
// nothing.
Result<Decision> decide(const State& state,
                        const wire::Command& command,
                        const Actor& actor,
                        const Circumstances& circumstances);

// What the command is about and the state does not hold: it may have left the memory, and must be
// looked for in the store before a refusal counts. As named in Read; empty where there is nothing.
// What was loaded may name more: at most kSubjectsToLoad times.
inline constexpr int kSubjectsToLoad = 12;
std::string subject_to_load(const State& state, const wire::Command& command);

// Whom an incident concerns as it stands, reporters included: audiences of the events of its life,
// and of snapshots.
std::vector<store::Audience> audiences_of(const State& state, const store::Incident& incident);
// Likewise a notice, a person, a device and the rest of the district.
std::vector<store::Audience> audiences_of(const State& state, const store::Notice& notice);
std::vector<store::Audience> admin_audiences(
    std::string_view own_person_id);  // "" for none of one's own

// `text` in code points; SIZE_MAX for what is not UTF-8.
std::size_t code_points(std::string_view text);

// Nothing that can be seen: empty, or white space and characters without a picture only.
bool is_blank(std::string_view text);
// A canonical UUID text (36 characters, lower or upper case hexadecimal)?
bool is_uuid(std::string_view text);
// Random UUID, version 4, lower case.
std::string make_uuid(const Random& random);

}  // namespace tocsin::domain
