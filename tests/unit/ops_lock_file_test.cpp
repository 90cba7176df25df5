#include "hub/ops/lock_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

namespace tocsin::ops {
namespace {

using testing::HasSubstr;

class LockFileTest : public testing::Test {
protected:
    ~LockFileTest() override { std::filesystem::remove_all(folder_); }

    std::filesystem::path folder_ =
        std::filesystem::path(testing::TempDir()) / ("lock_file_test_" + std::to_string(getpid()));
    std::filesystem::path path_ = folder_ / "below" / "hub.lock";
};

TEST_F(LockFileTest, HoldsThisProcessesNumber) {
    const auto lock = LockFile::take(path_);
    ASSERT_TRUE(lock.has_value()) << lock.error();
    std::ifstream in(path_);
    pid_t number = 0;
    in >> number;
    EXPECT_EQ(number, getpid());
}

TEST_F(LockFileTest, ASecondOneIsToldWhoHoldsIt) {
    const auto first = LockFile::take(path_);
    const auto second = LockFile::take(path_);
    ASSERT_TRUE(first.has_value());
    ASSERT_FALSE(second.has_value());
    EXPECT_THAT(second.error(), HasSubstr("process " + std::to_string(getpid())));
    EXPECT_THAT(second.error(), HasSubstr(path_.string()));
}

TEST_F(LockFileTest, IsFreeAgainAfterwards) {
    {
        const auto lock = LockFile::take(path_);
    }
    EXPECT_TRUE(LockFile::take(path_).has_value());
}

TEST_F(LockFileTest, IsFreeAgainAfterAKill) {
    int ready[2];
    ASSERT_EQ(pipe(ready), 0);
    const pid_t child = fork();
    if (child == 0) {
        const auto lock = LockFile::take(path_);
        const char word = lock.has_value() ? 'y' : 'n';
        if (write(ready[1], &word, 1) == 1) {
            pause();
        }
        _exit(0);
    }
    char word = 0;
    ASSERT_EQ(read(ready[0], &word, 1), 1);
    EXPECT_EQ(word, 'y');
    const auto refused = LockFile::take(path_);
    EXPECT_FALSE(refused.has_value());
    EXPECT_THAT(refused.error(), HasSubstr("process " + std::to_string(child)));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    EXPECT_TRUE(LockFile::take(path_).has_value());
    close(ready[0]);
    close(ready[1]);
}

TEST_F(LockFileTest, MovesWithItsOwner) {
    auto first = LockFile::take(path_);
    ASSERT_TRUE(first.has_value());
    const LockFile moved = std::move(*first);
    EXPECT_FALSE(LockFile::take(path_).has_value());
}

TEST_F(LockFileTest, SaysWhyItCannotBeMade) {
    const auto lock = LockFile::take("/proc/nowhere/hub.lock");
    ASSERT_FALSE(lock.has_value());
    EXPECT_THAT(lock.error(), HasSubstr("/proc/nowhere/hub.lock"));
}

}  // namespace
}  // namespace tocsin::ops
