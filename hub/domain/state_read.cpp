// What the state says when it is asked.
#include <algorithm>
#include <cmath>

#include "hub/domain/areas.hpp"
#include "hub/domain/state.hpp"

namespace tocsin::domain {
namespace {

// 0.005 degrees: 556 m, and 390 m at the latitude of the first district.
constexpr double kSquareDegrees = 0.005;
constexpr int kLookedAtInSquare = 32;

template <class Map>
auto* find_in(const Map& table, std::string_view id) {
    const auto found = table.find(id);
    return found == table.end() ? nullptr : found->second.get();
}

template <class T>
auto pointers(const std::map<std::string, std::shared_ptr<const T>, std::less<>>& table) {
    std::vector<const T*> all;
    all.reserve(table.size());
    for (const auto& [id, entry] : table) {
        all.push_back(entry.get());
    }
    return all;
}

// In order of id.
template <class Crowd>
auto sorted(const Crowd& crowd) {
    std::vector<decltype(crowd.begin()->second.get())> all;
    all.reserve(crowd.size());
    for (const auto& [id, entry] : crowd) {
        all.push_back(entry.get());
    }
    std::ranges::sort(all, {}, [](const auto* entry) -> const std::string& { return entry->id(); });
    return all;
}

template <class T>
std::int32_t version_in(const T* entry) {
    return entry == nullptr ? 0 : entry->version();
}

}  // namespace

std::string State::trail_end(std::string_view notice_id) const {
    const auto found = trail_ends_.find("trail/" + std::string(notice_id));
    return found == trail_ends_.end() ? std::string() : found->second;
}

std::string State::stamp_of(std::string_view subject) const {
    const auto found = stamps_.find(subject);
    return found == stamps_.end() ? std::string() : found->second;
}

const store::Incident* State::incident(std::string_view id) const {
    return find_in(incidents_, id);
}
const store::Report* State::report(std::string_view id) const {
    return find_in(reports_, id);
}
const store::Notice* State::notice(std::string_view id) const {
    return find_in(notices_, id);
}
const wire::Area* State::area(std::string_view id) const {
    return find_in(areas_, id);
}
const wire::Team* State::team(std::string_view id) const {
    return find_in(teams_, id);
}
const wire::Person* State::person(std::string_view id) const {
    return find_in(people_, id);
}
const store::Device* State::device(std::string_view id) const {
    return find_in(devices_, id);
}

const store::Media* State::media(std::string_view id) const {
    return find_in(media_, id);
}

const store::Device* State::device_by_token(std::string_view token_sha256) const {
    const auto found = device_by_token_.find(token_sha256);
    return found == device_by_token_.end() ? nullptr : device(found->second);
}

const store::Device* State::device_by_link(std::string_view link_sha256) const {
    const auto found = device_by_link_.find(link_sha256);
    return found == device_by_link_.end() ? nullptr : device(found->second);
}

const wire::District& State::district() const {
    return *district_;
}

std::int32_t State::set_version(std::string_view name) const {
    const auto found = sets_.find(name);
    return found == sets_.end() ? 0 : found->second;
}

std::int32_t State::version_of(std::string_view subject) const {
    const std::size_t slash = subject.find('/');
    if (slash == std::string_view::npos) {
        return 0;
    }
    const std::string_view kind = subject.substr(0, slash);
    const std::string_view id = subject.substr(slash + 1);
    if (kind == "set") {
        return set_version(id);
    }
    if (kind == "incident") {
        return version_in(incident(id));
    }
    if (kind == "report") {
        const store::Report* found = report(id);
        return found == nullptr ? 0 : std::max(found->version(), 1);
    }
    if (kind == "notice") {
        const store::Notice* found = notice(id);
        return found == nullptr ? 0 : found->notice().version();
    }
    if (kind == "person") {
        return version_in(person(id));
    }
    if (kind == "device") {
        const store::Device* found = device(id);
        return found == nullptr ? 0 : found->device().version();
    }
    if (kind == "media") {
        return version_in(media(id));
    }
    if (kind == "area") {
        return version_in(area(id));
    }
    if (kind == "team") {
        return version_in(team(id));
    }
    if (kind == "district") {
        return district_->id() == id ? district_->version() : 0;
    }
    return 0;
}

std::vector<const store::Report*> State::reports_of(std::string_view incident_id) const {
    std::vector<const store::Report*> all;
    const auto found = reports_by_incident_.find(incident_id);
    if (found != reports_by_incident_.end()) {
        all.reserve(found->second.size());
        for (const std::string& id : found->second) {
            all.push_back(report(id));
        }
    }
    return all;
}

std::vector<const store::Statement*> State::statements_of(std::string_view incident_id) const {
    std::vector<const store::Statement*> all;
    const auto found = statements_by_incident_.find(incident_id);
    if (found != statements_by_incident_.end()) {
        all.reserve(found->second.size());
        for (const std::string& id : found->second) {
            all.push_back(find_in(statements_, id));
        }
    }
    return all;
}

std::vector<const store::Incident*> State::open_fires(std::string_view station_id) const {
    return fires_in(open_fires_, station_id);
}

std::vector<const store::Incident*> State::closed_fires(std::string_view station_id) const {
    return fires_in(closed_fires_, station_id);
}

std::vector<const store::Incident*> State::fires_in(const FiresByStation& fires,
                                                    std::string_view station_id) const {
    std::vector<const store::Incident*> all;
    const auto found = fires.find(station_id);
    if (found != fires.end()) {
        all.reserve(found->second.size());
        for (const std::string& id : found->second) {
            all.push_back(incident(id));
        }
    }
    return all;
}

State::Square State::square_of(wire::ReportKind kind, const wire::Place& place) {
    return {kind,
            static_cast<int>(std::floor(place.latitude() / kSquareDegrees)),
            static_cast<int>(std::floor(place.longitude() / kSquareDegrees))};
}

std::vector<const store::Incident*> State::open_near(wire::ReportKind kind,
                                                     const wire::Place& place,
                                                     double metres) const {
    std::vector<const store::Incident*> near;
    const auto [same_kind, row, column] = square_of(kind, place);
    for (int dy = -1; dy <= 1; ++dy) {
        for (int dx = -1; dx <= 1; ++dx) {
            const auto square = open_by_square_.find({same_kind, row + dy, column + dx});
            if (square == open_by_square_.end()) {
                continue;
            }
            int looked_at = 0;
            for (auto it = square->second.rbegin();
                 it != square->second.rend() && looked_at < kLookedAtInSquare;
                 ++it, ++looked_at) {
                const store::Incident* one = incident(it->second);
                if (distance_m(one->place(), place) <= metres) {
                    near.push_back(one);
                }
            }
        }
    }
    return near;
}

std::vector<const store::Incident*> State::open_drills() const {
    std::vector<const store::Incident*> all;
    all.reserve(open_drills_.size());
    for (const std::string& id : open_drills_) {
        all.push_back(incident(id));
    }
    return all;
}

std::vector<const store::Incident*> State::incidents() const {
    return sorted(incidents_);
}
std::vector<const store::Notice*> State::notices() const {
    return pointers(notices_);
}
std::vector<const wire::Area*> State::areas() const {
    return pointers(areas_);
}
std::vector<const wire::Team*> State::teams() const {
    return pointers(teams_);
}
std::vector<const wire::Person*> State::people() const {
    return pointers(people_);
}
std::vector<const store::Device*> State::devices() const {
    return pointers(devices_);
}

std::vector<const store::Device*> State::devices_of(std::string_view person_id) const {
    std::vector<const store::Device*> all;
    for (const auto& [id, device] : devices_) {
        if (device->device().person_id() == person_id) {
            all.push_back(device.get());
        }
    }
    return all;
}

const std::map<std::string, std::int32_t, std::less<>>& State::sets() const {
    return sets_;
}

const AreaIndex& State::area_index() const {
    if (!area_index_) {
        area_index_ = std::make_shared<const AreaIndex>(areas());
    }
    return *area_index_;
}

}  // namespace tocsin::domain
