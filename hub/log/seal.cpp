#include "hub/log/seal.hpp"

#include <openssl/evp.h>

#include <memory>
#include <stdexcept>

#include "hub/log/digest.hpp"

namespace tocsin::log {

namespace {

constexpr int kTagBytes = 16;

struct FreeCipher {
    void operator()(EVP_CIPHER* cipher) const { EVP_CIPHER_free(cipher); }
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

// One context a thread: to look the cipher up and to make a context costs more than to seal a
// record. Each use sets key and nonce.
EVP_CIPHER_CTX* context() {
    thread_local const std::unique_ptr<EVP_CIPHER_CTX, FreeCipher> made(EVP_CIPHER_CTX_new());
    return made.get();
}

const EVP_CIPHER* aes_256_gcm() {
    static const std::unique_ptr<EVP_CIPHER, FreeCipher> fetched(
        EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr));
    return fetched.get();
}

const unsigned char* bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

void must(int result) {
    if (result != 1) {
        throw std::runtime_error("OpenSSL refused AES-256-GCM");
    }
}

}  // namespace

std::string random_bytes(const domain::Random& random, std::size_t count) {
    std::string made(count, '\0');
    random({bytes(made), count});
    return made;
}

std::string seal(std::string_view key,
                 std::string_view nonce,
                 std::string_view associated,
                 std::string_view plain) {
    if (key.size() != kKeyBytes || nonce.size() != kNonceBytes) {
        throw std::invalid_argument("a key has 32 bytes and a nonce 12");
    }
    EVP_CIPHER_CTX* const cipher = context();
    must(EVP_EncryptInit_ex2(cipher, aes_256_gcm(), bytes(key), bytes(nonce), nullptr));
    int written = 0;
    must(EVP_EncryptUpdate(
        cipher, nullptr, &written, bytes(associated), static_cast<int>(associated.size())));
    std::string sealed(plain.size() + kTagBytes, '\0');
    must(EVP_EncryptUpdate(
        cipher, bytes(sealed), &written, bytes(plain), static_cast<int>(plain.size())));
    must(EVP_EncryptFinal_ex(cipher, bytes(sealed) + written, &written));
    must(
        EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, kTagBytes, bytes(sealed) + plain.size()));
    return sealed;
}

std::optional<std::string> unseal(std::string_view key,
                                  std::string_view nonce,
                                  std::string_view associated,
                                  std::string_view sealed) {
    if (key.size() != kKeyBytes || nonce.size() != kNonceBytes || sealed.size() < kTagBytes) {
        return std::nullopt;
    }
    const std::size_t length = sealed.size() - kTagBytes;
    EVP_CIPHER_CTX* const cipher = context();
    must(EVP_DecryptInit_ex2(cipher, aes_256_gcm(), bytes(key), bytes(nonce), nullptr));
    int written = 0;
    must(EVP_DecryptUpdate(
        cipher, nullptr, &written, bytes(associated), static_cast<int>(associated.size())));
    std::string plain(length, '\0');
    must(
        EVP_DecryptUpdate(cipher, bytes(plain), &written, bytes(sealed), static_cast<int>(length)));
    std::string tag(sealed.substr(length));
    must(EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()));
    unsigned char nothing[kTagBytes];
    if (EVP_DecryptFinal_ex(cipher, nothing, &written) != 1) {
        return std::nullopt;
    }
    return plain;
}

std::string keyed_digest(std::string_view key, std::string_view content) {
    // RFC 2104, block of 64 bytes: OpenSSL's own way looks the hash up by name each time.
    constexpr std::size_t kBlock = 64;
    const std::string hashed = key.size() > kBlock ? sha256(key) : std::string();
    const std::string_view used = key.size() > kBlock ? std::string_view(hashed) : key;
    std::string inner(kBlock, '\x36');
    std::string outer(kBlock, '\x5c');
    for (std::size_t i = 0; i < used.size(); ++i) {
        inner[i] = static_cast<char>(inner[i] ^ used[i]);
        outer[i] = static_cast<char>(outer[i] ^ used[i]);
    }
    return sha256(outer.append(sha256(inner.append(content))));
}

const std::string* KeyRing::find(std::string_view key_id) const {
    const auto found = keys_.find(key_id);
    return found == keys_.end() ? nullptr : &found->second;
}

void KeyRing::put(std::string key_id, std::string key) {
    keys_.insert_or_assign(std::move(key_id), std::move(key));
}

void KeyRing::forget(std::string_view key_id) {
    if (const auto found = keys_.find(key_id); found != keys_.end()) {
        keys_.erase(found);
    }
}

}  // namespace tocsin::log
