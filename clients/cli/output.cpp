#include "output.hpp"

#include <google/protobuf/util/json_util.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "tocsin/position.hpp"

namespace tocsin::cli {
namespace {

constexpr int kUnwritable = 74;  // EX_IOERR: standard output is gone or full

void write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0) {
            if (errno == EINTR) {
                continue;
            }
            std::_Exit(kUnwritable);
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

std::string with_empty_states(const wire::Snapshot& snapshot) {
    auto json = to_json(snapshot);
    return json.insert(1, json.size() > 2 ? "\"states\":[]," : "\"states\":[]");
}

std::string wrapped(std::string_view name, const std::string& json) {
    return "{\"" + std::string(name) + "\":" + json + '}';
}

std::string plain_json(const google::protobuf::Message& message, Fields fields) {
    google::protobuf::util::JsonPrintOptions options;
    options.always_print_primitive_fields = fields == Fields::all;
    std::string json;
    if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok()) {
        return "{}";
    }
    return json;
}

// A drill says so before anything else, so that nobody takes the line for a real alarm.
std::string drill_first(const wire::Incident& incident, std::string json) {
    return json.insert(1, "\"drill\":true,\"title\":\"" + incident.title() + "\",");
}

}  // namespace

std::string to_json(const google::protobuf::Message& message, Fields fields) {
    if (const auto* event = dynamic_cast<const wire::Event*>(&message);
        event != nullptr && event->incident().drill()) {
        return drill_first(event->incident(), plain_json(message, fields));
    }
    if (const auto* incident = dynamic_cast<const wire::Incident*>(&message);
        incident != nullptr && incident->drill()) {
        wire::Incident rest = *incident;
        rest.clear_drill();
        rest.clear_title();
        return drill_first(*incident, plain_json(rest, fields));
    }
    return plain_json(message, fields);
}

std::string with_text(std::string json, std::string_view name, std::string_view text) {
    json.pop_back();
    if (json.size() > 1) {
        json += ',';
    }
    json.append("\"").append(name).append("\":\"").append(text).append("\"}");
    return json;
}

std::string with_json(std::string json, std::string_view name, std::string_view value) {
    json.pop_back();
    if (json.size() > 1) {
        json += ',';
    }
    json.append("\"").append(name).append("\":").append(value).append("}");
    return json;
}

std::string receipt_line(const wire::Receipt& receipt) {
    return to_json(receipt, Fields::all);
}
std::string refusal_line(const wire::Refusal& refusal) {
    return to_json(refusal, Fields::all);
}

std::string watch_line(const wire::Entry& entry, const std::optional<wire::Cursor>& cursor) {
    const auto with_cursor = [&cursor](std::string json) {
        return cursor ? with_text(std::move(json), "cursor", client::to_text(*cursor)) : json;
    };
    switch (entry.body_case()) {
        case wire::Entry::kEvent:
            return with_cursor(to_json(entry.event()));
        case wire::Entry::kSubscribed: {
            auto subscribed = entry.subscribed();
            subscribed.clear_cursor();
            return wrapped("subscribed", with_cursor(to_json(subscribed)));
        }
        case wire::Entry::kSnapshot: {
            auto snapshot = entry.snapshot();
            snapshot.clear_cursor();
            // Without states it says so, for readers that look for the list.
            auto json = snapshot.states().empty() ? with_empty_states(snapshot) : to_json(snapshot);
            return wrapped("snapshot", snapshot.last() ? with_cursor(std::move(json)) : json);
        }
        case wire::Entry::kHeartbeat: {
            auto heartbeat = entry.heartbeat();
            heartbeat.clear_cursor();
            return wrapped("heartbeat", with_cursor(to_json(heartbeat)));
        }
        case wire::Entry::kReset:
            return wrapped("reset", to_json(entry.reset()));
        case wire::Entry::kGoodbye:
            return wrapped("goodbye", to_json(entry.goodbye()));
        default:
            return {};
    }
}

void print_line(std::string line) {
    line += '\n';
    write_all(STDOUT_FILENO, line);
}

void diagnose(std::string_view words) {
    std::string line = "tocsin: ";
    line.append(words).append("\n");
    write_all(STDERR_FILENO, line);
}

std::string describe(const wire::Refusal& refusal) {
    std::string words = refusal.message().empty() ? "The hub said no." : refusal.message();
    words += " (" + refusal.code();
    if (!refusal.field().empty()) {
        words += ", " + refusal.field();
    }
    return words + ")";
}

}  // namespace tocsin::cli
