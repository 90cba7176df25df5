#pragma once
// Reports and what was said about them, on their way from one incident to another. For this room
// only.

#include <set>
#include <string>
#include <vector>

#include "hub/domain/draft.hpp"

namespace tocsin::domain {

// What moves, as it is after that.
struct Move {
    std::vector<store::Report> reports;
    std::vector<store::Statement> statements;
    std::set<std::string> told;  // of those reports: whose reporters see something else by it
};

// Those of `ids` that `from` has go to `to`, which stands as after the event but for what it gains
// by this. A reporter goes on seeing the incident by the id that they know, unless they see either
// at a desk. Where what they see of it changes, their version rises.
Move move_parts(Draft& draft,
                const store::Incident& from,
                store::Incident& to,
                const std::set<std::string>& ids);

// Whether a reporter whose report is none of `ids` sees something else of an incident that `before`
// was: then it is told to all of them.
bool stayers_see(const State& state,
                 const store::Incident& before,
                 const store::Incident& after,
                 const std::set<std::string>& ids);

// Adds the statements about reports among `ids`: notes stay where they were made.
void add_what_was_said(const State& state,
                       const store::Incident& incident,
                       std::set<std::string>& ids);

// An incident of those reports, which stands as the one that they come from.
store::Incident split_off(Draft& draft,
                          const store::Incident& from,
                          const std::set<std::string>& report_ids);

// Whose reports stood for one incident, and are in two now, sees the one that moved as another,
// from its version 1: one id cannot stand for both.
void part_reporters(Draft& draft,
                    const store::Incident& from,
                    const store::Incident& to,
                    Move& move);

// Reports went: where the incident's place was that of one of them, it is that of the first other.
void give_place(const Draft& draft, store::Incident& incident, const std::set<std::string>& gone);
// The same of what the first report said, and of the notice that it answers.
void give_words(const State& state, store::Incident& incident, const std::set<std::string>& gone);

// Reporters whose picture the move changes: those of what moves, where they are told, and those of
// the other reports of `stays`, where it is given; the latter are added to the move. Each is told
// how the incident stands that the own report is in, or, where that is as before, that it was
// shown.
void tell_reporters(Draft& draft,
                    Move& move,
                    const store::Incident* stays,
                    const store::Incident& subject,
                    const store::Incident& other);

// `from` goes up in `into`: both open, of one station, both real or both practice.
Decision merge(Draft& draft, const store::Incident& from, const store::Incident& into);

// The last step: the desks of both are told of what they may see.
Decision finish_move(
    Draft& draft, store::Incident subject, store::Incident other, Move move, wire::EventKind kind);

}  // namespace tocsin::domain
