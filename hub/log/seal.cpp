#include "hub/log/seal.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <memory>
#include <stdexcept>

namespace tocsin::log {

namespace {

constexpr int kTagBytes = 16;

struct FreeCipher {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

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
    const Cipher cipher(EVP_CIPHER_CTX_new());
    must(EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes(key), bytes(nonce)));
    int written = 0;
    must(EVP_EncryptUpdate(
        cipher.get(), nullptr, &written, bytes(associated), static_cast<int>(associated.size())));
    std::string sealed(plain.size() + kTagBytes, '\0');
    must(EVP_EncryptUpdate(
        cipher.get(), bytes(sealed), &written, bytes(plain), static_cast<int>(plain.size())));
    must(EVP_EncryptFinal_ex(cipher.get(), bytes(sealed) + written, &written));
    must(EVP_CIPHER_CTX_ctrl(
        cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, bytes(sealed) + plain.size()));
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
    const Cipher cipher(EVP_CIPHER_CTX_new());
    must(EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes(key), bytes(nonce)));
    int written = 0;
    must(EVP_DecryptUpdate(
        cipher.get(), nullptr, &written, bytes(associated), static_cast<int>(associated.size())));
    std::string plain(length, '\0');
    must(EVP_DecryptUpdate(
        cipher.get(), bytes(plain), &written, bytes(sealed), static_cast<int>(length)));
    std::string tag(sealed.substr(length));
    must(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()));
    unsigned char nothing[kTagBytes];
    if (EVP_DecryptFinal_ex(cipher.get(), nothing, &written) != 1) {
        return std::nullopt;
    }
    return plain;
}

std::string keyed_digest(std::string_view key, std::string_view content) {
    std::string digest(32, '\0');
    unsigned int length = 0;
    HMAC(EVP_sha256(),
         key.data(),
         static_cast<int>(key.size()),
         bytes(content),
         content.size(),
         bytes(digest),
         &length);
    return digest;
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
