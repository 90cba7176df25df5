#pragma once
// Photos and voice in Redis, on a connection of their own. Each chunk is synced to disk like
// everything else, and while Redis syncs, nobody is served: so little is written at a time,
// and after each write the store is left alone for as long as it took. Where Redis has a limit of
// memory, the last of it is left to the reports: no file is begun that would take it. On the
// executor's one thread. Held by a shared_ptr; stop() comes before the last one goes.

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <memory>
#include <string>

#include "hub/log/media_store.hpp"
#include "hub/redis/connection.hpp"
#include "hub/redis/keys.hpp"

namespace tocsin::redis {

class RedisMediaStore final : public log::MediaStore,
                              public std::enable_shared_from_this<RedisMediaStore> {
public:
    struct Options {
        Endpoint endpoint;
        std::string district;
        std::chrono::milliseconds command_timeout{2000};
        Random random;
    };
    RedisMediaStore(const boost::asio::any_io_executor& executor, Options options);
    ~RedisMediaStore() override;

    void start();
    // What is under way is answered `unavailable` or `unknown`, later; the loop must go on for
    // that.
    void stop();

    void put(log::MediaWrite media, log::Callback<log::Done> done) override;
    void chunks(std::string id,
                int first,
                int count,
                log::Callback<std::vector<std::string>> done) override;
    void keep(std::string id, std::int64_t keep_ms, log::Callback<log::Done> done) override;

private:
    using Command = std::vector<std::string>;
    struct Put {
        log::MediaWrite media;
        std::size_t next = 0;   // chunk
        bool is_whole = false;  // what is being written is the last of it, the state included
        log::Callback<log::Done> done;
    };

    void write_next();
    // Asks whether Redis has room, and writes the first of it or refuses it.
    void begin();
    void write_some();
    void on_written(log::StoreResult<log::Done> result, std::chrono::nanoseconds took);
    // All as one transaction.
    void write(const std::vector<Command>& commands, log::Callback<log::Done> done);

    Keys keys_;
    std::shared_ptr<Connection> connection_;
    boost::asio::steady_timer pause_;
    std::deque<Put> puts_;
    bool is_writing_ = false;  // or leaves the store alone
    bool stopped_ = false;
};

}  // namespace tocsin::redis
