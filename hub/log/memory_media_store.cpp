#include "hub/log/memory_media_store.hpp"

#include <utility>

namespace tocsin::log {

void MemoryMediaStore::put(MediaWrite media, Callback<Done> done) {
    asked_.emplace_back([this, media = std::move(media), done = std::move(done)]() mutable {
        if (refuse_puts_ > 0) {
            --refuse_puts_;
            done(std::unexpected(StoreError::unavailable));
            return;
        }
        files_[media.id] = {std::move(media.chunks), log_->now_ms_() + kUnattachedMs};
        StateWrite& state = media.state;
        log_->change(false,
                     [record = StoredRecord{state.subject,
                                            state.version,
                                            Offset{},
                                            std::move(state.bytes),
                                            std::move(state.stamp)}](MemoryLog::Content& content) {
                         content.states[record.subject] = record;
                     });
        done(Done{});
    });
}

void MemoryMediaStore::chunks(std::string id,
                              int first,
                              int count,
                              Callback<std::vector<std::string>> done) {
    asked_.emplace_back([this, id = std::move(id), first, count, done = std::move(done)]() mutable {
        expire();
        std::vector<std::string> found(static_cast<std::size_t>(count));
        const auto file = files_.find(id);
        for (std::size_t i = 0; file != files_.end() && i < found.size(); ++i) {
            const std::size_t at = static_cast<std::size_t>(first) + i;
            if (at < file->second.chunks.size()) {
                found[i] = file->second.chunks[at];
            }
        }
        done(std::move(found));
    });
}

void MemoryMediaStore::keep(std::string id, std::int64_t keep_ms, Callback<Done> done) {
    asked_.emplace_back([this, id = std::move(id), keep_ms, done = std::move(done)]() mutable {
        expire();
        if (const auto file = files_.find(id); file != files_.end()) {
            file->second.expires_ms = log_->now_ms_() + keep_ms;
        }
        done(Done{});
    });
}

int MemoryMediaStore::run() {
    int done = 0;
    while (!asked_.empty()) {
        auto next = std::move(asked_.front());
        asked_.pop_front();
        next();
        ++done;
    }
    return done;
}

void MemoryMediaStore::expire() {
    std::erase_if(files_, [now = log_->now_ms_()](const auto& file) {
        return file.second.expires_ms <= now;
    });
}

}  // namespace tocsin::log
