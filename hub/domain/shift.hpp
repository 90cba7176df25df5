#pragma once
// Who is on duty, and who takes over what they leave behind.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/domain/access.hpp"
#include "hub/domain/decide.hpp"

namespace tocsin::domain {

bool is_on_duty(const wire::Person& person);

// Who is told of the person's shift: the desks where the person sits, whatever of it each of them
// reads.
std::vector<Feed> shift_feeds(const State& state, const wire::Person& person);

// A desk and who takes care of the incident for it: whom it is assigned to or else who acknowledged
// it.
struct Holder {
    std::string desk;
    std::string person_id;
    std::int64_t since_ms = 0;
    friend bool operator==(const Holder&, const Holder&) = default;
};
// Nobody's any more once it is over.
std::vector<Holder> holders_of(const store::Incident& incident);

// The incidents that the person holds, or will because a colleague handed theirs over, in order of
// id.
std::vector<const store::Incident*> held_incidents(const State& state, std::string_view person_id);

// What was done for a desk by whoever holds the incident, and went off duty while it was not open,
// counts no more where nobody took over: it is to be taken anew. The incident is not over.
void release_from_off_duty(const State& state, store::Incident& incident, std::int64_t now_ms);

// Gives the incident to whoever took over from a holder whose shift is over; nothing where there is
// none. It follows from the state alone: whichever hub does it, it is done once.
std::optional<Decision> decide_taking_over(const State& state,
                                           std::string_view incident_id,
                                           const Circumstances& circumstances);

}  // namespace tocsin::domain
