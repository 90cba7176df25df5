#include "scan.hpp"

namespace tocsin::load {

std::optional<std::uint64_t> Scan::varint() {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < rest_.size() && i < 10; ++i) {
        const auto byte = static_cast<unsigned char>(rest_[i]);
        value |= static_cast<std::uint64_t>(byte & 0x7Fu) << (7 * i);
        if (byte < 0x80) {
            rest_.remove_prefix(i + 1);
            return value;
        }
    }
    damaged_ = true;
    return std::nullopt;
}

std::optional<Field> Scan::next() {
    if (rest_.empty() || damaged_) {
        return std::nullopt;
    }
    const auto tag = varint();
    if (!tag) {
        return std::nullopt;
    }
    Field field{.number = static_cast<std::uint32_t>(*tag >> 3), .value = 0, .bytes = {}};
    std::size_t length = 0;
    switch (*tag & 7u) {
        case 0: {
            const auto value = varint();
            field.value = value.value_or(0);
            break;
        }
        case 1:
            length = 8;
            break;
        case 2: {
            const auto value = varint();
            length = value.value_or(0);
            break;
        }
        case 5:
            length = 4;
            break;
        default:
            damaged_ = true;
    }
    if (damaged_ || length > rest_.size()) {
        damaged_ = true;
        return std::nullopt;
    }
    field.bytes = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return field;
}

}  // namespace tocsin::load
