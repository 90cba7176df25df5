// A device that comes by a link: invited, signed in once, gone again.
#include <gmock/gmock.h>

#include "domain_world.hpp"
#include "hub/domain/sign_in.hpp"

namespace tocsin::domain::test {
namespace {

using testing::Contains;
using testing::ElementsAre;

const std::string kLink(32, 'l');
const std::string kToken(32, 't');

wire::Command invite(const std::string& person, int valid_s = 0, const std::string& link = kLink) {
    wire::Command command;
    command.mutable_add_device()->set_person_id(person);
    command.mutable_add_device()->set_label("a phone");
    command.mutable_add_device()->set_link_sha256(link);
    command.mutable_add_device()->set_link_valid_s(valid_s);
    return command;
}

struct SignInWorld : World {
    Random random = [](std::span<unsigned char> bytes) { std::ranges::fill(bytes, 7); };

    Result<Decision> come_in(const std::string& link = kLink, const std::string& token = kToken) {
        return sign_in(state, link, token, Circumstances{now, random});
    }
    std::string come_in_refused() {
        const auto decision = come_in();
        return decision ? "" : decision.error().code;
    }
    Result<Decision> leave(const std::string& person, const std::string& device) {
        return sign_out(state, {person, device}, Circumstances{now, random});
    }
};

TEST(SignIn, AnInvitedDeviceLetsNobodyInUntilSomebodyComesByItsLink) {
    SignInWorld world;
    const Decision invited = world.run("admin", invite("volunteer-1"));
    EXPECT_EQ(invited.event.kind(), wire::EVENT_KIND_DEVICE_INVITED);
    const wire::Device& device = invited.event.device().device();
    EXPECT_EQ(device.link_expires_time_ms(), world.now + 900'000);
    EXPECT_EQ(device.link_used_time_ms(), 0);
    EXPECT_TRUE(invited.event.device().token_sha256().empty());
    EXPECT_EQ(world.state.device_by_token(""), nullptr);
    EXPECT_EQ(world.state.device_by_link(kLink)->device().id(), device.id());
    EXPECT_THAT(names_of(invited.event.audiences()),
                ElementsAre("admin#ADMIN", "me/volunteer-1#REPORTER"));

    world.now += 899'999;
    const auto came = world.come_in();
    ASSERT_TRUE(came);
    EXPECT_EQ(came->event.kind(), wire::EVENT_KIND_DEVICE_ADDED);
    EXPECT_EQ(came->event.actor_person_id(), "volunteer-1");
    EXPECT_EQ(came->event.device().device().version(), 2);
    EXPECT_EQ(came->event.device().device().link_used_time_ms(), world.now);
    EXPECT_THAT(read_names(*came), Contains("device/" + device.id() + "=1"))
        << "or two could come by one link";
    EXPECT_THAT(read_names(*came), Contains("person/volunteer-1=1"));
    world.state.apply(came->event);
    EXPECT_EQ(world.state.device_by_token(kToken)->device().id(), device.id());

    EXPECT_EQ(world.come_in_refused(), "link_used");
    world.now += 86'400'000;
    EXPECT_EQ(world.come_in_refused(), "link_used") << "not too old: used";
}

TEST(SignIn, ALinkThatIsUnknownTooOldOrWithdrawnLetsNobodyIn) {
    SignInWorld world;
    EXPECT_EQ(world.come_in_refused(), "link_unknown");
    const std::string id = world.run("admin", invite("volunteer-1", 60)).receipt.subject_id();
    world.now += 60'000;
    EXPECT_TRUE(world.come_in());
    world.now += 1;
    EXPECT_EQ(world.come_in_refused(), "link_expired");
    world.now -= 1'000;
    wire::Command revoke;
    revoke.mutable_revoke_device()->set_device_id(id);
    world.run("admin", revoke);
    EXPECT_EQ(world.come_in_refused(), "link_unknown");
    EXPECT_EQ(world.refused("admin", invite("volunteer-1")), "value_invalid")
        << "its link is taken";
}

TEST(SignIn, ALinkOfARevokedPersonIsNone) {
    SignInWorld world;
    world.run("admin", invite("volunteer-1"));
    wire::Command revoke;
    revoke.mutable_revoke_person()->set_person_id("volunteer-1");
    world.run("admin", revoke);
    EXPECT_EQ(world.come_in_refused(), "link_unknown");
    EXPECT_EQ(world.refused("admin", invite("volunteer-1", 0, std::string(32, 'm'))),
              "wrong_state");
}

TEST(SignIn, OnlyAnAdministratorInvites) {
    SignInWorld world;
    for (const Holder& holder : kHolders) {
        if (holder.role != wire::ROLE_ADMIN) {
            EXPECT_EQ(world.refused(holder.id, invite("volunteer-1")), "not_permitted")
                << holder.id;
        }
    }
}

TEST(SignOut, ADeviceRevokesItselfAndNoOther) {
    SignInWorld world;
    const auto left = world.leave("volunteer-1", "volunteer-1-phone");
    ASSERT_TRUE(left);
    EXPECT_EQ(left->event.kind(), wire::EVENT_KIND_DEVICE_REVOKED);
    EXPECT_EQ(left->event.actor_person_id(), "volunteer-1");
    EXPECT_EQ(world.leave("volunteer-1", "volunteer-2-phone").error().code, "not_permitted");
    world.state.apply(left->event);
    EXPECT_EQ(world.leave("volunteer-1", "volunteer-1-phone").error().code, "not_permitted");
}

TEST(SignOut, AnAdministratorStays) {
    SignInWorld world;
    EXPECT_EQ(world.leave("admin", "admin-phone").error().code, "wrong_state");
    world.run("admin", invite("admin"));
    EXPECT_EQ(world.leave("admin", "admin-phone").error().code, "wrong_state")
        << "nobody has come by that link yet";
    world.state.apply(world.come_in()->event);
    EXPECT_TRUE(world.leave("admin", "admin-phone"));
}

}  // namespace
}  // namespace tocsin::domain::test
