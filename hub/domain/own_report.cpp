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
                                           const store::Report* changed) {
    std::vector<store::Report> reports;
    for (const store::Report* report : state.reports_of(incident_id)) {
        reports.push_back(changed != nullptr && changed->id() == report->id() ? *changed : *report);
    }
    return reporter_audiences(reports);
}

std::vector<store::Audience> others_told(std::vector<store::Audience> reporters,
                                         const store::Report& own,
                                         wire::EventKind kind) {
    const std::string own_channel = reporter_audience(own).channel();
    std::erase_if(reporters, [&](const store::Audience& audience) {
        return audience.channel() == own_channel;
    });
    for (store::Audience& audience : reporters) {
        audience.set_kind(kind);
    }
    return reporters;
}

}  // namespace tocsin::domain
