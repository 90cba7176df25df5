#include "talk.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "output.hpp"

namespace tocsin::cli {
namespace {

using client::Millis;

std::string read_token(const std::string& path) {
    // A directory opens like a file and then throws when it is read.
    if (std::error_code ignored; std::filesystem::is_directory(path, ignored)) {
        throw UsageError("the token file " + path + " is a directory");
    }
    std::ifstream file(path, std::ios::binary);
    std::string token{std::istreambuf_iterator<char>(file), {}};
    if (!file.good() && !file.eof()) {
        throw UsageError("the token file " + path + " cannot be read");
    }
    while (!token.empty() && (token.back() == '\n' || token.back() == '\r')) {
        token.pop_back();
    }
    if (token.empty()) {
        throw UsageError("the token file " + path + " is empty");
    }
    return token;
}

std::string seconds(double value) {
    std::string text = std::to_string(value);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) {
        text.pop_back();
    }
    return text + " s";
}

// Whether the command line lets people choose the id of such a command.
bool takes_id(const wire::Command& command) {
    return command.has_submit_report() || command.has_issue_notice() ||
           command.has_acknowledge_incident() || command.has_resolve_incident() ||
           command.has_correct_notice() || command.has_withdraw_notice() ||
           command.has_release_notice() || command.has_acknowledge_notice() ||
           command.has_start_drill();
}

bool is_progress(const wire::Entry& entry) {
    return entry.has_subscribed() || entry.has_snapshot() || entry.has_reset() || entry.has_event();
}

std::optional<wire::Refusal> refusal_of(const client::Closed& closed) {
    if (closed.refusal) {
        return closed.refusal;
    }
    wire::Refusal refusal;
    refusal.set_message("The hub closed the door: " + closed.why + ".");
    constexpr int kRevoked = 4500;
    if (closed.http_status == 401 || closed.http_status == 403 || closed.close_code == kRevoked) {
        refusal.set_code("unauthenticated");
    } else if (closed.close_code != 0) {
        refusal.set_code("malformed");
    } else {
        return std::nullopt;
    }
    return refusal;
}

}  // namespace

client::ClientOptions client_options(const Globals& globals) {
    client::ClientOptions options{.url = globals.hub};
    options.ca_file = globals.ca_file;
    if (!globals.token_file.empty()) {
        options.token = read_token(globals.token_file);
    }
    return options;
}

int tell_end(const client::Closed& closed, const Globals& globals) {
    const auto refusal = refusal_of(closed);
    if (!refusal) {
        diagnose("not reachable: " + globals.hub + ": " + closed.why);
        return kUnreachable;
    }
    print_line(refusal_line(*refusal));
    diagnose("refused: " + describe(*refusal));
    if (refusal->code() == "unauthenticated" && globals.token_file.empty()) {
        diagnose("no token was given: use --token-file FILE or set TOCSIN_TOKEN_FILE");
    }
    return kRefused;
}

Talk::Talk(const Globals& globals)
    : globals_(globals),
      client_(client_options(globals)),
      patience_(static_cast<std::int64_t>(globals.timeout_s * 1'000)) {}

Talk::~Talk() {
    client_.close(Millis(500));
}

std::optional<client::Happening> Talk::next() {
    const auto deadline = std::chrono::steady_clock::now() + patience_;
    while (auto happening = client_.next(deadline)) {
        if (const auto* refused = std::get_if<client::Refused>(&*happening)) {
            exit_code_ = refuse(*refused);
            return std::nullopt;
        }
        if (const auto* ended = std::get_if<client::Ended>(&*happening)) {
            exit_code_ = tell_end(ended->closed, globals_);
            return std::nullopt;
        }
        if (const auto* postponed = std::get_if<client::Postponed>(&*happening)) {
            postponed_ = postponed->refusal;
            say_trouble("not yet: " + describe(postponed->refusal));
        } else if (const auto* lost = std::get_if<client::Disconnected>(&*happening)) {
            postponed_.reset();
            say_trouble("no connection to " + globals_.hub + ": " + lost->closed.why);
        } else if (const auto* heard = std::get_if<client::Heard>(&*happening)) {
            was_welcomed_ = was_welcomed_ || heard->entry.has_welcome();
            if (is_progress(heard->entry)) {
                return happening;
            }
        } else {
            return happening;
        }
    }
    exit_code_ = give_up();
    return std::nullopt;
}

int Talk::refuse(const client::Refused& refused) {
    print_line(refusal_line(refused.refusal));
    diagnose("refused: " + describe(refused.refusal));
    refused_id_ = refused.id;
    return refused.refusal.code() == "unavailable" ? kUnreachable : kRefused;
}

int Talk::give_up() {
    const auto waited = seconds(globals_.timeout_s);
    if (postponed_) {
        print_line(refusal_line(*postponed_));
        diagnose("the hub could not do it within " + waited);
    } else {
        diagnose("not reachable: " + globals_.hub + ": " +
                 (last_trouble_.empty() ? "no answer" : "no success") + " within " + waited);
    }
    const auto unanswered = client_.session().unanswered();
    if (unanswered.size() == 1 && takes_id(unanswered.front())) {
        diagnose((was_welcomed_ ? "it may or may not be stored" : "it was not sent") +
                 std::string("; to send it again, and have it stored once, add: --id ") +
                 unanswered.front().id());
    }
    return kUnreachable;
}

void Talk::say_trouble(const std::string& words) {
    if (words != last_trouble_) {
        diagnose(words + "; trying again");
        last_trouble_ = words;
    }
}

std::expected<wire::Receipt, int> submit(const Globals& globals, wire::Command command) {
    Talk talk(globals);
    talk.client().submit(std::move(command));
    while (auto happening = talk.next()) {
        if (const auto* stored = std::get_if<client::Stored>(&*happening)) {
            return stored->receipt;
        }
    }
    return std::unexpected(talk.exit_code());
}

int submit_and_print(const Globals& globals, wire::Command command) {
    const auto receipt = submit(globals, std::move(command));
    if (!receipt) {
        return receipt.error();
    }
    print_line(receipt_line(*receipt));
    return kDone;
}

std::expected<std::vector<wire::Event>, int> snapshot(Talk& talk,
                                                      const std::vector<std::string>& channels) {
    talk.client().subscribe({.channels = channels});
    std::vector<wire::Event> states;
    while (auto happening = talk.next()) {
        const auto* heard = std::get_if<client::Heard>(&*happening);
        if (heard == nullptr) {
            continue;
        }
        if (heard->entry.has_subscribed() || heard->entry.has_reset()) {
            states.clear();  // after a reconnect the pages begin anew
        }
        if (!heard->entry.has_snapshot()) {
            continue;
        }
        const auto& page = heard->entry.snapshot();
        states.insert(states.end(), page.states().begin(), page.states().end());
        if (page.last()) {
            return states;
        }
    }
    return std::unexpected(talk.exit_code());
}

}  // namespace tocsin::cli
