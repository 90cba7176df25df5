#include "hub/log/digest.hpp"

#include <openssl/sha.h>

namespace tocsin::log {

std::string sha256(std::string_view bytes) {
    std::string digest(SHA256_DIGEST_LENGTH, '\0');
    SHA256(reinterpret_cast<const unsigned char*>(bytes.data()),
           bytes.size(),
           reinterpret_cast<unsigned char*>(digest.data()));
    return digest;
}

std::string derived_id(std::string_view text) {
    std::string bytes = sha256(text).substr(0, 16);
    bytes[6] = static_cast<char>((static_cast<unsigned char>(bytes[6]) & 0x0FU) | 0x80U);
    bytes[8] = static_cast<char>((static_cast<unsigned char>(bytes[8]) & 0x3FU) | 0x80U);
    std::string id;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        constexpr std::string_view kDigits = "0123456789abcdef";
        const auto byte = static_cast<unsigned char>(bytes[i]);
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            id += '-';
        }
        id += kDigits[byte >> 4U];
        id += kDigits[byte & 0x0FU];
    }
    return id;
}

}  // namespace tocsin::log
