// What goes out together: the same bytes however they are gathered, and the same frames for whoever
// shares them as for whoever asks alone.

#include <gtest/gtest.h>

#include <random>

#include "hub/fanout/window.hpp"

namespace tocsin::fanout {
namespace {

using tocsin::v1::Lane;
using tocsin::v1::LANE_ALARM;
using tocsin::v1::LANE_ROUTINE;

FramePtr frame(std::string bytes) {
    return std::make_shared<const Frame>(std::move(bytes));
}

std::string joined(const std::vector<std::string_view>& pieces) {
    std::string all;
    for (const std::string_view piece : pieces) {
        all += piece;
    }
    return all;
}

// Payload lengths of the WebSocket messages in these bytes.
std::vector<std::size_t> lengths(std::string_view bytes) {
    std::vector<std::size_t> found;
    while (!bytes.empty()) {
        std::size_t length = static_cast<unsigned char>(bytes[1]);
        std::size_t head = 2;
        if (length >= 126) {
            head = length == 126 ? 4 : 10;
            length = 0;
            for (std::size_t i = 2; i < head; ++i) {
                length = length << 8 | static_cast<unsigned char>(bytes[i]);
            }
        }
        found.push_back(length);
        bytes.remove_prefix(head + length);
    }
    return found;
}

TEST(MessageHead, IsAsRfc6455HasIt) {
    const auto head = [](MessageType type, std::size_t size) {
        return std::string(MessageHead(type, size).bytes());
    };
    using namespace std::string_literals;
    EXPECT_EQ(head(MessageType::text, 0), "\x81\x00"s);
    EXPECT_EQ(head(MessageType::binary, 125), "\x82\x7d"s);
    EXPECT_EQ(head(MessageType::binary, 126), "\x82\x7e\x00\x7e"s);
    EXPECT_EQ(head(MessageType::binary, 65'535), "\x82\x7e\xff\xff"s);
    EXPECT_EQ(head(MessageType::text, 65'536), "\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"s);
}

TEST(Bundle, IsTheSameBytesForTheFirstAndForTheOthers) {
    for (const std::size_t size : {1u, 100u, 300u, 40'000u}) {
        Bundle bundle({frame(std::string(size, 'a')), frame("b"), frame(std::string(size, 'c'))});
        std::vector<std::string_view> first;
        std::vector<std::string_view> second;
        std::vector<std::string_view> third;
        bundle.add_binary(first);
        bundle.add_binary(second);
        bundle.add_binary(third);
        EXPECT_EQ(first.size(), 4u);
        ASSERT_EQ(second.size(), 1u);
        EXPECT_EQ(joined(first), joined(second));
        EXPECT_EQ(second.front().data(), third.front().data());
        EXPECT_EQ(lengths(joined(first)), std::vector<std::size_t>{2 * size + 1});
    }
}

TEST(Bundle, AsTextIsAMessageAFrame) {
    Bundle bundle({frame(""), frame("")});
    std::vector<std::string_view> out;
    bundle.add_text(out);
    EXPECT_EQ(joined(out), "\x81\x02{}\x81\x02{}");
}

struct Reader {
    std::vector<FeedKey> feeds;
    Window::Reading reading;
    Position at;
};

// Readers of all kinds at all places, sharing or not, against the same question asked alone.
TEST(Window, GivesToWhoeverSharesWhatItGivesToWhoeverAsksAlone) {
    std::mt19937_64 random(20'230'611);
    const auto any = [&](std::uint64_t most) { return random() % most; };
    std::size_t shared = 0;
    for (int round = 0; round < 30; ++round) {
        Window window({.bytes = 60'000, .age_ms = 1'000'000, .entries = 200});
        std::vector<Reader> readers;
        for (int i = 0; i < 30; ++i) {
            Reader reader;
            for (char feed = 'a'; feed < 'h'; ++feed) {
                if (any(3) == 0) {
                    reader.feeds.emplace_back(1, feed);
                }
            }
            reader.reading = window.read(reader.feeds);
            readers.push_back(std::move(reader));
        }
        std::uint64_t head = 0;
        for (int step = 0; step < 60; ++step) {
            Batch batch;
            batch.after = {head, 0};
            for (std::uint64_t i = any(20); i > 0; --i) {
                auto entry = std::make_shared<Entry>();
                entry->offset = {++head, 0};
                entry->lane = any(4) == 0 ? LANE_ALARM : LANE_ROUTINE;
                for (char feed = 'a'; feed < 'h'; ++feed) {
                    if (any(4) == 0) {
                        entry->deliveries.push_back(
                            {FeedKey(1, feed),
                             static_cast<int>(any(3)),
                             frame(std::to_string(head) + feed + std::string(any(200), 'x'))});
                        entry->bytes += entry->deliveries.back().frame->binary().size();
                    }
                }
                batch.entries.push_back(std::move(entry));
            }
            batch.to = {head, 0};
            window.append(batch, 0);
            std::vector<BundlePtr> given;
            for (Reader& reader : readers) {
                if (any(3) == 0) {
                    continue;  // sleeps
                }
                for (const Lane lane : {LANE_ALARM, LANE_ROUTINE}) {
                    log::Offset& at = reader.at.of(lane);
                    at = std::max(at, window.begins_after());
                    const Portion most{1 + any(2) * 63, any(2) == 0 ? 300u : 32'768u};
                    log::Offset alone_at = at;
                    std::vector<FramePtr> alone;
                    window.gather(reader.feeds, lane, alone_at, most.frames, most.bytes, alone);
                    ASSERT_EQ(window.waiting(reader.reading, lane, at), !alone.empty());
                    const BundlePtr bundle = window.next(reader.reading, lane, at, most);
                    ASSERT_EQ(bundle == nullptr ? std::vector<FramePtr>() : bundle->frames(),
                              alone);
                    ASSERT_EQ(at, alone_at);
                    if (bundle != nullptr) {
                        shared += std::ranges::count(given, bundle) > 0 ? 1 : 0;
                        given.push_back(bundle);
                    }
                }
            }
            if (any(2) == 0) {
                window.forget_bundles();
            }
        }
    }
    EXPECT_GT(shared, 500u);
}

TEST(Window, KeepsAFeedThatIsReadAndForgetsOneThatIsNot) {
    Window window({});
    const Window::Reading reading = window.read({"read"});
    for (int i = 0; i < 5'000; ++i) {
        window.read({"passing " + std::to_string(i)});
    }
    window.restart({7, 0});
    Batch batch;
    batch.after = {7, 0};
    batch.to = {8, 0};
    auto entry = std::make_shared<Entry>();
    entry->offset = {8, 0};
    entry->lane = LANE_ALARM;
    entry->deliveries.push_back({"read", 1, frame("x")});
    batch.entries.push_back(std::move(entry));
    window.append(batch, 0);
    EXPECT_TRUE(window.waiting(reading, LANE_ALARM, {7, 0}));
    EXPECT_FALSE(window.waiting(reading, LANE_ROUTINE, {7, 0}));
}

}  // namespace
}  // namespace tocsin::fanout
