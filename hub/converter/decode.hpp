#pragma once
// One decoder a format. Each checks the size that the header names before it decodes, and refuses
// what is broken, cut off or animated; none of them returns then.

#include <string_view>

#include "hub/converter/picture.hpp"

namespace tocsin::converter {

// May come back smaller than it is written, where both sides of the result are at least as long as
// a shrink to `longest` would leave them: less is decoded then.
Picture decode_jpeg(std::string_view bytes, int longest);
Picture decode_png(std::string_view bytes);
Picture decode_webp(std::string_view bytes);
Picture decode_heif(std::string_view bytes);

}  // namespace tocsin::converter
