#pragma once
// What is shown of a drill says that it is one, in every text: a client that ignores the field
// cannot show it as real.

#include "tocsin/v1/event.pb.h"

namespace tocsin::log {

// Puts the mark before every text and note of the message and of what is in it. Twice is once.
void mark_as_drill(google::protobuf::Message& message);

// The same; incidents and reports bear the mark also where their view shows no text.
void mark_as_drill(tocsin::v1::Incident& incident);
void mark_as_drill(tocsin::v1::Event& event);

}  // namespace tocsin::log
