// Everybody comes back at once: all subscribers lose their connection, and return with a cursor a
// number of events back, each after a random wait of its own (full jitter).

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <random>
#include <stdexcept>

#include "stage.hpp"

extern char** environ;

namespace tocsin::load {
namespace {

struct Options : StageOptions {
    std::uint64_t behind = 1'000;
    double jitter = 2;
    std::size_t stayed = 0;
    std::uint16_t stayed_port = 0;
    double calm = 3;
    double rate = 20;
    double patience = 30;
    std::string restart_command;
};

// A shell command in the background; its last line of output.
class Command {
public:
    explicit Command(const std::string& text) {
        int ends[2];
        if (pipe(ends) != 0) {
            throw std::runtime_error("no pipe");
        }
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
        posix_spawn_file_actions_addclose(&actions, ends[0]);
        const char* const arguments[] = {"sh", "-c", text.c_str(), nullptr};
        const int failed = posix_spawn(
            &pid_, "/bin/sh", &actions, nullptr, const_cast<char* const*>(arguments), environ);
        posix_spawn_file_actions_destroy(&actions);
        ::close(ends[1]);
        out_ = ends[0];
        if (failed != 0) {
            throw std::runtime_error("no shell");
        }
    }
    ~Command() { ::close(out_); }
    Command(const Command&) = delete;
    Command& operator=(const Command&) = delete;

    bool has_ended() {
        if (!ended_ && waitpid(pid_, &status_, WNOHANG) == pid_) {
            ended_ = true;
        }
        return ended_;
    }
    // After it has ended. Throws where it failed.
    std::string output() {
        if (!WIFEXITED(status_) || WEXITSTATUS(status_) != 0) {
            throw std::runtime_error("the restart command failed");
        }
        std::string text(4'096, '\0');
        const auto count = read(out_, text.data(), text.size());
        text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
        while (!text.empty() && text.back() == '\n') {
            text.pop_back();
        }
        const std::size_t line = text.rfind('\n');
        return line == std::string::npos ? text : text.substr(line + 1);
    }

private:
    pid_t pid_ = 0;
    int out_ = -1;
    int status_ = 0;
    bool ended_ = false;
};

class Storm {
public:
    explicit Storm(const Options& options)
        : options_(options),
          stage_(options),
          stayed_(stage_.loop,
                  *stage_.dialect,
                  stage_.ledger,
                  options.stayed_port != 0 ? options.stayed_port : options.port),
          returns_(options.subscribers) {
        stayed_.add(options.stayed, options.channels, stage_.people.readers);
        stage_.publisher.readers_of = [this](int channel) {
            return stage_.crowd.readers_of(channel) + stayed_.readers_of(channel);
        };
    }

    Outcome run() {
        prepare();
        Json json{{"kind", "storm"},
                  {"subscribers", options_.subscribers},
                  {"stayed", options_.stayed},
                  {"behind", options_.behind},
                  {"jitter_seconds", options_.jitter}};
        json["stayed_calm_ms"] = calm();
        throw_out();
        const bool all = stage_.loop.run_until([this] { return is_over(); }, patience_end());
        json.update(result(all));
        stage_.publisher.stop();
        stage_.loop.run_until([this] { return is_quiet(); }, patience_end());
        json.update(stage_.verdict());
        for (std::size_t i = 0; i < stayed_.size(); ++i) {
            stage_.ledger.count_lost(stayed_[i].expectation);
        }
        json["lost"] = stage_.ledger.lost;
        stayed_.close_all();
        stage_.close();
        return {json, all && stage_.is_clean()};
    }

private:
    struct Return {
        wire::Cursor cursor;
        Expectation expectation;
        std::int64_t dialled_us = 0;
        std::int64_t open_us = 0;
        std::int64_t live_us = 0;
        int tries = 0;
    };

    std::int64_t patience_end() const {
        return now_us() + static_cast<std::int64_t>(options_.patience * 1e6);
    }

    // All in place, each with the cursor that it will come back with, and so many events after it.
    void prepare() {
        stage_.open();
        stayed_.connect_all(options_.at_once);
        stage_.drain();
        for (std::size_t i = 0; i < stage_.crowd.size(); ++i) {
            Reader& reader = stage_.crowd[i];
            returns_[i].cursor = reader.cursor;
            returns_[i].expectation = Ledger::from_the_beginning(reader.expectation);
        }
        while (stage_.ledger.published() < options_.behind) {
            constexpr std::uint64_t kDeep = 16;
            stage_.publisher.post(static_cast<int>(stage_.ledger.published() %
                                                   static_cast<std::uint64_t>(options_.channels)),
                                  kRoutine);
            stage_.loop.run_until([this] { return stage_.publisher.unstored() < kDeep; },
                                  patience_end());
        }
        stage_.drain(options_.patience);
    }

    // How those who will stay have it before.
    Json calm() {
        if (options_.stayed == 0) {
            return nullptr;
        }
        Histogram latency;
        stayed_latency(&latency);
        stage_.publisher.start();
        stage_.loop.run_for(static_cast<std::int64_t>(options_.calm * 1e6));
        stage_.publisher.stop();
        stage_.drain();
        stayed_latency(nullptr);
        return latency.to_json();
    }

    void stayed_latency(Histogram* latency) {
        stayed_.on_each = [this, latency](Reader&, const Delivery&, std::uint64_t number) {
            if (latency != nullptr) {
                latency->add(now_us() - stage_.ledger.event(number).sent_us);
            }
        };
    }

    void come_back(Reader& reader) {
        std::uniform_real_distribution<double> wait(0, options_.jitter * 1e6);
        stage_.loop.in(static_cast<std::int64_t>(wait(random_)), [this, &reader] {
            Return& back = returns_[reader.link.index()];
            ++back.tries;
            back.dialled_us = now_us();
            reader.from = &back.cursor;
            reader.expectation = back.expectation;
            stage_.crowd.connect(reader);
        });
    }

    void throw_out() {
        stage_.crowd.on_closed = [this](Reader& reader, const std::string& why) {
            if (why.starts_with("refused") || why.starts_with("reset")) {
                throw std::runtime_error("coming back: " + why);
            }
            come_back(reader);
        };
        stage_.crowd.on_subscribed = [this](Reader& reader) {
            returns_[reader.link.index()].open_us = now_us();
            look(reader);
        };
        stage_.crowd.on_each = [this](Reader& reader, const Delivery&, std::uint64_t) {
            look(reader);
        };
        stayed_latency(&stayed_in_storm_);
        thrown_us_ = now_us();
        if (options_.restart_command.empty()) {
            stage_.crowd.close_all();
            for (std::size_t i = 0; i < stage_.crowd.size(); ++i) {
                come_back(stage_.crowd[i]);
            }
            is_ready();
        } else {
            stage_.publisher.close();
            command_ = std::make_unique<Command>(options_.restart_command);
            await_ready();
        }
    }

    void await_ready() {
        constexpr std::int64_t kLookUs = 5'000;
        if (!command_->has_ended()) {
            stage_.loop.in(kLookUs, [this] { await_ready(); });
            return;
        }
        const std::string pids = command_->output();
        if (!pids.empty()) {
            stage_.processes.replace(pids);
        }
        stage_.publisher.connect(options_.port, stage_.people.publisher);
        is_ready();
    }

    void is_ready() {
        ready_us_ = now_us();
        before_ = stage_.processes.now();
        own_us_ = own_cpu_us();
        stage_.publisher.start();
    }

    // Has this one had everything?
    void look(Reader& reader) {
        Return& back = returns_[reader.link.index()];
        if (back.live_us == 0 && back.open_us != 0 && stage_.ledger.has_all(reader.expectation)) {
            back.live_us = now_us();
            ++live_;
        }
    }

    bool is_quiet() {
        const auto has_all = [this](Crowd& crowd) {
            for (std::size_t i = 0; i < crowd.size(); ++i) {
                if (!stage_.ledger.has_all(crowd[i].expectation)) {
                    return false;
                }
            }
            return true;
        };
        return stage_.publisher.unstored() == 0 && has_all(stage_.crowd) && has_all(stayed_);
    }

    bool is_over() const { return ready_us_ != 0 && live_ == returns_.size(); }

    Json result(bool all) {
        const double seconds = static_cast<double>(now_us() - ready_us_) / 1e6;
        Histogram waiting;
        Histogram opening;
        Histogram catching_up;
        Histogram live;
        std::int64_t tries = 0;
        for (const Return& back : returns_) {
            tries += back.tries;
            if (back.live_us != 0) {
                waiting.add(back.dialled_us - ready_us_);
                opening.add(back.open_us - back.dialled_us);
                catching_up.add(back.live_us - back.open_us);
                live.add(back.live_us - ready_us_);
            }
        }
        return {{"all_live", all},
                {"live", live_},
                {"down_ms", static_cast<double>(ready_us_ - thrown_us_) / 1e3},
                {"live_after_ready_ms", live.to_json()},
                {"waited_after_ready_ms", waiting.to_json()},
                {"connecting_ms", opening.to_json()},
                {"catching_up_ms", catching_up.to_json()},
                {"tries", tries},
                {"stayed_in_storm_ms",
                 options_.stayed == 0 ? Json(nullptr) : stayed_in_storm_.to_json()},
                {"seconds", seconds},
                {"processes",
                 usage_json(before_,
                            stage_.processes.now(),
                            static_cast<std::int64_t>(returns_.size()),
                            seconds)},
                {"own_cores", (own_cpu_us() - own_us_) / 1e6 / seconds}};
    }

    const Options options_;
    Stage stage_;
    Crowd stayed_;
    std::vector<Return> returns_;
    Histogram stayed_in_storm_;
    std::unique_ptr<Command> command_;
    std::mt19937 random_{std::random_device{}()};
    std::int64_t thrown_us_ = 0;
    std::int64_t ready_us_ = 0;
    std::size_t live_ = 0;
    std::map<std::string, Usage> before_;
    double own_us_ = 0;
};

}  // namespace

void add_storm(CLI::App& app, Run& run) {
    auto options = std::make_shared<Options>();
    CLI::App* command = app.add_subcommand("storm", "All subscribers come back at once");
    options->add_to(*command);
    command->add_option("--bytes", options->bytes, "Of an event as it arrives");
    command->add_option("--behind", options->behind, "Events after the cursors")
        ->check(CLI::Range(0, 50'000));
    command->add_option("--jitter", options->jitter, "Seconds within which each comes back")
        ->check(CLI::Range(0.0, 60.0));
    command->add_option("--stayed", options->stayed, "Further subscribers that are not thrown out")
        ->check(CLI::Range(0, 5'000));
    command->add_option("--stayed-port", options->stayed_port, "Of their hub, where it is another");
    command
        ->add_option("--calm", options->calm, "Seconds in which those who stay are watched first")
        ->check(CLI::Range(0.1, 60.0));
    command->add_option("--rate", options->rate, "Events a second meanwhile")
        ->check(CLI::Range(0.1, 1'000.0));
    command->add_option("--patience", options->patience, "Seconds until all must be live")
        ->check(CLI::Range(1.0, 120.0));
    command->add_option(
        "--restart-command",
        options->restart_command,
        "Throws them out: a shell command that ends when the hub is ready again, and may print "
        "NAME=PID of the new process. Without it they leave by themselves");
    command->callback([options, &run] {
        options->pace.rate = options->rate;
        run = [options] { return Storm(*options).run(); };
    });
}

}  // namespace tocsin::load
