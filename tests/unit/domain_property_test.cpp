// By seed: whatever people send in whatever order, the decisions keep what must always hold.
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>

#include "domain_world.hpp"

namespace tocsin::domain::test {
namespace {

constexpr int kSeeds = 60;
constexpr int kSteps = 150;

// Somebody sends something, often nonsense.
class Crowd {
public:
    explicit Crowd(std::uint32_t seed) : world(seed), choice_(seed * 7919 + 1) {}

    struct Step {
        std::string person;
        wire::Command command;
    };

    Step next() {
        world.now += below(120'000);
        const std::string person = kHolders[below(std::size(kHolders))].id;
        switch (below(17)) {
            case 0:
            case 1:
                return {person, acknowledge(some_incident())};
            case 5:
            case 6:
            case 8:
            case 9:
            case 10: {
                constexpr const char* kDesks[] = {
                    "officer-baoguo", "officer-baoguo-2", "officer-xinjiang", "bureau"};
                return {below(4) == 0 ? person : kDesks[below(std::size(kDesks))], some_act()};
            }
            case 7: {
                // Reporters who speak of their own.
                wire::Command act = some_act();
                const std::string id = act.has_amend_report() ? act.amend_report().report_id()
                                                              : act.answer_question().report_id();
                const store::Report* own = world.state.report(id);
                return {own == nullptr ? person : own->reporter_person_id(), act};
            }
            case 2:
                return {person, resolve(some_incident())};
            case 3:
                return {person,
                        below(3) == 0
                            ? identifying({some_area()})
                            : notice(static_cast<wire::NoticeKind>(1 + below(3)),
                                     {some_area()},
                                     below(4) == 0 ? std::vector<std::string>{"four-leaf-clover"}
                                                   : std::vector<std::string>{})};
            case 4:
                return {"admin", some_change()};
            case 11: {
                const wire::Command step = some_step();
                return {step.has_acknowledge_notice() ? "searcher" : person, step};
            }
            default:
                return {person, some_report()};
        }
    }

    std::size_t below(std::size_t bound) { return choice_() % bound; }

    World world;

private:
    std::string some_incident() {
        const auto all = world.state.incidents();
        if (all.empty()) {
            return "nothing";
        }
        // Half of what they do concerns a few, so that something comes of it.
        const std::size_t few = std::min<std::size_t>(all.size(), 6);
        return all[below(2) == 0 ? below(all.size()) : below(few)]->id();
    }
    std::string some_area() {
        const auto all = world.state.areas();
        return all[below(all.size())]->id();
    }
    wire::Command some_act() {
        const std::string incident = some_incident();
        const int seen = below(2) == 0 ? 0 : 1 + static_cast<int>(below(2));
        const auto reports = world.state.reports_of(incident);
        const std::string own = reports.empty() ? "nothing" : reports[below(reports.size())]->id();
        switch (below(20)) {
            case 6:
            case 7:
                return merge(incident, some_incident());
            case 8:
                return unmerge(incident);
            case 9:
                return split(incident, {own});
            case 10:
                return ask(incident, own);
            case 11:
                return answer(own);
            case 12:
                return below(2) == 0 ? worse(own) : moved(own, some_place());
            case 0:
            case 15:
            case 16:
            case 17:
                return respond(incident);
            case 1:
                return reopen(incident, below(2) == 0 ? "" : "why");
            case 2:
                return assign(incident, kHolders[below(std::size(kHolders))].id, seen);
            case 3:
            case 13:
            case 14:
                return rate(incident, static_cast<wire::Severity>(1 + below(5)), seen);
            case 4:
                return note(incident, "A word", below(2) == 0);
            default: {
                constexpr const char* kStations[] = {"baoguo", "xinjiang", "lianmeng", "g1"};
                return hand_over(incident, kStations[below(4)], below(2) == 0 ? "" : "why");
            }
        }
    }
    // Near the corner of three stations' grounds and the open, a few hundred metres across.
    wire::Place some_place() {
        const double latitude = below(2) == 0 ? 45.52 : 45.58;
        return place_at(latitude + 0.00001 * static_cast<double>(below(400)) - 0.002,
                        126.66 + 0.00001 * static_cast<double>(below(400)) - 0.002,
                        static_cast<double>(below(300)));
    }
    wire::Command some_report() {
        wire::Command command = report(static_cast<wire::ReportKind>(1 + below(6)));
        wire::SubmitReport* body = command.mutable_submit_report();
        if (below(2) == 0) {
            body->set_kind(wire::REPORT_KIND_FIRE);
        }
        if (below(5) != 0) {
            *body->mutable_place() = some_place();
        }
        body->set_urgent(below(5) == 0);
        body->set_smell_of_gas(below(10) == 0);
        body->set_may_call(below(2) == 0);
        if (body->kind() == wire::REPORT_KIND_CLUE || body->kind() == wire::REPORT_KIND_SIGHTING) {
            const auto notices = world.state.notices();
            if (!notices.empty()) {
                body->set_notice_id(notices[below(notices.size())]->notice().id());
            }
        }
        return command;
    }
    // Any step of a notice's life, allowed or not.
    wire::Command some_step() {
        const auto notices = world.state.notices();
        const std::string id =
            notices.empty() ? world.next_uuid() : notices[below(notices.size())]->notice().id();
        switch (below(4)) {
            case 3:
                return drill(some_area());
            case 0: {
                wire::Command command = correct_to(id, "Corrected", below(2) == 0);
                if (below(2) == 0) {
                    command.mutable_correct_notice()->set_until_time_ms(world.now + 60'000);
                }
                return command;
            }
            case 1:
                return withdraw(id);
            default:
                // One to a team never waits for release.
                if (!notices.empty() && !world.state.notice(id)->notice().team_ids().empty()) {
                    return acknowledge_notice(id);
                }
                return release(id, notices.empty() ? 1 : world.state.version_of("notice/" + id));
        }
    }
    wire::Command some_change() {
        wire::Command command;
        switch (below(3)) {
            case 0:
                *command.mutable_put_district()->mutable_district() = world.state.district();
                command.mutable_put_district()->mutable_district()->set_fire_join_distance_m(
                    static_cast<int>(below(500)));
                break;
            case 1:
                *command.mutable_put_person()->mutable_person() =
                    *world.state.person(kHolders[below(std::size(kHolders) - 1)].id);
                break;
            default:
                command.mutable_add_device()->set_person_id("volunteer-1");
                command.mutable_add_device()->set_token_sha256(world.next_uuid());
                break;
        }
        return command;
    }

    std::mt19937 choice_;
};

std::int32_t subject_version(const store::EventBody& event) {
    switch (event.subject_case()) {
        case store::EventBody::kIncident:
            return event.incident().version();
        case store::EventBody::kNotice:
            return event.notice().notice().version();
        case store::EventBody::kDistrict:
            return event.district().version();
        case store::EventBody::kArea:
            return event.area().version();
        case store::EventBody::kTeam:
            return event.team().version();
        case store::EventBody::kPerson:
            return event.person().version();
        case store::EventBody::kDevice:
            return event.device().device().version();
        case store::EventBody::SUBJECT_NOT_SET:
            break;
    }
    return 0;
}

std::string subject_of(const store::EventBody& event) {
    switch (event.subject_case()) {
        case store::EventBody::kIncident:
            return "incident/" + event.incident().id();
        case store::EventBody::kNotice:
            return "notice/" + event.notice().notice().id();
        case store::EventBody::kDistrict:
            return "district/" + event.district().id();
        case store::EventBody::kArea:
            return "area/" + event.area().id();
        case store::EventBody::kTeam:
            return "team/" + event.team().id();
        case store::EventBody::kPerson:
            return "person/" + event.person().id();
        case store::EventBody::kDevice:
            return "device/" + event.device().device().id();
        case store::EventBody::SUBJECT_NOT_SET:
            break;
    }
    return "";
}

// By incident id as the reporter knows it: the version.
using Versions = std::map<std::string, std::int32_t>;

Versions versions_of(const State& state, const std::string& person) {
    Versions versions;
    for (const store::Incident* incident : state.incidents()) {
        for (const store::Report* report : state.reports_of(incident->id())) {
            if (report->reporter_person_id() == person) {
                const std::string& shown = report->shown_incident_id().empty()
                                               ? report->incident_id()
                                               : report->shown_incident_id();
                const std::int32_t version = own_version(*incident, *report);
                EXPECT_TRUE(versions.try_emplace(shown, version).first->second == version)
                    << "one version for all reports of one person that stand for one incident";
            }
        }
    }
    return versions;
}

std::ptrdiff_t reports_by(const State& state, const std::string& person) {
    std::ptrdiff_t count = 0;
    for (const store::Incident* incident : state.incidents()) {
        const auto reports = state.reports_of(incident->id());
        count += std::ranges::count(reports, person, &store::Report::reporter_person_id);
    }
    return count;
}

// Whenever what a reporter sees changes, the version rises; and its times never run backwards.
void check_own_views(const State& before, const State& after) {
    for (const store::Incident* incident : after.incidents()) {
        for (const store::Report* report : after.reports_of(incident->id())) {
            const store::Report* was = before.report(report->id());
            if (was == nullptr) {
                continue;
            }
            const wire::Incident old = own_view(*before.incident(was->incident_id()), *was);
            const wire::Incident now = own_view(*incident, *report);
            if (old.id() != now.id()) {
                continue;
            }
            ASSERT_GE(now.version(), old.version());
            ASSERT_GE(now.updated_time_ms(), old.updated_time_ms()) << now.ShortDebugString();
            ASSERT_TRUE(now.version() > old.version() || is_told_the_same(old, now))
                << old.ShortDebugString() << "\nbecame " << now.ShortDebugString();
        }
    }
}

// What everybody received of incidents: the highest version of each, over all views.
class Received {
public:
    // Folds in what the event brings to each person: by id, no version is lower than the last.
    void take(const State& before, const store::EventBody& event) {
        for (const Holder& holder : kHolders) {
            const wire::Person& person = *before.person(holder.id);
            const store::Audience* richest = nullptr;
            for (const store::Audience& audience : event.audiences()) {
                const std::vector<Feed> feeds = feeds_of(before, person);
                const Feed feed{audience.channel(), audience.view()};
                if (std::ranges::find(feeds, feed) != feeds.end() &&
                    (richest == nullptr || richness(audience) > richness(*richest))) {
                    richest = &audience;
                }
            }
            auto& held = by_person_[holder.id];
            const auto hold = [&](const std::string& id, std::int32_t version) {
                ASSERT_GE(version, held[id]) << holder.id << " " << event.ShortDebugString();
                held[id] = version;
            };
            const bool told = richest != nullptr;
            if (told && richest->view() == store::VIEW_REPORTER) {
                hold_own(event, richest->own_report(), hold);
                for (const store::Report& more : richest->more_own_reports()) {
                    hold_own(event, more, hold);
                }
            } else if (told) {
                if (richest->part() != store::PART_OTHER) {
                    hold(event.incident().id(), event.incident().version());
                }
                if (event.has_other() && richest->part() != store::PART_SUBJECT) {
                    hold(event.other().id(), event.other().version());
                }
            }
            // Whoever saw it and does not see it now is told so.
            const store::Incident* was = before.incident(event.incident().id());
            State after = before;
            after.apply(event);
            if (was != nullptr && !told) {
                ASSERT_TRUE(!audience_of(before, person, *was) ||
                            audience_of(after, person, *after.incident(was->id())))
                    << holder.id << " was not told: " << event.ShortDebugString();
            }
            if (told && richness(*richest) == 0) {
                ASSERT_FALSE(audience_of(after, person, *after.incident(was->id())))
                    << holder.id << " sees it: " << event.ShortDebugString();
            }
        }
    }

private:
    static int richness(const store::Audience& audience) {
        return audience.kind() == wire::EVENT_KIND_INCIDENT_LEFT ? 0 : audience.view();
    }
    template <class Hold>
    static void hold_own(const store::EventBody& event, const store::Report& own, Hold hold) {
        const wire::Incident seen = own_view(
            own.incident_id() == event.other().id() ? event.other() : event.incident(), own);
        hold(seen.id(), seen.version());
    }

    std::map<std::string, std::map<std::string, std::int32_t>> by_person_;
};

// A reporter's version rises by one with what the reporter is told, and with nothing else: no
// version tells that somebody else reported.
void check_reporters(const State& before, const store::EventBody& event) {
    State after = before;
    after.apply(event);
    ASSERT_NO_FATAL_FAILURE(check_own_views(before, after));
    for (const Holder& holder : kHolders) {
        const Versions was = versions_of(before, holder.id);
        for (const auto& [shown, version] : versions_of(after, holder.id)) {
            const auto held = was.find(shown);
            const std::int32_t told = version_told(event, holder.id, shown);
            if (told != 0) {
                ASSERT_EQ(told, version) << holder.id;
            }
            const std::int32_t least = (held == was.end() ? 0 : held->second) + (told != 0 ? 1 : 0);
            ASSERT_GE(version, least) << holder.id << " " << event.ShortDebugString();
            // Who sees incidents at a desk counts as the desk does.
            if (holder.role == wire::ROLE_VOLUNTEER || holder.role == wire::ROLE_SEARCHER) {
                ASSERT_EQ(version, least) << holder.id << " " << event.ShortDebugString();
            }
        }
        ASSERT_EQ(reports_by(after, holder.id) - reports_by(before, holder.id),
                  event.report().reporter_person_id() == holder.id &&
                          before.report(event.report().id()) == nullptr
                      ? 1
                      : 0)
            << "no report gets lost";
    }
    for (const store::Audience& audience : event.audiences()) {
        ASSERT_EQ(std::ranges::count_if(event.audiences(),
                                        [&](const store::Audience& other) {
                                            return other.channel() == audience.channel() &&
                                                   other.view() == audience.view();
                                        }),
                  1)
            << audience.channel() << " twice";
    }
}

// What must hold of every decision, before it is folded in.
void check_decision(const State& before, const Crowd::Step& step, const Decision& decision) {
    const store::EventBody& event = decision.event;
    const std::string subject = subject_of(event);
    ASSERT_FALSE(subject.empty());
    if (event.kind() == wire::EVENT_KIND_INCIDENT_UNMERGED ||
        event.kind() == wire::EVENT_KIND_INCIDENT_MERGED) {
        ASSERT_GT(subject_version(event), before.version_of(subject)) << subject;
    } else {
        ASSERT_EQ(subject_version(event), before.version_of(subject) + 1) << subject;
    }
    std::set<std::string> read;
    for (const Read& one : decision.reads) {
        ASSERT_TRUE(read.insert(one.subject).second) << one.subject << " read twice";
        ASSERT_EQ(one.version, before.version_of(one.subject)) << one.subject;
    }
    ASSERT_TRUE(read.contains("person/" + step.person));
    ASSERT_TRUE(read.contains("device/" + step.person + kDeviceSuffix));
    if (before.version_of(subject) > 0) {
        ASSERT_TRUE(read.contains(subject)) << subject;
    }
    for (const store::SetVersion& set : event.sets()) {
        ASSERT_TRUE(read.contains("set/" + set.name())) << set.name();
        ASSERT_EQ(set.version(), before.set_version(set.name()) + 1);
    }
    ASSERT_EQ(decision.receipt.command_id(), event.command_id());
    ASSERT_EQ(decision.receipt.lane(), event.lane());
    ASSERT_NE(event.lane(), wire::LANE_UNSPECIFIED);
    ASSERT_GT(event.audiences_size(), 0);
    for (const store::Audience& audience : event.audiences()) {
        ASSERT_NE(audience.view(), store::VIEW_UNSPECIFIED);
        ASSERT_EQ(audience.has_own_report(),
                  event.has_incident() && audience.view() == store::VIEW_REPORTER);
        if (audience.has_own_report()) {
            ASSERT_EQ(audience.channel(), "me/" + audience.own_report().reporter_person_id());
        }
    }
    if (event.has_incident()) {
        const store::Incident& after = event.incident();
        ASSERT_EQ(event.lane(), after.lane());
        ASSERT_EQ(after.urgent() && !after.drill(), after.lane() == wire::LANE_ALARM);
        ASSERT_EQ(decision.receipt.drill(), after.drill());
        ASSERT_EQ(std::ranges::count(after.neighbour_station_ids(), after.station_id()), 0);
        ASSERT_EQ(after.has_resolution(), after.state() == wire::INCIDENT_STATE_RESOLVED);
        if (const store::Incident* held = before.incident(after.id())) {
            const bool may_follow = event.kind() == wire::EVENT_KIND_INCIDENT_REOPENED ||
                                    event.kind() == wire::EVENT_KIND_NOTE_ADDED ||
                                    event.kind() == wire::EVENT_KIND_REPORT_JOINED ||
                                    event.kind() == wire::EVENT_KIND_REPORT_AMENDED ||
                                    event.kind() == wire::EVENT_KIND_REPORTER_ASKED ||
                                    event.kind() == wire::EVENT_KIND_REPORTER_ANSWERED;
            ASSERT_TRUE(held->state() != wire::INCIDENT_STATE_RESOLVED || may_follow)
                << "nothing else follows a resolution";
            ASSERT_FALSE(held->lane() == wire::LANE_ALARM && after.lane() != wire::LANE_ALARM);
            ASSERT_EQ(held->drill(), after.drill()) << "nothing becomes real, or practice";
        }
        check_reporters(before, event);
    }
}

// What must hold of every state.
void check_state(const State& state) {
    std::size_t open_fires = 0;
    for (const store::Incident* incident : state.incidents()) {
        const auto reports = state.reports_of(incident->id());
        ASSERT_EQ(reports.size(), static_cast<std::size_t>(incident->report_count()));
        for (std::size_t i = 1; i < reports.size(); ++i) {
            ASSERT_LT(reports[i - 1]->number(), reports[i]->number());
        }
        const auto statements = state.statements_of(incident->id());
        ASSERT_LE(statements.size(), static_cast<std::size_t>(incident->statement_count()));
        for (std::size_t i = 1; i < statements.size(); ++i) {
            ASSERT_LT(statements[i - 1]->number(), statements[i]->number());
        }
        ASSERT_EQ(incident->report_count() == 0, incident->state() == wire::INCIDENT_STATE_MERGED);
        const auto once = [](const auto& steps) {
            std::set<std::string> desks;
            for (const auto& step : steps) {
                if (step.lapsed_time_ms() == 0 && !desks.insert(step.desk()).second) {
                    return false;
                }
            }
            return true;
        };
        ASSERT_TRUE(once(incident->acknowledgements())) << "a desk takes it once";
        ASSERT_TRUE(once(incident->responses())) << "a desk goes once";
        for (const wire::Response& going : incident->responses()) {
            ASSERT_TRUE(std::ranges::any_of(incident->acknowledgements(), [&](const auto& taken) {
                return taken.desk() == going.desk();
            })) << "who goes has taken it";
        }
        const auto fires = state.open_fires(incident->station_id());
        const bool listed = std::ranges::find(fires, incident) != fires.end();
        if (incident->drill()) {
            ASSERT_LE(incident->report_count(), 1) << "nothing joins a drill";
        }
        const bool open = incident->kind() == wire::REPORT_KIND_FIRE && !incident->drill() &&
                          incident->state() != wire::INCIDENT_STATE_RESOLVED &&
                          incident->state() != wire::INCIDENT_STATE_MERGED;
        ASSERT_EQ(listed, open);
        open_fires += open ? 1 : 0;
    }
    std::size_t indexed = state.open_fires("").size();
    for (const std::string& station : state.area_index().stations()) {
        indexed += state.open_fires(station).size();
    }
    ASSERT_EQ(indexed, open_fires);
}

// Everything in a state, as text that can be compared.
std::vector<std::string> picture(const State& state) {
    std::vector<std::string> lines;
    const auto add = [&](const auto& all) {
        for (const auto* one : all) {
            lines.push_back(one->ShortDebugString());
        }
    };
    add(state.incidents());
    for (const store::Incident* incident : state.incidents()) {
        add(state.reports_of(incident->id()));
    }
    for (const store::Incident* incident : state.incidents()) {
        add(state.statements_of(incident->id()));
    }
    add(state.notices());
    add(state.areas());
    add(state.teams());
    add(state.people());
    add(state.devices());
    lines.push_back(state.district().ShortDebugString());
    for (const auto& [name, version] : state.sets()) {
        lines.push_back(name + "=" + std::to_string(version));
    }
    for (const char* station : {"", "baoguo", "xinjiang", "lianmeng"}) {
        for (const store::Incident* fire : state.open_fires(station)) {
            lines.push_back(std::string(station) + " burns " + fire->id());
        }
    }
    return lines;
}

struct Played {
    std::vector<store::EventBody> events;
    std::vector<std::string> said;  // every decision or refusal, in order
    State end;
};

void play(std::uint32_t seed, Played& run) {
    Crowd crowd(seed);
    Received received;
    for (int i = 0; i < kSteps; ++i) {
        const Crowd::Step step = crowd.next();
        const bool look = i % 50 == 49;  // printing all of it is what takes the time
        const std::vector<std::string> before =
            look ? picture(crowd.world.state) : std::vector<std::string>();
        const Result<Decision> decision = crowd.world.decide(step.person, step.command);
        if (look) {
            ASSERT_EQ(picture(crowd.world.state), before) << "deciding changes nothing";
        }
        if (!decision) {
            run.said.push_back(decision.error().code + " " + decision.error().field);
            continue;
        }
        ASSERT_NO_FATAL_FAILURE(check_decision(crowd.world.state, step, *decision));
        run.said.push_back(decision->event.ShortDebugString());
        run.events.push_back(decision->event);
        if (decision->event.has_incident()) {
            ASSERT_NO_FATAL_FAILURE(received.take(crowd.world.state, decision->event));
        }
        crowd.world.state.apply(decision->event);
        ASSERT_NO_FATAL_FAILURE(check_state(crowd.world.state));
    }
    run.end = crowd.world.state;
}

class BySeed : public testing::TestWithParam<std::uint32_t> {};

TEST_P(BySeed, DecisionsKeepWhatMustHold) {
    Played run;
    ASSERT_NO_FATAL_FAILURE(play(GetParam(), run)) << "seed " << GetParam();
    EXPECT_GT(run.events.size(), 20U) << "seed " << GetParam();
}

TEST_P(BySeed, TheFoldDoesNotDependOnOrderOrRepetition) {
    Played run;
    ASSERT_NO_FATAL_FAILURE(play(GetParam(), run));
    const std::vector<std::string> expected = picture(run.end);
    std::mt19937 shuffle(GetParam());
    for (int round = 0; round < 3; ++round) {
        State state = World().state;
        std::vector<store::EventBody> events = run.events;
        events.insert(events.end(), run.events.begin(), run.events.end());
        std::ranges::shuffle(events, shuffle);
        for (const store::EventBody& event : events) {
            state.apply(event);
        }
        ASSERT_EQ(picture(state), expected) << "seed " << GetParam();
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, BySeed, testing::Range(1U, kSeeds + 1U));

TEST(Property, TheSameSeedGivesTheSameDecisions) {
    Played one;
    Played two;
    Played other;
    ASSERT_NO_FATAL_FAILURE(play(17, one));
    ASSERT_NO_FATAL_FAILURE(play(17, two));
    ASSERT_NO_FATAL_FAILURE(play(18, other));
    EXPECT_EQ(one.said, two.said);
    EXPECT_NE(one.said, other.said);
}

TEST(Property, TheCrowdDoesALittleOfEverything) {
    std::set<std::string> said;
    for (std::uint32_t seed = 1; seed <= 60; ++seed) {
        Played run;
        ASSERT_NO_FATAL_FAILURE(play(seed, run));
        for (const store::EventBody& event : run.events) {
            said.insert(wire::EventKind_Name(event.kind()).substr(11));
        }
        for (const std::string& one : run.said) {
            said.insert(one.substr(0, one.find(' ')));
        }
    }
    for (const char* wanted :
         {"INCIDENT_OPENED",      "REPORT_JOINED",        "INCIDENT_ACKNOWLEDGED",
          "INCIDENT_RESOLVED",    "INCIDENT_RESPONDING",  "INCIDENT_REOPENED",
          "INCIDENT_ASSIGNED",    "INCIDENT_RATED",       "NOTE_ADDED",
          "INCIDENT_HANDED_OVER", "NOTICE_ISSUED",        "NOTICE_PROPOSED",
          "NOTICE_RELEASED",      "NOTICE_CORRECTED",     "NOTICE_WITHDRAWN",
          "NOTICE_ACKNOWLEDGED",  "needs_second_officer", "DISTRICT_CHANGED",
          "PERSON_CHANGED",       "DEVICE_ADDED",         "not_permitted",
          "unknown_incident",     "unknown_notice",       "already_acknowledged",
          "already_responding",   "changed_meanwhile",    "no_change",
          "handed_over",          "wrong_state"}) {
        EXPECT_TRUE(said.contains(wanted)) << wanted;
    }
}

}  // namespace
}  // namespace tocsin::domain::test
