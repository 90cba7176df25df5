// The one way out of a connection, on a pipe that takes as many bytes as a test wants: whatever is
// taken when, each frame leaves whole.

#include <gtest/gtest.h>

#include <deque>
#include <string>

#include "hub/net/outlet.hpp"

namespace tocsin::net {
namespace {

namespace error = boost::asio::error;

struct FakePipe {
    std::string out;
    std::size_t room = 0;  // bytes that it still takes
    error_code broken;
    std::move_only_function<void(error_code)> writable;
    std::deque<std::move_only_function<void()>> posted;
    int writes = 0;

    std::size_t write(const iovec* pieces, std::size_t count, error_code& result) {
        ++writes;
        if (broken) {
            result = broken;
            return 0;
        }
        std::size_t taken = 0;
        for (std::size_t i = 0; i < count && room > 0; ++i) {
            const std::size_t part = std::min(room, pieces[i].iov_len);
            out.append(static_cast<const char*>(pieces[i].iov_base), part);
            room -= part;
            taken += part;
        }
        if (taken == 0) {
            result = error::would_block;
        }
        return taken;
    }
    void when_writable(std::move_only_function<void(error_code)> then) {
        ASSERT_FALSE(writable) << "waits twice";
        writable = std::move(then);
    }
    void later(std::move_only_function<void()> what) { posted.push_back(std::move(what)); }

    // The peer reads so many bytes.
    void make_room(std::size_t bytes) {
        room += bytes;
        run();
        if (writable) {
            std::exchange(writable, nullptr)({});
        }
        run();
    }
    void run() {
        while (!posted.empty()) {
            auto what = std::move(posted.front());
            posted.pop_front();
            what();
        }
    }
};

struct PipeEnd {
    FakePipe* pipe;
    std::size_t write(const iovec* pieces, std::size_t count, error_code& result) {
        return pipe->write(pieces, count, result);
    }
    void when_writable(std::move_only_function<void(error_code)> then) {
        pipe->when_writable(std::move(then));
    }
    void later(std::move_only_function<void()> what) { pipe->later(std::move(what)); }
};

struct Peer final : OutletOwner {
    void on_taken(error_code why) override { taken.push_back(why); }

    FakePipe pipe;
    std::vector<error_code> taken;
    Outlet<PipeEnd> outlet{{&pipe}, *this};
    std::vector<std::string> frames = {"\x82\x03", "one", "", "second, and longer", "3"};
    std::string ping = "\x8a\x04pong";
    std::string bye = "\x88\x02\x03\xe8";
    std::vector<std::pair<error_code, std::size_t>> written;

    Outlet<PipeEnd>::Sent send() {
        Load load;
        for (const std::string& frame : frames) {
            load.pieces.emplace_back(frame);
        }
        load.owners.push_back(std::make_shared<int>(1));
        return outlet.send(load);
    }
    void control(std::string& bytes) {
        outlet.write(
            {{bytes.data(), 2}, {bytes.data() + 2, bytes.size() - 2}},
            [this](error_code why, std::size_t count) { written.emplace_back(why, count); });
    }
    std::string batch() const {
        std::string all;
        for (const std::string& frame : frames) {
            all += frame;
        }
        return all;
    }
};
using Sent = Outlet<PipeEnd>::Sent;

TEST(Outlet, SendsAtOnceWhatTheSocketTakes) {
    Peer peer;
    peer.pipe.room = 1'000;
    EXPECT_EQ(peer.send(), Sent::all);
    EXPECT_EQ(peer.send(), Sent::all);
    EXPECT_EQ(peer.pipe.out, peer.batch() + peer.batch());
    EXPECT_EQ(peer.pipe.writes, 2);
    EXPECT_TRUE(peer.taken.empty());
    EXPECT_FALSE(peer.pipe.writable);
}

TEST(Outlet, GoesOnAfterAPartialSendAtEveryByte) {
    for (std::size_t first = 0; first < Peer().batch().size(); ++first) {
        for (std::size_t step = 1; step < 6; ++step) {
            Peer peer;
            peer.pipe.room = first;
            ASSERT_EQ(peer.send(), Sent::part) << first;
            EXPECT_FALSE(peer.outlet.is_free());
            EXPECT_EQ(peer.send(), Sent::none);
            while (peer.taken.empty()) {
                ASSERT_LE(peer.pipe.out.size(), peer.batch().size());
                peer.pipe.make_room(step);
            }
            EXPECT_EQ(peer.pipe.out, peer.batch()) << first << " then " << step;
            EXPECT_EQ(peer.taken, std::vector{error_code{}});
            EXPECT_TRUE(peer.outlet.is_free());
            EXPECT_FALSE(peer.pipe.writable);
        }
    }
}

TEST(Outlet, HoldsTheOwnersOfAHalfSentLoadAndNoLonger) {
    Peer peer;
    peer.pipe.room = 4;
    auto owner = std::make_shared<int>(1);
    Load load{{"half of this"}, {owner}};
    ASSERT_EQ(peer.outlet.send(load), Sent::part);
    EXPECT_TRUE(load.empty());
    EXPECT_EQ(owner.use_count(), 2);
    peer.pipe.make_room(100);
    EXPECT_EQ(owner.use_count(), 1);
}

TEST(Outlet, AnswersAPingAfterTheHalfSentBatch) {
    for (std::size_t first = 0; first < Peer().batch().size(); ++first) {
        for (const std::size_t step : {1u, 3u, 1'000u}) {
            Peer peer;
            peer.pipe.room = first;
            ASSERT_EQ(peer.send(), Sent::part);
            peer.pipe.room = step;  // the peer reads meanwhile, which nobody has been told yet
            peer.control(peer.ping);
            while (peer.taken.empty()) {
                EXPECT_TRUE(peer.written.empty());
                peer.pipe.make_room(step);
            }
            EXPECT_EQ(peer.pipe.out, peer.batch() + peer.ping) << first << " then " << step;
            EXPECT_EQ(peer.written, (std::vector{std::pair{error_code{}, peer.ping.size()}}));
            peer.pipe.room = 1'000;
            EXPECT_EQ(peer.send(), Sent::all);
        }
    }
}

TEST(Outlet, SendsNothingIntoAHalfSentPong) {
    for (std::size_t first = 0; first < Peer().ping.size(); ++first) {
        Peer peer;
        peer.pipe.room = first;
        peer.control(peer.ping);
        EXPECT_FALSE(peer.outlet.is_free());
        EXPECT_EQ(peer.send(), Sent::none);
        while (peer.taken.empty()) {
            peer.pipe.make_room(1);
        }
        EXPECT_EQ(peer.pipe.out, peer.ping) << first;
        EXPECT_EQ(peer.written.size(), 1u);
        peer.pipe.room = 1'000;
        EXPECT_EQ(peer.send(), Sent::all);
    }
}

TEST(Outlet, ClosesAfterTheHalfSentBatchAndSendsNoMessageAfterThat) {
    for (std::size_t first = 0; first < Peer().batch().size(); ++first) {
        Peer peer;
        peer.pipe.room = first;
        ASSERT_EQ(peer.send(), Sent::part);
        peer.pipe.room = 3;
        peer.control(peer.bye);
        while (peer.taken.empty()) {
            peer.pipe.make_room(2);
        }
        EXPECT_EQ(peer.pipe.out, peer.batch() + peer.bye) << first;
        EXPECT_TRUE(peer.outlet.is_drained());
        peer.pipe.room = 1'000;
        EXPECT_EQ(peer.send(), Sent::none);
        EXPECT_EQ(peer.pipe.out, peer.batch() + peer.bye);
    }
}

TEST(Outlet, TheAnswerToTheUpgradeIsNoCloseFrame) {
    Peer peer;
    peer.pipe.room = 1'000;
    std::string answer = "HTTP/1.1 101 Switching Protocols\r\n\r\n";
    peer.control(answer);
    EXPECT_TRUE(peer.written.empty()) << "from inside the call";
    peer.pipe.run();
    EXPECT_EQ(peer.written.size(), 1u);
    EXPECT_EQ(peer.send(), Sent::all);
}

TEST(Outlet, TellsEverybodyOnceWhenItBreaksInTheMiddle) {
    for (std::size_t first = 0; first < Peer().batch().size(); ++first) {
        Peer peer;
        peer.pipe.room = first;
        ASSERT_EQ(peer.send(), Sent::part);
        peer.control(peer.ping);
        peer.pipe.broken = error::connection_reset;
        peer.pipe.make_room(5);
        EXPECT_EQ(peer.taken, std::vector<error_code>{error::connection_reset});
        EXPECT_EQ(peer.written,
                  (std::vector{std::pair{error_code{error::connection_reset}, std::size_t{0}}}));
        EXPECT_EQ(peer.pipe.out, peer.batch().substr(0, first));
        EXPECT_EQ(peer.send(), Sent::none);
        peer.control(peer.bye);
        peer.pipe.run();
        EXPECT_EQ(peer.written.size(), 2u);
        EXPECT_EQ(peer.written.back().first, error::connection_reset);
    }
}

TEST(Outlet, TellsWhenTheWaitItselfFails) {
    Peer peer;
    peer.pipe.room = 2;
    ASSERT_EQ(peer.send(), Sent::part);
    std::exchange(peer.pipe.writable, nullptr)(error::operation_aborted);
    EXPECT_EQ(peer.taken, std::vector<error_code>{error::operation_aborted});
    EXPECT_FALSE(peer.outlet.is_free());
}

TEST(Outlet, SendsMoreThanOneCallTakes) {
    Peer peer;
    peer.frames.assign(1'000, "piece ");
    peer.pipe.room = 3'001;
    ASSERT_EQ(peer.send(), Sent::part);
    peer.pipe.make_room(10'000);
    EXPECT_EQ(peer.pipe.out, peer.batch());
}

}  // namespace
}  // namespace tocsin::net
