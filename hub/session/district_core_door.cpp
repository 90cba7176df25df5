// In and out by the pages' door, and the map that hangs beside it.

#include <array>
#include <string_view>

#include "hub/domain/sign_in.hpp"
#include "hub/log/digest.hpp"
#include "hub/session/district_core.hpp"

namespace tocsin::session {

namespace {

constexpr std::size_t kTokenBytes = 32;
// A conflict means that somebody else was faster with the same link or device: twice is unheard of.
constexpr int kTries = 3;

domain::Refusal unavailable() {
    constexpr int kComeBackMs = 1'000;
    return {std::string(domain::code::unavailable),
            "",
            "The hub cannot do that at the moment.",
            kComeBackMs};
}

// base64url of random bytes: visible, and nothing in it needs quoting.
std::string make_token(const domain::Random& random) {
    constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::array<unsigned char, kTokenBytes> bytes{};
    random(bytes);
    std::string text;
    unsigned bits = 0;
    int held = 0;
    for (const unsigned char byte : bytes) {
        bits = (bits << 8) | byte;
        for (held += 8; held >= 6;) {
            held -= 6;
            text += kDigits[(bits >> held) & 63];
        }
    }
    text += kDigits[(bits << (6 - held)) & 63];
    return text;
}

}  // namespace

// One signing in or out, until the store has said something that counts. A refusal that rests on
// state counts once the fold has reached a head that was read after the request came.
struct DistrictCore::AtDoor {
    std::function<domain::Result<domain::Decision>()> decide;
    // Whether it is done already: the answer to an earlier try may have got lost.
    std::function<bool()> is_done;
    Answer<domain::Result<wire::Receipt>> answer;
    int tries = 0;
    bool caught_up = false;
};

void DistrictCore::at_door(std::shared_ptr<AtDoor> asked) {
    if (stopping_ || !fold_.started()) {
        asked->answer(std::unexpected(unavailable()));
        return;
    }
    if (asked->tries > 0 && asked->is_done()) {
        asked->answer(wire::Receipt());
        return;
    }
    auto decision = asked->decide();
    if (!decision && asked->caught_up) {
        asked->answer(std::unexpected(std::move(decision.error())));
        return;
    }
    const auto catch_up = [this](std::shared_ptr<AtDoor> again) {
        fold_.catch_up([this, again = std::move(again)](bool caught_up) mutable {
            if (!caught_up) {
                again->answer(std::unexpected(unavailable()));
                return;
            }
            again->caught_up = true;
            at_door(std::move(again));
        });
    };
    if (!decision) {
        catch_up(std::move(asked));
        return;
    }
    ++asked->tries;
    decider_.submit(*std::move(decision),
                    [catch_up, asked](domain::Result<wire::Receipt> stored) mutable {
                        if (stored || asked->tries >= kTries) {
                            asked->answer(std::move(stored));
                            return;
                        }
                        catch_up(std::move(asked));
                    });
}

void DistrictCore::sign_in(std::string link_sha256, Answer<domain::Result<SignedIn>> answer) {
    const std::string token = make_token(random_);
    const std::string token_sha256 = log::sha256(token);
    auto asked = std::make_shared<AtDoor>();
    asked->decide = [this, link_sha256 = std::move(link_sha256), token_sha256] {
        return domain::sign_in(
            fold_.state(), link_sha256, token_sha256, domain::Circumstances{clock_(), random_});
    };
    asked->is_done = [this, token_sha256] {
        return fold_.state().device_by_token(token_sha256) != nullptr;
    };
    asked->answer = [this, token, token_sha256, answer = std::move(answer)](
                        domain::Result<wire::Receipt> stored) mutable {
        if (!stored) {
            answer(std::unexpected(std::move(stored.error())));
            return;
        }
        fold_.catch_up([this, token, token_sha256, answer = std::move(answer)](bool) mutable {
            authenticate(
                token_sha256,
                [token, answer = std::move(answer)](std::optional<Principal> principal) mutable {
                    if (!principal) {  // the store went, or the person was revoked, this moment
                        answer(std::unexpected(unavailable()));
                        return;
                    }
                    answer(SignedIn{token, *std::move(principal)});
                });
        });
    };
    at_door(std::move(asked));
}

void DistrictCore::sign_out(std::string person_id,
                            std::string device_id,
                            Answer<domain::Result<wire::Receipt>> answer) {
    auto asked = std::make_shared<AtDoor>();
    asked->is_done = [this, device_id] {
        const domain::store::Device* device = fold_.state().device(device_id);
        return device != nullptr && device->device().revoked();
    };
    asked->decide = [this, actor = domain::Actor{std::move(person_id), std::move(device_id)}] {
        return domain::sign_out(fold_.state(), actor, domain::Circumstances{clock_(), random_});
    };
    asked->answer = std::move(answer);
    at_door(std::move(asked));
}

void DistrictCore::map(Answer<std::shared_ptr<const DistrictMap>> answer) {
    if (!fold_.started()) {
        when_started_.push_back(
            [this, answer = std::move(answer)]() mutable { map(std::move(answer)); });
        return;
    }
    const std::string version =
        fold_.epoch() + "/" + std::to_string(fold_.state().set_version("district"));
    if (map_ == nullptr || map_version_ != version) {
        map_ = std::make_shared<const DistrictMap>(district_map(fold_.state(), settings_.tiles));
        map_version_ = version;
    }
    answer(map_);
}

}  // namespace tocsin::session
