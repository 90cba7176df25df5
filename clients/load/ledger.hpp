#pragma once
// What was published and who had it: finds what was lost, came twice, or came out of order.

#include <cstdint>
#include <functional>
#include <set>
#include <vector>

#include "histogram.hpp"
#include "link.hpp"
#include "mark.hpp"

namespace tocsin::load {

// The events of one publisher's link in one channel and lane come in the order of publishing; a
// reader counts along. Between links the log's offsets say the order.
struct Expectation {
    int channel = 0;
    std::vector<std::uint32_t> next;   // by publisher * 2 + lane
    std::vector<std::uint32_t> began;  // the same at the beginning: what is older may still come
    std::set<std::uint64_t> missing;   // numbers that were passed over
    std::uint64_t last_offset[2] = {0, 0};  // by lane
    bool counts = true;                     // an event waits for this reader before it is with all
};

class Ledger {
public:
    Ledger(std::uint32_t run, int channels, int publishers);

    // A new event for so many readers; answers its number.
    std::uint64_t add(int publisher, int channel, Lane lane, std::int64_t readers);
    // Where a reader stands that begins now.
    Expectation expect_from_now(int channel) const;
    // The same reader again, as it stood when it began: with everything to come.
    static Expectation from_the_beginning(Expectation reader);
    // Takes what a reader got. Nothing: not of this run.
    std::optional<std::uint64_t> take(Expectation& reader, const Delivery& delivery);
    // What a reader has not had of all that was published; to be counted once, in the end.
    void count_lost(const Expectation& reader);
    // Whether the reader has had everything up to here.
    bool has_all(const Expectation& reader) const;

    struct Event {
        std::int64_t sent_us = 0;
        std::int32_t wanted = 0;  // by so many readers
        std::int32_t got = 0;
        int channel = 0;
        Lane lane = kRoutine;
        std::uint8_t publisher = 0;
    };
    const Event& event(std::uint64_t number) const { return events_[number]; }
    void set_sent(std::uint64_t number, std::int64_t now) { events_[number].sent_us = now; }
    std::uint64_t published() const { return events_.size(); }
    std::uint64_t complete() const { return complete_; }
    // Called when the last reader has an event.
    std::function<void(std::uint64_t)> on_complete;

    std::uint32_t run() const { return run_; }
    std::int64_t delivered = 0;
    std::int64_t delivered_bytes = 0;
    std::int64_t lost = 0;
    std::int64_t repeated = 0;
    std::int64_t out_of_order = 0;
    std::int64_t foreign = 0;  // events that others made
    bool is_clean() const { return lost == 0 && repeated == 0 && out_of_order == 0; }

    // Null: not measured now. From sending to each reader, and to the last one.
    Histogram* each = nullptr;
    Histogram* to_all = nullptr;

    // Calls for each event that the reader still lacks.
    void for_each_lacking(const Expectation& reader,
                          const std::function<void(std::uint64_t)>& call) const;

private:
    std::size_t stream_of(int publisher, int channel, Lane lane) const;

    const std::uint32_t run_;
    const int channels_;
    const int publishers_;
    std::vector<Event> events_;
    std::vector<std::uint32_t> index_;                 // by number: which of its stream it is
    std::vector<std::vector<std::uint64_t>> streams_;  // numbers
    std::uint64_t complete_ = 0;
};

// "ms-seq" as one number that rises with the log; 0 for an empty text.
std::uint64_t offset_number(std::string_view offset);

}  // namespace tocsin::load
