#include "hub/log/command_identity.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

namespace tocsin::log {

std::string binary_uuid(std::string_view text) {
    std::string bytes;
    int high = -1;
    for (const char c : text) {
        if (c == '-') {
            continue;
        }
        const int digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
        if (high < 0) {
            high = digit;
        } else {
            bytes.push_back(static_cast<char>(high * 16 + digit));
            high = -1;
        }
    }
    return bytes;
}

std::string canonical(tocsin::v1::Command& command) {
    std::string id;
    command.mutable_id()->swap(id);
    std::string bytes;
    {
        google::protobuf::io::StringOutputStream stream(&bytes);
        google::protobuf::io::CodedOutputStream coded(&stream);
        coded.SetSerializationDeterministic(true);
        command.SerializeToCodedStream(&coded);
    }
    command.mutable_id()->swap(id);
    return bytes;
}

}  // namespace tocsin::log
