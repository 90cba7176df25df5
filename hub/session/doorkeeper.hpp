#pragma once
// What the pages ask of the district beside their connection: in by a link, out again, and the map
// of the ground. The real one is DistrictCore; shards reach it through a door that posts (net/).

#include <memory>
#include <string>

#include "hub/session/district.hpp"

namespace tocsin::session {

// Somebody signed in: the new device's token, which is nowhere else, and who it speaks for.
struct SignedIn {
    std::string token;
    Principal principal;
};

// GET /v1/district, ready to send.
struct DistrictMap {
    std::string json;
    std::string etag;  // strong, with its quotes
    std::string gzip;  // the same, an eighth as long
    std::string gzip_etag;
};

// Every answer comes exactly once, as with District.
class Doorkeeper {
public:
    virtual ~Doorkeeper() = default;

    // `link_sha256`: 32 bytes, of a link's secret. Answered when whoever comes with the token is
    // known here.
    virtual void sign_in(std::string link_sha256, Answer<domain::Result<SignedIn>> answer) = 0;

    // Revokes the device; the receipt of that.
    virtual void sign_out(std::string person_id,
                          std::string device_id,
                          Answer<domain::Result<wire::Receipt>> answer) = 0;

    virtual void map(Answer<std::shared_ptr<const DistrictMap>> answer) = 0;
};

}  // namespace tocsin::session
