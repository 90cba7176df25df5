#pragma once
// What became of the uploads that were converted, or were to be.

#include <cstdint>

namespace tocsin::media {

// Since the start.
struct ConverterStats {
    std::uint64_t converted = 0;
    std::uint64_t refused = 0;      // by the child
    std::uint64_t died = 0;         // killed by a signal, too late, or talking nonsense
    std::uint64_t turned_away = 0;  // no room among those that wait
    std::uint64_t not_started = 0;  // no child could be made
    int latest_signal = 0;          // that killed one; 31 (SIGSYS) is the sandbox's
};

}  // namespace tocsin::media
