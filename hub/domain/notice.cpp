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

bool reads_words(const wire::Notice& notice, store::View view) {
    const bool may_release = view == store::VIEW_OFFICER || view == store::VIEW_BUREAU;
    switch (notice.state()) {
        case wire::NOTICE_STATE_AWAITING_RELEASE:
            return may_release;
        case wire::NOTICE_STATE_WITHDRAWN:
            return may_release || view == store::VIEW_CREW;
        default:
            return true;
    }
}

std::string placard(const wire::Notice& notice) {
    switch (notice.state()) {
        case wire::NOTICE_STATE_WITHDRAWN:
            return "【已撤回】[WITHDRAWN] " + notice.reason();
        case wire::NOTICE_STATE_AWAITING_RELEASE:
            return "【已暂停】更正待审核，请勿据此行动\n"
                   "[SUSPENDED] A correction waits for release; do not act on it";
        default:
            return {};
    }
}

}  // namespace tocsin::domain
