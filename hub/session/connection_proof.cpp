// What a console says without being answered: marks, and that somebody is there.

#include <algorithm>

#include "hub/domain/proof.hpp"
#include "hub/session/connection.hpp"

namespace tocsin::session {

namespace {

// Of what comes more often than a console should say it nothing is lost.
constexpr std::int64_t kAttendedEveryMs = 2'000;

}  // namespace

void Connection::take_mark(std::int64_t request_id, const wire::Mark& mark, std::int64_t now_ms) {
    if (const auto refusal = marks_.add(mark)) {
        refuse(request_id, *refusal);
        return;
    }
    marks_need_ = std::max({marks_need_, position_.alarm, position_.routine});
    pass_marks(now_ms);
}

// A console that came with the cursor of another hub, or read far back, may know of more than the
// district here does: of an incident that was opened again meanwhile its marks would count for the
// time before.
void Connection::pass_marks(std::int64_t now_ms) {
    if (window_.head() < marks_need_) {
        return;
    }
    if (auto mark = marks_.take(now_ms)) {
        actions_.emplace_back(PassMark{std::move(*mark)});
    }
}

void Connection::become_console() {
    if (is_console_ || principal_.rights == nullptr) {
        return;
    }
    is_console_ = std::ranges::any_of(principal_.rights->feeds, [](const domain::Feed& feed) {
        return !domain::desk_reading(feed).empty();
    });
    if (is_console_) {
        actions_.emplace_back(PassAttendance{true, -1});
    }
}

void Connection::take_attended(const wire::Attended& attended, std::int64_t now_ms) {
    become_console();
    if (is_console_ && now_ms >= next_attended_ms_) {
        next_attended_ms_ = now_ms + kAttendedEveryMs;
        actions_.emplace_back(PassAttendance{false, std::max<std::int64_t>(0, attended.ago_ms())});
    }
}

}  // namespace tocsin::session
