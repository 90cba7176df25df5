#pragma once
// Photos and voice: one HTTP exchange each, beside the connection. Blocks until it is over.

#include <string>

#include "tocsin/client.hpp"

namespace tocsin::client {

struct MediaAnswer {
    int status = 0;         // HTTP's; 0: the hub was not reached, or did not answer
    std::string body = {};  // 200: the file; 201: a wire::Media; else a wire::Refusal, both in JSON
    std::string why = {};   // for people, where the status is 0
};

// From the name's look-up to the answer's end within `within`. Throw BadOptions.
MediaAnswer upload_media(const ClientOptions& options, std::string file, Millis within);
MediaAnswer fetch_media(const ClientOptions& options,
                        const std::string& media_id,
                        bool thumbnail,
                        Millis within);

}  // namespace tocsin::client
