#pragma once
// The proof chain of an incident: what happened to it, step by step.

#include <string>

#include "tocsin/v1/incident.pb.h"

namespace tocsin::cli {

// A JSON list of steps in order of time, each with `time_ms` (a number) and `step`: stored, joined,
// delivered, shown, acknowledged, responding, escalated, handed_over, reopened, resolved; where it
// is known with `desk`, `person`, `name`, and what else belongs to the step.
std::string chain_json(const tocsin::v1::Incident& incident);

}  // namespace tocsin::cli
