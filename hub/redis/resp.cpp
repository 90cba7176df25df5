#include "hub/redis/resp.hpp"

#include <hiredis/hiredis.h>

#include <new>
#include <utility>
#include <vector>

namespace tocsin::redis {
namespace {

// hiredis's reader builds our own Reply: the root is owned by whoever takes it from the reader, an
// item by its array.
Reply* place(const redisReadTask* task) noexcept {
    if (task->parent == nullptr) {
        return new (std::nothrow) Reply;
    }
    return &static_cast<Reply*>(task->parent->obj)->items[static_cast<std::size_t>(task->idx)];
}

// Null tells the reader that memory has run out.
template <class Fill>
void* build(const redisReadTask* task, Fill fill) noexcept {
    Reply* const reply = place(task);
    if (reply == nullptr) {
        return nullptr;
    }
    try {
        fill(*reply);
    } catch (const std::exception&) {
        if (task->parent == nullptr) {
            delete reply;
        }
        return nullptr;
    }
    return reply;
}

void* build_text(const redisReadTask* task, char* bytes, std::size_t size) {
    return build(task, [&](Reply& reply) {
        reply.kind = task->type == REDIS_REPLY_ERROR    ? Reply::Kind::error
                     : task->type == REDIS_REPLY_STATUS ? Reply::Kind::status
                                                        : Reply::Kind::text;
        reply.text.assign(bytes, size);
    });
}

void* build_array(const redisReadTask* task, int size) {
    return build(task, [&](Reply& reply) {
        reply.kind = Reply::Kind::array;
        reply.items.resize(static_cast<std::size_t>(size));
    });
}

void* build_integer(const redisReadTask* task, long long value) {
    return build(task, [&](Reply& reply) {
        reply.kind = Reply::Kind::integer;
        reply.integer = value;
    });
}

void* build_nil(const redisReadTask* task) {
    return build(task, [](Reply&) {});
}

void free_reply(void* root) {
    delete static_cast<Reply*>(root);
}

redisReplyObjectFunctions kBuilders = {
    build_text, build_array, build_integer, build_nil, free_reply};

}  // namespace

std::string formed(std::span<const std::string> command) {
    std::vector<const char*> words;
    std::vector<std::size_t> sizes;
    words.reserve(command.size());
    sizes.reserve(command.size());
    for (const std::string& word : command) {
        words.push_back(word.data());
        sizes.push_back(word.size());
    }
    char* text = nullptr;
    const int size =
        redisFormatCommandArgv(&text, static_cast<int>(words.size()), words.data(), sizes.data());
    if (size < 0) {
        throw std::bad_alloc();
    }
    const std::unique_ptr<char, decltype(&redisFreeCommand)> owned(text, &redisFreeCommand);
    return {text, static_cast<std::size_t>(size)};
}

struct ReplyReader::Impl {
    std::unique_ptr<redisReader, decltype(&redisReaderFree)> reader{
        redisReaderCreateWithFunctions(&kBuilders), &redisReaderFree};
};

ReplyReader::ReplyReader() : impl_(std::make_unique<Impl>()) {}
ReplyReader::~ReplyReader() = default;

void ReplyReader::feed(std::string_view bytes) {
    redisReaderFeed(impl_->reader.get(), bytes.data(), bytes.size());
}

std::expected<std::optional<Reply>, std::string> ReplyReader::next() {
    void* found = nullptr;
    if (redisReaderGetReply(impl_->reader.get(), &found) != REDIS_OK) {
        return std::unexpected(impl_->reader->errstr);
    }
    if (found == nullptr) {
        return std::nullopt;
    }
    const std::unique_ptr<Reply> reply(static_cast<Reply*>(found));
    return std::move(*reply);
}

}  // namespace tocsin::redis
