#pragma once
// Frames that go out together, in order, ready for the socket: with WebSocket heads in front, which
// a server sends without a mask. Whoever stands at the same place of the log shares one. Used by
// the shard's thread only.

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hub/fanout/frame.hpp"

namespace tocsin::fanout {

enum class MessageType : unsigned char { text = 1, binary = 2 };

// The head of an unmasked, unfragmented WebSocket message.
class MessageHead {
public:
    MessageHead(MessageType type, std::size_t payload_bytes);
    std::string_view bytes() const { return {bytes_.data(), size_}; }

private:
    std::array<char, 10> bytes_{};
    unsigned char size_ = 0;
};

class Bundle {
public:
    // `frames` holds at least one.
    explicit Bundle(std::vector<FramePtr> frames);

    const std::vector<FramePtr>& frames() const { return frames_; }
    // Of the frames as they are, without heads.
    std::size_t bytes() const { return bytes_; }

    // Adds the bytes to send, which live as long as this does. As binary all frames are one
    // message; for the first to ask it is gathered from the frames where they lie, whoever comes
    // after that gets it joined. As text (JSON) each frame is a message, joined from the first.
    void add_binary(std::vector<std::string_view>& out);
    void add_text(std::vector<std::string_view>& out);

private:
    std::vector<FramePtr> frames_;
    std::size_t bytes_ = 0;
    MessageHead head_;
    bool asked_ = false;
    std::string binary_;
    std::string text_;
};
using BundlePtr = std::shared_ptr<Bundle>;

}  // namespace tocsin::fanout
