#include "hub/ops/log_lines.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <chrono>
#include <cmath>
#include <utility>

namespace tocsin::ops {

namespace {

constexpr char32_t kReplacement = 0xfffd;

// Takes one code point off the front; kReplacement and one byte where it is not UTF-8.
char32_t take_code_point(std::string_view& text) {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = at(0);
    const std::size_t length = first < 0x80                    ? 1
                               : first >= 0xc2 && first < 0xe0 ? 2
                               : first >= 0xe0 && first < 0xf0 ? 3
                               : first >= 0xf0 && first < 0xf5 ? 4
                                                               : 0;
    char32_t point = length == 1 ? first : first & (0x7fu >> length);
    bool good = length > 0 && length <= text.size();
    for (std::size_t i = 1; good && i < length; ++i) {
        good = (at(i) & 0xc0u) == 0x80u;
        point = (point << 6) | (at(i) & 0x3fu);
    }
    constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
    good = good && point >= kLeast[length] && point <= 0x10ffff &&
           !(point >= 0xd800 && point < 0xe000);
    text.remove_prefix(good ? length : 1);
    return good ? point : kReplacement;
}

bool is_dangerous(char32_t point) {
    return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0x61c || point == 0x200e ||
           point == 0x200f || (point >= 0x2028 && point <= 0x202e) ||
           (point >= 0x2066 && point <= 0x2069) || point == 0xfeff;
}

void append_escape(std::string& line, char32_t point) {
    constexpr char kHex[] = "0123456789abcdef";
    line += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) {
        line += kHex[(point >> shift) & 0xfu];
    }
}

std::string_view word_of(Severity severity) {
    switch (severity) {
        case Severity::info:
            return "info";
        case Severity::warning:
            return "warning";
        case Severity::error:
            return "error";
    }
    return "error";
}

std::int64_t system_now_ms() {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

}  // namespace

void append_json_text(std::string& line, std::string_view text) {
    line += '"';
    for (std::size_t taken = 0; !text.empty();) {
        const std::string_view before = text;
        const char32_t point = take_code_point(text);
        const std::size_t length = before.size() - text.size();
        taken += length;
        if (taken > kLongestField) {
            line += "…";
            break;
        }
        if (point == kReplacement) {
            line += "\xef\xbf\xbd";
        } else if (is_dangerous(point)) {
            append_escape(line, point);
        } else {
            if (point == '"' || point == '\\') {
                line += '\\';
            }
            line += before.substr(0, length);
        }
    }
    line += '"';
}

void Field::append_to(std::string& line) const {
    append_json_text(line, key_);
    line += ':';
    if (const auto* truth = std::get_if<bool>(&value_)) {
        line += *truth ? "true" : "false";
    } else if (const auto* whole = std::get_if<std::int64_t>(&value_)) {
        line += std::to_string(*whole);
    } else if (const auto* real = std::get_if<double>(&value_)) {
        line += std::isfinite(*real) ? std::to_string(*real) : "null";
    } else {
        append_json_text(line, std::get<std::string_view>(value_));
    }
}

std::string make_log_line(Severity severity,
                          std::string_view event,
                          std::int64_t time_ms,
                          std::initializer_list<Field> fields,
                          std::int64_t suppressed) {
    std::string line = "{";
    Field("event", event).append_to(line);
    line += ',';
    Field("severity", word_of(severity)).append_to(line);
    line += ',';
    Field("time_ms", time_ms).append_to(line);
    for (const Field& field : fields) {
        line += ',';
        field.append_to(line);
    }
    if (suppressed > 0) {
        line += ',';
        Field("suppressed", suppressed).append_to(line);
    }
    return line + '}';
}

LogLines::LogLines() : LogLines(std::make_shared<spdlog::sinks::stderr_sink_mt>(), system_now_ms) {}

LogLines::LogLines(std::shared_ptr<spdlog::sinks::sink> sink, std::function<std::int64_t()> now_ms)
    : logger_(std::make_shared<spdlog::logger>("tocsin", std::move(sink))),
      now_ms_(std::move(now_ms)) {
    logger_->set_pattern("%v");
    logger_->flush_on(spdlog::level::trace);
}

LogLines::~LogLines() = default;

void LogLines::info(std::string_view event, std::initializer_list<Field> fields) {
    write(Severity::info, event, fields);
}

void LogLines::warning(std::string_view event, std::initializer_list<Field> fields) {
    write(Severity::warning, event, fields);
}

void LogLines::error(std::string_view event, std::initializer_list<Field> fields) {
    write(Severity::error, event, fields);
}

void LogLines::write(Severity severity,
                     std::string_view event,
                     std::initializer_list<Field> fields) {
    const std::int64_t now_ms = now_ms_();
    const std::int64_t suppressed = severity == Severity::info ? 0 : admit(event, now_ms);
    if (suppressed >= 0) {
        const auto line = make_log_line(severity, event, now_ms, fields, suppressed);
        logger_->log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
    }
}

std::int64_t LogLines::admit(std::string_view event, std::int64_t now_ms) {
    const std::lock_guard lock(mutex_);
    auto found = bursts_.find(event);
    if (found == bursts_.end()) {
        found = bursts_.emplace(std::string(event), Burst{}).first;
        found->second.since_ms = now_ms;
    }
    Burst& burst = found->second;
    // A clock that was set back starts a new burst too.
    if (now_ms >= burst.since_ms + kBurstMs || now_ms < burst.since_ms) {
        burst.since_ms = now_ms;
        burst.written = 0;
    }
    if (burst.written >= kBurst) {
        ++burst.suppressed;
        return -1;
    }
    ++burst.written;
    return std::exchange(burst.suppressed, 0);
}

}  // namespace tocsin::ops
