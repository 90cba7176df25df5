#pragma once
// AES-256-GCM for what names a person, and the keys in memory. Pure but for the randomness passed
// in.

#include <boost/unordered/unordered_flat_map.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "hub/domain/decide.hpp"

namespace tocsin::log {

inline constexpr std::size_t kKeyBytes = 32;
inline constexpr std::size_t kNonceBytes = 12;

std::string random_bytes(const domain::Random& random, std::size_t count);

// Ciphertext followed by 16 bytes of tag. `key` has 32 bytes, `nonce` 12, never used twice with one
// key.
std::string seal(std::string_view key,
                 std::string_view nonce,
                 std::string_view associated,
                 std::string_view plain);

// Null where anything at all is not as it was sealed.
std::optional<std::string> unseal(std::string_view key,
                                  std::string_view nonce,
                                  std::string_view associated,
                                  std::string_view sealed);

// HMAC-SHA256, 32 bytes.
std::string keyed_digest(std::string_view key, std::string_view content);

// Keys by id, as far as this hub has met them. An erased key is forgotten here too.
class KeyRing {
public:
    // Null where the key is not known.
    const std::string* find(std::string_view key_id) const;
    void put(std::string key_id, std::string key);
    void forget(std::string_view key_id);
    // Forgets those for which `keeps` says no.
    template <class Keeps>
    void keep(Keeps keeps) {
        erase_if(keys_, [&](const auto& entry) { return !keeps(entry.first); });
    }
    void clear() { keys_.clear(); }

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>()(text);
        }
    };
    boost::unordered_flat_map<std::string, std::string, Hash, std::equal_to<>> keys_;
};

}  // namespace tocsin::log
