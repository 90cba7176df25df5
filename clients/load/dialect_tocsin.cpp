#include "dialect_tocsin.hpp"

#include <chrono>

#include "scan.hpp"

namespace tocsin::load {
namespace {

using Entry = wire::Entry;
using Event = wire::Event;

// The text of a report or notice, which bears the mark.
std::string_view text_in(std::string_view message, std::uint32_t number) {
    Scan scan(message);
    while (const auto field = scan.next()) {
        if (field->number == number) {
            return field->bytes;
        }
    }
    return {};
}

}  // namespace

TocsinDialect::TocsinDialect(What what, std::vector<std::string> channels, int heartbeat_ms)
    : what_(what),
      channels_(std::move(channels)),
      heartbeat_ms_(heartbeat_ms),
      ids_(client::system_random()) {}

std::string TocsinDialect::path_of(const Link&) const {
    return "/v1/connect";
}

std::string TocsinDialect::headers_of(const Link& link) const {
    return "Sec-WebSocket-Protocol: tocsin.v1\r\nAuthorization: Bearer " + link.token + "\r\n";
}

void TocsinDialect::on_upgraded(Link&) {}  // the welcome opens

void TocsinDialect::subscribe(Link& link, int channel, const wire::Cursor* cursor) {
    wire::ClientMessage message;
    message.set_request_id(1);
    wire::Subscribe& subscribe = *message.mutable_subscribe();
    subscribe.add_channels(channels_.at(static_cast<std::size_t>(channel)));
    if (!more_.empty()) {
        subscribe.add_channels(more_[link.index() % more_.size()]);
    }
    subscribe.set_heartbeat_ms(heartbeat_ms_);
    subscribe.set_no_snapshot(true);
    if (cursor != nullptr) {
        *subscribe.mutable_cursor() = *cursor;
    }
    send_message(link, kBinary, message.SerializeAsString());
}

void TocsinDialect::publish(Link& link, const Post& post) {
    wire::Command command;
    if (what_ == What::reports) {
        wire::SubmitReport& report = *command.mutable_submit_report();
        report.set_kind(wire::REPORT_KIND_ASSIST);
        report.set_text(post.text);
        report.set_urgent(post.lane == kAlarm);
    } else {
        constexpr std::string_view kArea = "area/";
        wire::IssueNotice& notice = *command.mutable_issue_notice();
        notice.set_kind(post.lane == kAlarm ? wire::NOTICE_KIND_MISSING_PERSON
                                            : wire::NOTICE_KIND_ADVISORY);
        notice.set_text(post.text);
        notice.add_area_ids(
            channels_.at(static_cast<std::size_t>(post.channel)).substr(kArea.size()));
    }
    submit(link, post.request, std::move(command));
}

void TocsinDialect::submit(Link& link, std::uint64_t request, wire::Command command) {
    using namespace std::chrono;
    wire::ClientMessage message;
    message.set_request_id(static_cast<std::int64_t>(request));
    command.set_id(
        ids_.next(duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count()));
    *message.mutable_command() = std::move(command);
    send_message(link, kBinary, message.SerializeAsString());
}

void TocsinDialect::on_event(Link& link, std::string_view event, std::size_t bytes) {
    Delivery delivery{.text = {}, .offset = {}, .lane = kRoutine, .bytes = bytes};
    Scan scan(event);
    while (const auto field = scan.next()) {
        switch (field->number) {
            case Event::kOffsetFieldNumber:
                delivery.offset = field->bytes;
                break;
            case Event::kLaneFieldNumber:
                delivery.lane = field->value == wire::LANE_ALARM ? kAlarm : kRoutine;
                break;
            case Event::kReportFieldNumber:
                delivery.text = text_in(field->bytes, wire::Report::kTextFieldNumber);
                break;
            case Event::kNoticeFieldNumber:
                delivery.text = text_in(field->bytes, wire::Notice::kTextFieldNumber);
                break;
            default:
                break;
        }
    }
    if (scan.is_damaged()) {
        link.fail("an event that cannot be read");
        return;
    }
    link.hearer().on_delivery(link, delivery);
}

void TocsinDialect::on_message(Link& link, std::string_view payload) {
    Scan entries(payload);
    while (const auto entry = entries.next()) {
        Scan scan(entry->bytes);
        const auto first = scan.next();
        if (first && first->number == Entry::kEventFieldNumber) {
            on_event(link, first->bytes, entry->bytes.size() + (entry->bytes.size() < 128 ? 2 : 3));
        } else {
            wire::Entry decoded;
            if (!decoded.ParseFromArray(entry->bytes.data(),
                                        static_cast<int>(entry->bytes.size()))) {
                link.fail("an entry that cannot be read");
                return;
            }
            if (decoded.has_welcome()) {
                link.hearer().on_open(link);
            } else if (decoded.has_receipt()) {
                link.hearer().on_stored(link, static_cast<std::uint64_t>(decoded.request_id()));
            } else if (decoded.has_subscribed()) {
                link.hearer().on_subscribed(link, decoded.subscribed().cursor());
            }
            if (!link.is_closed()) {
                link.hearer().on_entry(link, decoded);
            }
        }
        if (link.is_closed()) {
            return;
        }
    }
    if (entries.is_damaged()) {
        link.fail("a message that cannot be read");
    }
}

}  // namespace tocsin::load
