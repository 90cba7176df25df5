// Older stretches of the log, for subscribers that fell off the windows.

#include "hub/fanout/encode.hpp"
#include "hub/session/district_core.hpp"

namespace tocsin::session {

namespace store = domain::store;

void DistrictCore::history(log::Offset after, Answer<fanout::BatchPtr> answer) {
    histories_.ask(after, std::move(answer));
}

void DistrictCore::read_history(log::Offset after,
                                std::move_only_function<void(StretchResult)> answer) {
    fold_.history(after,
                  [this, after, answer = std::move(answer)](log::Fold::History history) mutable {
                      if (!history) {
                          const bool gone = history.error() == log::Fold::NoHistory::gone;
                          answer(std::unexpected(gone ? NoStretch::gone : NoStretch::unavailable));
                          return;
                      }
                      know_notices(std::move(*history), after, std::move(answer));
                  });
}

// What is sent of notices is what may be said of them now: each of them comes into memory first.
void DistrictCore::know_notices(log::Fold::Stretch stretch,
                                log::Offset after,
                                std::move_only_function<void(StretchResult)> answer,
                                std::size_t from) {
    for (; from < stretch.events.size(); ++from) {
        const auto& body = stretch.events[from].body;
        if (body == nullptr || !body->has_notice() ||
            fold_.state().notice(body->notice().notice().id()) != nullptr) {
            continue;
        }
        const std::string subject = "notice/" + body->notice().notice().id();
        fold_.load(subject,
                   [this, stretch = std::move(stretch), after, answer = std::move(answer), from](
                       bool had) mutable {
                       if (had) {
                           know_notices(std::move(stretch), after, std::move(answer), from + 1);
                       } else {
                           answer(std::unexpected(NoStretch::unavailable));
                       }
                   });
        return;
    }
    auto batch = std::make_shared<fanout::Batch>();
    batch->after = after;
    batch->to = stretch.to;
    batch->entries.reserve(stretch.events.size());
    for (const log::FoldedEvent& event : stretch.events) {
        const store::Notice* now = event.body != nullptr && event.body->has_notice()
                                       ? fold_.state().notice(event.body->notice().notice().id())
                                       : nullptr;
        batch->entries.push_back(fanout::encode(event.offset, event.body.get(), now, clock_()));
    }
    answer(std::move(batch));
}

}  // namespace tocsin::session
