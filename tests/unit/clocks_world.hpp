#pragma once
// A world with a store's timers beside it, for the tests of the clocks.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "hub/domain/clocks.hpp"
#include "tests/unit/domain_world.hpp"

namespace tocsin::domain::test {

inline constexpr std::int64_t kSecondMs = 1'000;
inline constexpr std::int64_t kMinuteMs = 60'000;

// The world with a store's timers beside it, on one virtual clock.
class Clocks : public testing::Test {
protected:
    void put_policies(const std::vector<wire::Policy>& policies) {
        store::EventBody event;
        *event.mutable_district() = world.state.district();
        event.mutable_district()->set_version(world.state.district().version() + 1);
        event.mutable_district()->mutable_policies()->Assign(policies.begin(), policies.end());
        world.state.apply(event);
    }
    Decision run(const std::string& person, const wire::Command& command) {
        return take(world.run(person, command));
    }
    std::string open(const wire::Command& command) {
        return run("volunteer-1", command).event.incident().id();
    }
    Decision take(Decision decision) {
        if (!decision.fires.empty()) {
            EXPECT_EQ(timers.erase(decision.fires), 1U) << decision.fires;
        }
        for (const TimerChange& change : decision.timers) {
            if (change.after_ms < 0) {
                EXPECT_EQ(timers.erase(change.name), 1U) << "cancels what is set: " << change.name;
            } else {
                EXPECT_TRUE(timers.emplace(change.name, world.now + change.after_ms).second);
            }
        }
        return decision;
    }
    std::optional<Decision> escalate(const std::string& timer, const Cause& cause = {}) {
        auto decision = decide_escalation(
            world.state, to_timer_name(timer).value(), cause, Circumstances{world.now, random_});
        if (decision) {
            world.state.apply(decision->event);
            take(*decision);
        }
        return decision;
    }
    // Lets so much time pass; what is due fires. The escalations, in words.
    std::vector<std::string> pass(std::int64_t ms) {
        std::vector<std::string> words;
        const std::int64_t end = world.now + ms;
        while (true) {
            const auto next = std::ranges::min_element(
                timers, {}, [](const auto& timer) { return timer.second; });
            if (next == timers.end() || next->second > end) {
                break;
            }
            world.now = next->second;
            const auto decision = escalate(next->first);
            if (!decision) {
                ADD_FAILURE() << next->first << " came to nothing";
                break;
            }
            words.push_back(describe(*decision));
        }
        world.now = end;
        return words;
    }
    std::string describe(const Decision& decision) {
        const auto& all = decision.event.incident().escalations();
        const auto& latest = *std::ranges::max_element(all, {}, &wire::Escalation::latest_time_ms);
        std::string words = "+" + std::to_string((world.now - kNow) / kSecondMs) + " " +
                            wire::Clock_Name(latest.clock()).substr(6) + " " +
                            std::to_string(latest.step()) + ":";
        for (const std::string& desk : latest.desks()) {
            words += " " + desk;
        }
        return words;
    }
    // What is set, and in how many seconds it is due; of one incident, or of all.
    std::vector<std::string> set(const std::string& incident_id = "") {
        std::vector<std::string> names;
        for (const auto& [name, due_ms] : timers) {
            if (!name.starts_with("incident/" + incident_id)) {
                continue;
            }
            names.push_back(name.substr(name.find('#') + 1) + " " +
                            std::to_string((due_ms - world.now) / kSecondMs));
        }
        return names;
    }
    const store::Incident& incident(const std::string& id) { return *world.state.incident(id); }

    World world;
    std::map<std::string, std::int64_t> timers;

private:
    Random random_ = [](std::span<unsigned char>) {};
};

}  // namespace tocsin::domain::test
