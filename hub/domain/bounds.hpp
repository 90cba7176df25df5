#pragma once
// The bounds of a command, checked without any state: what the files bounds*.cpp share. For this
// room only.

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "hub/domain/decide.hpp"

namespace tocsin::domain {

inline constexpr std::size_t kTextChars = 4'000;
inline constexpr std::size_t kReasonChars = 500;
inline constexpr std::size_t kQuestionChars = 200;
inline constexpr std::size_t kIdChars = 64;
inline constexpr double kAccuracyM = 100'000;

// Collects the first fault. Every check after it does nothing.
class Check {
public:
    bool good() const { return !fault_; }
    std::optional<Refusal> take() { return std::move(fault_); }

    // What another rule found, if anything.
    void adopt(std::optional<Refusal> found) {
        if (found && !fault_) {
            fault_ = std::move(found);
        }
    }
    void fail(std::string_view code, const std::string& field, std::string message) {
        if (!fault_) {
            fault_ = Refusal{std::string(code), field, std::move(message), 0};
        }
    }
    void require(bool holds, std::string_view code, const std::string& field, const char* message) {
        if (!holds) {
            fail(code, field, message);
        }
    }
    void text(const std::string& value, std::size_t most, const std::string& field) {
        const std::size_t length = code_points(value);
        if (length == SIZE_MAX) {
            fail(code::invalid_utf8, field, "The text is not UTF-8.");
        } else if (length > most) {
            fail(code::text_too_long,
                 field,
                 "The text is longer than " + std::to_string(most) + " characters.");
        }
    }
    void count(int size, int most, const std::string& field) {
        if (size > most) {
            fail(code::too_many, field, "At most " + std::to_string(most) + " are allowed.");
        }
    }
    // `known`: the generated *_IsValid of an enum whose 0 is never valid.
    void kind(int value, bool (*known)(int), const std::string& field) {
        require(value != 0, code::missing_field, field, "This must be set.");
        require(known(value), code::value_invalid, field, "This value is not known.");
    }
    // An id that the client makes up: 1 to 64 of a-z, 0-9 and '-'.
    void new_id(const std::string& id, const std::string& field) {
        require(!id.empty(), code::missing_field, field, "This must be set.");
        const bool clean =
            id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
        require(clean && id.size() <= kIdChars,
                code::id_invalid,
                field,
                "An id is 1 to 64 of a-z, 0-9 and '-'.");
    }
    // An id of something that must exist: whether it does is a matter of state.
    void id_of(const std::string& id, const std::string& field) {
        require(!id.empty(), code::missing_field, field, "This must be set.");
        optional_id_of(id, field);
    }
    void optional_id_of(const std::string& id, const std::string& field) {
        require(
            id.size() <= kIdChars, code::id_invalid, field, "No id is longer than 64 characters.");
    }
    void range(int value, int most, const std::string& field) {
        require(value >= 0 && value <= most,
                code::value_invalid,
                field,
                "The value is outside what the field allows.");
    }
    void version(std::int32_t version, const std::string& field) {
        require(version >= 0, code::value_invalid, field, "A version is never negative.");
    }
    void degrees(double latitude, double longitude, const std::string& field) {
        // Written so that NaN fails.
        require(latitude >= -90 && latitude <= 90,
                code::coordinates_invalid,
                field + ".latitude",
                "A latitude is a number from -90 to 90.");
        require(longitude >= -180 && longitude <= 180,
                code::coordinates_invalid,
                field + ".longitude",
                "A longitude is a number from -180 to 180.");
    }
    void place(const wire::Place& place, const std::string& field) {
        degrees(place.latitude(), place.longitude(), field);
        require(place.accuracy_m() >= 0 && place.accuracy_m() <= kAccuracyM,
                code::accuracy_invalid,
                field + ".accuracy_m",
                "An accuracy is a number of metres from 0 to 100,000.");
    }

private:
    std::optional<Refusal> fault_;
};

inline std::string at(const std::string& list, int index) {
    return list + "[" + std::to_string(index) + "]";
}

// Ids of own uploads, each at most once.
void check_media(Check& check,
                 const google::protobuf::RepeatedPtrField<std::string>& ids,
                 const std::string& field);

// One for each command or subject that has bounds of its own; `in` is the subject's field, with its
// dot.
void check(Check& check, const wire::SubmitReport& report);
void check(Check& check, const wire::IssueNotice& notice, std::int64_t now_ms);
void check(Check& check, const wire::CorrectNotice& correction, std::int64_t now_ms);
void check(Check& check, const wire::StartDrill& drill);
void check(Check& check, const wire::WithdrawNotice& withdrawal);
void check(Check& check, const wire::ReleaseNotice& release);
void check(Check& check, const wire::AcknowledgeNotice& given);
void check(Check& check, const wire::ResolveIncident& resolve);
void check(Check& check, const wire::AssignIncident& assign);
void check(Check& check, const wire::SetSeverity& rate);
void check(Check& check, const wire::AddNote& note);
void check(Check& check, const wire::HandOverIncident& hand_over);
void check(Check& check, const wire::ReopenIncident& reopen);
void check(Check& check, const wire::AmendReport& amend);
void check(Check& check, const wire::MergeIncident& merge);
void check(Check& check, const wire::SplitIncident& split);
void check(Check& check, const wire::AskReporter& ask);
void check(Check& check, const wire::AnswerQuestion& answer);
void check(Check& check, const wire::District& district, const std::string& in);
void check(Check& check, const wire::Area& area, const std::string& in);
void check(Check& check, const wire::Team& team, const std::string& in);
void check(Check& check, const wire::Person& person, const std::string& in);
void check(Check& check, const wire::AddDevice& device);

}  // namespace tocsin::domain
