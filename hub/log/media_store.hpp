#pragma once
// Where photos and voice lie: in chunks beside the log, sealed before they come here. One
// interface, two stores: Redis (hub/redis) and memory (memory_media_store.hpp). Every call answers
// exactly once, later and on the caller's thread, never from inside the call. Not thread safe.

#include <string>
#include <vector>

#include "hub/log/store.hpp"

namespace tocsin::log {

// What a chunk holds before it is sealed, at most.
inline constexpr std::size_t kMediaChunkBytes = 64u << 10;
// What is never attached expires: the phone has sent its report long before, or never will.
inline constexpr std::int64_t kUnattachedMs = 24LL * 3600 * 1000;

// A file and its state `media/<id>`, both new.
struct MediaWrite {
    std::string id;
    std::vector<std::string> chunks;
    StateWrite state;
};

class MediaStore {
public:
    virtual ~MediaStore() = default;

    // Stored and on disk when it answers; the state last, so that whoever finds it finds all
    // chunks. Both expire after kUnattachedMs. Takes its time: what is urgent goes between the
    // chunks.
    virtual void put(MediaWrite media, Callback<Done> done) = 0;

    // `count` chunks from number `first`; one that is not there (any more) is empty.
    virtual void chunks(std::string id,
                        int first,
                        int count,
                        Callback<std::vector<std::string>> done) = 0;

    // The file was attached: it and its state now expire after `keep_ms` from this call.
    virtual void keep(std::string id, std::int64_t keep_ms, Callback<Done> done) = 0;
};

}  // namespace tocsin::log
