// In by a link and out again, through one hub and two; who one is; the map.

#include <nlohmann/json.hpp>

#include "hub/log/digest.hpp"
#include "hub/session/me.hpp"
#include "tests/unit/district_fixture.hpp"

namespace tocsin::test {
namespace {

using Json = nlohmann::json;
using SignedIn = domain::Result<session::SignedIn>;
const std::string kLink(32, 'L');

struct Door : World {
    using World::World;
    std::string invite(Hub& hub, const std::string& person, const std::string& link = kLink) {
        wire::Command made = command();
        made.mutable_add_device()->set_person_id(person);
        made.mutable_add_device()->set_link_sha256(link);
        const auto stored = tell(hub, "admin", made);
        EXPECT_TRUE(stored);
        return stored ? stored->subject_id() : "";
    }
    // Asks, but lets nothing happen yet.
    std::shared_ptr<std::optional<SignedIn>> knock(Hub& hub, const std::string& link = kLink) {
        auto answer = std::make_shared<std::optional<SignedIn>>();
        hub.core.sign_in(link, [answer](SignedIn given) {
            EXPECT_FALSE(answer->has_value()) << "answered twice";
            *answer = std::move(given);
        });
        return answer;
    }
    SignedIn come_in(Hub& hub, const std::string& link = kLink) {
        const auto answer = knock(hub, link);
        run();
        if (!answer->has_value()) {
            pass(3'000);
        }
        EXPECT_TRUE(answer->has_value()) << "never answered";
        return answer->has_value() ? **answer
                                   : std::unexpected(domain::Refusal{"never_answered", "", "", 0});
    }
    std::string leave(Hub& hub, const std::string& person, const std::string& device) {
        std::string code = "never_answered";
        hub.core.sign_out(person, device, [&](domain::Result<wire::Receipt> given) {
            code = given ? "" : given.error().code;
        });
        run();
        return code;
    }
    std::string whose(Hub& hub, const std::string& token) {
        std::string person;
        hub.core.authenticate(log::sha256(token), [&](std::optional<session::Principal> found) {
            person = found ? found->rights->person.id() : "nobody";
        });
        return person;
    }
    wire::Area area(Hub& hub, const std::string& id) {
        wire::Area found;
        hub.core.snapshot({{"admin", domain::store::VIEW_ADMIN}},
                          [&](std::shared_ptr<const session::SnapshotPages> snapshot) {
                              for (const auto& page : snapshot->pages) {
                                  wire::ServerMessage message;
                                  message.ParseFromString(page->binary());
                                  for (const auto& state : message.entries(0).snapshot().states()) {
                                      found = state.area().id() == id ? state.area() : found;
                                  }
                              }
                          });
        return found;
    }
    std::shared_ptr<const session::DistrictMap> map(Hub& hub) {
        std::shared_ptr<const session::DistrictMap> map;
        hub.core.map([&](std::shared_ptr<const session::DistrictMap> given) { map = given; });
        return map;
    }
};

TEST(Door, WhoeverComesByALinkIsKnownAtOnceAndEverywhere) {
    Door world;
    auto& one = world.add_hub();
    world.furnish(one);
    auto& two = world.add_hub();
    const std::string device = world.invite(one, "officer-west");
    const auto came = world.come_in(two);  // another hub than the one that made the link
    ASSERT_TRUE(came) << came.error().code;
    EXPECT_EQ(came->principal.device_id, device);
    EXPECT_EQ(came->principal.rights->person.id(), "officer-west");
    EXPECT_EQ(came->token.size(), 43U);
    EXPECT_EQ(world.whose(two, came->token), "officer-west");
    world.run();
    EXPECT_EQ(world.whose(one, came->token), "officer-west");
    EXPECT_EQ(world.come_in(one).error().code, "link_used");

    EXPECT_EQ(world.leave(one, "officer-west", device), "");
    world.run();
    EXPECT_EQ(world.whose(two, came->token), "nobody");
    EXPECT_EQ(world.leave(two, "officer-west", device), "not_permitted");
}

TEST(Door, P2_OfManyWhoComeByOneLinkAtOnceOneIsLetIn) {
    for (unsigned seed = 1; seed <= 20; ++seed) {
        Door world(seed);
        auto& one = world.add_hub();
        world.furnish(one);
        auto& two = world.add_hub();
        world.invite(one, "volunteer");
        std::vector<std::shared_ptr<std::optional<SignedIn>>> asked;
        for (int i = 0; i < 6; ++i) {
            asked.push_back(world.knock(i % 2 == 0 ? one : two));
        }
        world.run();
        world.pass(3'000);
        int let_in = 0;
        for (const auto& answer : asked) {
            ASSERT_TRUE(answer->has_value());
            const SignedIn& said = **answer;
            let_in += said.has_value();
            if (!said) {
                EXPECT_EQ(said.error().code, "link_used");
            }
        }
        EXPECT_EQ(let_in, 1) << seed;
    }
}

TEST(Door, AnOldLinkAndOneOfNobody) {
    Door world;
    auto& hub = world.add_hub();
    world.furnish(hub);
    EXPECT_EQ(world.come_in(hub).error().code, "link_unknown");
    world.invite(hub, "volunteer");
    world.pass(900'100);
    EXPECT_EQ(world.come_in(hub).error().code, "link_expired");
}

TEST(Door, MeSaysWhoAndWhereTo) {
    const auto home = [](std::vector<wire::Role> roles) {
        auto rights = std::make_shared<fanout::Rights>();
        rights->person.set_id("somebody");
        rights->person.set_name("Name");
        rights->person.set_home_area_id("g1");
        for (const wire::Role role : roles) {
            rights->person.add_grants()->set_role(role);
        }
        rights->channels = {"me", "area/g1"};
        const session::Principal principal{"device", rights};
        const wire::Me me = session::me(principal);
        EXPECT_EQ(me.person(), "somebody");
        EXPECT_EQ(me.device(), "device");
        EXPECT_EQ(me.home_area_id(), "g1");
        EXPECT_EQ(me.channels_size(), 2);
        EXPECT_EQ(me.grants_size(), static_cast<int>(roles.size()));
        EXPECT_EQ(session::signed_in(principal).home(), me.home());
        return me.home();
    };
    EXPECT_EQ(home({}), "/");
    EXPECT_EQ(home({wire::ROLE_VOLUNTEER}), "/");
    EXPECT_EQ(home({wire::ROLE_VOLUNTEER, wire::ROLE_GRID_WORKER}), "/grid");
    EXPECT_EQ(home({wire::ROLE_VOLUNTEER, wire::ROLE_SEARCHER}), "/search");
    EXPECT_EQ(home({wire::ROLE_TEAM_LEAD, wire::ROLE_OFFICER}), "/console");
    for (const wire::Role role : {wire::ROLE_AUXILIARY,
                                  wire::ROLE_OFFICER,
                                  wire::ROLE_LIAISON,
                                  wire::ROLE_FIRE_DESK,
                                  wire::ROLE_BUREAU}) {
        EXPECT_EQ(home({role}), "/console");
    }
    auto twice = std::make_shared<fanout::Rights>();
    for (const char* scope : {"g1", "g2"}) {
        wire::Grant& grant = *twice->person.add_grants();
        grant.set_role(wire::ROLE_GRID_WORKER);
        grant.set_scope_id(scope);
    }
    EXPECT_EQ(session::me({"d", twice}).roles_size(), 1) << "each role once";
}

TEST(Door, TheMapShowsTheGroundAndNobody) {
    Door world;
    auto& hub = world.add_hub();
    world.furnish(hub);
    wire::Command made = world.command();
    wire::Area& area = *made.mutable_put_area()->mutable_area();
    area = world.area(hub, "west-g");
    wire::Compound& compound = *area.add_compounds();
    compound.set_id("heping");
    compound.set_name_zh("和平小区");
    wire::Building& building = *compound.add_buildings();
    building.set_id("3");
    building.mutable_at()->set_latitude(45.55);
    building.mutable_at()->set_longitude(126.65);
    wire::Street& street = *area.add_streets();
    street.set_id("main");
    street.add_line()->set_latitude(45.5);
    street.add_line()->set_latitude(45.6);
    const auto before = world.map(hub);
    EXPECT_EQ(world.map(hub), before) << "made once";
    ASSERT_TRUE(world.tell(hub, "admin", made));
    const auto after = world.map(hub);
    EXPECT_NE(after->etag, before->etag);
    EXPECT_TRUE(after->etag.starts_with('"') && after->etag.ends_with('"'));

    const Json map = Json::parse(after->json);
    EXPECT_EQ(map["areas"]["features"].size(), 7U);
    const Json& west = map["areas"]["features"][4];
    EXPECT_EQ(west["id"], "west");
    EXPECT_EQ(west["properties"]["kind"], "station");
    EXPECT_EQ(west["properties"]["parent_id"], "district");
    EXPECT_EQ(west["geometry"]["type"], "MultiPolygon");
    const Json& ring = west["geometry"]["coordinates"][0][0];
    EXPECT_EQ(ring.size(), 5U) << "closed";
    EXPECT_EQ(ring.front(), ring.back());
    EXPECT_EQ(ring.front(), Json::parse("[126.6, 45.5]")) << "longitude first";
    EXPECT_EQ(map["compounds"]["features"][0]["id"], "west-g/heping");
    EXPECT_TRUE(map["compounds"]["features"][0]["geometry"].is_null());
    EXPECT_EQ(map["buildings"]["features"][0]["id"], "west-g/heping/3");
    EXPECT_EQ(map["buildings"]["features"][0]["properties"]["compound_id"], "west-g/heping");
    EXPECT_EQ(map["buildings"]["features"][0]["geometry"]["type"], "Point");
    EXPECT_EQ(map["streets"]["features"][0]["geometry"]["type"], "LineString");
    EXPECT_EQ(map["stations"].size(), 2U);
    EXPECT_EQ(map["teams"][0]["id"], "clover");
    EXPECT_EQ(map["kinds"].size(), 6U);
    EXPECT_TRUE(map["tiles"].empty());
    for (const char* secret : {"Name of", "000-", "volunteer"}) {
        EXPECT_EQ(after->json.find(secret), std::string::npos) << secret;
    }
}

}  // namespace
}  // namespace tocsin::test
