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
};

// Those of `ids` that `from` has go to `to`, whose life is that after the event. Where their
// reporters are `told`, their versions rise.
Move move_parts(const State& state,
                const store::Incident& from,
                store::Incident& to,
                const std::set<std::string>& ids,
                bool told);

// Whether a reporter of those of `ids` learns by the move that it was shown; or that it is not,
// where `to` was opened again or handed over after the reporter was told so in `from`.
bool shows_otherwise(const State& state,
                     const store::Incident& from,
                     const store::Incident& to,
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
void give_place(const State& state, store::Incident& incident, const std::set<std::string>& gone);

// Reporters whose picture the move changes: those of what moves, where they are told, and those of
// the other reports of the incident named, where one is. Each is told how the incident stands that
// the own report is in, or, where that is as before, that it was shown.
void tell_reporters(Draft& draft,
                    const Move& move,
                    bool movers_told,
                    const std::string& stayers_of,
                    const store::Incident& subject,
                    const store::Incident& other);

// The last step: the desks of both are told of what they may see.
Decision finish_move(
    Draft& draft, store::Incident subject, store::Incident other, Move move, wire::EventKind kind);

}  // namespace tocsin::domain
