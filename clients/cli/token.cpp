#include "token.hpp"

#include <fcntl.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <utility>

#include "talk.hpp"

namespace tocsin::cli {
namespace {

constexpr std::size_t kTokenBytes = 32;

std::string to_base64url(const unsigned char* bytes, std::size_t size) {
    constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string text;
    unsigned bits = 0;
    int held = 0;
    for (std::size_t at = 0; at < size; ++at) {
        bits = (bits << 8) | bytes[at];
        held += 8;
        while (held >= 6) {
            held -= 6;
            text += kDigits[(bits >> held) & 63];
        }
    }
    if (held > 0) {
        text += kDigits[(bits << (6 - held)) & 63];
    }
    return text;
}

[[noreturn]] void fail(const std::string& path) {
    throw UsageError(path + " cannot be written: " + std::strerror(errno));
}

}  // namespace

std::string make_token() {
    std::array<unsigned char, kTokenBytes> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
        throw std::runtime_error("the operating system gives no random bytes");
    }
    return to_base64url(bytes.data(), bytes.size());
}

std::string digest_of(const std::string& token) {
    std::string digest(SHA256_DIGEST_LENGTH, '\0');
    SHA256(reinterpret_cast<const unsigned char*>(token.data()),
           token.size(),
           reinterpret_cast<unsigned char*>(digest.data()));
    return digest;
}

SecretFile::SecretFile(std::string path, const std::string& content)
    : path_(std::move(path)), beside_(path_ + ".XXXXXX") {
    const int file = ::mkstemp(beside_.data());  // opens with mode 0600
    if (file < 0) {
        fail(path_);
    }
    const auto written = ::write(file, content.data(), content.size());
    const bool on_disk = written == static_cast<ssize_t>(content.size()) && ::fsync(file) == 0;
    const int error = errno;
    ::close(file);
    if (!on_disk) {
        ::unlink(beside_.c_str());
        errno = error;
        fail(path_);
    }
}

SecretFile::~SecretFile() {
    if (!beside_.empty()) {
        ::unlink(beside_.c_str());
    }
}

void SecretFile::commit() {
    if (std::rename(beside_.c_str(), path_.c_str()) != 0) {
        fail(path_);
    }
    beside_.clear();
}

}  // namespace tocsin::cli
