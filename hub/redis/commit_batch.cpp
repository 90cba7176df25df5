#include "hub/redis/commit_batch.hpp"

#include <charconv>
#include <stdexcept>

#include "hub/log/digest.hpp"
#include "hub/redis/answers.hpp"

namespace tocsin::redis {

namespace {

constexpr std::size_t kCommitsMost = 512;
constexpr std::size_t kBytesMost = 4u << 20;
constexpr std::size_t kChecksMost = 32'000;

void append_number(std::string& to, std::size_t number) {
    char text[24];
    const auto end = std::to_chars(text, text + sizeof text, number).ptr;
    to.append(text, end);
}

// What does not fit was never made by us.
char length_byte(std::string_view text) {
    if (text.size() > 255) {
        throw std::length_error("a stamp is longer than 255 bytes");
    }
    return static_cast<char>(text.size());
}

void append_two_bytes(std::string& to, std::size_t number) {
    to.push_back(static_cast<char>(number >> 8 & 0xFF));
    to.push_back(static_cast<char>(number & 0xFF));
}

char open_mark(const log::StateWrite& state) {
    if (state.open) {
        return '+';
    }
    // The first version cannot have been open before.
    return state.version > 1 ? '-' : '.';
}

}  // namespace

void append_version(std::string& to, std::int32_t version, std::string_view stamp) {
    char text[12];
    const auto end = std::to_chars(text, text + sizeof text, version).ptr;
    to.append(text, end);
    to.push_back('\n');
    to.push_back(length_byte(stamp));
    to.append(stamp);
}

std::string digest_field(std::string_view digest) {
    std::string field;
    append_two_bytes(field, digest.size());
    return field.append(digest);
}

void CommitBatch::Part::add(std::string_view text) {
    add({}, text);
}

void CommitBatch::Part::add(std::string_view begin, std::string_view text) {
    bytes.push_back('$');
    append_number(bytes, begin.size() + text.size());
    bytes.append("\r\n").append(begin).append(text).append("\r\n");
    ++count;
}

std::uint16_t CommitBatch::check_number(const domain::Read& read) {
    scratch_.clear();
    append_version(scratch_, read.version, read.stamp);
    const std::size_t length = scratch_.size();
    scratch_.append(read.subject);
    const auto [check, is_new] =
        checks_.try_emplace(scratch_, static_cast<std::uint16_t>(checks_.size() + 1));
    if (is_new) {
        check_keys_.add(keys_.state(read.subject));
        check_values_.add(std::string_view(scratch_).substr(0, length));
    }
    return check->second;
}

void CommitBatch::add(log::Commit commit, log::Callback<log::CommitReply> done) {
    std::string head;
    append_two_bytes(head, commit.states.size());
    append_two_bytes(head, commit.new_keys.size());
    for (const log::StateWrite& state : commit.states) {
        head.push_back(open_mark(state));
    }
    for (const domain::Read& read : commit.reads) {
        append_two_bytes(head, check_number(read));
    }
    commit_keys_.add(keys_.ids(commit.device_id));
    commit_values_.add(head);
    commit_values_.add(commit.device_id.empty() ? std::string_view() : commit.command_id);
    commit_values_.add(digest_field(commit.digest), commit.receipt);
    commit_values_.add(commit.event);
    commit_values_.add(log::sha256(commit.event));
    for (const log::StateWrite& state : commit.states) {
        commit_keys_.add(keys_.state(state.subject));
        scratch_.clear();
        append_version(scratch_, state.version, state.stamp);
        commit_values_.add(scratch_, state.bytes);
    }
    for (const auto& [key_id, key] : commit.new_keys) {
        commit_keys_.add(keys_.key(key_id));
        commit_values_.add(key);
    }
    waiting_.push_back({std::move(commit.receipt), std::move(done)});
    const auto add_timer = [&](char what, std::int64_t after_ms, std::string_view name) {
        append_number(timers_, waiting_.size());
        timers_.push_back(what);
        if (after_ms >= 0) {
            append_number(timers_, static_cast<std::size_t>(after_ms));
        }
        timers_.append(" ").append(name).append("\n");
    };
    if (!commit.fires.empty()) {
        add_timer('!', -1, commit.fires);
    }
    for (const domain::TimerChange& timer : commit.timers) {
        add_timer(timer.after_ms < 0 ? '-' : '+', timer.after_ms, timer.name);
    }
}

bool CommitBatch::takes_more() const {
    return waiting_.size() < kCommitsMost && checks_.size() < kChecksMost &&
           commit_values_.bytes.size() < kBytesMost;
}

std::string CommitBatch::command(std::string_view hub, bool again) const {
    constexpr std::size_t kFirstKeys = 3;
    constexpr std::size_t kFirstValues = 4;
    const std::size_t keys = kFirstKeys + check_keys_.count + commit_keys_.count + 2;
    Part first;
    first.add("FCALL");
    first.add("tocsin_commit_v4");
    first.add(std::to_string(keys));
    for (const std::string& key : {keys_.epoch(), keys_.log(), keys_.open()}) {
        first.add(key);
    }
    Part middle;
    middle.add(keys_.deadline());
    middle.add(keys_.turn());
    middle.add(epoch_);
    for (const std::size_t number : {static_cast<std::size_t>(log::Store::kRememberedIds),
                                     check_keys_.count,
                                     waiting_.size()}) {
        middle.add(std::to_string(number));
    }
    Part last;
    last.add(timers_);
    last.add(hub);
    last.add(again ? "1" : "0");
    std::string command = "*";
    append_number(
        command, 3 + keys + kFirstValues + check_values_.count + commit_values_.count + last.count);
    command.append("\r\n");
    command.reserve(command.size() + first.bytes.size() + check_keys_.bytes.size() +
                    commit_keys_.bytes.size() + middle.bytes.size() + check_values_.bytes.size() +
                    commit_values_.bytes.size() + last.bytes.size());
    for (const Part* const part : std::initializer_list<const Part*>{&first,
                                                                     &check_keys_,
                                                                     &commit_keys_,
                                                                     &middle,
                                                                     &check_values_,
                                                                     &commit_values_,
                                                                     &last}) {
        command.append(part->bytes);
    }
    return command;
}

log::StoreResult<log::CommitReply> CommitBatch::reply_at(const log::StoreResult<Reply>& reply,
                                                         std::size_t number) {
    if (!reply) {
        return std::unexpected(reply.error());
    }
    if (!reply->is_array()) {
        return to_commit_reply(reply->text);
    }
    return to_commit_reply(number < reply->items.size()
                               ? std::string_view(reply->items[number].text)
                               : std::string_view());
}

}  // namespace tocsin::redis
