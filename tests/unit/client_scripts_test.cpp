// The session machine by the scripts for all clients (tests/scripts/client_session).

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/wrappers.pb.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tocsin/session.hpp"

namespace tocsin::client {
namespace {

using nlohmann::json;
using Words = std::vector<std::string>;

template <class Message>
Message from_json(const json& value) {
    Message message;
    const auto status = google::protobuf::util::JsonStringToMessage(value.dump(), &message);
    EXPECT_TRUE(status.ok()) << status.ToString() << " in " << value;
    return message;
}

std::string or_none(const std::optional<wire::Cursor>& cursor) {
    return cursor ? to_text(*cursor) : "-";
}

std::string word(const wire::ClientMessage& message) {
    switch (message.request_case()) {
        case wire::ClientMessage::kSubscribe:
            return "subscribe " + (message.subscribe().has_cursor()
                                       ? to_text(message.subscribe().cursor())
                                       : std::string("anew"));
        case wire::ClientMessage::kCommand:
            return "command " + message.command().id();
        case wire::ClientMessage::kGetIncident:
            return "get " + message.get_incident().incident_id();
        default:
            return "?";
    }
}

std::string word(const Action& action) {
    if (const auto* send = std::get_if<Send>(&action)) {
        wire::ClientMessage message;
        EXPECT_TRUE(message.ParseFromString(send->bytes));
        return word(message);
    }
    return std::holds_alternative<Open>(action) ? "open" : "abandon";
}

struct HappeningWord {
    std::string operator()(const Heard& heard) const {
        const auto* field = heard.entry.GetDescriptor()->FindFieldByNumber(heard.entry.body_case());
        return field->name() + " " + or_none(heard.cursor);
    }
    std::string operator()(const Stored& stored) const {
        return "stored " + stored.receipt.command_id();
    }
    std::string operator()(const Refused& refused) const {
        return "refused " + refused.id + " " + refused.refusal.code();
    }
    std::string operator()(const Postponed& postponed) const {
        return "postponed " + std::to_string(postponed.retry_in.count());
    }
    std::string operator()(const IncidentSeen& seen) const {
        return "incident " + seen.incident.id() + " " +
               std::to_string(seen.incident.reports_size());
    }
    std::string operator()(const NoticeSeen& seen) const {
        return "notice " + seen.detail.notice().id() + " with " +
               std::to_string(seen.detail.trail_size());
    }
    std::string operator()(const StatsSeen& seen) const {
        return "stats " + std::to_string(seen.stats.rows_size());
    }
    std::string operator()(const Disconnected& lost) const {
        return "lost " + std::to_string(lost.retry_in.count());
    }
    std::string operator()(const Ended& /*ended*/) const { return "ended"; }
};

SessionOptions options_of(const json& script) {
    const json& options = script.at("options");
    return {.backoff_base = Millis(options.at("backoffBaseMs").get<int>()),
            .backoff_cap = Millis(options.at("backoffCapMs").get<int>())};
}

class Player {
public:
    explicit Player(const json& script)
        : random_(std::stoull(script.at("options").at("random").get<std::string>())),
          session_(options_of(script), [this] { return random_; }) {}

    void play(const json& step) {
        input(step);
        Words sends;
        for (const Action& action : session_.take_actions()) {
            sends.push_back(word(action));
        }
        EXPECT_EQ(sends, step.value("sends", Words()));
        Words tells;
        while (const auto happening = session_.take_happening()) {
            tells.push_back(std::visit(HappeningWord{}, *happening));
        }
        EXPECT_EQ(tells, step.value("tells", Words()));
        if (const auto wake_in = step.find("wakeIn"); wake_in != step.end()) {
            const auto wake = session_.wake_at();
            ASSERT_EQ(wake.has_value(), !wake_in->is_null());
            if (wake) {
                EXPECT_EQ(*wake - now_, Millis(wake_in->get<int>()));
            }
        }
        if (const auto ids = step.find("unanswered"); ids != step.end()) {
            Words unanswered;
            for (const wire::Command& command : session_.unanswered()) {
                unanswered.push_back(command.id());
            }
            EXPECT_EQ(unanswered, ids->get<Words>());
        }
    }

private:
    void input(const json& step) {
        if (step.contains("start")) {
            session_.start(now_);
        } else if (step.contains("subscribe")) {
            const auto wish = from_json<wire::Subscribe>(step["subscribe"]);
            Subscription subscription{.channels = {wish.channels().begin(), wish.channels().end()},
                                      .heartbeat_ms = wish.heartbeat_ms(),
                                      .no_snapshot = wish.no_snapshot()};
            if (wish.has_cursor()) {
                subscription.cursor = wish.cursor();
            }
            session_.subscribe(std::move(subscription), now_);
        } else if (step.contains("submit")) {
            session_.submit(from_json<wire::Command>(step["submit"]), now_);
        } else if (step.contains("getIncident")) {
            session_.get_incident(step["getIncident"].get<std::string>(), now_);
        } else if (step.contains("opened")) {
            session_.on_open(now_);
        } else if (step.contains("hub")) {
            const auto message = from_json<wire::ServerMessage>({{"entries", step["hub"]}});
            session_.on_message(message.SerializeAsString(), now_);
        } else if (step.contains("bytes")) {
            const auto bytes = from_json<google::protobuf::BytesValue>(step["bytes"]);
            session_.on_message(bytes.value(), now_);
        } else if (step.contains("closed")) {
            const json& closed = step["closed"];
            session_.on_closed({.why = closed.at("why").get<std::string>(),
                                .close_code = closed.value("closeCode", 0),
                                .http_status = closed.value("httpStatus", 0),
                                .hopeless = closed.value("hopeless", false)},
                               now_);
        } else if (step.contains("pass")) {
            now_ += Millis(step["pass"].get<int>());
            session_.on_time(now_);
        } else {
            ADD_FAILURE() << "a step without an input: " << step;
        }
    }

    std::uint64_t random_;
    Session session_;
    Instant now_ = Instant{} + std::chrono::hours(1);
};

class ClientScripts : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(ClientScripts, Hold) {
    std::ifstream file(GetParam());
    const json script = json::parse(file);
    Player player(script);
    for (const json& step : script.at("steps")) {
        SCOPED_TRACE(script.at("what").get<std::string>() + " " + step.dump());
        player.play(step);
        if (HasFailure()) {
            return;
        }
    }
}

std::vector<std::filesystem::path> scripts() {
    std::vector<std::filesystem::path> found;
    const auto folder = std::filesystem::path(TOCSIN_SOURCE_DIR) / "tests/scripts/client_session";
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() == ".json") {
            found.push_back(entry.path());
        }
    }
    std::ranges::sort(found);
    return found;
}

INSTANTIATE_TEST_SUITE_P(All, ClientScripts, testing::ValuesIn(scripts()), [](const auto& given) {
    return given.param.stem().string();
});

}  // namespace
}  // namespace tocsin::client
