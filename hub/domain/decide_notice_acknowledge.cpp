// A search team's member has a notice: its liaison sees who does.
#include <algorithm>

#include "hub/domain/access.hpp"
#include "hub/domain/draft.hpp"
#include "hub/domain/notice.hpp"
#include "hub/domain/routing.hpp"

namespace tocsin::domain {
namespace {

// Refuses whoever is in none of its teams; one that the actor may not see, word for word like one
// that does not exist.
Result<std::vector<std::string>> teams_for(const Draft& draft,
                                           const store::Notice* notice,
                                           const std::string& field) {
    if (notice == nullptr ||
        view_of_notice(draft.state(), draft.person(), *notice) == store::VIEW_UNSPECIFIED) {
        return refuse(code::unknown_notice, field, "No such notice, or none that you may see.");
    }
    auto teams = teams_heeding(draft.state(), draft.person(), notice->notice());
    if (teams.empty()) {
        return refuse(code::not_permitted, field, "It is not addressed to a search team of yours.");
    }
    return teams;
}

Result<void> is_in_force(const Draft& draft, const wire::Notice& notice, const std::string& field) {
    if (notice.state() == wire::NOTICE_STATE_WITHDRAWN) {
        return refuse(code::wrong_state, field, "The notice is withdrawn.");
    }
    if (notice.until_time_ms() <= draft.now_ms()) {
        return refuse(code::wrong_state, field, "The notice is over.");
    }
    if (!in_force(notice, draft.now_ms())) {
        return refuse(code::wrong_state, field, "The notice waits for release.");
    }
    return {};
}

}  // namespace

Result<Decision> decide_acknowledge_notice(Draft& draft, const wire::AcknowledgeNotice& given) {
    const std::string in = "command.acknowledge_notice.";
    draft.read("notice/" + given.notice_id());
    const store::Notice* found = draft.state().notice(given.notice_id());
    const auto teams = teams_for(draft, found, in + "notice_id");
    if (!teams) {
        return std::unexpected(teams.error());
    }
    if (Result<void> stands = is_in_force(draft, found->notice(), in + "notice_id"); !stands) {
        return std::unexpected(std::move(stands.error()));
    }
    if (given.revision() > revision_of(*found)) {
        return refuse(code::value_invalid, in + "revision", "The notice has no such revision yet.");
    }
    const std::int32_t revision = given.revision() == 0 ? revision_of(*found) : given.revision();

    store::Notice stored = *found;
    look_up_members(draft.state(), stored);
    store::TeamMember& member = *std::ranges::find(
        *stored.mutable_members(), draft.person().id(), &store::TeamMember::person_id);
    if (member.revision() >= revision) {
        return refuse(code::already_acknowledged,
                      in + "notice_id",
                      "You acknowledged it at " + utc(member.acknowledged_time_ms()) + '.');
    }
    wire::Notice& notice = *stored.mutable_notice();
    notice.set_version(notice.version() + 1);  // and nothing else of it: it says what it said
    member.set_name(draft.person().name());
    member.set_acknowledged_time_ms(draft.now_ms());
    member.set_revision(revision);
    member.set_version(notice.version());
    draft.concern(acknowledgement_audiences(stored, member));
    draft.receipt().set_notice_id(notice.id());
    *draft.event().mutable_notice() = std::move(stored);
    return draft.finish(wire::EVENT_KIND_NOTICE_ACKNOWLEDGED, wire::LANE_ROUTINE);
}

}  // namespace tocsin::domain
