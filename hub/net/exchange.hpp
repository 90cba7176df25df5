#pragma once
// One request that is answered over HTTP and not upgraded: its body read within bounds, its answer
// written, the connection ended or handed back for the next request. What the answer is, a class of
// its own says. On the shard's thread.

#include <boost/beast/http/string_body.hpp>
#include <memory>
#include <string>

#include "hub/net/http_checks.hpp"
#include "hub/net/http_text.hpp"
#include "hub/net/http_visit.hpp"
#include "hub/net/room.hpp"

namespace tocsin::net {

class Exchange : public Arrival, public std::enable_shared_from_this<Exchange> {
public:
    Exchange(Room& room, HttpVisit visit);

    void start();
    void on_tick(std::int64_t now) override;
    void cut() override { end(); }

protected:
    // What is asked for. Ends in one reply(), refuse() or send(), now or later.
    virtual void run() = 0;
    // The body is read, whole.
    virtual void on_body(std::string body) = 0;

    Room& room() { return room_; }
    const Request& request() const { return head_; }
    const Front& front() const { return room_.settings().front; }
    std::string caller() const;
    bool has_body() const;

    // Reads a body that says how long it is, and no longer than this; refuses any other.
    void read_body(std::size_t most);
    void refuse(const HttpRefusal& refusal, std::string_view allow = "GET");
    void reply(const TextReply& reply);
    void send(std::string head, std::shared_ptr<const std::string> body, bool keep_alive);

    // Runs the work if the exchange is still there and going on when the answer comes.
    template <class Self, class Work>
    auto later(Work work) {
        return [weak = weak_from_this(), work = std::move(work)](auto... arguments) mutable {
            const auto self = weak.lock();
            if (self != nullptr && !self->ended_) {
                work(static_cast<Self&>(*self), std::move(arguments)...);
            }
        };
    }

private:
    // What an exchange waits for, and so how long it may.
    enum class Stage { asking, answering, leaving };

    void read_more();
    void on_sent(bool keep_alive);
    void drain();
    void end();

    Room& room_;
    Socket socket_;
    boost::beast::flat_buffer buffer_;
    const Request head_;
    boost::beast::http::request_parser<boost::beast::http::string_body> parser_;
    Seat seat_;
    std::int64_t began_ms_;
    Stage stage_ = Stage::asking;
    std::string reply_;
    std::shared_ptr<const std::string> body_;
    bool ended_ = false;
};

}  // namespace tocsin::net
