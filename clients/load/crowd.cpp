#include "crowd.hpp"

#include <stdexcept>

#include "processes.hpp"

namespace tocsin::load {

Reader::Reader(Crowd& crowd, std::uint32_t index, int channel, std::string token)
    : link(crowd.loop_, crowd.dialect_, *this, index), crowd_(crowd) {
    link.token = std::move(token);
    link.channel = channel;
    expectation.channel = channel;
}

void Reader::on_open(Link&) {
    is_open = true;
    since_us = now_us();
    ++crowd_.open_;
    if (crowd_.subscribing) {
        link.dialect().subscribe(link, link.channel, from);
    }
}

void Reader::on_subscribed(Link&, const wire::Cursor& at) {
    cursor = at;
    if (!is_subscribed) {
        if (from == nullptr) {
            // What is published from here on must come; what is on its way already may.
            const bool counts = expectation.counts;
            expectation = crowd_.ledger_.expect_from_now(link.channel);
            expectation.counts = counts;
        }
        is_subscribed = true;
        since_us = now_us();
        ++crowd_.subscribed_;
        ++crowd_.by_channel_[static_cast<std::size_t>(link.channel)];
    }
    if (crowd_.on_subscribed) {
        crowd_.on_subscribed(*this);
    }
}

void Reader::on_delivery(Link&, const Delivery& delivery) {
    Ledger& ledger = crowd_.ledger_;
    const auto number = ledger.take(expectation, delivery);
    if (!number) {
        return;
    }
    const Ledger::Event& event = ledger.event(*number);
    const std::int64_t took = now_us() - event.sent_us;
    if (ledger.each != nullptr && expectation.counts) {
        ledger.each->add(took);
    }
    if (ledger.to_all != nullptr && expectation.counts && event.got == event.wanted) {
        ledger.to_all->add(took);
    }
    if (crowd_.on_each) {
        crowd_.on_each(*this, delivery, *number);
    }
}

void Reader::on_entry(Link&, const wire::Entry& entry) {
    if (entry.has_goodbye()) {
        goodbye = entry.goodbye();
    } else if (entry.has_refusal()) {
        link.fail("refused " + entry.refusal().code() + ": " + entry.refusal().message());
    } else if (entry.has_reset()) {
        link.fail("reset: the cursor could not be honoured");
    }
}

void Reader::on_closed(Link&, const std::string& why) {
    crowd_.open_ -= is_open ? 1 : 0;
    if (is_subscribed) {
        --crowd_.subscribed_;
        --crowd_.by_channel_[static_cast<std::size_t>(link.channel)];
    }
    is_open = false;
    is_subscribed = false;
    since_us = now_us();
    closed_why = why;
    if (!crowd_.on_closed) {
        throw std::runtime_error("subscriber " + std::to_string(link.index()) + ": " + why);
    }
    crowd_.on_closed(*this, why);
}

void Crowd::add(std::size_t count, int channels, const std::vector<std::string>& tokens) {
    by_channel_.resize(static_cast<std::size_t>(channels), 0);
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t index = readers_.size();
        readers_.push_back(
            std::make_unique<Reader>(*this,
                                     static_cast<std::uint32_t>(index),
                                     static_cast<int>(index % static_cast<std::size_t>(channels)),
                                     tokens.empty() ? "" : tokens[index % tokens.size()]));
    }
}

void Crowd::connect(Reader& reader, int receive_buffer) {
    reader.is_open = false;
    reader.is_subscribed = false;
    reader.goodbye.reset();
    reader.link.connect(port_, receive_buffer);
}

void Crowd::connect_all(std::size_t at_once, bool and_subscribe) {
    constexpr std::int64_t kPatienceUs = 60'000'000;
    subscribing = and_subscribe;
    const std::int64_t deadline = now_us() + kPatienceUs;
    const auto done = [&] { return and_subscribe ? subscribed_ : open_; };
    const std::size_t before = done();
    for (std::size_t next = 0; next < readers_.size();) {
        while (next < readers_.size() && next - (done() - before) < at_once) {
            connect(*readers_[next++]);
        }
        if (!loop_.run_until([&] { return next - (done() - before) < at_once; }, deadline)) {
            break;
        }
    }
    if (!loop_.run_until([&] { return done() - before == readers_.size(); }, deadline)) {
        throw std::runtime_error("only " + std::to_string(done()) + " of " +
                                 std::to_string(readers_.size()) + " subscribers within a minute");
    }
}

void Crowd::close_all() {
    for (auto& reader : readers_) {
        if (!reader->link.is_closed()) {
            open_ -= reader->is_open ? 1 : 0;
            if (reader->is_subscribed) {
                --subscribed_;
                --by_channel_[static_cast<std::size_t>(reader->link.channel)];
            }
            reader->is_open = reader->is_subscribed = false;
            reader->link.close();
        }
    }
}

std::int64_t Crowd::readers_of(int channel) const {
    return static_cast<std::size_t>(channel) < by_channel_.size()
               ? by_channel_[static_cast<std::size_t>(channel)]
               : 0;
}

}  // namespace tocsin::load
