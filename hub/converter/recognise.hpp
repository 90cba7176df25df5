#pragma once
// What a file is, by its content: no name and no header of the request is asked.

#include <string_view>

namespace tocsin::converter {

enum class Format { jpeg, png, webp, heif, ogg, other };

Format recognise(std::string_view bytes);

}  // namespace tocsin::converter
