#include "hub/redis/reply.hpp"

namespace tocsin::redis {

std::string_view error_word(const Reply& reply) {
    if (!reply.is_error()) {
        return {};
    }
    return std::string_view(reply.text).substr(0, reply.text.find(' '));
}

bool ends_connection(const Reply& reply) {
    const std::string_view code = error_word(reply);
    return code == "READONLY" || code == "LOADING" || code == "MASTERDOWN" || code == "NOAUTH";
}

bool is_function_missing(const Reply& reply) {
    return reply.is_error() && reply.text.starts_with("ERR Function not found");
}

}  // namespace tocsin::redis
