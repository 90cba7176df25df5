// The only file that knows libwebp.
#include <webp/decode.h>
#include <webp/demux.h>

#include "hub/converter/decode.hpp"
#include "hub/converter/refuse.hpp"

namespace tocsin::converter {

namespace {

const std::uint8_t* raw(std::string_view bytes) {
    return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

std::string chunk(const WebPDemuxer* file, const char* name) {
    WebPChunkIterator found{};
    std::string bytes;
    if (WebPDemuxGetChunk(file, name, 1, &found) != 0) {
        bytes.assign(reinterpret_cast<const char*>(found.chunk.bytes), found.chunk.size);
    }
    WebPDemuxReleaseChunkIterator(&found);
    return bytes;
}

void read_metadata(std::string_view bytes, Picture& picture) {
    const WebPData data{raw(bytes), bytes.size()};
    WebPDemuxer* const file = WebPDemux(&data);
    if (file == nullptr) {
        refuse_broken();
    }
    picture.profile = chunk(file, "ICCP");
    // Some writers put JPEG's prefix before it.
    constexpr std::string_view kPrefix("Exif\0\0", 6);
    const std::string exif = chunk(file, "EXIF");
    const std::string_view block = exif;
    picture.orientation =
        exif_orientation(block.starts_with(kPrefix) ? block.substr(kPrefix.size()) : block);
    WebPDemuxDelete(file);
}

}  // namespace

Picture decode_webp(std::string_view bytes) {
    WebPBitstreamFeatures features{};
    if (WebPGetFeatures(raw(bytes), bytes.size(), &features) != VP8_STATUS_OK) {
        refuse_broken();
    }
    check_size(features.width, features.height);
    if (features.has_animation != 0) {
        refuse(Refused::type_refused, "The picture is animated.");
    }
    Picture picture = make_picture(features.width, features.height);
    const std::size_t pixels = picture.rgb.size() / 3;
    if (features.has_alpha == 0) {
        if (WebPDecodeRGBInto(raw(bytes),
                              bytes.size(),
                              picture.rgb.data(),
                              picture.rgb.size(),
                              static_cast<int>(picture.row_bytes())) == nullptr) {
            refuse_broken();
        }
    } else {
        std::vector<std::uint8_t> rgba(pixels * 4);
        if (WebPDecodeRGBAInto(
                raw(bytes), bytes.size(), rgba.data(), rgba.size(), picture.width * 4) == nullptr) {
            refuse_broken();
        }
        for (std::size_t i = 0; i < pixels; ++i) {
            const int alpha = rgba[i * 4 + 3];
            for (std::size_t colour = 0; colour < 3; ++colour) {
                picture.rgb[i * 3 + colour] = static_cast<std::uint8_t>(
                    (rgba[i * 4 + colour] * alpha + 255 * (255 - alpha) + 127) / 255);
            }
        }
    }
    read_metadata(bytes, picture);
    return picture;
}

}  // namespace tocsin::converter
