#include "tests/unit/media_corpus.hpp"

#include <libheif/heif.h>
#include <ogg/ogg.h>
#include <opus.h>
#include <png.h>
#include <webp/encode.h>
#include <zlib.h>

#include <array>
#include <cmath>
#include <cstring>

#include "hub/converter/encode.hpp"

namespace tocsin::media::test {

namespace {

using namespace std::string_view_literals;

converter::Picture make_picture(int width, int height) {
    converter::Picture picture;
    picture.width = width;
    picture.height = height;
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            picture.rgb.push_back(static_cast<std::uint8_t>(255 * x / width));
            picture.rgb.push_back(static_cast<std::uint8_t>(255 * y / height));
            picture.rgb.push_back(128);
        }
    }
    return picture;
}

void put_big(std::string& to, std::uint32_t number) {
    for (int shift = 24; shift >= 0; shift -= 8) {
        to.push_back(static_cast<char>(number >> shift & 0xFF));
    }
}

void put_little(std::string& to, std::uint64_t number, int bytes) {
    for (int i = 0; i < bytes; ++i) {
        to.push_back(static_cast<char>(number >> (8 * i) & 0xFF));
    }
}

std::string png_chunk(std::string_view type, std::string_view data) {
    std::string body(type);
    body += data;
    std::string chunk;
    put_big(chunk, static_cast<std::uint32_t>(data.size()));
    chunk += body;
    put_big(chunk,
            static_cast<std::uint32_t>(crc32(
                0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()))));
    return chunk;
}

constexpr std::string_view kPngStart = "\x89PNG\r\n\x1A\n"sv;

std::string png_header(std::uint32_t width, std::uint32_t height) {
    std::string header;
    put_big(header, width);
    put_big(header, height);
    header += "\x08\x02\0\0\0"sv;  // 8 bits, red, green, blue
    return std::string(kPngStart) + png_chunk("IHDR", header);
}

void add_packet(ogg_stream_state& stream,
                std::string packet,
                std::int64_t number,
                std::int64_t granule,
                bool is_last,
                std::string& file) {
    ogg_packet out{};
    out.packet = reinterpret_cast<unsigned char*>(packet.data());
    out.bytes = static_cast<long>(packet.size());
    out.b_o_s = number == 0 ? 1 : 0;
    out.e_o_s = is_last ? 1 : 0;
    out.granulepos = granule;
    out.packetno = number;
    ogg_stream_packetin(&stream, &out);
    ogg_page page{};
    while (ogg_stream_flush(&stream, &page) != 0) {
        file.append(reinterpret_cast<const char*>(page.header),
                    static_cast<std::size_t>(page.header_len));
        file.append(reinterpret_cast<const char*>(page.body),
                    static_cast<std::size_t>(page.body_len));
    }
}

}  // namespace

std::string deflated(const std::string& plain) {
    uLongf size = compressBound(plain.size());
    std::string packed(size, '\0');
    compress(reinterpret_cast<Bytef*>(packed.data()),
             &size,
             reinterpret_cast<const Bytef*>(plain.data()),
             plain.size());
    packed.resize(size);
    return packed;
}

std::string make_jpeg(int width, int height) {
    return converter::encode_jpeg(make_picture(width, height), 90);
}

std::string make_png(int width, int height) {
    const converter::Picture picture = make_picture(width, height);
    std::string rows;
    for (int y = 0; y < height; ++y) {
        rows.push_back('\0');  // no filter
        rows.append(reinterpret_cast<const char*>(picture.rgb.data()) + picture.row_bytes() * y,
                    picture.row_bytes());
    }
    return png_header(static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height)) +
           png_chunk("IDAT", deflated(rows)) + png_chunk("IEND", "");
}

std::string make_png_claiming(std::uint32_t width, std::uint32_t height) {
    return png_header(width, height) + png_chunk("IDAT", deflated(std::string(90'001, '\0'))) +
           png_chunk("IEND", "");
}

std::string with_png_chunk(std::string png, std::string_view type, std::string_view data) {
    return png.insert(png.find("IDAT") - 4, png_chunk(type, data));
}

std::string make_webp(int width, int height) {
    const converter::Picture picture = make_picture(width, height);
    std::uint8_t* made = nullptr;
    const std::size_t size = WebPEncodeRGB(
        picture.rgb.data(), width, height, static_cast<int>(picture.row_bytes()), 80, &made);
    std::string file(reinterpret_cast<const char*>(made), size);
    WebPFree(made);
    return file;
}

std::string make_heic(int width, int height) {
    const converter::Picture picture = make_picture(width, height);
    heif_context* context = heif_context_alloc();
    heif_encoder* encoder = nullptr;
    heif_context_get_encoder_for_format(context, heif_compression_HEVC, &encoder);
    heif_encoder_set_lossy_quality(encoder, 60);
    heif_image* image = nullptr;
    heif_image_create(width, height, heif_colorspace_RGB, heif_chroma_interleaved_RGB, &image);
    heif_image_add_plane(image, heif_channel_interleaved, width, height, 24);
    int stride = 0;
    std::uint8_t* plane = heif_image_get_plane(image, heif_channel_interleaved, &stride);
    for (int y = 0; y < height; ++y) {
        std::memcpy(plane + static_cast<std::ptrdiff_t>(stride) * y,
                    picture.rgb.data() + picture.row_bytes() * y,
                    picture.row_bytes());
    }
    heif_image_handle* handle = nullptr;
    heif_context_encode_image(context, image, encoder, nullptr, &handle);
    std::string file;
    heif_writer writer{};
    writer.writer_api_version = 1;
    writer.write = [](heif_context*, const void* data, std::size_t size, void* to) {
        static_cast<std::string*>(to)->append(static_cast<const char*>(data), size);
        return heif_error{heif_error_Ok, heif_suberror_Unspecified, ""};
    };
    heif_context_write(context, &writer, &file);
    heif_image_handle_release(handle);
    heif_image_release(image);
    heif_encoder_release(encoder);
    heif_context_free(context);
    return file;
}

std::string with_jpeg_segment(std::string jpeg, std::uint8_t marker, std::string_view data) {
    std::string segments;
    do {
        const std::string_view part = data.substr(0, 65'533);
        segments += '\xFF';
        segments += static_cast<char>(marker);
        segments += static_cast<char>((part.size() + 2) >> 8);
        segments += static_cast<char>((part.size() + 2) & 0xFF);
        segments += part;
        data.remove_prefix(part.size());
    } while (!data.empty());
    return jpeg.insert(2, segments);
}

std::string make_exif(int orientation, std::size_t filler) {
    std::string exif("Exif\0\0"sv);
    exif += "MM\0*"sv;
    put_big(exif, 8);
    exif += "\0\x03"sv;                    // entries
    exif += "\x01\x12\0\x03\0\0\0\x01"sv;  // orientation: one short
    exif += static_cast<char>(0);
    exif += static_cast<char>(orientation);
    exif += "\0\0"sv;
    exif += "\x01\x0F\0\x02\0\0\0\x04"sv;  // maker: four letters
    exif += "PLAN"sv;
    exif += "\x88\x25\0\x04\0\0\0\x01\0\0\0\x32"sv;  // where the GPS block is
    exif += "\0\0\0\0"sv;
    exif += "\0\x01\0\x02\0\x05\0\0\0\x03\0\0\0\x60\0\0\0\0"sv;  // latitude
    exif += "GPS-45.6063N-126.6194E";
    exif.append(filler, 'G');
    return exif;
}

std::string make_animated_webp() {
    std::string chunks = "VP8X";
    put_little(chunks, 10, 4);
    put_little(chunks, 0x02, 4);  // animated
    put_little(chunks, 15, 3);
    put_little(chunks, 15, 3);
    chunks += "ANIM";
    put_little(chunks, 6, 4);
    put_little(chunks, 0, 6);
    const std::string still = make_webp(16, 16).substr(12);
    for (int frame = 0; frame < 2; ++frame) {
        chunks += "ANMF";
        put_little(chunks, static_cast<std::uint32_t>(16 + still.size()), 4);
        put_little(chunks, 0, 3);
        put_little(chunks, 0, 3);
        put_little(chunks, 15, 3);
        put_little(chunks, 15, 3);
        put_little(chunks, 100, 3);
        put_little(chunks, 0, 1);
        chunks += still;
    }
    std::string file = "RIFF";
    put_little(file, static_cast<std::uint32_t>(4 + chunks.size()), 4);
    return file + "WEBP" + chunks;
}

std::string make_gif() {
    return std::string(
        "GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xFF\xFF\xFF"
        "!\xFF\x0BNETSCAPE2.0\x03\x01\0\0\0"
        ",\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0;"sv);
}

std::string make_opus(int seconds, const std::vector<std::string>& comments) {
    constexpr int kFrame = 960;
    ogg_stream_state stream{};
    ogg_stream_init(&stream, 77);
    std::string file;
    std::string head = "OpusHead";
    put_little(head, 1, 1);
    put_little(head, 1, 1);
    put_little(head, 312, 2);
    put_little(head, 48'000, 4);
    put_little(head, 0, 3);
    add_packet(stream, head, 0, 0, false, file);
    std::string tags = "OpusTags";
    put_little(tags, 5, 4);
    tags += "phone";
    put_little(tags, static_cast<std::uint32_t>(comments.size()), 4);
    for (const std::string& comment : comments) {
        put_little(tags, static_cast<std::uint32_t>(comment.size()), 4);
        tags += comment;
    }
    add_packet(stream, tags, 1, 0, false, file);
    OpusEncoder* encoder = opus_encoder_create(48'000, 1, OPUS_APPLICATION_VOIP, nullptr);
    opus_encoder_ctl(encoder, OPUS_SET_BITRATE(16'000));
    const int frames = seconds * 50;
    for (int i = 0; i < frames; ++i) {
        std::array<float, kFrame> samples{};
        for (int j = 0; j < kFrame; ++j) {
            samples[static_cast<std::size_t>(j)] =
                0.3f * std::sin(static_cast<float>(i * kFrame + j) * 0.05f);
        }
        std::string packet(1'000, '\0');
        packet.resize(static_cast<std::size_t>(
            opus_encode_float(encoder,
                              samples.data(),
                              kFrame,
                              reinterpret_cast<unsigned char*>(packet.data()),
                              static_cast<int>(packet.size()))));
        const bool is_last = i + 1 == frames;
        add_packet(stream,
                   packet,
                   i + 2,
                   is_last ? std::int64_t{seconds} * 48'000 + 312 : std::int64_t{i + 1} * kFrame,
                   is_last,
                   file);
    }
    opus_encoder_destroy(encoder);
    ogg_stream_clear(&stream);
    return file;
}

}  // namespace tocsin::media::test
