#include "hub/ops/metrics.hpp"

#include <array>

#include "hub/ops/exposition.hpp"
#include "hub/ops/version.hpp"

namespace tocsin::ops {

namespace {

double real(auto number) {
    return static_cast<double>(number);
}

void put_hub(Exposition& out, const HubReport& report) {
    out.gauge(
        "tocsin_build_info", "Always 1; the version is the label.", 1, {{"version", kVersion}});
    out.gauge("tocsin_ready", "1 while /readyz says so.", report.ready ? 1 : 0);
    for (std::size_t i = 0; i < report.shards.size(); ++i) {
        const Labels shard = {{"shard", std::to_string(i)}};
        out.gauge("tocsin_loop_delay_seconds",
                  "How long this scrape's question waited for the shard's thread.",
                  report.shards[i].loop_delay_seconds,
                  shard);
        out.gauge("tocsin_shard_answered",
                  "0 where the shard did not answer this scrape: its figures are older.",
                  report.shards[i].answered ? 1 : 0,
                  shard);
    }
}

void put_connections(Exposition& out, const net::ShardStats& all) {
    out.gauge("tocsin_connections", "Upgraded connections open now.", real(all.connections_open));
    out.gauge("tocsin_arrivals", "Sockets that are not upgraded yet.", real(all.arrivals_open));
    out.counter("tocsin_accepted_total", "Sockets accepted.", real(all.accepted));
    out.counter("tocsin_accept_errors_total",
                "Failures to accept: out of file descriptors and the like.",
                real(all.accept_errors));
    out.counter("tocsin_upgraded_total", "Connections upgraded to WebSocket.", real(all.upgraded));
    out.counter("tocsin_upgrade_timeouts_total",
                "Sockets closed because their upgrade took too long.",
                real(all.upgrade_timeouts));
    out.counter("tocsin_turned_away_total",
                "Sockets closed at once because there were far too many.",
                real(all.turned_away));
    for (const auto& [status, count] : all.refused_by_status) {
        out.counter("tocsin_upgrade_refusals_total",
                    "Requests refused before the upgrade, by HTTP status.",
                    real(count),
                    {{"status", std::to_string(status)}});
    }
    out.counter("tocsin_pages_served_total", "Files of the pages sent.", real(all.pages_served));
    for (const auto& [outcome, count] : all.sign_ins) {
        out.counter("tocsin_sign_ins_total",
                    "Tries to sign in by a link: signed_in, or the refusal's code.",
                    real(count),
                    {{"outcome", outcome}});
    }
    out.counter("tocsin_sign_outs_total", "Devices that took their leave.", real(all.sign_outs));
    out.counter("tocsin_csp_reports_total",
                "Browsers saying that a page did what it may not.",
                real(all.csp_reports));
    for (const std::uint16_t code : net::kCountedCloseCodes) {
        const auto found = all.closes_by_code.find(code);
        out.counter("tocsin_closes_total",
                    "Connections ended, by WebSocket close code; 0 is any other.",
                    found == all.closes_by_code.end() ? 0 : real(found->second),
                    {{"code", std::to_string(code)}});
    }
}

void put_traffic(Exposition& out, const net::ShardStats& all) {
    out.counter("tocsin_messages_received_total", "Messages of clients.", real(all.messages_in));
    out.counter("tocsin_entries_sent_total",
                "Entries sent: events, receipts and the rest.",
                real(all.frames_out));
    out.counter("tocsin_received_bytes_total", "Bytes read from sockets.", real(all.bytes_in));
    out.counter("tocsin_sent_bytes_total", "Bytes written to sockets.", real(all.bytes_out));
    out.counter(
        "tocsin_batches_total", "Batches of the log, one for each shard.", real(all.batches));
    out.counter("tocsin_flush_rounds_total", "Rounds that sent something.", real(all.flush_rounds));
    out.gauge(
        "tocsin_window_bytes", "Memory of the windows of all shards.", real(all.window_bytes));
    out.gauge(
        "tocsin_window_entries", "Entries in the windows of all shards.", real(all.window_entries));
}

void put_commands(Exposition& out, const DistrictReport& district) {
    const auto& decider = district.core.decider;
    constexpr char kName[] = "tocsin_commits_total";
    constexpr char kHelp[] = "Commands by what the store said; a conflict is decided again.";
    out.counter(kName, kHelp, real(decider.stored), {{"outcome", "stored"}});
    out.counter(kName, kHelp, real(decider.repeated), {{"outcome", "repeated"}});
    out.counter(kName, kHelp, real(decider.conflicts), {{"outcome", "conflict"}});
    out.counter(kName, kHelp, real(decider.unavailable), {{"outcome", "unavailable"}});
    constexpr std::array<const char*, 4> kTries = {"1", "2", "3", "more"};
    for (std::size_t i = 0; i < kTries.size(); ++i) {
        out.counter("tocsin_commands_stored_total",
                    "Stored, by how often they were decided: again after each conflict.",
                    real(decider.stored_after_tries[i]),
                    {{"tries", kTries[i]}});
    }
    for (const auto& [code, count] : decider.refused) {
        out.counter(
            "tocsin_refusals_total", "Commands refused, by code.", real(count), {{"code", code}});
    }
    out.gauge("tocsin_commands_waiting",
              "Commands taken and not answered yet.",
              real(district.core.waiting));
    out.histogram("tocsin_command_seconds",
                  "From the district's taking a command to its receipt.",
                  CommandTimes::kBounds,
                  district.times.counts,
                  district.times.sum_seconds);
}

void put_proofs(Exposition& out, const DistrictReport& district) {
    const auto& proofs = district.core.proofs;
    constexpr char kName[] = "tocsin_marks_total";
    constexpr char kHelp[] =
        "What consoles said was delivered or shown: events written, and marks not taken.";
    out.counter(kName, kHelp, real(proofs.written), {{"what", "written"}});
    out.counter(kName, kHelp, real(proofs.denied), {{"what", "denied"}});
    out.counter(kName, kHelp, real(proofs.dropped), {{"what", "dropped"}});
}

void put_escalations(Exposition& out, const DistrictReport& district) {
    const auto& watchman = district.core.watchman;
    out.counter("tocsin_escalations_total",
                "Incidents that this hub escalated, by why.",
                real(watchman.by_deadline),
                {{"why", "deadline"}});
    out.counter("tocsin_escalations_total",
                "Incidents that this hub escalated, by why.",
                real(watchman.unattended),
                {{"why", "unattended"}});
    out.counter("tocsin_timers_dropped_total",
                "Timers that nothing rested on any more.",
                real(watchman.dropped));
}

void put_log(Exposition& out, const DistrictReport& district) {
    const auto& fold = district.core.fold;
    out.gauge("tocsin_store_well", "1 while the log is followed.", district.store_well ? 1 : 0);
    out.gauge(
        "tocsin_redis_up", "1 while all connections to Redis stand.", district.redis_up ? 1 : 0);
    out.counter("tocsin_redis_connects_total",
                "How often all connections to Redis came to stand.",
                real(district.redis_connects));
    out.counter("tocsin_redis_losses_total",
                "How often they were lost, or could not be made.",
                real(district.redis_losses));
    out.counter("tocsin_log_folded_total", "Entries of the log folded in.", real(fold.folded));
    constexpr char kName[] = "tocsin_log_set_aside_total";
    constexpr char kHelp[] =
        "Entries not shown to anybody: damaged, of a newer hub, or erased on purpose.";
    out.counter(kName, kHelp, real(fold.damaged), {{"why", "damaged"}});
    out.counter(kName, kHelp, real(fold.newer), {{"why", "newer"}});
    out.counter(kName, kHelp, real(fold.erased), {{"why", "erased"}});
    out.counter("tocsin_log_restarts_total",
                "How often everything was loaded anew because the log was another one.",
                real(fold.restarts));
    out.counter("tocsin_log_trimmed_total",
                "Entries this hub cut from the log.",
                real(district.core.trimmed));
    out.gauge("tocsin_tail_lag_seconds",
              "Age of the latest entry when it was folded in, by the hub's clock.",
              real(district.core.behind_ms) / 1'000);
    out.gauge("tocsin_incidents", "Incidents in memory.", real(district.core.incidents));
}

void put_media(Exposition& out, const media::ConverterStats& media) {
    constexpr char kName[] = "tocsin_uploads_total";
    constexpr char kHelp[] =
        "Photos and voice by what became of them; killed: by the sandbox, a limit or the deadline.";
    out.counter(kName, kHelp, real(media.converted), {{"outcome", "converted"}});
    out.counter(kName, kHelp, real(media.refused), {{"outcome", "refused"}});
    out.counter(kName, kHelp, real(media.died), {{"outcome", "killed"}});
    out.counter(kName, kHelp, real(media.turned_away), {{"outcome", "no_room"}});
    out.counter(kName, kHelp, real(media.not_started), {{"outcome", "not_started"}});
    out.gauge("tocsin_upload_signal",
              "The signal that the latest killed conversion ended with; 31 is the sandbox's.",
              real(media.latest_signal));
}

void put_process(Exposition& out, const HubReport& report) {
    const ProcessStats& process = report.process;
    out.gauge("process_resident_memory_bytes", "Resident memory.", real(process.resident_bytes));
    out.gauge("process_virtual_memory_bytes", "Virtual memory.", real(process.virtual_bytes));
    out.counter("process_cpu_seconds_total", "User and system time.", process.cpu_seconds);
    out.gauge("process_open_fds", "Open file descriptors.", real(process.open_descriptors));
    out.gauge("process_max_fds",
              "Most file descriptors that may be open.",
              real(process.most_descriptors));
    out.gauge("process_start_time_seconds",
              "When it started, seconds since 1970 UTC.",
              real(report.start_time_ms) / 1'000);
}

}  // namespace

net::ShardStats sum_of(const std::vector<ShardReport>& shards) {
    net::ShardStats all;
    for (const auto& [one, delay, answered] : shards) {
        all.connections_open += one.connections_open;
        all.arrivals_open += one.arrivals_open;
        all.accepted += one.accepted;
        all.accept_errors += one.accept_errors;
        all.upgraded += one.upgraded;
        all.upgrade_timeouts += one.upgrade_timeouts;
        all.turned_away += one.turned_away;
        for (const auto& [status, count] : one.refused_by_status) {
            all.refused_by_status[status] += count;
        }
        all.pages_served += one.pages_served;
        all.csp_reports += one.csp_reports;
        all.sign_outs += one.sign_outs;
        for (const auto& [outcome, count] : one.sign_ins) {
            all.sign_ins[outcome] += count;
        }
        for (const auto& [code, count] : one.closes_by_code) {
            all.closes_by_code[code] += count;
        }
        all.messages_in += one.messages_in;
        all.frames_out += one.frames_out;
        all.bytes_in += one.bytes_in;
        all.bytes_out += one.bytes_out;
        all.batches += one.batches;
        all.flush_rounds += one.flush_rounds;
        all.window_bytes += one.window_bytes;
        all.window_entries += one.window_entries;
    }
    return all;
}

std::string metrics_text(const HubReport& report) {
    const net::ShardStats all = sum_of(report.shards);
    Exposition out;
    put_hub(out, report);
    put_connections(out, all);
    put_traffic(out, all);
    put_commands(out, report.district);
    put_proofs(out, report.district);
    put_escalations(out, report.district);
    put_log(out, report.district);
    put_media(out, report.media);
    put_process(out, report);
    return out.text();
}

}  // namespace tocsin::ops
