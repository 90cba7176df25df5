#include "hub/fanout/bundle.hpp"

#include <numeric>

namespace tocsin::fanout {

namespace {

constexpr unsigned char kFinal = 0x80;
constexpr std::size_t kLongest7 = 125;
constexpr std::size_t kLongest16 = 0xffff;
constexpr unsigned char kHas16 = 126;
constexpr unsigned char kHas64 = 127;

std::size_t bytes_of(const std::vector<FramePtr>& frames) {
    return std::accumulate(
        frames.begin(), frames.end(), std::size_t{0}, [](std::size_t sum, const FramePtr& frame) {
            return sum + frame->binary().size();
        });
}

}  // namespace

MessageHead::MessageHead(MessageType type, std::size_t payload_bytes) {
    const auto put = [this](std::size_t byte) {
        bytes_[size_++] = static_cast<char>(static_cast<unsigned char>(byte & 0xff));
    };
    put(kFinal | static_cast<unsigned char>(type));
    int more = 0;
    if (payload_bytes <= kLongest7) {
        put(payload_bytes);
    } else if (payload_bytes <= kLongest16) {
        put(kHas16);
        more = 2;
    } else {
        put(kHas64);
        more = 8;
    }
    while (more-- > 0) {
        put(payload_bytes >> (8 * more));
    }
}

Bundle::Bundle(std::vector<FramePtr> frames)
    : frames_(std::move(frames)), bytes_(bytes_of(frames_)), head_(MessageType::binary, bytes_) {}

void Bundle::add_binary(std::vector<std::string_view>& out) {
    if (!asked_) {
        asked_ = true;
        out.push_back(head_.bytes());
        for (const FramePtr& frame : frames_) {
            out.push_back(frame->binary());
        }
        return;
    }
    if (binary_.empty()) {
        binary_.reserve(head_.bytes().size() + bytes_);
        binary_ += head_.bytes();
        for (const FramePtr& frame : frames_) {
            binary_ += frame->binary();
        }
    }
    out.push_back(binary_);
}

void Bundle::add_text(std::vector<std::string_view>& out) {
    if (text_.empty()) {
        for (const FramePtr& frame : frames_) {
            text_ += MessageHead(MessageType::text, frame->json().size()).bytes();
            text_ += frame->json();
        }
    }
    out.push_back(text_);
}

}  // namespace tocsin::fanout
