// The only file that knows libjpeg.
#include <cstdio>
// after <cstdio>, which it needs
#include <jpeglib.h>

#include <algorithm>
#include <cstdlib>

#include "hub/converter/decode.hpp"
#include "hub/converter/encode.hpp"
#include "hub/converter/refuse.hpp"

// Its message codes; the header has no other way to them.
#include <jerror.h>

namespace tocsin::converter {

namespace {

// A progressive file may name the same coefficients over and over; honest ones take about ten
// scans.
constexpr int kMostScans = 64;
// A profile larger than this is not looked at.
constexpr unsigned kMostProfile = 1u << 20;

[[noreturn]] void on_error(j_common_ptr) {
    refuse_broken();
}

// What libjpeg goes on after. A file that ends too early is refused; small sins of cameras are not.
void on_message(j_common_ptr info, int level) {
    if (level < 0 && info->err->msg_code == JWRN_JPEG_EOF) {
        refuse(Refused::refused, "The picture ends before it is complete.");
    }
}

void on_progress(j_common_ptr info) {
    if (reinterpret_cast<j_decompress_ptr>(info)->input_scan_number > kMostScans) {
        refuse_broken();
    }
}

jpeg_error_mgr* quiet_errors(jpeg_error_mgr& errors) {
    jpeg_std_error(&errors);
    errors.error_exit = on_error;
    errors.emit_message = on_message;
    errors.output_message = [](j_common_ptr) {};
    return &errors;
}

int orientation_of(const jpeg_decompress_struct& info) {
    constexpr std::string_view kExif("Exif\0\0", 6);
    for (const auto* marker = info.marker_list; marker != nullptr; marker = marker->next) {
        const std::string_view data(reinterpret_cast<const char*>(marker->data),
                                    marker->data_length);
        if (marker->marker == JPEG_APP0 + 1 && data.starts_with(kExif)) {
            return exif_orientation(data.substr(kExif.size()));
        }
    }
    return 1;
}

std::string profile_of(jpeg_decompress_struct& info) {
    JOCTET* data = nullptr;
    unsigned size = 0;
    std::string profile;
    if (jpeg_read_icc_profile(&info, &data, &size) && size <= kMostProfile) {
        profile.assign(reinterpret_cast<const char*>(data), size);
    }
    std::free(data);
    return profile;
}

// Printers' ink, as every program writes it: inverted.
void ink_to_rgb(const std::vector<std::uint8_t>& ink, std::uint8_t* rgb) {
    for (std::size_t i = 0; i + 3 < ink.size(); i += 4) {
        for (std::size_t colour = 0; colour < 3; ++colour) {
            *rgb++ = static_cast<std::uint8_t>(ink[i + colour] * ink[i + 3] / 255);
        }
    }
}

}  // namespace

Picture decode_jpeg(std::string_view bytes, int longest) {
    jpeg_decompress_struct info{};
    jpeg_error_mgr errors{};
    jpeg_progress_mgr progress{};
    info.err = quiet_errors(errors);
    jpeg_create_decompress(&info);
    progress.progress_monitor = on_progress;
    info.progress = &progress;
    jpeg_mem_src(&info, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    jpeg_save_markers(&info, JPEG_APP0 + 1, 0xFFFF);
    jpeg_save_markers(&info, JPEG_APP0 + 2, 0xFFFF);
    if (jpeg_read_header(&info, TRUE) != JPEG_HEADER_OK) {
        refuse_broken();
    }
    check_size(info.image_width, info.image_height);
    const bool is_ink = info.jpeg_color_space == JCS_CMYK || info.jpeg_color_space == JCS_YCCK;
    info.out_color_space = is_ink ? JCS_CMYK : JCS_RGB;
    info.dct_method = JDCT_ISLOW;
    info.scale_denom = 8;
    info.scale_num = 8;
    const auto longer = std::max(info.image_width, info.image_height);
    while (info.scale_num > 1 &&
           longer / 8 * (info.scale_num - 1) >= static_cast<unsigned>(longest)) {
        --info.scale_num;
    }
    jpeg_start_decompress(&info);
    Picture picture = make_picture(info.output_width, info.output_height);
    picture.orientation = orientation_of(info);
    picture.profile = is_ink ? std::string() : profile_of(info);
    std::vector<std::uint8_t> ink(is_ink ? static_cast<std::size_t>(info.output_width) * 4 : 0);
    while (info.output_scanline < info.output_height) {
        std::uint8_t* row = picture.rgb.data() + picture.row_bytes() * info.output_scanline;
        JSAMPROW into = is_ink ? ink.data() : row;
        if (jpeg_read_scanlines(&info, &into, 1) != 1) {
            refuse_broken();
        }
        if (is_ink) {
            ink_to_rgb(ink, row);
        }
    }
    jpeg_finish_decompress(&info);
    jpeg_destroy_decompress(&info);
    return picture;
}

std::string encode_jpeg(const Picture& picture, int quality) {
    jpeg_compress_struct info{};
    jpeg_error_mgr errors{};
    info.err = quiet_errors(errors);
    jpeg_create_compress(&info);
    unsigned char* made = nullptr;
    unsigned long size = 0;
    jpeg_mem_dest(&info, &made, &size);
    info.image_width = static_cast<unsigned>(picture.width);
    info.image_height = static_cast<unsigned>(picture.height);
    info.input_components = 3;
    info.in_color_space = JCS_RGB;
    jpeg_set_defaults(&info);
    jpeg_set_quality(&info, quality, TRUE);
    jpeg_start_compress(&info, TRUE);
    while (info.next_scanline < info.image_height) {
        // libjpeg takes it as writable and does not write.
        auto* row = const_cast<std::uint8_t*>(picture.rgb.data() +
                                              picture.row_bytes() * info.next_scanline);
        jpeg_write_scanlines(&info, &row, 1);
    }
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    std::string bytes(reinterpret_cast<const char*>(made), size);
    std::free(made);
    return bytes;
}

}  // namespace tocsin::converter
