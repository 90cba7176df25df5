// The session machine: what it sends, what it tells, and when, over many connections. No network
// and no clock.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tocsin/session.hpp"

namespace tocsin::client {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class SessionTest : public testing::Test {
protected:
    SessionTest() { session_.start(now_); }

    // --- the driver ---
    // What it was asked to do since the last call: "open", "abandon", or the requests sent.
    std::vector<std::string> done() {
        std::vector<std::string> words;
        for (const auto& action : session_.take_actions()) {
            if (const auto* send = std::get_if<Send>(&action)) {
                wire::ClientMessage message;
                EXPECT_TRUE(message.ParseFromString(send->bytes));
                sent_.push_back(message);
                words.push_back(word(message));
            } else {
                words.emplace_back(std::holds_alternative<Open>(action) ? "open" : "abandon");
            }
        }
        return words;
    }

    static std::string word(const wire::ClientMessage& message) {
        switch (message.request_case()) {
            case wire::ClientMessage::kSubscribe:
                return "subscribe " + (message.subscribe().has_cursor()
                                           ? to_text(message.subscribe().cursor())
                                           : std::string("anew"));
            case wire::ClientMessage::kCommand:
                return "command " + message.command().id();
            case wire::ClientMessage::kGetIncident:
                return "get " + message.get_incident().incident_id();
            case wire::ClientMessage::kMark: {
                std::string words = "mark";
                for (const auto& id : message.mark().delivered_incident_ids()) {
                    words += " " + id;
                }
                for (const auto& id : message.mark().shown_incident_ids()) {
                    words += " " + id + "!";
                }
                return words;
            }
            case wire::ClientMessage::kAttended:
                return "attended " + std::to_string(message.attended().ago_ms());
            case wire::ClientMessage::kGetStats:
                return "stats " + message.get_stats().station_id();
            default:
                return "?";
        }
    }

    std::int64_t last_request() const { return sent_.back().request_id(); }

    // --- the hub ---
    void hears(const wire::Entry& entry) {
        wire::ServerMessage message;
        *message.add_entries() = entry;
        session_.on_message(message.SerializeAsString(), now_);
    }

    void welcomed() {
        session_.on_open(now_);
        wire::Entry entry;
        entry.mutable_welcome()->set_epoch("e");
        entry.mutable_welcome()->set_heartbeat_ms(1'000);
        entry.mutable_welcome()->mutable_limits()->set_unanswered_requests(4);
        entry.mutable_welcome()->mutable_limits()->set_message_bytes(1'000);
        hears(entry);
    }

    void subscribed(std::int64_t request, const std::string& at, bool resumed) {
        wire::Entry entry;
        entry.set_request_id(request);
        if (!at.empty()) {
            *entry.mutable_subscribed()->mutable_cursor() = *cursor_from_text(at);
        }
        entry.mutable_subscribed()->set_resumed(resumed);
        entry.mutable_subscribed()->set_heartbeat_ms(2'000);
        hears(entry);
    }

    void event(const std::string& offset) {
        wire::Entry entry;
        entry.mutable_event()->set_offset(offset);
        entry.mutable_event()->set_lane(wire::LANE_ALARM);
        hears(entry);
    }

    void receipt(std::int64_t request, const std::string& id) {
        wire::Entry entry;
        entry.set_request_id(request);
        entry.mutable_receipt()->set_command_id(id);
        hears(entry);
    }

    void refusal(std::int64_t request, const std::string& code, int retry_after_ms) {
        wire::Entry entry;
        entry.set_request_id(request);
        entry.mutable_refusal()->set_code(code);
        entry.mutable_refusal()->set_retry_after_ms(retry_after_ms);
        hears(entry);
    }

    void goodbye(wire::GoodbyeReason reason, int retry_after_ms) {
        wire::Entry entry;
        entry.mutable_goodbye()->set_reason(reason);
        entry.mutable_goodbye()->set_retry_after_ms(retry_after_ms);
        hears(entry);
    }

    void heartbeat() {
        wire::Entry entry;
        entry.mutable_heartbeat()->set_store(wire::STORE_STATE_WELL);
        hears(entry);
    }

    void heard_of(const wire::Incident& incident) {
        wire::Entry entry;
        entry.mutable_event()->set_lane(wire::LANE_ALARM);
        *entry.mutable_event()->mutable_incident() = incident;
        hears(entry);
    }

    // --- the program ---
    static wire::Incident incident(const std::string& id, int reopenings) {
        wire::Incident incident;
        incident.set_id(id);
        for (int i = 0; i < reopenings; ++i) {
            incident.add_reopenings();
        }
        return incident;
    }
    void mark(const std::string& id, bool shown = false) {
        session_.mark(incident(id, 0), shown, now_);
    }
    // What it was told since the last call, in words.
    std::vector<std::string> told() {
        std::vector<std::string> words;
        while (const auto happening = session_.take_happening()) {
            words.push_back(
                std::visit([](const auto& what) { return describe(what); }, *happening));
        }
        return words;
    }

    static std::string describe(const Heard& heard) {
        const auto* field = heard.entry.GetDescriptor()->FindFieldByNumber(heard.entry.body_case());
        return field->name() + " " + (heard.cursor ? to_text(*heard.cursor) : "-");
    }
    static std::string describe(const Stored& stored) {
        return "stored " + stored.receipt.command_id();
    }
    static std::string describe(const Refused& refused) {
        return "refused " + refused.id + " " + refused.refusal.code();
    }
    static std::string describe(const Postponed& postponed) {
        return "postponed " + std::to_string(postponed.retry_in.count());
    }
    static std::string describe(const IncidentSeen& seen) {
        return "incident " + seen.incident.id() + " " +
               std::to_string(seen.incident.reports_size());
    }
    static std::string describe(const NoticeSeen& seen) {
        return "notice " + seen.detail.notice().id() + " with " +
               std::to_string(seen.detail.trail_size());
    }
    static std::string describe(const StatsSeen& seen) {
        return "stats " + std::to_string(seen.stats.rows_size());
    }
    static std::string describe(const Disconnected& lost) {
        return "lost " + std::to_string(lost.retry_in.count());
    }
    static std::string describe(const Ended&) { return "ended"; }

    static wire::Command command(const std::string& id) {
        wire::Command command;
        command.set_id(id);
        command.mutable_submit_report()->set_text("text of " + id);
        return command;
    }

    void pass(Millis time) {
        now_ += time;
        session_.on_time(now_);
    }

    std::uint64_t random_ = 0;
    SessionOptions options_{.backoff_base = 100ms, .backoff_cap = 1'000ms};
    Session session_{options_, [this] { return random_; }};
    Instant now_ = Instant{} + 1h;
    std::vector<wire::ClientMessage> sent_;
};

TEST_F(SessionTest, SendsNothingBeforeTheWelcome) {
    session_.submit(command("a"), now_);
    session_.subscribe({.channels = {"fire"}}, now_);
    EXPECT_THAT(done(), ElementsAre("open"));
    session_.on_open(now_);
    EXPECT_THAT(done(), IsEmpty());
    welcomed();
    EXPECT_THAT(done(), ElementsAre("subscribe anew", "command a"));
    EXPECT_THAT(told(), ElementsAre("welcome -"));
    EXPECT_EQ(sent_[0].request_id(), 1);
    EXPECT_EQ(sent_[1].request_id(), 2);
}

TEST_F(SessionTest, LetsOnlySoManyRequestsStandUnanswered) {
    for (const char* id : {"a", "b", "c", "d", "e", "f"}) {
        session_.submit(command(id), now_);
    }
    done();
    welcomed();
    EXPECT_THAT(done(), ElementsAre("command a", "command b", "command c", "command d"));
    receipt(2, "b");
    EXPECT_THAT(done(), ElementsAre("command e"));
    EXPECT_EQ(session_.unanswered().size(), 5U);
}

TEST_F(SessionTest, SendsTheSameCommandsInTheSameOrderAfterAReconnect) {
    session_.submit(command("a"), now_);
    session_.submit(command("b"), now_);
    welcomed();
    done();
    receipt(2, "b");
    session_.on_closed({.why = "broke"}, now_);
    session_.submit(command("c"), now_);
    EXPECT_THAT(told(), ElementsAre("welcome -", "stored b", "lost 0"));
    EXPECT_THAT(done(), IsEmpty());
    pass(0ms);
    EXPECT_THAT(done(), ElementsAre("open"));
    welcomed();
    EXPECT_THAT(done(), ElementsAre("command a", "command c"));
    EXPECT_EQ(sent_[0].command().SerializeAsString(), sent_[2].command().SerializeAsString());
}

TEST_F(SessionTest, TakesNoAnswerOfAnEarlierConnectionForANewOne) {
    session_.submit(command("a"), now_);
    welcomed();
    session_.on_closed({.why = "broke"}, now_);
    pass(0ms);
    welcomed();
    done();
    const auto second = last_request();
    EXPECT_NE(second, 1);
    told();
    receipt(1, "a");
    EXPECT_THAT(told(), IsEmpty());
    receipt(second, "a");
    EXPECT_THAT(told(), ElementsAre("stored a"));
    EXPECT_TRUE(session_.unanswered().empty());
}

TEST_F(SessionTest, WaitsAsLongAsARefusalSaysAndLetsNothingOvertake) {
    session_.submit(command("a"), now_);
    welcomed();
    done();
    told();
    refusal(1, "unavailable", 500);
    EXPECT_THAT(told(), ElementsAre("postponed 500"));
    session_.submit(command("b"), now_);
    EXPECT_THAT(done(), IsEmpty());
    EXPECT_EQ(session_.wake_at(), now_ + 500ms);
    pass(499ms);
    EXPECT_THAT(done(), IsEmpty());
    pass(1ms);
    EXPECT_THAT(done(), ElementsAre("command a", "command b"));
}

TEST_F(SessionTest, GivesUpACommandThatIsRefusedForGood) {
    session_.submit(command("a"), now_);
    welcomed();
    told();
    refusal(1, "not_permitted", 0);
    EXPECT_THAT(told(), ElementsAre("refused a not_permitted"));
    EXPECT_TRUE(session_.unanswered().empty());
}

TEST_F(SessionTest, RefusesItselfWhatTheHubWouldCloseTheConnectionFor) {
    auto long_one = command("a");
    long_one.mutable_submit_report()->set_text(std::string(2'000, 'x'));
    session_.submit(long_one, now_);
    session_.submit(command("b"), now_);
    welcomed();
    EXPECT_THAT(done(), ElementsAre("open", "command b"));
    EXPECT_THAT(told(), ElementsAre("welcome -", "refused a text_too_long"));
}

TEST_F(SessionTest, ResumesTheSubscriptionFromWhereItHadCome) {
    session_.subscribe({.cursor = cursor_from_text("e:1-0:1-0")}, now_);
    welcomed();
    subscribed(1, "e:1-0:1-0", true);
    event("2-0");
    event("3-0");
    EXPECT_THAT(
        told(),
        ElementsAre(
            "welcome e:1-0:1-0", "subscribed e:1-0:1-0", "event e:2-0:1-0", "event e:3-0:1-0"));
    session_.on_closed({.why = "broke"}, now_);
    pass(0ms);
    done();
    welcomed();
    EXPECT_THAT(done(), ElementsAre("subscribe e:3-0:1-0"));
}

TEST_F(SessionTest, SubscribesAnewWhereTheSnapshotWasCutOff) {
    session_.subscribe({}, now_);
    welcomed();
    subscribed(1, "", false);
    event("6-0");
    session_.on_closed({.why = "broke"}, now_);
    pass(0ms);
    done();
    welcomed();
    EXPECT_THAT(done(), ElementsAre("subscribe anew"));
}

TEST_F(SessionTest, IgnoresWhatBelongsToAReplacedSubscription) {
    session_.subscribe({.channels = {"fire"}}, now_);
    welcomed();
    session_.subscribe({.channels = {"bureau"}}, now_);
    told();
    subscribed(1, "e:5-0:5-0", false);
    event("6-0");
    EXPECT_THAT(told(), IsEmpty());
    subscribed(2, "e:7-0:7-0", false);
    EXPECT_THAT(told(), ElementsAre("subscribed e:7-0:7-0"));
    // Both were answered: the room is there again.
    for (const char* id : {"a", "b", "c", "d"}) {
        session_.submit(command(id), now_);
    }
    done();
    EXPECT_EQ(word(sent_.back()), "command d");
}

TEST_F(SessionTest, ASubscriptionMayBeRefusedForNowOrForGood) {
    session_.subscribe({}, now_);
    welcomed();
    refusal(1, "unavailable", 300);
    done();
    pass(300ms);
    EXPECT_THAT(done(), ElementsAre("subscribe anew"));
    refusal(2, "channel_invalid", 0);
    EXPECT_THAT(told(), ElementsAre("welcome -", "postponed 300", "refused  channel_invalid"));
    pass(1s);
    EXPECT_THAT(done(), IsEmpty());
}

TEST_F(SessionTest, GivesUpAHubThatMissesTwoHeartbeats) {
    welcomed();
    done();
    told();
    EXPECT_EQ(session_.wake_at(), now_ + 2'500ms);
    pass(2'000ms);
    heartbeat();
    told();
    pass(2'499ms);
    EXPECT_THAT(done(), IsEmpty());
    pass(1ms);
    EXPECT_THAT(done(), ElementsAre("abandon"));
    EXPECT_THAT(told(), ElementsAre("lost 0"));
}

TEST_F(SessionTest, CountsHeartbeatsAsTheSubscriptionSetThem) {
    session_.subscribe({.heartbeat_ms = 2'000}, now_);
    welcomed();
    subscribed(1, "e:5-0:5-0", true);
    EXPECT_EQ(session_.wake_at(), now_ + 5'000ms);
}

TEST_F(SessionTest, GivesUpAHubThatSaysNoWelcome) {
    session_.on_open(now_);
    done();
    EXPECT_EQ(session_.wake_at(), now_ + 10s);
    pass(10s);
    EXPECT_THAT(done(), ElementsAre("abandon"));
}

TEST_F(SessionTest, WaitsLongerEachTimeAndShortAgainAfterALifeThatLasted) {
    random_ = ~std::uint64_t{0} - 1;
    std::vector<std::int64_t> waits;
    const auto lose = [&] {
        session_.on_closed({.why = "refused"}, now_);
        const auto wake = session_.wake_at();
        ASSERT_TRUE(wake);
        waits.push_back(std::chrono::duration_cast<Millis>(*wake - now_).count());
        pass(waits.back() * 1ms);
    };
    for (int round = 0; round < 8; ++round) {
        lose();
        EXPECT_LE(waits.back(), std::min(100 << round, 1'000));
    }
    welcomed();
    pass(100ms);
    lose();  // a short life changes nothing
    welcomed();
    for (int beat = 0; beat < 6; ++beat) {
        pass(1s);
        heartbeat();
    }
    waits.clear();
    lose();
    EXPECT_LE(waits.back(), 100);
}

TEST_F(SessionTest, ComesBackWhenAGoodbyeSaysSo) {
    session_.submit(command("a"), now_);
    welcomed();
    goodbye(wire::GOODBYE_REASON_SHUTTING_DOWN, 1'700);
    told();
    done();
    session_.submit(command("b"), now_);
    EXPECT_THAT(done(), IsEmpty());  // the hub reads no more
    session_.on_closed({.why = "closed", .close_code = 4001}, now_);
    EXPECT_THAT(told(), ElementsAre("lost 1700"));
    pass(1'700ms);
    welcomed();
    EXPECT_THAT(done(), ElementsAre("open", "command a", "command b"));
}

TEST_F(SessionTest, DoesNotComeBackWhereThatWouldNotHelp) {
    struct Case {
        const char* what;
        Closed closed;
        bool ends;
    };
    const std::vector<Case> cases{
        {"broke", {.why = "x"}, false},
        {"shutting down", {.why = "x", .close_code = 4001}, false},
        {"too slow", {.why = "x", .close_code = 4008}, false},
        {"revoked", {.why = "x", .close_code = 4500}, true},
        {"malformed", {.why = "x", .close_code = 4501}, true},
        {"too big", {.why = "x", .close_code = 1009}, true},
        {"no token", {.why = "x", .http_status = 401}, true},
        {"forbidden", {.why = "x", .http_status = 403}, true},
        {"no hub there", {.why = "x", .http_status = 404}, true},
        {"too many", {.why = "x", .http_status = 503}, false},
        {"a proxy without its hub", {.why = "x", .http_status = 502}, false},
        {"calm down", {.why = "x", .http_status = 429}, false},
        {"certificate", {.why = "x", .hopeless = true}, true},
    };
    for (const auto& [what, closed, ends] : cases) {
        Session session(options_, [] { return std::uint64_t{0}; });
        session.start(now_);
        session.on_closed(closed, now_);
        EXPECT_EQ(session.has_ended(), ends) << what;
        EXPECT_EQ(session.wake_at().has_value(), !ends) << what;
    }
}

TEST_F(SessionTest, EndsAfterAGoodbyeForGood) {
    welcomed();
    goodbye(wire::GOODBYE_REASON_REVOKED, 0);
    session_.on_closed({.why = "broke before the close came"}, now_);
    EXPECT_TRUE(session_.has_ended());
}

TEST_F(SessionTest, PutsTheIncidentsPartsTogether) {
    session_.get_incident("i", now_);
    welcomed();
    EXPECT_THAT(done(), ElementsAre("open", "get i"));
    for (int part = 0; part < 3; ++part) {
        wire::Entry entry;
        entry.set_request_id(1);
        auto& detail = *entry.mutable_incident_detail();
        detail.mutable_incident()->set_id("i");
        detail.mutable_incident()->set_version(4);
        detail.mutable_incident()->add_reports()->set_id("r" + std::to_string(part));
        detail.set_last(part == 2);
        hears(entry);
    }
    EXPECT_THAT(told(), ElementsAre("welcome -", "incident i 3"));
}

TEST_F(SessionTest, SkipsWhatItDoesNotKnow) {
    welcomed();
    told();
    session_.subscribe({}, now_);
    subscribed(1, "e:5-0:5-0", true);
    wire::Entry entry;
    entry.mutable_event()->set_offset("6-0");
    entry.mutable_event()->set_lane(wire::LANE_ALARM);
    entry.mutable_event()->set_kind(static_cast<wire::EventKind>(77));
    hears(entry);
    hears(wire::Entry{});  // a body of a later version parses as none
    EXPECT_EQ(told().back(), "event e:6-0:5-0");
    EXPECT_TRUE(session_.is_welcomed());
}

TEST_F(SessionTest, AbandonsAHubThatSpeaksNonsense) {
    welcomed();
    done();
    session_.on_message("\xff\xff\xff\xff", now_);
    EXPECT_THAT(done(), ElementsAre("abandon"));
}

TEST(Merge, KeepsTheHighestVersionAndAddsPagesOfIt) {
    const auto part = [](int version, const std::string& report) {
        wire::Incident incident;
        incident.set_id("i");
        incident.set_version(version);
        incident.add_reports()->set_id(report);
        return incident;
    };
    wire::Incident whole;
    merge(whole, part(2, "a"));
    merge(whole, part(2, "b"));
    merge(whole, part(1, "old"));
    EXPECT_EQ(whole.reports_size(), 2);
    merge(whole, part(3, "c"));
    EXPECT_EQ(whole.version(), 3);
    EXPECT_EQ(whole.reports_size(), 1);
}

TEST_F(SessionTest, BundlesMarksAndSaysThemAgainAfterAReconnect) {
    welcomed();
    done();
    mark("a");
    EXPECT_THAT(done(), ElementsAre("mark a"));
    mark("b");
    mark("b", true);
    mark("a");
    EXPECT_THAT(done(), IsEmpty()) << "a moment later, together";
    pass(200ms);
    EXPECT_THAT(done(), ElementsAre("mark b b!"));
    session_.on_closed({.why = "broke"}, now_);
    pass(1'000ms);
    EXPECT_THAT(done(), ElementsAre("open"));
    welcomed();
    EXPECT_THAT(done(), IsEmpty()) << "whether it still holds is not known yet";
    mark("c");
    EXPECT_THAT(done(), ElementsAre("mark c"));
    pass(200ms);
    heartbeat();
    EXPECT_THAT(done(), ElementsAre("mark a b b!"));
}

TEST_F(SessionTest, P9_WhatWasShownBeforeItWasOpenedAgainIsNotSaidOfItNow) {
    session_.subscribe({}, now_);
    welcomed();
    done();
    subscribed(last_request(), "e:1-0:1-0", false);
    mark("a", true);
    mark("b", true);
    pass(200ms);
    EXPECT_THAT(done(), ElementsAre("mark a!", "mark b!"));
    session_.on_closed({.why = "broke"}, now_);
    pass(1'000ms);
    welcomed();
    done();
    subscribed(last_request(), "", true);
    EXPECT_THAT(done(), IsEmpty()) << "whether it still holds is not known yet";
    const wire::Incident again = incident("a", 1);
    heard_of(again);
    heartbeat();
    EXPECT_THAT(done(), ElementsAre("mark b!"));
    mark("a", true);
    pass(200ms);
    EXPECT_THAT(done(), IsEmpty()) << "as it was before";
    session_.mark(again, true, now_);
    session_.mark(again, true, now_);
    EXPECT_THAT(done(), ElementsAre("mark a!")) << "once for each time";
    heard_of(incident("a", 2));
    session_.mark(incident("a", 2), false, now_);
    pass(200ms);
    EXPECT_THAT(done(), ElementsAre("mark a"));
}

TEST_F(SessionTest, SaysMarksAgainAfterAResetAndAsSomebodyElse) {
    welcomed();
    done();
    session_.subscribe({}, now_);
    done();
    subscribed(last_request(), "", false);
    mark("a", true);
    EXPECT_THAT(done(), ElementsAre("mark a!"));
    wire::Entry reset;
    reset.mutable_reset();
    hears(reset);
    heartbeat();
    pass(200ms);
    EXPECT_THAT(done(), ElementsAre("mark a!"));
    subscribed(0, "", true);  // the rights changed
    heartbeat();
    pass(200ms);
    EXPECT_THAT(done(), ElementsAre("mark a!"));
}

TEST_F(SessionTest, MarksDoNotCountAmongTheUnanswered) {
    welcomed();
    done();
    for (int i = 0; i < 10; ++i) {
        mark(std::to_string(i), true);
        pass(200ms);
    }
    done();
    for (const char* id : {"a", "b", "c", "d"}) {
        session_.submit(command(id), now_);
    }
    EXPECT_THAT(done(), ElementsAre("command a", "command b", "command c", "command d"));
}

TEST_F(SessionTest, AsksForStatsUntilTheyAreAnswered) {
    welcomed();
    done();
    wire::GetStats request;
    request.set_station_id("baoguo");
    session_.get_stats(request, now_);
    EXPECT_THAT(done(), ElementsAre("stats baoguo"));
    session_.on_closed({.why = "broke"}, now_);
    pass(1'000ms);
    welcomed();
    EXPECT_THAT(done(), ElementsAre("open", "stats baoguo"));
    told();
    wire::Entry entry;
    entry.set_request_id(last_request());
    entry.mutable_stats()->add_rows();
    hears(entry);
    EXPECT_THAT(told(), ElementsAre("stats 1"));
}

TEST_F(SessionTest, SaysThatSomebodyIsThereSeldomAndAfterAReconnectSinceWhen) {
    session_.subscribe({.channels = {"fire"}}, now_);
    welcomed();
    wire::Entry entry;
    entry.set_request_id(1);
    entry.mutable_subscribed()->set_heartbeat_ms(1'000'000);
    hears(entry);
    done();
    session_.attended(now_);
    EXPECT_THAT(done(), ElementsAre("attended 0"));
    pass(4'000ms);
    session_.attended(now_);
    EXPECT_THAT(done(), IsEmpty());
    session_.on_closed({.why = "broke"}, now_);
    pass(2'000ms);
    welcomed();
    entry.set_request_id(last_request() + 1);
    done();
    entry.set_request_id(last_request());
    hears(entry);
    EXPECT_THAT(done(), ElementsAre("attended 2000"));
}

}  // namespace
}  // namespace tocsin::client
