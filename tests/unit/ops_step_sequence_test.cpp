#include "hub/ops/step_sequence.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>

#include <boost/asio/post.hpp>
#include <optional>
#include <sstream>
#include <string>

namespace tocsin::ops {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;

class StepSequenceTest : public testing::Test {
protected:
    // A step that is done at once, later, or never.
    enum class When { at_once, later, never };
    Step step(std::string name, When when) {
        return {name, milliseconds{20}, [this, name, when](Step::Done done) {
                    order_.push_back(name);
                    if (when == When::at_once) {
                        done();
                    } else if (when == When::later) {
                        boost::asio::post(context_, done);
                    } else {
                        late_ = done;
                    }
                }};
    }

    boost::asio::io_context context_;
    std::ostringstream out_;
    LogLines log_{std::make_shared<spdlog::sinks::ostream_sink_mt>(out_), [] { return 0; }};
    StepSequence steps_{context_, log_};
    std::vector<std::string> order_;
    Step::Done late_;
    std::optional<bool> in_time_;
};

TEST_F(StepSequenceTest, DoesOneAfterTheOtherAndNamesThem) {
    steps_.run({step("first", When::later), step("second", When::at_once)},
               [this](bool in_time) { in_time_ = in_time; });
    context_.run();
    EXPECT_EQ(in_time_, true);
    EXPECT_THAT(order_, ElementsAre("first", "second"));
    EXPECT_THAT(out_.str(),
                HasSubstr(R"("event":"stop_step","severity":"info","time_ms":0,"step":"first")"));
    EXPECT_THAT(out_.str(), HasSubstr(R"("step":"second")"));
}

TEST_F(StepSequenceTest, GoesOnWithoutTheOneThatHangs) {
    steps_.run({step("hangs", When::never), step("next", When::later)},
               [this](bool in_time) { in_time_ = in_time; });
    context_.run();
    EXPECT_EQ(in_time_, false);
    EXPECT_THAT(order_, ElementsAre("hangs", "next"));
    EXPECT_THAT(out_.str(), HasSubstr(R"("event":"stop_step_timed_out","severity":"error")"));
    late_();
    EXPECT_EQ(order_.size(), 2u);
}

TEST_F(StepSequenceTest, NothingToDoIsDone) {
    steps_.run({}, [this](bool in_time) { in_time_ = in_time; });
    EXPECT_EQ(in_time_, true);
}

}  // namespace
}  // namespace tocsin::ops
