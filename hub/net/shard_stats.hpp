#pragma once
// What a shard counts. Plain integers of the shard's own thread; Shard::collect hands out copies.

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace tocsin::net {

// Close codes that are counted one by one. Peers may send any code: the others count as 0, so that
// no peer can make labels.
inline constexpr std::array<std::uint16_t, 14> kCountedCloseCodes = {
    1000, 1001, 1002, 1003, 1005, 1006, 1007, 1009, 4001, 4002, 4008, 4500, 4501, 0};

struct ShardStats {
    std::int64_t connections_open = 0;  // gauge: upgraded and not ended
    std::int64_t arrivals_open = 0;     // gauge: accepted, not yet upgraded or refused
    std::int64_t accepted = 0;
    std::int64_t accept_errors = 0;  // out of file descriptors and the like
    std::int64_t upgraded = 0;
    std::int64_t upgrade_timeouts = 0;
    std::int64_t turned_away = 0;  // closed at once: far more connections than the hub has seats
    std::map<int, std::int64_t> refused_by_status;
    std::int64_t pages_served = 0;
    std::int64_t csp_reports = 0;
    std::map<std::string, std::int64_t, std::less<>>
        sign_ins;  // by outcome: signed_in, or the refusal's code
    std::int64_t sign_outs = 0;
    std::map<std::uint16_t, std::int64_t> closes_by_code;
    std::int64_t messages_in = 0;
    std::int64_t frames_out =
        0;  // what a client sees as entries, whatever messages they travelled in
    std::int64_t bytes_in = 0;
    std::int64_t bytes_out = 0;
    std::int64_t batches = 0;
    std::int64_t flush_rounds = 0;
    std::int64_t window_bytes = 0;    // gauge
    std::int64_t window_entries = 0;  // gauge

    void count_close(std::uint16_t code) {
        for (const std::uint16_t known : kCountedCloseCodes) {
            if (known == code) {
                ++closes_by_code[code];
                return;
            }
        }
        ++closes_by_code[0];
    }
};

}  // namespace tocsin::net
