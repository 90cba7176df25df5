// The contract over a real Redis.

#include "hub/redis/redis_store.hpp"

#include "tests/unit/redis_world.hpp"
#include "tests/unit/store_contract.hpp"

namespace tocsin::redis::test {
namespace {

// One server for the whole suite, wiped for each test.
std::shared_ptr<RedisServer> shared_server() {
    static std::shared_ptr<RedisServer> kept;
    if (!kept) {
        kept = std::make_shared<RedisServer>();
        std::atexit([] { kept.reset(); });
    }
    kept->run({"FLUSHALL"});
    return kept;
}

}  // namespace
}  // namespace tocsin::redis::test

namespace tocsin::log::test {

INSTANTIATE_TEST_SUITE_P(Redis, StoreContract, testing::Values([] {
                             return std::make_unique<redis::test::RedisWorld>(
                                 redis::test::shared_server());
                         }));

}  // namespace tocsin::log::test
