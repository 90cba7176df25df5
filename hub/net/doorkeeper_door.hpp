#pragma once
// The doorkeeper as seen from a shard: as DistrictDoor, every call is posted to the district's
// thread, every answer back to the shard's.

#include "hub/net/socket.hpp"
#include "hub/session/doorkeeper.hpp"

namespace tocsin::net {

class DoorkeeperDoor final : public session::Doorkeeper {
public:
    // All three outlive the door, and the contexts run until nothing is left in them.
    DoorkeeperDoor(asio::io_context& district_context,
                   session::Doorkeeper& doorkeeper,
                   asio::io_context& shard_context)
        : district_context_(district_context),
          doorkeeper_(doorkeeper),
          shard_context_(shard_context) {}

    void sign_in(std::string link_sha256,
                 session::Answer<domain::Result<session::SignedIn>> answer) override;
    void sign_out(std::string person_id,
                  std::string device_id,
                  session::Answer<domain::Result<session::wire::Receipt>> answer) override;
    void map(session::Answer<std::shared_ptr<const session::DistrictMap>> answer) override;

private:
    template <class T>
    session::Answer<T> back(session::Answer<T> answer);

    asio::io_context& district_context_;
    session::Doorkeeper& doorkeeper_;
    asio::io_context& shard_context_;
};

}  // namespace tocsin::net
