#pragma once
// Reads protobuf's encoding field by field without building anything: what a subscriber among
// thousands does with each event.

#include <cstdint>
#include <optional>
#include <string_view>

namespace tocsin::load {

struct Field {
    std::uint32_t number = 0;
    std::uint64_t value = 0;  // of a varint
    std::string_view bytes;   // of what has a length
};

// Takes fields from the front of an encoded message; nothing at its end, and from where it is
// damaged: then is_damaged().
class Scan {
public:
    explicit Scan(std::string_view message) : rest_(message) {}

    std::optional<Field> next();
    bool is_damaged() const { return damaged_; }

private:
    std::optional<std::uint64_t> varint();

    std::string_view rest_;
    bool damaged_ = false;
};

}  // namespace tocsin::load
