#pragma once
// Whether a report speaks of something that is known already: what it joins, whether that rings
// again, what may be the same, what is odd. For this room only.

#include <vector>

#include "hub/domain/draft.hpp"
#include "hub/domain/routing.hpp"

namespace tocsin::domain {

// The fire that the report of a fire, which has a place, joins, or null: the nearest that is open,
// else the nearest that was closed so short a time ago that the report opens it again. One that
// another station has in hand it joins only where that station was given it from here, or where it
// is not elsewhere: else nobody would hear of it on the ground where it burns. Reads the fires of
// every station that it looks at: that of the route, those within the distance, and the bureau's
// own, which lie outside every station.
const store::Incident* fire_to_join(Draft& draft, const Route& route, const store::Report& report);

// The fire that this one joins after all, now that its reporter has said where it is, or null: as
// above, but open, of the same station and older. Only where it was reported once, nobody has
// acknowledged it, and no officer has parted the two.
const store::Incident* fire_to_join_late(Draft& draft, const store::Incident& fire);

// Whether a report that joins the incident rings again: from further away than all others of it, or
// from another building.
bool is_elsewhere(const State& state, const store::Incident& incident, const store::Report& report);

// Says which open incidents of the station, the nearest first, may be the same as this one, whose
// report has a place; and to the reporter of a hazard that somebody reported that kind nearby.
void propose_same(Draft& draft, store::Incident& incident, const store::Report& report);

// Several fires at distant places, all reported by this person of late.
bool is_one_of_many_fires(const Draft& draft, const store::Report& report);
// Whether the station, "" for the bureau, has or had one of the fires that this person opened of
// late.
bool has_heard_of(const Draft& draft, const std::string& person_id, const std::string& station_id);
// Whether one other person alone has reported it so far.
bool is_second_word(const State& state,
                    const store::Incident& incident,
                    const std::string& person_id);

}  // namespace tocsin::domain
