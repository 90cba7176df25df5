#include "hub/log/record.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>

namespace tocsin::log {

namespace {

constexpr std::int32_t kForm = 1;

// Ties a sealed part to the record it stands in: moved to another, it does not open.
std::string associated(const Subject& subject) {
    return subject.key_id + '\n' + subject.kind + '\n' + subject.id + '\n' +
           std::to_string(subject.version);
}

// Appends a message as a field of another one, which is what its encoding comes to: without a copy
// into that other one.
void append_field(std::string& encoded, int number, const google::protobuf::MessageLite& message) {
    google::protobuf::io::StringOutputStream stream(&encoded);
    google::protobuf::io::CodedOutputStream coded(&stream);
    constexpr std::uint32_t kLengthDelimited = 2;
    coded.WriteTag(static_cast<std::uint32_t>(number) << 3 | kLengthDelimited);
    coded.WriteVarint32(static_cast<std::uint32_t>(message.ByteSizeLong()));
    message.SerializeWithCachedSizes(&coded);
}

// `body`: a StateBody, encoded.
StateWrite state_write(const Subject& subject,
                       const std::string& body,
                       bool open,
                       std::string_view key,
                       const domain::Random& random) {
    store::StoredState stored;
    stored.set_format(kForm);
    stored.set_subject_kind(subject.kind);
    stored.set_subject_id(subject.id);
    stored.set_version(subject.version);
    stored.set_key_id(subject.key_id);
    stored.set_nonce(random_bytes(random, kNonceBytes));
    stored.set_sealed(seal(key, stored.nonce(), associated(subject), body));
    return {subject.name(), subject.version, stored.SerializeAsString(), open, {}};
}

template <class Record>
std::string key_id_of(std::string_view stored) {
    Record record;
    return record.ParseFromArray(stored.data(), static_cast<int>(stored.size())) ? record.key_id()
                                                                                 : std::string();
}

// Opens the sealed part of either record into `body`.
template <class Record, class Body>
std::expected<Body, Unreadable> open(const Record& record,
                                     const Subject& subject,
                                     const KeyRing& keys) {
    const std::string* key = keys.find(subject.key_id);
    if (key == nullptr) {
        return std::unexpected(Unreadable::erased);
    }
    const auto plain = unseal(*key, record.nonce(), associated(subject), record.sealed());
    Body body;
    if (!plain || !body.ParseFromString(*plain)) {
        return std::unexpected(Unreadable::damaged);
    }
    return body;
}

bool is_open(const store::Incident& incident) {
    return incident.state() != tocsin::v1::INCIDENT_STATE_RESOLVED &&
           incident.state() != tocsin::v1::INCIDENT_STATE_MERGED;
}

Subject subject_of(const store::Incident& incident) {
    return {"incident", incident.id(), incident.version(), "incident/" + incident.id()};
}

// The StateBody, encoded.
std::string state_of(const store::Incident& incident, const domain::State& state) {
    store::StateBody left;
    for (const store::Report* report : state.reports_of(incident.id())) {
        left.add_report_ids(report->id());
    }
    for (const store::Statement* statement : state.statements_of(incident.id())) {
        left.add_statement_ids(statement->statement().id());
    }
    std::string encoded = left.SerializeAsString();
    append_field(encoded, store::StateBody::kIncidentFieldNumber, incident);
    return encoded;
}

// Older records have no version.
template <class Part>
Subject subject_of_part(const char* kind, const std::string& id, const Part& part) {
    return {kind, id, std::max(part.version(), 1), "incident/" + part.incident_id()};
}

}  // namespace

Subject subject_of(const store::EventBody& body) {
    switch (body.subject_case()) {
        case store::EventBody::kIncident:
            return subject_of(body.incident());
        case store::EventBody::kNotice:
            return {"notice",
                    body.notice().notice().id(),
                    body.notice().notice().version(),
                    "notice/" + body.notice().notice().id()};
        case store::EventBody::kDistrict:
            return {"district",
                    body.district().id(),
                    body.district().version(),
                    std::string(kDistrictKey)};
        case store::EventBody::kArea:
            return {"area", body.area().id(), body.area().version(), std::string(kDistrictKey)};
        case store::EventBody::kTeam:
            return {"team", body.team().id(), body.team().version(), std::string(kDistrictKey)};
        case store::EventBody::kPerson:
            return {"person",
                    body.person().id(),
                    body.person().version(),
                    "person/" + body.person().id()};
        case store::EventBody::kDevice:
            return {"device",
                    body.device().device().id(),
                    body.device().device().version(),
                    "person/" + body.device().device().person_id()};
        case store::EventBody::SUBJECT_NOT_SET:
            break;
    }
    return {};
}

std::string encode_event(const store::EventBody& body,
                         std::string_view key,
                         const domain::Random& random) {
    const Subject subject = subject_of(body);
    store::StoredEvent stored;
    stored.set_format(kForm);
    stored.set_lane(body.lane());
    stored.set_kind(body.kind());
    stored.set_subject_kind(subject.kind);
    stored.set_subject_id(subject.id);
    stored.set_subject_version(subject.version);
    if (body.has_incident()) {
        stored.set_report_kind(body.incident().kind());
        stored.set_station_id(body.incident().station_id());
        stored.set_outcome(body.incident().resolution().outcome());
        stored.set_drill(body.incident().drill());
    }
    stored.set_key_id(subject.key_id);
    stored.set_nonce(random_bytes(random, kNonceBytes));
    stored.set_sealed(seal(key, stored.nonce(), associated(subject), body.SerializeAsString()));
    return stored.SerializeAsString();
}

std::vector<StateWrite> states_after(const store::EventBody& body,
                                     const domain::State& state,
                                     const KeyOf& key_of,
                                     const domain::Random& random) {
    const Subject subject = subject_of(body);
    using Left = store::StateBody;
    const std::string_view key = key_of(subject.key_id);
    bool open = true;
    std::string left;
    switch (body.subject_case()) {
        case store::EventBody::kIncident:
            left = state_of(body.incident(), state);
            open = is_open(body.incident());
            break;
        case store::EventBody::kNotice:
            append_field(left, Left::kNoticeFieldNumber, body.notice());
            open = body.notice().notice().state() != tocsin::v1::NOTICE_STATE_WITHDRAWN;
            break;
        case store::EventBody::kDistrict:
            append_field(left, Left::kDistrictFieldNumber, body.district());
            break;
        case store::EventBody::kArea:
            append_field(left, Left::kAreaFieldNumber, body.area());
            break;
        case store::EventBody::kTeam:
            append_field(left, Left::kTeamFieldNumber, body.team());
            break;
        case store::EventBody::kPerson:
            append_field(left, Left::kPersonFieldNumber, body.person());
            break;
        case store::EventBody::kDevice:
            append_field(left, Left::kDeviceFieldNumber, body.device());
            break;
        case store::EventBody::SUBJECT_NOT_SET:
            break;
    }
    std::vector<StateWrite> writes;
    writes.push_back(state_write(subject, left, open, key, random));
    if (body.has_other()) {
        const Subject other = subject_of(body.other());
        writes.push_back(state_write(other,
                                     state_of(body.other(), state),
                                     is_open(body.other()),
                                     key_of(other.key_id),
                                     random));
    }
    const auto add_part = [&](const Subject& part, const std::string& content) {
        writes.push_back(state_write(part, content, false, key_of(part.key_id), random));
    };
    const auto add_report = [&](const store::Report& report) {
        std::string content;
        append_field(content, Left::kReportFieldNumber, report);
        add_part(subject_of_part("report", report.id(), report), content);
    };
    const auto add_statement = [&](const store::Statement& statement) {
        std::string content;
        append_field(content, Left::kStatementFieldNumber, statement);
        add_part(subject_of_part("statement", statement.statement().id(), statement), content);
    };
    if (body.has_report()) {
        add_report(body.report());
    }
    std::ranges::for_each(body.more_reports(), add_report);
    if (body.has_statement()) {
        add_statement(body.statement());
    }
    std::ranges::for_each(body.more_statements(), add_statement);
    for (const store::Media& media : body.media()) {
        std::string content;
        append_field(content, Left::kMediaFieldNumber, media);
        add_part({"media", media.media().media_id(), media.version(), subject.key_id}, content);
    }
    for (const store::SetVersion& set : body.sets()) {
        store::StoredState stored;
        stored.set_format(kForm);
        stored.set_subject_kind("set");
        stored.set_subject_id(set.name());
        stored.set_version(set.version());
        *stored.mutable_closed_ids() = set.closed_ids();
        stored.set_latest(set.latest());
        writes.push_back(
            {"set/" + set.name(), set.version(), stored.SerializeAsString(), true, {}});
    }
    for (StateWrite& write : writes) {
        write.stamp = body.stamp();
    }
    return writes;
}

StateWrite state_of_upload(const store::Media& media,
                           std::string_view person_key,
                           const domain::Random& random) {
    constexpr std::size_t kStampBytes = 8;
    std::string body;
    append_field(body, store::StateBody::kMediaFieldNumber, media);
    StateWrite write = state_write({"media",
                                    media.media().media_id(),
                                    media.version(),
                                    "person/" + media.uploader_person_id()},
                                   body,
                                   false,
                                   person_key,
                                   random);
    write.stamp = random_bytes(random, kStampBytes);
    return write;
}

std::string key_id_of_event(std::string_view stored) {
    return key_id_of<store::StoredEvent>(stored);
}

std::string key_id_of_state(std::string_view stored) {
    return key_id_of<store::StoredState>(stored);
}

std::string latest_of_set(std::string_view stored) {
    store::StoredState record;
    return record.ParseFromArray(stored.data(), static_cast<int>(stored.size())) ? record.latest()
                                                                                 : std::string();
}

std::expected<store::EventBody, Unreadable> decode_event(std::string_view stored,
                                                         const KeyRing& keys) {
    store::StoredEvent record;
    if (!record.ParseFromArray(stored.data(), static_cast<int>(stored.size()))) {
        return std::unexpected(Unreadable::damaged);
    }
    if (record.format() != kForm || record.kind() == 0) {
        return std::unexpected(Unreadable::newer);
    }
    auto body = open<store::StoredEvent, store::EventBody>(
        record,
        {record.subject_kind(), record.subject_id(), record.subject_version(), record.key_id()},
        keys);
    const bool is_known = tocsin::v1::EventKind_IsValid(record.kind());
    if (body ? body->subject_case() == store::EventBody::SUBJECT_NOT_SET
             : !is_known && body.error() == Unreadable::damaged) {
        return std::unexpected(Unreadable::newer);
    }
    return body;
}

std::expected<store::StateBody, Unreadable> decode_state(std::string_view stored,
                                                         const KeyRing& keys) {
    store::StoredState record;
    if (!record.ParseFromArray(stored.data(), static_cast<int>(stored.size()))) {
        return std::unexpected(Unreadable::damaged);
    }
    if (record.format() != kForm) {
        return std::unexpected(Unreadable::newer);
    }
    if (record.subject_kind() == "set") {
        return store::StateBody();
    }
    return open<store::StoredState, store::StateBody>(
        record,
        {record.subject_kind(), record.subject_id(), record.version(), record.key_id()},
        keys);
}

}  // namespace tocsin::log
