// The only file that knows libheif.
#include <libheif/heif.h>

#include <algorithm>

#include "hub/converter/decode.hpp"
#include "hub/converter/refuse.hpp"

namespace tocsin::converter {

namespace {

// 6,324 squared is just below 40 megapixels; libheif squares it.
constexpr int kMostSide = 6'324;
constexpr std::size_t kMostProfile = 1u << 20;

void must(const heif_error& error) {
    if (error.code == heif_error_Ok) {
        return;
    }
    if (error.subcode == heif_suberror_Security_limit_exceeded) {
        refuse(Refused::too_large, "The picture has more than 40 megapixels.");
    }
    if (error.code == heif_error_Unsupported_filetype ||
        error.code == heif_error_Unsupported_feature) {
        refuse(Refused::type_refused, "This kind of HEIF is not taken.");
    }
    refuse_broken();
}

}  // namespace

Picture decode_heif(std::string_view bytes) {
    heif_context* const context = heif_context_alloc();
    if (context == nullptr) {
        refuse_broken();
    }
    heif_context_set_maximum_image_size_limit(context, kMostSide);
    heif_context_set_max_decoding_threads(context, 0);  // tiles one after the other
    must(heif_context_read_from_memory_without_copy(context, bytes.data(), bytes.size(), nullptr));
    heif_image_handle* handle = nullptr;
    must(heif_context_get_primary_image_handle(context, &handle));
    check_size(heif_image_handle_get_width(handle), heif_image_handle_get_height(handle));
    heif_image* image = nullptr;
    // It turns and mirrors as the file says; Exif's orientation does not count here.
    must(heif_decode_image(
        handle, &image, heif_colorspace_RGB, heif_chroma_interleaved_RGB, nullptr));
    int stride = 0;
    const std::uint8_t* const plane =
        heif_image_get_plane_readonly(image, heif_channel_interleaved, &stride);
    const int width = heif_image_get_width(image, heif_channel_interleaved);
    const int height = heif_image_get_height(image, heif_channel_interleaved);
    check_size(width, height);
    Picture picture = make_picture(width, height);
    if (plane == nullptr || stride < 0 || static_cast<std::size_t>(stride) < picture.row_bytes()) {
        refuse_broken();
    }
    for (int y = 0; y < height; ++y) {
        std::copy_n(plane + static_cast<std::size_t>(stride) * y,
                    picture.row_bytes(),
                    picture.rgb.data() + picture.row_bytes() * y);
    }
    const std::size_t profile = heif_image_handle_get_raw_color_profile_size(handle);
    if (profile > 0 && profile <= kMostProfile) {
        picture.profile.resize(profile);
        must(heif_image_handle_get_raw_color_profile(handle, picture.profile.data()));
    }
    heif_image_release(image);
    heif_image_handle_release(handle);
    heif_context_free(context);
    return picture;
}

}  // namespace tocsin::converter
