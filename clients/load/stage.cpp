#include "stage.hpp"

#include <algorithm>
#include <random>
#include <stdexcept>

#include "dialect_tocsin.hpp"
#include "dialects_peers.hpp"

namespace tocsin::load {
namespace {

constexpr std::size_t kMostSubscribers = 20'000;
constexpr int kMostChannels = 10'000;

std::unique_ptr<Dialect> dialect_for(const StageOptions& options, const People& people) {
    if (auto peer = peer_dialect(options.server)) {
        return peer;
    }
    return std::make_unique<TocsinDialect>(options.reports ? What::reports : What::notices,
                                           options.reports ? std::vector<std::string>{"bureau"}
                                                           : people.channel_names(options.channels),
                                           options.heartbeat_ms);
}

}  // namespace

void StageOptions::add_to(CLI::App& app) {
    app.add_option("--port", port, "Of the server, on the loopback")->required();
    app.add_option("--server", server, "How it is spoken to")
        ->check(CLI::IsMember({"tocsin", "plain", "nchan", "nats", "mqtt"}));
    app.add_option("--people", people, "Directory that `tocsin-load enrol` filled; for tocsin")
        ->check(CLI::ExistingDirectory);
    app.add_option("--process", processes, "NAME=PID[,PID...]: whose CPU and memory is told")
        ->type_name("NAME=PIDS");
    app.add_option("--subscribers", subscribers, "Connections that subscribe")
        ->check(CLI::Range(std::size_t{0}, kMostSubscribers));
    app.add_option("--channels", channels, "Over which the subscribers are spread")
        ->check(CLI::Range(1, kMostChannels));
    app.add_option("--grids", grids, "Quiet channels, one of which each subscriber reads as well")
        ->check(CLI::Range(0, kMostChannels));
    app.add_flag("--reports", reports, "Reports to consoles instead of notices to an area");
    app.add_option("--heartbeat-ms", heartbeat_ms, "That subscribers ask for");
    app.add_option("--at-once", at_once, "Handshakes under way at a time")
        ->check(CLI::Range(1, 10'000));
}

void StageOptions::add_pace_to(CLI::App& app) {
    app.add_option("--bytes", bytes, "Of an event as it arrives, without the WebSocket header")
        ->check(CLI::Range(std::size_t{0}, std::size_t{4'000}));
    app.add_option("--text-bytes", text_bytes, "Of an event's text; instead of --bytes")
        ->check(CLI::Range(kMarkBytes, std::size_t{3'900}));
    app.add_option("--rate", pace.rate, "Events a second; else as fast as --in-flight allows")
        ->check(CLI::Range(0.0, 100'000.0));
    app.add_option("--in-flight", pace.in_flight, "Events that are not done, at the most")
        ->check(CLI::Range(1, 4'096));
    app.add_option("--until",
                   pace.until,
                   "An event is done when the server has `stored` it, or "
                   "when it is `delivered` to all")
        ->transform(CLI::CheckedTransformer(std::map<std::string, Until>{
            {"stored", Until::stored}, {"delivered", Until::delivered}}));
    app.add_option("--alarms", pace.alarm_share, "Share of the events that go in the alarm lane")
        ->check(CLI::Range(0.0, 1.0));
}

Stage::Stage(const StageOptions& given)
    : options(given),
      is_tocsin(given.server == "tocsin"),
      people(is_tocsin ? read_people(given.people) : People{}),
      dialect(dialect_for(given, people)),
      ledger(std::random_device{}(), given.channels, Publisher::links_for(given.pace)),
      crowd(loop, *dialect, ledger, given.port),
      publisher(loop, *dialect, ledger, given.pace, given.channels),
      processes(given.processes) {
    if (given.reports && given.channels != 1) {
        throw std::runtime_error("--reports have one channel");
    }
    constexpr std::size_t kOthers = 200;
    allow_files(given.subscribers + kOthers);
    publisher.readers_of = [this](int channel) { return crowd.readers_of(channel); };
    if (given.grids > 0 && (given.channels != 1 || given.reports)) {
        throw std::runtime_error("--grids are beside one channel of notices");
    }
    crowd.add(given.subscribers,
              given.channels,
              given.reports ? people.consoles
                            : people.tokens_for(given.grids > 0 ? given.grids : given.channels,
                                                given.grids > 0));
}

void Stage::open() {
    crowd.connect_all(options.at_once);
    publisher.connect(options.port, people.publisher);
    publisher.text_bytes = options.text_bytes;
    if (options.text_bytes == 0) {
        find_text_bytes();
    }
}

// What an event takes beside its text is the hub's business: two of them are sent to find out.
void Stage::find_text_bytes() {
    publisher.text_bytes = options.bytes;
    if (!is_tocsin || options.subscribers == 0) {
        return;
    }
    constexpr std::size_t kFirst = 64;
    publisher.text_bytes = kFirst;
    for (int tries = 0; tries < 2; ++tries) {
        const std::int64_t bytes = ledger.delivered_bytes;
        const std::int64_t delivered = ledger.delivered;
        publisher.post(0, kRoutine);
        drain();
        const std::int64_t size = (ledger.delivered_bytes - bytes) / (ledger.delivered - delivered);
        const std::int64_t text = static_cast<std::int64_t>(publisher.text_bytes) +
                                  static_cast<std::int64_t>(options.bytes) - size;
        publisher.text_bytes =
            static_cast<std::size_t>(std::max(text, static_cast<std::int64_t>(kMarkBytes)));
    }
}

void Stage::drain(double seconds) {
    constexpr std::int64_t kQuietUs = 3'000'000;
    const auto deadline = now_us() + static_cast<std::int64_t>(seconds * 1e6);
    std::int64_t delivered = -1;
    // Not an error: what is missing is counted in the end. But nobody waits long for what does not
    // come.
    while (!publisher.is_idle() && now_us() < deadline &&
           (publisher.unstored() > 0 || delivered != ledger.delivered)) {
        delivered = ledger.delivered;
        loop.run_until([this] { return publisher.is_idle(); },
                       std::min(deadline, now_us() + kQuietUs));
    }
    if (publisher.unstored() > 0) {
        throw std::runtime_error(std::to_string(publisher.unstored()) +
                                 " events were never confirmed");
    }
}

void Stage::warm_up(double seconds) {
    publisher.start();
    loop.run_for(static_cast<std::int64_t>(seconds * 1e6));
    publisher.stop();
    drain();
}

Json Stage::verdict() {
    for (std::size_t i = 0; i < crowd.size(); ++i) {
        if (crowd[i].is_subscribed) {
            ledger.count_lost(crowd[i].expectation);
        }
    }
    return {{"lost", ledger.lost},
            {"repeated", ledger.repeated},
            {"out_of_order", ledger.out_of_order},
            {"foreign", ledger.foreign}};
}

void Stage::close() {
    crowd.close_all();
    publisher.close();
}

Measured::Measured(Stage& stage)
    : stage_(stage),
      began_us_(now_us()),
      before_(stage.processes.now()),
      own_us_(own_cpu_us()),
      delivered_(stage.ledger.delivered),
      published_(stage.ledger.published()) {
    stage.ledger.each = &each;
    stage.ledger.to_all = &to_all;
    stage.publisher.stored_latency = &stored;
}

double Measured::seconds() const {
    return static_cast<double>(now_us() - began_us_) / 1e6;
}

std::int64_t Measured::deliveries() const {
    return stage_.ledger.delivered - delivered_;
}

Json Measured::json(std::int64_t count) {
    stage_.ledger.each = nullptr;
    stage_.ledger.to_all = nullptr;
    stage_.publisher.stored_latency = nullptr;
    const double took = seconds();
    const auto events = static_cast<std::int64_t>(stage_.ledger.published() - published_);
    const double own_us = own_cpu_us() - own_us_;
    const std::int64_t divisor = count > 0 ? count : deliveries();
    Json json{{"seconds", took},
              {"events", events},
              {"events_per_second", static_cast<double>(events) / took},
              {"delivered", deliveries()},
              {"delivered_per_second", static_cast<double>(deliveries()) / took},
              {"latency_ms", each.to_json()},
              {"latency_to_all_ms", to_all.to_json()},
              {"stored_ms", stored.to_json()}};
    json["processes"] = usage_json(before_, stage_.processes.now(), divisor, took);
    json["own_cpu_us"] = own_us;
    json["own_cpu_us_each"] = divisor > 0 ? own_us / static_cast<double>(divisor) : 0.0;
    json["own_cores"] = own_us / 1e6 / took;
    return json;
}

}  // namespace tocsin::load
