// What holds of every notice. Who its teams are, and who is told of them: notice_members.cpp.
#include "hub/domain/notice.hpp"

namespace tocsin::domain {

std::string_view lookout_instruction() {
    return "不跟踪、不拦截、不盘问，保持距离，危险时拨打110\n"
           "Do not follow, stop or question anybody; keep your distance; in danger call 110";
}

bool needs_release(const wire::Notice& notice) {
    return notice.kind() == wire::NOTICE_KIND_LOOKOUT && notice.identifies_person();
}

bool was_shown(const store::Notice& notice) {
    return notice.first_shown_version() > 0;
}

bool in_force(const wire::Notice& notice, std::int64_t now_ms) {
    return notice.state() == wire::NOTICE_STATE_ACTIVE && notice.until_time_ms() > now_ms;
}

std::string desk_of(const wire::Notice& notice) {
    return notice.station_id().empty() ? "bureau" : "station/" + notice.station_id();
}

bool is_unreleased(const store::Notice& notice) {
    const wire::Notice& now = notice.notice();
    if (now.state() == wire::NOTICE_STATE_AWAITING_RELEASE) {
        return true;
    }
    if (now.state() != wire::NOTICE_STATE_WITHDRAWN || !needs_release(now)) {
        return false;
    }
    // Withdrawing is the last thing that is done with one.
    const int steps = now.steps_size();
    return steps > 1 && now.steps(steps - 2).act() != wire::NOTICE_ACT_RELEASED;
}

bool may_release(store::View view) {
    return view == store::VIEW_OFFICER || view == store::VIEW_BUREAU;
}

bool is_over_for_good(const wire::Notice& notice, std::int64_t now_ms) {
    return needs_release(notice) && notice.until_time_ms() <= now_ms;
}

bool reads_words(const store::Notice& notice, store::View view, std::int64_t now_ms) {
    if (may_release(view)) {
        return true;
    }
    if (is_unreleased(notice)) {
        return false;
    }
    const bool is_gone = notice.notice().state() == wire::NOTICE_STATE_WITHDRAWN ||
                         is_over_for_good(notice.notice(), now_ms);
    return !is_gone || view == store::VIEW_CREW;
}

std::string placard(const wire::Notice& notice, std::int64_t now_ms) {
    switch (notice.state()) {
        case wire::NOTICE_STATE_WITHDRAWN:
            return "【已撤回】[WITHDRAWN] " + notice.reason();
        case wire::NOTICE_STATE_AWAITING_RELEASE:
            return "【已暂停】更正待审核，请勿据此行动\n"
                   "[SUSPENDED] A correction waits for release; do not act on it";
        default:
            return is_over_for_good(notice, now_ms)
                       ? "【已到期】本协查通报已到期，内容不再提供\n"
                         "[EXPIRED] The lookout is over; what it said is not given any more"
                       : std::string();
    }
}

}  // namespace tocsin::domain
