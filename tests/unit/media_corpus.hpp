#pragma once
// Files such as people and attackers send, made here: no pictures are kept in the repository.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin::media::test {

// As zlib packs it.
std::string deflated(const std::string& plain);

// Something to see, so that a result can be told from a blank: red grows to the right, green
// downwards, blue is constant.
std::string make_jpeg(int width, int height);
std::string make_png(int width, int height);
std::string make_webp(int width, int height);
std::string make_heic(int width, int height);

// A PNG of any size that its header claims, with the data of one row.
std::string make_png_claiming(std::uint32_t width, std::uint32_t height);
// Chunks of a PNG put before its data.
std::string with_png_chunk(std::string png, std::string_view type, std::string_view data);
// An APP1 segment (Exif), or several where it is long, put after a JPEG's start.
std::string with_jpeg_segment(std::string jpeg, std::uint8_t marker, std::string_view data);
// An Exif block with an orientation and a place, and `filler` bytes of comment.
std::string make_exif(int orientation, std::size_t filler);

std::string make_animated_webp();
std::string make_gif();

// Ogg Opus of that many seconds, with these comments (`NAME=value`).
std::string make_opus(int seconds, const std::vector<std::string>& comments = {});

}  // namespace tocsin::media::test
