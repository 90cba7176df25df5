#pragma once
// The thin layer between websocket::stream and its socket. What is written passes through the
// connection's outlet, beside what is gathered for it. What is read is counted until it is
// explained: bytes that are neither part of a completed message nor a whole control frame, and for
// how long they have been waited on. A frame that trickles and a message of endless empty fragments
// look alike from here, and both are bounded by it. Included by line.cpp only.

#include <boost/asio/associator.hpp>
#include <boost/asio/compose.hpp>
#include <boost/beast/websocket/teardown.hpp>
#include <memory>

#include "hub/net/clock.hpp"
#include "hub/net/outlet.hpp"
#include "hub/net/shard_stats.hpp"
#include "hub/net/socket_pipe.hpp"

namespace tocsin::net {

class CountedStream {
public:
    using executor_type = Socket::executor_type;

    class Owner {
    public:
        // Once, when more than `most_unexplained` bytes are unexplained.
        virtual void on_flooded() = 0;

    protected:
        ~Owner() = default;
    };
    // All outlive the stream.
    CountedStream(Socket& socket,
                  Outlet<SocketPipe>& outlet,
                  ShardStats& stats,
                  Owner& owner,
                  std::size_t most_unexplained)
        : socket_(socket),
          outlet_(outlet),
          stats_(stats),
          owner_(owner),
          most_unexplained_(most_unexplained) {}
    CountedStream(const CountedStream&) = delete;
    CountedStream& operator=(const CountedStream&) = delete;

    executor_type get_executor() noexcept { return socket_.get_executor(); }
    Socket& socket() { return socket_; }

    template <class Buffers, class Handler>
    void async_read_some(const Buffers& buffers, Handler&& handler);
    template <class Buffers, class Handler>
    void async_write_some(const Buffers& buffers, Handler&& handler);

    // The peer's bytes so far were a whole message.
    void explain_all() {
        unexplained_ = 0;
        waited_ms_ = 0;
    }
    // A whole control frame with so long a payload was among them.
    void explain_control(std::size_t payload) {
        constexpr std::size_t kHeader = 2 + 4;  // a client's frames are masked
        const std::size_t frame = payload + kHeader;
        unexplained_ -= std::min(unexplained_, frame);
        if (unexplained_ == 0) {
            waited_ms_ = 0;
        }
    }
    // How long the peer has been waited for since it began what it has not finished. Time in which
    // nobody was reading is the hub's own and does not count.
    std::int64_t waited_ms(std::int64_t now) const {
        return unexplained_ == 0 ? 0 : waited_ms_ + (reading_ ? now - reading_since_ms_ : 0);
    }

    // Both sides have said that they close, or the peer's word is what Beast waits for before it
    // tears down: nothing is left to read then.
    void expect_no_more() { no_more_ = true; }
    bool expects_no_more() const { return no_more_; }
    bool is_tearing_down() const { return tearing_down_; }
    void begin_teardown() { tearing_down_ = true; }
    void on_read(std::size_t bytes);

private:
    Socket& socket_;
    Outlet<SocketPipe>& outlet_;
    ShardStats& stats_;
    Owner& owner_;
    const std::size_t most_unexplained_;
    std::size_t unexplained_ = 0;
    std::int64_t waited_ms_ = 0;
    std::int64_t reading_since_ms_ = 0;
    bool reading_ = false;
    bool flooded_ = false;
    bool no_more_ = false;
    bool tearing_down_ = false;
};

// A handler that counts before it passes on.
template <class Handler>
struct Counting {
    CountedStream* stream;
    Handler handler;

    void operator()(error_code error, std::size_t bytes) {
        stream->on_read(bytes);
        std::move(handler)(error, bytes);
    }
};

template <class Buffers, class Handler>
void CountedStream::async_read_some(const Buffers& buffers, Handler&& handler) {
    reading_ = true;
    reading_since_ms_ = now_ms();
    socket_.async_read_some(buffers,
                            Counting<std::decay_t<Handler>>{this, std::forward<Handler>(handler)});
}

template <class Buffers, class Handler>
void CountedStream::async_write_some(const Buffers& buffers, Handler&& handler) {
    std::vector<iovec> bytes;
    for (auto part = asio::buffer_sequence_begin(buffers);
         part != asio::buffer_sequence_end(buffers);
         ++part) {
        const asio::const_buffer buffer = *part;
        bytes.push_back({const_cast<void*>(buffer.data()), buffer.size()});
    }
    outlet_.write(std::move(bytes), std::forward<Handler>(handler));
}

inline void CountedStream::on_read(std::size_t bytes) {
    if (unexplained_ > 0) {
        waited_ms_ += now_ms() - reading_since_ms_;
    }
    reading_ = false;
    unexplained_ += bytes;
    stats_.bytes_in += static_cast<std::int64_t>(bytes);
    if (unexplained_ > most_unexplained_ && !flooded_ && !tearing_down_) {
        flooded_ = true;
        owner_.on_flooded();
    }
}

// After the close frames. Where the peer has not sent its own: says that nothing more will come,
// then reads and drops what the peer still sends, so that the kernel does not answer it with a
// reset that overtakes our close frame. Ends with the peer's end, at kMostDropped, or when the
// owner closes the socket at its deadline.
struct Drain {
    static constexpr std::size_t kMostDropped = 16u << 20;
    static constexpr std::size_t kAtOnce = 4'096;

    CountedStream& stream;
    std::unique_ptr<std::array<char, kAtOnce>> bin = nullptr;
    std::size_t dropped = 0;

    template <class Self>
    void operator()(Self& self, error_code error = {}, std::size_t bytes = 0) {
        if (bin == nullptr) {
            stream.begin_teardown();
            bin = std::make_unique<std::array<char, kAtOnce>>();
            error_code ignored;
            stream.socket().shutdown(Socket::shutdown_send, ignored);
            if (stream.expects_no_more()) {
                stream.socket().close(ignored);
            }
        }
        dropped += bytes;
        if (error || dropped > kMostDropped) {
            error_code ignored;
            stream.socket().close(ignored);
            self.complete({});
            return;
        }
        const auto buffer = asio::buffer(*bin);
        stream.socket().async_read_some(buffer, std::move(self));
    }
};

template <class Handler>
void async_teardown(boost::beast::role_type, CountedStream& stream, Handler&& handler) {
    asio::async_compose<Handler, void(error_code)>(Drain{stream}, handler, stream.socket());
}

inline void beast_close_socket(CountedStream& stream) {
    error_code ignored;
    stream.socket().close(ignored);
}

}  // namespace tocsin::net

template <template <class, class> class Associator, class Handler, class Default>
struct boost::asio::associator<Associator, tocsin::net::Counting<Handler>, Default>
    : Associator<Handler, Default> {
    static auto get(const tocsin::net::Counting<Handler>& counting) noexcept {
        return Associator<Handler, Default>::get(counting.handler);
    }
    static auto get(const tocsin::net::Counting<Handler>& counting,
                    const Default& fallback) noexcept {
        return Associator<Handler, Default>::get(counting.handler, fallback);
    }
};
