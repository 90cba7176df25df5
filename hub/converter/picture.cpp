#include "hub/converter/picture.hpp"

#include <algorithm>
#include <utility>

#include "hub/converter/refuse.hpp"

namespace tocsin::converter {

void check_size(std::int64_t width, std::int64_t height) {
    if (width <= 0 || height <= 0) {
        refuse_broken();
    }
    if (width > 65'535 || height > 65'535 || width * height > kMostPixels) {
        refuse(Refused::too_large, "The picture has more than 40 megapixels.");
    }
}

Picture make_picture(std::int64_t width, std::int64_t height) {
    Picture picture;
    picture.width = static_cast<int>(width);
    picture.height = static_cast<int>(height);
    picture.rgb.resize(picture.row_bytes() * static_cast<std::size_t>(height));
    return picture;
}

Picture shrink(const Picture& picture, int longest) {
    const int longer = std::max(picture.width, picture.height);
    if (longer <= longest) {
        return picture;
    }
    const auto scaled = [&](int side) {
        return std::max<std::int64_t>(1, std::int64_t{side} * longest / longer);
    };
    Picture small = make_picture(scaled(picture.width), scaled(picture.height));
    small.profile = picture.profile;
    small.orientation = picture.orientation;
    const auto edge = [](int at, int of, int from) {
        return static_cast<int>(std::int64_t{at} * from / of);
    };
    std::vector<std::uint32_t> sums(small.row_bytes());
    for (int y = 0; y < small.height; ++y) {
        const int top = edge(y, small.height, picture.height);
        const int bottom = std::max(top + 1, edge(y + 1, small.height, picture.height));
        std::ranges::fill(sums, 0u);
        for (int row = top; row < bottom; ++row) {
            const std::uint8_t* from = picture.rgb.data() + picture.row_bytes() * row;
            for (int x = 0; x < small.width; ++x) {
                const int left = edge(x, small.width, picture.width);
                const int right = std::max(left + 1, edge(x + 1, small.width, picture.width));
                std::uint32_t* sum = &sums[static_cast<std::size_t>(x) * 3];
                for (int column = left; column < right; ++column) {
                    const std::uint8_t* pixel = from + static_cast<std::size_t>(column) * 3;
                    sum[0] += pixel[0];
                    sum[1] += pixel[1];
                    sum[2] += pixel[2];
                }
            }
        }
        std::uint8_t* to = small.rgb.data() + small.row_bytes() * y;
        for (int x = 0; x < small.width; ++x) {
            const int left = edge(x, small.width, picture.width);
            const int right = std::max(left + 1, edge(x + 1, small.width, picture.width));
            const auto pixels = static_cast<std::uint32_t>((right - left) * (bottom - top));
            for (int colour = 0; colour < 3; ++colour) {
                const std::size_t at = static_cast<std::size_t>(x) * 3 + colour;
                to[at] = static_cast<std::uint8_t>((sums[at] + pixels / 2) / pixels);
            }
        }
    }
    return small;
}

Picture turn_upright(Picture picture) {
    const int orientation = picture.orientation;
    if (orientation <= 1 || orientation > 8) {
        picture.orientation = 1;
        return picture;
    }
    const bool is_lying = orientation >= 5;
    Picture upright = make_picture(is_lying ? picture.height : picture.width,
                                   is_lying ? picture.width : picture.height);
    upright.profile = std::move(picture.profile);
    for (int y = 0; y < upright.height; ++y) {
        for (int x = 0; x < upright.width; ++x) {
            int from_x = is_lying ? y : x;
            int from_y = is_lying ? x : y;
            if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8) {
                from_x = picture.width - 1 - from_x;
            }
            if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7) {
                from_y = picture.height - 1 - from_y;
            }
            const std::uint8_t* from = picture.rgb.data() + picture.row_bytes() * from_y +
                                       static_cast<std::size_t>(from_x) * 3;
            std::copy_n(
                from,
                3,
                upright.rgb.data() + upright.row_bytes() * y + static_cast<std::size_t>(x) * 3);
        }
    }
    return upright;
}

int exif_orientation(std::string_view exif) {
    const bool is_little = exif.starts_with("II");
    if (!is_little && !exif.starts_with("MM")) {
        return 1;
    }
    // Zero where the block ends before.
    const auto number = [&](std::size_t at, std::size_t size) {
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < size; ++i) {
            const std::size_t from = at + (is_little ? size - 1 - i : i);
            value = value << 8 | (from < exif.size() ? static_cast<unsigned char>(exif[from]) : 0u);
        }
        return value;
    };
    constexpr std::uint32_t kOrientation = 0x0112;
    const std::size_t directory = number(4, 4);
    const std::size_t entries = number(directory, 2);
    for (std::size_t i = 0; i < entries; ++i) {
        const std::size_t entry = directory + 2 + i * 12;
        if (entry + 12 > exif.size()) {
            break;
        }
        if (number(entry, 2) == kOrientation) {
            const std::uint32_t named = number(entry + 8, 2);
            return named >= 1 && named <= 8 ? static_cast<int>(named) : 1;
        }
    }
    return 1;
}

}  // namespace tocsin::converter
