// SPDX-License-Identifier: Apache-2.0
#include "volseg/core/progress.h"

#include <gtest/gtest.h>

namespace volseg::core {

namespace {

class Recorder : public ProgressSink {
 public:
  void update(const ProgressEvent& event) override { events.push_back(event); }
  void message(std::string_view /*text*/) override {}

  std::vector<ProgressEvent> events;
};

TEST(Progress, reports_each_advance_and_the_end) {
  Recorder recorder;
  {
    Progress progress(&recorder, "train", 4, "steps");
    progress.set("loss", 0.5);
    progress.advance();
    progress.set("loss", 0.25);
    progress.advance(3);
  }
  ASSERT_EQ(recorder.events.size(), 3U);
  EXPECT_EQ(recorder.events[0].done, 1);
  EXPECT_EQ(recorder.events[0].total, 4);
  EXPECT_EQ(recorder.events[0].stage, "train");
  EXPECT_EQ(recorder.events[0].unit, "steps");
  EXPECT_GE(recorder.events[0].remaining_s, 0);
  EXPECT_FALSE(recorder.events[1].finished);
  ASSERT_EQ(recorder.events[1].values.size(), 1U);
  EXPECT_EQ(recorder.events[1].values[0].second, 0.25);
  EXPECT_TRUE(recorder.events[2].finished);
  EXPECT_EQ(recorder.events[2].done, 4);
}

TEST(Progress, knows_no_time_left_without_a_total_and_needs_no_sink) {
  Recorder recorder;
  Progress unknown(&recorder, "scan", 0, "files");
  unknown.advance();
  EXPECT_LT(recorder.events.at(0).remaining_s, 0);
  Progress silent(nullptr, "scan", 1, "files");
  silent.advance();
}

}  // namespace

}  // namespace volseg::core
