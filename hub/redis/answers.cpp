#include "hub/redis/answers.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "hub/log/digest.hpp"

namespace tocsin::redis {
namespace {

using log::CommitOutcome;
using log::CommitReply;
using log::StoreError;

std::string_view text_at(const Reply& reply, std::size_t index) {
    return index < reply.items.size() ? std::string_view(reply.items[index].text)
                                      : std::string_view();
}

log::LogEntry to_entry(Reply& reply) {
    log::LogEntry entry{{}, {}, false};
    entry.offset = log::to_offset(text_at(reply, 0)).value_or(log::Offset{});
    if (reply.items.size() != 2) {
        return entry;
    }
    std::vector<Reply>& fields = reply.items[1].items;
    const bool is_ours = fields.size() == 4 && fields[0].text == "e" && fields[2].text == "d";
    if (is_ours) {
        entry.event = std::move(fields[1].text);
        entry.genuine = log::sha256(entry.event) == fields[3].text;
    }
    return entry;
}

}  // namespace

log::StoreResult<CommitReply> to_commit_reply(std::string_view answer) {
    if (answer == "epoch") {
        return std::unexpected(StoreError::epoch_changed);
    }
    if (answer == "conflict" || answer == kNotOurTurn) {
        return CommitReply{CommitOutcome::conflict, {}, {}};
    }
    if (answer == "early") {
        return CommitReply{CommitOutcome::not_due, {}, {}};
    }
    if (answer == "reused") {
        return CommitReply{CommitOutcome::id_reused, {}, {}};
    }
    if (answer == "old") {
        return CommitReply{CommitOutcome::id_too_old, {}, {}};
    }
    constexpr std::string_view kStored = "stored ";
    if (answer.starts_with(kStored)) {
        if (const auto offset = log::to_offset(answer.substr(kStored.size()))) {
            return CommitReply{CommitOutcome::stored, *offset, {}};
        }
    }
    constexpr std::string_view kRepeated = "repeated ";
    if (const std::size_t end = answer.find('\n');
        answer.starts_with(kRepeated) && end != std::string_view::npos) {
        if (const auto offset =
                log::to_offset(answer.substr(kRepeated.size(), end - kRepeated.size()))) {
            return CommitReply{
                CommitOutcome::repeated, *offset, std::string(answer.substr(end + 1))};
        }
    }
    return std::unexpected(StoreError::unavailable);
}

std::optional<HeadAnswer> to_head(const Reply& reply) {
    const std::optional<log::Offset> last = log::to_offset(text_at(reply, 1));
    const std::optional<log::Offset> oldest = log::to_offset(text_at(reply, 2));
    if (!last || !oldest || reply.items.size() != 4) {
        return std::nullopt;
    }
    return HeadAnswer{{std::string(text_at(reply, 0)), *last, *oldest},
                      reply.items[3].integer != 0};
}

log::DueTimers to_due_timers(const Reply& reply) {
    log::DueTimers timers;
    const std::string_view next = text_at(reply, 0);
    std::int64_t next_ms = -1;
    std::from_chars(next.data(), next.data() + next.size(), next_ms);
    if (next_ms >= 0) {
        timers.next_ms = next_ms;
    }
    for (std::size_t i = 1; i < reply.items.size(); ++i) {
        timers.names.push_back(reply.items[i].text);
    }
    return timers;
}

std::vector<log::LogEntry> to_entries(Reply reply) {
    std::vector<log::LogEntry> entries;
    entries.reserve(reply.items.size());
    std::ranges::transform(reply.items, std::back_inserter(entries), to_entry);
    return entries;
}

std::vector<log::LogEntry> to_entries_of_stream(Reply reply) {
    if (reply.items.empty() || reply.items[0].items.size() != 2) {
        return {};
    }
    return to_entries(std::move(reply.items[0].items[1]));
}

std::optional<log::StoredRecord> to_record(std::string_view subject, const Reply& reply) {
    if (!reply.is_text()) {
        return std::nullopt;
    }
    const std::string_view text = reply.text;
    const std::size_t version_at = text.find('\n') + 1;
    const std::size_t stamp_at = text.find('\n', version_at) + 1;
    if (version_at == 0 || stamp_at == 0 || stamp_at == text.size()) {
        return std::nullopt;
    }
    log::StoredRecord record;
    record.subject = subject;
    const char* const end = text.data() + stamp_at - 1;
    const auto [stopped, error] = std::from_chars(text.data() + version_at, end, record.version);
    const std::optional<log::Offset> offset = log::to_offset(text.substr(0, version_at - 1));
    const std::size_t stamp_size = static_cast<unsigned char>(text[stamp_at]);
    const std::string_view rest = text.substr(stamp_at + 1);
    if (error != std::errc() || stopped != end || !offset || rest.size() < stamp_size) {
        return std::nullopt;
    }
    record.offset = *offset;
    record.stamp = rest.substr(0, stamp_size);
    record.bytes = rest.substr(stamp_size);
    return record;
}

std::string_view library_code(const Reply& reply) {
    if (reply.items.empty()) {
        return {};
    }
    const std::vector<Reply>& library = reply.items[0].items;
    for (std::size_t i = 0; i + 1 < library.size(); i += 2) {
        if (library[i].text == "library_code") {
            return library[i + 1].text;
        }
    }
    return {};
}

std::int64_t library_revision(std::string_view code) {
    constexpr std::string_view kMark = "-- revision ";
    const std::size_t at = code.find(kMark);
    std::int64_t revision = 0;
    if (at != std::string_view::npos) {
        const std::string_view rest = code.substr(at + kMark.size());
        std::from_chars(rest.data(), rest.data() + rest.size(), revision);
    }
    return revision;
}

}  // namespace tocsin::redis
