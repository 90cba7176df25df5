#pragma once
// What stands on an area's ground: compounds with their buildings, and streets. People name a place
// by them where there is no fix; they route nothing.

#include <optional>
#include <string>

#include "hub/domain/refusal.hpp"
#include "tocsin/v1/district.pb.h"

namespace tocsin::domain {

namespace wire = tocsin::v1;

// Bounds of an area's compounds and streets; `in` is the path of the area, with its dot. Null where
// all is well.
std::optional<Refusal> places_out_of_bounds(const wire::Area& area, const std::string& in);

}  // namespace tocsin::domain
