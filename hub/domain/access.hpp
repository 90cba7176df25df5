#pragma once
// Who may do and see what: the table of the roles, in one place (access.cpp). Deny by default.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/domain/refusal.hpp"
#include "hub/domain/state.hpp"
#include "tocsin/v1/session.pb.h"

namespace tocsin::domain {

// A channel as seen by one kind of audience: what a person's rights come down to, and what events
// are routed to.
struct Feed {
    std::string channel;  // `station/<id>`, …; a person's own is `me/<person id>`
    store::View view = store::VIEW_UNSPECIFIED;
    friend auto operator<=>(const Feed&, const Feed&) = default;
};

// Every feed that the person may have now, richest view of a channel first. Empty for a revoked or
// unknown person.
std::vector<Feed> feeds_of(const State& state, const wire::Person& person);

// The channels of those feeds as clients name them (`me` for the own), in order, each once.
std::vector<std::string> channels_of(const std::vector<Feed>& feeds);

// Whether the person's role allows this kind of command at all, whatever it is about:
// `not_permitted` (field = the command's body, such as `command.acknowledge_incident`) or success.
// Says nothing that depends on the subject.
Result<void> may_send(const wire::Person& person, const wire::Command& command);

// The desk that lets this person act on the incident: `station/<id>`, `fire`, `bureau`, `grid/<area
// id>`. Where the person may not even see the incident: refusal `unknown_incident`, the same as for
// one that does not exist; where the person sees it but may not do this: `not_permitted`.
enum class Act {
    acknowledge,
    respond,
    note,
    resolve,
    reopen,
    assign,
    rate,
    hand_over,
    arrange,
    ask
};
Result<std::string> desk_for(const State& state,
                             const wire::Person& person,
                             const store::Incident& incident,
                             Act act);

// Whether the person may acknowledge the incident for that desk: whom the desk may assign it to.
bool serves_desk(const State& state,
                 const wire::Person& person,
                 const store::Incident& incident,
                 std::string_view desk);

// The richest audience of the incident that the person belongs to, or nothing.
std::optional<store::Audience> audience_of(const State& state,
                                           const wire::Person& person,
                                           const store::Incident& incident);
// What somebody who asks for an incident by this id sees: the incident itself, or, where the person
// knows its id from an own report that moved on since, the one that the report is in now. No
// incident where there is nothing to see.
struct Seen {
    const store::Incident* incident = nullptr;
    store::Audience audience;
};
Seen seen_by(const State& state, const wire::Person& person, std::string_view incident_id);
// Its view, or VIEW_UNSPECIFIED.
store::View view_of_incident(const State& state,
                             const wire::Person& person,
                             const store::Incident& incident);

// Whether the person's role sends photos and voice at all: whoever sends reports or notices does.
bool may_upload(const wire::Person& person);

// Whether the person may look at the file now: until it is attached the uploader alone, then
// whoever sees the report or notice that it is attached to, except where the view is a coarse one,
// or the notice's words are not for them (any more).
// What it is attached to must be in the state, if there is such a thing.
bool may_see_media(const State& state,
                   const wire::Person& person,
                   const store::Media& media,
                   std::int64_t now_ms);

// The incident that the file's report is in now: merging and splitting move reports. Empty for a
// notice's.
std::string home_of_media(const State& state, const store::Media& media);

// The richest audience of the notice that the person belongs to, or nothing.
std::optional<store::Audience> audience_of(const State& state,
                                           const wire::Person& person,
                                           const store::Notice& notice);
// Its view, or VIEW_UNSPECIFIED.
store::View view_of_notice(const State& state,
                           const wire::Person& person,
                           const store::Notice& notice);

// The desk that lets this person correct, withdraw or release the notice: `station/<id>`, the one
// that issued it, or `bureau`. Where the person may not even see it: refusal `unknown_notice`, the
// same as for one that does not exist; where the person sees it but may not do this:
// `not_permitted`.
Result<std::string> desk_for(const State& state,
                             const wire::Person& person,
                             const store::Notice& notice);

// Those of the notice's teams as whose member the person acknowledges it, in order of id: none for
// whoever is in none of them.
std::vector<std::string> teams_heeding(const State& state,
                                       const wire::Person& person,
                                       const wire::Notice& notice);

// Whether the person may address a notice of this kind to the area or team. Both ids exist.
bool may_address_area(const State& state,
                      const wire::Person& person,
                      wire::NoticeKind kind,
                      std::string_view area_id);
bool may_address_team(const State& state,
                      const wire::Person& person,
                      wire::NoticeKind kind,
                      std::string_view team_id);

// The station in whose name the person issues such a notice for an area (or, with an empty id, for
// teams): that of the first grant that allows it. Empty: the bureau.
std::string issuing_station(const State& state,
                            const wire::Person& person,
                            wire::NoticeKind kind,
                            std::string_view area_id);

// Whether the person may sound a practice alarm at this station's desks.
bool may_drill(const State& state, const wire::Person& person, std::string_view station_id);

// What the scope of a grant of this role must name; nothing for a role that the table does not
// know.
enum class ScopeKind { none, grid, station, team };
std::optional<ScopeKind> scope_of(wire::Role role);

}  // namespace tocsin::domain
