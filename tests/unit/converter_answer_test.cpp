// What a converter may say, and what is not taken from one that was taken over.
#include "hub/converter/answer.hpp"

#include <gmock/gmock.h>

namespace tocsin::converter::test {
namespace {

Converted photo() {
    return {.kind = Kind::photo,
            .width = 640,
            .height = 480,
            .duration_ms = 0,
            .bytes = "jpeg",
            .thumbnail = "small"};
}

TEST(Answer, ComesBackAsItWasGiven) {
    const auto parsed = parse_answer(to_text(photo()));
    ASSERT_TRUE(parsed && parsed->has_value());
    EXPECT_EQ((*parsed)->width, 640);
    EXPECT_EQ((*parsed)->height, 480);
    EXPECT_EQ((*parsed)->bytes, "jpeg");
    EXPECT_EQ((*parsed)->thumbnail, "small");

    const auto refusal = parse_answer(to_text(std::unexpected(Refusal{Refused::too_large, "No."})));
    ASSERT_TRUE(refusal && !refusal->has_value());
    EXPECT_EQ(refusal->error().why, Refused::too_large);
    EXPECT_EQ(refusal->error().message, "No.");
}

TEST(Answer, IsNotTakenWhereAnythingIsOdd) {
    const std::string good = to_text(photo());
    ASSERT_TRUE(parse_answer(good));
    EXPECT_FALSE(parse_answer(""));
    EXPECT_FALSE(parse_answer(good + "x")) << "more than announced";
    EXPECT_FALSE(parse_answer(std::string_view(good).substr(0, good.size() - 1))) << "less";
    EXPECT_FALSE(parse_answer("tocsin-media-2" + good.substr(14)));
    for (const std::string line : {
             "photo 640 480 0 4 0",           // no thumbnail
             "photo 0 480 0 4 0",             // no width
             "photo 640 480 0 0 0",           // no bytes
             "photo 640 -480 0 4 0",          // negative
             "photo 640 480 0 04 0",          // written otherwise
             "photo 640 480 0 4 0 0",         // one number more
             "photo 640 480 60001 4 0",       // too long
             "photo 65536 480 0 4 0",         // too wide
             "voice 1 1 1000 4 0",            // voice with a size
             "video 640 480 0 4 0",           // no such thing
             "photo 640 480 0 99999999 0",    // over the bound
             "refused nonsense Something.",   // no such reason
             "refused too_large A\x1b[31mB",  // not printable
         }) {
        EXPECT_FALSE(parse_answer("tocsin-media-1 " + line + "\nabcd")) << line;
    }
    EXPECT_FALSE(parse_answer("tocsin-media-1 refused too_large Bytes follow.\nabcd"));
    EXPECT_FALSE(parse_answer(std::string(1'000, 'a') + "\n")) << "a line over its bound";
}

}  // namespace
}  // namespace tocsin::converter::test
