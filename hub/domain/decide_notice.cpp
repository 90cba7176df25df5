// A notice goes out to areas or teams, in a station's or the bureau's name.

#include <set>

#include "hub/domain/access.hpp"
#include "hub/domain/areas.hpp"
#include "hub/domain/attach.hpp"
#include "hub/domain/draft.hpp"
#include "hub/domain/notice.hpp"

namespace tocsin::domain {
namespace {

std::string field_of(std::string_view list, int index) {
    return "command.issue_notice." + std::string(list) + "[" + std::to_string(index) + "]";
}

// Checks and takes over the areas and teams, each once.
Result<void> address(const Draft& draft, const wire::IssueNotice& given, wire::Notice& notice) {
    const State& state = draft.state();
    std::set<std::string_view> seen;
    for (int i = 0; i < given.area_ids_size(); ++i) {
        const std::string& id = given.area_ids(i);
        if (state.area(id) == nullptr) {
            return refuse(code::unknown_area, field_of("area_ids", i), "No such area.");
        }
        if (!may_address_area(state, draft.person(), given.kind(), id)) {
            return refuse(code::not_permitted,
                          field_of("area_ids", i),
                          "Your role does not allow this kind of notice for this area.");
        }
        if (seen.insert(id).second) {
            notice.add_area_ids(id);
        }
    }
    seen.clear();
    for (int i = 0; i < given.team_ids_size(); ++i) {
        const std::string& id = given.team_ids(i);
        if (state.team(id) == nullptr) {
            return refuse(code::unknown_team, field_of("team_ids", i), "No such team.");
        }
        if (!may_address_team(state, draft.person(), given.kind(), id)) {
            return refuse(code::not_permitted,
                          field_of("team_ids", i),
                          "Your role does not allow this kind of notice for this team.");
        }
        if (seen.insert(id).second) {
            notice.add_team_ids(id);
        }
    }
    return {};
}

}  // namespace

Result<Decision> decide_notice(Draft& draft, const wire::IssueNotice& given) {
    const State& state = draft.state();
    store::Notice stored;
    wire::Notice& notice = *stored.mutable_notice();
    if (const Result<void> addressed = address(draft, given, notice); !addressed) {
        return std::unexpected(addressed.error());
    }
    notice.set_id(draft.new_id());
    notice.set_version(1);
    notice.set_kind(given.kind());
    notice.set_text(given.text());
    if (given.has_place()) {
        *notice.mutable_place() = given.place();
        notice.mutable_place()->clear_coarse();
    }
    const std::string_view first_area =
        notice.area_ids().empty() ? std::string_view() : notice.area_ids(0);
    notice.set_station_id(issuing_station(state, draft.person(), given.kind(), first_area));
    notice.set_issued_time_ms(draft.now_ms());
    notice.set_changed_time_ms(draft.now_ms());
    notice.set_until_time_ms(given.until_time_ms() == 0 ? draft.now_ms() + kNoticeDefaultMs
                                                        : given.until_time_ms());
    if (given.kind() == wire::NOTICE_KIND_LOOKOUT) {
        notice.set_instruction(std::string(lookout_instruction()));
    }
    notice.set_identifies_person(given.identifies_person());
    notice.set_case_number(given.case_number());
    notice.set_issued_by_person_id(draft.person().id());
    notice.set_issued_by_name(draft.person().name());
    stored.set_written_by_person_id(draft.person().id());
    wire::NoticeStep& step = *notice.add_steps();
    step.set_act(wire::NOTICE_ACT_ISSUED);
    step.set_person_id(draft.person().id());
    step.set_name(draft.person().name());
    step.set_desk(desk_of(notice));
    step.set_time_ms(draft.now_ms());

    store::Media home;
    home.set_notice_id(notice.id());
    if (auto done = attach(draft,
                           given.media_ids(),
                           "command.issue_notice.media_ids",
                           home,
                           *notice.mutable_media());
        !done) {
        return std::unexpected(std::move(done.error()));
    }

    std::set<std::string> stations;
    if (!notice.station_id().empty()) {
        stations.insert(notice.station_id());
    }
    for (const std::string& area : notice.area_ids()) {
        for (std::string& station : state.area_index().stations_touching(area)) {
            stations.insert(std::move(station));
        }
    }
    for (const std::string& station : stations) {
        stored.add_station_ids(station);
    }
    const wire::Lane lane =
        given.kind() == wire::NOTICE_KIND_MISSING_PERSON ? wire::LANE_ALARM : wire::LANE_ROUTINE;
    stored.set_lane(lane);
    const bool waits = needs_release(notice);
    notice.set_state(waits ? wire::NOTICE_STATE_AWAITING_RELEASE : wire::NOTICE_STATE_ACTIVE);
    stored.set_first_shown_version(waits ? 0 : notice.version());
    look_up_members(state, stored);
    draft.concern(audiences_of(state, stored));
    draft.receipt().set_notice_id(notice.id());
    *draft.event().mutable_notice() = std::move(stored);
    return draft.finish(waits ? wire::EVENT_KIND_NOTICE_PROPOSED : wire::EVENT_KIND_NOTICE_ISSUED,
                        lane);
}

}  // namespace tocsin::domain
