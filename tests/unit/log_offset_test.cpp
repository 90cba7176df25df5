#include "hub/log/offset.hpp"

#include <gtest/gtest.h>

namespace tocsin::log {
namespace {

TEST(Offset, IsOrderedByTimeThenSequence) {
    EXPECT_LT((Offset{1, 9}), (Offset{2, 0}));
    EXPECT_LT((Offset{2, 9}), (Offset{2, 10}));
    EXPECT_TRUE(Offset{}.is_origin());
    EXPECT_FALSE((Offset{0, 1}).is_origin());
}

TEST(Offset, HasATextThatReadsBack) {
    for (const Offset offset : {Offset{}, Offset{1'700'000'000'000, 3}, Offset{~0ull, ~0ull}}) {
        EXPECT_EQ(to_offset(to_text(offset)), offset);
    }
    EXPECT_EQ(to_text({1'700'000'000'000, 3}), "1700000000000-3");
    EXPECT_EQ(to_offset("007-00"), (Offset{7, 0}));
}

TEST(Offset, RefusesWhatIsNone) {
    for (const char* text : {"",
                             "-",
                             "1",
                             "1-",
                             "-1",
                             "1-2-3",
                             " 1-2",
                             "1-2 ",
                             "+1-2",
                             "1--2",
                             "0x1-2",
                             "1:2",
                             "18446744073709551616-0",
                             "0-18446744073709551616",
                             "000000000000000000001-0"}) {
        EXPECT_EQ(to_offset(text), std::nullopt) << text;
    }
    EXPECT_EQ(to_offset(std::string_view("1\0-2", 4)), std::nullopt);
}

}  // namespace
}  // namespace tocsin::log
