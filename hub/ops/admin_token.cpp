#include "hub/ops/admin_token.hpp"

#include <fcntl.h>
#include <google/protobuf/stubs/logging.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <expected>
#include <system_error>

#include "hub/log/digest.hpp"
#include "hub/ops/district_host.hpp"
#include "hub/ops/exit_code.hpp"
#include "hub/ops/from_config.hpp"

namespace tocsin::ops {

namespace {

constexpr std::chrono::seconds kPatience{30};
constexpr std::chrono::milliseconds kBeforeAgain{200};

// A file that takes its name only when it is whole.
class SecretFile {
public:
    explicit SecretFile(std::filesystem::path path)
        : path_(std::move(path)), draft_(path_.string() + ".new-" + std::to_string(getpid())) {}
    SecretFile(const SecretFile&) = delete;
    SecretFile& operator=(const SecretFile&) = delete;
    ~SecretFile() { unlink(draft_.c_str()); }

    // Writes it under a name of its own, so that what cannot be written is known before anything is
    // stored.
    std::expected<void, std::string> write(const std::string& text) {
        const int descriptor = open(draft_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (descriptor < 0) {
            return problem();
        }
        const bool whole =
            ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
            fsync(descriptor) == 0;
        const bool closed = close(descriptor) == 0;
        return whole && closed ? std::expected<void, std::string>() : problem();
    }

    std::expected<void, std::string> publish() {
        return std::rename(draft_.c_str(), path_.c_str()) == 0 ? std::expected<void, std::string>()
                                                               : problem();
    }

private:
    std::unexpected<std::string> problem() const {
        return std::unexpected("cannot write " + path_.string() + ": " +
                               std::generic_category().message(errno));
    }

    std::filesystem::path path_;
    std::string draft_;
};

// How it went: the receipt or refusal, or neither where the store was not there in time.
struct Enrolment {
    bool answered = false;
    domain::Result<session::wire::Receipt> receipt;
    std::string redis_reason = "no answer";
};

Enrolment enrol(const Config& config, redis::Endpoint endpoint, const std::string& token) {
    boost::asio::io_context context(1);
    Enrolment enrolment;
    std::unique_ptr<DistrictHost> host;
    DistrictHost::Events events;
    events.on_up = [] {};
    events.on_down = [&](const std::string& reason) { enrolment.redis_reason = reason; };
    events.on_trouble = events.on_down;
    host = std::make_unique<DistrictHost>(
        context, config, std::move(endpoint), std::vector<session::DistrictListener*>(), events);
    // A hub that commits at the same moment may be in the way: then once more.
    const auto ask = [&] {
        const std::string digest = log::sha256(token);
        host->core().enrol_admin(digest, [&](domain::Result<session::wire::Receipt> receipt) {
            enrolment.answered = true;
            enrolment.receipt = std::move(receipt);
        });
    };
    host->connect();
    host->start(ask);
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (!enrolment.answered && std::chrono::steady_clock::now() < until) {
        context.run_one_until(until);
        const auto& receipt = enrolment.receipt;
        if (enrolment.answered && !receipt && receipt.error().code == domain::code::unavailable) {
            enrolment.answered = false;
            context.run_for(kBeforeAgain);
            ask();
        }
    }
    host->disconnect();
    context.run_for(std::chrono::milliseconds{50});
    return enrolment;
}

int refuse(LogLines& log, int exit_code, const std::string& reason) {
    log.error("no_admin_token", {{"reason", reason}});
    return exit_code;
}

}  // namespace

std::string make_token() {
    constexpr char kLetters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::array<unsigned char, 32> bytes{};
    fill_random(bytes);
    std::string token;
    unsigned int bits = 0;
    int held = 0;
    for (const unsigned char byte : bytes) {
        bits = (bits << 8) | byte;
        for (held += 8; held >= 6; held -= 6) {
            token += kLetters[(bits >> (held - 6)) & 0x3fu];
        }
    }
    token += kLetters[(bits << (6 - held)) & 0x3fu];
    return token;
}

int write_admin_token(const Config& config, const std::filesystem::path& file, LogLines& log) {
    std::signal(SIGPIPE, SIG_IGN);
    google::protobuf::SetLogHandler(nullptr);
    auto endpoint = to_endpoint(config.redis);
    if (!endpoint) {
        return refuse(log, kExitRefused, endpoint.error());
    }
    const std::string token = make_token();
    SecretFile secret(file);
    if (const auto written = secret.write(token + "\n"); !written) {
        return refuse(log, kExitRefused, written.error());
    }
    const Enrolment enrolment = enrol(config, std::move(*endpoint), token);
    if (!enrolment.answered) {
        return refuse(
            log, kExitRedisAway, "Redis was not there within 30 s: " + enrolment.redis_reason);
    }
    if (!enrolment.receipt) {
        return refuse(log, kExitFailed, enrolment.receipt.error().message);
    }
    if (const auto published = secret.publish(); !published) {
        return refuse(log, kExitFailed, published.error());
    }
    log.info("admin_token_written",
             {{"file", file.string()}, {"device_id", enrolment.receipt->subject_id()}});
    return kExitDone;
}

}  // namespace tocsin::ops
