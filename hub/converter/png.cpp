// The only file that knows libpng.
#include <png.h>

#include <algorithm>
#include <cstring>

#include "hub/converter/decode.hpp"
#include "hub/converter/refuse.hpp"

namespace tocsin::converter {

namespace {

// Of a chunk that is unpacked into memory: a profile, Exif.
constexpr png_alloc_size_t kMostChunk = 1u << 20;
constexpr png_uint_32 kMostChunks = 64;

[[noreturn]] void on_error(png_structp, png_const_charp) {
    refuse_broken();
}

void on_read(png_structp png, png_bytep into, std::size_t size) {
    auto& rest = *static_cast<std::string_view*>(png_get_io_ptr(png));
    if (size > rest.size()) {
        refuse(Refused::refused, "The picture ends before it is complete.");
    }
    std::memcpy(into, rest.data(), size);
    rest.remove_prefix(size);
}

int on_unknown_chunk(png_structp, png_unknown_chunkp chunk) {
    if (std::memcmp(chunk->name, "acTL", 4) == 0) {
        refuse(Refused::type_refused, "The picture is animated.");
    }
    return 1;  // it was seen: nothing is kept
}

}  // namespace

Picture decode_png(std::string_view bytes) {
    png_structp png = png_create_read_struct(
        PNG_LIBPNG_VER_STRING, nullptr, on_error, [](png_structp, png_const_charp) {});
    png_infop info = png == nullptr ? nullptr : png_create_info_struct(png);
    if (info == nullptr) {
        refuse_broken();
    }
    png_set_read_fn(png, &bytes, on_read);
    png_set_read_user_chunk_fn(png, nullptr, on_unknown_chunk);
    png_set_user_limits(png, 65'535, 65'535);
    png_set_chunk_malloc_max(png, kMostChunk);
    png_set_chunk_cache_max(png, kMostChunks);
    png_read_info(png, info);
    check_size(png_get_image_width(png, info), png_get_image_height(png, info));

    // Whatever it is: red, green, blue, 8 bits each, on white.
    png_set_expand(png);
    png_set_scale_16(png);
    png_set_gray_to_rgb(png);
    png_color_16 white{};
    white.red = white.green = white.blue = white.gray = 0xFFFF;
    if ((png_get_color_type(png, info) & PNG_COLOR_MASK_ALPHA) != 0 ||
        png_get_valid(png, info, PNG_INFO_tRNS) != 0) {
        if (png_get_bit_depth(png, info) < 16) {
            white.red = white.green = white.blue = white.gray = 0xFF;
        }
        png_set_background(png, &white, PNG_BACKGROUND_GAMMA_SCREEN, 0, 1.0);
    }
    const int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    Picture picture = make_picture(png_get_image_width(png, info), png_get_image_height(png, info));
    if (png_get_rowbytes(png, info) != picture.row_bytes()) {
        refuse_broken();
    }

    png_bytep exif = nullptr;
    png_uint_32 exif_size = 0;
    if (png_get_eXIf_1(png, info, &exif_size, &exif) != 0) {
        picture.orientation = exif_orientation({reinterpret_cast<const char*>(exif), exif_size});
    }
    png_charp name = nullptr;
    int compression = 0;
    png_bytep profile = nullptr;
    png_uint_32 profile_size = 0;
    if (png_get_iCCP(png, info, &name, &compression, &profile, &profile_size) != 0) {
        picture.profile.assign(reinterpret_cast<const char*>(profile), profile_size);
    }
    for (int pass = 0; pass < passes; ++pass) {
        for (int y = 0; y < picture.height; ++y) {
            png_read_row(png, picture.rgb.data() + picture.row_bytes() * y, nullptr);
        }
    }
    png_destroy_read_struct(&png, &info, nullptr);
    return picture;
}

}  // namespace tocsin::converter
