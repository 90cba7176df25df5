// The only file that knows Opus and Ogg.
#include "hub/converter/voice.hpp"

#include <ogg/ogg.h>
#include <opus.h>
#include <opusfile.h>

#include <algorithm>
#include <array>
#include <memory>

#include "hub/converter/refuse.hpp"

namespace tocsin::converter {

namespace {

constexpr int kRate = 48'000;
constexpr std::int64_t kMostSamples = std::int64_t{kMostVoiceMs} * kRate / 1'000;
constexpr int kFrame = kRate / 50;  // 20 ms
constexpr int kBitrate = 24'000;    // speech, clear
constexpr int kFramesAPage = 50;
constexpr int kSerial = 1;

using File = std::unique_ptr<OggOpusFile, decltype(&op_free)>;
using Encoder = std::unique_ptr<OpusEncoder, decltype(&opus_encoder_destroy)>;

[[noreturn]] void refuse_long() {
    refuse(Refused::too_large, "The voice message is longer than 60 seconds.");
}

void put(std::string& to, std::uint32_t number, int bytes) {
    for (int i = 0; i < bytes; ++i) {
        to.push_back(static_cast<char>(number >> (8 * i) & 0xFF));
    }
}

class OggWriter {
public:
    OggWriter() {
        if (ogg_stream_init(&stream_, kSerial) != 0) {
            refuse_broken();
        }
    }
    ~OggWriter() { ogg_stream_clear(&stream_); }
    OggWriter(const OggWriter&) = delete;
    OggWriter& operator=(const OggWriter&) = delete;

    void add(std::string packet, std::int64_t granule, bool is_last) {
        ogg_packet out{};
        out.packet = reinterpret_cast<unsigned char*>(packet.data());
        out.bytes = static_cast<long>(packet.size());
        out.b_o_s = number_ == 0 ? 1 : 0;
        out.e_o_s = is_last ? 1 : 0;
        out.granulepos = granule;
        out.packetno = number_++;
        if (ogg_stream_packetin(&stream_, &out) != 0) {
            refuse_broken();
        }
    }

    void end_page() {
        ogg_page page{};
        while (ogg_stream_flush(&stream_, &page) != 0) {
            bytes_.append(reinterpret_cast<const char*>(page.header),
                          static_cast<std::size_t>(page.header_len));
            bytes_.append(reinterpret_cast<const char*>(page.body),
                          static_cast<std::size_t>(page.body_len));
        }
    }

    std::string take() { return std::move(bytes_); }

private:
    ogg_stream_state stream_{};
    std::int64_t number_ = 0;
    std::string bytes_;
};

}  // namespace

Samples decode_voice(std::string_view bytes) {
    int error = 0;
    const File file(
        op_open_memory(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), &error),
        &op_free);
    if (file == nullptr) {
        if (error == OP_ENOTFORMAT || error == OP_EIMPL) {
            refuse(Refused::type_refused, "Of sound, only Ogg Opus is taken.");
        }
        refuse_broken();
    }
    if (op_link_count(file.get()) != 1) {
        refuse_broken();
    }
    const std::int64_t announced = op_pcm_total(file.get(), -1);
    if (announced > kMostSamples) {
        refuse_long();
    }
    if (announced <= 0) {
        refuse_broken();
    }
    Samples samples;
    samples.reserve(static_cast<std::size_t>(announced));
    std::array<float, 2 * kRate / 5> stereo{};
    while (true) {
        const int read = op_read_float_stereo(file.get(), stereo.data(), stereo.size());
        if (read == 0) {
            break;
        }
        if (read < 0) {
            refuse_broken();
        }
        for (int i = 0; i < read; ++i) {
            samples.push_back((stereo[2 * i] + stereo[2 * i + 1]) / 2);
        }
        if (static_cast<std::int64_t>(samples.size()) > kMostSamples) {
            refuse_long();
        }
    }
    if (samples.empty()) {
        refuse_broken();
    }
    return samples;
}

std::string encode_voice(const Samples& samples) {
    int error = 0;
    const Encoder encoder(opus_encoder_create(kRate, 1, OPUS_APPLICATION_VOIP, &error),
                          &opus_encoder_destroy);
    int skip = 0;
    if (encoder == nullptr ||
        opus_encoder_ctl(encoder.get(), OPUS_SET_BITRATE(kBitrate)) != OPUS_OK ||
        opus_encoder_ctl(encoder.get(), OPUS_GET_LOOKAHEAD(&skip)) != OPUS_OK) {
        refuse_broken();
    }
    OggWriter writer;
    std::string head = "OpusHead";
    put(head, 1, 1);                                 // version
    put(head, 1, 1);                                 // channels
    put(head, static_cast<std::uint32_t>(skip), 2);  // samples to skip at the start
    put(head, kRate, 4);                             // of the original
    put(head, 0, 2);                                 // gain
    put(head, 0, 1);                                 // mapping
    writer.add(head, 0, false);
    writer.end_page();
    const std::string vendor = "tocsin";
    std::string tags = "OpusTags";
    put(tags, static_cast<std::uint32_t>(vendor.size()), 4);
    tags += vendor;
    put(tags, 0, 4);  // comments
    writer.add(tags, 0, false);
    writer.end_page();

    const std::size_t total = samples.size() + static_cast<std::size_t>(skip);
    std::array<float, kFrame> frame{};
    int frames = 0;
    for (std::size_t at = 0; at < total; at += kFrame) {
        const std::size_t from = std::min(at, samples.size());
        const std::size_t count = std::min<std::size_t>(kFrame, samples.size() - from);
        frame.fill(0);
        std::copy_n(samples.begin() + static_cast<std::ptrdiff_t>(from), count, frame.begin());
        std::string packet(1'500, '\0');
        const int size = opus_encode_float(encoder.get(),
                                           frame.data(),
                                           kFrame,
                                           reinterpret_cast<unsigned char*>(packet.data()),
                                           static_cast<int>(packet.size()));
        if (size <= 0) {
            refuse_broken();
        }
        packet.resize(static_cast<std::size_t>(size));
        const bool is_last = at + kFrame >= total;
        // What the last frame holds beyond the end is not played.
        writer.add(packet, static_cast<std::int64_t>(is_last ? total : at + kFrame), is_last);
        if (++frames % kFramesAPage == 0 || is_last) {
            writer.end_page();
        }
    }
    return writer.take();
}

}  // namespace tocsin::converter
