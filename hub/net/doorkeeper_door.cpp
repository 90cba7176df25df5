#include "hub/net/doorkeeper_door.hpp"

#include <boost/asio/post.hpp>

namespace tocsin::net {

template <class T>
session::Answer<T> DoorkeeperDoor::back(session::Answer<T> answer) {
    return [&context = shard_context_, answer = std::move(answer)](T value) mutable {
        asio::post(context, [answer = std::move(answer), value = std::move(value)]() mutable {
            answer(std::move(value));
        });
    };
}

void DoorkeeperDoor::sign_in(std::string link_sha256,
                             session::Answer<domain::Result<session::SignedIn>> answer) {
    asio::post(district_context_,
               [&doorkeeper = doorkeeper_,
                link = std::move(link_sha256),
                answer = back(std::move(answer))]() mutable {
                   doorkeeper.sign_in(std::move(link), std::move(answer));
               });
}

void DoorkeeperDoor::sign_out(std::string person_id,
                              std::string device_id,
                              session::Answer<domain::Result<session::wire::Receipt>> answer) {
    asio::post(district_context_,
               [&doorkeeper = doorkeeper_,
                person = std::move(person_id),
                device = std::move(device_id),
                answer = back(std::move(answer))]() mutable {
                   doorkeeper.sign_out(std::move(person), std::move(device), std::move(answer));
               });
}

void DoorkeeperDoor::map(session::Answer<std::shared_ptr<const session::DistrictMap>> answer) {
    asio::post(district_context_,
               [&doorkeeper = doorkeeper_, answer = back(std::move(answer))]() mutable {
                   doorkeeper.map(std::move(answer));
               });
}

}  // namespace tocsin::net
