#include "hub/session/decode.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/util/json_util.h>

#include <string>
#include <vector>

namespace tocsin::session {

namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using tocsin::v1::ClientMessage;

constexpr int kNestingLimit = 16;

// What protobuf logged on this thread since it was last cleared.
thread_local std::string last_log;

void keep_log(google::protobuf::LogLevel, const char*, int, const std::string& message) {
    last_log = message;
}

// `tocsin.v1.SubmitReport.text` -> `command.submit_report.text`: the first way from the root to a
// field of that full name.
bool find_path(const Descriptor* at, std::string_view full_name, int depth, std::string& path) {
    for (int i = 0; i < at->field_count(); ++i) {
        const FieldDescriptor* field = at->field(i);
        const std::size_t before = path.size();
        path += (path.empty() ? "" : ".") + field->name();
        if (field->full_name() == full_name) {
            return true;
        }
        if (field->message_type() != nullptr && depth < kNestingLimit &&
            find_path(field->message_type(), full_name, depth + 1, path)) {
            return true;
        }
        path.resize(before);
    }
    return false;
}

// The path of the text that protobuf found not to be UTF-8, or empty.
std::string field_of_bad_utf8() {
    constexpr std::string_view before = "String field '";
    const std::size_t from = last_log.find(before);
    if (from == std::string::npos || last_log.find("invalid UTF-8") == std::string::npos) {
        return {};
    }
    const std::size_t begin = from + before.size();
    const std::string name = last_log.substr(begin, last_log.find('\'', begin) - begin);
    std::string path;
    find_path(ClientMessage::descriptor(), name, 0, path);
    return path;
}

domain::Refusal refusal(std::string_view code, std::string_view field, std::string message) {
    return {std::string(code), std::string(field), std::move(message), 0};
}

std::expected<ClientMessage, Undecodable> decode_binary(std::string_view bytes) {
    ClientMessage message;
    google::protobuf::io::CodedInputStream input(
        reinterpret_cast<const std::uint8_t*>(bytes.data()), static_cast<int>(bytes.size()));
    input.SetRecursionLimit(kNestingLimit);
    last_log.clear();
    if (message.ParseFromCodedStream(&input) && input.ConsumedEntireMessage()) {
        return message;
    }
    const std::string field = field_of_bad_utf8();
    if (!field.empty()) {
        return std::unexpected(
            Undecodable{refusal(domain::code::invalid_utf8, field, "The text is not valid UTF-8."),
                        message.request_id(),
                        true});
    }
    return std::unexpected(Undecodable{
        refusal(domain::code::malformed, "", "The message is not a tocsin.v1.ClientMessage."),
        0,
        false});
}

std::expected<ClientMessage, Undecodable> decode_json(std::string_view bytes) {
    ClientMessage message;
    google::protobuf::util::JsonParseOptions options;
    options.ignore_unknown_fields = true;
    last_log.clear();
    const auto status = google::protobuf::util::JsonStringToMessage(
        google::protobuf::StringPiece(bytes.data(), bytes.size()), &message, options);
    if (!status.ok()) {
        return std::unexpected(
            Undecodable{refusal(domain::code::malformed,
                                "",
                                "The message is not a tocsin.v1.ClientMessage in proto3 JSON."),
                        0,
                        false});
    }
    return message;
}

// JSON drops unknown members silently; whether there was one beside request_id decides between the
// two refusals.
bool names_more_than_id(std::string_view json) {
    std::string strict_bytes(json);
    ClientMessage ignored;
    return !google::protobuf::util::JsonStringToMessage(strict_bytes, &ignored).ok();
}

}  // namespace

void take_over_protobuf_log() {
    google::protobuf::SetLogHandler(&keep_log);
}

std::expected<ClientMessage, Undecodable> decode(std::string_view bytes, Encoding encoding) {
    auto message = encoding == Encoding::binary ? decode_binary(bytes) : decode_json(bytes);
    if (!message) {
        return message;
    }
    if (message->request_case() == ClientMessage::REQUEST_NOT_SET) {
        const bool unknown = encoding == Encoding::binary
                                 ? !message->GetReflection()->GetUnknownFields(*message).empty()
                                 : names_more_than_id(bytes);
        return std::unexpected(Undecodable{
            unknown
                ? refusal(domain::code::unknown_request,
                          "request",
                          "This hub does not know that kind of request.")
                : refusal(domain::code::empty_request, "request", "The message names no request."),
            message->request_id(),
            true});
    }
    if (message->request_id() <= 0) {
        return std::unexpected(Undecodable{refusal(domain::code::missing_field,
                                                   "request_id",
                                                   "request_id must be set and greater than 0."),
                                           0,
                                           true});
    }
    message->DiscardUnknownFields();
    return message;
}

}  // namespace tocsin::session
