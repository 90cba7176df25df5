#pragma once
// The hub's log: one JSON object a line. A line says `event` (a fixed word for machines),
// `severity`, `time_ms` and the fields given. Whoever writes a line gives no report text, token,
// place or person's name; whatever is given cannot break the line. Thread safe.

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <variant>

namespace spdlog {
class logger;
namespace sinks {
class sink;
}
}  // namespace spdlog

namespace tocsin::ops {

enum class Severity { info, warning, error };

// A field of a line; the unit stands in the key (`took_ms`).
class Field {
public:
    Field(std::string_view key, bool value) : key_(key), value_(value) {}
    Field(std::string_view key, double value) : key_(key), value_(value) {}
    template <class Int>
        requires std::is_integral_v<Int> && (!std::is_same_v<Int, bool>)
    Field(std::string_view key, Int value) : key_(key), value_(static_cast<std::int64_t>(value)) {}
    Field(std::string_view key, std::string_view value) : key_(key), value_(value) {}
    Field(std::string_view key, const std::string& value) : Field(key, std::string_view(value)) {}
    Field(std::string_view key, const char* value) : Field(key, std::string_view(value)) {}

    // Appends `"key":value`.
    void append_to(std::string& line) const;

private:
    std::string_view key_;
    std::variant<bool, std::int64_t, double, std::string_view> value_;
};

// Appends the text as a JSON string, quotes included. What could end a line, move a terminal's
// cursor or turn the direction of reading is escaped (C0, DEL, C1, U+2028, U+2029, the bidi
// controls, U+FEFF); what is not UTF-8 becomes U+FFFD; what is over kLongestField bytes is cut, and
// ends in an ellipsis.
inline constexpr std::size_t kLongestField = 1'024;
void append_json_text(std::string& line, std::string_view text);

// The line without its end.
std::string make_log_line(Severity severity,
                          std::string_view event,
                          std::int64_t time_ms,
                          std::initializer_list<Field> fields,
                          std::int64_t suppressed = 0);

class LogLines {
public:
    // Of one event at most so many warnings and errors are written in so long a time; the next one
    // written says how many were not, as `suppressed`.
    static constexpr int kBurst = 5;
    static constexpr std::int64_t kBurstMs = 10'000;

    // To standard error, with the system's clock.
    LogLines();
    // For tests.
    LogLines(std::shared_ptr<spdlog::sinks::sink> sink, std::function<std::int64_t()> now_ms);
    ~LogLines();

    void info(std::string_view event, std::initializer_list<Field> fields = {});
    void warning(std::string_view event, std::initializer_list<Field> fields = {});
    void error(std::string_view event, std::initializer_list<Field> fields = {});

private:
    struct Burst {
        std::int64_t since_ms = 0;
        int written = 0;
        std::int64_t suppressed = 0;
    };

    void write(Severity severity, std::string_view event, std::initializer_list<Field> fields);
    // How many lines of the event were suppressed before this one; -1: so is this one.
    std::int64_t admit(std::string_view event, std::int64_t now_ms);

    std::shared_ptr<spdlog::logger> logger_;
    std::function<std::int64_t()> now_ms_;
    std::mutex mutex_;  // guards bursts_
    std::map<std::string, Burst, std::less<>> bursts_;
};

}  // namespace tocsin::ops
