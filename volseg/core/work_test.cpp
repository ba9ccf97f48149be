// SPDX-License-Identifier: Apache-2.0
#include "volseg/core/work.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "volseg/core/error.h"

namespace volseg::core {
namespace {

struct KeepingSink : ProgressSink {
  void update(const ProgressEvent& event) override { events.push_back(event); }
  void message(std::string_view) override {}
  std::vector<ProgressEvent> events;
};

TEST(ForEachReported, calls_each_index_once_and_reports_each) {
  KeepingSink sink;
  std::vector<int> calls(50);
  for_each_reported({.threads = 2, .progress = &sink}, "scan", 50, "cases",
                    [&](int64_t index) { ++calls[static_cast<size_t>(index)]; });
  EXPECT_EQ(calls, std::vector<int>(50, 1));
  ASSERT_EQ(sink.events.size(), 51U);
  EXPECT_EQ(sink.events.back().stage, "scan");
  EXPECT_EQ(sink.events.back().done, 50);
  EXPECT_TRUE(sink.events.back().finished);
  EXPECT_FALSE(sink.events.back().failed);
}

TEST(ForEachReported, ends_as_failed_when_the_work_throws) {
  KeepingSink sink;
  EXPECT_THROW(for_each_reported({.threads = 1, .progress = &sink}, "scan", 3, "cases",
                                 [](int64_t) { throw Error(ErrorKind::kFormat, "a.b", "no"); }),
               Error);
  ASSERT_FALSE(sink.events.empty());
  EXPECT_TRUE(sink.events.back().failed);
  EXPECT_FALSE(sink.events.back().finished);
}

TEST(ForEachReported, stops_when_asked) {
  CancelToken cancel;
  cancel.request();
  EXPECT_THROW(for_each_reported({.cancel = &cancel}, "scan", 3, "cases", [](int64_t) {}), Error);
}

}  // namespace
}  // namespace volseg::core
