#pragma once
// A decoded picture, and what is done with it whatever it came from.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin::converter {

struct Picture {
    int width = 0;
    int height = 0;
    std::vector<std::uint8_t> rgb;  // 3 bytes a pixel, rows from the top, no padding
    std::string profile;            // ICC, as found; empty: sRGB
    int orientation = 1;            // as Exif counts: 1 is upright

    std::size_t row_bytes() const { return static_cast<std::size_t>(width) * 3; }
};

// Refuses the upload where there are more pixels than may be, or none. Asked with the header's
// numbers, before anything is decoded.
void check_size(std::int64_t width, std::int64_t height);

// Room for the pixels, once the size was checked.
Picture make_picture(std::int64_t width, std::int64_t height);

// At most `longest` pixels on the longer side, by averaging; smaller ones stay as they are.
Picture shrink(const Picture& picture, int longest);

// Upright, orientation 1.
Picture turn_upright(Picture picture);

// The same colours in sRGB. A profile that is broken, or for something else than RGB, is ignored.
void to_srgb(Picture& picture);

// The orientation that an Exif block (TIFF header first) names; 1 where it names none.
int exif_orientation(std::string_view exif);

}  // namespace tocsin::converter
