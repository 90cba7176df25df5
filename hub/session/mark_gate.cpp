#include "hub/session/mark_gate.hpp"

#include <algorithm>
#include <utility>

namespace tocsin::session {

namespace {

using Ids = google::protobuf::RepeatedPtrField<std::string>;

void keep(const Ids& given, Ids& waiting) {
    for (const std::string& id : given) {
        if (waiting.size() < MarkGate::kIdsMost &&
            std::ranges::find(waiting, id) == waiting.end()) {
            *waiting.Add() = id;
        }
    }
}

domain::Refusal too_many(const char* field) {
    return {std::string(domain::code::too_many),
            field,
            "At most " + std::to_string(MarkGate::kIdsMost) + " incidents in a mark.",
            0};
}

}  // namespace

std::optional<domain::Refusal> MarkGate::add(const tocsin::v1::Mark& mark) {
    if (mark.delivered_incident_ids_size() > kIdsMost) {
        return too_many("mark.delivered_incident_ids");
    }
    if (mark.shown_incident_ids_size() > kIdsMost) {
        return too_many("mark.shown_incident_ids");
    }
    if (waiting_ == nullptr) {
        waiting_ = std::make_unique<tocsin::v1::Mark>();
    }
    keep(mark.delivered_incident_ids(), *waiting_->mutable_delivered_incident_ids());
    keep(mark.shown_incident_ids(), *waiting_->mutable_shown_incident_ids());
    return std::nullopt;
}

std::optional<tocsin::v1::Mark> MarkGate::take(std::int64_t now_ms) {
    if (waiting_ == nullptr || now_ms < open_ms_) {
        return std::nullopt;
    }
    open_ms_ = now_ms + kEveryMs;
    return std::move(*std::exchange(waiting_, nullptr));
}

}  // namespace tocsin::session
