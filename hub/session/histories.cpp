#include "hub/session/histories.hpp"

#include <algorithm>
#include <numeric>

namespace tocsin::session {

namespace {

std::size_t bytes_of(const fanout::Batch& stretch) {
    constexpr std::size_t kEntry = 256;
    return std::accumulate(
        stretch.entries.begin(),
        stretch.entries.end(),
        kEntry,
        [](std::size_t sum, const fanout::EntryPtr& entry) { return sum + entry->bytes + kEntry; });
}

}  // namespace

Histories::Histories(Read read, std::size_t most_bytes)
    : read_(std::move(read)), most_bytes_(most_bytes) {}

void Histories::ask(log::Offset after, Answer answer) {
    if (const auto stretch = find(after)) {
        answer(stretch);
        return;
    }
    waiting_[after].push_back(std::move(answer));
    read_on();
}

void Histories::tick() {
    store_away_ = false;
    read_on();
}

void Histories::forget() {
    kept_.clear();
    bytes_ = 0;
}

fanout::BatchPtr Histories::find(log::Offset after) {
    const auto found = std::ranges::find_if(kept_, [after](const fanout::BatchPtr& stretch) {
        return stretch->after <= after && after < stretch->to;
    });
    if (found == kept_.end()) {
        return nullptr;
    }
    std::rotate(found, found + 1, kept_.end());
    return kept_.back();
}

void Histories::read_on() {
    if (in_read_on_) {
        return;  // the loop below goes on
    }
    in_read_on_ = true;
    while (!reading_ && !store_away_ && !waiting_.empty()) {
        reading_ = true;
        const log::Offset after = waiting_.begin()->first;
        read_(after, [this, after](StretchResult result) { on_read(after, std::move(result)); });
    }
    in_read_on_ = false;
}

void Histories::on_read(log::Offset after, StretchResult result) {
    reading_ = false;
    if (!result && result.error() == NoStretch::unavailable) {
        store_away_ = true;
        return;
    }
    const fanout::BatchPtr stretch = result.value_or(nullptr);
    std::vector<Answer> answers;
    const auto take = [&](std::map<log::Offset, std::vector<Answer>>::iterator at) {
        std::ranges::move(at->second, std::back_inserter(answers));
        return waiting_.erase(at);
    };
    if (const auto asked = waiting_.find(after); asked != waiting_.end()) {
        take(asked);
    }
    if (stretch != nullptr) {
        keep(stretch);
        for (auto at = waiting_.lower_bound(stretch->after);
             at != waiting_.end() && at->first < stretch->to;) {
            at = take(at);
        }
    }
    for (Answer& answer : answers) {
        answer(stretch);
    }
    read_on();
}

void Histories::keep(const fanout::BatchPtr& stretch) {
    if (stretch->to <= stretch->after) {
        return;  // it covers no place at which anybody can stand
    }
    kept_.push_back(stretch);
    bytes_ += bytes_of(*stretch);
    while (bytes_ > most_bytes_) {
        bytes_ -= bytes_of(*kept_.front());
        kept_.pop_front();
    }
}

}  // namespace tocsin::session
