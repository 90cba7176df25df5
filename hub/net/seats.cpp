#include "hub/net/seats.hpp"

namespace tocsin::net {

namespace {

constexpr int kRefusals = 1'000;

}  // namespace

Seat& Seat::operator=(Seat&& other) noexcept {
    if (this != &other) {
        give_back();
        seats_ = std::move(other.seats_);
        device_id_ = std::move(other.device_id_);
    }
    return *this;
}

Seat::~Seat() {
    give_back();
}

void Seat::give_back() {
    if (const auto seats = std::move(seats_)) {
        seats->give_back(device_id_);
    }
}

Seat Seats::take() {
    taken_.fetch_add(1, std::memory_order_relaxed);
    return {shared_from_this(), {}};
}

bool Seats::is_room_to_refuse() const {
    return taken_.load(std::memory_order_relaxed) < of_hub_ + kRefusals;
}

std::optional<Seat> Seats::take(const std::string& device_id) {
    const std::lock_guard lock(mutex_);
    int& taken = by_device_[device_id];
    if (taken >= of_device_) {
        return std::nullopt;
    }
    ++taken;
    return Seat(shared_from_this(), device_id);
}

void Seats::give_back(const std::string& device_id) {
    if (device_id.empty()) {
        taken_.fetch_sub(1, std::memory_order_relaxed);
        return;
    }
    const std::lock_guard lock(mutex_);
    const auto found = by_device_.find(device_id);
    if (--found->second == 0) {
        by_device_.erase(found);
    }
}

}  // namespace tocsin::net
