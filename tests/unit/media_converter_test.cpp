// What becomes of an upload whose child does not do as it should. The children are small scripts.
#include "hub/media/converter.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill is POSIX's
#include <unistd.h>

#include <boost/asio/steady_timer.hpp>
#include <filesystem>
#include <fstream>

#include "tests/unit/media_corpus.hpp"

namespace tocsin::media::test {
namespace {

using domain::Result;
using std::chrono::milliseconds;
namespace code = domain::code;

class ConverterFaults : public testing::Test {
protected:
    void SetUp() override {
        ::signal(SIGPIPE, SIG_IGN);
        folder_ = std::filesystem::temp_directory_path() /
                  ("tocsin-converter-" + std::to_string(getpid()));
        std::filesystem::create_directories(folder_);
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    std::string script(const std::string& lines) {
        const auto path = folder_ / "child";
        std::ofstream(path) << "#!/bin/sh\n" << lines << "\n";
        std::filesystem::permissions(path, std::filesystem::perms::owner_all);
        return path;
    }

    Converter& make(ConverterSettings settings) {
        converter_ = std::make_unique<Converter>(context_, std::move(settings));
        return *converter_;
    }

    // The codes of so many uploads, `taken` where one went well.
    std::vector<std::string> upload(int count = 1, const std::string& bytes = "upload") {
        std::vector<std::string> codes;
        for (int i = 0; i < count; ++i) {
            converter_->convert(bytes, [&](Result<converter::Converted> given) {
                codes.push_back(given ? "taken" : given.error().code);
            });
        }
        EXPECT_TRUE(codes.empty()) << "answered from inside the call";
        context_.restart();
        context_.run();
        return codes;
    }

    boost::asio::io_context context_;
    std::filesystem::path folder_;
    std::unique_ptr<Converter> converter_;
};

TEST_F(ConverterFaults, OneThatIsNotThereIsUnavailable) {
    make({.program = folder_ / "nothing"});
    EXPECT_THAT(upload(), testing::ElementsAre(code::unavailable));
    EXPECT_EQ(converter_->stats().not_started, 1u);
}

TEST_F(ConverterFaults, OneThatIsKilledHasRefused) {
    make({.program = script("kill -9 $$")});
    EXPECT_THAT(upload(), testing::ElementsAre(code::media_refused));
    EXPECT_EQ(converter_->stats().died, 1u);
    EXPECT_EQ(converter_->stats().latest_signal, SIGKILL);
}

TEST_F(ConverterFaults, OneThatTalksNonsenseHasRefused) {
    for (const std::string lines : {"true",
                                    "echo hello",
                                    "printf 'tocsin-media-1 photo 1 1 0 5 5\\nab'",
                                    "head -c 9000000 /dev/zero",
                                    "cat"}) {
        make({.program = script(lines)});
        EXPECT_THAT(upload(), testing::ElementsAre(code::media_refused)) << lines;
        EXPECT_EQ(converter_->stats().died, 1u) << lines;
    }
}

TEST_F(ConverterFaults, OneThatHangsIsKilledWhenItsTimeIsOver) {
    make({.program = script("exec sleep 600"), .deadline = milliseconds(200)});
    EXPECT_THAT(upload(1, std::string(2u << 20, 'x')), testing::ElementsAre(code::media_refused));
    EXPECT_EQ(converter_->stats().latest_signal, SIGKILL);
}

TEST_F(ConverterFaults, OneThatHidesAfterItsLastWordIsKilledToo) {
    make({.program = script("exec >&-\nexec sleep 600")});
    EXPECT_THAT(upload(), testing::ElementsAre(code::media_refused));
}

TEST_F(ConverterFaults, FewRunAtATimeAndFewWait) {
    const auto marks = folder_ / "marks";
    std::filesystem::create_directories(marks);
    make({.program =
              script("touch " + marks.string() + "/$$; ls " + marks.string() + " | wc -l >> " +
                     folder_.string() + "/seen; sleep 0.05; rm " + marks.string() + "/$$"),
          .at_once = 2,
          .waiting = 4});
    const auto codes = upload(10);
    EXPECT_EQ(codes.size(), 10u);
    EXPECT_EQ(std::ranges::count(codes, code::too_many_requests), 4);
    EXPECT_EQ(converter_->stats().turned_away, 4u);
    std::ifstream seen(folder_ / "seen");
    for (int running = 0; seen >> running;) {
        EXPECT_LE(running, 2);
    }
}

TEST_F(ConverterFaults, StoppingAnswersEverybody) {
    make({.program = script("exec sleep 600"), .at_once = 1});
    boost::asio::steady_timer soon(context_, milliseconds(50));
    soon.async_wait([this](boost::system::error_code) { converter_->stop(); });
    EXPECT_THAT(upload(3), testing::Each(code::unavailable));
    EXPECT_THAT(upload(1), testing::Each(code::unavailable));
}

TEST_F(ConverterFaults, ChildrenGetNothingOfOurs) {
    const int ours = ::open("/dev/zero", O_RDONLY);  // without O_CLOEXEC, like a library's
    ASSERT_EQ(setenv("TOCSIN_PLANTED", "secret", 1), 0);
    make({.program = script("ls /proc/self/fd > " + folder_.string() + "/fds; env > " +
                            folder_.string() + "/env")});
    upload();
    std::ifstream fds(folder_ / "fds");
    for (int fd = 0; fds >> fd;) {
        EXPECT_LE(fd, 3) << "3 is ls's own";
    }
    std::ifstream environment(folder_ / "env");
    const std::string text(std::istreambuf_iterator<char>(environment), {});
    EXPECT_EQ(text.find("TOCSIN_PLANTED"), text.npos);
    unsetenv("TOCSIN_PLANTED");
    ::close(ours);
}

TEST_F(ConverterFaults, TheRealOneGoesOnAfterwards) {
    make({.program = TOCSIN_MEDIA_PROGRAM});
    EXPECT_THAT(upload(5, make_jpeg(320, 240)), testing::Each(std::string("taken")));
    EXPECT_EQ(converter_->stats().converted, 5u);
}

}  // namespace
}  // namespace tocsin::media::test
