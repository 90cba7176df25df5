// tocsin watch

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>

#include "commands.hpp"
#include "options.hpp"
#include "output.hpp"
#include "tocsin/position.hpp"

namespace tocsin::cli {
namespace {

using client::Instant;
using client::Millis;

// A desk wants to know within seconds that its hub is gone.
constexpr int kHeartbeatMs = 5'000;

struct Options {
    std::vector<std::string> channels;
    std::optional<wire::Cursor> from;
    std::uint64_t count = 0;  // 0: without end
    std::optional<double> for_s;
    bool no_snapshot = false;
    bool heartbeats = false;
    bool no_reconnect = false;
    bool shown = false;
    bool no_marks = false;
    bool attended = false;
};

bool is_staff(const wire::Person& person) {
    return std::ranges::any_of(person.grants(), [](const wire::Grant& grant) {
        switch (grant.role()) {
            case wire::ROLE_GRID_WORKER:
            case wire::ROLE_AUXILIARY:
            case wire::ROLE_OFFICER:
            case wire::ROLE_LIAISON:
            case wire::ROLE_FIRE_DESK:
            case wire::ROLE_BUREAU:
                return true;
            default:
                return false;
        }
    });
}

Millis from_seconds(double seconds) {
    return Millis(static_cast<std::int64_t>(seconds * 1'000));
}

class Watch {
public:
    Watch(const Globals& globals, const Options& options)
        : globals_(globals), options_(options), client_(with_signals(client_options(globals))) {}

    int run() {
        const auto start = std::chrono::steady_clock::now();
        if (options_.for_s) {
            end_ = start + from_seconds(*options_.for_s);
        }
        connect_by_ = start + from_seconds(globals_.timeout_s);
        client_.subscribe({.channels = options_.channels,
                           .cursor = options_.from,
                           .heartbeat_ms = kHeartbeatMs,
                           .no_snapshot = options_.no_snapshot});
        while (!exit_code_) {
            const auto until = was_welcomed_ ? end_ : connect_by_;
            const auto happening = client_.next(attends_ ? std::min(until, soon()) : until);
            attend();
            if (!happening) {
                if (client_.is_interrupted() || std::chrono::steady_clock::now() >= until) {
                    exit_code_ = on_nothing();
                }
            } else if (const auto* heard = std::get_if<client::Heard>(&*happening)) {
                on_heard(*heard);
            } else if (const auto* lost = std::get_if<client::Disconnected>(&*happening)) {
                on_lost(*lost);
            } else if (const auto* ended = std::get_if<client::Ended>(&*happening)) {
                on_ended(*ended);
            } else if (const auto* refused = std::get_if<client::Refused>(&*happening)) {
                print_line(refusal_line(refused->refusal));
                diagnose("refused: " + describe(refused->refusal));
                exit_code_ = kRefused;
            } else if (const auto* postponed = std::get_if<client::Postponed>(&*happening)) {
                diagnose("not yet: " + describe(postponed->refusal) + "; trying again");
            }
        }
        client_.close(Millis(500));
        return *exit_code_;
    }

private:
    static client::ClientOptions with_signals(client::ClientOptions options) {
        options.stop_signals = {SIGINT, SIGTERM};
        return options;
    }

    static Instant soon() { return std::chrono::steady_clock::now() + Millis(1'000); }

    // Somebody is there where --attended says so, or a key was pressed at this terminal.
    void attend() {
        if (!attends_) {
            return;
        }
        bool is_there = options_.attended;
        pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
        while (!options_.attended && ::poll(&input, 1, 0) > 0) {
            std::array<char, 256> keys{};
            if (::read(STDIN_FILENO, keys.data(), keys.size()) <= 0) {
                attends_ = false;
                break;
            }
            is_there = true;
        }
        const auto now = std::chrono::steady_clock::now();
        if (is_there && now >= attend_again_) {
            attend_again_ = now + Millis(5'000);
            client_.attended();
        }
    }

    int on_nothing() {
        if (client_.is_interrupted() || was_welcomed_) {
            return kDone;
        }
        diagnose("not reachable: " + globals_.hub);
        return kUnreachable;
    }

    void on_heard(const client::Heard& heard) {
        const auto& entry = heard.entry;
        if (entry.has_welcome()) {
            if (was_welcomed_) {
                diagnose("connected again to " + globals_.hub);
            }
            was_welcomed_ = true;
            marks_ = !options_.no_marks && is_staff(entry.welcome().person());
            is_connected_ = true;
            last_trouble_.clear();
            return;
        }
        was_revoked_ =
            entry.has_goodbye() && entry.goodbye().reason() == wire::GOODBYE_REASON_REVOKED;
        if (entry.has_heartbeat()) {
            warn_of_store(entry.heartbeat().store());
            if (!options_.heartbeats) {
                return;
            }
        }
        if (auto line = watch_line(entry, heard.cursor); !line.empty()) {
            print_line(std::move(line));
            mark(entry);
        }
        if (entry.has_event() && ++printed_ == options_.count) {
            exit_code_ = kDone;
        }
    }

    // What was printed came to this desk; whether somebody looks at it, only --shown says.
    void mark(const wire::Entry& entry) {
        const auto mark_one = [this](const wire::Event& event) {
            if (event.has_incident() && event.kind() != wire::EVENT_KIND_INCIDENT_LEFT) {
                client_.mark(event.incident(), options_.shown);
            }
        };
        if (!marks_) {
            return;
        }
        if (entry.has_event()) {
            mark_one(entry.event());
        }
        for (const auto& state : entry.snapshot().states()) {
            mark_one(state);
        }
    }

    void warn_of_store(wire::StoreState store) {
        if (store == store_ || store == wire::STORE_STATE_UNSPECIFIED) {
            return;
        }
        store_ = store;
        diagnose(store == wire::STORE_STATE_WELL
                     ? "the hub has its store back"
                     : "the hub is without its store: nothing new comes until it is back");
    }

    void on_lost(const client::Disconnected& lost) {
        const auto words =
            (is_connected_ ? "connection lost: " : "no connection to " + globals_.hub + ": ") +
            lost.closed.why;
        is_connected_ = false;
        if (options_.no_reconnect) {
            diagnose(words);
            exit_code_ = kUnreachable;
        } else if (words != last_trouble_) {
            diagnose(words + "; trying again");
            last_trouble_ = words;
        }
    }

    void on_ended(const client::Ended& ended) {
        if (was_revoked_) {
            diagnose("refused: this person or device was revoked");
            exit_code_ = kRefused;
        } else {
            exit_code_ = tell_end(ended.closed, globals_);
        }
    }

    const Globals& globals_;
    const Options& options_;
    client::Client client_;
    Instant end_ = Instant::max();
    Instant connect_by_;
    bool was_welcomed_ = false;
    bool is_connected_ = false;
    bool was_revoked_ = false;
    bool marks_ = false;
    bool attends_ = options_.attended || ::isatty(STDIN_FILENO) == 1;
    Instant attend_again_{};
    std::string last_trouble_;
    wire::StoreState store_ = wire::STORE_STATE_WELL;
    std::uint64_t printed_ = 0;
    std::optional<int> exit_code_;
};

}  // namespace

void add_watch(CLI::App& app, Context& context) {
    auto& command =
        *app.add_subcommand("watch", "Print what happens, as it happens, through reconnects");
    auto options = std::make_shared<Options>();
    command
        .add_option("--channel",
                    options->channels,
                    "station/ID, bureau, fire, team/ID, area/ID, me or admin; may be repeated "
                    "[all that you may see, following your role]")
        ->type_name("C");
    command
        .add_option_function<std::string>(
            "--from",
            [options](const std::string& text) {
                options->from = client::cursor_from_text(text);
                if (!options->from) {
                    throw CLI::ValidationError(
                        "--from", "'" + text + "' is not a cursor: copy one that watch printed");
                }
            },
            "Go on after this cursor, as an earlier watch printed it")
        ->type_name("CURSOR");
    command.add_option("--count", options->count, "End after so many events")
        ->type_name("N")
        ->check(CLI::Range(1, 1'000'000'000).description(""));
    command.add_option("--for", options->for_s, "End after so long")
        ->type_name("SECONDS")
        ->check(CLI::Range(0.0, 1e9).description(""));
    command.add_flag("--no-snapshot", options->no_snapshot, "Events only, not how things stand");
    command.add_flag("--heartbeats", options->heartbeats, "Print heartbeats, too");
    auto* shown =
        command.add_flag("--shown",
                         options->shown,
                         "Somebody looks at this screen: say of each incident printed that it "
                         "was shown, and not only delivered");
    command.add_flag("--attended",
                     options->attended,
                     "Somebody is at this console all the time [when a key is pressed here]");
    command.add_flag("--no-marks", options->no_marks, "Look on: say neither")->excludes(shown);
    command.add_flag(
        "--no-reconnect", options->no_reconnect, "End with 3 when the connection is lost");
    add_example(command,
                "  tocsin --token-file var/demo/fire-desk.token watch --channel fire\n"
                "  tocsin watch --count 10 --from 9f0c…~5b1e…:1719838800000-0:1719838800000-3\n"
                "Each event is one line; its \"cursor\" is what --from takes.");
    command.callback([&context, options] {
        context.run = [&context, options] { return Watch(context.globals, *options).run(); };
    });
}

}  // namespace tocsin::cli
