#include "hub/fanout/frame.hpp"

#include <google/protobuf/util/json_util.h>

#include "tocsin/v1/session.pb.h"

namespace tocsin::fanout {

const std::string& Frame::json() const {
    std::call_once(json_once_, [this] {
        tocsin::v1::ServerMessage message;
        if (!message.ParseFromString(binary_) ||
            !google::protobuf::util::MessageToJsonString(message, &json_).ok()) {
            json_ = "{}";  // only a frame that the hub itself made wrong; an empty message is valid
                           // and says nothing
        }
    });
    return json_;
}

}  // namespace tocsin::fanout
