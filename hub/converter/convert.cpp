#include "hub/converter/convert.hpp"

#include <libheif/heif.h>

#include <algorithm>
#include <array>
#include <utility>

#include "hub/converter/decode.hpp"
#include "hub/converter/encode.hpp"
#include "hub/converter/recognise.hpp"
#include "hub/converter/refuse.hpp"
#include "hub/converter/voice.hpp"

namespace tocsin::converter {

namespace {

// A number plate ten metres away can still be read; a screen shows no more.
constexpr int kLongestSide = 4'096;
constexpr int kThumbnailSide = 320;
constexpr int kThumbnailQuality = 70;
// Tried in this order until the result is within its bound.
constexpr std::array<std::pair<int, int>, 4> kTries = {
    {{kLongestSide, 85}, {kLongestSide, 70}, {2'560, 75}, {1'600, 75}}};

std::string thumbnail_of(const Picture& picture) {
    std::string made = encode_jpeg(shrink(picture, kThumbnailSide), kThumbnailQuality);
    return made.size() <= kMostThumbnailBytes
               ? made
               : encode_jpeg(shrink(picture, kThumbnailSide / 2), kThumbnailQuality / 2);
}

void bound(Picture& picture, int longest) {
    if (std::max(picture.width, picture.height) > longest) {
        picture = shrink(picture, longest);
    }
}

Converted finish(Picture picture) {
    bound(picture, kLongestSide);
    to_srgb(picture);
    picture = turn_upright(std::move(picture));
    Converted converted;
    for (const auto& [side, quality] : kTries) {
        bound(picture, side);
        converted.bytes = encode_jpeg(picture, quality);
        if (converted.bytes.size() <= kMostBytes) {
            break;
        }
    }
    if (converted.bytes.size() > kMostBytes) {
        refuse(Refused::too_large, "The picture is too large to be kept.");
    }
    converted.width = picture.width;
    converted.height = picture.height;
    converted.thumbnail = thumbnail_of(picture);
    return converted;
}

Converted convert_voice(std::string_view upload) {
    const Samples samples = decode_voice(upload);
    Converted converted;
    converted.kind = Kind::voice;
    converted.duration_ms = static_cast<int>(std::max<std::size_t>(samples.size() / 48, 1));
    converted.bytes = encode_voice(samples);
    return converted;
}

}  // namespace

void warm_up() {
    heif_init(nullptr);
    Picture picture = make_picture(16, 16);
    const std::string jpeg = encode_jpeg(picture, 50);
    static_cast<void>(decode_jpeg(jpeg, 16));
    static_cast<void>(encode_voice(Samples(4'800)));
}

Converted convert(std::string_view upload) {
    if (upload.size() > kMostBytes) {
        refuse(Refused::too_large, "The file is longer than 2 MiB.");
    }
    switch (recognise(upload)) {
        case Format::jpeg:
            return finish(decode_jpeg(upload, kLongestSide));
        case Format::png:
            return finish(decode_png(upload));
        case Format::webp:
            return finish(decode_webp(upload));
        case Format::heif:
            return finish(decode_heif(upload));
        case Format::ogg:
            return convert_voice(upload);
        case Format::other:
            break;
    }
    refuse(Refused::type_refused,
           "Taken are JPEG, PNG, WebP, HEIF and Ogg Opus, none of them animated.");
}

}  // namespace tocsin::converter
