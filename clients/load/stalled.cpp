// Three odd subscribers among many: one that never reads, one that reads a byte at a time, and one
// that sleeps and then wants everything. The others must not notice.

#include <stdexcept>

#include "stage.hpp"

namespace tocsin::load {
namespace {

struct Options : StageOptions {
    double calm = 5;
    double seconds = 10;
    double asleep = 5;
    double drip_ms = 1;
    double cut_after = 30;  // a hub's own rule
};

// What Linux says of a connection that stands.
constexpr int kEstablished = 1;
constexpr int kSmallBuffer = 4'096;

class Stalled {
public:
    explicit Stalled(const Options& options)
        : options_(options),
          stage_(options),
          odd_(stage_.loop, *stage_.dialect, stage_.ledger, options.port) {
        odd_.add(kNames.size(), 1, stage_.people.readers);
        odd_.on_closed = [this](Reader& reader, const std::string&) { note_cut(reader); };
        for (std::size_t i = 0; i < odd_.size(); ++i) {
            odd_[i].expectation.counts = false;
        }
    }

    Outcome run() {
        stage_.open();
        stage_.warm_up(1);
        Json json{{"kind", "stalled"}, {"subscribers", options_.subscribers}};
        json["calm"] = stretch(options_.calm);
        let_in();
        json["with_odd"] = stretch(options_.seconds);
        is_over_ = true;
        json["asleep_has_all"] = wake_up();
        bool as_ruled = true;
        for (std::size_t i = 0; i < odd_.size(); ++i) {
            Reader& reader = odd_[i];
            const double cut =
                cut_us_[i] == 0 ? 0 : static_cast<double>(cut_us_[i] - since_us_) / 1e6;
            as_ruled = as_ruled && (cut_us_[i] == 0 || cut >= options_.cut_after);
            json["odd"][kNames[i]] = {{"bytes", reader.link.bytes_read()},
                                      {"cut_after_seconds", cut_us_[i] == 0 ? Json() : Json(cut)},
                                      {"said", reader.closed_why}};
        }
        json["cut_only_by_the_rule"] = as_ruled;
        json.update(stage_.verdict());
        odd_.close_all();
        stage_.close();
        return {json, stage_.is_clean() && as_ruled && json["asleep_has_all"].get<bool>()};
    }

private:
    enum Odd : std::size_t { kNever, kDrip, kAsleep };
    static constexpr std::array<const char*, 3> kNames{"never_reads", "a_byte_at_a_time", "asleep"};

    Json stretch(double seconds) {
        Measured measured(stage_);
        stage_.publisher.start();
        stage_.loop.run_for(static_cast<std::int64_t>(seconds * 1e6));
        stage_.publisher.stop();
        stage_.drain();
        return measured.json();
    }

    void let_in() {
        odd_.on_subscribed = [](Reader& reader) { reader.link.read_only_when_told(); };
        for (std::size_t i = 0; i < odd_.size(); ++i) {
            odd_.connect(odd_[i], kSmallBuffer);
        }
        if (!stage_.loop.run_until([this] { return odd_.subscribed() == odd_.size(); },
                                   now_us() + 10'000'000)) {
            throw std::runtime_error("the odd ones are not let in");
        }
        since_us_ = now_us();
        for (std::size_t i = 0; i < odd_.size(); ++i) {
            ports_[i] = odd_[i].link.local_port();
        }
        drip();
        look();
        stage_.loop.in(static_cast<std::int64_t>(options_.asleep * 1e6), [this] {
            if (!odd_[kAsleep].link.is_closed()) {
                odd_[kAsleep].link.read_as_it_comes();
            }
        });
    }

    void drip() {
        if (!is_over_ && odd_[kDrip].link.read_now(1) >= 0) {
            stage_.loop.in(static_cast<std::int64_t>(options_.drip_ms * 1e3), [this] { drip(); });
        }
    }

    // Who does not read does not see that the hub has let go.
    void look() {
        for (std::size_t i = 0; i < odd_.size(); ++i) {
            if (cut_us_[i] == 0 && Processes::tcp_state(options_.port, ports_[i]) != kEstablished) {
                cut_us_[i] = now_us();
            }
        }
        if (!is_over_) {
            stage_.loop.in(500'000, [this] { look(); });
        }
    }

    void note_cut(Reader& reader) {
        std::int64_t& cut = cut_us_[reader.link.index()];
        cut = cut == 0 ? now_us() : cut;
    }

    bool wake_up() {
        Reader& asleep = odd_[kAsleep];
        if (asleep.link.is_closed()) {
            return false;
        }
        asleep.link.read_as_it_comes();
        return stage_.loop.run_until(
                   [&] {
                       return stage_.ledger.has_all(asleep.expectation) || asleep.link.is_closed();
                   },
                   now_us() + 20'000'000) &&
               !asleep.link.is_closed();
    }

    const Options options_;
    Stage stage_;
    Crowd odd_;
    std::array<std::uint16_t, 3> ports_{};
    std::array<std::int64_t, 3> cut_us_{};
    std::int64_t since_us_ = 0;
    bool is_over_ = false;
};

}  // namespace

void add_stalled(CLI::App& app, Run& run) {
    auto options = std::make_shared<Options>();
    options->pace.rate = 40;
    options->bytes = 2'000;
    CLI::App* command =
        app.add_subcommand("stalled", "Odd subscribers among many: do the others notice?");
    options->add_to(*command);
    options->add_pace_to(*command);
    command->add_option("--calm", options->calm, "Seconds without them first")
        ->check(CLI::Range(0.5, 300.0));
    command->add_option("--seconds", options->seconds, "With them")->check(CLI::Range(0.5, 300.0));
    command->add_option("--asleep", options->asleep, "Seconds that the sleeper sleeps")
        ->check(CLI::Range(0.0, 300.0));
    command->add_option("--drip-ms", options->drip_ms, "Between two bytes of the slow reader")
        ->check(CLI::Range(0.1, 10'000.0));
    command->add_option(
        "--cut-after", options->cut_after, "Seconds before which nobody may be cut off");
    command->callback([options, &run] { run = [options] { return Stalled(*options).run(); }; });
}

}  // namespace tocsin::load
