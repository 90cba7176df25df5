#include "hub/ops/measured_district.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "hub/net/clock.hpp"

namespace tocsin::ops {

void CommandTimes::add(double seconds) {
    const auto bound = std::ranges::lower_bound(kBounds, seconds);
    ++counts[static_cast<std::size_t>(bound - kBounds.begin())];
    sum_seconds += seconds;
}

void MeasuredDistrict::authenticate(std::string token_sha256,
                                    session::Answer<std::optional<session::Principal>> answer) {
    district_.authenticate(std::move(token_sha256), std::move(answer));
}

void MeasuredDistrict::submit(std::string person_id,
                              std::string device_id,
                              session::wire::Command command,
                              std::int64_t read_time_ms,
                              session::Answer<domain::Result<session::wire::Receipt>> answer) {
    // read_time_ms is of the clock that nobody sets, the district's clock is the wall's: the time
    // taken is measured here.
    const auto since = std::chrono::steady_clock::now();
    district_.submit(
        std::move(person_id),
        std::move(device_id),
        std::move(command),
        net::wall_ms(),
        [times = times_, since, read_time_ms, answer = std::move(answer)](
            domain::Result<session::wire::Receipt> receipt) mutable {
            if (receipt) {
                const std::chrono::duration<double> took = std::chrono::steady_clock::now() - since;
                times->add(took.count());
                receipt->set_took_ms(static_cast<std::int32_t>(net::now_ms() - read_time_ms));
            }
            answer(std::move(receipt));
        });
}

void MeasuredDistrict::snapshot(
    std::vector<domain::Feed> feeds,
    session::Answer<std::shared_ptr<const session::SnapshotPages>> answer) {
    district_.snapshot(std::move(feeds), std::move(answer));
}

void MeasuredDistrict::history(log::Offset after, session::Answer<fanout::BatchPtr> answer) {
    district_.history(after, std::move(answer));
}

void MeasuredDistrict::incident(
    std::string person_id,
    std::string incident_id,
    session::Answer<domain::Result<std::vector<session::wire::IncidentDetail>>> answer) {
    district_.incident(std::move(person_id), std::move(incident_id), std::move(answer));
}

void MeasuredDistrict::notice(
    std::string person_id,
    std::string notice_id,
    session::Answer<domain::Result<std::vector<session::wire::NoticeDetail>>> answer) {
    district_.notice(std::move(person_id), std::move(notice_id), std::move(answer));
}

void MeasuredDistrict::mark(std::string person_id, session::wire::Mark mark) {
    district_.mark(std::move(person_id), std::move(mark));
}

void MeasuredDistrict::console_connected(std::string person_id, std::uint64_t connection) {
    district_.console_connected(std::move(person_id), connection);
}

void MeasuredDistrict::console_attended(std::uint64_t connection, std::int64_t ago_ms) {
    district_.console_attended(connection, ago_ms);
}

void MeasuredDistrict::console_gone(std::uint64_t connection) {
    district_.console_gone(connection);
}

void MeasuredDistrict::times(std::string person_id,
                             session::wire::GetStats request,
                             session::Answer<domain::Result<session::wire::Stats>> answer) {
    district_.times(std::move(person_id), std::move(request), std::move(answer));
}

}  // namespace tocsin::ops
