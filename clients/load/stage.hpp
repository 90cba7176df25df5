#pragma once
// What every kind of load is made of: the loop, the way a server is spoken to, the ledger, a crowd
// of subscribers and a publisher. And the options that say so.

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "crowd.hpp"
#include "people.hpp"
#include "processes.hpp"
#include "publisher.hpp"

namespace tocsin::load {

using Json = nlohmann::ordered_json;

struct StageOptions {
    std::uint16_t port = 0;
    std::string server = "tocsin";
    std::string people;
    std::vector<std::string> processes;
    std::size_t subscribers = 100;
    int channels = 1;
    int grids = 0;         // quiet channels, of which each subscriber reads one more
    bool reports = false;  // of which consoles are told, and not notices
    int heartbeat_ms = 60'000;
    std::size_t at_once = 64;    // handshakes
    std::size_t bytes = 256;     // an event as it arrives; 0: as it comes from text_bytes
    std::size_t text_bytes = 0;  // of its text; 0: found out from `bytes`
    Pace pace;

    void add_to(CLI::App& app);
    void add_pace_to(CLI::App& app);
};

class Stage {
public:
    explicit Stage(const StageOptions& options);

    // Subscribers and publisher in place, the text's length found out.
    void open();
    // Publishes for so long, unmeasured, and waits until all of it has arrived.
    void warm_up(double seconds);
    // Until everything published has arrived; throws where that takes longer than this.
    void drain(double seconds = 30);
    // In the end: counts what is missing, and says all that the ledger knows.
    Json verdict();
    // Stops listening without a complaint.
    void close();

    const StageOptions options;
    const bool is_tocsin;
    People people;
    Loop loop;
    std::unique_ptr<Dialect> dialect;
    Ledger ledger;
    Crowd crowd;
    Publisher publisher;
    Processes processes;
    bool is_clean() const { return ledger.is_clean(); }

private:
    void find_text_bytes();
};

// A stretch of measuring: made at its begin, json() at its end.
class Measured {
public:
    explicit Measured(Stage& stage);
    // So far; `count` is what the costs are divided by, 0 for deliveries.
    Json json(std::int64_t count = 0);
    double seconds() const;
    std::int64_t deliveries() const;

    Histogram each;
    Histogram to_all;
    Histogram stored;

private:
    Stage& stage_;
    const std::int64_t began_us_;
    const std::map<std::string, Usage> before_;
    const double own_us_;
    const std::int64_t delivered_;
    const std::uint64_t published_;
};

// The kinds of load. Each adds itself to the command line, and when chosen puts its result there;
// true: what was checked held.
struct Outcome {
    Json json;
    bool passed = true;
};
using Run = std::function<Outcome()>;
void add_fan_out(CLI::App& app, Run& run);
void add_ingest(CLI::App& app, Run& run);
void add_connect(CLI::App& app, Run& run);
void add_idle(CLI::App& app, Run& run);
void add_storm(CLI::App& app, Run& run);
void add_stalled(CLI::App& app, Run& run);
void add_slow_link(CLI::App& app, Run& run);
void add_enrol(CLI::App& app, Run& run);

}  // namespace tocsin::load
