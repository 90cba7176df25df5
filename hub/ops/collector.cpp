#include "hub/ops/collector.hpp"

#include <boost/asio/post.hpp>
#include <utility>

namespace tocsin::ops {

struct Collector::Collection {
    Collection(boost::asio::io_context& control, HubReport report_before, Answer to)
        : report(std::move(report_before)), answer(std::move(to)), patience(control) {}

    HubReport report;
    std::size_t missing = 0;
    Answer answer;  // empty once answered
    boost::asio::steady_timer patience;
};

Collector::Collector(boost::asio::io_context& control,
                     std::vector<std::unique_ptr<net::Shard>>& shards,
                     DistrictHost& host,
                     MediaHost& media)
    : control_(control), shards_(shards), host_(host), media_(media) {}

void Collector::collect(Answer answer) {
    const auto collection = std::make_shared<Collection>(control_, last_, std::move(answer));
    HubReport& report = collection->report;
    report.shards.resize(shards_.size());
    for (ShardReport& shard : report.shards) {
        shard.answered = false;
    }
    report.district_answered = false;
    report.process = read_process_stats();
    collection->missing = shards_.size() + 2;

    const auto asked = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < shards_.size(); ++i) {
        shards_[i]->collect([this, collection, i, asked](net::ShardStats stats) {
            const std::chrono::duration<double> delay = std::chrono::steady_clock::now() - asked;
            boost::asio::post(
                control_, [this, collection, i, delay, stats = std::move(stats)]() mutable {
                    collection->report.shards[i] = {std::move(stats), delay.count(), true};
                    --collection->missing;
                    put(collection);
                });
        });
    }
    boost::asio::post(shards_.front()->context(), [this, collection] {
        boost::asio::post(control_, [this, collection, district = host_.report()]() mutable {
            collection->report.district = std::move(district);
            collection->report.district_answered = true;
            --collection->missing;
            put(collection);
        });
    });
    media_.collect([this, collection](media::ConverterStats stats) {
        boost::asio::post(control_, [this, collection, stats] {
            collection->report.media = stats;
            --collection->missing;
            put(collection);
        });
    });
    collection->patience.expires_after(kPatience);
    collection->patience.async_wait([this, collection](boost::system::error_code cancelled) {
        if (!cancelled) {
            collection->missing = 0;
            put(collection);
        }
    });
}

void Collector::put(const std::shared_ptr<Collection>& collection) {
    if (collection->missing == 0 && collection->answer) {
        collection->patience.cancel();
        last_ = collection->report;
        std::exchange(collection->answer, nullptr)(last_);
    }
}

}  // namespace tocsin::ops
