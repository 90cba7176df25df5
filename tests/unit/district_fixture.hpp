#pragma once
// A small district in memory, and hubs on it: for the tests of the rooms above the log. Everything
// is deterministic: one clock, one seeded randomness, and run() decides when anything happens.

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "hub/fanout/window.hpp"
#include "hub/log/memory_store.hpp"
#include "hub/session/district_core.hpp"

namespace tocsin::test {

namespace wire = tocsin::v1;

inline constexpr std::int64_t kNoon = 1'790'000'000'000;

// What a shard would do with what the district says: keeps a window, and remembers all of it.
class RecordingShard final : public session::DistrictListener {
public:
    RecordingShard() : window_(fanout::WindowBounds{}) {}
    void on_batch(fanout::BatchPtr batch) override {
        window_.append(*batch, 0);
        batches.push_back(batch);
    }
    void on_epoch(std::string epoch, log::Offset window_after) override {
        window_.restart(window_after);
        epochs.push_back(std::move(epoch));
    }
    void on_store(bool well) override { store_well = well; }

    // The events that the feeds hold, in order, lane by lane merged by offset.
    std::vector<wire::Event> seen_by(const std::vector<domain::Feed>& feeds) const {
        std::vector<fanout::FeedKey> keys;
        for (const auto& feed : feeds) {
            keys.push_back(fanout::key_of(feed));
        }
        std::vector<wire::Event> events;
        for (const auto& batch : batches) {
            for (const auto& entry : batch->entries) {
                const fanout::Delivery* best = nullptr;
                for (const auto& delivery : entry->deliveries) {
                    if (std::ranges::find(keys, delivery.feed) != keys.end() &&
                        (best == nullptr || delivery.richness > best->richness)) {
                        best = &delivery;
                    }
                }
                if (best != nullptr) {
                    wire::ServerMessage message;
                    EXPECT_TRUE(message.ParseFromString(best->frame->binary()));
                    events.push_back(message.entries(0).event());
                }
            }
        }
        return events;
    }

    const fanout::Window& window() const { return window_; }
    std::vector<fanout::BatchPtr> batches;
    std::vector<std::string> epochs;
    bool store_well = false;

private:
    fanout::Window window_;
};

class World {
public:
    explicit World(unsigned seed = 1)
        : engine_(seed), log(std::make_shared<log::MemoryLog>([this] { return now_ms; })) {}

    struct Hub {
        log::MemoryStore store;
        RecordingShard shard;
        session::DistrictCore core;
        bool ready = false;
        Hub(World& world)
            : store(world.log),
              core(store, world.clock, world.random, session::DistrictSettings{}, {&shard}) {}
    };

    Hub& add_hub() {
        hubs.push_back(std::make_unique<Hub>(*this));
        Hub& hub = *hubs.back();
        hub.core.start([&hub] { hub.ready = true; });
        run();
        return hub;
    }

    // Until nothing more happens now.
    void run() {
        for (bool busy = true; busy;) {
            busy = false;
            for (auto& hub : hubs) {
                busy = (hub->store.run() > 0) || busy;
            }
        }
    }
    // Time passes, in ticks of 100 ms.
    void pass(std::int64_t ms) {
        for (std::int64_t gone = 0; gone < ms; gone += 100) {
            now_ms += 100;
            for (auto& hub : hubs) {
                hub->core.tick();
            }
            run();
        }
    }

    std::string uuid() { return domain::make_uuid(random); }

    using Answer = std::optional<domain::Result<wire::Receipt>>;
    // Asks, but lets nothing happen yet.
    std::shared_ptr<Answer> ask(Hub& hub, const std::string& person, wire::Command command) {
        auto answer = std::make_shared<Answer>();
        hub.core.submit(person,
                        devices[person],
                        std::move(command),
                        now_ms,
                        [answer](domain::Result<wire::Receipt> given) {
                            EXPECT_FALSE(answer->has_value()) << "answered twice";
                            *answer = std::move(given);
                        });
        return answer;
    }
    domain::Result<wire::Receipt> tell(Hub& hub, const std::string& person, wire::Command command) {
        const auto answer = ask(hub, person, std::move(command));
        run();
        if (!answer->has_value()) {
            pass(3'000);
        }
        EXPECT_TRUE(answer->has_value()) << "never answered";
        return answer->has_value() ? **answer
                                   : std::unexpected(domain::Refusal{"never_answered", "", "", 0});
    }

    wire::Command command() {
        wire::Command made;
        made.set_id(uuid());
        return made;
    }
    wire::Command report(wire::ReportKind kind,
                         double lat,
                         double lon,
                         const std::string& text = "something") {
        wire::Command made = command();
        made.mutable_submit_report()->set_kind(kind);
        made.mutable_submit_report()->set_text(text);
        made.mutable_submit_report()->mutable_place()->set_latitude(lat);
        made.mutable_submit_report()->mutable_place()->set_longitude(lon);
        return made;
    }
    wire::Command acknowledge(const std::string& incident) {
        wire::Command made = command();
        made.mutable_acknowledge_incident()->set_incident_id(incident);
        return made;
    }
    wire::Command resolve(const std::string& incident,
                          wire::Outcome outcome = wire::OUTCOME_HANDLED) {
        wire::Command made = command();
        made.mutable_resolve_incident()->set_incident_id(incident);
        made.mutable_resolve_incident()->set_outcome(outcome);
        return made;
    }

    // Two stations side by side, west (lon 126.60 to 126.70) and east (126.70 to 126.80), lat 45.50
    // to 45.60, one community and one grid in each, filling it; a team; one person of each role
    // with a device whose token's digest is 32 times the last letter of its id.
    void furnish(Hub& hub) {
        std::optional<domain::Result<wire::Receipt>> enrolled;
        hub.core.enrol_admin(std::string(32, 'A'), [&](domain::Result<wire::Receipt> given) {
            enrolled = std::move(given);
        });
        run();
        ASSERT_TRUE(enrolled && *enrolled);
        devices["admin"] = (**enrolled).subject_id();
        put_area(hub, "district", wire::AREA_KIND_BUREAU, "", 126.60, 126.80);
        put_area(hub, "west", wire::AREA_KIND_STATION, "district", 126.60, 126.70);
        put_area(hub, "east", wire::AREA_KIND_STATION, "district", 126.70, 126.80);
        put_area(hub, "west-c", wire::AREA_KIND_COMMUNITY, "west", 126.60, 126.70);
        put_area(hub, "east-c", wire::AREA_KIND_COMMUNITY, "east", 126.70, 126.80);
        put_area(hub, "west-g", wire::AREA_KIND_GRID, "west-c", 126.60, 126.70);
        put_area(hub, "east-g", wire::AREA_KIND_GRID, "east-c", 126.70, 126.80);
        wire::Command team = command();
        team.mutable_put_team()->mutable_team()->set_id("clover");
        team.mutable_put_team()->mutable_team()->set_name_zh("队");
        team.mutable_put_team()->mutable_team()->set_name_en("Team");
        ASSERT_TRUE(tell(hub, "admin", team));
        add_person(hub, "volunteer", wire::ROLE_VOLUNTEER, "", "west-g");
        add_person(hub, "neighbour", wire::ROLE_VOLUNTEER, "", "west-g");
        add_person(hub, "grid-worker", wire::ROLE_GRID_WORKER, "west-g", "west-g");
        add_person(hub, "auxiliary", wire::ROLE_AUXILIARY, "west", "");
        add_person(hub, "officer-west", wire::ROLE_OFFICER, "west", "");
        add_person(hub, "officer-two", wire::ROLE_OFFICER, "west", "");
        add_person(hub, "officer-east", wire::ROLE_OFFICER, "east", "");
        add_person(hub, "liaison", wire::ROLE_LIAISON, "west", "");
        add_person(hub, "searcher", wire::ROLE_SEARCHER, "clover", "west-g");
        add_person(hub, "fire-desk", wire::ROLE_FIRE_DESK, "", "");
        add_person(hub, "bureau", wire::ROLE_BUREAU, "", "");
    }

    void put_area(Hub& hub,
                  const std::string& id,
                  wire::AreaKind kind,
                  const std::string& parent,
                  double west,
                  double east) {
        wire::Command made = command();
        wire::Area& area = *made.mutable_put_area()->mutable_area();
        area.set_id(id);
        area.set_kind(kind);
        area.set_parent_id(parent);
        area.set_name_zh(id);
        area.set_name_en(id);
        wire::Ring& ring = *area.add_polygons()->mutable_outer();
        for (const auto& [lat, lon] :
             {std::pair{45.5, west}, {45.5, east}, {45.6, east}, {45.6, west}}) {
            wire::Vertex& vertex = *ring.add_vertices();
            vertex.set_latitude(lat);
            vertex.set_longitude(lon);
        }
        const auto stored = tell(hub, "admin", made);
        ASSERT_TRUE(stored) << stored.error().code << ' ' << stored.error().field;
    }

    void put_person(Hub& hub,
                    const std::string& id,
                    wire::Role role,
                    const std::string& scope,
                    const std::string& home) {
        wire::Command made = command();
        wire::Person& person = *made.mutable_put_person()->mutable_person();
        person.set_id(id);
        person.set_name("Name of " + id);
        person.set_phone("000-" + id);
        person.set_home_area_id(home);
        person.add_grants()->set_role(role);
        person.mutable_grants(0)->set_scope_id(scope);
        const auto stored = tell(hub, "admin", made);
        ASSERT_TRUE(stored) << id << ' ' << stored.error().code << ' ' << stored.error().field;
    }

    void add_person(Hub& hub,
                    const std::string& id,
                    wire::Role role,
                    const std::string& scope,
                    const std::string& home) {
        put_person(hub, id, role, scope, home);
        wire::Command device = command();
        device.mutable_add_device()->set_person_id(id);
        device.mutable_add_device()->set_label("phone");
        std::string token(32, 'x');
        id.copy(token.data(), std::min<std::size_t>(32, id.size()));
        device.mutable_add_device()->set_token_sha256(token);
        const auto stored = tell(hub, "admin", device);
        ASSERT_TRUE(stored) << stored.error().code;
        devices[id] = stored->subject_id();
        tokens[id] = token;
    }

    // Who the token's owner is to this hub; null: let in nowhere.
    std::optional<session::Principal> let_in(Hub& hub, const std::string& person) {
        std::optional<session::Principal> principal;
        hub.core.authenticate(tokens[person], [&](std::optional<session::Principal> found) {
            principal = std::move(found);
        });
        return principal;
    }

    std::mt19937 engine_;
    std::int64_t now_ms = kNoon;
    log::Clock clock = [this] { return now_ms; };
    domain::Random random = [this](std::span<unsigned char> out) {
        for (unsigned char& byte : out) {
            byte = static_cast<unsigned char>(engine_());
        }
    };
    std::shared_ptr<log::MemoryLog> log;
    std::vector<std::unique_ptr<Hub>> hubs;
    std::map<std::string, std::string> devices;
    std::map<std::string, std::string> tokens;
};

}  // namespace tocsin::test
