#pragma once
// From an upload to what the district keeps of it.

#include <string_view>

#include "hub/converter/answer.hpp"

namespace tocsin::converter {

// Touches every library once, so that nothing is loaded or looked up later.
void warm_up();

// Ends the process with a refusal where the upload is not good.
Converted convert(std::string_view upload);

}  // namespace tocsin::converter
