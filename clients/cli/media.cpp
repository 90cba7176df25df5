// tocsin media

#include "media.hpp"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <thread>

#include "commands.hpp"
#include "options.hpp"
#include "output.hpp"
#include "tocsin/media.hpp"

namespace tocsin::cli {
namespace {

using client::Millis;
using Clock = std::chrono::steady_clock;

// Uploading 2 MiB takes its time on a bad network, whatever --timeout says of silence.
constexpr Millis kExchange{180'000};
// The hub takes no longer file: it need not be read to be refused.
constexpr std::size_t kMostRead = (2u << 20) + 1;
constexpr int kOk = 200;
constexpr int kCreated = 201;

std::string read_file(const std::string& path) {
    if (std::error_code ignored; std::filesystem::is_directory(path, ignored)) {
        throw UsageError(path + " is a directory");
    }
    std::ifstream file(path, std::ios::binary);
    std::string bytes(kMostRead, '\0');
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (file.bad() || (!file.eof() && file.fail())) {
        throw UsageError(path + " cannot be read");
    }
    bytes.resize(static_cast<std::size_t>(file.gcount()));
    return bytes;
}

wire::Refusal refusal_of(const client::MediaAnswer& answer) {
    wire::Refusal refusal;
    google::protobuf::util::JsonParseOptions options;
    options.ignore_unknown_fields = true;
    if (!google::protobuf::util::JsonStringToMessage(answer.body, &refusal, options).ok() ||
        refusal.code().empty()) {
        refusal.set_code("malformed");
        refusal.set_message("The hub answered with HTTP status " + std::to_string(answer.status) +
                            ".");
    }
    return refusal;
}

// Calls until it goes well, or is refused for good, or --timeout is over. The answer that went
// well, or the exit code, all being said.
template <class Call>
std::expected<client::MediaAnswer, int> insist(const Globals& globals, int good, Call call) {
    const auto until = Clock::now() + Millis(static_cast<std::int64_t>(globals.timeout_s * 1'000));
    while (true) {
        client::MediaAnswer answer = call();
        if (answer.status == good) {
            return answer;
        }
        constexpr Millis kAgain{500};
        Millis wait = kAgain;
        if (answer.status != 0) {
            const wire::Refusal refusal = refusal_of(answer);
            wait = Millis(refusal.retry_after_ms());
            if (refusal.retry_after_ms() == 0 || Clock::now() + wait > until) {
                print_line(refusal_line(refusal));
                diagnose("refused: " + describe(refusal));
                return std::unexpected(refusal.code() == "unavailable" ? kUnreachable : kRefused);
            }
        } else if (Clock::now() + wait > until) {
            diagnose("not reachable: " + globals.hub + ": " + answer.why);
            return std::unexpected(kUnreachable);
        }
        std::this_thread::sleep_for(wait);
    }
}

int put(const Globals& globals, const std::string& path) {
    const auto media = upload(globals, path);
    if (!media) {
        return media.error();
    }
    print_line(to_json(*media));
    return kDone;
}

struct GetOptions {
    std::string id;
    std::string out;
    bool thumbnail = false;
};

int get(const Globals& globals, const GetOptions& options) {
    const client::ClientOptions how = client_options(globals);
    const auto answer = insist(globals, kOk, [&] {
        return client::fetch_media(how, options.id, options.thumbnail, kExchange);
    });
    if (!answer) {
        return answer.error();
    }
    std::ofstream file(options.out, std::ios::binary | std::ios::trunc);
    file.write(answer->body.data(), static_cast<std::streamsize>(answer->body.size()));
    if (!file.flush()) {
        throw UsageError(options.out + " cannot be written");
    }
    print_line("{\"mediaId\":\"" + options.id +
               "\",\"bytes\":" + std::to_string(answer->body.size()) + "}");
    return kDone;
}

}  // namespace

std::expected<wire::Media, int> upload(const Globals& globals, const std::string& path) {
    const client::ClientOptions how = client_options(globals);
    const std::string bytes = read_file(path);
    const auto answer =
        insist(globals, kCreated, [&] { return client::upload_media(how, bytes, kExchange); });
    if (!answer) {
        return std::unexpected(answer.error());
    }
    wire::Media media;
    google::protobuf::util::JsonParseOptions options;
    options.ignore_unknown_fields = true;
    if (!google::protobuf::util::JsonStringToMessage(answer->body, &media, options).ok()) {
        diagnose("the hub's answer cannot be read");
        return std::unexpected(kUnreachable);
    }
    return media;
}

void add_media(CLI::App& app, Context& context) {
    auto& command = *app.add_subcommand("media", "Photos and voice");
    command.require_subcommand(1);

    auto& put_command = *command.add_subcommand(
        "put", "Upload a photo or a voice message; prints its id, for a report to name");
    auto path = std::make_shared<std::string>();
    put_command.add_option("FILE", *path, "JPEG, PNG, WebP, HEIF or Ogg Opus, at most 2 MiB")
        ->required()
        ->type_name("");
    put_command.callback([&context, path] {
        context.run = [&context, path] { return put(context.globals, *path); };
    });

    auto& get_command = *command.add_subcommand("get", "Fetch one that you may see");
    auto options = std::make_shared<GetOptions>();
    get_command.add_option("ID", options->id, "Its id")->required()->type_name("");
    get_command.add_option("-o,--out", options->out, "Where to write it")
        ->required()
        ->type_name("FILE");
    get_command.add_flag("--thumbnail", options->thumbnail, "The small picture instead");
    get_command.callback([&context, options] {
        context.run = [&context, options] { return get(context.globals, *options); };
    });
    add_example(command,
                "  tocsin media put van.jpg\n"
                "  tocsin media get ID -o van.jpg");
}

}  // namespace tocsin::cli
