#pragma once
// The words of the command line and of the district's files for the values of the wire.

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tocsin/v1/session.pb.h"

namespace tocsin::cli {

namespace wire = tocsin::v1;

template <class Value>
using Word = std::pair<std::string_view, Value>;

inline constexpr std::array<Word<wire::ReportKind>, 6> kReportKinds{{
    {"sighting", wire::REPORT_KIND_SIGHTING},
    {"fire", wire::REPORT_KIND_FIRE},
    {"hazard", wire::REPORT_KIND_HAZARD},
    {"assist", wire::REPORT_KIND_ASSIST},
    {"dispute", wire::REPORT_KIND_DISPUTE},
    {"clue", wire::REPORT_KIND_CLUE},
}};

inline constexpr std::array<Word<wire::NoticeKind>, 3> kNoticeKinds{{
    {"lookout", wire::NOTICE_KIND_LOOKOUT},
    {"missing-person", wire::NOTICE_KIND_MISSING_PERSON},
    {"advisory", wire::NOTICE_KIND_ADVISORY},
}};

inline constexpr std::array<Word<wire::Outcome>, 4> kOutcomes{{
    {"handled", wire::OUTCOME_HANDLED},
    {"false-alarm", wire::OUTCOME_FALSE_ALARM},
    {"duplicate", wire::OUTCOME_DUPLICATE},
    {"no-action", wire::OUTCOME_NO_ACTION},
}};

inline constexpr std::array<Word<wire::Severity>, 5> kSeverities{{
    {"extreme", wire::SEVERITY_EXTREME},
    {"severe", wire::SEVERITY_SEVERE},
    {"moderate", wire::SEVERITY_MODERATE},
    {"minor", wire::SEVERITY_MINOR},
    {"unknown", wire::SEVERITY_UNKNOWN},
}};

inline constexpr std::array<Word<wire::AreaKind>, 4> kAreaKinds{{
    {"bureau", wire::AREA_KIND_BUREAU},
    {"station", wire::AREA_KIND_STATION},
    {"community", wire::AREA_KIND_COMMUNITY},
    {"grid", wire::AREA_KIND_GRID},
}};

inline constexpr std::array<Word<wire::Role>, 10> kRoles{{
    {"volunteer", wire::ROLE_VOLUNTEER},
    {"grid-worker", wire::ROLE_GRID_WORKER},
    {"auxiliary", wire::ROLE_AUXILIARY},
    {"officer", wire::ROLE_OFFICER},
    {"liaison", wire::ROLE_LIAISON},
    {"searcher", wire::ROLE_SEARCHER},
    {"team-lead", wire::ROLE_TEAM_LEAD},
    {"fire-desk", wire::ROLE_FIRE_DESK},
    {"bureau", wire::ROLE_BUREAU},
    {"admin", wire::ROLE_ADMIN},
}};

// The value of a word; the first of the enum, UNSPECIFIED, where there is no such word.
template <class Value, std::size_t size>
constexpr Value value_of(const std::array<Word<Value>, size>& words, std::string_view text) {
    for (const auto& [word, value] : words) {
        if (word == text) {
            return value;
        }
    }
    return Value{};
}

// The word of a value; empty where there is none.
template <class Value, std::size_t size>
constexpr std::string_view word_of(const std::array<Word<Value>, size>& words, Value wanted) {
    for (const auto& [word, value] : words) {
        if (value == wanted) {
            return word;
        }
    }
    return {};
}

// The value of a role's word, written with hyphens or, as in code, underscores.
wire::Role role_of(std::string word);

template <class Value, std::size_t size>
std::vector<std::string> words_of(const std::array<Word<Value>, size>& words) {
    std::vector<std::string> list;
    list.reserve(size);
    for (const auto& [word, value] : words) {
        list.emplace_back(word);
    }
    return list;
}

// "bureau, station, community or grid"
template <class Value, std::size_t size>
std::string one_of(const std::array<Word<Value>, size>& words) {
    std::string text;
    for (std::size_t at = 0; at < size; ++at) {
        text += at == 0 ? "" : at + 1 == size ? " or " : ", ";
        text += words[at].first;
    }
    return text;
}

}  // namespace tocsin::cli
