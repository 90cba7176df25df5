#pragma once
// The two ways between threads: to the district's, for the keeper of media; to the keeper's, for a
// shard. Every call is posted there, every answer back. What is behind a door outlives it, and the
// contexts run until nothing is left in them.

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <string>
#include <utility>

#include "hub/session/media.hpp"

namespace tocsin::media {

// An answer that is given on another thread.
template <class T>
session::Answer<T> given_on(boost::asio::io_context& home, session::Answer<T> answer) {
    return [&home, answer = std::move(answer)](T value) mutable {
        boost::asio::post(home, [answer = std::move(answer), value = std::move(value)]() mutable {
            answer(std::move(value));
        });
    };
}

class RightsDoor final : public session::MediaRights {
public:
    RightsDoor(boost::asio::io_context& district_context,
               session::MediaRights& rights,
               boost::asio::io_context& home)
        : district_context_(district_context), rights_(rights), home_(home) {}

    void seal_upload(domain::store::Media media,
                     session::Answer<domain::Result<log::StateWrite>> answer) override {
        boost::asio::post(district_context_,
                          [&rights = rights_,
                           media = std::move(media),
                           answer = given_on(home_, std::move(answer))]() mutable {
                              rights.seal_upload(std::move(media), std::move(answer));
                          });
    }
    void find_media(std::string person_id,
                    std::string media_id,
                    session::Answer<domain::Result<domain::store::Media>> answer) override {
        boost::asio::post(district_context_,
                          [&rights = rights_,
                           person = std::move(person_id),
                           media = std::move(media_id),
                           answer = given_on(home_, std::move(answer))]() mutable {
                              rights.find_media(
                                  std::move(person), std::move(media), std::move(answer));
                          });
    }

private:
    boost::asio::io_context& district_context_;
    session::MediaRights& rights_;
    boost::asio::io_context& home_;
};

class DeskDoor final : public session::MediaDesk {
public:
    DeskDoor(boost::asio::io_context& desk_context,
             session::MediaDesk& desk,
             boost::asio::io_context& home)
        : desk_context_(desk_context), desk_(desk), home_(home) {}

    void put(std::string person_id,
             std::string upload,
             session::Answer<domain::Result<session::wire::Media>> answer) override {
        boost::asio::post(desk_context_,
                          [&desk = desk_,
                           person = std::move(person_id),
                           upload = std::move(upload),
                           answer = given_on(home_, std::move(answer))]() mutable {
                              desk.put(std::move(person), std::move(upload), std::move(answer));
                          });
    }
    void get(std::string person_id,
             std::string media_id,
             session::MediaPart part,
             session::Answer<domain::Result<session::MediaFile>> answer) override {
        boost::asio::post(desk_context_,
                          [&desk = desk_,
                           person = std::move(person_id),
                           media = std::move(media_id),
                           part,
                           answer = given_on(home_, std::move(answer))]() mutable {
                              desk.get(
                                  std::move(person), std::move(media), part, std::move(answer));
                          });
    }

private:
    boost::asio::io_context& desk_context_;
    session::MediaDesk& desk_;
    boost::asio::io_context& home_;
};

}  // namespace tocsin::media
