#pragma once
// What must be sent so that a hub holds what the files say. No network.

#include <string>
#include <vector>

#include "district_files.hpp"
#include "tocsin/v1/session.pb.h"

namespace tocsin::cli {

struct DistrictPlan {
    // Each stage rests on the ones before: its commands may go in any order, but only after those
    // have their receipts. Without ids.
    std::vector<std::vector<wire::Command>> stages;
    // People of the files who are revoked at the hub. Loading a file lets nobody in again.
    std::vector<std::string> left_revoked;
    std::size_t changes() const;
};

// `present` is the snapshot of the channel `admin`.
DistrictPlan plan_load(const DistrictFiles& files, const std::vector<wire::Event>& present);

}  // namespace tocsin::cli
