#pragma once
// An answer of Redis as a value of our own, and what its errors mean to us.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin::redis {

struct Reply {
    enum class Kind { nil, integer, text, status, error, array };

    Kind kind = Kind::nil;
    std::int64_t integer = 0;
    std::string text;  // of text, status and error
    std::vector<Reply> items;

    bool is_nil() const { return kind == Kind::nil; }
    bool is_text() const { return kind == Kind::text; }
    bool is_error() const { return kind == Kind::error; }
    bool is_array() const { return kind == Kind::array; }
};

// The word that an error begins with, such as `OOM`; empty for what is no error.
std::string_view error_word(const Reply& reply);

// Whether this server cannot be the one to talk to now, so that the connection is to be given up
// and made anew: it became a replica (READONLY), is still reading its files (LOADING), lost its
// master (MASTERDOWN) or knows us no more (NOAUTH). Every other error, of memory (OOM), disk
// (MISCONF), replicas (NOREPLICAS), cluster (CLUSTERDOWN, MOVED, ASK, TRYAGAIN), rights (NOPERM), a
// busy script (BUSY) or of our own making, is an answer: nothing was changed, try again.
bool ends_connection(const Reply& reply);

// The function library is not there (any more).
bool is_function_missing(const Reply& reply);

}  // namespace tocsin::redis
