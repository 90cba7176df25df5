#pragma once
// Photos and voice in memory, for tests and simulation; their states go to the MemoryLog, where its
// stores find them. Nothing happens until run(). Not thread safe.

#include <deque>
#include <functional>
#include <map>
#include <memory>

#include "hub/log/media_store.hpp"
#include "hub/log/memory_log.hpp"

namespace tocsin::log {

class MemoryMediaStore final : public MediaStore {
public:
    explicit MemoryMediaStore(std::shared_ptr<MemoryLog> log) : log_(std::move(log)) {}

    void put(MediaWrite media, Callback<Done> done) override;
    void chunks(std::string id,
                int first,
                int count,
                Callback<std::vector<std::string>> done) override;
    void keep(std::string id, std::int64_t keep_ms, Callback<Done> done) override;

    // Carries out and answers all that was asked. How much that was.
    int run();

    // The next n puts do not happen and are answered `unavailable`.
    void refuse_puts(int n) { refuse_puts_ = n; }
    std::size_t size() const { return files_.size(); }

private:
    struct File {
        std::vector<std::string> chunks;
        std::int64_t expires_ms = 0;
    };

    // Forgets what has expired.
    void expire();

    std::shared_ptr<MemoryLog> log_;
    std::map<std::string, File> files_;
    std::deque<std::move_only_function<void()>> asked_;
    int refuse_puts_ = 0;
};

}  // namespace tocsin::log
