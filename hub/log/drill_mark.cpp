#include "hub/log/drill_mark.hpp"

#include <vector>

#include "hub/domain/drill.hpp"

namespace tocsin::log {

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// What people wrote, wherever it stands: found by its name, so that no new message is forgotten.
bool holds_words(const FieldDescriptor& field) {
    return field.type() == FieldDescriptor::TYPE_STRING && !field.is_repeated() &&
           (field.name() == "text" || field.name() == "note" || field.name() == "question" ||
            field.name() == "answer" || field.name() == "reason");
}

std::string marked(const std::string& words) {
    const std::string mark(domain::kDrillMark);
    if (words.starts_with(mark)) {
        return words;
    }
    return words.empty() ? mark : mark + ' ' + words;
}

}  // namespace

void mark_as_drill(Message& message) {
    const auto& reflection = *message.GetReflection();
    std::vector<const FieldDescriptor*> fields;
    reflection.ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
        if (holds_words(*field)) {
            reflection.SetString(&message, field, marked(reflection.GetString(message, field)));
        } else if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
            continue;
        } else if (field->is_repeated()) {
            for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
                mark_as_drill(*reflection.MutableRepeatedMessage(&message, field, i));
            }
        } else {
            mark_as_drill(*reflection.MutableMessage(&message, field));
        }
    }
}

void mark_as_drill(tocsin::v1::Incident& incident) {
    mark_as_drill(static_cast<Message&>(incident));
    incident.set_text(marked(incident.text()));
    for (tocsin::v1::Report& report : *incident.mutable_reports()) {
        report.set_text(marked(report.text()));
    }
}

void mark_as_drill(tocsin::v1::Event& event) {
    mark_as_drill(static_cast<Message&>(event));
    if (event.has_incident()) {
        mark_as_drill(*event.mutable_incident());
    }
    if (event.has_report()) {
        event.mutable_report()->set_text(marked(event.report().text()));
    }
}

}  // namespace tocsin::log
