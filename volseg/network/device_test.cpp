// SPDX-License-Identifier: Apache-2.0
#include "volseg/network/device.h"

#include <gtest/gtest.h>

#include "volseg/core/error.h"

namespace volseg::network {
namespace {

TEST(OpenDevice, cpu_sets_the_threads) {
  const ComputeDevice device = open_device("cpu", 2);
  EXPECT_EQ(device.name(), "cpu");
  EXPECT_EQ(compute_threads(), 2);
}

TEST(OpenDevice, auto_always_gives_a_device) {
  const ComputeDevice device = open_device("auto", 1);
  EXPECT_TRUE(device.cuda || !device.reason.empty());
}

TEST(OpenDevice, rejects_other_names) {
  for (const char* name : {"", "gpu", "cuda:", "cuda:x", "cuda:-1", "cuda0"}) {
    try {
      (void)open_device(name, 1);
      ADD_FAILURE() << name;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUsage) << name;
    }
  }
}

TEST(OpenDevice, an_absent_cuda_device_is_unavailable) {
  try {
    (void)open_device("cuda:99", 1);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUnavailable);
  }
}

}  // namespace
}  // namespace volseg::network
