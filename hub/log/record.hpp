#pragma once
// Between what the rules speak of (EventBody, StateBody) and what a store holds (StoredEvent,
// StoredState): sealing, unsealing, and what of an event is kept as state.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/log/seal.hpp"
#include "hub/log/store.hpp"

namespace tocsin::log {

namespace store = tocsin::store::v1;

// The key that the district's own records (areas, teams, settings) are sealed with.
inline constexpr std::string_view kDistrictKey = "district";

// What an event is about.
struct Subject {
    std::string kind;
    std::string id;
    std::int32_t version = 0;
    std::string key_id;
    std::string name() const { return kind + '/' + id; }
};
Subject subject_of(const store::EventBody& body);

// The StoredEvent, encoded; `key` is that of subject_of(body).key_id.
std::string encode_event(const store::EventBody& body,
                         std::string_view key,
                         const domain::Random& random);

// The states that the event leaves behind: its subject's, its report's, its statement's, its sets'.
// `state` holds the event already: it knows the reports and statements of its incidents. `key_of`
// gives the key of a key id; an incident's parts are sealed with the incident's.
using KeyOf = std::function<std::string_view(const std::string& key_id)>;
std::vector<StateWrite> states_after(const store::EventBody& body,
                                     const domain::State& state,
                                     const KeyOf& key_of,
                                     const domain::Random& random);

// An uploaded file that is attached to nothing yet, as a state sealed under its uploader's key,
// with a stamp of its own. It is in no event: only its attaching is.
StateWrite state_of_upload(const store::Media& media,
                           std::string_view person_key,
                           const domain::Random& random);

// Why a record cannot be read.
enum class Unreadable {
    damaged,  // not what was stored: set aside and reported
    newer,    // of a form that this hub does not know, or about something that it does not: skipped
    erased,   // its key was destroyed: skipped, only its statistics remain
};

// The id of the key that a stored event or state needs; empty where it needs none or cannot be
// read.
std::string key_id_of_event(std::string_view stored);
std::string key_id_of_state(std::string_view stored);

// An event of a kind that this hub does not know, about a subject that it does, is readable: it is
// folded and passed on.
std::expected<store::EventBody, Unreadable> decode_event(std::string_view stored,
                                                         const KeyRing& keys);
// What a stored set says beside its version; see store::SetVersion.
std::string latest_of_set(std::string_view stored);
// A set has no body: answers an empty one.
std::expected<store::StateBody, Unreadable> decode_state(std::string_view stored,
                                                         const KeyRing& keys);

}  // namespace tocsin::log
