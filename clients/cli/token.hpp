#pragma once
// Tokens of devices, made here and never stored by the hub.

#include <string>

namespace tocsin::cli {

// 32 random bytes in base64url, 43 characters.
std::string make_token();

// SHA-256 of the token's characters, 32 bytes: what the hub is told.
std::string digest_of(const std::string& token);

// A file that is there as a whole or not at all, and readable by its owner only. Written beside its
// place at once, put there by commit(); without that it is removed. Throws UsageError where it
// cannot be written.
class SecretFile {
public:
    SecretFile(std::string path, const std::string& content);
    ~SecretFile();
    SecretFile(const SecretFile&) = delete;
    SecretFile& operator=(const SecretFile&) = delete;

    void commit();

private:
    std::string path_;
    std::string beside_;
};

}  // namespace tocsin::cli
