// The session machine under a driver that a byte string steers: messages, answers in any order,
// batches, ticks, changes of rights, new epochs. The driver keeps the contract of
// hub/session/connection.hpp; the client need not keep anything.
//
// Must hold: welcome first; nothing after goodbye; each request answered at most once; at most 32
// unanswered commands and a bounded heap of replies; an event only on a feed that is subscribed, in
// its richest view, in order and without a gap within its lane; a machine that has something to say
// says it; left alone with answers and a socket it comes to the head of the log.

#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hub/session/connection.hpp"
#include "tests/fuzz/check.hpp"

namespace {

using namespace tocsin;
using session::Connection;
namespace wire = tocsin::v1;

constexpr int kSteps = 300;
constexpr std::size_t kLargestAnswer = 1024;  // of those that this driver makes up

const std::array<domain::Feed, 5> kFeeds = {{
    {"station/baoguo", store::v1::VIEW_OFFICER},
    {"station/baoguo", store::v1::VIEW_NEIGHBOUR},
    {"me/officer", store::v1::VIEW_REPORTER},
    {"area/baoguo", store::v1::VIEW_PUBLIC},
    {"bureau", store::v1::VIEW_BUREAU},
}};
const std::array<const char*, 6> kChannels = {
    "station/baoguo", "me", "area/baoguo", "bureau", "admin", ""};

fanout::RightsPtr rights(unsigned chosen) {
    auto made = std::make_shared<fanout::Rights>();
    made->person.set_id("officer");
    for (std::size_t i = 0; i < kFeeds.size(); ++i) {
        if ((chosen >> i & 1u) != 0) {
            made->feeds.push_back(kFeeds[i]);
            std::string channel = kFeeds[i].channel.starts_with("me/") ? "me" : kFeeds[i].channel;
            if (std::ranges::find(made->channels, channel) == made->channels.end()) {
                made->channels.push_back(std::move(channel));
            }
        }
    }
    return made;
}

// The log as the district has it, and the shard's window over its recent part.
struct FakeLog {
    std::deque<fanout::EntryPtr> entries;
    log::Offset trimmed;  // every entry after this one is in `entries`
    log::Offset head;
    fanout::Window window{fanout::WindowBounds{4'000, 1'000'000, 12}};

    fanout::BatchPtr append(FuzzedDataProvider& bytes, std::int64_t now_ms) {
        auto batch = std::make_shared<fanout::Batch>();
        batch->after = head;
        const int count = bytes.ConsumeIntegralInRange(1, 4);
        for (int i = 0; i < count; ++i) {
            auto entry = std::make_shared<fanout::Entry>();
            const bool same_ms = bytes.ConsumeBool();
            head = same_ms ? log::Offset{head.ms, head.seq + 1} : log::Offset{head.ms + 3, 0};
            entry->offset = head;
            entry->lane = bytes.ConsumeBool() ? wire::LANE_ALARM : wire::LANE_ROUTINE;
            const auto chosen = bytes.ConsumeIntegral<std::uint8_t>();
            for (std::size_t f = 0; f < kFeeds.size(); ++f) {
                if ((chosen >> f & 1) != 0) {
                    wire::ServerMessage message;
                    wire::Event& event = *message.add_entries()->mutable_event();
                    event.set_offset(log::to_text(head));
                    event.set_lane(entry->lane);
                    event.mutable_incident()->set_id(fanout::key_of(kFeeds[f]));
                    entry->deliveries.push_back(
                        {fanout::key_of(kFeeds[f]),
                         kFeeds[f].view,
                         std::make_shared<const fanout::Frame>(message.SerializeAsString())});
                    entry->bytes += entry->deliveries.back().frame->binary().size();
                }
            }
            entries.push_back(entry);
            batch->entries.push_back(entry);
        }
        batch->to = head;
        window.append(*batch, now_ms);
        return batch;
    }

    fanout::BatchPtr stretch(log::Offset after, std::size_t count) const {
        if (after < trimmed || after > head) {
            return nullptr;
        }
        auto made = std::make_shared<fanout::Batch>();
        made->after = after;
        made->to = after;
        for (const auto& entry : entries) {
            if (entry->offset > after && made->entries.size() < count) {
                made->entries.push_back(entry);
                made->to = entry->offset;
            }
        }
        if (made->entries.size() < count) {
            made->to = head;
        }
        return made;
    }
};

// What a client can know of the connection, checked entry by entry.
class Listener {
public:
    Listener(const FakeLog& log, const Connection& connection)
        : log_(log), connection_(connection) {}

    void asked(std::int64_t request_id) { ++unanswered_[request_id]; }

    // One message from the hub. Answers the bytes of what is neither event nor snapshot.
    std::size_t hear(const session::Outgoing& out) {
        TOCSIN_MUST(!closed_);
        std::string joined;
        std::size_t replies = 0;
        for (const auto& part : out.parts) {
            TOCSIN_MUST(part != nullptr);
            joined += part->binary();
        }
        wire::ServerMessage message;
        TOCSIN_MUST(message.ParseFromString(joined));
        TOCSIN_MUST(static_cast<std::size_t>(message.entries_size()) == out.parts.size());
        for (const wire::Entry& entry : message.entries()) {
            TOCSIN_MUST(!closed_);
            TOCSIN_MUST(entry.has_welcome() == first_);
            first_ = false;
            hear(entry);
            if (!entry.has_event() && !entry.has_snapshot()) {
                replies += entry.ByteSizeLong();
            }
        }
        return replies;
    }

    bool closed() const { return closed_; }
    std::optional<log::Offset> position(wire::Lane lane) const {
        return base_[lane == wire::LANE_ALARM ? 0 : 1];
    }

private:
    void hear(const wire::Entry& entry) {
        if (entry.request_id() != 0 && !entry.has_incident_detail()) {
            TOCSIN_MUST(--unanswered_[entry.request_id()] >= 0);
        }
        if (entry.has_event()) {
            hear(entry.event());
        } else if (entry.has_subscribed()) {
            move_to(entry.subscribed().has_cursor() ? &entry.subscribed().cursor() : nullptr,
                    false);
        } else if (entry.has_reset()) {
            move_to(nullptr, false);
        } else if (entry.has_snapshot() && entry.snapshot().has_cursor()) {
            move_to(&entry.snapshot().cursor(), false);
        } else if (entry.has_heartbeat() && entry.heartbeat().has_cursor()) {
            move_to(&entry.heartbeat().cursor(), true);
        } else if (entry.has_goodbye()) {
            closed_ = true;
        }
    }

    void hear(const wire::Event& event) {
        const auto offset = log::to_offset(event.offset());
        TOCSIN_MUST(offset.has_value() && *offset <= log_.head);
        const auto found = std::ranges::find(
            log_.entries, *offset, [](const auto& entry) { return entry->offset; });
        if (found != log_.entries.end()) {
            TOCSIN_MUST((*found)->lane == event.lane());
            const fanout::Delivery* best = best_of(**found);
            TOCSIN_MUST(best != nullptr && best->feed == event.incident().id());
        }
        auto& base = base_[event.lane() == wire::LANE_ALARM ? 0 : 1];
        if (base) {
            TOCSIN_MUST(*offset > *base);
            no_gap(event.lane(), *base, *offset);
        }
        base = *offset;
    }

    void move_to(const wire::Cursor* cursor, bool says_all_was_sent) {
        for (const wire::Lane lane : {wire::LANE_ALARM, wire::LANE_ROUTINE}) {
            auto& base = base_[lane == wire::LANE_ALARM ? 0 : 1];
            if (cursor == nullptr) {
                base.reset();
                continue;
            }
            const auto at =
                log::to_offset(lane == wire::LANE_ALARM ? cursor->alarm() : cursor->routine());
            TOCSIN_MUST(at.has_value());
            if (says_all_was_sent && base) {
                TOCSIN_MUST(*at >= *base);
                no_gap(lane, *base, log::Offset{at->ms, at->seq + 1});
            }
            base = *at;
        }
    }

    // Nothing that is for this connection lies between the two.
    void no_gap(wire::Lane lane, log::Offset after, log::Offset before) const {
        for (const auto& entry : log_.entries) {
            if (entry->lane == lane && entry->offset > after && entry->offset < before) {
                TOCSIN_MUST(best_of(*entry) == nullptr);
            }
        }
    }

    const fanout::Delivery* best_of(const fanout::Entry& entry) const {
        const fanout::Delivery* best = nullptr;
        for (const auto& delivery : entry.deliveries) {
            if (std::ranges::find(connection_.feeds(), delivery.feed) !=
                    connection_.feeds().end() &&
                (best == nullptr || delivery.richness > best->richness)) {
                best = &delivery;
            }
        }
        return best;
    }

    const FakeLog& log_;
    const Connection& connection_;
    std::map<std::int64_t, int> unanswered_;
    std::array<std::optional<log::Offset>, 2>
        base_;  // alarm, routine: all up to here came or need not come
    bool first_ = true;
    bool closed_ = false;
};

// Does what net/ does: performs the actions, and gives the socket what the machine has to say.
class Driver {
public:
    explicit Driver(FuzzedDataProvider& bytes)
        : bytes_(bytes),
          encoding_(bytes.ConsumeBool() ? session::Encoding::json : session::Encoding::binary),
          surroundings_{"epoch-1", true, 0, "fuzz", {}},
          connection_({"device", rights(bytes.ConsumeIntegral<std::uint8_t>() | 1u)},
                      encoding_,
                      limits_,
                      log_.window,
                      surroundings_,
                      [] { return std::uint32_t{7}; }),
          listener_(log_, connection_) {
        log_.head = {1'000, 0};
        log_.trimmed = log_.head;
        log_.window.restart(log_.head);
    }

    void run() {
        connection_.on_open(now_ms_);
        for (int step = 0; step < kSteps && bytes_.remaining_bytes() > 0 && !listener_.closed();
             ++step) {
            one_step();
            perform();
        }
        settle();
    }

private:
    void one_step() {
        switch (bytes_.ConsumeIntegralInRange(0, 15)) {
            case 0:
                message(bytes_.ConsumeRandomLengthString(300));
                break;
            case 1:
            case 2:
                message(encoded(subscribe()));
                break;
            case 3:
                message(encoded(command()));
                break;
            case 4: {
                wire::ClientMessage get = with_id();
                get.mutable_get_incident()->set_incident_id("x");
                message(encoded(get));
                break;
            }
            case 5: {
                wire::ClientMessage ping = with_id();
                ping.mutable_ping();
                const int times = bytes_.ConsumeIntegralInRange(1, 64);
                for (int i = 0; i < times; ++i) {
                    message(encoded(ping));
                }
                break;
            }
            case 6:
            case 7:
                send();
                break;
            case 8:
            case 9:
                answer_one();
                break;
            case 10:
            case 11:
                log_.append(bytes_, now_ms_);
                break;
            case 12:
                now_ms_ += bytes_.ConsumeIntegralInRange(0, 40'000);
                connection_.on_tick(now_ms_);
                break;
            case 13:
                connection_.on_rights(rights(bytes_.ConsumeIntegral<std::uint8_t>()),
                                      bytes_.ConsumeIntegralInRange(0, 9) == 0);
                break;
            case 14:
                change_of_store();
                break;
            default:
                rare();
        }
    }

    void change_of_store() {
        surroundings_.store_well = !surroundings_.store_well;
        surroundings_.store_away_since_ms = now_ms_;
        connection_.on_store_changed(now_ms_);
    }

    void rare() {
        switch (bytes_.ConsumeIntegralInRange(0, 7)) {
            case 0:
                connection_.on_shutdown();
                break;
            case 1:
                connection_.fail(session::CloseCode::too_big, "too big");
                break;
            case 2:
            case 3:
                surroundings_.epoch += "+";
                log_.entries.clear();
                log_.head = {bytes_.ConsumeIntegralInRange<std::uint64_t>(1, 3'000), 0};
                log_.trimmed = log_.head;
                log_.window.restart(log_.head);
                connection_.on_new_epoch();
                break;
            default:
                while (log_.entries.size() > 20) {
                    log_.trimmed = log_.entries.front()->offset;
                    log_.entries.pop_front();
                }
        }
    }

    wire::ClientMessage with_id() {
        wire::ClientMessage message;
        message.set_request_id(++last_id_);
        return message;
    }

    wire::ClientMessage subscribe() {
        wire::ClientMessage message = with_id();
        wire::Subscribe& subscribe = *message.mutable_subscribe();
        for (int i = bytes_.ConsumeIntegralInRange(0, 3); i > 0; --i) {
            subscribe.add_channels(
                kChannels[bytes_.ConsumeIntegralInRange<std::size_t>(0, kChannels.size() - 1)]);
        }
        subscribe.set_no_snapshot(bytes_.ConsumeBool());
        subscribe.set_heartbeat_ms(bytes_.ConsumeIntegralInRange(0, 70'000));
        if (bytes_.ConsumeBool()) {
            subscribe.mutable_cursor()->set_epoch(
                bytes_.ConsumeIntegralInRange(0, 5) == 0 ? "other" : surroundings_.epoch);
            subscribe.mutable_cursor()->set_alarm(some_offset());
            subscribe.mutable_cursor()->set_routine(some_offset());
        }
        return message;
    }

    wire::ClientMessage command() {
        wire::ClientMessage message = with_id();
        message.mutable_command()->set_id("0190a5d0-0000-7000-8000-000000000001");
        message.mutable_command()->mutable_submit_report()->set_text(
            bytes_.ConsumeRandomLengthString(40));
        return message;
    }

    std::string some_offset() {
        switch (bytes_.ConsumeIntegralInRange(0, 7)) {
            case 0:
                return log::to_text(log_.trimmed);
            case 1:
                return log::to_text({log_.head.ms + 5, 0});
            case 2:
                return bytes_.ConsumeRandomLengthString(12);
            case 3:
                return log::to_text(log_.head);
            default:
                return log_.entries.empty()
                           ? log::to_text(log_.head)
                           : log::to_text(log_.entries[bytes_.ConsumeIntegralInRange<std::size_t>(
                                                           0, log_.entries.size() - 1)]
                                              ->offset);
        }
    }

    std::string encoded(const wire::ClientMessage& message) const {
        if (encoding_ == session::Encoding::binary) {
            return message.SerializeAsString();
        }
        const std::string head = "{\"requestId\":\"" + std::to_string(message.request_id()) + "\",";
        switch (message.request_case()) {
            case wire::ClientMessage::kSubscribe:
                return head + "\"subscribe\":{" +
                       (message.subscribe().channels().empty() ? "" : "\"channels\":[\"me\"],") +
                       "\"noSnapshot\":" + (message.subscribe().no_snapshot() ? "true" : "false") +
                       "}}";
            case wire::ClientMessage::kCommand:
                return head + "\"command\":{}}";
            case wire::ClientMessage::kGetIncident:
                return head + "\"getIncident\":{}}";
            default:
                return head + "\"ping\":{}}";
        }
    }

    void message(const std::string& text) {
        if (!connection_.wants_reading() || listener_.closed()) {
            return;
        }
        const auto decoded = session::decode(text, encoding_);
        listener_.asked(decoded ? decoded->request_id() : decoded.error().request_id);
        const bool wrong_type = bytes_.ConsumeIntegralInRange(0, 60) == 0;
        connection_.on_message(text, (encoding_ == session::Encoding::json) != wrong_type, now_ms_);
        perform();
    }

    void perform() {
        for (session::Action& action : connection_.take_actions()) {
            if (std::holds_alternative<session::Close>(action)) {
                TOCSIN_MUST(!closing_);
                closing_ = true;
            } else if (!std::holds_alternative<session::FeedsChanged>(action) &&
                       !std::holds_alternative<session::PassMark>(action) &&
                       !std::holds_alternative<session::PassAttendance>(action)) {
                TOCSIN_MUST(!closing_);
                pending_.push_back(std::move(action));
            }
        }
        const auto commands = std::ranges::count_if(pending_, [](const session::Action& action) {
            return std::holds_alternative<session::Submit>(action) ||
                   std::holds_alternative<session::FetchIncident>(action) ||
                   std::holds_alternative<session::FetchNotice>(action) ||
                   std::holds_alternative<session::FetchStats>(action);
        });
        TOCSIN_MUST(commands <= limits_.unanswered_requests);
    }

    void answer_one() {
        if (pending_.empty()) {
            return;
        }
        const auto at = bytes_.ConsumeIntegralInRange<std::size_t>(0, pending_.size() - 1);
        session::Action action = std::move(pending_[at]);
        pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(at));
        const domain::Refusal no{"unavailable", "", "Try again.", 500};
        const bool well = bytes_.ConsumeIntegralInRange(0, 3) != 0;
        if (const auto* submit = std::get_if<session::Submit>(&action)) {
            wire::Receipt receipt;
            receipt.set_command_id(submit->command.id());
            connection_.on_receipt(
                submit->request_id,
                well ? domain::Result<wire::Receipt>(receipt) : std::unexpected(no),
                now_ms_);
        } else if (const auto* incident = std::get_if<session::FetchIncident>(&action)) {
            std::vector<wire::IncidentDetail> parts(
                bytes_.ConsumeIntegralInRange<std::size_t>(1, 3));
            connection_.on_incident(incident->request_id,
                                    well ? domain::Result<std::vector<wire::IncidentDetail>>(parts)
                                         : std::unexpected(no));
        } else if (const auto* notice = std::get_if<session::FetchNotice>(&action)) {
            std::vector<wire::NoticeDetail> parts(bytes_.ConsumeIntegralInRange<std::size_t>(1, 3));
            connection_.on_notice(notice->request_id,
                                  well ? domain::Result<std::vector<wire::NoticeDetail>>(parts)
                                       : std::unexpected(no));
        } else if (const auto* stats = std::get_if<session::FetchStats>(&action)) {
            connection_.on_stats(
                stats->request_id,
                well ? domain::Result<wire::Stats>(wire::Stats()) : std::unexpected(no));
        } else if (const auto* snapshot = std::get_if<session::FetchSnapshot>(&action)) {
            auto pages = std::make_shared<session::SnapshotPages>();
            pages->taken_at = log_.window.head();
            for (int i = bytes_.ConsumeIntegralInRange(0, 3); i > 0; --i) {
                wire::ServerMessage page;
                page.add_entries()->mutable_snapshot()->add_states()->set_kind(
                    wire::EVENT_KIND_STATE);
                pages->pages.push_back(
                    std::make_shared<const fanout::Frame>(page.SerializeAsString()));
            }
            connection_.on_snapshot(snapshot->ticket, std::move(pages));
        } else if (const auto* history = std::get_if<session::FetchHistory>(&action)) {
            connection_.on_history(
                history->ticket,
                log_.stretch(history->after, bytes_.ConsumeIntegralInRange<std::size_t>(1, 16)));
        }
        perform();
    }

    void send() {
        const session::Outgoing out = connection_.next();
        perform();
        if (out.empty()) {
            TOCSIN_MUST(!connection_.has_output());  // a driver that goes on while there is output
                                                     // would go on for ever
            return;
        }
        const std::size_t replies = listener_.hear(out);
        TOCSIN_MUST(replies <= limits_.unsent_reply_bytes + 40 * kLargestAnswer);
        if (encoding_ == session::Encoding::json) {
            TOCSIN_MUST(!out.parts.front()->json().empty());
        }
        if (bytes_.ConsumeIntegralInRange(0, 3) == 0) {
            now_ms_ += bytes_.ConsumeIntegralInRange(0, 9'000);
            connection_.on_tick(now_ms_);
        }
        connection_.on_sent(now_ms_);
    }

    // With a socket that takes all and a store that answers, the connection comes to the head, or
    // to its close.
    void settle() {
        for (int round = 0; round < 20'000 && (connection_.has_output() || !pending_.empty());
             ++round) {
            answer_one();
            send();
        }
        TOCSIN_MUST(!connection_.has_output());
        if (closing_) {
            TOCSIN_MUST(listener_.closed());
            connection_.on_store_changed(now_ms_);
            connection_.on_tick(now_ms_ + 100'000);
            TOCSIN_MUST(!connection_.has_output() && connection_.next().empty() &&
                        connection_.take_actions().empty());
            return;
        }
        connection_.on_store_changed(now_ms_);
        send();
        for (const wire::Lane lane : {wire::LANE_ALARM, wire::LANE_ROUTINE}) {
            TOCSIN_MUST(!listener_.position(lane) ||
                        *listener_.position(lane) >= log_.window.head());
        }
    }

    FuzzedDataProvider& bytes_;
    const session::Limits limits_;
    const session::Encoding encoding_;
    FakeLog log_;
    session::Surroundings surroundings_;
    Connection connection_;
    Listener listener_;
    std::vector<session::Action> pending_;
    std::int64_t last_id_ = 0;
    std::int64_t now_ms_ = 1'750'000'000'000;
    bool closing_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const bool prepared = (session::take_over_protobuf_log(), true);
    TOCSIN_MUST(prepared);
    FuzzedDataProvider bytes(data, size);
    Driver(bytes).run();
    return 0;
}
