// The window and its index against the plainest reading of the same words: a list that is searched
// from its beginning.

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "hub/fanout/encode.hpp"
#include "hub/fanout/subscribers.hpp"
#include "hub/fanout/window.hpp"

namespace tocsin::fanout {
namespace {

using tocsin::v1::Lane;
using tocsin::v1::LANE_ALARM;
using tocsin::v1::LANE_ROUTINE;

EntryPtr entry(std::uint64_t at,
               Lane lane,
               const std::vector<std::pair<FeedKey, int>>& feeds,
               std::size_t size = 10) {
    auto made = std::make_shared<Entry>();
    made->offset = {at, 0};
    made->lane = lane;
    for (const auto& [feed, richness] : feeds) {
        made->deliveries.push_back(
            {feed,
             richness,
             std::make_shared<const Frame>(std::to_string(at) + ':' + std::to_string(richness) +
                                           ':' + std::string(size, 'x'))});
        made->bytes += made->deliveries.back().frame->binary().size();
    }
    return made;
}

Batch batch(std::uint64_t after, std::vector<EntryPtr> entries) {
    Batch made;
    made.after = {after, 0};
    made.to = entries.empty() ? made.after : entries.back()->offset;
    made.entries = std::move(entries);
    return made;
}

std::vector<std::string> names(const std::vector<FramePtr>& frames) {
    std::vector<std::string> made;
    for (const auto& frame : frames) {
        made.push_back(frame->binary().substr(0, frame->binary().rfind(':')));
    }
    return made;
}

TEST(Window, GivesEachEntryOnceInItsRichestView) {
    Window window({});
    window.append(batch(0,
                        {entry(1, LANE_ROUTINE, {{"a#1", 1}, {"b#9", 9}}),
                         entry(2, LANE_ROUTINE, {{"a#1", 1}})}),
                  0);
    log::Offset at{};
    std::vector<FramePtr> out;
    window.gather({"a#1", "b#9"}, LANE_ROUTINE, at, 10, 1000, out);
    EXPECT_EQ(names(out), (std::vector<std::string>{"1:9", "2:1"}));
    EXPECT_EQ(at, window.head());
}

TEST(Window, KeepsTheLanesApart) {
    Window window({});
    window.append(batch(0,
                        {entry(1, LANE_ROUTINE, {{"a", 1}}),
                         entry(2, LANE_ALARM, {{"a", 1}}),
                         entry(3, LANE_ROUTINE, {{"a", 1}})}),
                  0);
    log::Offset alarm{};
    std::vector<FramePtr> out;
    EXPECT_TRUE(window.waiting({"a"}, LANE_ALARM, alarm));
    window.gather({"a"}, LANE_ALARM, alarm, 10, 1000, out);
    EXPECT_EQ(names(out), std::vector<std::string>{"2:1"});
    EXPECT_FALSE(window.waiting({"a"}, LANE_ALARM, alarm));
    EXPECT_TRUE(window.waiting({"a"}, LANE_ROUTINE, {2, 0}));
}

constexpr std::int64_t kUntilMs = 1'000'000;

// An event about the notice, to the public and to its desk.
EntryPtr about(std::uint64_t at,
               Lane lane,
               tocsin::v1::NoticeState state,
               const std::string& text,
               std::int64_t until_ms = 0) {
    tocsin::store::v1::EventBody body;
    body.set_lane(lane);
    for (const auto view : {tocsin::store::v1::VIEW_PUBLIC, tocsin::store::v1::VIEW_OFFICER}) {
        auto& audience = *body.add_audiences();
        audience.set_channel("all");
        audience.set_view(view);
    }
    auto& notice = *body.mutable_notice()->mutable_notice();
    notice.set_id("n");
    notice.set_state(state);
    notice.set_text(text);
    notice.set_reason("found");
    if (until_ms != 0) {
        notice.set_kind(tocsin::v1::NOTICE_KIND_LOOKOUT);
        notice.set_identifies_person(true);
        notice.set_until_time_ms(until_ms);
    }
    return encode({at, 0}, &body);
}

TEST(Window, P5_NobodyGetsWordsThatWereWithdrawnMeanwhile) {
    Window window({});
    window.append(batch(0,
                        {about(1, LANE_ROUTINE, tocsin::v1::NOTICE_STATE_ACTIVE, "the secret"),
                         entry(2, LANE_ROUTINE, {{"all#1", 1}})}),
                  0);
    window.append(
        batch(2, {about(3, LANE_ALARM, tocsin::v1::NOTICE_STATE_WITHDRAWN, "the secret")}), 0);
    const auto read = [&](tocsin::store::v1::View view) {
        const FeedKey feed = key_of({"all", view});
        std::string all;
        for (const Lane lane : {LANE_ALARM, LANE_ROUTINE}) {
            log::Offset at{};
            std::vector<FramePtr> out;
            window.gather({feed}, lane, at, 10, 10'000, out);
            EXPECT_EQ(out.size(), 1u) << "nothing is left out";
            for (const FramePtr& frame : out) {
                all += frame->binary() + frame->json();
            }
        }
        return all;
    };
    EXPECT_EQ(read(tocsin::store::v1::VIEW_PUBLIC).find("the secret"), std::string::npos);
    EXPECT_NE(read(tocsin::store::v1::VIEW_PUBLIC).find("【已撤回】[WITHDRAWN] found"),
              std::string::npos);
    EXPECT_NE(read(tocsin::store::v1::VIEW_OFFICER).find("the secret"), std::string::npos);
}

TEST(Window, P5_NobodyGetsWordsOfAPersonThatAreOverMeanwhile) {
    Window window({});
    const auto issued =
        about(1, LANE_ROUTINE, tocsin::v1::NOTICE_STATE_ACTIVE, "the secret", kUntilMs);
    window.append(batch(0, {issued}), 0);
    const auto read = [&](tocsin::store::v1::View view) {
        log::Offset at{};
        std::vector<FramePtr> out;
        window.gather({key_of({"all", view})}, LANE_ROUTINE, at, 10, 10'000, out);
        return out.empty() ? std::string() : out.front()->binary();
    };
    EXPECT_NE(read(tocsin::store::v1::VIEW_PUBLIC).find("the secret"), std::string::npos);
    Batch over = batch(1, {});
    over.over.push_back(issued->notice);
    window.append(over, 0);
    EXPECT_EQ(read(tocsin::store::v1::VIEW_PUBLIC).find("the secret"), std::string::npos);
    EXPECT_NE(read(tocsin::store::v1::VIEW_PUBLIC).find("【已到期】"), std::string::npos);
    EXPECT_NE(read(tocsin::store::v1::VIEW_OFFICER).find("the secret"), std::string::npos);
}

TEST(Window, StaysInItsBoundsAndSaysFromWhereItCovers) {
    Window window({.bytes = 4'000, .age_ms = 1'000, .entries = 5});
    for (std::uint64_t at = 1; at <= 20; ++at) {
        window.append(batch(at - 1, {entry(at, LANE_ROUTINE, {{"a", 1}})}), 0);
    }
    EXPECT_EQ(window.size(), 5u);
    EXPECT_EQ(window.begins_after(), (log::Offset{15, 0}));
    EXPECT_FALSE(window.covers({14, 0}));
    EXPECT_TRUE(window.covers({15, 0}));
    window.append(batch(20, {entry(21, LANE_ROUTINE, {{"a", 1}}, 3'900)}), 0);
    EXPECT_LE(window.size(), 1u);
    window.append(batch(21, {}), 5'000);
    EXPECT_EQ(window.size(), 0u);
    EXPECT_EQ(window.bytes(), 0u);
    EXPECT_EQ(window.head(), (log::Offset{21, 0}));
    EXPECT_TRUE(window.covers({21, 0}));
}

TEST(Window, GivesAtLeastOneFrameHoweverLong) {
    Window window({});
    window.append(
        batch(0, {entry(1, LANE_ROUTINE, {{"a", 1}}, 5'000), entry(2, LANE_ROUTINE, {{"a", 1}})}),
        0);
    log::Offset at{};
    std::vector<FramePtr> out;
    window.gather({"a"}, LANE_ROUTINE, at, 10, 100, out);
    EXPECT_EQ(out.size(), 1u);
    EXPECT_EQ(at, (log::Offset{1, 0}));
}

TEST(Window, P3_ReadersOfEveryKindMissNothingAndRepeatNothing) {
    std::mt19937 dice(7);
    const std::vector<FeedKey> all{"a#1", "a#2", "b#1", "c#5", "d#9"};
    for (int round = 0; round < 200; ++round) {
        Window window({.bytes = 1u << 20, .age_ms = 1'000'000, .entries = 30 + dice() % 300});
        std::vector<EntryPtr> log;
        struct Reader {
            std::vector<FeedKey> feeds;
            log::Offset at[2];
            std::vector<std::string> got[2];
            bool fell_off = false;
        };
        std::vector<Reader> readers(5);
        for (auto& reader : readers) {
            std::ranges::copy_if(all, std::back_inserter(reader.feeds), [&](const auto&) {
                return dice() % 2 == 0;
            });
        }
        std::uint64_t at = 0;
        for (int step = 0; step < 100; ++step) {
            std::vector<EntryPtr> fresh;
            const std::uint64_t after = at;
            for (unsigned n = dice() % 6; n > 0; --n) {
                std::vector<std::pair<FeedKey, int>> feeds;
                for (const auto& feed : all) {
                    if (dice() % 3 == 0) {
                        feeds.emplace_back(feed, feed.back() - '0');
                    }
                }
                fresh.push_back(entry(++at, dice() % 4 == 0 ? LANE_ALARM : LANE_ROUTINE, feeds));
                log.push_back(fresh.back());
            }
            const Batch made = batch(after, fresh);
            window.append(made, step);
            for (auto& reader : readers) {
                if (dice() % 3 != 0) {
                    continue;
                }
                for (const Lane lane : {LANE_ALARM, LANE_ROUTINE}) {
                    auto& position = reader.at[lane == LANE_ALARM];
                    std::vector<FramePtr> out;
                    if (window.covers(position)) {
                        window.gather(
                            reader.feeds, lane, position, 1 + dice() % 4, 1 + dice() % 100, out);
                    } else {
                        Batch stretch = batch(position.ms, {});
                        std::ranges::copy_if(
                            log, std::back_inserter(stretch.entries), [&](const EntryPtr& old) {
                                return old->offset > position && old->offset.ms <= position.ms + 10;
                            });
                        stretch.to = stretch.entries.back()->offset;
                        gather(stretch,
                               reader.feeds,
                               lane,
                               position,
                               1 + dice() % 4,
                               1 + dice() % 100,
                               out);
                        reader.fell_off = true;
                    }
                    std::ranges::move(names(out),
                                      std::back_inserter(reader.got[lane == LANE_ALARM]));
                }
            }
        }
        for (auto& reader : readers) {
            for (const Lane lane : {LANE_ALARM, LANE_ROUTINE}) {
                std::vector<std::string> expected;
                for (const auto& old : log) {
                    int best = 0;
                    for (const auto& delivery : old->deliveries) {
                        if (std::ranges::find(reader.feeds, delivery.feed) != reader.feeds.end()) {
                            best = std::max(best, delivery.richness);
                        }
                    }
                    if (best > 0 && old->lane == lane &&
                        old->offset <= reader.at[lane == LANE_ALARM]) {
                        expected.push_back(std::to_string(old->offset.ms) + ':' +
                                           std::to_string(best));
                    }
                }
                EXPECT_EQ(reader.got[lane == LANE_ALARM], expected);
            }
        }
    }
}

TEST(Subscribers, NamesEachReaderOfABatchOnce) {
    Subscribers subscribers;
    subscribers.set(1, {"a", "b"});
    subscribers.set(2, {"b"});
    subscribers.set(3, {"c"});
    std::vector<Slot> touched;
    subscribers.touched_by(
        batch(0,
              {entry(1, LANE_ROUTINE, {{"a", 1}, {"b", 1}}), entry(2, LANE_ROUTINE, {{"b", 1}})}),
        touched);
    std::ranges::sort(touched);
    EXPECT_EQ(touched, (std::vector<Slot>{1, 2}));
    subscribers.set(1, {});
    subscribers.set(2, {"c"});
    touched.clear();
    subscribers.touched_by(batch(2, {entry(3, LANE_ROUTINE, {{"a", 1}, {"b", 1}})}), touched);
    EXPECT_TRUE(touched.empty());
}

TEST(Frame, IsTheSameMessageInJson) {
    tocsin::v1::Entry said;
    said.set_request_id(7);
    said.mutable_pong()->set_time_ms(1'790'000'000'000);
    const FramePtr frame = frame_of(said);
    EXPECT_EQ(frame->json(),
              R"({"entries":[{"requestId":"7","pong":{"timeMs":"1790000000000"}}]})");
    tocsin::v1::ServerMessage two;
    ASSERT_TRUE(two.ParseFromString(frame->binary() + frame->binary()));
    EXPECT_EQ(two.entries_size(), 2);
}

}  // namespace
}  // namespace tocsin::fanout
