#pragma once
// Lines on standard output, one JSON object each, and words on standard error.

#include <google/protobuf/message.h>

#include <optional>
#include <string>
#include <string_view>

#include "tocsin/v1/session.pb.h"

namespace tocsin::cli {

namespace wire = tocsin::v1;

enum class Fields { set_only, all };

// Proto3 JSON on one line; what is about a drill begins with `"drill":true` and its title.
// Fields::all writes numbers, texts and lists that are not set, too.
std::string to_json(const google::protobuf::Message& message, Fields fields = Fields::set_only);

// The object with one more member, a text; the text must need no escapes.
std::string with_text(std::string json, std::string_view name, std::string_view text);

// The object with one more member, itself JSON.
std::string with_json(std::string json, std::string_view name, std::string_view value);

std::string receipt_line(const wire::Receipt& receipt);
std::string refusal_line(const wire::Refusal& refusal);
// The line of `watch` for what the hub said; empty: none. The cursor is as of after it, where there
// is one.
std::string watch_line(const wire::Entry& entry, const std::optional<wire::Cursor>& cursor);

// Writes the line and its end in one go, so that no reader ever sees half of one and a killed
// program leaves none.
void print_line(std::string line);
// `tocsin: …` on standard error.
void diagnose(std::string_view words);
// For people: what a refusal says.
std::string describe(const wire::Refusal& refusal);

}  // namespace tocsin::cli
