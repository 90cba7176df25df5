#pragma once
// One notice and what came in for it: gathered from memory and, what is no longer there, from the
// store. Runs on the district's thread.

#include <string>
#include <vector>

#include "hub/log/fold.hpp"
#include "hub/session/district.hpp"

namespace tocsin::session {

// `fold` outlives the answer. The notice as the person may see it, and the incidents of its trail
// whose view, for this person, says that they answer it.
void fetch_notice(log::Fold& fold,
                  std::string person_id,
                  std::string notice_id,
                  std::int64_t now_ms,
                  Answer<domain::Result<std::vector<wire::NoticeDetail>>> answer);

}  // namespace tocsin::session
