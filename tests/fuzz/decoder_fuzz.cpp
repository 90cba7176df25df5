// The way of a message's bytes into the hub: decode, then the bounds of a command. First byte:
// which subprotocol.
//
// Must hold for any bytes: no crash; what is refused says why in a known way; what is taken has an
// id and a request, holds nothing that the hub did not understand, and means the same when it is
// encoded and decoded again.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "hub/domain/decide.hpp"
#include "hub/session/decode.hpp"
#include "tests/fuzz/check.hpp"

using tocsin::session::Encoding;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const bool prepared = (tocsin::session::take_over_protobuf_log(), true);
    TOCSIN_MUST(prepared);
    if (size == 0 || size > 65'537) {
        return 0;
    }
    const Encoding encoding = (data[0] & 1) != 0 ? Encoding::json : Encoding::binary;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);

    const auto message = tocsin::session::decode(bytes, encoding);
    if (!message) {
        TOCSIN_MUST(!message.error().refusal.code.empty());
        TOCSIN_MUST(!message.error().refusal.message.empty());
        TOCSIN_MUST((message.error().refusal.code == tocsin::domain::code::malformed) ==
                    !message.error().protocol_kept);
        return 0;
    }
    TOCSIN_MUST(message->request_id() > 0);
    TOCSIN_MUST(message->request_case() != tocsin::v1::ClientMessage::REQUEST_NOT_SET);
    TOCSIN_MUST(message->GetReflection()->GetUnknownFields(*message).empty());

    const std::string encoded = message->SerializeAsString();
    const auto again = tocsin::session::decode(encoded, Encoding::binary);
    TOCSIN_MUST(again.has_value());
    TOCSIN_MUST(again->SerializeAsString() == encoded);

    if (message->has_command()) {
        constexpr std::int64_t kNowMs = 1'750'000'000'000;
        const auto refusal = tocsin::domain::out_of_bounds(message->command(), kNowMs);
        if (refusal) {
            TOCSIN_MUST(!refusal->code.empty());
            TOCSIN_MUST(refusal->field.empty() || refusal->field.starts_with("command"));
            TOCSIN_MUST(!refusal->message.empty());
        }
    }
    return 0;
}
