#pragma once
// The district as a connection sees it: who is that, store this, how do things stand, what came
// before. One thread runs the real one (session/district_core.hpp); shards reach it through a door
// that posts (net/).

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hub/session/connection.hpp"

namespace tocsin::session {

template <class T>
using Answer = std::move_only_function<void(T)>;

// Every answer comes exactly once. Through a shard's door it comes later, on the thread of the
// caller, and never from inside the call; the district itself may answer at once.
class District {
public:
    virtual ~District() = default;

    // Whose token is this? `token_sha256`: 32 bytes. Null for unknown and revoked ones alike.
    virtual void authenticate(std::string token_sha256,
                              Answer<std::optional<Principal>> answer) = 0;

    // Stores the command, or refuses it. read_time_ms: when the hub read it, for Receipt.took_ms.
    virtual void submit(std::string person_id,
                        std::string device_id,
                        wire::Command command,
                        std::int64_t read_time_ms,
                        Answer<domain::Result<wire::Receipt>> answer) = 0;

    virtual void snapshot(std::vector<domain::Feed> feeds,
                          Answer<std::shared_ptr<const SnapshotPages>> answer) = 0;

    // The stretch of the log after an offset; null where the log no longer reaches back to it.
    virtual void history(log::Offset after, Answer<fanout::BatchPtr> answer) = 0;

    virtual void incident(std::string person_id,
                          std::string incident_id,
                          Answer<domain::Result<std::vector<wire::IncidentDetail>>> answer) = 0;

    virtual void notice(std::string person_id,
                        std::string notice_id,
                        Answer<domain::Result<std::vector<wire::NoticeDetail>>> answer) = 0;
    // What a console of the person's says was delivered and shown.
    virtual void mark(std::string person_id, wire::Mark mark) = 0;

    // A console of the person's is connected, or somebody was at it so long ago, or it is gone. The
    // number is the connection's for as long as it lasts.
    virtual void console_connected(std::string person_id, std::uint64_t connection) = 0;
    virtual void console_attended(std::uint64_t connection, std::int64_t ago_ms) = 0;
    virtual void console_gone(std::uint64_t connection) = 0;

    virtual void times(std::string person_id,
                       wire::GetStats request,
                       Answer<domain::Result<wire::Stats>> answer) = 0;
};

// What the district says of itself to each shard, in order. Called on the district's thread; the
// shard's door posts.
class DistrictListener {
public:
    virtual ~DistrictListener() = default;
    virtual void on_batch(fanout::BatchPtr batch) = 0;
    // The log starts (at start-up), or is another one from here on: the window begins after this
    // offset.
    virtual void on_epoch(std::string epoch, log::Offset window_after) = 0;
    virtual void on_store(bool well) = 0;
};

}  // namespace tocsin::session
