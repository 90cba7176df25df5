#pragma once
// A decision in the making: what the decide_*.cpp files share. For this room only.

#include <algorithm>
#include <string>
#include <string_view>

#include "hub/domain/areas.hpp"
#include "hub/domain/decide.hpp"

namespace tocsin::domain {

class Draft {
public:
    // Everything outlives the draft.
    Draft(const State& state,
          const wire::Command& command,
          const Actor& actor,
          const Circumstances& circumstances);

    const State& state() const { return state_; }
    const wire::Command& command() const { return command_; }
    // The hub's clock; never before the latest change of an incident that was read, so that what is
    // told of one never runs backwards, whichever hub wrote it.
    std::int64_t now_ms() const { return std::max(circumstances_.now_ms, not_before_ms_); }
    // What this decides comes after what bears an earlier time.
    void not_before(std::int64_t time_ms) { not_before_ms_ = std::max(not_before_ms_, time_ms); }
    // The actor as a person, once known.
    const wire::Person& person() const { return *person_; }
    std::string new_id() const { return make_uuid(circumstances_.random); }

    // Finds the actor, and reads person and device. Refuses whoever is unknown or revoked.
    Result<void> know_actor();

    // The decision rests on this subject as it stands: `incident/<id>`, `set/<name>`, … Twice is
    // once.
    void read(std::string subject);
    // Reads the set, and raises it with the event; again does nothing more.
    store::SetVersion& raise_set(std::string_view name);
    // The same for the open fires of a station; one that this event closes is named.
    void raise_fires(const std::string& station_id, const std::string& closed_id = "");
    // The incident is the latest of those that answer its notice, where it answers one.
    void extend_trail(store::Incident& incident);

    store::EventBody& event() { return decision_.event; }
    wire::Receipt& receipt() { return decision_.receipt; }
    // Something that the desk says about the incident, who and when filled in; at most once.
    wire::Statement& say(store::Incident& incident, const std::string& desk);
    // Timers to change with the event; those of an incident's clocks come by themselves.
    std::vector<TimerChange>& timers() { return decision_.timers; }
    // It is the firing of this timer.
    void fires(std::string timer) { decision_.fires = std::move(timer); }
    // Whom the event concerns.
    void concern(const std::vector<store::Audience>& audiences);

    // The last step. Without an actor it is the hub's own doing.
    Decision finish(wire::EventKind kind, wire::Lane lane);

private:
    const State& state_;
    const wire::Command& command_;
    const Actor& actor_;
    const Circumstances& circumstances_;
    const wire::Person* person_ = nullptr;
    std::int64_t not_before_ms_ = 0;
    Decision decision_;
};

// `2026-01-01 12:00:00 UTC`, for the words of a refusal.
std::string utc(std::int64_t time_ms);

// One for each family of commands; each in the file of its name.
Result<Decision> decide_report(Draft& draft, const wire::SubmitReport& report);
Result<Decision> decide_notice(Draft& draft, const wire::IssueNotice& notice);
Result<Decision> decide_drill(Draft& draft, const wire::StartDrill& given);
Result<Decision> decide_correct_notice(Draft& draft, const wire::CorrectNotice& request);
Result<Decision> decide_withdraw_notice(Draft& draft, const wire::WithdrawNotice& request);
Result<Decision> decide_release_notice(Draft& draft, const wire::ReleaseNotice& request);
Result<Decision> decide_acknowledge_notice(Draft& draft, const wire::AcknowledgeNotice& given);
Result<Decision> decide_acknowledge(Draft& draft, const wire::AcknowledgeIncident& request);
Result<Decision> decide_respond(Draft& draft, const wire::RespondIncident& request);
Result<Decision> decide_resolve(Draft& draft, const wire::ResolveIncident& request);
Result<Decision> decide_reopen(Draft& draft, const wire::ReopenIncident& request);
Result<Decision> decide_assign(Draft& draft, const wire::AssignIncident& request);
Result<Decision> decide_severity(Draft& draft, const wire::SetSeverity& request);
Result<Decision> decide_note(Draft& draft, const wire::AddNote& request);
Result<Decision> decide_hand_over(Draft& draft, const wire::HandOverIncident& request);
Result<Decision> decide_amend(Draft& draft, const wire::AmendReport& given);
Result<Decision> decide_merge(Draft& draft, const wire::MergeIncident& request);
Result<Decision> decide_unmerge(Draft& draft, const wire::UnmergeIncident& request);
Result<Decision> decide_split(Draft& draft, const wire::SplitIncident& request);
Result<Decision> decide_ask(Draft& draft, const wire::AskReporter& request);
Result<Decision> decide_answer(Draft& draft, const wire::AnswerQuestion& given);
Result<Decision> decide_start_shift(Draft& draft);
Result<Decision> decide_end_shift(Draft& draft, const wire::EndShift& request);
Result<Decision> decide_district(Draft& draft);  // put_*, revoke_person and devices
Result<Decision> decide_add_device(Draft& draft, const wire::AddDevice& given);
Result<Decision> decide_revoke_device(Draft& draft, const std::string& id);

// Is an administrator, and not revoked.
bool is_admin(const wire::Person& person);
// A device that an administrator can speak through, other than this one and those of this person;
// null where there is none. The decision that rests on it reads it and its owner.
const store::Device* other_admin_device(Draft& draft,
                                        std::string_view without_device,
                                        std::string_view without_person);

// A closed incident is open again, and rings; who did it is the caller's to fill in to the last of
// its reopenings, and nobody where a report did. By hand at most 8 times; how it had ended before
// the last 8 is told without the words.
inline constexpr int kReopenings = 8;
void reopen(Draft& draft, store::Incident& incident);
// Another station has the incident from now on, and it rings there; who did it is the caller's to
// fill in to the last of its hand_overs.
inline constexpr int kHandOvers = 20;
void move_to_station(Draft& draft, store::Incident& incident, const std::string& station_id);

// What a grid did for the incident counts no more where it is another's, or no grid's business:
// call it when area or kind may have changed. True where anything lapsed.
bool leave_other_grids(const Draft& draft, store::Incident& incident);

// For how long after its end a fire is opened again by one that is reported near it.
std::int64_t reopen_within_ms(const State& state);

// The set whose version stands for the open fires of a station; "" is the bureau.
std::string fires_set(std::string_view station_id);

// Opens a drill with this report, as a report opens an incident that nothing is to be joined with.
Result<Decision> decide_practice(Draft& draft, const wire::SubmitReport& given, const Route& route);

// The set whose version stands for the drills of a station.
std::string drills_set(std::string_view station_id);

// The set that holds the incidents that answer a notice together, each naming the one before.
std::string trail_set(std::string_view notice_id);

// The set whose version stands for areas, people and settings: whatever routes by areas reads it.
inline constexpr std::string_view kDistrictSet = "district";

}  // namespace tocsin::domain
