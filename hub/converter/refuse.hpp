#pragma once
// The converter's way out. The decoders' own errors come from inside C code, which nothing may be
// thrown through: the answer is written and the process ends, which is also all the cleaning up
// that one process an upload needs.

#include <string_view>

#include "hub/converter/answer.hpp"

namespace tocsin::converter {

[[noreturn]] void refuse(Refused why, std::string_view message);

// For what the decoders say of broken files: their words stay inside.
[[noreturn]] inline void refuse_broken() {
    refuse(Refused::refused, "The file is broken, or not what it seems to be.");
}

[[noreturn]] void give(const Answer& answer);

}  // namespace tocsin::converter
