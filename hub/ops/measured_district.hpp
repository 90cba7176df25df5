#pragma once
// The district with a stop-watch: hands everything on and counts how long commands take. Lives and
// is called on the district's thread.

#include <array>
#include <cstdint>
#include <memory>

#include "hub/session/district.hpp"

namespace tocsin::ops {

// How long commands took from the district's taking them to their receipt.
struct CommandTimes {
    // Seconds; one fsync is a millisecond or so, a conflict some of them.
    static constexpr std::array<double, 12> kBounds = {
        0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5};

    std::array<std::uint64_t, kBounds.size() + 1> counts{};  // the last one: longer than all bounds
    double sum_seconds = 0;

    void add(double seconds);
};

class MeasuredDistrict final : public session::District {
public:
    // Outlives this.
    explicit MeasuredDistrict(session::District& district) : district_(district) {}

    const CommandTimes& times() const { return *times_; }

    void authenticate(std::string token_sha256,
                      session::Answer<std::optional<session::Principal>> answer) override;
    void submit(std::string person_id,
                std::string device_id,
                session::wire::Command command,
                std::int64_t read_time_ms,
                session::Answer<domain::Result<session::wire::Receipt>> answer) override;
    void snapshot(std::vector<domain::Feed> feeds,
                  session::Answer<std::shared_ptr<const session::SnapshotPages>> answer) override;
    void history(log::Offset after, session::Answer<fanout::BatchPtr> answer) override;
    void incident(std::string person_id,
                  std::string incident_id,
                  session::Answer<domain::Result<std::vector<session::wire::IncidentDetail>>>
                      answer) override;
    void notice(
        std::string person_id,
        std::string notice_id,
        session::Answer<domain::Result<std::vector<session::wire::NoticeDetail>>> answer) override;
    void mark(std::string person_id, session::wire::Mark mark) override;
    void console_connected(std::string person_id, std::uint64_t connection) override;
    void console_attended(std::uint64_t connection, std::int64_t ago_ms) override;
    void console_gone(std::uint64_t connection) override;
    void times(std::string person_id,
               session::wire::GetStats request,
               session::Answer<domain::Result<session::wire::Stats>> answer) override;

private:
    session::District& district_;
    // Shared with the answers under way, which may come when this is gone.
    std::shared_ptr<CommandTimes> times_ = std::make_shared<CommandTimes>();
};

}  // namespace tocsin::ops
