// A subscriber on a slow line with much routine waiting: an alarm must overtake it.

#include <stdexcept>

#include "stage.hpp"

namespace tocsin::load {
namespace {

struct Options : StageOptions {
    std::uint64_t waiting = 10'000;
    double bits_a_second = 1e6;
    double second_alarm_after = 2;
    std::int64_t most_before = 1'000;
};

constexpr int kSmallBuffer = 8'192;
constexpr std::int64_t kSipUs = 10'000;

class SlowLink {
public:
    explicit SlowLink(const Options& options) : options_(options), stage_(options) {}

    Outcome run() {
        prepare();
        Reader& reader = stage_.crowd[0];
        stage_.crowd.on_each = [this](Reader&, const Delivery& delivery, std::uint64_t number) {
            note(delivery, number);
        };
        reader.from = &cursor_;
        reader.expectation = expectation_;
        stage_.crowd.connect(reader, kSmallBuffer);
        reader.link.read_only_when_told();
        began_us_ = now_us();
        sip();
        const auto patience = static_cast<std::int64_t>(
            30e6 + 2 * 8e6 * static_cast<double>(options_.waiting * options_.bytes) /
                       options_.bits_a_second);
        stage_.loop.in(static_cast<std::int64_t>(options_.second_alarm_after * 1e6), [this] {
            routine_when_posted_ = routine_;
            bytes_when_posted_ = stage_.crowd[0].link.bytes_read();
            second_ = stage_.publisher.post(0, kAlarm);
        });
        const bool all = stage_.loop.run_until(
            [&] { return second_ != 0 && stage_.ledger.has_all(reader.expectation); },
            now_us() + patience);
        const double seconds = static_cast<double>(now_us() - began_us_) / 1e6;
        Json json{
            {"kind", "slow-link"},
            {"bits_per_second", options_.bits_a_second},
            {"waiting", options_.waiting},
            {"seconds", seconds},
            {"read_bits_per_second", static_cast<double>(reader.link.bytes_read()) * 8 / seconds},
            {"routine_before_waiting_alarm", before_first_},
            {"routine_still_waiting_at_second_alarm", still_waiting_},
            {"routine_before_second_alarm", before_second_},
            {"bytes_before_second_alarm", bytes_before_second_},
            {"second_alarm_ms", second_ms_}};
        json.update(stage_.verdict());
        json["delivered"] = stage_.ledger.delivered;
        stage_.close();
        const bool overtook =
            before_first_ == 0 && before_second_ >= 0 && before_second_ <= options_.most_before;
        return {json, all && overtook && stage_.is_clean()};
    }

private:
    // A cursor, then the events after it: routine, and an alarm as the last.
    void prepare() {
        stage_.open();
        stage_.drain();
        Reader& reader = stage_.crowd[0];
        cursor_ = reader.cursor;
        expectation_ = Ledger::from_the_beginning(reader.expectation);
        stage_.crowd.close_all();
        stage_.publisher.start(options_.waiting);
        if (!stage_.loop.run_until([this] { return !stage_.publisher.is_running(); },
                                   now_us() + 120'000'000)) {
            throw std::runtime_error("the events that should wait cannot be published");
        }
        stage_.drain();
        first_ = stage_.publisher.post(0, kAlarm);
        stage_.drain();
    }

    void sip() {
        const auto most = static_cast<std::size_t>(options_.bits_a_second / 8 *
                                                   static_cast<double>(now_us() - began_us_) / 1e6);
        Link& link = stage_.crowd[0].link;
        if (most > link.bytes_read() && link.phase >= 0 &&
            link.read_now(most - link.bytes_read()) < 0) {
            return;
        }
        stage_.loop.in(kSipUs, [this] { sip(); });
    }

    void note(const Delivery& delivery, std::uint64_t number) {
        if (delivery.lane == kRoutine) {
            ++routine_;
        } else if (number == first_) {
            before_first_ = routine_;
        } else if (number == second_) {
            before_second_ = routine_ - routine_when_posted_;
            still_waiting_ = static_cast<std::int64_t>(options_.waiting) - routine_when_posted_;
            bytes_before_second_ =
                static_cast<std::int64_t>(stage_.crowd[0].link.bytes_read() - bytes_when_posted_);
            second_ms_ = static_cast<double>(now_us() - stage_.ledger.event(number).sent_us) / 1e3;
        }
    }

    const Options options_;
    Stage stage_;
    wire::Cursor cursor_;
    Expectation expectation_;
    std::int64_t began_us_ = 0;
    std::uint64_t first_ = 0;
    std::uint64_t second_ = 0;
    std::int64_t routine_ = 0;
    std::int64_t routine_when_posted_ = 0;
    std::uint64_t bytes_when_posted_ = 0;
    std::int64_t before_first_ = -1;
    std::int64_t before_second_ = -1;
    std::int64_t still_waiting_ = 0;
    std::int64_t bytes_before_second_ = 0;
    double second_ms_ = 0;
};

}  // namespace

void add_slow_link(CLI::App& app, Run& run) {
    auto options = std::make_shared<Options>();
    options->subscribers = 1;
    options->pace.in_flight = 64;
    CLI::App* command =
        app.add_subcommand("slow-link", "An alarm overtakes what waits for a slow line");
    options->add_to(*command);
    command->add_option("--bytes", options->bytes, "Of an event as it arrives");
    command->add_option("--waiting", options->waiting, "Routine events that wait")
        ->check(CLI::Range(1, 50'000));
    command->add_option("--bits-a-second", options->bits_a_second, "Of the line")
        ->check(CLI::Range(1e4, 1e9));
    command
        ->add_option("--second-alarm-after",
                     options->second_alarm_after,
                     "Seconds; it comes while the line is busy")
        ->check(CLI::Range(0.1, 600.0));
    command->add_option("--most-before",
                        options->most_before,
                        "Routine events that may come between the second alarm's sending and its "
                        "arrival: what is in the kernel's buffers cannot be overtaken");
    command->callback([options, &run] {
        if (options->subscribers != 1 || options->channels != 1) {
            throw CLI::ValidationError("slow-link has one subscriber and one channel");
        }
        run = [options] { return SlowLink(*options).run(); };
    });
}

}  // namespace tocsin::load
