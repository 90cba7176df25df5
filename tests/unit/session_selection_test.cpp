// Selections: shared by those who may see and ask for the same, and by nobody else.

#include "hub/session/selection.hpp"

#include <gtest/gtest.h>

namespace tocsin::session {
namespace {

namespace store = tocsin::store::v1;

fanout::RightsPtr rights(const std::string& person) {
    auto made = std::make_shared<fanout::Rights>();
    made->feeds = {{"me/" + person, store::VIEW_REPORTER}, {"station/west", store::VIEW_OFFICER}};
    return made;
}

TEST(Selections, AreSharedByThoseWhoAskForTheSame) {
    fanout::Window window({});
    Selections selections;
    const auto officer = rights("officer");
    const auto all = selections.of(officer, {}, window);
    EXPECT_EQ(all->channels, (std::vector<std::string>{"me", "station/west"}));
    EXPECT_EQ(selections.of(officer, {}, window), all);
    const auto one = selections.of(officer, {"me"}, window);
    EXPECT_EQ(one->keys,
              std::vector<fanout::FeedKey>{"me/officer#" + std::to_string(store::VIEW_REPORTER)});
    EXPECT_NE(one->mark, all->mark);
    EXPECT_EQ(selections.of(officer, {"me"}, window), one);
    const auto another = selections.of(rights("another"), {}, window);
    EXPECT_EQ(another->feeds.front().channel, "me/another");
}

TEST(Selections, OfRightsThatAreGoneAreGone) {
    fanout::Window window({});
    Selections selections;
    for (int i = 0; i < 1'000; ++i) {
        // Rights come and go, often at the same address.
        const std::string person = "person " + std::to_string(i);
        const auto selection = selections.of(rights(person), {}, window);
        ASSERT_EQ(selection->feeds.front().channel, "me/" + person);
    }
}

}  // namespace
}  // namespace tocsin::session
