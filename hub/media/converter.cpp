#include "hub/media/converter.hpp"

#include <fcntl.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigset_t is POSIX's
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <utility>

namespace tocsin::media {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr int kBusyMs = 2'000;
constexpr int kAwayMs = 5'000;
constexpr std::size_t kMostAnswer =
    converter::kMostLine + converter::kMostBytes + converter::kMostThumbnailBytes;

std::unexpected<domain::Refusal> refusal(std::string_view code, std::string message, int after_ms) {
    return std::unexpected(domain::Refusal{std::string(code), {}, std::move(message), after_ms});
}

domain::Result<converter::Converted> unavailable() {
    return refusal(domain::code::unavailable, "Files cannot be taken at the moment.", kAwayMs);
}

domain::Result<converter::Converted> died() {
    return refusal(
        domain::code::media_refused, "The file is broken, or costs more to decode than it may.", 0);
}

domain::Result<converter::Converted> to_result(converter::Answer answer) {
    if (answer) {
        return *std::move(answer);
    }
    std::string_view code = domain::code::media_refused;
    switch (answer.error().why) {
        case converter::Refused::too_large:
            code = domain::code::media_too_large;
            break;
        case converter::Refused::type_refused:
            code = domain::code::media_type_refused;
            break;
        case converter::Refused::refused:
            break;
    }
    return refusal(code, std::move(answer.error().message), 0);
}

// A pipe of which each end is closed when it is no longer needed; no other child inherits it.
struct Pipe {
    Pipe() {
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
            ends = {-1, -1};
        }
    }
    ~Pipe() {
        for (const int end : ends) {
            if (end >= 0) {
                ::close(end);
            }
        }
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;

    bool is_made() const { return ends[0] >= 0; }
    int take(std::size_t end) { return std::exchange(ends[end], -1); }

    std::array<int, 2> ends{};
};

// The child gets the two pipes, /dev/null to complain to, and nothing else: no descriptor of ours,
// no environment, no blocked signal. 0: it could not be started.
pid_t spawn(const std::string& program, int standard_input, int standard_output) {
    posix_spawn_file_actions_t actions{};
    posix_spawnattr_t attributes{};
    sigset_t none{};
    sigset_t broken_pipe{};
    sigemptyset(&none);
    sigemptyset(&broken_pipe);
    sigaddset(&broken_pipe, SIGPIPE);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_adddup2(&actions, standard_input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, standard_output, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &broken_pipe);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    std::string name = program;
    std::array<char*, 2> arguments = {name.data(), nullptr};
    std::array<char*, 1> environment = {nullptr};
    pid_t pid = 0;
    if (posix_spawn(
            &pid, program.c_str(), &actions, &attributes, arguments.data(), environment.data()) !=
        0) {
        pid = 0;
    }
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return pid;
}

}  // namespace

class Converter::Child : public std::enable_shared_from_this<Child> {
public:
    Child(Converter& home, Job job)
        : home_(home),
          upload_(std::move(job.upload)),
          answer_(std::move(job.answer)),
          to_child_(home.context_),
          from_child_(home.context_),
          deadline_(home.context_) {}
    ~Child() { end(); }

    bool start(const std::string& program) {
        Pipe in;
        Pipe out;
        if (!in.is_made() || !out.is_made()) {
            return false;
        }
        pid_ = spawn(program, in.ends[0], out.ends[1]);
        if (pid_ == 0) {
            return false;
        }
        to_child_.assign(in.take(1));
        from_child_.assign(out.take(0));
        return true;
    }

    void talk(std::chrono::milliseconds deadline) {
        deadline_.expires_after(deadline);
        deadline_.async_wait([self = shared_from_this()](error_code cancelled) {
            if (!cancelled) {
                self->on_answer_end();
            }
        });
        // A child that reads no more has its reasons, and says them.
        asio::async_write(
            to_child_, asio::buffer(upload_), [self = shared_from_this()](error_code, std::size_t) {
                error_code ignored;
                self->to_child_.close(ignored);
                std::string().swap(self->upload_);
            });
        asio::async_read(
            from_child_,
            asio::dynamic_buffer(said_, kMostAnswer + 1),
            [self = shared_from_this()](error_code, std::size_t) { self->on_answer_end(); });
    }

    // Kills it, unless it has ended, and sees it off. The signal that it died of, or 0.
    int end() {
        if (pid_ == 0) {
            return 0;
        }
        ::kill(pid_, SIGKILL);
        int status = 0;
        while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
        pid_ = 0;
        error_code ignored;
        deadline_.cancel();
        to_child_.close(ignored);
        from_child_.close(ignored);
        return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    }

    Answer take_answer() { return std::exchange(answer_, nullptr); }

private:
    void on_answer_end() {
        if (pid_ == 0) {
            return;
        }
        const int signal = end();
        auto answer = converter::parse_answer(said_);
        ConverterStats& stats = home_.stats_;
        if (!answer) {
            ++stats.died;
            stats.latest_signal = signal != 0 ? signal : stats.latest_signal;
            home_.finish(shared_from_this(), died());
            return;
        }
        ++(answer->has_value() ? stats.converted : stats.refused);
        home_.finish(shared_from_this(), to_result(*std::move(answer)));
    }

    Converter& home_;
    std::string upload_;
    Answer answer_;
    std::string said_;
    pid_t pid_ = 0;  // 0: not started, or seen off
    asio::posix::stream_descriptor to_child_;
    asio::posix::stream_descriptor from_child_;
    asio::steady_timer deadline_;
};

Converter::Converter(asio::io_context& context, ConverterSettings settings)
    : context_(context), settings_(std::move(settings)) {}

Converter::~Converter() {
    stop();
}

void Converter::convert(std::string upload, Answer answer) {
    if (stopped_) {
        answer_later(std::move(answer), unavailable());
        return;
    }
    if (waiting_.size() >= settings_.waiting) {
        ++stats_.turned_away;
        answer_later(std::move(answer),
                     refusal(domain::code::too_many_requests,
                             "More files are coming than can be taken; try again later.",
                             kBusyMs));
        return;
    }
    waiting_.push_back({std::move(upload), std::move(answer)});
    start_next();
}

void Converter::start_next() {
    while (!stopped_ && !waiting_.empty() && children_.size() < settings_.at_once) {
        const auto child = std::make_shared<Child>(*this, std::move(waiting_.front()));
        waiting_.pop_front();
        if (!child->start(settings_.program)) {
            ++stats_.not_started;
            answer_later(child->take_answer(), unavailable());
            continue;
        }
        children_.insert(child);
        child->talk(settings_.deadline);
    }
}

void Converter::finish(const std::shared_ptr<Child>& child,
                       domain::Result<converter::Converted> result) {
    children_.erase(child);
    child->take_answer()(std::move(result));
    start_next();
}

void Converter::stop() {
    if (std::exchange(stopped_, true)) {
        return;
    }
    for (const auto& child : std::exchange(children_, {})) {
        child->end();
        answer_later(child->take_answer(), unavailable());
    }
    for (Job& job : std::exchange(waiting_, {})) {
        answer_later(std::move(job.answer), unavailable());
    }
}

void Converter::answer_later(Answer answer, domain::Result<converter::Converted> result) {
    asio::post(context_, [answer = std::move(answer), result = std::move(result)]() mutable {
        answer(std::move(result));
    });
}

}  // namespace tocsin::media
