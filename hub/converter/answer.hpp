#pragma once
// What the converter tells the hub: one line, then the bytes that the line announces. The only file
// that both sides know. The hub treats all of it as hostile: who broke a decoder writes what they
// like.

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace tocsin::converter {

// One upload, and each of the files made from it, is at most this long.
inline constexpr std::size_t kMostBytes = 2u << 20;
inline constexpr std::size_t kMostThumbnailBytes = 64u << 10;
inline constexpr std::int64_t kMostPixels = 40'000'000;
inline constexpr int kMostVoiceMs = 60'000;
// The line's bound, its end included.
inline constexpr std::size_t kMostLine = 256;

enum class Kind { photo, voice };

// Why there is nothing; the names of the wire's codes without `media_`.
enum class Refused {
    too_large,     // more bytes, pixels or seconds than may be
    type_refused,  // none of the kinds that are taken
    refused,       // of such a kind, but broken, or more than the decoder may spend on it
};

struct Converted {
    Kind kind = Kind::photo;
    int width = 0;  // of a photo, as it is shown
    int height = 0;
    int duration_ms = 0;    // of voice
    std::string bytes;      // JPEG, or Ogg Opus
    std::string thumbnail;  // JPEG; empty for voice
};

struct Refusal {
    Refused why = Refused::refused;
    std::string message;  // one English sentence in printable ASCII
};

using Answer = std::expected<Converted, Refusal>;

std::string to_text(const Answer& answer);

// Null where the text is not exactly one answer within the bounds above.
std::optional<Answer> parse_answer(std::string_view text);

}  // namespace tocsin::converter
