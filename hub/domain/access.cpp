// THE access table (design section 8): what each role sends and sees. What it does not name is
// denied; a grant whose scope does not exist, or is not of the kind that its role asks for, counts
// for nothing.
#include "hub/domain/access.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "hub/domain/areas.hpp"
#include "hub/domain/decide.hpp"
#include "hub/domain/routing.hpp"

namespace tocsin::domain {
namespace {

// Which reports a role sends.
enum class Reports { none, clues, all };
// Which incidents a role acts on, always as the desk that is named.
enum class Incidents {
    none,
    own_station,  // those that its station is in charge of, as `station/<id>`
    own_grid,     // hazards and disputes of its grid, as `grid/<area id>`
    fires,        // every fire, as `fire`
    all,          // as `bureau`
};
// Which notices a role issues.
enum class Notices {
    none,
    own_station,          // lookouts and advisories for areas of its station
    station_and_missing,  // those, and missing-person notices for any area and team
    everywhere,           // lookouts and advisories for any area, in the bureau's name
};
// Which notices a role acknowledges: none, or those that are addressed to its team.
enum class Heeds { none, own_team };
enum class Admin { no, yes };

// What a role does with those incidents.
struct Acts {
    bool take = false;  // acknowledge, respond
    bool note = false;
    bool close = false;   // resolve, reopen
    bool direct = false;  // assign, say how bad it is, hand over, merge and split, ask
};
constexpr Acts kNothing = {};
constexpr Acts kCrew = {.take = true, .note = true};
constexpr Acts kCloser = {.take = true, .close = true};
constexpr Acts kOfficer = {.take = true, .note = true, .close = true, .direct = true};

struct SendRow {
    wire::Role role;
    ScopeKind scope;
    Reports reports;
    Incidents incidents;
    Acts acts;
    Notices notices;
    Heeds heeds;
    Admin admin;
};

// clang-format off
constexpr std::array kSends = {
    //      role                     scope               reports         incidents               acts      notices                       heeds            admin
    SendRow{wire::ROLE_VOLUNTEER,    ScopeKind::none,    Reports::all,   Incidents::none,        kNothing, Notices::none,                Heeds::none,     Admin::no},
    SendRow{wire::ROLE_AUXILIARY,    ScopeKind::station, Reports::all,   Incidents::own_station, kCrew,    Notices::none,                Heeds::none,     Admin::no},
    SendRow{wire::ROLE_OFFICER,      ScopeKind::station, Reports::all,   Incidents::own_station, kOfficer, Notices::own_station,         Heeds::none,     Admin::no},
    SendRow{wire::ROLE_LIAISON,      ScopeKind::station, Reports::all,   Incidents::own_station, kOfficer, Notices::station_and_missing, Heeds::none,     Admin::no},
    SendRow{wire::ROLE_GRID_WORKER,  ScopeKind::grid,    Reports::all,   Incidents::own_grid,    kCloser,  Notices::none,                Heeds::none,     Admin::no},
    SendRow{wire::ROLE_FIRE_DESK,    ScopeKind::none,    Reports::all,   Incidents::fires,       kCloser,  Notices::none,                Heeds::none,     Admin::no},
    SendRow{wire::ROLE_BUREAU,       ScopeKind::none,    Reports::all,   Incidents::all,         kOfficer, Notices::everywhere,          Heeds::none,     Admin::no},
    SendRow{wire::ROLE_SEARCHER,     ScopeKind::team,    Reports::clues, Incidents::none,        kNothing, Notices::none,                Heeds::own_team, Admin::no},
    SendRow{wire::ROLE_TEAM_LEAD,    ScopeKind::team,    Reports::clues, Incidents::none,        kNothing, Notices::none,                Heeds::own_team, Admin::no},
    SendRow{wire::ROLE_ADMIN,        ScopeKind::none,    Reports::none,  Incidents::none,        kNothing, Notices::none,                Heeds::none,     Admin::yes},
};
// clang-format on

bool acts_allow(const Acts& acts, Act act) {
    switch (act) {
        case Act::acknowledge:
        case Act::respond:
            return acts.take;
        case Act::note:
            return acts.note;
        case Act::resolve:
        case Act::reopen:
            return acts.close;
        case Act::assign:
        case Act::rate:
        case Act::hand_over:
        case Act::arrange:
        case Act::ask:
            return acts.direct;
    }
    return false;
}

// Over which ids the channel of a row goes.
enum class Over { itself, scope, scope_and_above, scope_above_and_below };

struct SeeRow {
    wire::Role role;
    std::string_view channel;
    Over over;
    store::View view;
};

// clang-format off
// Besides these everybody who holds any role sees the own `me`, and as VIEW_PUBLIC the home area and the areas above it.
constexpr std::array kSees = {
    //     role                    channel     over                         view
    SeeRow{wire::ROLE_GRID_WORKER, "area/",    Over::scope_and_above,       store::VIEW_PUBLIC},
    SeeRow{wire::ROLE_GRID_WORKER, "area/",    Over::scope,                 store::VIEW_GRID},
    SeeRow{wire::ROLE_AUXILIARY,   "station/", Over::scope,                 store::VIEW_CREW},
    SeeRow{wire::ROLE_AUXILIARY,   "area/",    Over::scope_above_and_below, store::VIEW_PUBLIC},
    SeeRow{wire::ROLE_OFFICER,     "station/", Over::scope,                 store::VIEW_OFFICER},
    SeeRow{wire::ROLE_OFFICER,     "station/", Over::scope,                 store::VIEW_NEIGHBOUR},
    SeeRow{wire::ROLE_OFFICER,     "area/",    Over::scope_above_and_below, store::VIEW_PUBLIC},
    SeeRow{wire::ROLE_LIAISON,     "station/", Over::scope,                 store::VIEW_OFFICER},
    SeeRow{wire::ROLE_LIAISON,     "station/", Over::scope,                 store::VIEW_NEIGHBOUR},
    SeeRow{wire::ROLE_LIAISON,     "area/",    Over::scope_above_and_below, store::VIEW_PUBLIC},
    SeeRow{wire::ROLE_FIRE_DESK,   "fire",     Over::itself,                store::VIEW_FIRE_DESK},
    SeeRow{wire::ROLE_BUREAU,      "bureau",   Over::itself,                store::VIEW_BUREAU},
    SeeRow{wire::ROLE_SEARCHER,    "team/",    Over::scope,                 store::VIEW_TEAM},
    SeeRow{wire::ROLE_TEAM_LEAD,   "team/",    Over::scope,                 store::VIEW_TEAM},
    SeeRow{wire::ROLE_TEAM_LEAD,   "team/",    Over::scope,                 store::VIEW_TEAM_LEAD},
    SeeRow{wire::ROLE_ADMIN,       "admin",    Over::itself,                store::VIEW_ADMIN},
};
// clang-format on

const SendRow* row_of(wire::Role role) {
    const auto* found = std::ranges::find(kSends, role, &SendRow::role);
    return found == kSends.end() ? nullptr : found;
}

bool scope_stands(const State& state, ScopeKind kind, const std::string& id) {
    const auto is_area = [&](wire::AreaKind asked) {
        const wire::Area* area = state.area(id);
        return area != nullptr && area->kind() == asked;
    };
    switch (kind) {
        case ScopeKind::none:
            return true;
        case ScopeKind::grid:
            return is_area(wire::AREA_KIND_GRID);
        case ScopeKind::station:
            return is_area(wire::AREA_KIND_STATION);
        case ScopeKind::team:
            return state.team(id) != nullptr;
    }
    return false;
}

// A grant that counts, with its row of the table.
struct Held {
    const SendRow* row;
    const std::string* scope;
};

std::vector<Held> held_by(const State& state, const wire::Person& person) {
    std::vector<Held> held;
    if (person.revoked()) {
        return held;
    }
    for (const wire::Grant& grant : person.grants()) {
        const SendRow* row = row_of(grant.role());
        if (row != nullptr && scope_stands(state, row->scope, grant.scope_id())) {
            held.push_back({row, &grant.scope_id()});
        }
    }
    return held;
}

std::vector<std::string> ids_over(const AreaIndex& areas, Over over, const std::string& scope) {
    switch (over) {
        case Over::itself:
            return {""};
        case Over::scope:
            return {scope};
        case Over::scope_and_above:
            return areas.self_and_above(scope);
        case Over::scope_above_and_below: {
            std::vector<std::string> ids = areas.self_and_below(scope);
            for (std::string& id : areas.self_and_above(scope)) {
                ids.push_back(std::move(id));
            }
            return ids;
        }
    }
    return {};
}

bool reports_allow(Reports reports, wire::ReportKind kind) {
    return reports == Reports::all || (reports == Reports::clues && kind == wire::REPORT_KIND_CLUE);
}

bool notices_allow(Notices notices, wire::NoticeKind kind) {
    if (kind == wire::NOTICE_KIND_MISSING_PERSON) {
        return notices == Notices::station_and_missing;
    }
    return notices != Notices::none;
}

bool row_allows(const SendRow& row, const wire::Command& command) {
    switch (command.body_case()) {
        case wire::Command::kSubmitReport:
            return reports_allow(row.reports, command.submit_report().kind());
        case wire::Command::kIssueNotice:
            return notices_allow(row.notices, command.issue_notice().kind());
        case wire::Command::kStartDrill:
        case wire::Command::kCorrectNotice:
        case wire::Command::kWithdrawNotice:
        case wire::Command::kReleaseNotice:
            return row.notices != Notices::none;
        case wire::Command::kAcknowledgeNotice:
            return row.heeds != Heeds::none;
        case wire::Command::kAcknowledgeIncident:
            return acts_allow(row.acts, Act::acknowledge);
        case wire::Command::kRespondIncident:
            return acts_allow(row.acts, Act::respond);
        case wire::Command::kResolveIncident:
            return acts_allow(row.acts, Act::resolve);
        case wire::Command::kReopenIncident:
            return acts_allow(row.acts, Act::reopen);
        case wire::Command::kAssignIncident:
            return acts_allow(row.acts, Act::assign);
        case wire::Command::kSetSeverity:
            return acts_allow(row.acts, Act::rate);
        case wire::Command::kAddNote:
            return acts_allow(row.acts, Act::note);
        case wire::Command::kHandOverIncident:
            return acts_allow(row.acts, Act::hand_over);
        case wire::Command::kMergeIncident:
        case wire::Command::kUnmergeIncident:
        case wire::Command::kSplitIncident:
            return acts_allow(row.acts, Act::arrange);
        case wire::Command::kAskReporter:
            return acts_allow(row.acts, Act::ask);
        // Of one's own report only: whose it is, the rules look up.
        case wire::Command::kAmendReport:
        case wire::Command::kAnswerQuestion:
            return row.reports != Reports::none;
        case wire::Command::kStartShift:
        case wire::Command::kEndShift:
            return acts_allow(row.acts, Act::acknowledge);  // whoever sits at a desk
        case wire::Command::kPutDistrict:
        case wire::Command::kPutArea:
        case wire::Command::kPutTeam:
        case wire::Command::kPutPerson:
        case wire::Command::kRevokePerson:
        case wire::Command::kAddDevice:
        case wire::Command::kRevokeDevice:
            return row.admin == Admin::yes;
        case wire::Command::BODY_NOT_SET:
            return false;
    }
    return false;
}

std::string body_field(const wire::Command& command) {
    const auto* body = wire::Command::descriptor()->FindFieldByNumber(command.body_case());
    return body == nullptr ? "command" : "command." + body->name();
}

// The desk as which a grant acts on the incident, or nothing.
std::optional<std::string> desk_of(const State& state,
                                   Incidents which,
                                   const std::string& scope,
                                   const store::Incident& incident) {
    switch (which) {
        case Incidents::none:
            return std::nullopt;
        case Incidents::own_station:
            if (incident.station_id() == scope) {
                return "station/" + scope;
            }
            return std::nullopt;
        case Incidents::own_grid: {
            const bool calm = incident.kind() == wire::REPORT_KIND_HAZARD ||
                              incident.kind() == wire::REPORT_KIND_DISPUTE;
            if (calm && grid_of(state, incident.area_id()) == scope) {
                return "grid/" + scope;
            }
            return std::nullopt;
        }
        case Incidents::fires:
            if (incident.kind() == wire::REPORT_KIND_FIRE) {
                return "fire";
            }
            return std::nullopt;
        case Incidents::all:
            return "bureau";
    }
    return std::nullopt;
}

bool addresses_area(const State& state,
                    const Held& grant,
                    wire::NoticeKind kind,
                    std::string_view area_id) {
    if (!notices_allow(grant.row->notices, kind)) {
        return false;
    }
    const bool anywhere =
        kind == wire::NOTICE_KIND_MISSING_PERSON || grant.row->notices == Notices::everywhere;
    return anywhere || state.area_index().station_of(area_id) == *grant.scope;
}

}  // namespace

std::vector<Feed> feeds_of(const State& state, const wire::Person& person) {
    std::vector<Feed> feeds;
    const std::vector<Held> grants = held_by(state, person);
    if (grants.empty()) {
        return feeds;
    }
    const AreaIndex& areas = state.area_index();
    feeds.push_back({"me/" + person.id(), store::VIEW_REPORTER});
    for (const std::string& id : areas.self_and_above(person.home_area_id())) {
        feeds.push_back({"area/" + id, store::VIEW_PUBLIC});
    }
    for (const Held& grant : grants) {
        for (const SeeRow& row : kSees) {
            if (row.role != grant.row->role) {
                continue;
            }
            for (const std::string& id : ids_over(areas, row.over, *grant.scope)) {
                feeds.push_back({std::string(row.channel) + id, row.view});
            }
        }
    }
    std::ranges::sort(feeds, [](const Feed& a, const Feed& b) {
        return a.channel != b.channel ? a.channel < b.channel : a.view > b.view;
    });
    const auto repeated = std::ranges::unique(feeds);
    feeds.erase(repeated.begin(), repeated.end());
    return feeds;
}

std::vector<std::string> channels_of(const std::vector<Feed>& feeds) {
    std::vector<std::string> channels;
    for (const Feed& feed : feeds) {
        std::string channel = feed.channel.starts_with("me/") ? "me" : feed.channel;
        if (std::ranges::find(channels, channel) == channels.end()) {
            channels.push_back(std::move(channel));
        }
    }
    return channels;
}

Result<void> may_send(const wire::Person& person, const wire::Command& command) {
    const bool allowed =
        !person.revoked() && std::ranges::any_of(person.grants(), [&](const wire::Grant& grant) {
            const SendRow* row = row_of(grant.role());
            return row != nullptr && row_allows(*row, command);
        });
    if (!allowed) {
        return refuse(code::not_permitted, body_field(command), "Your role does not allow this.");
    }
    return {};
}

Result<std::string> desk_for(const State& state,
                             const wire::Person& person,
                             const store::Incident& incident,
                             Act act) {
    const std::vector<Held> grants = held_by(state, person);
    for (const SendRow& row : kSends) {
        for (const Held& grant : grants) {
            if (grant.row != &row) {
                continue;
            }
            // The bureau asks where it is itself in charge: it does not see who reported elsewhere.
            const bool elsewhere = act == Act::ask && row.incidents == Incidents::all &&
                                   !incident.station_id().empty();
            if (!acts_allow(row.acts, act) || elsewhere) {
                continue;
            }
            if (auto desk = desk_of(state, row.incidents, *grant.scope, incident)) {
                return *std::move(desk);
            }
        }
    }
    if (view_of_incident(state, person, incident) == store::VIEW_UNSPECIFIED) {
        return refuse(code::unknown_incident, "", "No such incident, or none that you may see.");
    }
    return refuse(code::not_permitted, "", "Your role does not allow this for this incident.");
}

bool serves_desk(const State& state,
                 const wire::Person& person,
                 const store::Incident& incident,
                 std::string_view desk) {
    return std::ranges::any_of(held_by(state, person), [&](const Held& grant) {
        return acts_allow(grant.row->acts, Act::acknowledge) &&
               desk_of(state, grant.row->incidents, *grant.scope, incident) == desk;
    });
}

Result<std::string> desk_for(const State& state,
                             const wire::Person& person,
                             const store::Notice& notice) {
    const std::string& issuer = notice.notice().station_id();
    for (const Held& grant : held_by(state, person)) {
        if (grant.row->notices == Notices::everywhere) {
            return "bureau";
        }
        if (grant.row->notices != Notices::none && !issuer.empty() && *grant.scope == issuer) {
            return "station/" + issuer;
        }
    }
    if (view_of_notice(state, person, notice) == store::VIEW_UNSPECIFIED) {
        return refuse(code::unknown_notice, "", "No such notice, or none that you may see.");
    }
    return refuse(code::not_permitted, "", "Your role does not allow this for this notice.");
}

std::vector<std::string> teams_heeding(const State& state,
                                       const wire::Person& person,
                                       const wire::Notice& notice) {
    std::vector<std::string> teams;
    for (const Held& grant : held_by(state, person)) {
        const auto& addressed = notice.team_ids();
        if (grant.row->heeds == Heeds::own_team &&
            std::ranges::find(addressed, *grant.scope) != addressed.end()) {
            teams.push_back(*grant.scope);
        }
    }
    std::ranges::sort(teams);
    const auto repeated = std::ranges::unique(teams);
    teams.erase(repeated.begin(), repeated.end());
    return teams;
}

bool may_upload(const wire::Person& person) {
    return !person.revoked() && std::ranges::any_of(person.grants(), [](const wire::Grant& grant) {
        const SendRow* row = row_of(grant.role());
        return row != nullptr && (row->reports != Reports::none || row->notices != Notices::none);
    });
}

bool may_address_area(const State& state,
                      const wire::Person& person,
                      wire::NoticeKind kind,
                      std::string_view area_id) {
    return std::ranges::any_of(held_by(state, person), [&](const Held& grant) {
        return addresses_area(state, grant, kind, area_id);
    });
}

bool may_address_team(const State& state,
                      const wire::Person& person,
                      wire::NoticeKind kind,
                      std::string_view /*team_id*/) {
    return kind == wire::NOTICE_KIND_MISSING_PERSON &&
           std::ranges::any_of(held_by(state, person), [&](const Held& grant) {
               return notices_allow(grant.row->notices, kind);
           });
}

std::string issuing_station(const State& state,
                            const wire::Person& person,
                            wire::NoticeKind kind,
                            std::string_view area_id) {
    for (const Held& grant : held_by(state, person)) {
        const bool allows = area_id.empty() ? notices_allow(grant.row->notices, kind)
                                            : addresses_area(state, grant, kind, area_id);
        if (allows) {
            return grant.row->scope == ScopeKind::station ? *grant.scope : std::string();
        }
    }
    return {};
}

bool may_drill(const State& state, const wire::Person& person, std::string_view station_id) {
    return std::ranges::any_of(held_by(state, person), [&](const Held& grant) {
        return grant.row->notices == Notices::everywhere ||
               (grant.row->notices != Notices::none && *grant.scope == station_id);
    });
}

std::optional<ScopeKind> scope_of(wire::Role role) {
    const SendRow* row = row_of(role);
    return row == nullptr ? std::nullopt : std::optional(row->scope);
}

}  // namespace tocsin::domain
