#include "hub/converter/refuse.hpp"

#include <unistd.h>

namespace tocsin::converter {

void refuse(Refused why, std::string_view message) {
    give(std::unexpected(Refusal{why, std::string(message)}));
}

void give(const Answer& answer) {
    const std::string text = to_text(answer);
    std::string_view rest = text;
    while (!rest.empty()) {
        const ssize_t written = write(STDOUT_FILENO, rest.data(), rest.size());
        if (written <= 0) {
            _exit(1);
        }
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
    _exit(0);
}

}  // namespace tocsin::converter
