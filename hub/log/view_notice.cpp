#include "hub/domain/notice.hpp"
#include "hub/log/view.hpp"

namespace tocsin::log {

namespace {

namespace store = tocsin::store::v1;
namespace wire = tocsin::v1;

bool is_staff(store::View view) {
    return view == store::VIEW_OFFICER || view == store::VIEW_CREW || view == store::VIEW_BUREAU;
}

// Why a lookout was corrected that was then corrected once more is for those who may release it:
// that version may never have been released.
void hide_overtaken_reasons(wire::Notice& shown) {
    for (int i = 0; i + 1 < shown.steps_size(); ++i) {
        if (shown.kind() == wire::NOTICE_KIND_LOOKOUT &&
            shown.steps(i + 1).act() == wire::NOTICE_ACT_CORRECTED) {
            shown.mutable_steps(i)->clear_reason();
        }
    }
}

}  // namespace

void withhold(wire::Notice& older, const store::Notice& now, store::View view) {
    if (!domain::reads_words(now, view)) {
        older.set_text(domain::placard(now.notice()));
        older.clear_place();
        older.clear_media();
    }
}

wire::Notice view_of(const store::Notice& notice, store::View view) {
    wire::Notice shown = notice.notice();
    if (!is_staff(view)) {
        shown.clear_issued_by_person_id();
        shown.clear_issued_by_name();
        shown.clear_case_number();
        shown.clear_steps();
    }
    withhold(shown, notice, view);
    if (domain::may_release(view)) {
        return shown;
    }
    hide_overtaken_reasons(shown);
    if (domain::is_unreleased(notice)) {
        // Nor what else the new version says: that, too, is not released.
        shown.clear_case_number();
        shown.clear_steps();
        if (shown.state() == wire::NOTICE_STATE_AWAITING_RELEASE) {
            shown.clear_reason();  // of the correction; a withdrawal's is for everybody
        }
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
