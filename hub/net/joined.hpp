#pragma once
// Frames laid end to end as one message. Subscribers of one shard mostly wait for the very same
// frames: they are joined once and shared. Used by the shard's thread only.

#include <memory>
#include <string>
#include <vector>

#include "hub/fanout/frame.hpp"

namespace tocsin::net {

using Bytes = std::shared_ptr<const std::string>;

class Joined {
public:
    // `frames` holds at least one.
    Bytes of(const std::vector<fanout::FramePtr>& frames) {
        if (frames.size() == 1) {
            return {frames.front(), &frames.front()->binary()};
        }
        if (bytes_ == nullptr || frames != frames_) {
            std::size_t size = 0;
            for (const fanout::FramePtr& frame : frames) {
                size += frame->binary().size();
            }
            std::string joined;
            joined.reserve(size);
            for (const fanout::FramePtr& frame : frames) {
                joined += frame->binary();
            }
            bytes_ = std::make_shared<const std::string>(std::move(joined));
            frames_ = frames;
        }
        return bytes_;
    }

    // Keeps nothing alive beyond a round.
    void forget() {
        frames_.clear();
        bytes_.reset();
    }

private:
    std::vector<fanout::FramePtr> frames_;
    Bytes bytes_;
};

}  // namespace tocsin::net
