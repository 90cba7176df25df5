// media-corpus FOLDER: the corpus as files, for tests that send them over HTTP.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <utility>

#include "tests/unit/media_corpus.hpp"

int main(int argc, char** argv) {
    using namespace tocsin::media::test;
    if (argc != 2) {
        std::fputs("usage: media-corpus FOLDER\n", stderr);
        return 2;
    }
    const std::filesystem::path folder = argv[1];
    const std::string page = "<html><script>alert(1)</script></html>PLANTED";
    const std::string exif = make_exif(6, 1u << 20);
    const std::pair<const char*, std::string> files[] = {
        {"photo.jpg", make_jpeg(640, 480)},
        {"camera.jpg", make_jpeg(1'600, 1'200)},
        {"photo.png", make_png(640, 480)},
        {"photo.webp", make_webp(640, 480)},
        {"photo.heic", make_heic(640, 480)},
        {"voice.opus", make_opus(3, {"TITLE=PLANTED"})},
        {"exif.jpg", with_jpeg_segment(make_jpeg(640, 480), 0xE1, exif)},
        {"polyglot.jpg", with_jpeg_segment(make_jpeg(640, 480), 0xFE, page) + page},
        {"polyglot.png", with_png_chunk(make_png(640, 480), "tEXt", page) + page},
        {"profile.png",
         with_png_chunk(make_png(640, 480),
                        "iCCP",
                        std::string("bomb\0\0", 6) + deflated(std::string(64u << 20, '\0')))},
        {"bomb.png", make_png_claiming(30'000, 30'000)},
        {"over-40-megapixels.png", make_png_claiming(8'000, 5'001)},
        {"long.opus", make_opus(61)},
        {"over-2-mib.jpg", make_jpeg(64, 48) + std::string(2u << 20, 'x')},
        {"animated.webp", make_animated_webp()},
        {"animated.png",
         with_png_chunk(make_png(8, 8), "acTL", std::string("\0\0\0\2\0\0\0\0", 8))},
        {"animated.gif", make_gif()},
        {"drawing.svg", "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"},
        {"cut.jpg", make_jpeg(640, 480).substr(0, 3'000)},
        {"cut.png", make_png(640, 480).substr(0, 300)},
        {"cut.webp", make_webp(640, 480).substr(0, 300)},
        {"cut.heic", make_heic(640, 480).substr(0, 600)},
    };
    for (const auto& [name, bytes] : files) {
        std::ofstream file(folder / name, std::ios::binary);
        file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        if (!file.flush()) {
            std::fprintf(stderr, "%s cannot be written\n", name);
            return 1;
        }
    }
}
