#include "hub/converter/recognise.hpp"

#include <algorithm>
#include <array>

namespace tocsin::converter {

namespace {

using namespace std::string_view_literals;

// Still pictures in HEVC. Sequences (`hevc`, `msf1`) move, and AVIF is another decoder's.
constexpr std::array kStillBrands = {"heic"sv, "heix"sv, "heim"sv, "heis"sv, "mif1"sv};

bool is_heif(std::string_view bytes) {
    return bytes.size() >= 12 && bytes.substr(4, 4) == "ftyp" &&
           std::ranges::find(kStillBrands, bytes.substr(8, 4)) != kStillBrands.end();
}

}  // namespace

Format recognise(std::string_view bytes) {
    if (bytes.starts_with("\xFF\xD8\xFF"sv)) {
        return Format::jpeg;
    }
    if (bytes.starts_with("\x89PNG\r\n\x1A\n"sv)) {
        return Format::png;
    }
    if (bytes.starts_with("RIFF"sv) && bytes.size() >= 12 && bytes.substr(8, 4) == "WEBP") {
        return Format::webp;
    }
    if (is_heif(bytes)) {
        return Format::heif;
    }
    return bytes.starts_with("OggS"sv) ? Format::ogg : Format::other;
}

}  // namespace tocsin::converter
