#pragma once
// Redis's language. The only file that knows hiredis, and of it only the formatter and the reader.

#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "hub/redis/reply.hpp"

namespace tocsin::redis {

// A command in Redis's form.
std::string formed(std::span<const std::string> command);

// Answers out of bytes as they come.
class ReplyReader {
public:
    ReplyReader();
    ~ReplyReader();
    ReplyReader(const ReplyReader&) = delete;
    ReplyReader& operator=(const ReplyReader&) = delete;

    void feed(std::string_view bytes);
    // The next answer, null where it is not whole yet; or why these bytes are none. After that the
    // reader is of no use.
    std::expected<std::optional<Reply>, std::string> next();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tocsin::redis
