#pragma once
// What the view of an incident and that of an event share. For this room only.

#include "hub/log/view.hpp"

namespace tocsin::log {

// Whether the view shows reports and the incident's words at all.
bool shows_reports(tocsin::store::v1::View view);

tocsin::v1::Report report_in(const tocsin::store::v1::Report& report, tocsin::store::v1::View view);

// The incident as the reporter of this report sees it.
tocsin::v1::Incident view_of_own(const tocsin::store::v1::Incident& incident,
                                 const tocsin::store::v1::Report& own);

}  // namespace tocsin::log
