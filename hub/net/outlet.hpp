#pragma once
// The one way out of a connection: what is gathered for it and what Beast writes of itself (the
// answer to the upgrade, pongs, closes) go through here, each whole before the next begins, so that
// no control frame lands inside a half-sent message. What the socket does not take at once stays
// here as the rest of that one load, held by its owners and never copied. Used by one thread.

#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>
#include <boost/system/error_code.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace tocsin::net {

using boost::system::error_code;

// What goes out in one go. A shard keeps one for all its connections.
struct Load {
    std::vector<std::string_view> pieces;
    std::vector<std::shared_ptr<const void>> owners;  // who keep the pieces where they lie

    bool empty() const { return pieces.empty(); }
    void clear() {
        pieces.clear();
        owners.clear();
    }
};

class OutletOwner {
public:
    // Never from inside a call: what was held back has gone out, or never will: then with the
    // error. Nothing is held back any more.
    virtual void on_taken(error_code error) = 0;

protected:
    ~OutletOwner() = default;
};

// A Pipe has
//   std::size_t write(const iovec*, std::size_t count, error_code&)   at once; would_block: none
//   void when_writable(std::move_only_function<void(error_code)>)     later; one at a time
//   void later(std::move_only_function<void()>)                       never from inside the call
// and keeps the outlet, or drops what it was given to do.
template <class Pipe>
class Outlet {
public:
    using Done = std::move_only_function<void(error_code, std::size_t)>;
    enum class Sent {
        all,
        part,  // the rest follows by itself, then on_taken() is called
        none,  // the connection is closed for messages, or broken
    };

    Outlet(Pipe pipe, OutletOwner& owner) : pipe_(std::move(pipe)), owner_(owner) {}

    Pipe& pipe() { return pipe_; }

    // A load may be sent.
    bool is_free() const { return !waiting_ && !closed_ && !error_; }
    // A close frame was written or waits to be: no message follows it.
    bool is_closed() const { return closed_; }
    // All that was given has gone out, or never will.
    bool is_drained() const { return !waiting_; }

    // Only while is_free(). Takes pieces and owners out of the load where something is left over.
    Sent send(Load& load);
    // One write of Beast's, whole: it goes out after what is half-sent. `done` comes later.
    void write(std::vector<iovec> bytes, Done done);

private:
    struct Control {
        std::vector<iovec> bytes;
        std::size_t size = 0;
        Done done;
    };
    // Of a connection whose socket is full; one that keeps up has none.
    struct Rest {
        Load load;
        std::size_t next = 0;     // of load.pieces
        std::size_t skipped = 0;  // of pieces[next]: these bytes have gone out
        std::optional<Control> control;
        std::size_t control_sent = 0;
    };
    static constexpr std::size_t kMostPieces = 128;

    std::size_t write_some(const std::vector<std::string_view>& pieces,
                           std::size_t& next,
                           std::size_t& skipped);
    void wait();
    void go_on(error_code error);
    void fail(error_code error);

    bool closed_ = false;
    std::unique_ptr<Rest> waiting_;
    error_code error_;
    Pipe pipe_;
    OutletOwner& owner_;
};

// --- below: how ---

inline bool is_close_frame(const std::vector<iovec>& bytes) {
    constexpr unsigned char kFinalClose = 0x88;
    return !bytes.empty() && bytes.front().iov_len > 0 &&
           *static_cast<const unsigned char*>(bytes.front().iov_base) == kFinalClose;
}

// Writes from pieces[next] on, the first `skipped` bytes of which are gone, until all is written or
// the pipe takes no more; what is left is where both point then. Error: in error_.
template <class Pipe>
std::size_t Outlet<Pipe>::write_some(const std::vector<std::string_view>& pieces,
                                     std::size_t& next,
                                     std::size_t& skipped) {
    std::size_t total = 0;
    while (next < pieces.size()) {
        std::array<iovec, kMostPieces> vector;
        std::size_t count = 0;
        std::size_t offered = 0;
        for (std::size_t at = next; at < pieces.size() && count < kMostPieces; ++at, ++count) {
            const std::size_t from = at == next ? skipped : 0;
            vector[count] = {const_cast<char*>(pieces[at].data()) + from, pieces[at].size() - from};
            offered += vector[count].iov_len;
        }
        error_code error;
        const std::size_t written = pipe_.write(vector.data(), count, error);
        if (error) {
            if (error != boost::asio::error::would_block) {
                error_ = error;
            }
            return total;
        }
        total += written;
        std::size_t left = written + skipped;
        while (next < pieces.size() && left >= pieces[next].size()) {
            left -= pieces[next++].size();
        }
        skipped = left;
        if (written < offered) {
            return total;
        }
    }
    return total;
}

template <class Pipe>
typename Outlet<Pipe>::Sent Outlet<Pipe>::send(Load& load) {
    if (!is_free()) {
        return Sent::none;
    }
    std::size_t next = 0;
    std::size_t skipped = 0;
    write_some(load.pieces, next, skipped);
    if (error_) {
        return Sent::none;
    }
    if (next == load.pieces.size()) {
        return Sent::all;
    }
    waiting_ = std::make_unique<Rest>();
    waiting_->next = next;
    waiting_->skipped = skipped;
    std::swap(waiting_->load, load);
    wait();
    return Sent::part;
}

template <class Pipe>
void Outlet<Pipe>::write(std::vector<iovec> bytes, Done done) {
    Control control{std::move(bytes), 0, std::move(done)};
    for (const iovec& part : control.bytes) {
        control.size += part.iov_len;
    }
    closed_ = closed_ || is_close_frame(control.bytes);
    std::size_t sent = 0;
    if (!error_ && !waiting_) {
        error_code error;
        sent = pipe_.write(control.bytes.data(), control.bytes.size(), error);
        if (error == boost::asio::error::would_block) {
            sent = 0;
        } else if (error) {
            error_ = error;
        }
    }
    if (error_ || sent == control.size) {
        pipe_.later([done = std::move(control.done), error = error_, sent]() mutable {
            done(error, sent);
        });
        return;
    }
    if (!waiting_) {
        waiting_ = std::make_unique<Rest>();
        waiting_->control_sent = sent;
        waiting_->control = std::move(control);
        wait();
        return;
    }
    waiting_->control = std::move(control);
}

template <class Pipe>
void Outlet<Pipe>::wait() {
    pipe_.when_writable([this](error_code error) { go_on(error); });
}

template <class Pipe>
void Outlet<Pipe>::go_on(error_code error) {
    if (!waiting_) {
        return;
    }
    if (error) {
        fail(error);
        return;
    }
    Rest& rest = *waiting_;
    write_some(rest.load.pieces, rest.next, rest.skipped);
    if (error_) {
        fail(error_);
        return;
    }
    if (rest.next < rest.load.pieces.size()) {
        wait();
        return;
    }
    if (rest.control) {
        std::vector<std::string_view> pieces;
        for (const iovec& part : rest.control->bytes) {
            pieces.emplace_back(static_cast<const char*>(part.iov_base), part.iov_len);
        }
        std::size_t next = 0;
        std::size_t skipped = rest.control_sent;
        while (next < pieces.size() && skipped >= pieces[next].size()) {
            skipped -= pieces[next++].size();
        }
        rest.control_sent += write_some(pieces, next, skipped);
        if (error_) {
            fail(error_);
            return;
        }
        if (rest.control_sent < rest.control->size) {
            wait();
            return;
        }
    }
    const auto done_with = std::exchange(waiting_, nullptr);
    if (done_with->control) {
        done_with->control->done({}, done_with->control->size);
    }
    owner_.on_taken({});
}

template <class Pipe>
void Outlet<Pipe>::fail(error_code error) {
    error_ = error;
    if (const auto dropped = std::exchange(waiting_, nullptr)) {
        if (dropped->control) {
            dropped->control->done(error, 0);
        }
        owner_.on_taken(error);
    }
}

}  // namespace tocsin::net
