#pragma once
// The two commands that need no administrator: whoever holds a link becomes the device that it was
// made for, and a device takes its leave. As pure as decide(); a refusal counts under the same
// rule.

#include <string>

#include "hub/domain/decide.hpp"

namespace tocsin::domain {

// `link_unknown`, `link_used` or `link_expired`, or the event in which the invited device gets its
// token. A link of a revoked person or device is as good as none.
Result<Decision> sign_in(const State& state,
                         const std::string& link_sha256,
                         const std::string& token_sha256,
                         const Circumstances& circumstances);

// The device revokes itself. `not_permitted` where it is not known any more, `wrong_state` where no
// administrator could speak afterwards.
Result<Decision> sign_out(const State& state,
                          const Actor& actor,
                          const Circumstances& circumstances);

}  // namespace tocsin::domain
