// The steps of a report's way, each by itself, without socket, store or thread:
//   build/tests/micro-bench [--benchmark_filter=...]

#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <vector>

#include "hub/fanout/encode.hpp"
#include "hub/fanout/subscribers.hpp"
#include "hub/session/connection.hpp"
#include "hub/session/decode.hpp"
#include "tests/unit/domain_world.hpp"

namespace tocsin {
namespace {

using domain::test::World;
namespace wire = tocsin::v1;

wire::Command a_report() {
    wire::Command command = domain::test::report(wire::REPORT_KIND_ASSIST, domain::test::in_g1());
    command.mutable_submit_report()->set_text(
        "Somebody fell on the ice in front of the third entrance and cannot get up");
    command.set_id("0190a7c4-5b1e-7c3a-9d2f-0a1b2c3d4e5f");
    return command;
}

void decode(benchmark::State& state) {
    wire::ClientMessage message;
    message.set_request_id(7);
    *message.mutable_command() = a_report();
    const std::string bytes = message.SerializeAsString();
    for (auto _ : state) {
        benchmark::DoNotOptimize(session::decode(bytes, session::Encoding::binary));
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}
BENCHMARK(decode);

void bounds(benchmark::State& state) {
    const wire::Command command = a_report();
    for (auto _ : state) {
        benchmark::DoNotOptimize(domain::out_of_bounds(command, domain::test::kNow));
    }
}
BENCHMARK(bounds);

// With so many incidents open already.
void decide(benchmark::State& state) {
    World world;
    const wire::Command command = a_report();
    for (std::int64_t i = 0; i < state.range(0); ++i) {
        world.run("volunteer-1", command);
    }
    for (auto _ : state) {
        benchmark::DoNotOptimize(world.decide("volunteer-1", command));
    }
}
BENCHMARK(decide)->Arg(0)->Arg(1'000)->Arg(10'000);

void decide_and_apply(benchmark::State& state) {
    World world;
    const wire::Command command = a_report();
    for (auto _ : state) {
        benchmark::DoNotOptimize(world.run("volunteer-1", command));
    }
}
BENCHMARK(decide_and_apply);

// Every view of a report once, as a ready frame.
void view_and_encode(benchmark::State& state) {
    World world;
    const auto event = world.run("volunteer-1", a_report()).event;
    std::uint64_t ms = 1'700'000'000'000;
    std::size_t bytes = 0;
    for (auto _ : state) {
        const auto entry = fanout::encode({++ms, 0}, &event);
        bytes = entry->bytes;
        benchmark::DoNotOptimize(entry);
    }
    state.counters["bytes"] = static_cast<double>(bytes);
}
BENCHMARK(view_and_encode);

fanout::BatchPtr batch_for(const std::string& feed, std::uint64_t first, std::size_t count) {
    auto batch = std::make_shared<fanout::Batch>();
    batch->after = {first - 1, 0};
    for (std::size_t i = 0; i < count; ++i) {
        auto entry = std::make_shared<fanout::Entry>();
        entry->offset = {first + i, 0};
        entry->lane = wire::LANE_ROUTINE;
        entry->deliveries.push_back(
            {feed, 1, std::make_shared<const fanout::Frame>(std::string(256, 'x'))});
        entry->bytes = 256;
        batch->entries.push_back(std::move(entry));
    }
    batch->to = batch->entries.back()->offset;
    return batch;
}

// Who is touched by an event of one channel: 10 of so many subscribers, in so many channels.
void channel_match(benchmark::State& state) {
    const auto channels = state.range(0);
    fanout::Subscribers subscribers;
    for (std::int64_t i = 0; i < channels * 10; ++i) {
        const std::string grid = std::to_string(i % channels);
        subscribers.set(static_cast<fanout::Slot>(i), {"area/" + grid + "#1", "area/all#1"});
    }
    const auto batch = batch_for("area/" + std::to_string(channels / 2) + "#1", 1, 1);
    std::vector<fanout::Slot> touched;
    for (auto _ : state) {
        touched.clear();
        subscribers.touched_by(*batch, touched);
        benchmark::DoNotOptimize(touched.data());
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(touched.size()));
}
BENCHMARK(channel_match)->Arg(1)->Arg(10)->Arg(100)->Arg(1'000);

std::uint32_t no_randomness() {
    return 0;
}

// A round without its sockets: 1,000 connections of one channel, so many events, gathered and
// handed out as what a `sendmsg` would take. Per delivery.
void gather_and_flush(benchmark::State& state) {
    const auto events = static_cast<std::size_t>(state.range(0));
    constexpr std::size_t kConnections = 1'000;
    auto rights = std::make_shared<fanout::Rights>();
    rights->person.set_id("reader");
    rights->feeds = {{"area/here", domain::store::VIEW_PUBLIC}};
    rights->channels = {"area/here"};
    const std::string feed = fanout::key_of(rights->feeds.front());
    const session::Limits limits;
    session::Surroundings surroundings;
    surroundings.epoch = "E1";
    fanout::Window window({.bytes = 1u << 20, .age_ms = 60'000, .entries = 10'000});
    std::vector<std::unique_ptr<session::Connection>> connections;
    std::vector<fanout::BundlePtr> out;
    wire::ClientMessage subscribe;
    subscribe.set_request_id(1);
    subscribe.mutable_subscribe()->set_no_snapshot(true);
    const std::string bytes = subscribe.SerializeAsString();
    for (std::size_t i = 0; i < kConnections; ++i) {
        connections.push_back(
            std::make_unique<session::Connection>(session::Principal{"device", rights},
                                                  session::Encoding::binary,
                                                  limits,
                                                  window,
                                                  surroundings,
                                                  no_randomness));
        connections.back()->on_open(1);
        connections.back()->on_message(bytes, false, 1);
        connections.back()->take_actions();
        while (connections.back()->has_output()) {
            connections.back()->next(out);
            connections.back()->on_sent(1);
            out.clear();
        }
    }
    std::uint64_t at = 1;
    std::vector<std::string_view> parts;
    for (auto _ : state) {
        window.append(*batch_for(feed, at, events), 1);
        at += events;
        for (auto& connection : connections) {
            connection->next(out);
            for (const auto& bundle : out) {
                bundle->add_binary(parts);
            }
            benchmark::DoNotOptimize(parts.data());
            connection->on_sent(1);
            out.clear();
            parts.clear();
        }
        window.forget_bundles();
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(events * kConnections));
}
BENCHMARK(gather_and_flush)->Arg(1)->Arg(16)->Arg(64);

}  // namespace
}  // namespace tocsin

BENCHMARK_MAIN();
