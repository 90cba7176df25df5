// The session machine: what a console proves, and asks about proof.

#include <algorithm>
#include <utility>

#include "tocsin/session.hpp"

namespace tocsin::client {
namespace {

// What is said again after a reconnect: more than a desk handles in the time that a hub takes to
// die.
constexpr std::size_t kMarksKept = 512;
constexpr std::size_t kNewsKept = 4'096;
constexpr int kMarksAtOnce = 256;
constexpr Millis kMarksEvery{200};
constexpr Millis kAttendedEvery{10'000};

int turns_of(const wire::Incident& incident) {
    return incident.reopenings_size() + incident.hand_overs_size();
}

}  // namespace

void Session::get_stats(wire::GetStats request, Instant now) {
    asked_ = Asked{.request = std::move(request)};
    pump(now);
}

void Session::mark(const wire::Incident& incident, bool shown, Instant now) {
    hear_news(incident);
    const auto heard = news_.find(incident.id());
    const auto known = std::ranges::find_if(marks_, [&](const Marked& mark) {
        return mark.incident_id == incident.id() && (mark.shown || !shown);
    });
    if (known != marks_.end() ||
        (heard != news_.end() && turns_of(incident) < heard->second.turns)) {
        return;
    }
    marks_.push_back({.incident_id = incident.id(), .shown = shown});
    if (marks_.size() > kMarksKept) {
        marks_.pop_front();
    }
    pump(now);
}

// What was marked before the incident was opened again or handed over, or another report came, says
// nothing of it now. Reports can also become fewer: a later one is then news again.
void Session::hear_news(const wire::Incident& incident) {
    const auto known = news_.find(incident.id());
    const News before = known == news_.end() ? News() : known->second;
    const int turns = turns_of(incident);
    const int reports = std::max(1, incident.report_count());
    if (turns > before.turns || reports > before.reports) {
        std::erase_if(marks_,
                      [&](const Marked& mark) { return mark.incident_id == incident.id(); });
    } else if (turns < before.turns || reports == before.reports) {
        return;
    }
    news_[incident.id()] = {.turns = std::max(turns, before.turns), .reports = reports};
    if (news_.size() > kNewsKept) {
        news_.erase(news_.begin());
    }
}

void Session::pump_stats(Instant now) {
    if (asked_ && asked_->request_id == 0 && asked_->not_before <= now && has_room()) {
        wire::ClientMessage message;
        *message.mutable_get_stats() = asked_->request;
        asked_->request_id = send(std::move(message));
    }
}

void Session::pump_marks(Instant now) {
    if (!has_marks_to_send() || now < marks_not_before_) {
        return;
    }
    marks_not_before_ = now + kMarksEvery;
    wire::ClientMessage message;
    message.set_request_id(++last_request_id_);
    auto& mark = *message.mutable_mark();
    for (auto& marked : marks_) {
        auto& ids = marked.shown ? *mark.mutable_shown_incident_ids()
                                 : *mark.mutable_delivered_incident_ids();
        if (may_send(marked) && ids.size() < kMarksAtOnce) {
            *ids.Add() = marked.incident_id;
            marked.is_sent = true;
        }
    }
    actions_.emplace_back(Send{.bytes = message.SerializeAsString()});
}

void Session::attended(Instant now) {
    attended_at_ = now;
    attended_is_said_ = false;
    pump(now);
}

void Session::pump_attended(Instant now) {
    if (attended_is_said_ || !attended_at_ || now < attended_not_before_ || !subscribed_) {
        return;
    }
    attended_is_said_ = true;
    attended_not_before_ = now + kAttendedEvery;
    wire::ClientMessage message;
    message.set_request_id(++last_request_id_);
    message.mutable_attended()->set_ago_ms(
        std::chrono::duration_cast<Millis>(now - *attended_at_).count());
    actions_.emplace_back(Send{.bytes = message.SerializeAsString()});
}

bool Session::has_marks_to_send() const {
    return std::ranges::any_of(marks_, [this](const Marked& mark) { return may_send(mark); });
}

// What is said again waits until it is known whether it still holds.
bool Session::may_send(const Marked& mark) const {
    return !mark.is_sent && (!mark.was_sent || has_caught_up_);
}

void Session::say_marks_again() {
    for (auto& mark : marks_) {
        mark.was_sent = mark.was_sent || mark.is_sent;
        mark.is_sent = false;
    }
    has_caught_up_ = false;
}

void Session::forget_proof() {
    if (asked_) {
        asked_->request_id = 0;
        asked_->not_before = Instant{};
    }
    say_marks_again();
    marks_not_before_ = Instant{};
    attended_is_said_ = !attended_at_;
    attended_not_before_ = Instant{};
}

bool Session::hear_stats_refusal(const wire::Entry& entry, Instant now) {
    if (!asked_ || entry.request_id() != asked_->request_id) {
        return false;
    }
    if (const auto& refusal = entry.refusal(); refusal.retry_after_ms() > 0) {
        asked_->request_id = 0;
        asked_->not_before = now + Millis(refusal.retry_after_ms());
    } else {
        happenings_.emplace_back(
            Refused{.what = Refused::What::stats, .id = {}, .refusal = refusal});
        asked_.reset();
    }
    return true;
}

}  // namespace tocsin::client
