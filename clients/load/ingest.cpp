// Senders with one report unanswered each: receipts.

#include <stdexcept>

#include "dialect_tocsin.hpp"
#include "stage.hpp"

namespace tocsin::load {
namespace {

struct Options : StageOptions {
    std::size_t senders = 1'000;
    double seconds = 5;
    double warm_up = 1;
};

class Sender final : public Hearer {
public:
    struct Shared {
        std::size_t open = 0;
        bool running = false;
        std::uint64_t sent = 0;
        std::int64_t stored = 0;
        std::uint64_t unanswered = 0;
        std::size_t text_bytes = 0;
        Histogram* latency = nullptr;
    };
    Sender(Loop& loop, Dialect& dialect, Shared& shared, std::uint32_t index)
        : link(loop, dialect, *this, index), shared_(shared) {}

    void send() {
        ++shared_.unanswered;
        sent_us_ = now_us();
        link.dialect().publish(link,
                               {.request = ++requests_,
                                .channel = 0,
                                .lane = kRoutine,
                                .text = marked(0, ++shared_.sent, shared_.text_bytes)});
    }

    Link link;

private:
    void on_open(Link&) override { ++shared_.open; }
    void on_stored(Link&, std::uint64_t request) override {
        if (request != requests_) {
            throw std::runtime_error("a receipt for a report that has one");
        }
        --shared_.unanswered;
        ++shared_.stored;
        if (shared_.latency != nullptr) {
            shared_.latency->add(now_us() - sent_us_);
        }
        if (shared_.running) {
            send();
        }
    }
    void on_entry(Link&, const wire::Entry& entry) override {
        if (entry.has_refusal()) {
            throw std::runtime_error("a report was refused: " + entry.refusal().code());
        }
    }
    void on_closed(Link&, const std::string& why) override {
        throw std::runtime_error("a sender: " + why);
    }

    Shared& shared_;
    std::uint64_t requests_ = 0;
    std::int64_t sent_us_ = 0;
};

Outcome ingest(const Options& options) {
    const People people = read_people(options.people);
    const Processes processes(options.processes);
    allow_files(options.senders + 200);
    Loop loop;
    TocsinDialect dialect(What::reports, {}, 0);
    Sender::Shared shared;
    shared.text_bytes = options.text_bytes == 0 ? 64 : options.text_bytes;
    std::vector<std::unique_ptr<Sender>> senders;
    for (std::size_t i = 0; i < options.senders; ++i) {
        senders.push_back(
            std::make_unique<Sender>(loop, dialect, shared, static_cast<std::uint32_t>(i)));
        senders.back()->link.token = people.readers[i % people.readers.size()];
        senders.back()->link.connect(options.port);
        loop.run_until([&] { return senders.size() - shared.open < options.at_once; },
                       now_us() + 20'000'000);
    }
    if (!loop.run_until([&] { return shared.open == senders.size(); }, now_us() + 20'000'000)) {
        throw std::runtime_error("not all senders are let in");
    }
    shared.running = true;
    for (auto& sender : senders) {
        sender->send();
    }
    loop.run_for(static_cast<std::int64_t>(options.warm_up * 1e6));
    Histogram latency;
    shared.latency = &latency;
    const std::int64_t stored = shared.stored;
    const auto before = processes.now();
    const double own = own_cpu_us();
    const std::int64_t began = now_us();
    loop.run_for(static_cast<std::int64_t>(options.seconds * 1e6));
    const std::int64_t count = shared.stored - stored;
    const double seconds = static_cast<double>(now_us() - began) / 1e6;
    const double own_us = own_cpu_us() - own;
    Json json{{"kind", "ingest"},
              {"senders", options.senders},
              {"text_bytes", shared.text_bytes},
              {"seconds", seconds},
              {"receipts", count},
              {"receipts_per_second", static_cast<double>(count) / seconds},
              {"latency_ms", latency.to_json()},
              {"processes", usage_json(before, processes.now(), count, seconds)},
              {"own_cpu_us_each", count > 0 ? own_us / static_cast<double>(count) : 0.0},
              {"own_cores", own_us / 1e6 / seconds}};
    shared.running = false;
    loop.run_until([&] { return shared.unanswered == 0; }, now_us() + 20'000'000);
    json["unanswered"] = shared.unanswered;
    return {json, shared.unanswered == 0};
}

}  // namespace

void add_ingest(CLI::App& app, Run& run) {
    auto options = std::make_shared<Options>();
    CLI::App* command =
        app.add_subcommand("ingest", "Reports from many senders, one at a time each");
    command->add_option("--port", options->port, "Of the hub, on the loopback")->required();
    command->add_option("--people", options->people, "Directory that `tocsin-load enrol` filled")
        ->required()
        ->check(CLI::ExistingDirectory);
    command
        ->add_option(
            "--process", options->processes, "NAME=PID[,PID...]: whose CPU and memory is told")
        ->type_name("NAME=PIDS");
    command->add_option("--senders", options->senders)->check(CLI::Range(1, 10'000));
    command->add_option("--text-bytes", options->text_bytes, "Of a report's text [64]")
        ->check(CLI::Range(kMarkBytes, std::size_t{3'900}));
    command->add_option("--at-once", options->at_once, "Handshakes under way at a time");
    command->add_option("--seconds", options->seconds, "That are measured")
        ->check(CLI::Range(0.1, 600.0));
    command->add_option("--warm-up", options->warm_up, "Seconds before that")
        ->check(CLI::Range(0.0, 60.0));
    command->callback([options, &run] { run = [options] { return ingest(*options); }; });
}

}  // namespace tocsin::load
