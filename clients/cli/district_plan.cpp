#include "district_plan.hpp"

#include <google/protobuf/util/message_differencer.h>

#include <map>

namespace tocsin::cli {
namespace {

// What the hub has, by id.
struct Present {
    explicit Present(const std::vector<wire::Event>& states) {
        for (const auto& state : states) {
            if (state.has_district()) {
                keep_newest(districts, state.district());
            } else if (state.has_area()) {
                keep_newest(areas, state.area());
            } else if (state.has_team()) {
                keep_newest(teams, state.team());
            } else if (state.has_person()) {
                keep_newest(people, state.person());
            }
        }
    }

    std::map<std::string, wire::District> districts;
    std::map<std::string, wire::Area> areas;
    std::map<std::string, wire::Team> teams;
    std::map<std::string, wire::Person> people;

private:
    template <class Thing>
    static void keep_newest(std::map<std::string, Thing>& things, const Thing& thing) {
        const auto [it, is_new] = things.try_emplace(thing.id(), thing);
        if (!is_new && thing.version() > it->second.version()) {
            it->second = thing;
        }
    }
};

template <class Thing>
bool differs(const std::map<std::string, Thing>& present, const Thing& wanted) {
    const auto it = present.find(wanted.id());
    if (it == present.end()) {
        return true;
    }
    auto there = it->second;
    there.set_version(wanted.version());
    return !google::protobuf::util::MessageDifferencer::Equals(there, wanted);
}

}  // namespace

std::size_t DistrictPlan::changes() const {
    std::size_t count = 0;
    for (const auto& stage : stages) {
        count += stage.size();
    }
    return count;
}

DistrictPlan plan_load(const DistrictFiles& files, const std::vector<wire::Event>& present) {
    const Present there(present);
    DistrictPlan plan;
    auto& first = plan.stages.emplace_back();
    if (differs(there.districts, files.district)) {
        *first.emplace_back().mutable_put_district()->mutable_district() = files.district;
    }
    for (const auto& team : files.teams) {
        if (differs(there.teams, team)) {
            *first.emplace_back().mutable_put_team()->mutable_team() = team;
        }
    }
    for (const auto kind : {wire::AREA_KIND_BUREAU,
                            wire::AREA_KIND_STATION,
                            wire::AREA_KIND_COMMUNITY,
                            wire::AREA_KIND_GRID}) {
        auto& stage = plan.stages.emplace_back();
        for (const auto& area : files.areas) {
            if (area.kind() == kind && differs(there.areas, area)) {
                *stage.emplace_back().mutable_put_area()->mutable_area() = area;
            }
        }
    }
    auto& last = plan.stages.emplace_back();
    for (const auto& person : files.people) {
        const auto it = there.people.find(person.id());
        if (it != there.people.end() && it->second.revoked()) {
            plan.left_revoked.push_back(person.id());
        } else if (differs(there.people, person)) {
            *last.emplace_back().mutable_put_person()->mutable_person() = person;
        }
    }
    return plan;
}

}  // namespace tocsin::cli
