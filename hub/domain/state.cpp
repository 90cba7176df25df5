#include "hub/domain/state.hpp"

#include <algorithm>

#include "hub/domain/areas.hpp"

namespace tocsin::domain {
namespace {

template <class T>
std::shared_ptr<const T> kept(const T& part, const std::shared_ptr<const store::EventBody>& owner) {
    return owner ? std::shared_ptr<const T>(owner, &part) : std::make_shared<const T>(part);
}

// In order of their numbers whatever order they come in; almost always that is at the end.
template <class Table>
void insert_by_number(std::vector<std::string>& ids, const std::string& id, const Table& table) {
    const auto earlier = [&](const std::string& a, const std::string& b) {
        const std::int32_t number_a = table.find(a)->second->number();
        const std::int32_t number_b = table.find(b)->second->number();
        return number_a != number_b ? number_a < number_b : a < b;
    };
    ids.insert(std::upper_bound(ids.begin(), ids.end(), id, earlier), id);
}

bool is_over(const store::Incident& incident) {
    return incident.state() == wire::INCIDENT_STATE_RESOLVED ||
           incident.state() == wire::INCIDENT_STATE_MERGED;
}

// Older records have no version, and were never changed.
template <class T>
std::int32_t version_of_part(const T& part) {
    return std::max(part.version(), 1);
}

void take_out(std::vector<std::string>& ids, const std::string& id) {
    ids.erase(std::remove(ids.begin(), ids.end(), id), ids.end());
}

}  // namespace

State::State() : district_(std::make_shared<const wire::District>()) {}

template <class Put>
void State::stamped(const std::string& subject, const std::string& stamp, Put put) {
    const std::int32_t before = version_of(subject);
    put();
    if (version_of(subject) > before) {
        stamps_[subject] = stamp;
    }
}

void State::apply(const store::EventBody& event) {
    apply(event, nullptr);
}

void State::apply(const std::shared_ptr<const store::EventBody>& event) {
    apply(*event, event);
}

void State::apply(const store::EventBody& event, const Owner& owner) {
    ++revision_;
    if (event.has_report()) {
        put(event.report(), owner);
    }
    for (const store::Report& report : event.more_reports()) {
        put(report, owner);
    }
    if (event.has_statement()) {
        put(event.statement(), owner);
    }
    for (const store::Statement& statement : event.more_statements()) {
        put(statement, owner);
    }
    if (event.has_other()) {
        stamped(
            "incident/" + event.other().id(), event.stamp(), [&] { put(event.other(), owner); });
    }
    const std::string& stamp = event.stamp();
    for (const store::Media& media : event.media()) {
        stamped("media/" + media.media().media_id(), stamp, [&] { put(media); });
    }
    switch (event.subject_case()) {
        case store::EventBody::kIncident:
            stamped(
                "incident/" + event.incident().id(), stamp, [&] { put(event.incident(), owner); });
            break;
        case store::EventBody::kNotice:
            stamped("notice/" + event.notice().notice().id(), stamp, [&] { put(event.notice()); });
            break;
        case store::EventBody::kDistrict:
            stamped("district/" + event.district().id(), stamp, [&] { put(event.district()); });
            break;
        case store::EventBody::kArea:
            stamped("area/" + event.area().id(), stamp, [&] { put(event.area()); });
            break;
        case store::EventBody::kTeam:
            stamped("team/" + event.team().id(), stamp, [&] { put(event.team()); });
            break;
        case store::EventBody::kPerson:
            stamped("person/" + event.person().id(), stamp, [&] { put(event.person()); });
            break;
        case store::EventBody::kDevice:
            stamped("device/" + event.device().device().id(), stamp, [&] { put(event.device()); });
            break;
        case store::EventBody::SUBJECT_NOT_SET:
            break;
    }
    for (const store::SetVersion& set : event.sets()) {
        apply_set(set.name(), set.version(), stamp, set.latest());
    }
}

void State::apply(const store::StateBody& body, const std::string& stamp) {
    if (body.has_report()) {
        ++revision_;
        put(body.report(), nullptr);
        return;
    }
    if (body.has_statement()) {
        ++revision_;
        put(body.statement(), nullptr);
        return;
    }
    if (body.has_media()) {
        ++revision_;
        stamped("media/" + body.media().media().media_id(), stamp, [&] { put(body.media()); });
        return;
    }
    store::EventBody event;
    event.set_stamp(stamp);
    switch (body.subject_case()) {
        case store::StateBody::kIncident:
            *event.mutable_incident() = body.incident();
            break;
        case store::StateBody::kNotice:
            *event.mutable_notice() = body.notice();
            break;
        case store::StateBody::kDistrict:
            *event.mutable_district() = body.district();
            break;
        case store::StateBody::kArea:
            *event.mutable_area() = body.area();
            break;
        case store::StateBody::kTeam:
            *event.mutable_team() = body.team();
            break;
        case store::StateBody::kPerson:
            *event.mutable_person() = body.person();
            break;
        case store::StateBody::kDevice:
            *event.mutable_device() = body.device();
            break;
        case store::StateBody::kReport:
        case store::StateBody::kStatement:
        case store::StateBody::kMedia:
        case store::StateBody::SUBJECT_NOT_SET:
            return;
    }
    apply(event);
}

void State::apply_set(const std::string& name,
                      std::int32_t version,
                      const std::string& stamp,
                      const std::string& latest) {
    std::int32_t& present = sets_[name];
    if (version > present) {
        present = version;
        stamps_["set/" + name] = stamp;
        if (!latest.empty()) {
            trail_ends_[name] = latest;
        }
    }
}

void State::forget_before(std::int64_t time_ms) {
    ++revision_;
    erase_if(incidents_, [&](const auto& entry) {
        const store::Incident& incident = *entry.second;
        const std::int64_t ended_ms = incident.has_resolution() ? incident.resolution().time_ms()
                                                                : incident.updated_time_ms();
        if (!is_over(incident) || ended_ms >= time_ms) {
            return false;
        }
        index(incident, false);
        const auto reports = reports_by_incident_.find(entry.first);
        if (reports != reports_by_incident_.end()) {
            for (const std::string& id : reports->second) {
                reports_.erase(id);
            }
            reports_by_incident_.erase(reports);
        }
        const auto statements = statements_by_incident_.find(entry.first);
        if (statements != statements_by_incident_.end()) {
            for (const std::string& id : statements->second) {
                statements_.erase(id);
            }
            statements_by_incident_.erase(statements);
        }
        stamps_.erase("incident/" + entry.first);
        return true;
    });
    std::erase_if(notices_, [&](const auto& entry) {
        const bool is_over = entry.second->notice().until_time_ms() < time_ms;
        if (is_over) {
            stamps_.erase("notice/" + entry.first);
        }
        return is_over;
    });
    std::erase_if(media_, [&](const auto& entry) {
        const bool is_old = entry.second->stored_time_ms() < time_ms;
        if (is_old) {
            stamps_.erase("media/" + entry.first);
        }
        return is_old;
    });
}

void State::put(const store::Incident& incident, const Owner& owner) {
    const store::Incident* held = this->incident(incident.id());
    if (held != nullptr) {
        if (held->version() >= incident.version()) {
            return;
        }
        index(*held, false);
    }
    incidents_[incident.id()] = kept(incident, owner);
    index(incident, true);
}

void State::index(const store::Incident& incident, bool in) {
    const auto keep = [in](auto& sets, const auto& key, auto value) {
        if (in) {
            sets[key].insert(std::move(value));
        } else if (const auto found = sets.find(key); found != sets.end()) {
            found->second.erase(value);
            if (found->second.empty()) {
                sets.erase(found);
            }
        }
    };
    if (incident.drill()) {
        // Practice is kept apart: nothing real is joined to it, or said to be perhaps the same.
        if (in && !is_over(incident)) {
            open_drills_.insert(incident.id());
        } else {
            open_drills_.erase(incident.id());
        }
        return;
    }
    const bool fire = incident.kind() == wire::REPORT_KIND_FIRE;
    if (fire && incident.state() == wire::INCIDENT_STATE_RESOLVED) {
        keep(closed_fires_, incident.station_id(), incident.id());
    }
    if (is_over(incident)) {
        return;
    }
    if (fire) {
        keep(open_fires_, incident.station_id(), incident.id());
    }
    if (incident.has_place()) {
        keep(open_by_square_,
             square_of(incident.kind(), incident.place()),
             std::pair(incident.opened_time_ms(), incident.id()));
    }
}

// What belongs to an incident may move to another one with a higher version.
template <class T>
void State::put_part(
    const std::string& id, const T& part, const Owner& owner, Crowd<T>& table, Parts& by_incident) {
    std::shared_ptr<const T>& held = table[id];
    if (held) {
        if (version_of_part(*held) >= version_of_part(part)) {
            return;
        }
        take_out(by_incident[held->incident_id()], id);
    }
    held = kept(part, owner);
    insert_by_number(by_incident[part.incident_id()], id, table);
}

void State::put(const store::Report& report, const Owner& owner) {
    put_part(report.id(), report, owner, reports_, reports_by_incident_);
}

void State::put(const store::Statement& statement, const Owner& owner) {
    put_part(statement.statement().id(), statement, owner, statements_, statements_by_incident_);
}

void State::put(const store::Notice& notice) {
    const store::Notice* held = this->notice(notice.notice().id());
    if (held == nullptr || held->notice().version() < notice.notice().version()) {
        notices_[notice.notice().id()] = std::make_shared<const store::Notice>(notice);
    }
}

void State::put(const wire::Area& area) {
    const wire::Area* held = this->area(area.id());
    if (held == nullptr || held->version() < area.version()) {
        areas_[area.id()] = std::make_shared<const wire::Area>(area);
        area_index_.reset();
    }
}

void State::put(const wire::Team& team) {
    const wire::Team* held = this->team(team.id());
    if (held == nullptr || held->version() < team.version()) {
        teams_[team.id()] = std::make_shared<const wire::Team>(team);
    }
}

void State::put(const wire::Person& person) {
    const wire::Person* held = this->person(person.id());
    if (held == nullptr || held->version() < person.version()) {
        people_[person.id()] = std::make_shared<const wire::Person>(person);
    }
}

// Two devices of one secret cannot be decided; should a log hold them, the lowest id counts, in
// whatever order they come.
void State::reindex(Secrets& secrets,
                    const std::string& id,
                    const std::string& held,
                    const std::string& now) {
    const auto before = secrets.find(held);
    if (before != secrets.end() && before->second == id) {
        secrets.erase(before);
    }
    if (now.empty()) {
        return;
    }
    const auto [secret, added] = secrets.try_emplace(now, id);
    if (!added && id < secret->second) {
        secret->second = id;
    }
}

void State::put(const store::Device& device) {
    const std::string& id = device.device().id();
    const store::Device* held = this->device(id);
    if (held != nullptr && held->device().version() >= device.device().version()) {
        return;
    }
    const store::Device& before = held == nullptr ? store::Device::default_instance() : *held;
    reindex(device_by_token_, id, before.token_sha256(), device.token_sha256());
    reindex(device_by_link_, id, before.link_sha256(), device.link_sha256());
    devices_[id] = std::make_shared<const store::Device>(device);
}

void State::put(const store::Media& media) {
    const store::Media* held = this->media(media.media().media_id());
    if (held == nullptr || held->version() < media.version()) {
        media_[media.media().media_id()] = std::make_shared<const store::Media>(media);
    }
}

void State::put(const wire::District& district) {
    if (district_->version() < district.version()) {
        district_ = std::make_shared<const wire::District>(district);
    }
}

}  // namespace tocsin::domain
