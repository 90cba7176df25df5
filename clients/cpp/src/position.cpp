#include "tocsin/position.hpp"

#include <algorithm>

namespace tocsin::client {
namespace {

constexpr std::size_t kLongestPart = 64;
// Between epoch and mark in the text form; no epoch contains it.
constexpr char kMarkSign = '~';

bool is_part(std::string_view part) {
    return part.size() <= kLongestPart &&
           std::ranges::all_of(part, [](char c) { return c > ' ' && c < '\x7f'; });
}

}  // namespace

std::string to_text(const wire::Cursor& cursor) {
    return cursor.epoch() + (cursor.mark().empty() ? "" : kMarkSign + cursor.mark()) + ':' +
           cursor.alarm() + ':' + cursor.routine();
}

std::optional<wire::Cursor> cursor_from_text(std::string_view text) {
    const auto second = text.rfind(':');
    if (second == std::string_view::npos || second == 0) {
        return std::nullopt;
    }
    const auto first = text.rfind(':', second - 1);
    if (first == std::string_view::npos || first == 0) {
        return std::nullopt;
    }
    const auto sign = text.substr(0, first).rfind(kMarkSign);
    const bool marked = sign != std::string_view::npos;
    const auto epoch = text.substr(0, marked ? sign : first);
    const auto mark = marked ? text.substr(sign + 1, first - sign - 1) : std::string_view();
    const auto alarm = text.substr(first + 1, second - first - 1);
    const auto routine = text.substr(second + 1);
    if (!is_part(epoch) || !is_part(mark) || !is_part(alarm) || !is_part(routine)) {
        return std::nullopt;
    }
    wire::Cursor cursor;
    cursor.set_epoch(std::string(epoch));
    cursor.set_mark(std::string(mark));
    cursor.set_alarm(std::string(alarm));
    cursor.set_routine(std::string(routine));
    return cursor;
}

void Position::on_subscribed(const wire::Subscribed& subscribed) {
    if (subscribed.has_cursor()) {
        cursor_ = subscribed.cursor();
    } else if (!subscribed.resumed()) {
        cursor_.reset();  // none was given, or the one that was given is not honoured
    }
}

void Position::on_event(const wire::Event& event) {
    if (!cursor_ || event.offset().empty()) {
        return;
    }
    if (event.lane() == wire::LANE_ALARM) {
        cursor_->set_alarm(event.offset());
    } else if (event.lane() == wire::LANE_ROUTINE) {
        cursor_->set_routine(event.offset());
    }
}

void Position::on_snapshot(const wire::Snapshot& snapshot) {
    if (snapshot.last() && snapshot.has_cursor()) {
        cursor_ = snapshot.cursor();
    }
}

void Position::on_heartbeat(const wire::Heartbeat& heartbeat) {
    if (heartbeat.has_cursor()) {
        cursor_ = heartbeat.cursor();
    }
}

}  // namespace tocsin::client
