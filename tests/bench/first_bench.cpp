// Measures a running hub beside the Redis that it stands on, and prints one JSON object. Four
// kinds of stretch, in turn, several rounds: bare XADD pipelined 16 deep; the bare commit function,
// called as a hub calls it; receipts, from senders with one report unanswered each; delivery of a
// steady trickle of reports to watchers.

#include <CLI/CLI.hpp>

#include <cstdio>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/bench/commit_load.hpp"
#include "tests/bench/hub_load.hpp"
#include "tests/bench/redis_load.hpp"

namespace {

using namespace tocsin::bench;

struct Options {
    std::uint16_t port = 0;
    std::string tokens_file;
    std::string watch_tokens_file;
    std::string redis_socket;
    int hub_pid = 0;
    int redis_pid = 0;
    int rounds = 3;
    double seconds = 4;
    int senders = 1'000;
    int watchers = 100;
    int trickle = 200;  // reports a second
    int adders = 64;
    int deep = 16;
    std::size_t entry_bytes = 512;
    int together = 250;  // commits in one call of the bare commit function
};

std::vector<std::string> lines_of(const std::string& path) {
    std::ifstream file(path);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) {
        lines.push_back(line);
    }
    if (lines.empty()) {
        give_up("no tokens in " + path);
    }
    return lines;
}

void run_for(asio::io_context& io, double seconds) {
    io.restart();
    io.run_for(std::chrono::microseconds(static_cast<std::int64_t>(seconds * 1e6)));
}

template <class Range>
void run_until_idle(asio::io_context& io, const Range& range) {
    const std::int64_t give_up_at = now_us() + 20'000'000;
    while (std::ranges::any_of(range, [](const auto& each) { return each->busy(); })) {
        if (now_us() > give_up_at) {
            give_up("no answer for 20 s");
        }
        run_for(io, 0.01);
    }
}

Stretch measure_xadd(const Options& options) {
    asio::io_context io(1);
    Stretch stretch;
    Stretch* noted = nullptr;
    std::vector<std::unique_ptr<Adder>> adders;
    for (int i = 0; i < options.adders; ++i) {
        adders.push_back(std::make_unique<Adder>(
            io, options.redis_socket, options.deep, options.entry_bytes, noted));
        adders.back()->run();
    }
    run_for(io, 0.3);
    noted = &stretch;
    const Stopwatch watch(options.hub_pid, options.redis_pid);
    run_for(io, options.seconds);
    watch.finish(stretch);
    noted = nullptr;
    for (auto& adder : adders) {
        adder->stop();
    }
    run_until_idle(io, adders);
    forget_added(io, options.redis_socket);
    return stretch;
}

Stretch measure_commits(const Options& options) {
    asio::io_context io(1);
    Stretch stretch;
    Stretch* noted = nullptr;
    std::vector<std::unique_ptr<Committer>> committers;
    committers.push_back(
        std::make_unique<Committer>(io, options.redis_socket, options.together, noted));
    committers.back()->run();
    run_for(io, 0.3);
    noted = &stretch;
    const Stopwatch watch(options.hub_pid, options.redis_pid);
    run_for(io, options.seconds);
    watch.finish(stretch);
    noted = nullptr;
    committers.back()->stop();
    run_until_idle(io, committers);
    return stretch;
}

std::vector<std::unique_ptr<Sender>> open_senders(asio::io_context& io,
                                                  const Options& options,
                                                  int count,
                                                  Book& book) {
    const auto tokens = lines_of(options.tokens_file);
    std::vector<std::unique_ptr<Sender>> senders;
    for (int i = 0; i < count; ++i) {
        senders.push_back(std::make_unique<Sender>(
            io, options.port, tokens[static_cast<std::size_t>(i) % tokens.size()], book));
    }
    return senders;
}

Stretch measure_receipts(const Options& options) {
    asio::io_context io(1);
    Book book;
    auto senders = open_senders(io, options, options.senders, book);
    for (auto& sender : senders) {
        sender->send(true);
    }
    run_for(io, 0.5);
    Stretch stretch;
    book.stretch = &stretch;
    const Stopwatch watch(options.hub_pid, options.redis_pid);
    run_for(io, options.seconds);
    watch.finish(stretch);
    book.stretch = nullptr;
    for (auto& sender : senders) {
        sender->stop();
    }
    run_until_idle(io, senders);
    return stretch;
}

Stretch measure_delivery(const Options& options) {
    asio::io_context io(1);
    Book book;
    book.of_receipts = false;
    const auto watch_tokens = lines_of(options.watch_tokens_file);
    std::vector<std::unique_ptr<Watcher>> watchers;
    for (int i = 0; i < options.watchers; ++i) {
        const auto& token = watch_tokens[static_cast<std::size_t>(i) % watch_tokens.size()];
        watchers.push_back(
            std::make_unique<Watcher>(io, options.port, token, book, options.watchers));
    }
    auto senders = open_senders(io, options, options.trickle, book);
    Stretch stretch;
    const Stopwatch watch(options.hub_pid, options.redis_pid);
    book.stretch = &stretch;
    asio::steady_timer timer(io);
    std::size_t next = 0;
    const auto due = std::chrono::microseconds(1'000'000 / options.trickle);
    auto when = std::chrono::steady_clock::now();
    std::function<void(boost::system::error_code)> tick = [&](boost::system::error_code error) {
        if (error) {
            return;
        }
        Sender& sender = *senders[next++ % senders.size()];
        if (!sender.busy()) {
            sender.send(false);
        }
        timer.expires_at(when += due);
        timer.async_wait(tick);
    };
    tick({});
    run_for(io, options.seconds);
    timer.cancel();
    run_until_idle(io, senders);
    run_for(io, 0.5);
    watch.finish(stretch);
    book.stretch = nullptr;
    return stretch;
}

double median_of(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

template <class Get>
double median(std::vector<Stretch>& rounds, Get get) {
    std::vector<double> values;
    for (Stretch& round : rounds) {
        values.push_back(get(round));
    }
    return median_of(std::move(values));
}

void print_rates(const char* name, std::vector<Stretch>& rounds, bool last) {
    std::printf("  \"%s\": {\"per_second\": [", name);
    for (std::size_t i = 0; i < rounds.size(); ++i) {
        std::printf("%s%.0f", i != 0 ? ", " : "", rounds[i].rate());
    }
    std::printf(
        "], \"per_second_median\": %.0f, \"cpu_us_hub\": %.2f, \"cpu_us_redis\": %.2f, "
        "\"cpu_us_load\": %.2f, "
        "\"p50_ms\": %.3f, \"p99_ms\": %.3f}%s\n",
        median(rounds, [](Stretch& s) { return s.rate(); }),
        median(rounds, [](Stretch& s) { return s.each(s.hub_us); }),
        median(rounds, [](Stretch& s) { return s.each(s.redis_us); }),
        median(rounds, [](Stretch& s) { return s.each(s.own_us); }),
        median(rounds, [](Stretch& s) { return percentile(s.latencies, 0.5) / 1e3; }),
        median(rounds, [](Stretch& s) { return percentile(s.latencies, 0.99) / 1e3; }),
        last ? "" : ",");
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app{"Measures a running hub beside its Redis; see tests/bench/first.py."};
    app.add_option("--port", options.port, "the hub's")->required();
    app.add_option("--tokens", options.tokens_file, "one a line; a sender each, in turn")
        ->required();
    app.add_option(
           "--watch-tokens", options.watch_tokens_file, "one a line; a watcher each, in turn")
        ->required();
    app.add_option("--redis", options.redis_socket, "the Unix socket")->required();
    app.add_option("--hub-pid", options.hub_pid, "whose CPU time counts")->required();
    app.add_option("--redis-pid", options.redis_pid, "whose CPU time counts")->required();
    app.add_option("--rounds", options.rounds, "of each kind, in turn");
    app.add_option("--seconds", options.seconds, "each stretch");
    app.add_option("--senders", options.senders, "with one report unanswered each");
    app.add_option("--watchers", options.watchers, "that see everything");
    CLI11_PARSE(app, argc, argv);

    std::vector<Stretch> xadd;
    std::vector<Stretch> commits;
    std::vector<Stretch> receipts;
    std::vector<Stretch> delivery;
    for (int round = 0; round < options.rounds; ++round) {
        xadd.push_back(measure_xadd(options));
        commits.push_back(measure_commits(options));
        receipts.push_back(measure_receipts(options));
        delivery.push_back(measure_delivery(options));
        std::fprintf(stderr,
                     "bench: round %d of %d: XADD %.0f/s, commit function %.0f/s, receipts %.0f/s, "
                     "delivery to %d watchers "
                     "p50 %.2f ms p99 %.2f ms\n",
                     round + 1,
                     options.rounds,
                     xadd.back().rate(),
                     commits.back().rate(),
                     receipts.back().rate(),
                     options.watchers,
                     percentile(delivery.back().latencies, 0.5) / 1e3,
                     percentile(delivery.back().latencies, 0.99) / 1e3);
    }
    const auto cost = [](Stretch& s) { return s.each(s.hub_us + s.redis_us); };
    const auto redis_cost = [](Stretch& s) { return s.each(s.redis_us); };
    std::printf(
        "{\n  \"rounds\": %d, \"seconds_each\": %.1f, \"senders\": %d, \"watchers\": %d, "
        "\"trickle_per_second\": %d,\n"
        "  \"xadd_connections\": %d, \"xadd_deep\": %d, \"xadd_bytes\": %zu, \"commits_together\": "
        "%d,\n",
        options.rounds,
        options.seconds,
        options.senders,
        options.watchers,
        options.trickle,
        options.adders,
        options.deep,
        options.entry_bytes,
        options.together);
    print_rates("xadd", xadd, false);
    print_rates("commit_function", commits, false);
    print_rates("receipts", receipts, false);
    print_rates("delivery", delivery, false);
    std::printf(
        "  \"delivery_to_all_p50_ms\": %.3f, \"delivery_to_all_p99_ms\": %.3f,\n",
        median(delivery, [](Stretch& s) { return percentile(s.all_latencies, 0.5) / 1e3; }),
        median(delivery, [](Stretch& s) { return percentile(s.all_latencies, 0.99) / 1e3; }));
    // Of pairs of the same round: what else the machine does falls on both.
    const auto ratio = [&](std::vector<Stretch>& peers) {
        std::vector<double> ratios;
        for (std::size_t i = 0; i < receipts.size(); ++i) {
            ratios.push_back(cost(receipts[i]) / redis_cost(peers[i]));
        }
        return median_of(std::move(ratios));
    };
    std::printf(
        "  \"receipts_per_xadd\": %.4f,\n  \"cpu_receipt_per_cpu_xadd\": %.2f,\n"
        "  \"cpu_receipt_per_cpu_commit_function\": %.2f\n}\n",
        median(receipts, [](Stretch& s) { return s.rate(); }) /
            median(xadd, [](Stretch& s) { return s.rate(); }),
        ratio(xadd),
        ratio(commits));
    return 0;
}
