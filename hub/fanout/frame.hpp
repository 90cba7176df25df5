#pragma once
// What goes out, encoded once and shared by all who get it. Immutable; safe to share between
// threads.

#include <memory>
#include <mutex>
#include <string>

namespace tocsin::fanout {

class Frame {
public:
    // `binary` is one tocsin.v1.ServerMessage with exactly one entry, encoded.
    explicit Frame(std::string binary) : binary_(std::move(binary)) {}

    // Several of these laid end to end are one valid ServerMessage.
    const std::string& binary() const { return binary_; }
    // The same message in proto3 JSON, one line. Made when first asked for.
    const std::string& json() const;

private:
    std::string binary_;
    mutable std::once_flag json_once_;
    mutable std::string json_;
};

using FramePtr = std::shared_ptr<const Frame>;

}  // namespace tocsin::fanout
