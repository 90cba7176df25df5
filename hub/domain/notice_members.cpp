// Who has a notice: the people of its teams, what they acknowledged, and who is told of it.
#include <algorithm>
#include <map>

#include "hub/domain/access.hpp"
#include "hub/domain/notice.hpp"

namespace tocsin::domain {
namespace {

bool has_acknowledged(const store::TeamMember& member) {
    return member.acknowledged_time_ms() != 0;
}

}  // namespace

std::int32_t revision_of(const store::Notice& notice) {
    return notice.corrections() + 1;
}

bool reads_as_in(const store::Notice& notice, std::int32_t version) {
    const auto since = std::ranges::count_if(
        notice.members(), [&](const auto& member) { return member.version() > version; });
    return notice.notice().version() - version == since;
}

void look_up_members(const State& state, store::Notice& notice) {
    if (notice.notice().team_ids().empty()) {
        return;
    }
    std::map<std::string, store::TeamMember> members;
    for (const store::TeamMember& member : notice.members()) {
        if (has_acknowledged(member)) {
            members[member.person_id()] = member;
        }
    }
    for (const wire::Person* person : state.people()) {
        const auto teams = teams_heeding(state, *person, notice.notice());
        if (teams.empty()) {
            continue;
        }
        store::TeamMember& member = members[person->id()];
        if (!has_acknowledged(member)) {
            member.set_person_id(person->id());
            member.set_name(person->name());
        }
        member.clear_team_ids();
        member.mutable_team_ids()->Add(teams.begin(), teams.end());
    }
    notice.clear_members();
    for (auto& [id, member] : members) {
        *notice.add_members() = std::move(member);
    }
}

std::vector<const store::TeamMember*> members_shown(const store::Notice& notice,
                                                    const store::Audience& audience) {
    const auto is_shown = [&](const store::TeamMember& member) {
        switch (audience.view()) {
            case store::VIEW_OFFICER:
                return audience.channel() == desk_of(notice.notice());
            case store::VIEW_BUREAU:
                return true;
            case store::VIEW_TEAM_LEAD:
                return std::ranges::any_of(member.team_ids(), [&](const std::string& team) {
                    return audience.channel() == "team/" + team;
                });
            case store::VIEW_REPORTER:
                return has_acknowledged(member) && audience.channel() == "me/" + member.person_id();
            default:
                return false;
        }
    };
    std::vector<const store::TeamMember*> members;
    for (const store::TeamMember& member : notice.members()) {
        if (is_shown(member)) {
            members.push_back(&member);
        }
    }
    return members;
}

}  // namespace tocsin::domain
