// What the converter makes of honest and of hostile files: the real program, once a file.
#include <gmock/gmock.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): signal is POSIX's here

#include <random>

#include "hub/converter/decode.hpp"
#include "hub/media/converter.hpp"
#include "tests/unit/media_corpus.hpp"

namespace tocsin::media::test {
namespace {

using domain::Result;
using testing::AnyOf;
using testing::Eq;
using testing::HasSubstr;
using testing::Not;
namespace code = domain::code;

Result<converter::Converted> convert(std::string upload) {
    ::signal(SIGPIPE, SIG_IGN);
    boost::asio::io_context context;
    Converter converter(context, {.program = TOCSIN_MEDIA_PROGRAM});
    std::optional<Result<converter::Converted>> result;
    converter.convert(std::move(upload),
                      [&](Result<converter::Converted> given) { result = std::move(given); });
    context.run();
    EXPECT_EQ(converter.stats().died, 0u)
        << "the child died of signal " << converter.stats().latest_signal;
    return std::move(*result);
}

std::string code_of(const Result<converter::Converted>& result) {
    return result ? "taken" : result.error().code;
}

struct Colour {
    int red, green, blue;
};

Colour colour_at(const converter::Picture& picture, int x, int y) {
    const std::uint8_t* pixel =
        picture.rgb.data() + picture.row_bytes() * y + static_cast<std::size_t>(x) * 3;
    return {pixel[0], pixel[1], pixel[2]};
}

// As make_picture of the corpus has it: corners tell which way is up.
void expect_upright(const std::string& jpeg, const std::string& name) {
    const converter::Picture picture = converter::decode_jpeg(jpeg, 10'000);
    const Colour top_left = colour_at(picture, 1, 1);
    const Colour bottom_right = colour_at(picture, picture.width - 2, picture.height - 2);
    EXPECT_LT(top_left.red, 40) << name;
    EXPECT_LT(top_left.green, 40) << name;
    EXPECT_GT(bottom_right.red, 215) << name;
    EXPECT_GT(bottom_right.green, 215) << name;
    EXPECT_NEAR(bottom_right.blue, 128, 20) << name;
}

TEST(Hostile, HonestPicturesAreTakenAsJpegWithAThumbnail) {
    const std::pair<const char*, std::string> files[] = {{"JPEG", make_jpeg(640, 480)},
                                                         {"PNG", make_png(640, 480)},
                                                         {"WebP", make_webp(640, 480)},
                                                         {"HEIC", make_heic(640, 480)}};
    for (const auto& [name, file] : files) {
        const auto converted = convert(file);
        ASSERT_TRUE(converted) << name << ": " << converted.error().message;
        EXPECT_EQ(converted->kind, converter::Kind::photo) << name;
        EXPECT_EQ(converted->width, 640) << name;
        EXPECT_EQ(converted->height, 480) << name;
        EXPECT_TRUE(converted->bytes.starts_with("\xFF\xD8\xFF")) << name;
        expect_upright(converted->bytes, name);
        const converter::Picture small = converter::decode_jpeg(converted->thumbnail, 10'000);
        EXPECT_EQ(small.width, 320) << name;
        EXPECT_EQ(small.height, 240) << name;
        expect_upright(converted->thumbnail, name);
    }
}

TEST(Hostile, LargePicturesAreMadeSmaller) {
    const auto converted = convert(make_jpeg(6'000, 4'000));
    ASSERT_TRUE(converted) << converted.error().message;
    EXPECT_EQ(converted->width, 4'096);
    EXPECT_NEAR(converted->height, 2'731, 2);
    EXPECT_LE(converted->bytes.size(), converter::kMostBytes);
    expect_upright(converted->bytes, "large");
}

TEST(Hostile, MetadataIsGone) {
    const std::string jpeg = make_jpeg(64, 48);
    const std::string exif = make_exif(1, 1u << 20);
    const std::string segments[] = {
        with_jpeg_segment(jpeg, 0xE1, exif),
        with_jpeg_segment(jpeg, 0xFE, "PLANTED comment GPS-45.6063N"),
        with_jpeg_segment(jpeg, 0xE1, "http://ns.adobe.com/xap/1.0/" + std::string(1, '\0') + exif),
        with_jpeg_segment(jpeg, 0xED, "Photoshop 3.0 PLANTED"),
        with_png_chunk(make_png(64, 48), "tEXt", "Comment PLANTED GPS-45.6063N"),
        with_png_chunk(make_png(64, 48), "eXIf", exif.substr(6, 100)),
    };
    for (const std::string& file : segments) {
        const auto converted = convert(file);
        ASSERT_TRUE(converted) << converted.error().message;
        for (const std::string& made : {converted->bytes, converted->thumbnail}) {
            for (const char* planted : {"GPS", "PLAN", "Exif", "adobe", "Photoshop", "GGGG"}) {
                EXPECT_THAT(made, Not(HasSubstr(planted)));
            }
        }
    }
}

TEST(Hostile, PicturesStandUpright) {
    for (int orientation = 1; orientation <= 8; ++orientation) {
        const auto converted =
            convert(with_jpeg_segment(make_jpeg(64, 48), 0xE1, make_exif(orientation, 0)));
        ASSERT_TRUE(converted);
        EXPECT_EQ(converted->width, orientation >= 5 ? 48 : 64) << orientation;
        // Which corner the dark one is in, by Exif's table.
        const converter::Picture picture = converter::decode_jpeg(converted->bytes, 10'000);
        const bool is_right =
            orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
        const bool is_low =
            orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
        const Colour dark =
            colour_at(picture, is_right ? picture.width - 2 : 1, is_low ? picture.height - 2 : 1);
        EXPECT_LT(dark.red + dark.green, 80) << orientation;
    }
    EXPECT_TRUE(convert(with_jpeg_segment(make_jpeg(64, 48), 0xE1, make_exif(200, 0))));
}

TEST(Hostile, BombsAreRefusedByTheirHeader) {
    const std::string bomb = make_png_claiming(30'000, 30'000);
    EXPECT_LT(bomb.size(), 1'024u);
    EXPECT_EQ(code_of(convert(bomb)), code::media_too_large);
    EXPECT_EQ(code_of(convert(make_png_claiming(60'000, 60'000))), code::media_too_large);
    EXPECT_EQ(code_of(convert(make_png_claiming(0x7FFFFFFF, 0x7FFFFFFF))), code::media_refused);
    EXPECT_EQ(code_of(convert(make_png_claiming(40'000'001, 1))), code::media_refused)
        << "longer than any picture may be";

    std::string jpeg = make_jpeg(64, 48);
    const std::size_t frame = jpeg.find("\xFF\xC0");
    jpeg.replace(frame + 5, 4, "\x75\x30\x75\x30");
    EXPECT_EQ(code_of(convert(jpeg)), code::media_too_large);

    std::string webp = make_webp(64, 48);
    const std::size_t start = webp.find("\x9D\x01\x2A");
    webp.replace(start + 3, 4, "\xFF\x3F\xFF\x3F");
    EXPECT_EQ(code_of(convert(webp)), code::media_too_large);

    std::string heic = make_heic(64, 64);
    for (std::size_t at = heic.find("ispe"); at != heic.npos; at = heic.find("ispe", at + 1)) {
        heic.replace(at + 8, 8, std::string("\0\0\x75\x30\0\0\x75\x30", 8));
    }
    EXPECT_THAT(code_of(convert(heic)), AnyOf(Eq(code::media_too_large), Eq(code::media_refused)));
}

TEST(Hostile, PackedMetadataCannotBeABomb) {
    // Deflate at its best: a thousand to one.
    const std::string packed = deflated(std::string(256u << 20, '\0'));
    const std::string name("bomb\0\0", 6);
    EXPECT_EQ(code_of(convert(with_png_chunk(make_png(8, 8), "iCCP", name + packed))), "taken");
    EXPECT_EQ(code_of(convert(with_png_chunk(make_png(8, 8), "zTXt", name + packed))), "taken");
}

TEST(Hostile, WhatIsCutOffIsRefused) {
    for (const std::string& file :
         {make_jpeg(640, 480), make_png(640, 480), make_webp(640, 480), make_heic(640, 480)}) {
        for (const std::size_t part : {file.size() / 2, file.size() / 10, std::size_t{30}}) {
            EXPECT_THAT(code_of(convert(file.substr(0, part))),
                        AnyOf(Eq(code::media_refused), Eq(code::media_type_refused)))
                << file.substr(0, 4) << " of " << part;
        }
    }
}

TEST(Hostile, VoiceThatIsCutOffIsWhatThereIsOfIt) {
    const std::string file = make_opus(4);
    const auto half = convert(file.substr(0, file.size() / 2));
    ASSERT_TRUE(half) << half.error().message;
    EXPECT_NEAR(half->duration_ms, 2'000, 500);
    EXPECT_EQ(code_of(convert(file.substr(0, 60))), code::media_refused);
}

TEST(Hostile, PolyglotsAreMadeHarmless) {
    const std::string page = "<html><script>alert(1)</script></html>";
    const std::string archive = std::string("PK\x03\x04", 4) + "evil.exe";
    const std::string files[] = {
        make_jpeg(64, 48) + page,
        make_jpeg(64, 48) + archive,
        with_jpeg_segment(make_jpeg(64, 48), 0xFE, page + archive),
        make_png(64, 48) + page + archive,
        with_png_chunk(make_png(64, 48), "tEXt", page + archive),
        make_webp(64, 48) + page + archive,
        make_heic(64, 64) + page + archive,
    };
    for (const std::string& file : files) {
        const auto converted = convert(file);
        // A container whose own length is contradicted may be refused.
        if (converted) {
            EXPECT_THAT(converted->bytes, Not(HasSubstr("script")));
            EXPECT_THAT(converted->bytes, Not(HasSubstr("evil")));
            EXPECT_TRUE(converted->bytes.ends_with("\xFF\xD9"));
        }
    }
    EXPECT_TRUE(convert(files[0]));
}

TEST(Hostile, WhatIsNoStillPictureIsRefused) {
    const std::pair<const char*, std::string> files[] = {
        {"SVG", "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"},
        {"SVG with a head", "<?xml version='1.0'?><svg/>"},
        {"GIF", make_gif()},
        {"animated WebP", make_animated_webp()},
        {"animated PNG",
         with_png_chunk(make_png(8, 8), "acTL", std::string("\0\0\0\2\0\0\0\0", 8))},
        {"HTML", "<html></html>"},
        {"PDF", "%PDF-1.7"},
        {"BMP", "BM" + std::string(100, '\0')},
        {"TIFF", std::string("II*\0", 4) + std::string(100, '\0')},
        {"PostScript", "%!PS-Adobe-3.0"},
        {"AVIF", std::string("\0\0\0\x1C", 4) + "ftypavif" + std::string(100, '\0')},
        {"a film", std::string("\0\0\0\x18", 4) + "ftypmp42" + std::string(100, '\0')},
        {"a moving HEIF", std::string("\0\0\0\x18", 4) + "ftyphevc" + std::string(100, '\0')},
        {"an MP3", "ID3" + std::string(100, '\0')},
        {"nothing", ""},
        {"zeros", std::string(1'000, '\0')},
    };
    for (const auto& [name, file] : files) {
        EXPECT_EQ(code_of(convert(file)), code::media_type_refused) << name;
    }
}

TEST(Hostile, RandomBytesBehindEveryBeginningEndNobody) {
    std::mt19937 random(20'261'123);
    const std::string starts[] = {make_jpeg(32, 32).substr(0, 200),
                                  make_png(32, 32).substr(0, 60),
                                  make_webp(32, 32).substr(0, 40),
                                  make_heic(64, 64).substr(0, 500),
                                  make_opus(1).substr(0, 300)};
    for (const std::string& start : starts) {
        for (int i = 0; i < 4; ++i) {
            std::string file = start;
            while (file.size() < 20'000) {
                file.push_back(static_cast<char>(random() & 0xFF));
            }
            static_cast<void>(convert(file));
        }
    }
}

TEST(Hostile, ChangedBytesEndNobody) {
    std::mt19937 random(7);
    for (const std::string& good : {make_jpeg(96, 64),
                                    make_png(96, 64),
                                    make_webp(96, 64),
                                    make_heic(96, 64),
                                    make_opus(1)}) {
        for (int i = 0; i < 6; ++i) {
            std::string file = good;
            for (int j = 0; j < 5; ++j) {
                file[random() % file.size()] = static_cast<char>(random() & 0xFF);
            }
            static_cast<void>(convert(file));
        }
    }
}

TEST(Hostile, TooManyBytesAreRefused) {
    EXPECT_EQ(code_of(convert(make_jpeg(8, 8) + std::string(2u << 20, 'x'))),
              code::media_too_large);
}

TEST(Hostile, VoiceIsTakenWithoutItsComments) {
    const std::string picture = "METADATA_BLOCK_PICTURE=" + std::string(50'000, 'A');
    const auto converted = convert(make_opus(3, {"TITLE=PLANTED", "ENCODER=phone", picture}));
    ASSERT_TRUE(converted) << converted.error().message;
    EXPECT_EQ(converted->kind, converter::Kind::voice);
    EXPECT_NEAR(converted->duration_ms, 3'000, 20);
    EXPECT_TRUE(converted->bytes.starts_with("OggS"));
    EXPECT_LT(converted->bytes.size(), 20'000u);
    for (const char* planted : {"PLANTED", "PICTURE", "phone", "AAAAAAAA"}) {
        EXPECT_THAT(converted->bytes, Not(HasSubstr(planted)));
    }
    // What was made is what is taken.
    const auto again = convert(converted->bytes);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->duration_ms, converted->duration_ms);
}

TEST(Hostile, VoiceIsAtMostAMinute) {
    EXPECT_TRUE(convert(make_opus(60)));
    EXPECT_EQ(code_of(convert(make_opus(61))), code::media_too_large);
    // Two streams one after the other are not one message.
    EXPECT_EQ(code_of(convert(make_opus(2) + make_opus(2))), code::media_refused);
}

TEST(Hostile, OtherSoundIsRefused) {
    std::string vorbis = make_opus(1);
    vorbis.replace(vorbis.find("OpusHead"), 8, "\x01vorbis ");
    EXPECT_THAT(code_of(convert(vorbis)),
                AnyOf(Eq(code::media_type_refused), Eq(code::media_refused)));
}

}  // namespace
}  // namespace tocsin::media::test
