#include "arguments.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <ctime>
#include <limits>
#include <string>
#include <vector>

#include "words.hpp"

namespace tocsin::cli {
namespace {

using std::chrono::milliseconds;

std::optional<double> parse_number(std::string_view text) {
    if (text.starts_with('+')) {
        text.remove_prefix(1);
    }
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return number;
}

// What a Chinese keyboard writes for digits and their signs, U+FF0B to U+FF19, as ASCII has it;
// everything else as it is.
std::string to_narrow(std::string_view text) {
    constexpr std::string_view kWide = "\xEF\xBC";
    constexpr unsigned char kFirst = 0x8B;  // third byte of U+FF0B, a plus
    constexpr unsigned char kLast = 0x99;   // of U+FF19, a nine
    std::string narrow;
    while (!text.empty()) {
        const bool whole = text.starts_with(kWide) && text.size() > kWide.size();
        const auto third = whole ? static_cast<unsigned char>(text[kWide.size()]) : '\0';
        const bool is_wide = third >= kFirst && third <= kLast;
        narrow += is_wide ? static_cast<char>('+' + (third - kFirst)) : text.front();
        text.remove_prefix(is_wide ? kWide.size() + 1 : 1);
    }
    return narrow;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return number;
}

std::optional<std::int64_t> parse_span(std::string_view text) {
    const auto unit_ms = [&]() -> std::int64_t {
        switch (text.empty() ? '\0' : text.back()) {
            case 's':
                return 1'000;
            case 'm':
                return 60'000;
            case 'h':
                return 3'600'000;
            case 'd':
                return 86'400'000;
            default:
                return 0;
        }
    }();
    if (unit_ms == 0) {
        return std::nullopt;
    }
    const auto count = parse_integer(text.substr(0, text.size() - 1));
    constexpr std::int64_t kMost = 1'000'000;
    if (!count || *count < 0 || *count > kMost) {
        return std::nullopt;
    }
    return *count * unit_ms;
}

// Reads a text from the left.
class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    std::optional<int> digits(std::size_t count) {
        int number = 0;
        if (rest_.size() < count) {
            return std::nullopt;
        }
        for (const char c : rest_.substr(0, count)) {
            if (c < '0' || c > '9') {
                return std::nullopt;
            }
            number = number * 10 + (c - '0');
        }
        rest_.remove_prefix(count);
        return number;
    }
    bool take(std::string_view any_of) {
        if (rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos) {
            return false;
        }
        rest_.remove_prefix(1);
        return true;
    }
    char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
    bool at_end() const { return rest_.empty(); }

private:
    std::string_view rest_;
};

struct Clock {
    int hour = 0;
    int minute = 0;
    int second = 0;
    int millisecond = 0;
};

std::optional<Clock> read_clock(Reader& reader) {
    Clock clock;
    const auto hour = reader.digits(2);
    if (!hour || !reader.take(":")) {
        return std::nullopt;
    }
    const auto minute = reader.digits(2);
    if (!minute) {
        return std::nullopt;
    }
    clock.hour = *hour;
    clock.minute = *minute;
    if (reader.take(":")) {
        const auto second = reader.digits(2);
        if (!second) {
            return std::nullopt;
        }
        clock.second = *second;
        if (reader.take(".,")) {
            int scale = 100;
            int digits = 0;
            while (const auto digit = reader.digits(1)) {
                clock.millisecond += *digit * scale;
                scale /= 10;
                ++digits;
            }
            if (digits == 0) {
                return std::nullopt;
            }
        }
    }
    if (clock.hour > 23 || clock.minute > 59 || clock.second > 60) {
        return std::nullopt;
    }
    return clock;
}

// Z, +HH, +HHMM or +HH:MM. Outer nothing: malformed; inner nothing: no zone is given.
std::optional<std::optional<std::chrono::minutes>> read_zone(Reader& reader) {
    if (reader.at_end()) {
        return std::optional<std::chrono::minutes>{};
    }
    if (reader.take("Zz")) {
        return std::chrono::minutes{0};
    }
    const int sign = reader.peek() == '-' ? -1 : 1;
    if (!reader.take("+-")) {
        return std::nullopt;
    }
    const auto hours = reader.digits(2);
    if (!hours || *hours > 23) {
        return std::nullopt;
    }
    int minutes = 0;
    if (!reader.at_end()) {
        reader.take(":");
        const auto given = reader.digits(2);
        if (!given || *given > 59) {
            return std::nullopt;
        }
        minutes = *given;
    }
    return std::chrono::minutes{sign * (*hours * 60 + minutes)};
}

std::optional<std::int64_t> local_seconds(std::chrono::year_month_day date, const Clock& clock) {
    std::tm parts{};
    parts.tm_year = static_cast<int>(date.year()) - 1900;
    parts.tm_mon = static_cast<int>(static_cast<unsigned>(date.month())) - 1;
    parts.tm_mday = static_cast<int>(static_cast<unsigned>(date.day()));
    parts.tm_hour = clock.hour;
    parts.tm_min = clock.minute;
    parts.tm_sec = clock.second;
    parts.tm_isdst = -1;
    const auto seconds = std::mktime(&parts);
    return static_cast<std::int64_t>(seconds);
}

std::optional<std::int64_t> parse_iso(std::string_view text) {
    Reader reader(text);
    const auto year = reader.digits(4);
    if (!year || !reader.take("-")) {
        return std::nullopt;
    }
    const auto month = reader.digits(2);
    if (!month || !reader.take("-")) {
        return std::nullopt;
    }
    const auto day = reader.digits(2);
    if (!day) {
        return std::nullopt;
    }
    const std::chrono::year_month_day date{std::chrono::year{*year},
                                           std::chrono::month{static_cast<unsigned>(*month)},
                                           std::chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok()) {
        return std::nullopt;
    }
    Clock clock;
    std::optional<std::chrono::minutes> zone;
    if (reader.take("Tt ")) {
        const auto given = read_clock(reader);
        if (!given) {
            return std::nullopt;
        }
        clock = *given;
        const auto given_zone = read_zone(reader);
        if (!given_zone) {
            return std::nullopt;
        }
        zone = *given_zone;
    }
    if (!reader.at_end()) {
        return std::nullopt;
    }
    if (!zone) {
        const auto seconds = local_seconds(date, clock);
        return seconds ? std::optional(*seconds * 1'000 + clock.millisecond) : std::nullopt;
    }
    const auto time = std::chrono::sys_days{date} + std::chrono::hours{clock.hour} +
                      std::chrono::minutes{clock.minute} + std::chrono::seconds{clock.second} +
                      milliseconds{clock.millisecond} - *zone;
    return std::chrono::duration_cast<milliseconds>(time.time_since_epoch()).count();
}

}  // namespace

wire::Role role_of(std::string word) {
    std::ranges::replace(word, '_', '-');
    return value_of(kRoles, word);
}

std::optional<wire::Place> parse_place(std::string_view typed) {
    const std::string narrow = to_narrow(typed);
    std::string_view text = narrow;
    std::vector<double> numbers;
    while (true) {
        const auto comma = text.find(',');
        const auto number = parse_number(text.substr(0, comma));
        if (!number) {
            return std::nullopt;
        }
        numbers.push_back(*number);
        if (comma == std::string_view::npos) {
            break;
        }
        text.remove_prefix(comma + 1);
    }
    if (numbers.size() != 2 && numbers.size() != 3) {
        return std::nullopt;
    }
    wire::Place place;
    place.set_latitude(numbers[0]);
    place.set_longitude(numbers[1]);
    if (numbers.size() == 3) {
        place.set_accuracy_m(numbers[2]);
    }
    return place;
}

std::optional<std::int64_t> parse_time(std::string_view text, std::int64_t now_ms) {
    if (text.starts_with('+')) {
        const auto span = parse_span(text.substr(1));
        return span ? std::optional(now_ms + *span) : std::nullopt;
    }
    if (const auto number = parse_integer(text)) {
        return number;
    }
    return parse_iso(text);
}

std::optional<wire::Grant> parse_grant(std::string_view text) {
    const auto colon = text.find(':');
    wire::Grant grant;
    grant.set_role(role_of(std::string(text.substr(0, colon))));
    if (grant.role() == wire::ROLE_UNSPECIFIED) {
        return std::nullopt;
    }
    if (colon != std::string_view::npos) {
        if (colon + 1 == text.size()) {
            return std::nullopt;
        }
        grant.set_scope_id(std::string(text.substr(colon + 1)));
    }
    return grant;
}

}  // namespace tocsin::cli
