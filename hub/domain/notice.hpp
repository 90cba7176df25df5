#pragma once
// What holds for every notice, whoever does what with it. For the rules and the views.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hub/domain/state.hpp"

namespace tocsin::domain {

inline constexpr std::int64_t kHourMs = 60LL * 60 * 1000;
// How long a notice is in force where nobody says, and at most where it identifies a person.
inline constexpr std::int64_t kNoticeDefaultMs = 72 * kHourMs;
inline constexpr std::int64_t kNoticeIdentifyingMs = 72 * kHourMs;
inline constexpr std::int64_t kNoticeLongestMs = 30 * 24 * kHourMs;
inline constexpr int kNoticeCorrections = 20;

// Volunteers have no police powers; every lookout says so, and nobody can switch it off.
std::string_view lookout_instruction();

// Whether such a notice waits for a second officer before anybody else sees it: a lookout that
// identifies a person, by whatever means.
bool needs_release(const wire::Notice& notice);

// Whether it was ever in force, so that people outside its desk know of it.
bool was_shown(const store::Notice& notice);

// Whether it is in force at this time: neither waiting, nor withdrawn, nor over.
bool in_force(const wire::Notice& notice, std::int64_t now_ms);

// `station/<id>` or `bureau`: in whose name it was issued.
std::string desk_of(const wire::Notice& notice);

// Whether its present words are released to nobody: it waits for release, or did when it was
// withdrawn.
bool is_unreleased(const store::Notice& notice);

// Which words it has: 1 as issued, one more with each correction.
std::int32_t revision_of(const store::Notice& notice);

// Whether nothing was done with it since this version but that members of its teams acknowledged
// it: who read that version has read what it says.
bool reads_as_in(const store::Notice& notice, std::int32_t version);

// Writes down who its teams are now. Who acknowledged it stays, also when no longer in the team.
void look_up_members(const State& state, store::Notice& notice);

// The people that the audience is told of, whether or not they acknowledged: all for those in
// charge at the station that issued it, and for the bureau, which is told their number; the team's
// for its lead; and the audience's own acknowledgement.
std::vector<const store::TeamMember*> members_shown(const store::Notice& notice,
                                                    const store::Audience& audience);

// Whether who has this view may release, and so reads what is not released.
bool may_release(store::View view);

// Whether it identifies a person and is over: the reason to show the words to everybody is gone.
bool is_over_for_good(const wire::Notice& notice, std::int64_t now_ms);

// Whether who has this view reads the words themselves, and looks at what is attached: staff do,
// and of what was not released those who may release it; everybody else while it is in force, and
// afterwards where it identifies nobody. Without a time it is over for nobody.
bool reads_words(const store::Notice& notice, store::View view, std::int64_t now_ms = 0);

// What stands in place of its words for people who may no longer act on them; empty where they may.
std::string placard(const wire::Notice& notice, std::int64_t now_ms = 0);

}  // namespace tocsin::domain
