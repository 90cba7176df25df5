#pragma once
// The district as seen from a shard: every call is posted to the district's thread, every answer
// back to the shard's, also where both are the same thread: an answer never comes from inside the
// call. Callers hold themselves weakly in their answers: one may come when whoever asked is gone.

#include "hub/net/socket.hpp"
#include "hub/session/district.hpp"

namespace tocsin::net {

class DistrictDoor final : public session::District {
public:
    // All three outlive the door, and the contexts run until nothing is left in them.
    DistrictDoor(asio::io_context& district_context,
                 session::District& district,
                 asio::io_context& shard_context)
        : district_context_(district_context), district_(district), shard_context_(shard_context) {}

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
    template <class T>
    session::Answer<T> back(session::Answer<T> answer);

    asio::io_context& district_context_;
    session::District& district_;
    asio::io_context& shard_context_;
};

}  // namespace tocsin::net
