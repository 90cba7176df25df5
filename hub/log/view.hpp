#pragma once
// What one audience may see of an event: the only place where a stored record becomes something for
// people's eyes. Deny by default: each view copies what it may show. Pure.

#include <optional>

#include "hub/domain/state.hpp"
#include "hub/log/offset.hpp"

namespace tocsin::log {

// Null where the view shows nothing of such an event. The event's offset and time are set from
// `offset`.
std::optional<tocsin::v1::Event> view_of(const tocsin::store::v1::EventBody& body,
                                         const tocsin::store::v1::Audience& audience,
                                         Offset offset);

// Whether the event rings for this audience: two of one view see the same, and need not hear the
// same.
bool rings_for(const tocsin::store::v1::EventBody& body,
               const tocsin::store::v1::Audience& audience);

// An incident as this audience may see it, without its reports and statements.
tocsin::v1::Incident view_of(const tocsin::store::v1::Incident& incident,
                             const tocsin::store::v1::Audience& audience);

// One of its reports or statements as this audience may see it; null where it may not.
std::optional<tocsin::v1::Report> view_of(const tocsin::store::v1::Report& report,
                                          const tocsin::store::v1::Audience& audience);
std::optional<tocsin::v1::Statement> view_of(const tocsin::store::v1::Statement& statement,
                                             const tocsin::store::v1::Audience& audience);

// A notice as this audience may see it, and what the event that made it so is called there
// (view_notice.cpp).
tocsin::v1::Notice view_of(const tocsin::store::v1::Notice& notice,
                           const tocsin::store::v1::Audience& audience);
// Whether two audiences of its view may see different things of it, by their channels.
bool differs_by_channel(const tocsin::store::v1::Notice& notice, tocsin::store::v1::View view);
// Puts into an older version, as this view was shown it, what stands in place of its words now:
// nothing changes where the view may read those that the notice has now. The sentence stays also
// where the older words were free. Without a time the notice is not over.
void withhold(tocsin::v1::Notice& older,
              const tocsin::store::v1::Notice& now,
              tocsin::store::v1::View view,
              std::int64_t now_ms = 0);
tocsin::v1::EventKind kind_in(tocsin::v1::EventKind kind,
                              const tocsin::store::v1::Notice& notice,
                              tocsin::store::v1::View view);

// What a desk may know of one of its own: id, name and shift.
tocsin::v1::Person colleague_of(const tocsin::v1::Person& person);

}  // namespace tocsin::log
