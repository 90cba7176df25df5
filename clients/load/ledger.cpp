#include "ledger.hpp"

#include <charconv>

namespace tocsin::load {

std::uint64_t offset_number(std::string_view offset) {
    std::uint64_t ms = 0;
    std::uint64_t sequence = 0;
    const char* const begin = offset.data();
    const char* const end = begin + offset.size();
    const auto [at, error] = std::from_chars(begin, end, ms);
    if (error == std::errc{} && at != end) {
        std::from_chars(at + 1, end, sequence);
    }
    return ms << 20 | (sequence & 0xFFFFFu);
}

Ledger::Ledger(std::uint32_t run, int channels, int publishers)
    : run_(run),
      channels_(channels),
      publishers_(publishers),
      streams_(static_cast<std::size_t>(channels) * static_cast<std::size_t>(publishers) * 2) {}

std::size_t Ledger::stream_of(int publisher, int channel, Lane lane) const {
    return (static_cast<std::size_t>(channel) * static_cast<std::size_t>(publishers_) +
            static_cast<std::size_t>(publisher)) *
               2 +
           lane;
}

std::uint64_t Ledger::add(int publisher, int channel, Lane lane, std::int64_t readers) {
    const std::uint64_t number = events_.size();
    auto& stream = streams_[stream_of(publisher, channel, lane)];
    index_.push_back(static_cast<std::uint32_t>(stream.size()));
    stream.push_back(number);
    events_.push_back({.sent_us = 0,
                       .wanted = static_cast<std::int32_t>(readers),
                       .got = 0,
                       .channel = channel,
                       .lane = lane,
                       .publisher = static_cast<std::uint8_t>(publisher)});
    if (readers == 0) {
        ++complete_;
    }
    return number;
}

Expectation Ledger::expect_from_now(int channel) const {
    Expectation reader{.channel = channel, .next = {}, .began = {}, .missing = {}};
    for (int publisher = 0; publisher < publishers_; ++publisher) {
        for (const Lane lane : {kAlarm, kRoutine}) {
            reader.next.push_back(
                static_cast<std::uint32_t>(streams_[stream_of(publisher, channel, lane)].size()));
        }
    }
    reader.began = reader.next;
    return reader;
}

Expectation Ledger::from_the_beginning(Expectation reader) {
    reader.next = reader.began;
    reader.missing.clear();
    reader.last_offset[kAlarm] = reader.last_offset[kRoutine] = 0;
    reader.counts = false;
    return reader;
}

std::optional<std::uint64_t> Ledger::take(Expectation& reader, const Delivery& delivery) {
    const auto number = number_in(delivery.text, run_);
    if (!number || *number >= events_.size()) {
        ++foreign;
        return std::nullopt;
    }
    Event& event = events_[*number];
    if (event.channel != reader.channel) {
        ++foreign;
        return std::nullopt;
    }
    const auto mine = static_cast<std::size_t>(event.publisher) * 2 + event.lane;
    const std::uint32_t index = index_[*number];
    std::uint32_t& next = reader.next[mine];
    const std::uint64_t offset = offset_number(delivery.offset);
    if (index < next) {
        if (index < reader.began[mine]) {
            return std::nullopt;
        }
        if (reader.missing.erase(*number) == 0) {
            ++repeated;
            return std::nullopt;
        }
        ++out_of_order;
    } else {
        const auto& stream = streams_[stream_of(event.publisher, event.channel, event.lane)];
        for (; next < index; ++next) {
            reader.missing.insert(stream[next]);
        }
        ++next;
        if (offset != 0 && offset <= reader.last_offset[delivery.lane]) {
            ++out_of_order;
        }
    }
    reader.last_offset[delivery.lane] = std::max(reader.last_offset[delivery.lane], offset);
    ++delivered;
    delivered_bytes += static_cast<std::int64_t>(delivery.bytes);
    if (reader.counts && ++event.got == event.wanted) {
        ++complete_;
        if (on_complete) {
            on_complete(*number);
        }
    }
    return number;
}

void Ledger::for_each_lacking(const Expectation& reader,
                              const std::function<void(std::uint64_t)>& call) const {
    for (const std::uint64_t number : reader.missing) {
        call(number);
    }
    for (int publisher = 0; publisher < publishers_; ++publisher) {
        for (const Lane lane : {kAlarm, kRoutine}) {
            const auto& stream = streams_[stream_of(publisher, reader.channel, lane)];
            for (std::size_t i = reader.next[static_cast<std::size_t>(publisher) * 2 + lane];
                 i < stream.size();
                 ++i) {
                call(stream[i]);
            }
        }
    }
}

bool Ledger::has_all(const Expectation& reader) const {
    bool all = true;
    for_each_lacking(reader, [&all](std::uint64_t) { all = false; });
    return all;
}

void Ledger::count_lost(const Expectation& reader) {
    for_each_lacking(reader, [this](std::uint64_t) { ++lost; });
}

}  // namespace tocsin::load
