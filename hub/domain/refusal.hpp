#pragma once
// How a rule says no. A refusal is a value on the way of a report; the codes are the wire's
// (proto/tocsin/v1/error.proto).

#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace tocsin::v1 {
class Incident;
}

namespace tocsin::domain {

struct Refusal {
    std::string code;   // one of `code::`
    std::string field;  // path from the request, such as `command.submit_report.text`; may be empty
    std::string message;     // one English sentence without anybody's personal data
    int retry_after_ms = 0;  // 0: waiting does not help
    // The incident whose present state says why; empty where none does. The person who is refused
    // may see it; as how much of it, whoever passes the refusal on puts here.
    std::string incident_id = {};
    std::shared_ptr<const tocsin::v1::Incident> incident = {};

    friend bool operator==(const Refusal&, const Refusal&) = default;
};

template <class T>
using Result = std::expected<T, Refusal>;

// What a rule returns where it says no: `return refuse(code::unknown_area, "command.…", "…");`
inline std::unexpected<Refusal> refuse(std::string_view code,
                                       std::string field,
                                       std::string message) {
    return std::unexpected(Refusal{std::string(code), std::move(field), std::move(message), 0});
}

// Stable codes; error.proto says what each means, and a unit test holds the two lists against each
// other.
namespace code {
inline constexpr std::string_view malformed = "malformed";
inline constexpr std::string_view invalid_utf8 = "invalid_utf8";
inline constexpr std::string_view empty_request = "empty_request";
inline constexpr std::string_view unknown_request = "unknown_request";
inline constexpr std::string_view missing_field = "missing_field";
inline constexpr std::string_view text_missing = "text_missing";
inline constexpr std::string_view text_too_long = "text_too_long";
inline constexpr std::string_view too_many = "too_many";
inline constexpr std::string_view value_invalid = "value_invalid";
inline constexpr std::string_view coordinates_invalid = "coordinates_invalid";
inline constexpr std::string_view accuracy_invalid = "accuracy_invalid";
inline constexpr std::string_view time_invalid = "time_invalid";
inline constexpr std::string_view id_invalid = "id_invalid";
inline constexpr std::string_view id_reused = "id_reused";
inline constexpr std::string_view id_too_old = "id_too_old";
inline constexpr std::string_view unknown_area = "unknown_area";
inline constexpr std::string_view unknown_team = "unknown_team";
inline constexpr std::string_view unknown_incident = "unknown_incident";
inline constexpr std::string_view unknown_report = "unknown_report";
inline constexpr std::string_view unknown_question = "unknown_question";
inline constexpr std::string_view unknown_notice = "unknown_notice";
inline constexpr std::string_view unknown_person = "unknown_person";
inline constexpr std::string_view unknown_device = "unknown_device";
inline constexpr std::string_view not_permitted = "not_permitted";
inline constexpr std::string_view channel_invalid = "channel_invalid";
inline constexpr std::string_view cursor_invalid = "cursor_invalid";
inline constexpr std::string_view already_acknowledged = "already_acknowledged";
inline constexpr std::string_view already_responding = "already_responding";
inline constexpr std::string_view handed_over = "handed_over";
inline constexpr std::string_view changed_meanwhile = "changed_meanwhile";
inline constexpr std::string_view no_change = "no_change";
inline constexpr std::string_view open_incidents = "open_incidents";
inline constexpr std::string_view wrong_state = "wrong_state";
inline constexpr std::string_view needs_second_officer = "needs_second_officer";
inline constexpr std::string_view drill_refused_real_alarm = "drill_refused_real_alarm";
inline constexpr std::string_view too_many_requests = "too_many_requests";
inline constexpr std::string_view unavailable = "unavailable";
inline constexpr std::string_view unauthenticated = "unauthenticated";
inline constexpr std::string_view origin_refused = "origin_refused";
inline constexpr std::string_view subprotocol_required = "subprotocol_required";
inline constexpr std::string_view too_many_connections = "too_many_connections";
inline constexpr std::string_view link_used = "link_used";
inline constexpr std::string_view link_unknown = "link_unknown";
inline constexpr std::string_view link_expired = "link_expired";
inline constexpr std::string_view host_refused = "host_refused";
inline constexpr std::string_view not_found = "not_found";
inline constexpr std::string_view method_not_allowed = "method_not_allowed";
inline constexpr std::string_view unknown_media = "unknown_media";
inline constexpr std::string_view media_attached = "media_attached";
inline constexpr std::string_view media_too_large = "media_too_large";
inline constexpr std::string_view media_type_refused = "media_type_refused";
inline constexpr std::string_view media_refused = "media_refused";
}  // namespace code

}  // namespace tocsin::domain
