// What each audience sees of a notice, and of who acknowledged it.
#include <algorithm>
#include <vector>

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

// A bound for the message, far above what teams have.
constexpr int kNamesMost = 200;

bool is_of_team(store::View view) {
    return view == store::VIEW_TEAM || view == store::VIEW_TEAM_LEAD ||
           view == store::VIEW_REPORTER;
}

void show_member(const store::TeamMember& member, wire::Notice& shown) {
    if (member.acknowledged_time_ms() == 0) {
        if (shown.awaited_size() < kNamesMost) {
            wire::AwaitedMember& awaited = *shown.add_awaited();
            awaited.set_person_id(member.person_id());
            awaited.set_name(member.name());
        }
    } else if (shown.acknowledgements_size() < kNamesMost) {
        wire::NoticeAcknowledgement& given = *shown.add_acknowledgements();
        given.set_person_id(member.person_id());
        given.set_name(member.name());
        given.set_time_ms(member.acknowledged_time_ms());
        given.set_revision(member.revision());
    }
}

void show_acknowledgements(const store::Notice& notice,
                           const store::Audience& audience,
                           wire::Notice& shown) {
    auto members = domain::members_shown(notice, audience);
    if (shown.team_ids().empty() || (members.empty() && !is_of_team(audience.view()))) {
        return;
    }
    shown.set_revision(domain::revision_of(notice));
    std::ranges::sort(members, [](const store::TeamMember* a, const store::TeamMember* b) {
        return a->acknowledged_time_ms() != b->acknowledged_time_ms()
                   ? a->acknowledged_time_ms() < b->acknowledged_time_ms()
                   : a->person_id() < b->person_id();
    });
    int acknowledged = 0;
    for (const store::TeamMember* member : members) {
        acknowledged += member->revision() == shown.revision() ? 1 : 0;
        if (audience.view() != store::VIEW_BUREAU) {
            show_member(*member, shown);
        }
    }
    if (audience.view() != store::VIEW_REPORTER) {
        shown.set_acknowledged_count(acknowledged);
        shown.set_member_count(static_cast<int>(members.size()));
    }
}

}  // namespace

bool differs_by_channel(const store::Notice& notice, store::View view) {
    return !notice.members().empty() &&
           (view == store::VIEW_OFFICER || view == store::VIEW_TEAM_LEAD ||
            view == store::VIEW_REPORTER);
}

void withhold(wire::Notice& older,
              const store::Notice& now,
              store::View view,
              std::int64_t now_ms) {
    if (!domain::reads_words(now, view, now_ms)) {
        older.set_text(domain::placard(now.notice(), now_ms));
        older.clear_place();
        older.clear_media();
    }
}

wire::Notice view_of(const store::Notice& notice, const store::Audience& audience) {
    const store::View view = audience.view();
    wire::Notice shown = notice.notice();
    show_acknowledgements(notice, audience, shown);
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
