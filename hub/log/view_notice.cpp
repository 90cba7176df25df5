#include "hub/domain/notice.hpp"
#include "hub/log/view.hpp"

namespace tocsin::log {

namespace {

namespace store = tocsin::store::v1;
namespace wire = tocsin::v1;

bool is_staff(store::View view) {
    return view == store::VIEW_OFFICER || view == store::VIEW_CREW || view == store::VIEW_BUREAU;
}

// Who may read a text that waits for release: those who may release it.
bool reads_unreleased(store::View view) {
    return view == store::VIEW_OFFICER || view == store::VIEW_BUREAU;
}

}  // namespace

wire::Notice view_of(const store::Notice& notice, store::View view) {
    wire::Notice shown = notice.notice();
    if (!is_staff(view)) {
        shown.clear_issued_by_person_id();
        shown.clear_issued_by_name();
        shown.clear_case_number();
        shown.clear_steps();
    }
    const bool waits = shown.state() == wire::NOTICE_STATE_AWAITING_RELEASE;
    if (!domain::reads_words(notice.notice(), view)) {
        shown.set_text(domain::placard(notice.notice()));
        shown.clear_place();
        shown.clear_media();
    }
    if (waits && !reads_unreleased(view)) {
        // Nor what else the new version says, the reason included: that, too, is not released.
        shown.clear_reason();
        shown.clear_case_number();
        shown.clear_steps();
    }
    return shown;
}

wire::EventKind kind_in(wire::EventKind kind, const store::Notice& notice, store::View view) {
    if (kind != wire::EVENT_KIND_NOTICE_RELEASED || is_staff(view)) {
        return kind;
    }
    return notice.first_shown_version() == notice.notice().version()
               ? wire::EVENT_KIND_NOTICE_ISSUED
               : wire::EVENT_KIND_NOTICE_CORRECTED;
}

}  // namespace tocsin::log
