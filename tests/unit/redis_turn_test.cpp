// Whose commands were beaten by another hub's commit goes first then, so that no command is decided
// again and again.

#include <gtest/gtest.h>

#include "tests/unit/redis_world.hpp"

namespace tocsin::redis::test {
namespace {

class RedisTurn : public log::test::StoreContract {
protected:
    log::Commit writing(const std::string& text,
                        std::uint64_t number,
                        const std::string& subject,
                        std::int32_t read) {
        log::Commit asked = event(text, number);
        asked.reads = {{subject, read}};
        asked.states = {{subject, read + 1, "state of " + text, true}};
        return asked;
    }
    // Not waited for.
    std::shared_ptr<log::test::Answered<log::CommitReply>> begin(log::Commit asked, int number) {
        auto answered = std::make_shared<log::test::Answered<log::CommitReply>>();
        store(number).commit(std::move(asked),
                             [answered](auto reply) { answered->callback()(std::move(reply)); });
        return answered;
    }
};

TEST_P(RedisTurn, WhoWasBeatenComesBeforeTheNextOfTheOther) {
    stored(writing("first", 1, "incident/1", 0), 0);
    EXPECT_EQ(outcome(writing("beaten", 2, "incident/1", 0), 1), log::CommitOutcome::conflict);
    const auto next = begin(writing("next", 3, "incident/1", 1), 0);
    world_->let_time_pass(5);
    EXPECT_EQ(next->times, 0) << "it waits";
    const log::Offset again = stored(writing("beaten", 2, "incident/1", 1), 1);
    EXPECT_TRUE(world_->run_until([&] { return next->times == 1; }));
    ASSERT_TRUE(next->result && *next->result);
    EXPECT_EQ((*next->result)->outcome, log::CommitOutcome::conflict) << "decided before, it is";
    const log::Offset last = stored(writing("next", 3, "incident/1", 2), 0);
    EXPECT_LT(again, last);
}

TEST_P(RedisTurn, AHubThatDoesNotComeBackHoldsNobodyUp) {
    stored(writing("first", 1, "incident/1", 0), 0);
    EXPECT_EQ(outcome(writing("beaten", 2, "incident/1", 0), 1), log::CommitOutcome::conflict);
    const auto begun = std::chrono::steady_clock::now();
    stored(writing("next", 3, "incident/1", 1), 0);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds(500));
}

TEST_P(RedisTurn, WhatTheHubConcludesByItselfClaimsNoTurn) {
    stored(writing("first", 1, "incident/1", 0), 0);
    log::Commit own = writing("conclusion", 2, "incident/1", 0);
    own.device_id.clear();
    own.command_id.clear();
    EXPECT_EQ(outcome(own, 1), log::CommitOutcome::conflict);
    auto& server = dynamic_cast<RedisWorld&>(*world_).server();
    EXPECT_EQ(server.run({"EXISTS", "{pingfang}:turn"}).integer, 0);
}

INSTANTIATE_TEST_SUITE_P(Redis, RedisTurn, testing::Values([] {
                             return std::make_unique<RedisWorld>(std::make_shared<RedisServer>());
                         }));

}  // namespace
}  // namespace tocsin::redis::test
