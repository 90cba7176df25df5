#pragma once
// How many connections the hub and each device have, over all shards. Any thread.

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace tocsin::net {

class Seats;

// One connection's place in a count; given back when this ends.
class Seat {
public:
    Seat() = default;
    Seat(std::shared_ptr<Seats> seats, std::string device_id)
        : seats_(std::move(seats)), device_id_(std::move(device_id)) {}
    Seat(Seat&&) noexcept = default;
    Seat& operator=(Seat&& other) noexcept;
    ~Seat();

private:
    void give_back();

    std::shared_ptr<Seats> seats_;
    std::string device_id_;  // empty: a seat in the hub's count
};

class Seats : public std::enable_shared_from_this<Seats> {
public:
    Seats(int of_hub, int of_device) : of_hub_(of_hub), of_device_(of_device) {}

    // A socket was accepted. Always given: whoever is over the bound is told so, as long as there
    // is_room_to_refuse().
    Seat take();
    // Over the bound, counting those that are not upgraded yet.
    bool is_over() const { return taken_.load(std::memory_order_relaxed) > of_hub_; }
    // False when there are so many that not even a refusal can be afforded.
    bool is_room_to_refuse() const;
    // Null: the device has as many as it may.
    std::optional<Seat> take(const std::string& device_id);

private:
    friend class Seat;
    void give_back(const std::string& device_id);

    const int of_hub_;
    const int of_device_;
    std::atomic<int> taken_ = 0;
    std::mutex mutex_;
    std::unordered_map<std::string, int> by_device_;  // under mutex_
};

}  // namespace tocsin::net
