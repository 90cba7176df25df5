#pragma once
// Voice: Ogg Opus in, Ogg Opus out, decoded and encoded anew between. The container is written
// here, so that no comment, no embedded picture and no page of the sender's gets through.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin::converter {

// One channel, 48,000 samples a second.
using Samples = std::vector<float>;

// Refuses what is not one Opus stream, is broken, or is longer than 60 s by its own count or when
// played.
Samples decode_voice(std::string_view bytes);

std::string encode_voice(const Samples& samples);

}  // namespace tocsin::converter
