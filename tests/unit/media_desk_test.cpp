// Photos and voice from upload to reading, with the district and its stores in memory.
#include "hub/media/desk.hpp"

#include <gmock/gmock.h>

#include "hub/log/media_seal.hpp"
#include "hub/log/memory_media_store.hpp"
#include "hub/log/memory_store.hpp"
#include "hub/log/record.hpp"
#include "tests/unit/media_corpus.hpp"

namespace tocsin::media::test {
namespace {

namespace code = domain::code;
namespace wire = session::wire;
using domain::Result;

// Lets everybody upload, and each see their own: the district's part is tested with the district.
class OwnOnly final : public session::MediaRights {
public:
    explicit OwnOnly(const domain::Random& random) : random_(random) {}
    void seal_upload(domain::store::Media media,
                     session::Answer<Result<log::StateWrite>> answer) override {
        media_[media.media().media_id()] = media;
        answer(log::state_of_upload(media, std::string(32, 'k'), random_));
    }
    void find_media(std::string person_id,
                    std::string media_id,
                    session::Answer<Result<domain::store::Media>> answer) override {
        const auto found = media_.find(media_id);
        if (found == media_.end() || found->second.uploader_person_id() != person_id) {
            answer(domain::refuse(code::not_found, {}, "No."));
        } else {
            answer(found->second);
        }
    }
    std::map<std::string, domain::store::Media> media_;

private:
    const domain::Random& random_;
};

class DeskTest : public testing::Test {
protected:
    Result<wire::Media> put(const std::string& person, std::string upload) {
        std::optional<Result<wire::Media>> result;
        desk_.put(person, std::move(upload), [&](Result<wire::Media> given) { result = given; });
        context_.restart();
        context_.run();
        store_.run();
        return result.value_or(domain::refuse("no answer", {}, ""));
    }
    Result<session::MediaFile> get(const std::string& person,
                                   const std::string& id,
                                   session::MediaPart part = session::MediaPart::file) {
        std::optional<Result<session::MediaFile>> result;
        desk_.get(
            person, id, part, [&](Result<session::MediaFile> given) { result = std::move(given); });
        store_.run();
        return std::move(*result);
    }

    std::int64_t now_ms_ = 1'000'000'000;
    std::uint8_t next_random_ = 0;
    log::Clock clock_ = [this] { return now_ms_; };
    domain::Random random_ = [this](std::span<unsigned char> bytes) {
        for (unsigned char& byte : bytes) {
            byte = ++next_random_;
        }
    };
    boost::asio::io_context context_;
    std::shared_ptr<log::MemoryLog> log_ = std::make_shared<log::MemoryLog>(clock_);
    log::MemoryMediaStore store_{log_};
    OwnOnly rights_{random_};
    Converter converter_{context_, {.program = TOCSIN_MEDIA_PROGRAM}};
    Desk desk_{converter_,
               store_,
               rights_,
               clock_,
               random_,
               {.uploads_an_hour = 5, .unattached = 3, .unattached_bytes = 4 << 20}};
};

TEST_F(DeskTest, WhatWasPutComesBackToWhoPutIt) {
    const auto photo = put("volunteer", make_jpeg(1'600, 1'200));
    ASSERT_TRUE(photo) << photo.error().message;
    EXPECT_EQ(photo->kind(), wire::MEDIA_KIND_PHOTO);
    EXPECT_EQ(photo->width(), 1'600);
    EXPECT_TRUE(domain::is_uuid(photo->media_id()));

    const auto file = get("volunteer", photo->media_id());
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_EQ(file->bytes.size(), static_cast<std::size_t>(photo->bytes()));
    EXPECT_TRUE(file->bytes.starts_with("\xFF\xD8\xFF"));
    const auto thumbnail = get("volunteer", photo->media_id(), session::MediaPart::thumbnail);
    ASSERT_TRUE(thumbnail);
    EXPECT_LT(thumbnail->bytes.size(), file->bytes.size());

    const auto other = get("officer", photo->media_id());
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, code::not_found);
    EXPECT_EQ(get("volunteer", domain::make_uuid(random_)).error().code, code::not_found);
}

TEST_F(DeskTest, VoiceHasNoThumbnail) {
    const auto voice = put("volunteer", make_opus(2));
    ASSERT_TRUE(voice) << voice.error().message;
    EXPECT_EQ(voice->kind(), wire::MEDIA_KIND_VOICE);
    EXPECT_NEAR(voice->duration_ms(), 2'000, 20);
    EXPECT_TRUE(get("volunteer", voice->media_id()));
    EXPECT_EQ(get("volunteer", voice->media_id(), session::MediaPart::thumbnail).error().code,
              code::not_found);
}

TEST_F(DeskTest, WhatIsNeverAttachedExpires) {
    const auto photo = put("volunteer", make_jpeg(32, 32));
    ASSERT_TRUE(photo);
    now_ms_ += log::kUnattachedMs + 1;
    EXPECT_EQ(get("volunteer", photo->media_id()).error().code, code::not_found);
    EXPECT_EQ(store_.size(), 0u);
}

TEST_F(DeskTest, AStoreThatIsAwayIsSaidSo) {
    store_.refuse_puts(1);
    const auto photo = put("volunteer", make_jpeg(32, 32));
    ASSERT_FALSE(photo);
    EXPECT_EQ(photo.error().code, code::unavailable);
    EXPECT_GT(photo.error().retry_after_ms, 0);
}

TEST_F(DeskTest, APersonHasSoManyAnHour) {
    for (int i = 0; i < 5; ++i) {
        EXPECT_FALSE(put("volunteer", "nonsense"));
    }
    const auto one_more = put("volunteer", make_jpeg(32, 32));
    ASSERT_FALSE(one_more);
    EXPECT_EQ(one_more.error().code, code::too_many_requests);
    EXPECT_EQ(one_more.error().retry_after_ms, 3'600'000);
    EXPECT_TRUE(put("another", make_jpeg(32, 32)));
    now_ms_ += 3'600'000;
    EXPECT_TRUE(put("volunteer", make_jpeg(32, 32)));
}

TEST_F(DeskTest, APersonLeavesSoManyLying) {
    const std::string small = make_jpeg(32, 32);
    const auto first = put("volunteer", small);
    ASSERT_TRUE(first);
    now_ms_ += 60'000;
    EXPECT_TRUE(put("volunteer", small));
    EXPECT_FALSE(put("volunteer", "nonsense"));  // leaves nothing
    EXPECT_TRUE(put("volunteer", small));
    const auto one_more = put("volunteer", small);
    ASSERT_FALSE(one_more);
    EXPECT_EQ(one_more.error().code, code::too_many_requests);
    EXPECT_EQ(one_more.error().retry_after_ms, log::kUnattachedMs - 60'000);
    EXPECT_TRUE(put("another", small));

    now_ms_ += 3'600'000;  // past what an hour allows
    EXPECT_FALSE(put("volunteer", small));
    desk_.on_attached(first->media_id());
    EXPECT_TRUE(put("volunteer", small));
    EXPECT_FALSE(put("volunteer", small));
    now_ms_ += log::kUnattachedMs;
    EXPECT_TRUE(put("volunteer", small));
}

TEST_F(DeskTest, WhatAPersonLeavesLyingHasSoManyBytes) {
    EXPECT_TRUE(put("volunteer", make_jpeg(32, 32)));
    const auto large = put("volunteer", std::string(4 << 20, 'x'));
    ASSERT_FALSE(large);
    EXPECT_EQ(large.error().code, code::too_many_requests);
    store_.refuse_puts(1);
    EXPECT_EQ(put("another", make_jpeg(32, 32)).error().code, code::unavailable);
    EXPECT_NE(put("another", std::string(4 << 20, 'x')).error().code, code::too_many_requests);
}

TEST(MediaSeal, ChunksCannotBeSwappedNorChanged) {
    std::uint8_t next = 0;
    const domain::Random random = [&](std::span<unsigned char> bytes) {
        for (unsigned char& byte : bytes) {
            byte = ++next;
        }
    };
    const std::string key(32, 'k');
    const std::string file(150'000, 'f');
    auto chunks = log::seal_media(key, "one", file, "small", random);
    ASSERT_EQ(chunks.size(), 4u);
    EXPECT_EQ(log::media_chunks(file.size()), 3);
    const std::vector<std::string> own(chunks.begin() + 1, chunks.end());
    EXPECT_EQ(log::unseal_media(key, "one", 1, own), file);
    EXPECT_EQ(log::unseal_media(key, "one", 0, {chunks[0]}), "small");
    EXPECT_FALSE(log::unseal_media(key, "two", 1, own));
    EXPECT_FALSE(log::unseal_media(std::string(32, 'K'), "one", 1, own));
    EXPECT_FALSE(log::unseal_media(key, "one", 1, {own[1], own[0], own[2]}));
    EXPECT_FALSE(log::unseal_media(key, "one", 1, {own[0], "", own[2]}));
    chunks[2][100] ^= 1;
    EXPECT_FALSE(log::unseal_media(key, "one", 2, {chunks[2]}));
    for (const std::string& chunk : own) {
        EXPECT_EQ(chunk.find("ffff"), chunk.npos);
    }
}

}  // namespace
}  // namespace tocsin::media::test
