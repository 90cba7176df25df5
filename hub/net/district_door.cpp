#include "hub/net/district_door.hpp"

#include <boost/asio/post.hpp>

namespace tocsin::net {

template <class T>
session::Answer<T> DistrictDoor::back(session::Answer<T> answer) {
    return [&context = shard_context_, answer = std::move(answer)](T value) mutable {
        asio::post(context, [answer = std::move(answer), value = std::move(value)]() mutable {
            answer(std::move(value));
        });
    };
}

void DistrictDoor::authenticate(std::string token_sha256,
                                session::Answer<std::optional<session::Principal>> answer) {
    asio::post(district_context_,
               [&district = district_,
                token = std::move(token_sha256),
                answer = back(std::move(answer))]() mutable {
                   district.authenticate(std::move(token), std::move(answer));
               });
}

void DistrictDoor::submit(std::string person_id,
                          std::string device_id,
                          session::wire::Command command,
                          std::int64_t read_time_ms,
                          session::Answer<domain::Result<session::wire::Receipt>> answer) {
    asio::post(district_context_,
               [&district = district_,
                person = std::move(person_id),
                device = std::move(device_id),
                command = std::move(command),
                read_time_ms,
                answer = back(std::move(answer))]() mutable {
                   district.submit(std::move(person),
                                   std::move(device),
                                   std::move(command),
                                   read_time_ms,
                                   std::move(answer));
               });
}

void DistrictDoor::snapshot(std::vector<domain::Feed> feeds,
                            session::Answer<std::shared_ptr<const session::SnapshotPages>> answer) {
    asio::post(district_context_,
               [&district = district_,
                feeds = std::move(feeds),
                answer = back(std::move(answer))]() mutable {
                   district.snapshot(std::move(feeds), std::move(answer));
               });
}

void DistrictDoor::history(log::Offset after, session::Answer<fanout::BatchPtr> answer) {
    asio::post(district_context_,
               [&district = district_, after, answer = back(std::move(answer))]() mutable {
                   district.history(after, std::move(answer));
               });
}

void DistrictDoor::incident(
    std::string person_id,
    std::string incident_id,
    session::Answer<domain::Result<std::vector<session::wire::IncidentDetail>>> answer) {
    asio::post(district_context_,
               [&district = district_,
                person = std::move(person_id),
                incident = std::move(incident_id),
                answer = back(std::move(answer))]() mutable {
                   district.incident(std::move(person), std::move(incident), std::move(answer));
               });
}

void DistrictDoor::notice(
    std::string person_id,
    std::string notice_id,
    session::Answer<domain::Result<std::vector<session::wire::NoticeDetail>>> answer) {
    asio::post(district_context_,
               [&district = district_,
                person = std::move(person_id),
                notice = std::move(notice_id),
                answer = back(std::move(answer))]() mutable {
                   district.notice(std::move(person), std::move(notice), std::move(answer));
               });
}

void DistrictDoor::mark(std::string person_id, session::wire::Mark mark) {
    asio::post(
        district_context_,
        [&district = district_, person = std::move(person_id), mark = std::move(mark)]() mutable {
            district.mark(std::move(person), std::move(mark));
        });
}

void DistrictDoor::console_connected(std::string person_id, std::uint64_t connection) {
    asio::post(district_context_,
               [&district = district_, person = std::move(person_id), connection]() mutable {
                   district.console_connected(std::move(person), connection);
               });
}

void DistrictDoor::console_attended(std::uint64_t connection, std::int64_t ago_ms) {
    asio::post(district_context_, [&district = district_, connection, ago_ms] {
        district.console_attended(connection, ago_ms);
    });
}

void DistrictDoor::console_gone(std::uint64_t connection) {
    asio::post(district_context_,
               [&district = district_, connection] { district.console_gone(connection); });
}

void DistrictDoor::times(std::string person_id,
                         session::wire::GetStats request,
                         session::Answer<domain::Result<session::wire::Stats>> answer) {
    asio::post(district_context_,
               [&district = district_,
                person = std::move(person_id),
                request = std::move(request),
                answer = back(std::move(answer))]() mutable {
                   district.times(std::move(person), std::move(request), std::move(answer));
               });
}

}  // namespace tocsin::net
