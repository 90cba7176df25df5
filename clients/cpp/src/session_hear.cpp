// The session machine: what the hub says.

#include <algorithm>
#include <utility>

#include "tocsin/session.hpp"

namespace tocsin::client {

void merge(wire::Incident& whole, const wire::Incident& part) {
    if (whole.id().empty() || part.version() > whole.version()) {
        whole = part;
    } else if (part.version() == whole.version()) {
        whole.mutable_reports()->MergeFrom(part.reports());
        whole.mutable_statements()->MergeFrom(part.statements());
    }
}

void merge(wire::NoticeDetail& whole, const wire::NoticeDetail& part) {
    if (part.has_notice()) {
        *whole.mutable_notice() = part.notice();
        whole.set_has_older(part.has_older());
    }
    for (const auto& incident : part.trail()) {
        const int size = whole.trail_size();
        if (size > 0 && whole.trail(size - 1).id() == incident.id()) {
            merge(*whole.mutable_trail(size - 1), incident);
        } else {
            *whole.add_trail() = incident;
        }
    }
    whole.set_last(part.last());
}

void Session::hear(wire::Entry entry, Instant now) {
    switch (entry.body_case()) {
        case wire::Entry::kWelcome:
            hear_welcome(entry.welcome(), now);
            tell_heard(std::move(entry));
            break;
        case wire::Entry::kSubscribed:
            if (entry.request_id() != 0) {
                --unanswered_requests_;
                if (entry.request_id() != subscribe_request_) {
                    break;  // answers a subscription that was replaced meanwhile
                }
                subscribed_ = true;
            } else {
                say_marks_again();  // what was shown may be another desk's now
            }
            if (entry.subscribed().heartbeat_ms() > 0) {
                heartbeat_ = Millis(entry.subscribed().heartbeat_ms());
                silent_until_ = now + silence_allowed();
            }
            position_.on_subscribed(entry.subscribed());
            tell_heard(std::move(entry));
            break;
        case wire::Entry::kEvent:
            if (subscribed_) {
                position_.on_event(entry.event());
                hear_news(entry.event().incident());
                tell_heard(std::move(entry));
            }
            break;
        case wire::Entry::kSnapshot:
            if (subscribed_) {
                position_.on_snapshot(entry.snapshot());
                for (const auto& state : entry.snapshot().states()) {
                    hear_news(state.incident());
                }
                tell_heard(std::move(entry));
            }
            break;
        case wire::Entry::kReset:
            if (subscribed_) {
                position_.on_reset();
                say_marks_again();
                tell_heard(std::move(entry));
            }
            break;
        case wire::Entry::kHeartbeat:
            if (subscribed_) {
                position_.on_heartbeat(entry.heartbeat());
            }
            has_caught_up_ = subscribed_ || !wish_;
            tell_heard(std::move(entry));
            break;
        case wire::Entry::kGoodbye:
            goodbye_ = entry.goodbye();
            tell_heard(std::move(entry));
            break;
        case wire::Entry::kReceipt: {
            const auto it = std::ranges::find(outbox_, entry.request_id(), &Outgoing::request_id);
            if (entry.request_id() != 0 && it != outbox_.end()) {
                --unanswered_requests_;
                outbox_.erase(it);
                happenings_.emplace_back(Stored{.receipt = entry.receipt()});
            }
            break;
        }
        case wire::Entry::kRefusal:
            hear_refusal(entry, now);
            break;
        case wire::Entry::kIncidentDetail:
        case wire::Entry::kNoticeDetail:
            hear_detail(entry);
            break;
        case wire::Entry::kStats:
            if (asked_ && entry.request_id() == asked_->request_id) {
                --unanswered_requests_;
                asked_.reset();
                happenings_.emplace_back(StatsSeen{.stats = entry.stats()});
            }
            break;
        case wire::Entry::kPong:
        case wire::Entry::BODY_NOT_SET:
            break;
    }
}

void Session::hear_welcome(const wire::Welcome& welcome, Instant now) {
    stage_ = Stage::welcomed;
    welcomed_at_ = now;
    heartbeat_ = Millis(welcome.heartbeat_ms() > 0 ? welcome.heartbeat_ms() : 30'000);
    silent_until_ = now + silence_allowed();
    if (welcome.limits().unanswered_requests() > 0) {
        most_unanswered_ = welcome.limits().unanswered_requests();
    }
    if (welcome.limits().message_bytes() > 0) {
        most_bytes_ = welcome.limits().message_bytes();
    }
}

void Session::hear_refusal(const wire::Entry& entry, Instant now) {
    const auto& refusal = entry.refusal();
    if (entry.request_id() == 0) {
        return;  // of a frame that was no request; the close that follows tells
    }
    unanswered_requests_ = std::max(0, unanswered_requests_ - 1);  // a mark was never counted
    const bool again = refusal.retry_after_ms() > 0;
    const auto retry_in = Millis(refusal.retry_after_ms());
    if (again) {
        happenings_.emplace_back(Postponed{.refusal = refusal, .retry_in = retry_in});
    }
    if (entry.request_id() == subscribe_request_) {
        subscribe_request_ = 0;
        subscribe_not_before_ = now + retry_in;
        if (!again) {
            wish_.reset();
            happenings_.emplace_back(
                Refused{.what = Refused::What::subscription, .id = {}, .refusal = refusal});
        }
        return;
    }
    if (hear_stats_refusal(entry, now)) {
        return;
    }
    if (const auto it = std::ranges::find(outbox_, entry.request_id(), &Outgoing::request_id);
        it != outbox_.end()) {
        if (again) {
            it->request_id = 0;
            it->not_before = now + retry_in;
        } else {
            happenings_.emplace_back(Refused{
                .what = Refused::What::command, .id = it->command.id(), .refusal = refusal});
            outbox_.erase(it);
        }
        return;
    }
    if (const auto it = std::ranges::find(wanted_, entry.request_id(), &Wanted::request_id);
        it != wanted_.end()) {
        if (again) {
            it->request_id = 0;
            it->not_before = now + retry_in;
            it->incident.Clear();
            it->notice.Clear();
        } else {
            happenings_.emplace_back(
                Refused{.what = it->is_notice ? Refused::What::notice : Refused::What::incident,
                        .id = it->id,
                        .refusal = refusal});
            wanted_.erase(it);
        }
    }
}

void Session::hear_detail(const wire::Entry& entry) {
    const auto it = std::ranges::find(wanted_, entry.request_id(), &Wanted::request_id);
    if (entry.request_id() == 0 || it == wanted_.end()) {
        return;
    }
    const bool is_notice = entry.has_notice_detail();
    if (is_notice) {
        merge(it->notice, entry.notice_detail());
    } else {
        merge(it->incident, entry.incident_detail().incident());
    }
    if (is_notice ? entry.notice_detail().last() : entry.incident_detail().last()) {
        --unanswered_requests_;
        if (is_notice) {
            happenings_.emplace_back(NoticeSeen{.detail = std::move(it->notice)});
        } else {
            happenings_.emplace_back(IncidentSeen{.incident = std::move(it->incident)});
        }
        wanted_.erase(it);
    }
}

void Session::tell_heard(wire::Entry entry) {
    happenings_.emplace_back(Heard{.entry = std::move(entry), .cursor = position_.cursor()});
}

}  // namespace tocsin::client
