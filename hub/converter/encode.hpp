#pragma once
// Baseline JPEG that holds nothing but the picture. `quality` is 1 to 100.

#include <string>

#include "hub/converter/picture.hpp"

namespace tocsin::converter {

std::string encode_jpeg(const Picture& picture, int quality);

}  // namespace tocsin::converter
