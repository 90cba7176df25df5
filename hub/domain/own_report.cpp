#include "hub/domain/own_report.hpp"

#include <algorithm>

namespace tocsin::domain {

const std::string& shown_id(const store::Report& report) {
    return report.shown_incident_id().empty() ? report.incident_id() : report.shown_incident_id();
}

store::Report next_version(const store::Report& report) {
    store::Report next = report;
    next.set_version(std::max(report.version(), 1) + 1);
    return next;
}

Result<OwnReport> find_own_report(Draft& draft, const std::string& id, const std::string& field) {
    const store::Report* report = draft.state().report(id);
    const store::Incident* incident =
        report == nullptr ? nullptr : draft.state().incident(report->incident_id());
    if (incident == nullptr || report->reporter_person_id() != draft.person().id()) {
        return refuse(code::unknown_report, field, "No such report, or none of yours.");
    }
    draft.read("incident/" + incident->id());
    return OwnReport{report, incident};
}

void tell_reporter(Draft& draft, store::Report& report) {
    report.set_life_offset(report.life_offset() + 1);
    for (const store::Report* other : draft.state().reports_of(report.incident_id())) {
        const bool same = other->id() != report.id() &&
                          other->reporter_person_id() == report.reporter_person_id() &&
                          shown_id(*other) == shown_id(report);
        if (same) {
            store::Report& risen = *draft.event().add_more_reports();
            risen = next_version(*other);
            risen.set_life_offset(report.life_offset());
        }
    }
}

std::vector<store::Audience> all_reporters(const State& state,
                                           const std::string& incident_id,
                                           const store::Report* own) {
    std::vector<store::Report> reports;
    // The own one first: of several that stand for one incident it is the one shown.
    if (own != nullptr) {
        reports.push_back(*own);
    }
    for (const store::Report* report : state.reports_of(incident_id)) {
        if (own == nullptr || own->id() != report->id()) {
            reports.push_back(*report);
        }
    }
    return reporter_audiences(reports);
}

std::vector<store::Audience> all_told(const State& state,
                                      const store::Report& own,
                                      wire::EventKind others_kind) {
    std::vector<store::Audience> reporters = all_reporters(state, own.incident_id(), &own);
    const std::string own_channel = reporter_audience(own).channel();
    for (store::Audience& audience : reporters) {
        if (audience.channel() != own_channel) {
            audience.set_kind(others_kind);
        }
    }
    return reporters;
}

bool knows_it_elsewhere(const State& state,
                        const store::Incident& incident,
                        const std::string& person_id) {
    std::vector<std::string> way(incident.went_to().begin(), incident.went_to().end());
    for (std::size_t i = 0; i < way.size(); ++i) {
        const store::Incident* next = way[i] == incident.id() ? nullptr : state.incident(way[i]);
        if (next == nullptr) {
            continue;
        }
        for (const store::Report* report : state.reports_of(next->id())) {
            if (report->reporter_person_id() == person_id && shown_id(*report) == incident.id()) {
                return true;
            }
        }
        for (const std::string& further : next->went_to()) {
            if (std::ranges::find(way, further) == way.end()) {
                way.push_back(further);
            }
        }
    }
    return false;
}

}  // namespace tocsin::domain
