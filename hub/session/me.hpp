#pragma once
// What the pages are told of who they speak for. Pure.

#include "hub/session/connection.hpp"
#include "tocsin/v1/page.pb.h"

namespace tocsin::session {

wire::SignedIn signed_in(const Principal& principal);
wire::Me me(const Principal& principal);

}  // namespace tocsin::session
