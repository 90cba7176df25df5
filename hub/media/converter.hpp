#pragma once
// Starts one tocsin-media for each upload, a few at a time, and takes their answers. What becomes
// of a child, its death by signal, silence or nonsense included, is an answer; never this process's
// death. The process ignores SIGPIPE. Used by the thread of its io_context.

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include "hub/converter/answer.hpp"
#include "hub/domain/refusal.hpp"
#include "hub/media/converter_stats.hpp"

namespace tocsin::media {

struct ConverterSettings {
    std::string program;       // path of tocsin-media
    std::size_t at_once = 2;   // children
    std::size_t waiting = 32;  // uploads that wait for one
    // Of a child, by the wall; of CPU time it has 10 s.
    std::chrono::milliseconds deadline{60'000};
};

class Converter {
public:
    using Answer = std::move_only_function<void(domain::Result<converter::Converted>)>;

    Converter(boost::asio::io_context& context, ConverterSettings settings);
    ~Converter();

    // Answers once, later. Refusals: media_too_large, media_type_refused, media_refused,
    // too_many_requests, unavailable.
    void convert(std::string upload, Answer answer);

    // Kills the children and answers `unavailable` to all; nothing more is started.
    void stop();

    const ConverterStats& stats() const { return stats_; }

private:
    class Child;
    struct Job {
        std::string upload;
        Answer answer;
    };

    void start_next();
    void finish(const std::shared_ptr<Child>& child, domain::Result<converter::Converted> result);
    void answer_later(Answer answer, domain::Result<converter::Converted> result);

    boost::asio::io_context& context_;
    const ConverterSettings settings_;
    std::deque<Job> waiting_;
    std::set<std::shared_ptr<Child>> children_;
    bool stopped_ = false;
    ConverterStats stats_;
};

}  // namespace tocsin::media
