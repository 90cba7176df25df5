// Every bound that the wire states: at, under and over, with code and field.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "domain_world.hpp"

namespace tocsin::domain::test {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr const char* kId = "018bcfe5-6800-7000-8000-000000000001";
constexpr std::int64_t kDay = 24LL * 60 * 60 * 1000;

// `count` Chinese characters, three bytes each.
std::string characters(int count) {
    std::string text;
    for (int i = 0; i < count; ++i) {
        text += "火";
    }
    return text;
}

// "" where all is well, else `code field`.
std::string fault(wire::Command command) {
    if (command.id().empty()) {
        command.set_id(kId);
    }
    const std::optional<Refusal> refusal = out_of_bounds(command, kNow);
    return refusal ? refusal->code + " " + refusal->field : "";
}

wire::Command with_report(const std::function<void(wire::SubmitReport&)>& change) {
    wire::Command command = report(wire::REPORT_KIND_SIGHTING, in_g1());
    change(*command.mutable_submit_report());
    return command;
}
wire::Command with_notice(const std::function<void(wire::IssueNotice&)>& change) {
    wire::Command command = notice(wire::NOTICE_KIND_MISSING_PERSON, {"g1"}, {"four-leaf-clover"});
    change(*command.mutable_issue_notice());
    return command;
}
wire::Command with_district(const std::function<void(wire::District&)>& change) {
    wire::Command command;
    command.mutable_put_district()->mutable_district()->set_id("pingfang");
    change(*command.mutable_put_district()->mutable_district());
    return command;
}
wire::Command with_area(const std::function<void(wire::Area&)>& change) {
    wire::Command command;
    *command.mutable_put_area()->mutable_area() =
        square("g9", wire::AREA_KIND_GRID, "huahui", 45.5, 126.6, 45.6, 126.7);
    change(*command.mutable_put_area()->mutable_area());
    return command;
}
wire::Command with_team(const std::function<void(wire::Team&)>& change) {
    wire::Command command;
    command.mutable_put_team()->mutable_team()->set_id("team");
    change(*command.mutable_put_team()->mutable_team());
    return command;
}
wire::Command with_person(const std::function<void(wire::Person&)>& change) {
    wire::Command command;
    command.mutable_put_person()->mutable_person()->set_id("somebody");
    change(*command.mutable_put_person()->mutable_person());
    return command;
}
wire::Command with_device(const std::function<void(wire::AddDevice&)>& change) {
    wire::Command command;
    command.mutable_add_device()->set_person_id("somebody");
    command.mutable_add_device()->set_token_sha256(std::string(32, 'x'));
    change(*command.mutable_add_device());
    return command;
}

struct Row {
    const char* what;
    wire::Command command;
    std::string fault;
};

void expect(const std::vector<Row>& rows) {
    for (const Row& row : rows) {
        EXPECT_EQ(fault(row.command), row.fault) << row.what;
    }
}

TEST(Bounds, CommandIdAndBody) {
    wire::Command command = report(wire::REPORT_KIND_FIRE);
    const auto with_id = [&](const std::string& id) {
        wire::Command copy = command;
        copy.set_id(id);
        return out_of_bounds(copy, kNow).value_or(Refusal{});
    };
    EXPECT_EQ(with_id(kId), Refusal{});
    EXPECT_EQ(with_id("018BCFE5-6800-7000-8000-00000000000A"), Refusal{});
    EXPECT_EQ(with_id("").code, code::missing_field);
    EXPECT_EQ(with_id("").field, "command.id");
    for (const char* bad : {"x",
                            "018bcfe5-6800-7000-8000-00000000000",
                            "018bcfe5-6800-7000-8000-0000000000011",
                            "018bcfe5-6800-7000-8000-00000000000g",
                            "018bcfe5x6800-7000-8000-000000000001",
                            "{18bcfe5-6800-7000-8000-00000000001}"}) {
        EXPECT_EQ(with_id(bad).code, code::id_invalid) << bad;
        EXPECT_EQ(with_id(bad).field, "command.id") << bad;
    }
    EXPECT_EQ(fault(wire::Command()), "unknown_request command");
}

TEST(Bounds, SubmitReport) {
    using R = wire::SubmitReport;
    expect({
        {"plain", with_report([](R&) {}), ""},
        {"no kind",
         with_report([](R& r) { r.clear_kind(); }),
         "missing_field command.submit_report.kind"},
        {"unknown kind",
         with_report([](R& r) { r.set_kind(static_cast<wire::ReportKind>(99)); }),
         "value_invalid command.submit_report.kind"},
        {"no text",
         with_report([](R& r) { r.clear_text(); }),
         "text_missing command.submit_report.text"},
        {"nothing that can be seen",
         with_report([](R& r) { r.set_text(" \t\n\u00A0\u3000\u200B\u2028\uFEFF"); }),
         "text_missing command.submit_report.text"},
        {"white space around a word", with_report([](R& r) { r.set_text("\u3000ice\u3000"); }), ""},
        {"fire without text",
         with_report([](R& r) {
             r.set_kind(wire::REPORT_KIND_FIRE);
             r.clear_text();
         }),
         ""},
        {"1 character", with_report([](R& r) { r.set_text("火"); }), ""},
        {"3,999 characters", with_report([](R& r) { r.set_text(characters(3999)); }), ""},
        {"4,000 characters", with_report([](R& r) { r.set_text(characters(4000)); }), ""},
        {"4,001 characters",
         with_report([](R& r) { r.set_text(characters(4001)); }),
         "text_too_long command.submit_report.text"},
        {"not UTF-8",
         with_report([](R& r) { r.set_text("\xff\xfe"); }),
         "invalid_utf8 command.submit_report.text"},
        {"no place", with_report([](R& r) { r.clear_place(); }), ""},
        {"any time observed", with_report([](R& r) { r.set_observed_time_ms(INT64_MIN); }), ""},
        {"any time observed", with_report([](R& r) { r.set_observed_time_ms(INT64_MAX); }), ""},
        {"clue without notice",
         with_report([](R& r) { r.set_kind(wire::REPORT_KIND_CLUE); }),
         "missing_field command.submit_report.notice_id"},
        {"clue with notice",
         with_report([](R& r) {
             r.set_kind(wire::REPORT_KIND_CLUE);
             r.set_notice_id(kId);
         }),
         ""},
        {"sighting with notice", with_report([](R& r) { r.set_notice_id(kId); }), ""},
        {"hazard with notice",
         with_report([](R& r) {
             r.set_kind(wire::REPORT_KIND_HAZARD);
             r.set_notice_id(kId);
         }),
         "value_invalid command.submit_report.notice_id"},
        {"notice id of 64", with_report([](R& r) { r.set_notice_id(std::string(64, 'x')); }), ""},
        {"notice id of 65",
         with_report([](R& r) { r.set_notice_id(std::string(65, 'x')); }),
         "id_invalid command.submit_report.notice_id"},
    });
}

TEST(Bounds, Places) {
    struct PlaceRow {
        double latitude;
        double longitude;
        double accuracy_m;
        const char* fault;  // code and last part of the field
    };
    const PlaceRow rows[] = {
        {90, 180, 100'000, ""},
        {-90, -180, 0, ""},
        {0, 0, 0, ""},
        {90.0000001, 0, 0, "coordinates_invalid latitude"},
        {-90.0000001, 0, 0, "coordinates_invalid latitude"},
        {kNan, 0, 0, "coordinates_invalid latitude"},
        {kInfinity, 0, 0, "coordinates_invalid latitude"},
        {-kInfinity, 0, 0, "coordinates_invalid latitude"},
        {0, 180.0000001, 0, "coordinates_invalid longitude"},
        {0, -180.0000001, 0, "coordinates_invalid longitude"},
        {0, kNan, 0, "coordinates_invalid longitude"},
        {0, kInfinity, 0, "coordinates_invalid longitude"},
        {91, 181, -1, "coordinates_invalid latitude"},
        {0, 0, -0.001, "accuracy_invalid accuracy_m"},
        {0, 0, 100'000.1, "accuracy_invalid accuracy_m"},
        {0, 0, kNan, "accuracy_invalid accuracy_m"},
        {0, 0, kInfinity, "accuracy_invalid accuracy_m"},
    };
    const auto expected = [](std::string text, const std::string& field) {
        const std::size_t space = text.find(' ');
        return text.empty() ? text : text.insert(space + 1, field);
    };
    for (const PlaceRow& row : rows) {
        const wire::Place place = place_at(row.latitude, row.longitude, row.accuracy_m);
        EXPECT_EQ(fault(with_report([&](wire::SubmitReport& r) { *r.mutable_place() = place; })),
                  expected(row.fault, "command.submit_report.place."));
        EXPECT_EQ(fault(with_notice([&](wire::IssueNotice& n) { *n.mutable_place() = place; })),
                  expected(row.fault, "command.issue_notice.place."));
    }
}

TEST(Bounds, IssueNotice) {
    using N = wire::IssueNotice;
    const auto areas = [](int count) {
        return with_notice([&](N& n) {
            n.clear_area_ids();
            for (int i = 0; i < count; ++i) {
                n.add_area_ids("a" + std::to_string(i));
            }
        });
    };
    const auto teams = [](int count) {
        return with_notice([&](N& n) {
            n.clear_team_ids();
            for (int i = 0; i < count; ++i) {
                n.add_team_ids("t" + std::to_string(i));
            }
        });
    };
    const auto until = [](std::int64_t time) {
        return with_notice([&](N& n) { n.set_until_time_ms(time); });
    };
    expect({
        {"plain", with_notice([](N&) {}), ""},
        {"no kind",
         with_notice([](N& n) { n.clear_kind(); }),
         "missing_field command.issue_notice.kind"},
        {"unknown kind",
         with_notice([](N& n) { n.set_kind(static_cast<wire::NoticeKind>(9)); }),
         "value_invalid command.issue_notice.kind"},
        {"no text",
         with_notice([](N& n) { n.clear_text(); }),
         "text_missing command.issue_notice.text"},
        {"4,000", with_notice([](N& n) { n.set_text(characters(4000)); }), ""},
        {"4,001",
         with_notice([](N& n) { n.set_text(characters(4001)); }),
         "text_too_long command.issue_notice.text"},
        {"only areas", teams(0), ""},
        {"only teams", areas(0), ""},
        {"neither",
         with_notice([](N& n) {
             n.clear_area_ids();
             n.clear_team_ids();
         }),
         "missing_field command.issue_notice.area_ids"},
        {"64 areas", areas(64), ""},
        {"65 areas", areas(65), "too_many command.issue_notice.area_ids"},
        {"16 teams", teams(16), ""},
        {"17 teams", teams(17), "too_many command.issue_notice.team_ids"},
        {"empty area",
         with_notice([](N& n) { n.add_area_ids(""); }),
         "missing_field command.issue_notice.area_ids[1]"},
        {"long team",
         with_notice([](N& n) { n.add_team_ids(std::string(65, 'x')); }),
         "id_invalid command.issue_notice.team_ids[1]"},
        {"lookout to a team",
         with_notice([](N& n) { n.set_kind(wire::NOTICE_KIND_LOOKOUT); }),
         "value_invalid command.issue_notice.team_ids"},
        {"until: default", until(0), ""},
        {"until: now", until(kNow), "time_invalid command.issue_notice.until_time_ms"},
        {"until: in a millisecond", until(kNow + 1), ""},
        {"until: in 30 days", until(kNow + 30 * kDay), ""},
        {"until: later",
         until(kNow + 30 * kDay + 1),
         "time_invalid command.issue_notice.until_time_ms"},
        {"until: negative", until(-1), "time_invalid command.issue_notice.until_time_ms"},
    });
}

TEST(Bounds, ALookoutSaysWhetherItIdentifiesAPerson) {
    const auto lookout = [](const std::function<void(wire::IssueNotice&)>& change) {
        wire::Command command = identifying({"g1"});
        change(*command.mutable_issue_notice());
        return command;
    };
    using N = wire::IssueNotice;
    constexpr std::int64_t kHour = 60LL * 60 * 1000;
    expect({
        {"yes, with a case", lookout([](N&) {}), ""},
        {"no", lookout([](N& n) { n.set_identifies_person(false); }), ""},
        {"not said",
         lookout([](N& n) { n.clear_identifies_person(); }),
         "missing_field command.issue_notice.identifies_person"},
        {"without a case",
         lookout([](N& n) { n.clear_case_number(); }),
         "missing_field command.issue_notice.case_number"},
        {"a case of 65",
         lookout([](N& n) { n.set_case_number(characters(65)); }),
         "text_too_long command.issue_notice.case_number"},
        {"72 hours", lookout([](N& n) { n.set_until_time_ms(kNow + 72 * kHour); }), ""},
        {"more",
         lookout([](N& n) { n.set_until_time_ms(kNow + 72 * kHour + 1); }),
         "time_invalid command.issue_notice.until_time_ms"},
        {"nobody, for longer",
         lookout([](N& n) {
             n.set_identifies_person(false);
             n.set_until_time_ms(kNow + 73 * kHour);
         }),
         ""},
        {"an advisory",
         lookout([](N& n) { n.set_kind(wire::NOTICE_KIND_ADVISORY); }),
         "value_invalid command.issue_notice.identifies_person"},
        {"a missing person, without a case, for longer",
         lookout([](N& n) {
             n.set_kind(wire::NOTICE_KIND_MISSING_PERSON);
             n.clear_case_number();
             n.set_until_time_ms(kNow + 73 * kHour);
         }),
         ""},
    });
}

TEST(Bounds, CorrectWithdrawAndRelease) {
    const auto corrected = [](const std::function<void(wire::CorrectNotice&)>& change) {
        wire::Command command = correct(kId, "Words");
        change(*command.mutable_correct_notice());
        return command;
    };
    using C = wire::CorrectNotice;
    const auto withdrawn = [](const std::string& id, const std::string& reason) {
        wire::Command command = withdraw(id);
        command.mutable_withdraw_notice()->set_reason(reason);
        return command;
    };
    expect({
        {"correct", corrected([](C&) {}), ""},
        {"correct nothing",
         corrected([](C& c) { c.clear_text(); }),
         "missing_field command.correct_notice.text"},
        {"no notice",
         corrected([](C& c) { c.clear_notice_id(); }),
         "missing_field command.correct_notice.notice_id"},
        {"version -1",
         corrected([](C& c) { c.set_version(-1); }),
         "value_invalid command.correct_notice.version"},
        {"4,001",
         corrected([](C& c) { c.set_text(characters(4001)); }),
         "text_too_long command.correct_notice.text"},
        {"reason of 501",
         corrected([](C& c) { c.set_reason(characters(501)); }),
         "text_too_long command.correct_notice.reason"},
        {"place",
         corrected([](C& c) { c.mutable_place()->set_latitude(91); }),
         "coordinates_invalid command.correct_notice.place.latitude"},
        {"until: now",
         corrected([](C& c) { c.set_until_time_ms(kNow); }),
         "time_invalid command.correct_notice.until_time_ms"},
        {"withdraw", withdraw(kId), ""},
        {"withdraw what",
         withdrawn("", "Found"),
         "missing_field command.withdraw_notice.notice_id"},
        {"without a reason", withdrawn(kId, ""), "missing_field command.withdraw_notice.reason"},
        {"withdrawn at length",
         withdrawn(kId, characters(501)),
         "text_too_long command.withdraw_notice.reason"},
        {"release", release(kId, 1), ""},
        {"release what", release("", 1), "missing_field command.release_notice.notice_id"},
        {"release unread", release(kId, 0), "missing_field command.release_notice.version"},
        {"version -2", release(kId, -2), "value_invalid command.release_notice.version"},
        {"acknowledge", acknowledge_notice(kId), ""},
        {"acknowledge revision 3", acknowledge_notice(kId, 3), ""},
        {"acknowledge what",
         acknowledge_notice(""),
         "missing_field command.acknowledge_notice.notice_id"},
        {"acknowledge at length",
         acknowledge_notice(std::string(65, 'x')),
         "id_invalid command.acknowledge_notice.notice_id"},
        {"revision -1",
         acknowledge_notice(kId, -1),
         "value_invalid command.acknowledge_notice.revision"},
    });
}

TEST(Bounds, AcknowledgeAndResolve) {
    const auto outcome = [](int value) {
        wire::Command command = resolve(kId);
        command.mutable_resolve_incident()->set_outcome(static_cast<wire::Outcome>(value));
        return command;
    };
    const auto note = [](int length) {
        wire::Command command = resolve(kId);
        command.mutable_resolve_incident()->set_note(characters(length));
        return command;
    };
    expect({
        {"acknowledge", acknowledge(kId), ""},
        {"acknowledge nothing",
         acknowledge(""),
         "missing_field command.acknowledge_incident.incident_id"},
        {"64", acknowledge(std::string(64, 'x')), ""},
        {"65",
         acknowledge(std::string(65, 'x')),
         "id_invalid command.acknowledge_incident.incident_id"},
        {"resolve", resolve(kId), ""},
        {"resolve nothing", resolve(""), "missing_field command.resolve_incident.incident_id"},
        {"no outcome", outcome(0), "missing_field command.resolve_incident.outcome"},
        {"last outcome", outcome(4), ""},
        {"unknown outcome", outcome(5), "value_invalid command.resolve_incident.outcome"},
        {"no note", note(0), ""},
        {"4,000", note(4000), ""},
        {"4,001", note(4001), "text_too_long command.resolve_incident.note"},
    });
}

TEST(Bounds, ActsOnAnIncident) {
    const std::string long_id(65, 'x');
    expect({
        {"respond", respond("x"), ""},
        {"respond to nothing", respond(""), "missing_field command.respond_incident.incident_id"},
        {"respond, long id", respond(long_id), "id_invalid command.respond_incident.incident_id"},
        {"reopen", reopen("x", characters(4000)), ""},
        {"reopen, long",
         reopen("x", characters(4001)),
         "text_too_long command.reopen_incident.text"},
        {"reopen nothing", reopen(""), "missing_field command.reopen_incident.incident_id"},
        {"assign", assign("x", "y", 7), ""},
        {"assign to nobody", assign("x", ""), ""},
        {"assign nothing", assign("", "y"), "missing_field command.assign_incident.incident_id"},
        {"assign, long id", assign("x", long_id), "id_invalid command.assign_incident.person_id"},
        {"assign, seen",
         assign("x", "y", -1),
         "value_invalid command.assign_incident.seen_version"},
        {"severity", rate("x", wire::SEVERITY_UNKNOWN), ""},
        {"no severity",
         rate("x", wire::SEVERITY_UNSPECIFIED),
         "missing_field command.set_severity.severity"},
        {"new severity",
         rate("x", static_cast<wire::Severity>(99)),
         "value_invalid command.set_severity.severity"},
        {"severity, seen",
         rate("x", wire::SEVERITY_MINOR, -1),
         "value_invalid command.set_severity.seen_version"},
        {"severity of nothing",
         rate("", wire::SEVERITY_MINOR),
         "missing_field command.set_severity.incident_id"},
        {"note", note("x", characters(4000)), ""},
        {"empty note", note("x", ""), "text_missing command.add_note.text"},
        {"blank note", note("x", "\u3000\n"), "text_missing command.add_note.text"},
        {"long note", note("x", characters(4001)), "text_too_long command.add_note.text"},
        {"note, not UTF-8", note("x", "\xff"), "invalid_utf8 command.add_note.text"},
        {"note on nothing", note(""), "missing_field command.add_note.incident_id"},
        {"hand over", hand_over("x", "y", characters(4000)), ""},
        {"hand over to nobody",
         hand_over("x", ""),
         "missing_field command.hand_over_incident.station_id"},
        {"hand over, long",
         hand_over("x", "y", characters(4001)),
         "text_too_long command.hand_over_incident.text"},
        {"hand over nothing",
         hand_over("", "y"),
         "missing_field command.hand_over_incident.incident_id"},
    });
}

TEST(Bounds, ReportsAfterTheFirst) {
    const std::string long_id(65, 'x');
    const auto with_amend = [](const std::function<void(wire::AmendReport&)>& change) {
        wire::Command command;
        command.mutable_amend_report()->set_report_id("x");
        change(*command.mutable_amend_report());
        return command;
    };
    const auto with_answer = [](const std::function<void(wire::AnswerQuestion&)>& change) {
        wire::Command command = answer("x");
        change(*command.mutable_answer_question());
        return command;
    };
    wire::Command both = ask("x", "y", "z");
    both.mutable_ask_reporter()->set_text("and a text");
    wire::Command long_ask = ask("x", "y");
    long_ask.mutable_ask_reporter()->set_text(characters(4001));
    wire::Command empty_ask = ask("x", "y");
    empty_ask.mutable_ask_reporter()->clear_text();
    expect({
        {"amend", amend("x"), ""},
        {"amend nothing", amend(""), "missing_field command.amend_report.report_id"},
        {"says nothing", with_amend([](auto&) {}), "missing_field command.amend_report.text"},
        {"only worse", with_amend([](auto& a) { a.set_worse(true); }), ""},
        {"only over", with_amend([](auto& a) { a.set_over(true); }), ""},
        {"only a place", moved("x", in_g1()), ""},
        {"both",
         with_amend([](auto& a) {
             a.set_worse(true);
             a.set_over(true);
         }),
         "value_invalid command.amend_report.over"},
        {"long",
         with_amend([](auto& a) { a.set_text(characters(4001)); }),
         "text_too_long command.amend_report.text"},
        {"nowhere",
         moved("x", place_at(91, 0)),
         "coordinates_invalid command.amend_report.place.latitude"},
        {"merge", merge("x", "y"), ""},
        {"merge nothing", merge("", "y"), "missing_field command.merge_incident.incident_id"},
        {"merge into nothing",
         merge("x", ""),
         "missing_field command.merge_incident.into_incident_id"},
        {"unmerge nothing", unmerge(""), "missing_field command.unmerge_incident.incident_id"},
        {"split", split("x", std::vector<std::string>(64, "y")), ""},
        {"split none", split("x", {}), "missing_field command.split_incident.report_ids"},
        {"split many",
         split("x", std::vector<std::string>(65, "y")),
         "too_many command.split_incident.report_ids"},
        {"split what", split("x", {"y", ""}), "missing_field command.split_incident.report_ids[1]"},
        {"ask", ask("x", "y"), ""},
        {"ask ready-made", ask("x", "y", "z"), ""},
        {"ask twice at once", both, "value_invalid command.ask_reporter.question_id"},
        {"ask at length", long_ask, "text_too_long command.ask_reporter.text"},
        {"ask nothing", empty_ask, "text_missing command.ask_reporter.text"},
        {"ask nobody", ask("x", ""), "missing_field command.ask_reporter.report_id"},
        {"answer", answer("x"), ""},
        {"answer nothing",
         with_answer([](auto& a) { a.clear_text(); }),
         "text_missing command.answer_question.text"},
        {"answer with a place",
         with_answer([](auto& a) {
             a.clear_text();
             *a.mutable_place() = in_g1();
         }),
         ""},
        {"answer what", answer("x", long_id), "id_invalid command.answer_question.question_id"},
        {"building",
         with_report([](auto& r) { r.set_building(characters(101)); }),
         "text_too_long command.submit_report.building"},
    });
}

TEST(Bounds, QuestionsOfTheDistrict) {
    const auto with_question = [](const std::string& id, const std::string& zh) {
        return with_district([&](wire::District& district) {
            wire::ReadyQuestion& question = *district.add_questions();
            question.set_id(id);
            question.set_text_zh(zh);
            question.set_text_en("Is it?");
        });
    };
    const std::string in = "command.put_district.district.";
    expect({
        {"question", with_question("hurt", characters(200)), ""},
        {"long question",
         with_question("hurt", characters(201)),
         "text_too_long " + in + "questions[0].text_zh"},
        {"no text", with_question("hurt", ""), "text_missing " + in + "questions[0].text_zh"},
        {"odd id", with_question("Hurt?", "x"), "id_invalid " + in + "questions[0].id"},
        {"ring again",
         with_district([](auto& d) { d.set_ring_again_distance_m(2001); }),
         "value_invalid " + in + "ring_again_distance_m"},
        {"reopen",
         with_district([](auto& d) { d.set_reopen_within_s(-1); }),
         "value_invalid " + in + "reopen_within_s"},
        {"same distance",
         with_district([](auto& d) { d.set_perhaps_same_distance_m(301); }),
         "value_invalid " + in + "perhaps_same_distance_m"},
        {"same time",
         with_district([](auto& d) { d.set_perhaps_same_within_s(86'401); }),
         "value_invalid " + in + "perhaps_same_within_s"},
    });
}

TEST(Bounds, PutDistrict) {
    using D = wire::District;
    const auto distance = [](int metres) {
        return with_district([&](D& d) { d.set_fire_join_distance_m(metres); });
    };
    const auto within = [](int seconds) {
        return with_district([&](D& d) { d.set_fire_join_within_s(seconds); });
    };
    wire::Command bare;
    bare.mutable_put_district();
    const std::string in = "command.put_district.district";
    expect({
        {"plain", with_district([](D&) {}), ""},
        {"nothing", bare, "missing_field " + in},
        {"no id", with_district([](D& d) { d.clear_id(); }), "missing_field " + in + ".id"},
        {"name", with_district([](D& d) { d.set_name_zh(characters(100)); }), ""},
        {"name",
         with_district([](D& d) { d.set_name_zh(characters(101)); }),
         "text_too_long " + in + ".name_zh"},
        {"name",
         with_district([](D& d) { d.set_name_en(characters(101)); }),
         "text_too_long " + in + ".name_en"},
        {"1 m", distance(1), ""},
        {"2,000 m", distance(2000), ""},
        {"2,001 m", distance(2001), "value_invalid " + in + ".fire_join_distance_m"},
        {"-1 m", distance(-1), "value_invalid " + in + ".fire_join_distance_m"},
        {"1 s", within(1), ""},
        {"a day", within(86'400), ""},
        {"more", within(86'401), "value_invalid " + in + ".fire_join_within_s"},
        {"less", within(-1), "value_invalid " + in + ".fire_join_within_s"},
    });
}

TEST(Bounds, IdsThatClientsMakeUp) {
    struct IdRow {
        std::string id;
        const char* code;
    };
    const IdRow rows[] = {
        {"a", ""},
        {"a-9", ""},
        {std::string(64, 'z'), ""},
        {"", "missing_field"},
        {std::string(65, 'z'), "id_invalid"},
        {"A", "id_invalid"},
        {"a b", "id_invalid"},
        {"a/b", "id_invalid"},
        {"a_b", "id_invalid"},
        {"保国", "id_invalid"},
    };
    for (const IdRow& row : rows) {
        const auto told = [&](const char* field) {
            return *row.code == '\0' ? "" : std::string(row.code) + " command." + field + ".id";
        };
        EXPECT_EQ(fault(with_district([&](wire::District& d) { d.set_id(row.id); })),
                  told("put_district.district"));
        EXPECT_EQ(fault(with_area([&](wire::Area& a) { a.set_id(row.id); })),
                  told("put_area.area"));
        EXPECT_EQ(fault(with_team([&](wire::Team& t) { t.set_id(row.id); })),
                  told("put_team.team"));
        EXPECT_EQ(fault(with_person([&](wire::Person& p) { p.set_id(row.id); })),
                  told("put_person.person"));
    }
}

void add_corners(wire::Ring* ring, int count) {
    for (int i = 0; i < count; ++i) {
        wire::Vertex* vertex = ring->add_vertices();
        vertex->set_latitude(45 + 0.0001 * i);
        vertex->set_longitude(126 + (i % 2) * 0.1);
    }
}

TEST(Bounds, PutArea) {
    using A = wire::Area;
    const std::string in = "command.put_area.area.";
    const auto corners = [](int count) {
        return with_area([&](A& a) {
            a.mutable_polygons(0)->mutable_outer()->clear_vertices();
            add_corners(a.mutable_polygons(0)->mutable_outer(), count);
        });
    };
    const auto corner = [](double latitude, double longitude) {
        return with_area([&](A& a) {
            wire::Vertex* vertex = a.mutable_polygons(0)->mutable_outer()->mutable_vertices(3);
            vertex->set_latitude(latitude);
            vertex->set_longitude(longitude);
        });
    };
    const auto holes = [](int count) {
        return with_area([&](A& a) {
            for (int i = 0; i < count; ++i) {
                add_corners(a.mutable_polygons(0)->add_holes(), 3);
            }
        });
    };
    const auto polygons = [](int count) {
        return with_area([&](A& a) {
            const wire::Polygon polygon = a.polygons(0);
            a.clear_polygons();
            for (int i = 0; i < count; ++i) {
                *a.add_polygons() = polygon;
            }
        });
    };
    const auto closed = [](int different) {
        return with_area([&](A& a) {
            wire::Ring* ring = a.mutable_polygons(0)->mutable_outer();
            ring->clear_vertices();
            add_corners(ring, different);
            *ring->add_vertices() = ring->vertices(0);
        });
    };
    const std::string outer = in + "polygons[0].outer.vertices";
    wire::Command bare;
    bare.mutable_put_area();
    expect({
        {"plain", with_area([](A&) {}), ""},
        {"nothing", bare, "missing_field command.put_area.area"},
        {"no kind", with_area([](A& a) { a.clear_kind(); }), "missing_field " + in + "kind"},
        {"unknown kind",
         with_area([](A& a) { a.set_kind(static_cast<wire::AreaKind>(5)); }),
         "value_invalid " + in + "kind"},
        {"no parent",
         with_area([](A& a) { a.clear_parent_id(); }),
         "missing_field " + in + "parent_id"},
        {"a bureau with a parent",
         with_area([](A& a) { a.set_kind(wire::AREA_KIND_BUREAU); }),
         "value_invalid " + in + "parent_id"},
        {"a bureau",
         with_area([](A& a) {
             a.set_kind(wire::AREA_KIND_BUREAU);
             a.clear_parent_id();
         }),
         ""},
        {"names of 100",
         with_area([](A& a) {
             a.set_name_zh(characters(100));
             a.set_name_en(characters(100));
             a.set_station_name_zh(characters(100));
             a.set_station_name_en(characters(100));
         }),
         ""},
        {"name",
         with_area([](A& a) { a.set_name_zh(characters(101)); }),
         "text_too_long " + in + "name_zh"},
        {"name",
         with_area([](A& a) { a.set_name_en(characters(101)); }),
         "text_too_long " + in + "name_en"},
        {"station",
         with_area([](A& a) { a.set_station_name_zh(characters(101)); }),
         "text_too_long " + in + "station_name_zh"},
        {"station",
         with_area([](A& a) { a.set_station_name_en(characters(101)); }),
         "text_too_long " + in + "station_name_en"},
        {"no polygon", polygons(0), "missing_field " + in + "polygons"},
        {"16 polygons", polygons(16), ""},
        {"17 polygons", polygons(17), "too_many " + in + "polygons"},
        {"no outer line",
         with_area([](A& a) { a.mutable_polygons(0)->clear_outer(); }),
         "missing_field " + in + "polygons[0].outer"},
        {"2 corners", corners(2), "value_invalid " + outer},
        {"3 corners", corners(3), ""},
        {"2 corners, closed", closed(2), "value_invalid " + outer},
        {"3 corners, closed", closed(3), ""},
        {"500 corners", corners(500), ""},
        {"501 corners", corners(501), "too_many " + outer},
        {"latitude", corner(90.1, 126), "coordinates_invalid " + outer + "[3].latitude"},
        {"latitude", corner(kNan, 126), "coordinates_invalid " + outer + "[3].latitude"},
        {"longitude", corner(45, -180.1), "coordinates_invalid " + outer + "[3].longitude"},
        {"longitude", corner(45, kInfinity), "coordinates_invalid " + outer + "[3].longitude"},
        {"16 holes", holes(16), ""},
        {"17 holes", holes(17), "too_many " + in + "polygons[0].holes"},
        {"a hole of 2 corners",
         with_area([](A& a) { add_corners(a.mutable_polygons(0)->add_holes(), 2); }),
         "value_invalid " + in + "polygons[0].holes[0].vertices"},
    });
}

TEST(Bounds, PutTeam) {
    const std::string in = "command.put_team.team";
    wire::Command bare;
    bare.mutable_put_team();
    expect({
        {"plain", with_team([](wire::Team&) {}), ""},
        {"nothing", bare, "missing_field " + in},
        {"100", with_team([](wire::Team& t) { t.set_name_zh(characters(100)); }), ""},
        {"101",
         with_team([](wire::Team& t) { t.set_name_zh(characters(101)); }),
         "text_too_long " + in + ".name_zh"},
        {"101",
         with_team([](wire::Team& t) { t.set_name_en(characters(101)); }),
         "text_too_long " + in + ".name_en"},
    });
}

TEST(Bounds, PutPerson) {
    using P = wire::Person;
    const std::string in = "command.put_person.person";
    const auto grant = [](int role, const std::string& scope) {
        return with_person([&](P& p) {
            p.add_grants()->set_role(static_cast<wire::Role>(role));
            p.mutable_grants(0)->set_scope_id(scope);
        });
    };
    const auto grants = [](int count) {
        return with_person([&](P& p) {
            for (int i = 0; i < count; ++i) {
                p.add_grants()->set_role(wire::ROLE_VOLUNTEER);
            }
        });
    };
    wire::Command bare;
    bare.mutable_put_person();
    expect({
        {"plain", with_person([](P&) {}), ""},
        {"nothing", bare, "missing_field " + in},
        {"name of 100", with_person([](P& p) { p.set_name(characters(100)); }), ""},
        {"name of 101",
         with_person([](P& p) { p.set_name(characters(101)); }),
         "text_too_long " + in + ".name"},
        {"phone of 32", with_person([](P& p) { p.set_phone(std::string(32, '1')); }), ""},
        {"phone of 33",
         with_person([](P& p) { p.set_phone(std::string(33, '1')); }),
         "text_too_long " + in + ".phone"},
        {"home",
         with_person([](P& p) { p.set_home_area_id(std::string(65, 'x')); }),
         "id_invalid " + in + ".home_area_id"},
        {"8 grants", grants(8), ""},
        {"9 grants", grants(9), "too_many " + in + ".grants"},
        {"no role", grant(0, ""), "missing_field " + in + ".grants[0].role"},
        {"unknown role", grant(11, ""), "value_invalid " + in + ".grants[0].role"},
        {"officer", grant(wire::ROLE_OFFICER, "baoguo"), ""},
        {"officer of nothing",
         grant(wire::ROLE_OFFICER, ""),
         "missing_field " + in + ".grants[0].scope_id"},
        {"volunteer of something",
         grant(wire::ROLE_VOLUNTEER, "baoguo"),
         "value_invalid " + in + ".grants[0].scope_id"},
        {"admin", grant(wire::ROLE_ADMIN, ""), ""},
    });
}

TEST(Bounds, PeopleAndDevices) {
    wire::Command revoke_person;
    revoke_person.mutable_revoke_person();
    wire::Command revoke_device;
    revoke_device.mutable_revoke_device();
    wire::Command good_person;
    good_person.mutable_revoke_person()->set_person_id("x");
    wire::Command good_device;
    good_device.mutable_revoke_device()->set_device_id("x");
    using D = wire::AddDevice;
    expect({
        {"revoke", good_person, ""},
        {"revoke", good_device, ""},
        {"revoke nobody", revoke_person, "missing_field command.revoke_person.person_id"},
        {"revoke nothing", revoke_device, "missing_field command.revoke_device.device_id"},
        {"plain", with_device([](D&) {}), ""},
        {"nobody's",
         with_device([](D& d) { d.clear_person_id(); }),
         "missing_field command.add_device.person_id"},
        {"label", with_device([](D& d) { d.set_label(characters(100)); }), ""},
        {"label",
         with_device([](D& d) { d.set_label(characters(101)); }),
         "text_too_long command.add_device.label"},
        {"no token",
         with_device([](D& d) { d.clear_token_sha256(); }),
         "missing_field command.add_device.token_sha256"},
        {"31 bytes",
         with_device([](D& d) { d.set_token_sha256(std::string(31, 'x')); }),
         "value_invalid command.add_device.token_sha256"},
        {"33 bytes",
         with_device([](D& d) { d.set_token_sha256(std::string(33, 'x')); }),
         "value_invalid command.add_device.token_sha256"},
        {"link",
         with_device([](D& d) {
             d.clear_token_sha256();
             d.set_link_sha256(std::string(32, 'x'));
             d.set_link_valid_s(86'400);
         }),
         ""},
        {"short link",
         with_device([](D& d) {
             d.clear_token_sha256();
             d.set_link_sha256(std::string(31, 'x'));
         }),
         "value_invalid command.add_device.link_sha256"},
        {"both",
         with_device([](D& d) { d.set_link_sha256(std::string(32, 'x')); }),
         "value_invalid command.add_device.link_sha256"},
        {"long validity",
         with_device([](D& d) {
             d.clear_token_sha256();
             d.set_link_sha256(std::string(32, 'x'));
             d.set_link_valid_s(86'401);
         }),
         "value_invalid command.add_device.link_valid_s"},
        {"validity of a token",
         with_device([](D& d) { d.set_link_valid_s(1); }),
         "value_invalid command.add_device.link_valid_s"},
    });
}

TEST(Bounds, CodePoints) {
    EXPECT_EQ(code_points(""), 0U);
    EXPECT_EQ(code_points("abc"), 3U);
    EXPECT_EQ(code_points("火情"), 2U);
    EXPECT_EQ(code_points("\xF0\x9F\x94\xA5"), 1U);
    EXPECT_EQ(code_points(std::string_view("\0", 1)), 1U);
    EXPECT_EQ(code_points("\xF4\x8F\xBF\xBF"), 1U);  // the last code point
    for (const char* bad : {"\x80",
                            "\xC3",
                            "\xC0\x80",          // overlong
                            "\xE0\x80\x80",      // overlong
                            "\xED\xA0\x80",      // a surrogate
                            "\xF4\x90\x80\x80",  // beyond the last
                            "\xF8\x88\x80\x80\x80",
                            "\xE7\x81",
                            "\xE7(\xAB"}) {
        EXPECT_EQ(code_points(bad), SIZE_MAX);
    }
}

TEST(Bounds, RandomIdsAreUuidsOfVersionFour) {
    World world;
    std::string before;
    for (int i = 0; i < 1000; ++i) {
        const std::string id = world.next_uuid();
        ASSERT_TRUE(is_uuid(id)) << id;
        ASSERT_EQ(id[14], '4');
        ASSERT_NE(std::string("89ab").find(id[19]), std::string::npos);
        ASSERT_NE(id, before);
        before = id;
    }
}

}  // namespace
}  // namespace tocsin::domain::test
