#include "hub/domain/drill.hpp"

#include "hub/domain/access.hpp"
#include "hub/domain/incident_life.hpp"

namespace tocsin::domain {
namespace {

std::string_view words_of(wire::ReportKind kind) {
    switch (kind) {
        case wire::REPORT_KIND_FIRE:
            return "火情 FIRE";
        case wire::REPORT_KIND_SIGHTING:
            return "可疑线索 SIGHTING";
        case wire::REPORT_KIND_HAZARD:
            return "隐患 HAZARD";
        case wire::REPORT_KIND_ASSIST:
            return "求助 HELP NEEDED";
        case wire::REPORT_KIND_DISPUTE:
            return "矛盾纠纷 DISPUTE";
        default:
            return "警情 ALARM";
    }
}

std::string_view words_of(wire::DrillEnd end) {
    switch (end) {
        case wire::DRILL_END_REAL_ALARM:
            return "演练已结束：有真实警情 Drill over: a real alarm is open";
        case wire::DRILL_END_TIME:
            return "演练已结束：超时 Drill over: time is up";
        default:
            return "演练，并非真实警情 Practice, not real";
    }
}

bool is_real_alarm(const store::Incident& incident, std::string_view station_id) {
    return !incident.drill() && incident.lane() == wire::LANE_ALARM &&
           incident.station_id() == station_id && !is_over(incident);
}

}  // namespace

std::string drill_title(const store::Incident& incident) {
    return std::string(kDrillMark) + ' ' + std::string(words_of(incident.kind())) + " · " +
           std::string(words_of(incident.drill_end()));
}

const store::Incident* real_alarm(const State& state, std::string_view station_id) {
    if (const auto fires = state.open_fires(station_id); !fires.empty()) {
        return fires.front();
    }
    for (const store::Incident* incident : state.incidents()) {
        if (is_real_alarm(*incident, station_id)) {
            return incident;
        }
    }
    return nullptr;
}

Result<void> no_real_alarm(Draft& draft, const std::string& station_id, const std::string& field) {
    draft.read("set/" + fires_set(station_id));
    const store::Incident* real = real_alarm(draft.state(), station_id);
    if (real == nullptr) {
        return {};
    }
    std::string message = "A real alarm is open in this station";
    if (view_of_incident(draft.state(), draft.person(), *real) != store::VIEW_UNSPECIFIED) {
        message += ": incident " + real->id();
    }
    return refuse(code::drill_refused_real_alarm, field, message + '.');
}

wire::DrillEnd drill_must_end(const State& state,
                              const store::Incident& drill,
                              std::int64_t now_ms) {
    if (!drill.drill() || is_over(drill)) {
        return wire::DRILL_END_UNSPECIFIED;
    }
    if (real_alarm(state, drill.station_id()) != nullptr) {
        return wire::DRILL_END_REAL_ALARM;
    }
    return now_ms - drill.opened_time_ms() >= kDrillLongestMs ? wire::DRILL_END_TIME
                                                              : wire::DRILL_END_UNSPECIFIED;
}

std::optional<Decision> decide_drill_end(const State& state,
                                         std::string_view incident_id,
                                         const Circumstances& circumstances) {
    static const wire::Command kNone;
    static const Actor kHub;
    const store::Incident* drill = state.incident(incident_id);
    if (drill == nullptr) {
        return std::nullopt;
    }
    const wire::DrillEnd end = drill_must_end(state, *drill, circumstances.now_ms);
    if (end == wire::DRILL_END_UNSPECIFIED) {
        return std::nullopt;
    }
    Draft draft(state, kNone, kHub, circumstances);
    draft.read("incident/" + drill->id());
    draft.read("set/" + std::string(kDistrictSet));
    store::Incident incident = lived_on(draft, *drill);
    incident.set_state(wire::INCIDENT_STATE_RESOLVED);
    incident.set_drill_end(end);
    incident.mutable_resolution()->set_outcome(wire::OUTCOME_NO_ACTION);
    incident.mutable_resolution()->set_note(std::string(words_of(end)));
    incident.mutable_resolution()->set_time_ms(draft.now_ms());
    return finish_life(draft, std::move(incident), wire::EVENT_KIND_DRILL_ENDED);
}

}  // namespace tocsin::domain
