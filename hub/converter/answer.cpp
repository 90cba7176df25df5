#include "hub/converter/answer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace tocsin::converter {

namespace {

constexpr std::string_view kGreeting = "tocsin-media-1";
constexpr std::array<std::pair<Refused, std::string_view>, 3> kRefusals = {{
    {Refused::too_large, "too_large"},
    {Refused::type_refused, "type_refused"},
    {Refused::refused, "refused"},
}};

// The next word of a line, taken off it.
std::string_view take_word(std::string_view& line) {
    const std::size_t space = line.find(' ');
    const std::string_view word = line.substr(0, space);
    line.remove_prefix(space == line.npos ? line.size() : space + 1);
    return word;
}

// A number of at most `most`, written as to_text() does it.
bool take_number(std::string_view& line, int most, int& number) {
    const std::string_view word = take_word(line);
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    return error == std::errc() && end == word.data() + word.size() && number >= 0 &&
           number <= most && (word.size() == 1 || word.front() != '0');
}

bool is_printable(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

std::optional<Answer> parse_refusal(std::string_view line, std::string_view rest) {
    const std::string_view word = take_word(line);
    const auto* const found =
        std::ranges::find(kRefusals, word, &decltype(kRefusals)::value_type::second);
    if (found == kRefusals.end() || !is_printable(line) || !rest.empty()) {
        return std::nullopt;
    }
    return Answer(std::unexpected(Refusal{found->first, std::string(line)}));
}

}  // namespace

std::string to_text(const Answer& answer) {
    std::string text(kGreeting);
    if (!answer) {
        for (const auto& [why, word] : kRefusals) {
            if (why == answer.error().why) {
                text.append(" refused ").append(word);
            }
        }
        text.append(" ").append(answer.error().message);
        text.resize(std::min(text.size(), kMostLine - 1));
        return text += '\n';
    }
    text += answer->kind == Kind::photo ? " photo" : " voice";
    for (const std::size_t number : {static_cast<std::size_t>(answer->width),
                                     static_cast<std::size_t>(answer->height),
                                     static_cast<std::size_t>(answer->duration_ms),
                                     answer->bytes.size(),
                                     answer->thumbnail.size()}) {
        text.append(" ").append(std::to_string(number));
    }
    return text.append("\n").append(answer->bytes).append(answer->thumbnail);
}

std::optional<Answer> parse_answer(std::string_view text) {
    const std::size_t end = text.substr(0, kMostLine).find('\n');
    if (end == text.npos) {
        return std::nullopt;
    }
    std::string_view line = text.substr(0, end);
    const std::string_view rest = text.substr(end + 1);
    if (take_word(line) != kGreeting) {
        return std::nullopt;
    }
    const std::string_view kind = take_word(line);
    if (kind == "refused") {
        return parse_refusal(line, rest);
    }
    Converted converted;
    converted.kind = kind == "photo" ? Kind::photo : Kind::voice;
    const bool is_photo = converted.kind == Kind::photo;
    int bytes = 0;
    int thumbnail_bytes = 0;
    const bool is_whole =
        (is_photo || kind == "voice") && take_number(line, 65'535, converted.width) &&
        take_number(line, 65'535, converted.height) &&
        take_number(line, kMostVoiceMs, converted.duration_ms) &&
        take_number(line, static_cast<int>(kMostBytes), bytes) &&
        take_number(line, static_cast<int>(kMostThumbnailBytes), thumbnail_bytes) && line.empty();
    const std::size_t announced = static_cast<std::size_t>(bytes) + thumbnail_bytes;
    if (!is_whole || bytes == 0 || rest.size() != announced ||
        is_photo != (converted.width > 0 && converted.height > 0 && thumbnail_bytes > 0) ||
        (!is_photo && (converted.width > 0 || converted.height > 0 || thumbnail_bytes > 0))) {
        return std::nullopt;
    }
    converted.bytes = rest.substr(0, static_cast<std::size_t>(bytes));
    converted.thumbnail = rest.substr(static_cast<std::size_t>(bytes));
    return Answer(std::move(converted));
}

}  // namespace tocsin::converter
